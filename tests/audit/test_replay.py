"""Cases rebuilt from their events: whole ones agree, and every column that an event determines is held to it."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from engine import audit, cases, identity, jobs, packages
from engine.audit import Difference
from engine.audit.words import COLUMNS, TABLES
from engine.calendar import local_date
from engine.installation import Installation
from engine.scenarios import Scenario, read_all
from engine.scenarios.coverage import Plan
from engine.scenarios.runner import Runner
from engine.scenarios.world import World, world
from engine.store import Transaction, new_id, reading, tables, writing
from engine.store.values import decode, encode
from tests.cases.called import inner, outer, teller, waiter
from tests.installations import BPMN
from tests.scenarios.test_called_cases import WHOLE, with_scenario

PACKAGE = packages.load_folder(BPMN / "leader_review")
PLAN = Plan.of(packages.compile(PACKAGE), PACKAGE)
SCENARIOS = {scenario.id: scenario for scenario in read_all(PACKAGE.files)}
COLUMNS_OF = {name: tuple(column.name for column in tables.metadata.tables[name].columns) for name in TABLES}
# What no event speaks of, and why that is so.
UNCOVERED = {
    "case": {"revision", "event_seq", "event_hash"},  # a counter of steps; the chain itself is verified, not replayed
    "task": {"revision"},  # always 0
    "entry": {"text", "grams", "naming"},  # what a case is found by: made anew from the values at any time
    "personal": {"created_at"},
}
Host = Callable[[str], Installation]
BETWEEN = frozenset({"call", "awaited", "message", "receipt"})
NUMBERED = re.compile(r"[A-Z]{2}-2026-000[12]：")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
KEYS = {name: {column.name for column in tables.metadata.tables[name].primary_key} | {"case_id"} for name in TABLES}


@pytest.fixture(scope="module")
def made() -> Iterator[World]:
    with world(PACKAGE, (BPMN / "clauses.toml").read_bytes(), list(SCENARIOS.values()), None) as found:
        yield found


@pytest.fixture(scope="module")
def played(made: World) -> Iterator[Installation]:
    """A case with every kind of row: opinions, pauses, two letters, one refused candidate."""
    scenario = SCENARIOS["LS04"]
    with made.copy(scenario) as installation:
        run(installation, made, scenario)
        yield installation


@pytest.fixture(scope="module")
def between() -> Iterator[Installation]:
    """Cases that call, tell and wait, with every kind of row that lies between cases."""
    package = with_scenario(outer(), WHOLE)
    (scenario,) = read_all(package.files)
    others = [inner(), teller(), waiter()]
    with world(package, None, [scenario], None, others) as found, found.copy(scenario) as installation:
        plan = Plan.of(found.compiled, package)
        assert Runner(installation, found.compiled, plan, scenario, render=False).run().passed
        with reading(installation.database) as transaction:
            login = "applicant@assoc_coldchain"
            actor = identity.find_actor(transaction, login, local_date(installation.clock.now()))
        assert actor is not None
        for key, note in (("waiter", "A1"), ("waiter", "B2"), ("teller", "A1")):
            begun = cases.start(installation, actor, key, new_id())
            cases.complete(installation, actor, begun.task_id, {"org_name": "冷链协会", "note": note}, 0)
        jobs.run_due(installation, cases.HANDLERS)
        yield installation


@pytest.fixture(scope="module")
def objected() -> Iterator[Installation]:
    """A case with an objection to what was published, in a world of its own: a world has room for one."""
    scenario = SCENARIOS["LS10"]
    clauses = (BPMN / "clauses.toml").read_bytes()
    with world(PACKAGE, clauses, [scenario], None) as own, own.copy(scenario) as installation:
        run(installation, own, scenario)
        yield installation


@pytest.fixture
def host(played: Installation, between: Installation, objected: Installation) -> Host:
    """Where there are rows of a table."""
    return lambda name: between if name in BETWEEN else objected if name == "objection" else played


def run(installation: Installation, made: World, scenario: Scenario) -> None:
    assert Runner(installation, made.compiled, PLAN, scenario, render=False).run().passed


def differences(transaction: Transaction) -> list[Difference]:
    found = [difference for _, listed in audit.replay(transaction) for difference in listed]
    return [difference for difference in found if not is_unprinted_letter(difference)]


def is_unprinted_letter(difference: Difference) -> bool:
    """Without printing, the runner itself moves letters on where a command would sign and seal bytes."""
    return difference.table == "document" and difference.column == "state" and "应为 drafted" in difference.message


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_is_rebuilt_from_its_events(made: World, name: str) -> None:
    with made.copy(SCENARIOS[name]) as installation:
        run(installation, made, SCENARIOS[name])
        with reading(installation.database) as transaction:
            found = list(audit.replay(transaction))
            assert len(found) == 1
            assert [str(difference) for difference in differences(transaction)] == []


class Undone(Exception):
    pass


def told_after(installation: Installation, *statements: Any) -> list[Difference]:
    """What differs after tampering, which is undone again."""
    found: list[Difference] = []
    try:
        with writing(installation.database) as transaction:
            transaction.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
            for statement in statements:
                assert transaction.execute(statement).rowcount == 1
            readable = cases.readable(installation)
            found += [one for _, listed in audit.replay(transaction, readable) for one in listed]
            raise Undone
    except Undone:
        return [one for one in found if not is_unprinted_letter(one)]


def rows_of(installation: Installation, name: str) -> list[dict[str, Any]]:
    table = tables.metadata.tables[name]
    with reading(installation.database) as transaction:
        return [dict(row) for row in transaction.execute(sa.select(table)).mappings()]


def other(column: str, value: Any) -> Any:
    """Another value that the column could hold."""
    match value:
        case None:
            return datetime(2026, 1, 1, tzinfo=UTC) if column.endswith(("_at", "_until")) else "f" * 32
        case bool():
            return not value
        case int():
            return value + 1000  # the next one may be taken
        case datetime():
            return value + timedelta(microseconds=1)
        case date():
            return value + timedelta(days=1)
        case bytes():
            return bytes([*value[:-1], value[-1] ^ 1])
    try:
        values = decode(value)
        return encode(changed(values)) if isinstance(values, dict) else f"{value}x"
    except ValueError:
        return f"{value}x"


def changed(values: dict[str, Any]) -> dict[str, Any]:
    """The first of the values made another one."""
    first = min(values, default="new")
    return {**values, first: "另一个值"}


def where(name: str, row: dict[str, Any]) -> sa.ColumnElement[bool]:
    return sa.and_(*(column == row[column.name] for column in tables.metadata.tables[name].primary_key))


COVERED = [(name, column) for name in TABLES for column in COLUMNS_OF[name] if column not in KEYS[name]]


@pytest.mark.parametrize(("name", "column"), COVERED, ids=lambda part: part)
def test_every_column_is_held_to_the_events_or_named_as_uncovered(host: Host, name: str, column: str) -> None:
    played = host(name)
    rows = rows_of(played, name)
    row = next((row for row in rows if row[column] is not None), rows[0])
    value = date(2026, 1, 1) if row[column] is None and column in {"dated", "due_on"} else other(column, row[column])
    table = tables.metadata.tables[name]
    told = told_after(played, sa.update(table).where(where(name, row)).values({column: value}))
    if column in UNCOVERED.get(name, ()):
        assert told == []
    else:
        assert {one.table for one in told} == {name}
        assert all(CHINESE.search(str(one)) and NUMBERED.match(str(one)) for one in told)


@pytest.mark.parametrize("name", [name for name in TABLES if name != "case"])
def test_every_row_that_was_taken_away_is_found(host: Host, name: str) -> None:
    played = host(name)
    for row in rows_of(played, name)[:5]:
        table = tables.metadata.tables[name]
        told = told_after(played, sa.delete(table).where(where(name, row)))
        assert any(one.table == name and "被删除" in one.message for one in told)


@pytest.mark.parametrize("name", [name for name in TABLES if name not in {"case", "personal"}])
def test_every_row_that_was_added_is_found(host: Host, name: str) -> None:
    """A number in a draft has its row before any event speaks of it, so personal rows may be more."""
    played = host(name)
    table, row = tables.metadata.tables[name], rows_of(played, name)[0]
    key = {"scope": "path", "outcome": "item_key", "receipt": "message_id"}.get(name, "id")
    unlike = {"number": None, "code": None, "serial": None, "sha256": "e" * 64, "child_id": "e" * 32}
    forged = {**row, **{column: unlike[column] for column in unlike if column in row}, key: "f" * 32}
    told = told_after(played, sa.insert(table).values(forged))
    assert [(one.table, one.key) for one in told if "是后加的" in one.message] == [(name, "f" * 32)]


@pytest.mark.parametrize(("name", "key"), [("scope", "path"), ("outcome", "item_key"), ("entry", "id"), ("task", "id")])
def test_a_row_under_another_key_is_one_that_is_gone_and_one_that_was_added(
    played: Installation, name: str, key: str
) -> None:
    table, row = tables.metadata.tables[name], rows_of(played, name)[0]
    told = told_after(played, sa.update(table).where(where(name, row)).values({key: "f" * 32}))
    assert {one.key for one in told if one.table == name} == {row[key], "f" * 32}


def test_a_case_without_its_row_is_told_in_one_sentence(played: Installation) -> None:
    """Every table of the case is empty then, so nothing else refers to it."""
    found: list[Difference] = []
    try:
        with writing(played.database) as transaction:
            transaction.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
            transaction.execute(sa.delete(tables.case))
            found += [one for _, listed in audit.replay(transaction) for one in listed]
            raise Undone
    except Undone:
        assert [one.message for one in found] == ["案件的记录不在库中，无法核对。"]


@pytest.mark.parametrize("body", ["{}", "[]", "null", "not json", '{"opened": 5}', '{"$": "d", "v": "x"}'])
def test_events_that_say_nonsense_are_named_and_stop_nothing(played: Installation, body: str) -> None:
    change = sa.update(tables.event).where(tables.event.c.seq == 1).values(body=body)
    assert told_after(played, change)
    for seq in range(2, 30, 5):
        told_after(played, sa.update(tables.event).where(tables.event.c.seq == seq).values(body=body))


def test_a_sentence_says_the_case_what_it_should_be_and_what_is_stored(played: Installation) -> None:
    row = next(row for row in rows_of(played, "outcome") if row["result"] == "approved")
    change = sa.update(tables.outcome).where(where("outcome", row)).values(result="rejected")
    (told,) = told_after(played, change)
    assert str(told) == f"LR-2026-0001：逐项结论“{row['label']}”的结论：按事件应为 approved，库中是 rejected。"


def test_every_column_that_is_compared_has_a_word() -> None:
    compared = {column for name, column in COVERED if column not in UNCOVERED.get(name, ())}
    assert compared - {"key_id", "ciphertext", "values", "case_id"} <= set(COLUMNS)
