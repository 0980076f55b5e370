"""Everything that is wrong with a package, at once."""

from functools import partial

from engine.packages.checks import CHECKS
from engine.packages.parts import guarded, read_parts
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
