"""A small record with everything in it: two cases, the chain of the installation, three checkpoints."""

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric import ec

from engine import audit, store
from engine.store import Transaction, tables

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
SIGNER = audit.FileSigner(ec.derive_private_key(20261123, ec.SECP256R1()))
STRANGER = audit.FileSigner(ec.derive_private_key(666, ec.SECP256R1()))
TRUST = audit.Trust.of([SIGNER.key.public_key()])
CASES = ("c" * 32, "d" * 32)
PERSON = "a" * 32


def write_record(transaction: Transaction) -> None:
    """Three rounds of events, a checkpoint after each; then one more event a chain that no checkpoint saw."""
    _cases(transaction)
    heads = {case: audit.Head(case) for case in CASES}
    for turn in range(4):
        at = START + timedelta(hours=3 * turn)
        for case in CASES:
            heads[case] = _append(transaction, heads[case], at, turn)
        audit.record(transaction, "sign-in.succeeded", at, PERSON, {"turn": turn})
        if turn < 3:
            assert audit.checkpoint(transaction, SIGNER, at + timedelta(minutes=1))


def write_case(transaction: Transaction, case: str, head: audit.Head) -> None:
    statement = sa.update(tables.case).where(tables.case.c.id == case)
    transaction.execute(statement.values(event_seq=head.seq, event_hash=head.hash))


def rewrite(transaction: Transaction, chain: str, since: int) -> None:
    """What somebody with the database does: change an event and make every later hash and the head fit again."""
    rows = chain_rows(transaction, chain)
    head = audit.Head(chain, since - 1, rows[since - 1]["previous"])
    for row in rows[since - 1 :]:
        kind = "case.forged" if row["seq"] == since else row["kind"]
        body = store_values(row["body"])
        fresh, head = audit.link(head, kind, row["at"], row["actor"], row["post_id"], body)
        which = (tables.event.c.chain == chain, tables.event.c.seq == row["seq"])
        transaction.execute(sa.update(tables.event).where(*which).values(fresh))
    write_head(transaction, head)


def write_head(transaction: Transaction, head: audit.Head) -> None:
    if head.chain in CASES:
        write_case(transaction, head.chain, head)
    else:
        statement = sa.update(tables.chain_head).where(tables.chain_head.c.chain == head.chain)
        transaction.execute(statement.values(seq=head.seq, hash=head.hash))


def cut(transaction: Transaction, chain: str, keep: int) -> None:
    """Remove the events after `keep` and make the head fit."""
    rows = chain_rows(transaction, chain)
    transaction.execute(sa.delete(tables.event).where(tables.event.c.chain == chain, tables.event.c.seq > keep))
    write_head(transaction, audit.Head(chain, keep, rows[keep - 1]["hash"] if keep else ""))


def chain_rows(transaction: Transaction, chain: str) -> list[dict[str, Any]]:
    query = sa.select(tables.event).where(tables.event.c.chain == chain).order_by(tables.event.c.seq)
    return [dict(row) for row in transaction.execute(query).mappings()]


def store_values(text: str) -> Any:
    from engine.store.values import decode

    return decode(text)


def _append(transaction: Transaction, head: audit.Head, at: datetime, turn: int) -> audit.Head:
    """Two events of a step, written as a command writes them."""
    rows = []
    for kind in ("task.completed", "task.opened"):
        row, head = audit.link(head, kind, at, PERSON, "b" * 32, {"turn": turn, "text": "同意"})
        rows.append(row)
    transaction.execute(sa.insert(tables.event), rows)
    write_case(transaction, head.chain, head)
    return head


def _cases(transaction: Transaction) -> None:
    organisation = {"id": store.new_id(), "key": "assoc", "name": "南屿省包装行业协会", "kind": "association"}
    version = {"package_key": "p", "hash": "h", "title": "t", "archive": b"", "created_at": START, "created_by": None}
    version |= {"id": store.new_id()}
    transaction.execute(sa.insert(tables.organisation), organisation)
    transaction.execute(sa.insert(tables.process_version), version)
    for case in CASES:
        row = {
            "id": case,
            "package_key": "p",
            "version_id": version["id"],
            "organisation_id": organisation["id"],
            "title": "换届人选审核",
            "state": "submitted",
            "created_at": START,
            "created_by": PERSON,
            "engine_state": b"",
        }
        transaction.execute(sa.insert(tables.case), row)
