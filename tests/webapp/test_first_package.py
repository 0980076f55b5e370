"""docs/first-package.md is followed as it is written: its commands, its changes of files, and its steps in the browser."""

import os
import re
import shlex
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from engine.walkthrough import sample_page
from tests.installations import BPMN, ROOT, Office
from tests.webapp.visitor import Visitor
from webapp.cli import group

PAGE = ROOT / "docs/first-package.md"
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
PROGRAM = ".venv/bin/huishen"
DATE = re.compile(r"(\d+)年(\d+)月(\d+)日")


def blocks() -> list[tuple[str, str]]:
    """(kind, text) of the fenced blocks of the page, in its order."""
    return BLOCK.findall(PAGE.read_text())


@dataclass
class Reader:
    """Somebody who does what the page says, in a folder of their own, with a terminal and a browser."""

    folder: Path
    office: Office
    enter: Callable[[str], Visitor]
    passwords: dict[str, str]
    browser: Visitor | None = None
    login: str = ""
    answers: dict[str, Any] = field(default_factory=dict)
    files: dict[str, Any] = field(default_factory=dict)

    def follow_block(self, kind: str, text: str) -> None:
        {"console": self.console, "diff": self.diff, "text": self.text}[kind](text)

    # --- the terminal ---

    def console(self, text: str) -> None:
        """Each line after `$ ` is run; the lines below it are found in what it said, in their order."""
        for part in re.split(r"^\$ ", text, flags=re.M)[1:]:
            command, *expected = part.splitlines()
            said = self.run(shlex.split(command))
            for line in expected:
                assert line in said, f"$ {command}\n{said}\nhas no more: {line}"
                said = said.partition(line)[2]

    def run(self, words: list[str]) -> str:
        if words == ["script/run"]:
            return ""  # this reader's site is prepared and runs already
        assert words[0] == PROGRAM, words
        result = CliRunner().invoke(group, words[1:])
        assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
        return result.output

    # --- the editor ---

    def diff(self, text: str) -> None:
        """The lines without a plus must stand in the file exactly once; those without a minus take their place."""
        old, new, *lines = text.splitlines()
        source, target = old.removeprefix("--- "), self.folder / new.removeprefix("+++ ")
        before, after = ("\n".join(line[1:] for line in lines if not line.startswith(sign)) for sign in ("+", "-"))
        if source == "/dev/null":
            assert not target.exists()
            target.write_text(after + "\n")
            return
        assert self.folder / source == target
        content = target.read_text()
        assert content.count(before) == 1, f"{target.name} has {content.count(before)} times:\n{before}"
        target.write_text(content.replace(before, after))

    # --- the browser ---

    def text(self, text: str) -> None:
        verbs = {"登录": self.sign_in, "点": self.follow, "按": self.press, "看到": self.see}
        asks = {"填": self.fill, "选": self.choose, "传": self.upload}
        for line in text.splitlines():
            verb, _, rest = line.partition("：")
            if verb in asks:
                label, _, value = rest.partition(" = ")
                asks[verb](label, value)
            elif verb == "勾":
                self.tick(rest)
            else:
                verbs[verb](rest)

    @property
    def at(self) -> Visitor:
        assert self.browser is not None, "nobody is signed in"
        return self.browser

    def sign_in(self, login: str) -> None:
        self.browser, self.login = self.enter(login), login

    def follow(self, words: str) -> None:
        assert self.at.follow(words).status == 200, words

    def see(self, words: str) -> None:
        assert words in self.at.page.text, f"no {words} on {self.at.page.url}: {self.at.page.text}"

    def press(self, words: str) -> None:
        page = self.at.press(words, files=self.files, **self.answers)
        assert (page.status, page.errors) == (200, []), words
        self.answers, self.files = {}, {}
        self.office.work_off()  # what the site does beside its pages

    def fill(self, label: str, value: str) -> None:
        date = DATE.fullmatch(value)
        if date is not None:
            inputs = self.legend(label).xpath(".//input/@name")
            self.answers |= dict(zip(inputs, date.groups(), strict=True))
        else:
            (name,) = self.at.page.tree.xpath("//*[@id=$id]/@name", id=self.label(label).get("for"))
            self.answers[name] = self.passwords[self.login] if value == "自己的口令" else value

    def choose(self, label: str, value: str) -> None:
        (chosen,) = [one for one in self.legend(label).iter("label") if self.words(one) == value]
        (one,) = self.at.page.tree.xpath("//input[@id=$id]", id=chosen.get("for"))
        self.answers[one.get("name")] = one.get("value")

    def tick(self, label: str) -> None:
        (one,) = self.at.page.tree.xpath("//input[@id=$id]", id=self.label(label).get("for"))
        self.answers[one.get("name")] = one.get("value")

    def upload(self, label: str, file: str) -> None:
        (name,) = self.at.page.tree.xpath("//input[@type='file'][@id=$id]/@name", id=self.label(label).get("for"))
        self.files[name] = (file, sample_page(file))

    def label(self, words: str) -> Any:
        (found,) = [one for one in self.at.page.tree.iter("label") if self.words(one) == words]
        return found

    def legend(self, words: str) -> Any:
        (found,) = [one for one in self.at.page.tree.iter("legend") if self.words(one) == words]
        return found.getparent()

    @staticmethod
    def words(element: Any) -> str:
        return "".join(element.itertext()).strip()


@pytest.fixture
def reader(
    office: Office,
    signed_in: Callable[[str], Visitor],
    passwords: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Reader:
    for name in [name for name in os.environ if name.startswith("HUISHEN_") and name != "HUISHEN_FONTS"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HUISHEN_INSTANCE", str(office.installation.folder))
    folder = tmp_path / "huishen"
    shutil.copytree(BPMN, folder / "bpmn")
    monkeypatch.chdir(folder)
    return Reader(folder, office, signed_in, passwords)


def test_whoever_follows_the_page_completes_a_case(reader: Reader) -> None:
    for kind, text in blocks():
        reader.follow_block(kind, text)
    letter = reader.at.page
    assert letter.response.mimetype == "application/pdf"
    assert letter.data.startswith(b"%PDF")
    assert (reader.folder / "event_filing.html").exists()


def test_the_page_goes_the_whole_way_and_can_be_found() -> None:
    whole = PAGE.read_text()
    commands = re.findall(rf"^\$ {re.escape(PROGRAM)} (\w+)", whole, re.M)
    assert list(dict.fromkeys(commands)) == ["new", "check", "scenario", "deploy"]
    assert whole.count("```") == 2 * len(blocks())
    assert re.findall(r"^登录：(.+)$", whole, re.M) == ["coldchain", "acceptor", "head", "coldchain"]
    for name in ("README.md", "docs/guide-designer.md"):
        assert "first-package.md)" in (ROOT / name).read_text()


@pytest.mark.parametrize(
    ("kind", "text", "told"),
    [
        ("console", "$ .venv/bin/huishen check bpmn/nowhere\nbpmn/nowhere：错误 0 处\n", "has no more"),
        ("diff", "--- bpmn/clauses.toml\n+++ bpmn/clauses.toml\n-no such line\n+another\n", "has 0 times"),
        ("text", "登录：acceptor\n点：没有这一件\n", "no link"),
        ("text", "登录：acceptor\n看到：没有这句话\n", "no 没有这句话"),
    ],
)
def test_a_page_that_no_longer_works_fails(kind: str, text: str, told: str, reader: Reader) -> None:
    with pytest.raises(AssertionError, match=told):
        reader.follow_block(kind, text)
