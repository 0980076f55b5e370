"""Which posts ever had a task in a case: they may look back at it."""

import sqlalchemy as sa

from engine.store import Transaction
from engine.store.tables import task


def task_posts(transaction: Transaction, case_id: str) -> frozenset[str]:
    query = sa.select(task.c.post_id).where(task.c.case_id == case_id).distinct()
    return frozenset(transaction.execute(query).scalars())
