"""Checkpoints: the heads that moved, signed. Only they show that the tail of a chain was removed or rewritten."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta

import orjson
import sqlalchemy as sa

from engine.audit.chain import Head, canonical, lock_head, move_head, utc_text
from engine.audit.keys import Signer
from engine.store import Transaction, new_id
from engine.store.tables import checkpoint as checkpoint_table
from engine.store.tables import event

CHECKPOINTS = "checkpoint"  # the chain_head row that orders the checkpoints and counts them
FORMAT = "huishen-checkpoint-1"

# An event takes its moment before it commits, and machines differ by a little: look back this far for late ones.
OVERLAP = timedelta(hours=1)

Heads = Mapping[str, tuple[int, str]]


def signed_bytes(checkpoint_id: str, at: datetime, heads: str, previous: str, key_fingerprint: str) -> bytes:
    """What a signature covers, and the hash of a checkpoint too."""
    return canonical(FORMAT, checkpoint_id, utc_text(at), heads, previous, key_fingerprint)


def read_heads(text: str) -> dict[str, tuple[int, str]]:
    return {chain: (seq, value) for chain, (seq, value) in orjson.loads(text).items()}


def checkpoint(transaction: Transaction, signer: Signer, now: datetime) -> str | None:
    """Sign the heads that moved since the last checkpoint; its id, or None where nothing moved."""
    last = lock_head(transaction, CHECKPOINTS)
    heads = _moved(transaction, now)
    if not heads:
        return None
    text = orjson.dumps(heads, option=orjson.OPT_SORT_KEYS).decode()
    checkpoint_id = new_id()
    data = signed_bytes(checkpoint_id, now, text, last.hash, signer.fingerprint)
    value = hashlib.sha256(data).hexdigest()
    row = {
        "id": checkpoint_id,
        "at": now,
        "heads": text,
        "previous": last.hash,
        "hash": value,
        "key_fingerprint": signer.fingerprint,
        "signature": signer.sign(data),
    }
    transaction.execute(sa.insert(checkpoint_table), row)
    move_head(transaction, Head(CHECKPOINTS, last.seq + 1, value))
    return checkpoint_id


def _moved(transaction: Transaction, now: datetime) -> Heads:
    """The heads of the chains that have events since the last checkpoint and that none has signed as they are."""
    last_at = transaction.execute(sa.select(sa.func.max(checkpoint_table.c.at))).scalar()
    recent = sa.select(event.c.chain, sa.func.max(event.c.seq).label("seq")).group_by(event.c.chain)
    signed: dict[str, tuple[int, str]] = {}
    if last_at is not None:
        since = min(last_at, now) - OVERLAP
        recent = recent.where(event.c.at >= since)
        rows = transaction.execute(sa.select(checkpoint_table.c.heads).where(checkpoint_table.c.at >= since))
        for text in rows.scalars():
            signed |= {chain: max(head, signed.get(chain, head)) for chain, head in read_heads(text).items()}
    newest = recent.subquery()
    query = sa.select(event.c.chain, event.c.seq, event.c.hash).join(
        newest, sa.and_(newest.c.chain == event.c.chain, newest.c.seq == event.c.seq)
    )
    heads = {row.chain: (row.seq, row.hash) for row in transaction.execute(query)}
    return {chain: head for chain, head in heads.items() if signed.get(chain) != head}
