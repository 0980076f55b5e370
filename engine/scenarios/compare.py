"""Expectations against what is: each difference in words."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from engine.scenarios.model import End, Expected, Text, Told
from engine.scenarios.observed import Document, Notice, Observed
from engine.scenarios.values import look_up

FINDINGS = "findings"


@dataclass(frozen=True, slots=True)
class Difference:
    """What was looked at, what should have been there, what was."""

    what: str
    expected: str
    actual: str


def step_differences(
    expected: Expected, now: Observed, before: Observed, label: Callable[[str], str]
) -> Iterator[Difference]:
    """What a step should have brought about and did not; `label` names a member of the case's list by its key."""
    if expected.open is not None and set(expected.open) != set(now.open):
        yield _difference("open", expected.open, now.open)
    if expected.state is not None and expected.state != now.state:
        yield _difference("state", expected.state, now.state)
    if expected.outcome is not None and expected.outcome != now.outcome:
        yield _difference("outcome", expected.outcome, now.outcome)
    if expected.documents is not None:
        fresh = [document.kind for document in now.documents[len(before.documents) :]]
        if Counter(fresh) != Counter(expected.documents):
            yield _difference("documents", expected.documents, fresh)
    if expected.findings is not None:
        yield from _findings(expected.findings, now.variables.get(FINDINGS), label)
    for path, value in (expected.variables or {}).items():
        actual = look_up(dict(now.variables), path)
        if actual != value:
            yield _difference(f"variables {path}", value, actual)
    yield from _due(expected.due or {}, now)
    yield from _notices(expected.notices or (), now.notices[len(before.notices) :])
    for name, value in (expected.clocks or {}).items():
        if now.clocks.get(name) != value:
            yield _difference(f"clocks {name}", value, now.clocks.get(name))


def _notices(expected: tuple[Told, ...], fresh: tuple[Notice, ...]) -> Iterator[Difference]:
    """Each was told in this step; others may have been told as well."""
    for wanted in expected:
        if not any(_reaches(wanted, notice) for notice in fresh):
            said = f"{wanted.to}：写有“{wanted.contains}”" if wanted.contains else wanted.to
            yield _difference("notices", said, [f"{notice.to}：{notice.text}" for notice in fresh])


def _reaches(wanted: Told, notice: Notice) -> bool:
    named = notice.to if "@" in wanted.to else notice.to.partition("@")[0]
    return named == wanted.to and wanted.contains in notice.text


def _due(expected: Mapping[str, date], now: Observed) -> Iterator[Difference]:
    for node, day in expected.items():
        days = {task.due for task in now.tasks if task.node == node}
        if days != {day}:
            yield _difference(f"due {node}", day, sorted(str(each) for each in days) or "没有这项待办")


def _findings(
    expected: tuple[str | Mapping[str, Any], ...], found: Any, label: Callable[[str], str]
) -> Iterator[Difference]:
    rows = [
        {**row, "item": label(key)} for key, listed in (found or {}).items() for row in listed if isinstance(row, dict)
    ]
    left = list(rows)
    for entry in expected:
        wanted = {"code": entry} if isinstance(entry, str) else entry
        match = next((row for row in left if all(row.get(name) == value for name, value in wanted.items())), None)
        if match is None:
            yield _difference("findings", entry, [_short(row) for row in rows])
            return
        left.remove(match)
    if left:
        yield _difference("findings", list(expected), [_short(row) for row in rows])


def _short(row: Mapping[str, Any]) -> str:
    return " ".join(str(row[name]) for name in ("code", "severity", "item") if row.get(name))


def end_differences(end: End, now: Observed, path: list[str]) -> Iterator[Difference]:
    """What should hold when all is done and does not."""
    if end.path is not None and list(end.path) != path:
        yield _difference("path", end.path, path)
    if end.outcome is not None and end.outcome != now.outcome:
        yield _difference("outcome", end.outcome, now.outcome)
    if end.state is not None and end.state != now.state:
        yield _difference("state", end.state, now.state)
    if end.items is not None and dict(end.items) != dict(now.results):
        yield _difference("items", end.items, now.results)
    if end.documents is not None:
        yield from _texts(end.documents, now.documents)


def _texts(expected: Mapping[str, Text], documents: tuple[Document, ...]) -> Iterator[Difference]:
    standing = [document for document in documents if document.state != "voided"]
    if set(expected) != {document.kind for document in standing}:
        yield _difference("documents", sorted(expected), sorted({document.kind for document in standing}))
    for kind, text in expected.items():
        said = "\n".join(document.text for document in standing if document.kind == kind)
        for piece in text.contains:
            if said and piece not in said:
                yield _difference(f"documents {kind}", f"写有“{piece}”", f"没有，全文为：{said}")
        for piece in text.lacks:
            if piece in said:
                yield _difference(f"documents {kind}", f"不写“{piece}”", f"写了，全文为：{said}")


def _difference(what: str, expected: Any, actual: Any) -> Difference:
    return Difference(what, shown(expected), shown(actual))


def shown(value: Any) -> str:
    """A value as a person reads it in a report."""
    if isinstance(value, list | tuple):
        return "[" + ", ".join(shown(each) for each in value) + "]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {shown(each)}" for name, each in value.items()) + "}"
    if isinstance(value, datetime | date | Decimal):
        return str(value)
    return "空" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
