"""Which posts ever had a task in a case: they may look back at it."""

import sqlalchemy as sa

from engine.cases.door import hidden
from engine.installation import Installation
from engine.store import Transaction
from engine.store.tables import case, task


def task_posts(transaction: Transaction, case_id: str) -> frozenset[str]:
    query = sa.select(task.c.post_id).where(task.c.case_id == case_id).distinct()
    return frozenset(transaction.execute(query).scalars())


def act_of(installation: Installation, transaction: Transaction, task_id: str) -> tuple[str, str, str]:
    """(case id, act, post id) of a task: what a signer is about to do; `NotFound` where there is no such task."""
    query = sa.select(task.c.case_id, task.c.node_id, task.c.post_id, case.c.version_id).join(
        case, case.c.id == task.c.case_id
    )
    row = transaction.execute(query.where(task.c.id == task_id)).one_or_none()
    if row is None:
        raise hidden()
    package = installation.package(transaction, row.version_id)
    return row.case_id, package.definition.nodes[row.node_id].properties.get("act", ""), row.post_id
