"""Everything that is wrong with a package, at once."""

from functools import partial

from engine import workflow
from engine.packages.checks import CHECKS, soundness
from engine.packages.parts import diagram_findings, guarded, read_parts
from engine.packages.problem import Finding
from engine.packages.source import Package
from engine.packages.vocabulary import Vocabulary


def check(package: Package, vocabulary: Vocabulary) -> list[Finding]:
    """All findings in the order of files and elements; empty for a package that holds. Never raises."""
    parts = read_parts(package)
    found = list(parts.findings)
    for subject, run in CHECKS.items():
        found += guarded(subject, partial(run, parts, vocabulary))
    return sorted(set(found))


def check_diagram(data: bytes, file: str) -> list[Finding]:
    """All findings of a diagram alone, without the package round it: what would not run, and what could get stuck."""

    def found() -> list[Finding]:
        survey = workflow.survey(data, file)
        sound = [] if survey.definition is None else list(soundness.of_diagram(survey.definition, file))
        return [*diagram_findings(file, survey.problems), *sound]

    return sorted(set(guarded(file, found)))
