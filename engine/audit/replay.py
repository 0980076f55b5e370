"""Every case rebuilt from its events, and compared with the rows that are stored."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from engine.audit.chain import INSTALLATION, fingerprint_of
from engine.audit.rebuilt import Columns, Rebuilt, Rows, Told, rebuild
from engine.audit.words import COLUMNS, STATES, TABLES
from engine.calendar import ZONE
from engine.store import Transaction, tables
from engine.store.values import decode, encode

BATCH = 100  # cases
KEYED = {
    "scope": "path",
    "outcome": "item_key",
    "personal": "hash",
    "receipt": "message_id",
}  # tables whose rows have no id of their own
LONG = {  # texts that the events know by their SHA-256
    "document": ("content", "record"),
    "call": ("inputs",),
    "message": ("key", "values"),
    "publicity": ("members",),
}

Readable = Callable[[str, Mapping[str, Any]], bool]
ENCRYPTED = ("personal", "objection")
Stored = dict[str, dict[str, Rows]]  # case -> table -> key -> columns


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is stored otherwise than the events of its case say."""

    case: str
    number: str
    table: str
    key: str
    column: str
    message: str

    def __str__(self) -> str:
        return f"{self.number}：{self.message}"


def replay(
    transaction: Transaction, readable: Readable | None = None, only: str | None = None
) -> Iterator[tuple[str, list[Difference]]]:
    """Each case with what differs in it: open nodes, posts, due times, variables, timers, clocks, and every other row.

    `readable` says whether an encrypted row of a table (a personal number, an objection) still gives the text of its
    hash; it needs the keys, so that whoever holds them hands it in. `only` is the id of one case.
    """
    every = _cases(transaction) if only is None else [only]
    for ids in (every[start : start + BATCH] for start in range(0, len(every), BATCH)):
        stored = {table: _rows(transaction, table, ids) for table in TABLES if table != "case"}
        cases = {row["id"]: row for row in _all(transaction, tables.case, tables.case.c.id, ids)}
        chains = _chains(transaction, ids)
        for case_id in ids:
            rebuilt = rebuild(chains.get(case_id, ()))
            compared = _Comparison(case_id, cases.get(case_id), rebuilt)
            rows = {table: found.get(case_id, {}) for table, found in stored.items()}
            yield case_id, list(compared.differences(rows, readable))


def _cases(transaction: Transaction) -> list[str]:
    """By the cases and by the chains: either may be gone."""
    chains = sa.select(tables.event.c.chain).where(tables.event.c.chain != INSTALLATION)
    return list(transaction.execute(sa.union(sa.select(tables.case.c.id), chains).order_by("id")).scalars())


def _chains(transaction: Transaction, ids: Sequence[str]) -> dict[str, list[Told]]:
    event = tables.event
    query = sa.select(event).where(event.c.chain.in_(ids)).order_by(event.c.chain, event.c.seq)
    rows = transaction.execute(query)
    return {chain: [Told.of(row) for row in found] for chain, found in groupby(rows, key=lambda row: row.chain)}


def _rows(transaction: Transaction, name: str, ids: Sequence[str]) -> dict[str, Rows]:
    table = tables.metadata.tables[name]
    found: dict[str, Rows] = {}
    for row in _all(transaction, table, table.c.case_id, ids):
        found.setdefault(row["case_id"], {})[row[KEYED.get(name, "id")]] = _read(name, row)
    return found


def _all(transaction: Transaction, table: sa.Table, column: sa.Column[Any], ids: Sequence[str]) -> list[Columns]:
    query = sa.select(table).where(column.in_(ids)).order_by(*table.primary_key.columns)
    return [dict(row) for row in transaction.execute(query).mappings()]


def _read(name: str, row: Columns) -> Columns:
    """The columns as the events speak of them."""
    if name == "scope":
        return dict(_decoded(row["values"]))
    if name == "entry":
        return {**row, "values": _decoded(row["values"])}
    return {key: fingerprint_of(value.encode()) if key in LONG.get(name, ()) else value for key, value in row.items()}


def _decoded(text: str) -> dict[str, Any]:
    """Values that somebody made unreadable differ from all that the events say."""
    try:
        values = decode(text)
    except (ValueError, TypeError, KeyError):
        values = None
    return values if isinstance(values, dict) else {"": text}


