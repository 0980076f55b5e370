"""Added reviewers of a task (加签): before the holder decides, beside it, or after it; and their leaving (减签).

A review is a row of the tasks with a form of ours. Its task waits: with reviewers before or beside it cannot be
completed until they have answered; with reviewers after it, it is completed by its holder, held, and goes on by the last
of them who agrees. Who disagrees after it sends it back to the holder. Nobody's silence agrees: a review has no limit
that answers it.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from engine.audit import Head
from engine.cases.door import hidden, hold
from engine.cases.handing import ASK, chosen
from engine.cases.loading import Loaded, load_task
from engine.cases.reasons import reason_of
from engine.cases.recording import record_on_case
from engine.cases.reviewforms import FORM
from engine.cases.reviewrows import POSITIONS, UNANSWERED, notice, of_task
from engine.cases.transactions import command
from engine.errors import Conflict, Forbidden
from engine.identity import Actor
from engine.installation import Installation
from engine.store import Transaction, new_id
from engine.store.tables import notification, task

MOST = 20  # reviewers of one task


def add_review(installation: Installation, actor: Actor, task_id: str, to: str, position: str, question: str) -> None:
    """Ask another post about an open task. Raises as `hold` does; `Forbidden` where the node does not allow it,
    `Conflict` where the post is asked already."""
    question = reason_of(question, "请写明请对方看什么。")
    if position not in POSITIONS:
        raise Forbidden("请选择加签的位置：前、并、后。", code="task.position", position=position)

    def body(transaction: Transaction) -> None:
        loaded = load_task(transaction, task_id)
        hold(actor, loaded.task, loaded.case)
        if loaded.task["kind"] != "task":
            raise Forbidden("加签意见要由本岗位提出，不能再加签。", code="task.no-such-choice", to=to)
        package = installation.package(transaction, loaded.case["version_id"])
        target = chosen(transaction, package, loaded.task, ASK, to)
        asked = [row for row in of_task(transaction, task_id) if row["state"] in UNANSWERED]
        if any(row["post_id"] == to for row in asked):
            raise Conflict("已请该岗位加签，还没有答复。", code="task.review-asked", to=to)
        if len(asked) >= MOST:
            raise Conflict(f"一项待办最多同时请 {MOST} 个岗位加签。", code="task.reviews-many")
        row = row_of(loaded, to, position, question, actor.person_id, installation.clock.now())
        transaction.execute(sa.insert(task), [row])
        noted = {"task": task_id, "review": row["id"], "node": row["node_id"], "to": to, "to_title": target.title}
        noted |= {"position": position, "reason": question, "tasks_now": {row["id"]: witnessed(row)}}
        _record(installation, transaction, actor, loaded, ("review.added", noted), 1)
        if row["state"] == "open":
            _tell(installation, transaction, loaded, [row], actor.person_id)

    command(installation, body)


def drop_review(installation: Installation, actor: Actor, review_id: str, reason: str) -> None:
    """Take back a question that is not answered: whoever holds the task that waits for it may."""
    reason = reason_of(reason, "请填写减签的原因。")

    def body(transaction: Transaction) -> None:
        loaded = load_task(transaction, review_id)
        if loaded.task["kind"] != "review":
            raise hidden()
        parent = _parent(transaction, loaded.task)
        hold(actor, {**parent, "held_by": None}, loaded.case)
        if loaded.task["state"] not in UNANSWERED:
            raise Conflict("该岗位已经答复，不能减签。", code="task.review-answered")
        if parent["held_by"] is not None and _unanswered(transaction, parent["id"]) == 1:
            raise Conflict("这是最后一位后加签的人；请先收回已提交的意见，再减签。", code="task.review-last")
        ended = {"state": "cancelled", "ended_at": installation.clock.now(), "ended_by": actor.person_id}
        transaction.execute(sa.update(task).where(task.c.id == review_id).values(**ended))
        noted = {"task": parent["id"], "review": review_id, "node": parent["node_id"], "reason": reason}
        noted |= {"tasks_now": {review_id: ended}}
        _record(installation, transaction, actor, loaded, ("review.dropped", noted), -1)

    command(installation, body)


def _unanswered(transaction: Transaction, task_id: str) -> int:
    return sum(row["state"] in UNANSWERED for row in of_task(transaction, task_id))


def _parent(transaction: Transaction, review: Mapping[str, Any]) -> dict[str, Any]:
    query = sa.select(task).where(task.c.id == review["parent_id"])
    return dict(transaction.execute(query).mappings().one())


def row_of(loaded: Loaded, to: str, position: str, question: str, asked_by: str | None, now: Any) -> dict[str, Any]:
    """A review that is asked; `asked_by` is none where the process itself asks."""
    empty = dict.fromkeys(["claimed_by", "claimed_at", "due_at", "ended_at", "ended_by", "owner_post_id", "held_by"])
    kept = {name: loaded.task[name] for name in ("case_id", "node_id", "path", "item_key")}
    return (
        empty
        | kept
        | {
            "id": new_id(),
            "name": f"{POSITIONS[position]}：{loaded.task['name']}"[:200],
            "form_id": FORM,
            "post_id": to,
            "state": "waiting" if position == "after" else "open",
            "revision": 0,
            "created_at": now,
            "due_estimated": False,
            "kind": "review",
            "parent_id": loaded.task["id"],
            "position": position,
            "asked_by": asked_by,
            "question": question,
        }
    )


def witnessed(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row as the record tells it."""
    return {name: value for name, value in row.items() if name not in {"id", "case_id", "revision"}}


def _record(
    installation: Installation,
    transaction: Transaction,
    actor: Actor,
    loaded: Loaded,
    event: tuple[str, dict[str, Any]],
    more: int,
) -> None:
    head = Head(loaded.case["id"], loaded.case["event_seq"], loaded.case["event_hash"])
    now = installation.clock.now()
    count, (kind, body) = loaded.case["review_count"] + more, event
    told = (kind, {**body, "case_now": {"review_count": count}})
    record_on_case(transaction, head, [told], actor.person_id, now, loaded.task["post_id"], review_count=count)


def _tell(
    installation: Installation, transaction: Transaction, loaded: Loaded, rows: list[dict[str, Any]], by: str
) -> None:
    transaction.execute(sa.insert(notification), [notice(installation, loaded.case, row, by) for row in rows])
