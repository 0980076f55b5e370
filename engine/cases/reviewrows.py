"""The rows of added reviewers, and what their posts are told."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from engine.installation import Installation
from engine.store import Transaction, new_id
from engine.store.tables import task

POSITIONS = {"before": "前加签", "beside": "并加签", "after": "后加签"}
UNANSWERED = ("open", "waiting")


def of_task(transaction: Transaction, task_id: str) -> list[dict[str, Any]]:
    """The reviews of a task, in the order in which they were asked."""
    query = sa.select(task).where(task.c.parent_id == task_id).order_by(task.c.id)
    return [dict(row) for row in transaction.execute(query).mappings()]


def cancel_of(transaction: Transaction, ended: list[str], now: Any) -> list[str]:
    """The tasks ended otherwise (return, withdrawal, another branch): nobody is asked about them any more. The ids of
    the reviews that were open."""
    asked = sa.and_(task.c.parent_id.in_(ended), task.c.state.in_(UNANSWERED))
    values = {"state": "cancelled", "ended_at": now, "ended_by": None}
    return sorted(transaction.execute(sa.update(task).where(asked).values(**values).returning(task.c.id)).scalars())


def notice(installation: Installation, case_row: Mapping[str, Any], row: Mapping[str, Any], by: str) -> dict[str, Any]:
    """What the post of a review that has just been opened is told."""
    return {
        "id": new_id(),
        "key": f"review:{row['id']}:{new_id()}",
        "post_id": row["post_id"],
        "case_id": case_row["id"],
        "text": f"{case_row['title']}：{row['name']}（{row['question']}）",
        "at": installation.clock.now(),
        "kind": "told",
        "sent_by": by,
        "task_id": row["id"],
    }