class _Comparison:
    """One case: what its events say against what is stored."""

    def __init__(self, case_id: str, case: Columns | None, rebuilt: Rebuilt) -> None:
        self.case_id, self.case, self.rebuilt = case_id, case, rebuilt
        known = rebuilt.case.get("number") or (case or {}).get("number")
        self.number = str(known or f"未编号的案件 {case_id}")

    def differences(self, stored: Mapping[str, Rows], readable: Readable | None) -> Iterator[Difference]:
        """In the order of `TABLES`; a case without its row, or without events, is told in one sentence."""
        for seq in self.rebuilt.unreadable:
            yield self._told("event", str(seq), "body", f"第 {seq} 条事件的内容读不出来，重建时略过了它。")
        if self.case is None or not self.rebuilt.case:
            gone = "案件的记录" if self.case is None else "案件的事件"
            yield self._told("case", "", "", f"{gone}不在库中，无法核对。")
            return
        yield from self._columns("case", "", self._expected_case(), self._stored_case(self.case))
        for table, rows in stored.items():
            yield from self._table(table, getattr(self.rebuilt, table), rows)
        for table in ENCRYPTED:
            for key, row in stored[table].items():
                if readable is not None and not readable(table, row):
                    message = f"{TABLES[table]} {key[:12]}的密文与它的散列值不符，被改动。"
                    yield self._told(table, key, "ciphertext", message)

    def _expected_case(self) -> Columns:
        return {
            **self.rebuilt.case,
            **{name: _decoded(self.rebuilt.case.get(name, "{}")) for name in ("promise", "duties")},
            "engine_state": self.rebuilt.engine,
            "scope_count": len(self.rebuilt.scope),
        }

    @staticmethod
    def _stored_case(row: Columns) -> Columns:
        read = {name: _decoded(row[name]) for name in ("promise", "duties")}
        return {**row, **read, "engine_state": fingerprint_of(row["engine_state"])}

    def _table(self, table: str, expected: Rows, stored: Rows) -> Iterator[Difference]:
        for key, columns in expected.items():
            if key in stored:
                yield from self._columns(table, key, columns, stored[key])
            else:
                yield self._told(table, key, "", f"{self._label(table, key)}：事件里有，库中没有，被删除。")
        for key in stored.keys() - expected.keys():
            if table != "personal":  # a number in a draft has its row before any event speaks of it
                yield self._told(table, key, "", f"{self._label(table, key)}：库中有，事件里没有，是后加的。")

    def _columns(self, table: str, key: str, expected: Columns, stored: Columns) -> Iterator[Difference]:
        names = sorted(expected.keys() | stored.keys()) if table == "scope" else sorted(expected)
        for name in names:
            if not _same(expected, stored, name):
                label, column = self._label(table, key), name if table == "scope" else COLUMNS[name]
                said, kept = (_shown(values[name]) if name in values else "没有" for values in (expected, stored))
                message = f"{label}的{column}：按事件应为 {said}，库中是 {kept}。"
                yield self._told(table, key, name, message)

    def _label(self, table: str, key: str) -> str:
        """The row as a person knows it."""
        row = getattr(self.rebuilt, table, {}).get(key, {}) if key else {}
        if table == "case":
            return TABLES[table]
        if table == "scope":
            return f"变量（{key or '全案'}）"
        named = row.get("name") or row.get("number") or row.get("title") or row.get("label") or row.get("node_id")
        return f"{TABLES[table]}“{named or key[:12]}”"

    def _told(self, table: str, key: str, column: str, message: str) -> Difference:
        return Difference(self.case_id, self.number, table, key, column, message)


def _same(expected: Columns, stored: Columns, name: str) -> bool:
    if name not in expected or name not in stored:
        return False
    one, other = expected[name], stored[name]
    if isinstance(one, datetime) and isinstance(other, datetime):
        return one == other
    return encode(one) == encode(other)


def _shown(value: Any) -> str:
    """A value in a sentence, cut where it would fill the page."""
    if value is None or value == "":
        return "空"
    if isinstance(value, datetime):
        return value.astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return value.isoformat()
    text = STATES.get(value, value) if isinstance(value, str) else encode(value)
    return text if len(text) <= 80 else f"{text[:77]}…"
