"""One module a subject; each has `findings(parts, vocabulary)` and is silent about what it cannot see."""

from collections.abc import Callable, Iterable

from engine.packages.checks import (
    actions,
    assignments,
    calls,
    clauses,
    decided,
    documents,
    expressions,
    forms,
    keys,
    lanes,
    once,
    outline,
    properties,
    scenarios,
    schedule,
    separation,
    silence,
    soundness,
    tables,
    unused,
    variables,
)
from engine.packages.parts import Parts
from engine.packages.problem import Finding
from engine.packages.vocabulary import Vocabulary

Check = Callable[[Parts, Vocabulary], Iterable[Finding]]

CHECKS: dict[str, Check] = {
    "package.toml": outline.findings,
    "process.bpmn": assignments.findings,
    "forms": forms.findings,
    "decisions": decided.findings,
    "tables": tables.findings,
    "clauses": clauses.findings,
    "documents": documents.findings,
    "actions": actions.findings,
    "calls": calls.findings,
    "properties": properties.findings,
    "expressions": expressions.findings,
    "variables": variables.findings,
    "unused": unused.findings,
    "keys": keys.findings,
    "lanes": lanes.findings,
    "once": once.findings,
    "separation": separation.findings,
    "silence": silence.findings,
    "schedule": schedule.findings,
    "soundness": soundness.findings,
    "scenarios": scenarios.findings,
}
