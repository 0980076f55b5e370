"""The package's rules over a case: which rows fire, for whom, and what may be made of it."""

from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine import decisions
from engine.decisions import Clauses
from engine.forms import ROW_KEY
from engine.packages import CompiledPackage

WHOLE_CASE = ""


@dataclass(frozen=True)
class Checked:
    """Findings by the key of the list's member, `WHOLE_CASE` for the case; `blocked` where a confirmed rule forbids."""

    findings: dict[str, list[dict[str, Any]]]
    blocked: bool
    fired: dict[str, list[int]]


def check_rules(
    package: CompiledPackage,
    scope: Mapping[str, Any],
    clauses: Clauses,
    on: date,
    confirmed: frozenset[str] = frozenset(),
) -> Checked:
    """Evaluate every decision in `rules` of the manifest.

    A table that reads `candidate` is asked once for each member of the case's list, any other once for the case. What
    is not confirmed never blocks (see `engine.decisions.findings`).
    """
    found: dict[str, list[dict[str, Any]]] = {}
    fired: dict[str, list[int]] = {}
    blocked = False
    for rule_id in package.manifest.rules:
        decision = package.decisions[rule_id]
        for key, view in views(package, decision, scope):
            evaluation = decision.evaluate(view)
            rows = decisions.findings(evaluation, clauses, on, confirmed)
            fired.setdefault(rule_id, []).extend(rule.number for rule in evaluation.fired)
            found.setdefault(key, []).extend(row.to_dict() for row in rows)
            blocked = blocked or any(row.severity == "block" for row in rows)
    return Checked(found, blocked, fired)


def members_of(package: CompiledPackage, scope: Mapping[str, Any]) -> list[Any]:
    """The members of the list that the case is about (candidates); none where the package has no such list."""
    return list(scope.get(package.manifest.items) or [])


def member_key(member: Mapping[str, Any]) -> str:
    """The key of a member of the case's list: its own, else the one that the form gave its row."""
    return str(member.get("key") or member.get(ROW_KEY) or "")


def views(package: CompiledPackage, decision: decisions.Decision, scope: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """What a table is asked about: each member by its key where it reads `candidate`, else the case once."""
    if "candidate" not in decision.input_names:
        return [(WHOLE_CASE, scope)]
    members = members_of(package, scope)
    return [(member_key(member), ChainMap({"candidate": member}, scope)) for member in members]  # type: ignore[arg-type]
