"""Ten thousand open cases, with whole chains: a few real cases, copied row by row under new ids.

The templates are made by the real commands, one at each stage. A copy has ids of its own in every table and in the
engine's state, and its chain of events is linked anew, so that it verifies like any other.
"""

import itertools
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
import zstandard
from sqlalchemy import Connection

from engine import audit, store
from engine.store import new_id, tables
from engine.store.values import decode
from tests.cases.playing import WAY, Play

STAGES = WAY[1:8]  # a case stands before each of these
BATCH = 500
PER_CASE = (tables.scope, tables.entry, tables.personal, tables.task, tables.timer, tables.attachment)


def populate(play: Play, wanted: int) -> int:
    """Fill up to `wanted` open cases; the number that there is afterwards."""
    database = play.installation.database
    there = _count(database)
    if there >= wanted:
        return there
    templates = [_template(play, stage) for stage in STAGES]
    with store.reading(database) as transaction:
        rows = [_rows(transaction, case_id) for case_id in templates]
    copies = itertools.islice(itertools.cycle(rows), max(0, wanted - _count(database)))
    for batch in _batches(copies):
        with store.writing(database) as transaction:
            _insert(transaction, [_copied(template) for template in batch])
    return _count(database)


def _count(database: sa.Engine) -> int:
    with store.reading(database) as transaction:
        query = sa.select(sa.func.count()).select_from(tables.case).where(tables.case.c.state != "closed")
        return int(transaction.execute(query).scalar_one())


def _template(play: Play, stage: str) -> str:
    """A real case that stands before a stage."""
    case_id = play.until(stage)
    play.office.work_off()
    return case_id


Rows = dict[str, list[dict[str, Any]]]


def _rows(transaction: Connection, case_id: str) -> Rows:
    found: Rows = {"case": _select(transaction, tables.case, tables.case.c.id == case_id)}
    for table in PER_CASE:
        found[table.name] = _select(transaction, table, table.c.case_id == case_id)
    events = _select(transaction, tables.event, tables.event.c.chain == case_id)
    found["event"] = sorted(events, key=lambda row: row["seq"])
    return found


def _select(transaction: Connection, table: sa.Table, which: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in transaction.execute(sa.select(table).where(which)).mappings()]


def _copied(template: Rows) -> Rows:
    """The same case under new ids."""
    new: dict[str, str] = {template["case"][0]["id"]: new_id()}
    for name in ("task", "timer", "entry", "attachment"):
        new |= {row["id"]: new_id() for row in template[name]}
    case = dict(template["case"][0])
    case |= {"id": new[case["id"]], "number": f"B-{new_id()[:12]}-{new_id()[-8:]}"}
    case["engine_state"] = _renamed_state(case["engine_state"], new)
    copy: Rows = {"case": [case]}
    for table in PER_CASE:
        copy[table.name] = [{key: _renamed(value, new) for key, value in row.items()} for row in template[table.name]]
    head = audit.Head(case["id"], 0, "")
    copy["event"] = []
    for row in template["event"]:
        body = decode(_renamed(row["body"], new))
        linked, head = audit.link(head, row["kind"], row["at"], row["actor"], row["post_id"], body)
        copy["event"].append(linked)
    case |= {"event_seq": head.seq, "event_hash": head.hash}
    return copy


def _renamed(value: Any, new: dict[str, str]) -> Any:
    """Ids, also where they stand in a text."""
    if not isinstance(value, str) or len(value) < 32:
        return value
    if value in new:
        return new[value]
    for old, fresh in new.items():
        value = value.replace(old, fresh)
    return value


def _renamed_state(state: bytes, new: dict[str, str]) -> bytes:
    text = zstandard.ZstdDecompressor().decompress(state[1:]).decode()
    return state[:1] + zstandard.ZstdCompressor().compress(_renamed(text, new).encode())


def _insert(transaction: Connection, copies: list[Rows]) -> None:
    for table in (tables.case, *PER_CASE, tables.event):
        rows = [row for copy in copies for row in copy[table.name]]
        if rows:
            transaction.execute(sa.insert(table), rows)


def _batches(items: Iterator[Rows]) -> Iterator[list[Rows]]:
    while batch := list(itertools.islice(items, BATCH)):
        yield batch


def state_size(database: sa.Engine) -> tuple[int, int]:
    """(median, largest) bytes of the engine's state over all open cases, without variables."""
    with store.reading(database) as transaction:
        query = sa.select(sa.func.length(tables.case.c.engine_state)).where(tables.case.c.state != "closed")
        sizes = sorted(transaction.execute(query).scalars())
    return sizes[len(sizes) // 2], sizes[-1]
