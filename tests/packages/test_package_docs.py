"""docs/checks.md lists every code that a check can give, and no other."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = r"(?:source|manifest|package|workflow|form|decision|xml|template|feel)\.[a-z][a-z-]*"
ROW = re.compile(rf"^\| `({CODE})` \|(?: (error|warning) \|)?", re.M)

# Codes that look alike and are no findings: names of errors, faults of running cases, names of manifest keys.
NO_FINDINGS = {
    *("workflow.problems", "form.problems", "decision.problems", "package.problems", "package.unknown-version"),
    *("workflow.fault", "workflow.expression-limit", "workflow.bad-value", "form.item", "form.page"),
    *("decision.json", "package.toml", "package.items", "package.rules", "source.folder-not-empty"),
    *("package.new-name", "package.new-title", "package.new-prefix"),
}
READERS = {
    "workflow": ["dialect", "structure", "declarations", "document", "events", "expressions", "soundness", "texts"],
    "forms": ["*"],
    "decisions": ["*"],
    "documents": ["*"],
    "feel": ["parser_errors"],
}


def documented() -> dict[str, str]:
    return dict(ROW.findall((ROOT / "docs/checks.md").read_text()))


def written_in(*paths: Path) -> set[str]:
    found: set[str] = set()
    for path in paths:
        text = path.read_text()
        found.update(re.findall(rf'"({CODE})"', text))
        if path.name.startswith("manifest"):
            found.update(f"manifest.{code}" for code in re.findall(r'fault\([^"]*(?:"[^"]*", )?"([a-z-]+)", ', text))
    return found - NO_FINDINGS


def test_every_code_of_the_checks_is_documented_and_no_other():
    own = written_in(*(ROOT / "engine/packages").rglob("*.py"))
    assert own == {code for code in documented() if code.split(".")[0] in {"source", "manifest", "package"}}


def test_severities_are_those_of_the_code():
    sources = "\n".join(path.read_text() for path in (ROOT / "engine/packages/checks").glob("*.py"))
    warned = set(re.findall(r'"(package\.[a-z-]+)",\s+message,\s+"warning"', sources))
    assert warned == {code for code, severity in documented().items() if severity == "warning"}


@pytest.mark.parametrize("package", READERS)
def test_the_codes_of_the_readers_are_documented(package):
    files = [path for module in READERS[package] for path in (ROOT / "engine" / package).glob(f"{module}.py")]
    assert files
    assert written_in(*files) - set(documented()) == set()


def test_no_code_of_a_reader_is_documented_that_does_not_exist():
    sources = [path for package in READERS for path in (ROOT / "engine" / package).rglob("*.py")]
    known = written_in(*sources)
    assert {code for code in documented() if code.split(".")[0] not in {"source", "manifest", "package"}} <= known
