"""The record as hash chains: one a case, one of the installation for what belongs to no case."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
import sqlalchemy as sa

from engine.store import Transaction, insert_into
from engine.store.tables import chain_head, event
from engine.store.values import encode

INSTALLATION = "installation"
FORMAT = "huishen-event-1"  # a change of the canonical bytes takes a new name, so that no text means two things


@dataclass(frozen=True)
class Head:
    """The newest event of a chain; seq 0 and an empty hash where there is none yet."""

    chain: str
    seq: int = 0
    hash: str = ""


def canonical(*parts: str | int | None) -> bytes:
    """A JSON array without spaces: no two different lists of parts give the same bytes."""
    return orjson.dumps(parts)


def fingerprint_of(data: bytes) -> str:
    """SHA-256, hexadecimal, of something too long or too inward for the body of an event."""
    return hashlib.sha256(data).hexdigest()


def utc_text(at: datetime) -> str:
    """A moment as the hashes see it: UTC, always six digits of a second, as both databases keep them."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def digest(
    chain: str, seq: int, at: datetime, kind: str, actor: str | None, post_id: str | None, body: str, previous: str
) -> str:
    """SHA-256, hexadecimal, of an event and of the one before it; `body` is the canonical text as it is stored."""
    return hashlib.sha256(canonical(FORMAT, chain, seq, utc_text(at), kind, actor, post_id, body, previous)).hexdigest()


def link(
    head: Head, kind: str, at: datetime, actor: str | None, post_id: str | None, body: dict[str, Any]
) -> tuple[dict[str, Any], Head]:
    """The row of table `event` that follows a head, and the new head. Writes nothing.

    Personal numbers never stand in `body`; their keyed hash (`Cipher.digest`) does, so that a retention period may end
    without breaking the chain. `TypeError` for a body that could not be read back the same.
    """
    text = encode(body)
    seq = head.seq + 1
    value = digest(head.chain, seq, at, kind, actor, post_id, text, head.hash)
    row = {
        "chain": head.chain,
        "seq": seq,
        "at": at,
        "kind": kind,
        "actor": actor,
        "post_id": post_id,
        "body": text,
        "previous": head.hash,
        "hash": value,
    }
    return row, Head(head.chain, seq, value)


def record(
    transaction: Transaction,
    kind: str,
    at: datetime,
    actor: str | None,
    body: dict[str, Any],
    post_id: str | None = None,
) -> Head:
    """Append to the chain of the installation: signing in, unmasking, publishing, revoking.

    The chain's head is locked until the transaction ends, so record late in it.
    """
    row, head = link(lock_head(transaction, INSTALLATION), kind, at, actor, post_id, body)
    transaction.execute(sa.insert(event), row)
    move_head(transaction, head)
    return head


def lock_head(transaction: Transaction, chain: str) -> Head:
    """The head of a chain of table `chain_head`, which nobody else can extend until the transaction ends."""
    query = sa.select(chain_head.c.seq, chain_head.c.hash).where(chain_head.c.chain == chain).with_for_update()
    row = transaction.execute(query).one_or_none()
    if row is None:
        empty = {"chain": chain, "seq": 0, "hash": ""}
        transaction.execute(insert_into(transaction, chain_head).on_conflict_do_nothing(), empty)
        row = transaction.execute(query).one()
    return Head(chain, row.seq, row.hash)


def move_head(transaction: Transaction, head: Head) -> None:
    """Note the new end of a chain whose head this transaction has locked."""
    statement = sa.update(chain_head).where(chain_head.c.chain == head.chain)
    transaction.execute(statement.values(seq=head.seq, hash=head.hash))
