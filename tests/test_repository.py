"""What holds for the repository as a whole: what git keeps, and that the pages say what the code does."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from functools import cache
from pathlib import Path
from textwrap import dedent
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import urlsplit

import click
import pytest

from engine import feel, packages
from engine.calendar import WorkingDays
from engine.cases import words
from engine.cases.actions import Surroundings, registered
from engine.cases.names import case_names
from engine.decisions.findings import Finding
from engine.demonstration import PEOPLE
from engine.installation import Settings
from engine.packages.vocabulary import ACTS, FACT_KEYS, FUNCTIONS, OUTCOMES, STATES
from engine.scenarios import Complete, Expected, Object, Receive, Return, Tell, Wait, Withdraw, read_all
from engine.scenarios.reader import ACTS as ACTS_OF_A_STEP
from engine.scenarios.values import DIRECTIVES
from tests.installations import BPMN, ROOT
from webapp.cli import group

PACKAGE = packages.load_folder(BPMN / "leader_review")
PACKAGES_PAGE = ROOT / "docs/packages.md"
LOCKS = ("requirements.lock", "requirements-dev.lock")
COMMANDS = ("script/run", "script/test", "script/setup", "script/fonts", "script/bench")
# Hosts that a tracked file may name: namespaces of formats, licences, this machine, names reserved for examples.
NAMESPACES = {
    "www.omg.org",
    "camunda.org",
    "www.w3.org",
    "flowable.org",
    "activiti.org",
    "schemas.openxmlformats.org",
    "yaml.org",
    "www.apache.org",
}
HERE = {"127.0.0.1", "localhost"}
EXAMPLES = re.compile(r"([\w-]+\.)*example(\.gov)?(\.cn)?")
URL = re.compile(r"https?://[^\s\"'`<>)（），。{}…]+")
BARE_HOST = re.compile(r"(?<![\w./@-])(?:[a-z0-9-]+\.)+(?:org|com|net|dev|cloud|edu|cn)(?![\w(=-]|\.\w)")
SUBJECTS = "case|task|timer|promise|rules|decision|outcome|document|slip|personal|attachment|review|member|item|call|message|publicity|objection"
EVENT_KIND = re.compile(rf"({SUBJECTS})\.[a-z-]+")


@cache
def tracked() -> tuple[Path, ...]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a checkout")
    names = (ROOT / name for name in listed.stdout.split("\0") if name)
    return tuple(path for path in names if path.is_file())


def texts() -> Iterator[tuple[Path, str]]:
    for path in tracked():
        try:
            yield path, path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def allowed(host: str) -> bool:
    return host in NAMESPACES | HERE or EXAMPLES.fullmatch(host) is not None


# --- what git keeps --------------------------------------------------------------------------------------------------


def test_no_file_names_the_host_of_a_registry_or_of_anybody_else():
    found = {(str(path.relative_to(ROOT)), url) for path, text in texts() for url in URL.findall(text)}
    assert {(name, url) for name, url in found if not allowed(urlsplit(url).hostname or "localhost")} == set()


def test_no_bare_host_stands_in_a_file_that_is_run_or_installed_from():
    suffixes = {"", ".lock", ".toml", ".sh", ".md", ".cfg", ".ini"}
    found = {
        (str(path.relative_to(ROOT)), host)
        for path, text in texts()
        if path.suffix in suffixes
        for host in BARE_HOST.findall(text)
    }
    assert {(name, host) for name, host in found if not allowed(host)} == set()


@pytest.mark.parametrize("name", LOCKS)
def test_every_line_of_a_lock_is_a_version_with_hashes(name):
    text = (ROOT / name).read_text()
    assert "://" not in text
    assert not re.search(r"^\s*(-i|-f|--(index|extra-index|find-links|trusted)\S*)", text, re.M)
    entries = re.split(r"\n(?=[a-zA-Z])", re.sub(r"^\s*#.*\n", "", text, flags=re.M).strip())
    assert len(entries) > 50
    for entry in entries:
        first = entry.splitlines()[0]
        assert re.fullmatch(r"[\w.-]+(\[[\w,-]+\])?==[\w.!+-]+(\s*;.*)? \\", first), first
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), first


def test_both_locks_hold_everything_that_is_required():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    run, test = (locked(ROOT / name) for name in LOCKS)
    assert {plain(line) for line in project["dependencies"]} <= set(run)
    assert {plain(line) for line in project["optional-dependencies"]["dev"]} <= set(test)
    assert {name: version for name, version in run.items() if test.get(name) != version} == {}


def locked(path: Path) -> dict[str, str]:
    return {plain(name): version for name, version in re.findall(r"^([\w.-]+)==(\S+)", path.read_text(), re.M)}


def plain(requirement: str) -> str:
    name = re.match(r"[\w.-]+", requirement)
    assert name is not None
    return re.sub(r"[-_.]+", "-", name[0]).lower()


def test_git_keeps_nothing_of_an_installation():
    kept = [path.relative_to(ROOT) for path in tracked()]
    assert [str(path) for path in kept if path.parts[0] == "instance"] == ["instance/README.md"]
    assert [str(path) for path in kept if path.suffix in {".db", ".pem", ".key", ".otf", ".pyc"}] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_scripts_are_executable_and_stop_at_the_first_fault(name):
    listed = subprocess.run(["git", "ls-files", "-s", name], cwd=ROOT, capture_output=True, text=True, check=True)
    assert listed.stdout.startswith("100755 ")
    assert (ROOT / name).read_text().startswith("#!/usr/bin/env bash\n")
    assert "set -euo pipefail" in (ROOT / name).read_text()


def test_no_script_was_forgotten():
    assert {str(path.relative_to(ROOT)) for path in tracked() if path.parent.name == "script"} == set(COMMANDS)


# --- README and operations -------------------------------------------------------------------------------------------


def test_the_readme_names_both_commands_and_the_long_tests():
    text = (ROOT / "README.md").read_text()
    for command in ("script/run", "script/test", "script/test --full", "--demo-case", "--no-serve"):
        assert command in text


def test_the_readme_names_everybody_who_can_sign_in():
    accounts = (ROOT / "README.md").read_text().partition("## 演示账号")[2].partition("\n## ")[0]
    unnamed = [one.login for one in PEOPLE if not re.search(rf"(?<![\w-]){one.login}(?![\w-])", accounts, re.A)]
    assert unnamed == []


def test_the_readme_shows_only_commands_that_exist():
    shown = re.findall(r"\.venv/bin/huishen ([a-z]+)(?: ([a-z|]+))?", (ROOT / "README.md").read_text())
    assert len(shown) > 5
    for name, below in shown:
        command = group.commands[name]
        if isinstance(command, click.Group):
            assert set(below.split("|")) <= set(command.commands)


def test_every_setting_stands_in_the_operations_page():
    text = (ROOT / "docs/operations.md").read_text()
    table = text.partition("## Settings")[2].partition("\n## ")[0]
    listed = {name for row in re.findall(r"^\| (`.*?) \|", table, re.M) for name in re.findall(r"`(\w+)`", row)}
    assert listed == {field.name for field in fields(Settings)}


def test_every_variable_that_is_read_is_explained():
    """In the operations page, or in the help of the one command that reads it."""
    told = (ROOT / "docs/operations.md").read_text()
    told += "".join(command.help or "" for command in cast(click.Group, group.commands["user"]).commands.values())
    sources = [*(ROOT / "engine").rglob("*.py"), *(ROOT / "webapp").rglob("*.py")]
    read = {name for path in sources for name in re.findall(r'"(HUISHEN_[A-Z_]+)"', path.read_text())}
    assert {"HUISHEN_FONTS", "HUISHEN_INSTANCE"} <= read
    assert read - set(re.findall(r"HUISHEN_[A-Z_]+", told)) == set()


def test_links_between_the_pages_lead_somewhere():
    for path in tracked():
        if path.suffix == ".md":
            for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text()):
                assert (path.parent / target).exists(), f"{path}: {target}"


# --- words and names -------------------------------------------------------------------------------------------------


def event_kinds() -> set[str]:
    """Texts that look like a kind of event, in the modules that write events: no code of an error, no line of the log."""
    found: set[str] = set()
    for path in (ROOT / "engine/cases").glob("*.py"):
        if path.name in {"words.py", "history.py"}:
            continue
        tree = ast.parse(path.read_text())
        codes = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "code"}
        codes |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Assign) and names_a_code(node)}
        codes |= {id(node.args[0]) for node in ast.walk(tree) if isinstance(node, ast.Call) and is_logged(node)}
        found |= {
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in codes
            if EVENT_KIND.fullmatch(node.value)
        }
    return found


def is_logged(node: ast.Call) -> bool:
    return bool(node.args) and isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") == "log"


def names_a_code(node: ast.Assign) -> bool:
    return any(isinstance(target, ast.Name) and target.id == "code" for target in node.targets)


def test_every_kind_of_event_has_a_chinese_word_and_no_word_is_left_over():
    assert set(words.EVENTS) == event_kinds()
    assert [kind for kind, word in words.EVENTS.items() if not re.search(r"[\u4e00-\u9fff]", word)] == []


def test_states_and_outcomes_of_packages_have_a_chinese_word():
    assert set(STATES) <= set(words.STATES)
    assert set(OUTCOMES) == set(words.OUTCOMES)


# --- docs/packages.md ------------------------------------------------------------------------------------------------


def paragraph(start: str) -> str:
    """From these words to the next empty line, table row or heading that is not its own."""
    text = PACKAGES_PAGE.read_text()
    assert start in text
    return re.split(r"\n\n|\n(?=Functions|Variables|Properties|#)", text[text.index(start) + len(start) :])[0]


def test_the_actions_of_the_page_are_those_that_are_registered():
    documented = set(re.findall(r"(?:^|· ?\n?)\s*`([a-z-]+)`", paragraph("Registered actions:")))
    around = cast(Surroundings, SimpleNamespace())
    assert documented == set(registered(around)) == set(packages.default_vocabulary().actions)


def test_the_properties_of_every_action_stand_on_the_page():
    said = paragraph("Registered actions:")
    for name, action in packages.default_vocabulary().actions.items():
        own = said[said.index(f"`{name}`") :].partition("·")[0]
        for setting in action.settings:
            assert f"`{setting}`" in own, (name, setting)
        for prefix in action.prefixed:
            assert f"`{prefix}." in own, (name, prefix)
        assert all(given in own for given in action.gives), name


def test_the_functions_of_the_page_are_those_that_expressions_have():
    documented = set(re.findall(r"`(\w+)\(", paragraph("Functions beside")))
    assert documented == set(FUNCTIONS) == set(packages.default_vocabulary().functions)
    assert documented == {name for name, value in given_names().items() if isinstance(value, feel.Function)}


def test_the_variables_of_the_page_are_those_that_expressions_have():
    said = paragraph("Variables always there:")
    assert {"parameters", "case"} == set(given_names()) - set(FUNCTIONS)
    assert "`parameters`" in said
    listed = re.search(r"`case` \(context: ([^)]*)\)", said)
    assert listed is not None
    assert set(re.split(r",\s*", listed[1])) == set(FACT_KEYS["case"])


def given_names() -> dict[str, Any]:
    package = packages.compile(PACKAGE)
    days = cast(WorkingDays, None)  # not asked until a function is called
    return case_names(package, {}, days, date(2026, 11, 23))


def test_acts_and_states_of_the_page_are_those_of_the_code():
    said = PACKAGES_PAGE.read_text()
    acts = re.search(r"`act` \(([^)]*)\)", said)
    states = re.search(r"`state` \([^:]*: ([^)]*)\)", said)
    assert acts is not None
    assert states is not None
    assert tuple(re.findall(r"`(\w+)`", acts[1])) == ACTS
    assert tuple(re.split(r",\s*", states[1])) == STATES
    outcomes = re.search(r"`outcome` \([^:]*: ([^)]*)\)", said)
    assert outcomes is not None
    assert tuple(re.split(r",\s*", outcomes[1])) == OUTCOMES


def test_what_the_page_says_about_scenarios_is_what_they_are():
    said = PACKAGES_PAGE.read_text().partition("## Scenarios")[2]
    expectations = said.partition("### Expectations")[2].partition("\n\nAn entry")[0]
    named = {name for row in re.findall(r"^\| (`.*?) \|", expectations, re.M) for name in re.findall(r"`(\w+)`", row)}
    assert named == {one.name for one in fields(Expected)}
    assert {f"`{one}`" for one in (*ACTS_OF_A_STEP, *DIRECTIVES)} <= set(re.findall(r"`\w+`", said))
    entries = set(re.findall(r"`(\w+)`", said.partition("An entry of `findings`")[2].partition(": `{")[0]))
    assert entries - {"item"} == {one.name for one in fields(Finding)}
    example = dedent(said[said.index("    id: LS01") :].partition("\n\n### ")[0])
    files = {"scenarios/LS01.yaml": example.encode(), **PACKAGE.within("scenarios/values")}
    (read,) = read_all(files)
    assert {type(step.act) for step in read.steps} == {Complete, Wait, Withdraw, Return, Object, Receive, Tell}


def test_every_picture_of_a_guide_is_taken_by_a_walk_in_the_browser():
    guides = "".join(guide.read_text() for guide in (ROOT / "docs").glob("guide-*.md"))
    shown = re.findall(r"\(pictures/([a-z-]+)\.png\)", guides)
    walks = "".join(walk.read_text() for walk in (ROOT / "tests/browser").glob("test_*.py"))
    assert [name for name in shown if f'"{name}"' not in walks] == []
    assert {picture.stem for picture in (ROOT / "docs/pictures").iterdir()} == set(shown)
