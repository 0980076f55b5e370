"""Copies of stored cases, in bulk: every row with ids and numbers of its own, every chain hashed anew."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
import zstandard
from sqlalchemy import Engine

from engine import audit, store
from engine.cases.issuing import new_code
from engine.store import Cipher, Transaction, new_id
from engine.store.tables import (
    attachment,
    case,
    document,
    draft,
    entry,
    event,
    notification,
    number_sequence,
    outcome,
    personal,
    scope,
    task,
    timer,
)

OF_CASE = (entry, attachment, task, timer, notification, document)  # tables whose rows have an id and a case
BESIDE = (scope, outcome, draft, personal)
ID = r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])"
Row = dict[str, Any]


class Text:
    """A stored text, cut at the ids and numbers that every copy has anew."""

    def __init__(self, text: str, pattern: re.Pattern[str]) -> None:
        self.parts = pattern.split(text)  # the odd ones are what changes

    def filled(self, new: dict[str, str]) -> str:
        return "".join(new[part] if place % 2 else part for place, part in enumerate(self.parts))


@dataclass(frozen=True)
class Pattern:
    """A stored case, ready to be copied."""

    rows: dict[str, list[tuple[Row, dict[str, Text]]]]  # by table; with each row the texts that change
    state: Text
    ids: tuple[str, ...]  # in the order of their making
    clear: dict[str, str]  # hash of a personal number -> the number


def pattern_of(transaction: Transaction, case_id: str, cipher: Cipher) -> Pattern:
    """Read a case with everything that belongs to it."""
    tables = {table.name: _rows(transaction, table, case_id) for table in (case, *OF_CASE, *BESIDE, event)}
    (row,) = tables[case.name]
    state = zstandard.ZstdDecompressor().decompress(row["engine_state"][1:]).decode()
    ids = {one["id"] for table in OF_CASE for one in tables[table.name]} | set(re.findall(ID, state)) | {case_id}
    numbers = {one["number"] for name in (case.name, document.name) for one in tables[name]} - {None}
    changing = re.compile("(" + "|".join(re.escape(one) for one in sorted(ids | numbers)) + ")")
    clear = {
        one["hash"]: cipher.decrypt(one["key_id"], one["ciphertext"], f"{case_id}:{one['hash']}")
        for one in tables[personal.name]
    }
    rows = {name: [(one, _texts(one, changing)) for one in found] for name, found in tables.items()}
    return Pattern(rows, Text(state, changing), tuple(sorted(ids)), clear)


def _rows(transaction: Transaction, table: sa.Table, case_id: str) -> list[Row]:
    column = {"case": "id", "event": "chain"}.get(table.name, "case_id")
    query = sa.select(table).where(table.c[column] == case_id).order_by(*table.primary_key)
    return [dict(row) for row in transaction.execute(query).mappings()]


def _texts(row: Row, changing: re.Pattern[str]) -> dict[str, Text]:
    return {
        name: Text(value, changing) for name, value in row.items() if isinstance(value, str) and changing.search(value)
    }


class Numbers:
    """Hands on the numbers of the sequences, and stores how far they went."""

    def __init__(self, transaction: Transaction) -> None:
        query = sa.select(number_sequence)
        self.last = {(row.authority, row.year): row.last for row in transaction.execute(query)}

    def next(self, authority: str, year: int) -> int:
        last: int = self.last.get((authority, year), 0) + 1
        self.last[authority, year] = last
        return last

    def write(self, transaction: Transaction) -> None:
        rows = [{"authority": key[0], "year": key[1], "last": last} for key, last in self.last.items()]
        store.upsert(transaction, number_sequence, rows, ("last",))


def copy_of(pattern: Pattern, numbers: Numbers, cipher: Cipher) -> dict[str, list[Row]]:
    """The rows of one more case like this one, by table."""
    new = {old: new_id() for old in pattern.ids}
    registered: dict[str, Row] = {}
    for row, _ in pattern.rows[document.name]:
        if row["number"] is not None:
            serial = numbers.next(row["authority"], row["year"])
            new[row["number"]] = f"{row['authority']}〔{row['year']}〕{serial}号"
            registered[row["id"]] = {"serial": serial, "code": new_code()}
    (stored,) = pattern.rows[case.name]
    if stored[0]["number"] is not None:
        prefix, year, _ = stored[0]["number"].split("-")
        new[stored[0]["number"]] = f"{prefix}-{year}-{numbers.next(prefix, int(year)):04d}"
    rows = {
        name: [row | {key: text.filled(new) for key, text in texts.items()} for row, texts in found]
        for name, found in pattern.rows.items()
    }
    for row, (old, _) in zip(rows[document.name], pattern.rows[document.name], strict=True):
        row.update(registered.get(old["id"], {}))
    head = _linked(rows[event.name])
    rows[case.name][0] |= {"engine_state": _state(pattern, new), "event_seq": head.seq, "event_hash": head.hash}
    for row in rows[personal.name]:
        bound = f"{row['case_id']}:{row['hash']}"
        row["key_id"], row["ciphertext"] = cipher.encrypt(pattern.clear[row["hash"]], bound)
    return rows


def _linked(events: list[Row]) -> audit.Head:
    """Hash the events of a chain anew, in place."""
    head = audit.Head(events[0]["chain"])
    for row in events:
        value = audit.digest(
            row["chain"], row["seq"], row["at"], row["kind"], row["actor"], row["post_id"], row["body"], head.hash
        )
        row |= {"previous": head.hash, "hash": value}
        head = audit.Head(row["chain"], row["seq"], value)
    return head


def _state(pattern: Pattern, new: dict[str, str]) -> bytes:
    (stored,) = pattern.rows[case.name]
    compressor = zstandard.ZstdCompressor(level=3)
    return bytes(stored[0]["engine_state"][:1]) + compressor.compress(pattern.state.filled(new).encode())


def renamed(rows: dict[str, list[Row]], pairs: Iterable[tuple[str, str]]) -> None:
    """Give a copy other names, in every text of it; its chain is hashed anew."""
    for old, new in pairs:
        for found in rows.values():
            for row in found:
                row.update({key: text.replace(old, new) for key, text in row.items() if isinstance(text, str)})
    head = _linked(rows[event.name])
    rows[case.name][0] |= {"event_seq": head.seq, "event_hash": head.hash}


def insert_copies(
    database: Engine,
    cipher: Cipher,
    wanted: Iterable[tuple[str, int]],
    batch: int = 200,
    tell: Callable[[int], None] = lambda _count: None,
    names: Callable[[int], Iterable[tuple[str, str]]] | None = None,
) -> None:
    """So many copies of each case, a transaction for every `batch` of them; `names` are (old, new) for the n-th."""
    with store.reading(database) as transaction:
        patterns = [(pattern_of(transaction, case_id, cipher), count) for case_id, count in wanted]
    todo, done = _mixed(patterns), 0
    while chunk := [pattern for _, pattern in zip(range(batch), todo, strict=False)]:
        with store.writing(database) as transaction:
            numbers = Numbers(transaction)
            made = [copy_of(pattern, numbers, cipher) for pattern in chunk]
            for place, rows in enumerate(made if names else ()):
                renamed(rows, names(done + place))
            for table in (case, *OF_CASE, *BESIDE, event):
                if rows := [row for copied in made for row in copied[table.name]]:
                    transaction.execute(sa.insert(table), rows)
            numbers.write(transaction)
        done += len(chunk)
        tell(done)


def _mixed(patterns: list[tuple[Pattern, int]]) -> Iterator[Pattern]:
    """One of each in turn, until every one has come as often as wanted."""
    for turn in range(max((count for _, count in patterns), default=0)):
        yield from (pattern for pattern, count in patterns if turn < count)
