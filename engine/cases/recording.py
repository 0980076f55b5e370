"""What happens to a case outside a step: events appended to its chain, and what goes with them."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from engine.audit import Head, link
from engine.cases.door import hidden
from engine.store import Transaction
from engine.store.tables import case, event


def head_of_case(transaction: Transaction, case_id: str) -> Head:
    """The end of a case's chain, the case locked for this transaction: to be asked before other rows are changed."""
    query = sa.select(case.c.event_seq, case.c.event_hash).where(case.c.id == case_id)
    row = transaction.execute(query.with_for_update(key_share=True)).one_or_none()
    if row is None:
        raise hidden()
    return Head(case_id, row.event_seq, row.event_hash)


def record_on_case(
    transaction: Transaction,
    head: Head,
    events: Iterable[tuple[str, dict[str, Any]]],
    actor: str | None,
    now: Any,
    post_id: str | None = None,
    **changes: Any,
) -> None:
    """Append events to a case's chain outside a step; its revision moves, so that a step in flight begins again.

    `changes` are columns of the case that go with them.
    """
    rows = []
    for kind, body in events:
        row, head = link(head, kind, now, actor, post_id, body)
        rows.append(row)
    transaction.execute(sa.insert(event), rows)
    transaction.execute(
        sa.update(case)
        .where(case.c.id == head.chain)
        .values(event_seq=head.seq, event_hash=head.hash, revision=case.c.revision + 1, **changes)
    )
