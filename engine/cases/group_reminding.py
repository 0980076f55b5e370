"""催办 of a group: the associations that have not submitted are told, each at most once a day. Nothing is decided."""

import sqlalchemy as sa

from engine import audit
from engine.calendar import local_date
from engine.cases.group_rights import group_of
from engine.cases.starting_groups import asked_of
from engine.cases.transactions import command
from engine.identity import Actor
from engine.installation import Installation
from engine.store import Transaction, insert_into, new_id
from engine.store.tables import case, notification, task
from engine.store.tables import case_group_member as member


def remind_group(installation: Installation, actor: Actor, group_id: str) -> int:
    """How many were told. `Forbidden` and `NotFound` for who may not open such cases."""

    def body(transaction: Transaction) -> int:
        group, _, _ = group_of(installation, transaction, actor, group_id)
        now = installation.clock.now()
        today = local_date(now)
        query = (
            sa.select(task.c.id.label("task_id"), task.c.post_id, case.c.id, case.c.title)
            .join(case, case.c.id == task.c.case_id)
            .join(member, member.c.case_id == case.c.id)
            .where(member.c.group_id == group_id, case.c.state == "draft", task.c.state == "open")
            .order_by(case.c.id)
        )
        late = "已经过期，" if group["due_on"] is not None and group["due_on"] < today else ""
        rows = [
            {
                "id": new_id(),
                "key": f"group:{group_id}:{row.id}:{today}",
                "post_id": row.post_id,
                "case_id": row.id,
                "text": f"催办：{row.title}还没有提交，{late}{asked_of(group)}",
                "at": now,
                "kind": "reminder",
                "sent_by": actor.person_id,
                "task_id": row.task_id,
            }
            for row in transaction.execute(query)
        ]
        if not rows:
            return 0
        statement = insert_into(transaction, notification).values(rows).on_conflict_do_nothing()
        told = len(transaction.execute(statement.returning(notification.c.id)).all())
        if told:
            noted = {"group": group_id, "told": told}
            audit.record(transaction, "group-reminded", now, actor.person_id, noted)
        return told

    return command(installation, body)
