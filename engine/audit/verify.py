"""Reads the whole record and says where it is not what it was when it was written."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from engine.audit.chain import Head, digest
from engine.audit.checkpoints import CHECKPOINTS, read_heads, signed_bytes
from engine.audit.keys import Trust
from engine.store import Transaction
from engine.store.tables import case, chain_head, event
from engine.store.tables import checkpoint as checkpoint_table

Row = Any
BATCH = 2000


@dataclass(frozen=True)
class Fault:
    """One place where the record does not hold: `seq` is the event's number, or the checkpoint's place."""

    chain: str
    seq: int
    code: str
    message: str


@dataclass
class _Seen:
    """What checkpoints saw: chain -> seq -> hashes. Taken off as the events come by; the rest was removed."""

    heads: dict[str, dict[int, set[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))

    def add(self, text: str) -> None:
        for chain, (seq, value) in read_heads(text).items():
            self.heads[chain][seq].add(value)


def verify(transaction: Transaction, trust: Trust, latest: str | None = None) -> list[Fault]:
    """Every fault of every chain, none for a whole record.

    Finds events and checkpoints that were changed, removed, added or put in another order, heads that do not fit, and
    whatever a checkpoint saw otherwise. `latest` is the hash of a checkpoint that was noted outside the installation:
    it finds the removal of that checkpoint and of everything after it.
    """
    seen = _Seen()
    faults = list(_checkpoints(transaction, trust, seen, latest))
    heads = _heads(transaction)
    for chain, rows in groupby(_events(transaction), key=lambda row: row.chain):
        faults += _chain(chain, rows, heads.pop(chain, None), seen.heads.pop(chain, {}))
    for chain, head in heads.items():
        if head.seq or head.hash:
            faults.append(_tail(chain, 0, head))
    faults += [_lost(chain, seq) for chain, known in seen.heads.items() for seq in known]
    return sorted(faults, key=lambda fault: (fault.chain, fault.seq, fault.code))


def _events(transaction: Transaction) -> Iterator[Row]:
    query = sa.select(event).order_by(event.c.chain, event.c.seq)
    return iter(transaction.execution_options(yield_per=BATCH).execute(query))


def _heads(transaction: Transaction) -> dict[str, Head]:
    cases = sa.select(case.c.id, case.c.event_seq, case.c.event_hash)
    others = sa.select(chain_head).where(chain_head.c.chain != CHECKPOINTS)
    rows = [*transaction.execute(cases), *transaction.execute(others)]
    return {chain: Head(chain, seq, value) for chain, seq, value in rows}


def _chain(chain: str, rows: Iterator[Row], head: Head | None, known: dict[int, set[str]]) -> Iterator[Fault]:
    seq, previous = 0, ""
    for row in rows:
        if row.seq < 1:
            yield Fault(chain, row.seq, "audit.added", f"事件编号 {row.seq} 不合规则，可能是后加的。")
        elif row.seq != seq + 1:
            yield Fault(chain, row.seq, "audit.removed", f"第 {seq + 1} 条至第 {row.seq - 1} 条事件缺失，可能被删除。")
        elif row.previous != previous:
            yield Fault(chain, row.seq, "audit.order", f"第 {row.seq} 条事件接不上前一条，可能被换序或替换。")
        if not _is_true(row):
            yield Fault(chain, row.seq, "audit.changed", f"第 {row.seq} 条事件的内容与散列值不符，写入后被改动。")
        if any(value != row.hash for value in known.pop(row.seq, set())):
            message = f"第 {row.seq} 条事件与签名检查点所见不同，其后的事件可能被整段重写。"
            yield Fault(chain, row.seq, "audit.rewritten", message)
        seq, previous = row.seq, row.hash
    if head is None:
        yield Fault(chain, seq, "audit.head-missing", "链尾记录缺失：案件或链头被删除，或整条链是后加的。")
    elif (head.seq, head.hash) != (seq, previous):
        yield _tail(chain, seq, head)
    for lost in known:
        yield _lost(chain, lost)


def _is_true(row: Row) -> bool:
    return bool(
        row.hash == digest(row.chain, row.seq, row.at, row.kind, row.actor, row.post_id, row.body, row.previous)
    )


def _tail(chain: str, seq: int, head: Head) -> Fault:
    if head.seq > seq:
        return Fault(chain, head.seq, "audit.removed", f"链尾应为第 {head.seq} 条，现在只到第 {seq} 条，末尾被删除。")
    if head.seq < seq:
        return Fault(chain, seq, "audit.added", f"链尾应为第 {head.seq} 条，现在到第 {seq} 条，末尾有后加的事件。")
    return Fault(chain, seq, "audit.changed", f"链尾记录的散列值与第 {seq} 条事件不符。")


def _lost(chain: str, seq: int) -> Fault:
    return Fault(chain, seq, "audit.removed", f"签名检查点见过第 {seq} 条事件，现在没有，被删除。")


def _checkpoints(transaction: Transaction, trust: Trust, seen: _Seen, latest: str | None) -> Iterator[Fault]:
    rows = list(transaction.execute(sa.select(checkpoint_table).order_by(checkpoint_table.c.id)))
    for place, row in enumerate(rows, start=1):
        fault = _checkpoint(place, row, trust)
        if fault is None:
            seen.add(row.heads)
        else:
            yield fault
    yield from _checkpoint_order(transaction, rows)
    if latest is not None and all(row.hash != latest for row in rows):
        message = "外部留存的检查点已不在库中，它和它之后的记录可能被删除。"
        yield Fault(CHECKPOINTS, len(rows), "audit.checkpoint-removed", message)


def _checkpoint(place: int, row: Row, trust: Trust) -> Fault | None:
    data = signed_bytes(row.id, row.at, row.heads, row.previous, row.key_fingerprint)
    if row.hash != hashlib.sha256(data).hexdigest():
        return Fault(CHECKPOINTS, place, "audit.checkpoint-changed", f"第 {place} 个检查点的内容与散列值不符，被改动。")
    if row.key_fingerprint not in trust.keys:
        message = f"第 {place} 个检查点用不受信任的密钥签名（{row.key_fingerprint[:16]}）。"
        return Fault(CHECKPOINTS, place, "audit.checkpoint-untrusted", message)
    if not trust.accepts(row.key_fingerprint, row.signature, data):
        return Fault(CHECKPOINTS, place, "audit.checkpoint-signature", f"第 {place} 个检查点的签名无效。")
    return None


def _checkpoint_order(transaction: Transaction, rows: list[Row]) -> Iterator[Fault]:
    """Follow the links from the first checkpoint on; ids may differ in order between machines, links may not."""
    after = {row.previous: row for row in rows}
    count, value = 0, ""
    while value in after and count < len(rows):
        count, value = count + 1, after[value].hash
    if count < len(rows):
        message = f"检查点在第 {count} 个之后断开，库中共 {len(rows)} 个：有缺失、改动、换序或后加的。"
        yield Fault(CHECKPOINTS, count + 1, "audit.checkpoint-order", message)
    head = transaction.execute(sa.select(chain_head).where(chain_head.c.chain == CHECKPOINTS)).one_or_none()
    expected = (head.seq, head.hash) if head else (0, "")
    if expected != (count, value):
        message = f"检查点应有 {expected[0]} 个，能连上的有 {count} 个，末尾被删除、改动或后加。"
        yield Fault(CHECKPOINTS, count, "audit.checkpoint-removed", message)
