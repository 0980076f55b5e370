"""Every column of every table of the record, changed in every way; every way to take, add and reorder rows."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from engine import audit
from engine.audit.checkpoints import CHECKPOINTS, signed_bytes
from engine.store import Transaction, new_id, reading, writing
from engine.store.tables import case, chain_head, checkpoint, event
from tests.audit.records import (
    CASES,
    PERSON,
    SIGNER,
    START,
    STRANGER,
    TRUST,
    chain_rows,
    cut,
    rewrite,
    write_record,
)

CHAINS = (CASES[0], audit.INSTALLATION)
Tamper = Callable[[Transaction], None]


@dataclass(frozen=True)
class Kept:
    """A table of the record: which columns, and which of its rows are tampered with."""

    table: sa.Table
    columns: tuple[str, ...]
    where: tuple[tuple[str, sa.ColumnElement[bool]], ...]


def _all(table: sa.Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.columns)


def _event_rows() -> Iterator[tuple[str, sa.ColumnElement[bool]]]:
    for chain in CHAINS:
        last = 8 if chain in CASES else 4
        for name, seq in (("first", 1), ("middle", 3), ("last", last)):
            yield f"{chain[:4]}-{name}", sa.and_(event.c.chain == chain, event.c.seq == seq)


def _checkpoint_row(place: int) -> sa.ColumnElement[bool]:
    order = checkpoint.c.id.asc() if place >= 0 else checkpoint.c.id.desc()
    chosen = sa.select(checkpoint.c.id).order_by(order).limit(1).offset(abs(place) if place >= 0 else 0)
    return checkpoint.c.id == chosen.scalar_subquery()


RECORD = (
    Kept(event, _all(event), tuple(_event_rows())),
    Kept(case, ("event_seq", "event_hash"), (("case", case.c.id == CASES[0]),)),
    Kept(
        chain_head,
        _all(chain_head),
        tuple((chain, chain_head.c.chain == chain) for chain in (audit.INSTALLATION, CHECKPOINTS)),
    ),
    Kept(
        checkpoint,
        _all(checkpoint),
        (("first", _checkpoint_row(0)), ("middle", _checkpoint_row(1)), ("last", _checkpoint_row(-1))),
    ),
)


def others(column: sa.Column[Any], value: Any) -> Iterator[tuple[str, Any]]:
    """Other values for a field: a near one, an empty one, and none where the column allows it."""
    return ((name, other) for name, other in _candidates(column, value) if other != value)


def _candidates(column: sa.Column[Any], value: Any) -> Iterator[tuple[str, Any]]:
    if column.nullable:
        yield ("filled", "f" * 32) if value is None else ("none", None)
    if isinstance(value, datetime):
        yield "later", value + timedelta(microseconds=1)
        yield "earlier", value - timedelta(days=1)
    elif isinstance(value, int):
        yield "more", value + 100
        yield "negative", -value
    elif isinstance(value, bytes):
        yield "flipped", bytes([*value[:-1], value[-1] ^ 1])
        yield "empty", b""
    elif isinstance(value, str):
        yield "flipped", value[:-1] + ("0" if value[-1:] != "0" else "1")
        yield "empty", ""


@pytest.fixture
def record(database: Engine) -> Engine:
    with writing(database) as transaction:
        write_record(transaction)
    return database


class Undone(Exception):
    pass


def faults_after(database: Engine, tamper: Tamper) -> list[audit.Fault]:
    """What verification says after tampering, which is undone again."""
    found: list[audit.Fault] = []
    try:
        with writing(database) as transaction:
            tamper(transaction)
            found += audit.verify(transaction, TRUST)
            raise Undone
    except Undone:
        return found


def test_an_untouched_record_has_no_fault(record: Engine) -> None:
    with reading(record) as transaction:
        assert audit.verify(transaction, TRUST) == []


@pytest.mark.parametrize(
    ("kept", "column"),
    [pytest.param(kept, name, id=f"{kept.table.name}.{name}") for kept in RECORD for name in kept.columns],
)
def test_every_change_of_a_column_is_found(record: Engine, kept: Kept, column: str) -> None:
    field = kept.table.c[column]
    for place, where in kept.where:
        with reading(record) as transaction:
            key = sa.and_(*_key(kept.table, transaction, where))
            value = transaction.execute(sa.select(field).where(key)).scalar_one()
        for name, other in others(field, value):
            change = sa.update(kept.table).where(key).values({column: other})
            faults = faults_after(record, lambda transaction, change=change: transaction.execute(change))
            assert faults, f"{place}: {name} was not found"


@pytest.mark.parametrize("kept", [kept for kept in RECORD if kept.table is not case], ids=lambda kept: kept.table.name)
def test_every_removal_of_a_row_is_found(record: Engine, kept: Kept) -> None:
    for place, where in kept.where:
        with reading(record) as transaction:
            key = sa.and_(*_key(kept.table, transaction, where))
        removal = sa.delete(kept.table).where(key)
        assert faults_after(record, lambda transaction, removal=removal: transaction.execute(removal)), place


def _key(table: sa.Table, transaction: Transaction, where: sa.ColumnElement[bool]) -> Iterator[sa.ColumnElement[bool]]:
    row = transaction.execute(sa.select(*table.primary_key.columns).where(where)).one()
    for column, value in zip(table.primary_key.columns, row, strict=True):
        yield column == value


def _swap_events(transaction: Transaction, chain: str, a: int, b: int) -> None:
    def number(seq: int, to: int) -> None:
        which = sa.and_(event.c.chain == chain, event.c.seq == seq)
        transaction.execute(sa.update(event).where(which).values(seq=to))

    number(a, 1000)
    number(b, a)
    number(1000, b)


def _append(transaction: Transaction, chain: str) -> None:
    last = chain_rows(transaction, chain)[-1]
    row, _ = audit.link(audit.Head(chain, last["seq"], last["hash"]), "case.forged", START, PERSON, None, {})
    transaction.execute(sa.insert(event), row)


def _insert(transaction: Transaction, chain: str) -> None:
    """A well-formed event in the middle, the later ones moved on by one."""
    rows = chain_rows(transaction, chain)
    for row in reversed(rows[2:]):
        which = sa.and_(event.c.chain == chain, event.c.seq == row["seq"])
        transaction.execute(sa.update(event).where(which).values(seq=row["seq"] + 1))
    row, _ = audit.link(audit.Head(chain, 2, rows[1]["hash"]), "case.forged", START, PERSON, None, {})
    transaction.execute(sa.insert(event), row)


def _new_chain(transaction: Transaction, chain: str) -> None:
    row, _ = audit.link(audit.Head("e" * 32), "case.forged", START, PERSON, None, {})
    transaction.execute(sa.insert(event), row)


def _remove_chain(transaction: Transaction, chain: str) -> None:
    transaction.execute(sa.delete(event).where(event.c.chain == chain))


@pytest.mark.parametrize("chain", CHAINS, ids=("case", "installation"))
@pytest.mark.parametrize(
    ("tamper", "code"),
    [
        pytest.param(lambda t, c: _swap_events(t, c, 2, 3), "audit.order", id="neighbours change places"),
        pytest.param(lambda t, c: _swap_events(t, c, 1, 4), "audit.order", id="first and fourth change places"),
        pytest.param(_append, "audit.added", id="one added at the end"),
        pytest.param(_insert, "audit.order", id="one inserted"),
        pytest.param(_new_chain, "audit.head-missing", id="a chain added"),
        pytest.param(_remove_chain, "audit.removed", id="a whole chain removed"),
        pytest.param(lambda t, c: rewrite(t, c, 1), "audit.rewritten", id="rewritten from the first, hashes fitted"),
        pytest.param(lambda t, c: rewrite(t, c, 3), "audit.rewritten", id="rewritten from the third, hashes fitted"),
        pytest.param(lambda t, c: cut(t, c, 2), "audit.removed", id="tail removed, head fitted"),
        pytest.param(lambda t, c: cut(t, c, 0), "audit.removed", id="all events removed, head fitted"),
    ],
)
def test_tampering_with_a_chain_is_found(
    record: Engine, chain: str, tamper: Callable[[Transaction, str], None], code: str
) -> None:
    faults = faults_after(record, lambda transaction: tamper(transaction, chain))
    assert code in {fault.code for fault in faults}
    assert all(fault.message for fault in faults)


def test_a_case_that_disappeared_with_all_its_events_is_found(record: Engine) -> None:
    def remove(transaction: Transaction) -> None:
        transaction.execute(sa.delete(event).where(event.c.chain == CASES[0]))
        transaction.execute(sa.delete(case).where(case.c.id == CASES[0]))

    assert {(fault.chain, fault.code) for fault in faults_after(record, remove)} == {(CASES[0], "audit.removed")}


def _checkpoints(transaction: Transaction) -> list[dict[str, Any]]:
    return [dict(row) for row in transaction.execute(sa.select(checkpoint).order_by(checkpoint.c.id)).mappings()]


def _forge(transaction: Transaction, signer: audit.Signer, place: int = -1, **changes: Any) -> None:
    """Write a checkpoint anew with a hash and a signature that fit it."""
    row = _checkpoints(transaction)[place] | changes | {"key_fingerprint": signer.fingerprint}
    data = signed_bytes(row["id"], row["at"], row["heads"], row["previous"], row["key_fingerprint"])
    row |= {"hash": hashlib.sha256(data).hexdigest(), "signature": signer.sign(data)}
    transaction.execute(sa.delete(checkpoint).where(checkpoint.c.id == row["id"]))
    transaction.execute(sa.insert(checkpoint), row)
    if place == -1:
        which = sa.update(chain_head).where(chain_head.c.chain == CHECKPOINTS)
        transaction.execute(which.values(hash=row["hash"]))


def _swap_checkpoints(transaction: Transaction) -> None:
    first, second, _ = _checkpoints(transaction)
    for row, other in ((first, second), (second, first)):
        content = {name: other[name] for name in other if name != "id"}
        transaction.execute(sa.update(checkpoint).where(checkpoint.c.id == row["id"]).values(content))


def _add_checkpoint(transaction: Transaction) -> None:
    last = _checkpoints(transaction)[-1]
    row = last | {"id": new_id(), "previous": last["hash"]}
    data = signed_bytes(row["id"], row["at"], row["heads"], row["previous"], row["key_fingerprint"])
    row |= {"hash": hashlib.sha256(data).hexdigest(), "signature": SIGNER.sign(data)}
    transaction.execute(sa.insert(checkpoint), row)


@pytest.mark.parametrize(
    ("tamper", "code"),
    [
        (lambda t: _forge(t, STRANGER), "audit.checkpoint-untrusted"),
        (lambda t: _forge(t, SIGNER, place=0, heads="{}"), "audit.checkpoint-order"),
        (_swap_checkpoints, "audit.checkpoint-changed"),
        (_add_checkpoint, "audit.checkpoint-removed"),
    ],
    ids=["signed by a stranger", "an early one signed anew", "two change places", "one added"],
)
def test_tampering_with_checkpoints_is_found(record: Engine, tamper: Tamper, code: str) -> None:
    assert code in {fault.code for fault in faults_after(record, tamper)}


def test_removing_the_last_checkpoint_with_its_head_is_found_by_a_hash_noted_outside(record: Engine) -> None:
    with writing(record) as transaction:
        *_, before, last = _checkpoints(transaction)
        transaction.execute(sa.delete(checkpoint).where(checkpoint.c.id == last["id"]))
        which = sa.update(chain_head).where(chain_head.c.chain == CHECKPOINTS)
        transaction.execute(which.values(seq=2, hash=before["hash"]))
        assert audit.verify(transaction, TRUST) == []
        assert [fault.code for fault in audit.verify(transaction, TRUST, latest=last["hash"])] == [
            "audit.checkpoint-removed"
        ]
        assert audit.verify(transaction, TRUST, latest=before["hash"]) == []
