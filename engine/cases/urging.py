"""Urge an open task (督办): a slip to its post and to the head of the division, by the supervisor alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from engine.audit import Head
from engine.calendar import local_date
from engine.cases.door import done_already
from engine.cases.inbox import InboxRow, due_of, listed_task
from engine.cases.loading import load_task
from engine.cases.reasons import reason_of
from engine.cases.recording import record_on_case
from engine.cases.supervising import SUPERVISOR, may_supervise, may_urge
from engine.cases.transactions import command
from engine.errors import Conflict, Forbidden, Invalid, NotFound
from engine.identity import Actor
from engine.installation import Installation
from engine.store import Transaction, new_id, reading
from engine.store.tables import case, event, notification, organisation, person, post
from engine.store.values import decode

HEAD = "division_head"
AGAIN = timedelta(hours=20)  # a second slip about the same task before that would be noise
MOST_DAYS = 30
LEVELS = {"red": "红色", "yellow": "黄色", "green": "蓝色", "none": "蓝色"}


@dataclass(frozen=True)
class Slip:
    """A 督办单 as it is shown and printed."""

    level: str
    unit: str
    number: str
    title: str
    case_id: str
    step: str
    due_at: datetime | None
    late: int
    until: date
    reason: str
    at: datetime
    by: str


def urgeable(installation: Installation, actor: Actor, task_id: str) -> InboxRow:
    """An open task as its slip would name it. `Forbidden` for all but the supervisor, `NotFound` where it is over."""
    _refuse_others(actor)
    with reading(installation.database) as transaction:
        found = listed_task(installation, transaction, actor, task_id)
    if found is None:
        raise NotFound("这项待办已经办完或取消，无需督办。", code="slip.task")
    return found


def _refuse_others(actor: Actor) -> None:
    if not may_urge(actor):
        raise Forbidden("督办单只能由监察岗发出。", code="supervision.role")


def urge(installation: Installation, actor: Actor, task_id: str, days: int, reason: str) -> str:
    """Send the post of an open task, and the head of the division, a slip (督办单); its id.

    `Forbidden` for all but the supervisor, `Invalid` for a number of days that is not 1 to 30, `Conflict` for a task
    that is over or was urged within a day.
    """
    reason = reason_of(reason, "请写明督办的事由。")
    _refuse_others(actor)
    if not 1 <= days <= MOST_DAYS:
        raise Invalid(f"办结的工作日须在 1 到 {MOST_DAYS} 之间。", code="task.days", days=days)

    def body(transaction: Transaction) -> str:
        loaded = load_task(transaction, task_id)
        if loaded.task["state"] != "open" or loaded.case["state"] == "draft":
            raise done_already(loaded.task)
        now = installation.clock.now()
        _refuse_again(transaction, loaded.case["id"], task_id, now)
        due = due_of(installation, loaded.task["created_at"], loaded.task["due_at"], loaded.task["due_estimated"])
        light = due.light if due else "none"
        noted = {
            "task": task_id,
            "node": loaded.task["node_id"],
            "step": loaded.task["name"],
            "to": loaded.task["post_id"],
            "due": loaded.task["due_at"],
            "late": max(0, -due.remaining) if due else 0,
            "level": LEVELS[light],
            "until": installation.calendar().add(local_date(now), days).date,
            "reason": reason,
        }
        head = Head(loaded.case["id"], loaded.case["event_seq"], loaded.case["event_hash"])
        post_id = next(one.id for one in actor.posts if one.role == SUPERVISOR)
        record_on_case(transaction, head, [("task.supervised", noted)], actor.person_id, now, post_id)
        slip_id = f"{loaded.case['id']}-{head.seq + 1}"
        _tell(transaction, loaded.case, noted, slip_id, actor.person_id, now)
        return slip_id

    return command(installation, body)


def _refuse_again(transaction: Transaction, case_id: str, task_id: str, now: datetime) -> None:
    last = sa.select(sa.func.max(notification.c.at)).where(
        notification.c.case_id == case_id,
        notification.c.kind == "slip",
        notification.c.key.like(f"slip:{task_id}:%"),
    )
    urged = transaction.execute(last).scalar()
    if urged is not None and now - urged < AGAIN:
        raise Conflict("这项待办今天已经督办过，明天可以再发。", code="task.urged", task=task_id)


def _tell(
    transaction: Transaction,
    row: Mapping[str, Any],
    noted: Mapping[str, Any],
    slip_id: str,
    by: str,
    now: datetime,
) -> None:
    heads = sa.select(post.c.id).join(organisation, organisation.c.id == post.c.organisation_id)
    heads = heads.where(post.c.role == HEAD, organisation.c.kind == "department")
    posts = dict.fromkeys([noted["to"], *transaction.execute(heads).scalars()])
    text = f"{noted['level']}督办单：{row['title']}，{noted['step']}请于{noted['until']:%m月%d日}前办结（{noted['reason']}）"
    rows = [
        {
            "id": new_id(),
            "key": f"slip:{noted['task']}:{slip_id}:{post_id}",
            "post_id": post_id,
            "case_id": row["id"],
            "text": text,
            "at": now,
            "kind": "slip",
            "sent_by": by,
            "task_id": noted["task"] if post_id == noted["to"] else None,
        }
        for post_id in posts
    ]
    transaction.execute(sa.insert(notification), rows)


def slip(installation: Installation, actor: Actor, slip_id: str) -> Slip:
    """A slip for those who supervise, and for the post that it urges. `NotFound` for everybody else."""
    case_id, _, seq = slip_id.partition("-")
    unit = (
        sa.select(organisation.c.name + sa.literal(" ") + post.c.title)
        .select_from(post.join(organisation, organisation.c.id == post.c.organisation_id))
        .where(post.c.id == sa.bindparam("to"))
    )
    query = (
        sa.select(event, case.c.number, case.c.title, person.c.name.label("by"))
        .select_from(event.join(case, case.c.id == event.c.chain).outerjoin(person, person.c.id == event.c.actor))
        .where(event.c.chain == case_id, event.c.kind == "task.supervised")
    )
    with reading(installation.database) as transaction:
        wanted = query.where(event.c.seq == (int(seq) if seq.isascii() and seq.isdecimal() and len(seq) < 9 else -1))
        row = transaction.execute(wanted).one_or_none()
        body = decode(row.body) if row is not None else {}
        if row is None or not (may_supervise(actor) or body["to"] in actor.post_ids):
            raise NotFound("没有找到这张督办单。", code="slip.not-found")
        name = transaction.execute(unit, {"to": body["to"]}).scalar_one()
    return Slip(
        level=body["level"],
        unit=name,
        number=row.number,
        title=row.title,
        case_id=case_id,
        step=body["step"],
        due_at=body["due"],
        late=int(body["late"]),
        until=body["until"],
        reason=body["reason"],
        at=row.at,
        by=row.by or "",
    )
