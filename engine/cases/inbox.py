"""Lists of work: read from indexed rows alone, never from the state of a case; pages by key, not by offset."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from engine.calendar import Light, light, local_date
from engine.cases.words import OUTCOMES, STATES, name
from engine.errors import Invalid
from engine.identity import Actor
from engine.installation import Installation
from engine.store import Transaction, reading
from engine.store.tables import case, notification, organisation, person, task

MOST_COUNTED = 1000  # beyond this a page says "1000+"


@dataclass(frozen=True)
class Due:
    """A deadline as it is shown: light, word, number and day. `remaining` in working days, negative when overdue."""

    at: datetime
    estimated: bool
    light: Light
    remaining: int

    @property
    def text(self) -> str:
        if self.remaining < 0:
            return f"红灯，逾期 {-self.remaining} 个工作日"
        if self.remaining == 0:
            return f"{LIGHT_NAMES[self.light]}，今天到期"
        return f"{LIGHT_NAMES[self.light]}，剩余 {self.remaining} 个工作日"


LIGHT_NAMES = {"green": "绿灯", "yellow": "黄灯", "red": "红灯"}


@dataclass(frozen=True)
class InboxRow:
    """One open (or done) task."""

    task_id: str
    case_id: str
    number: str
    title: str
    name: str
    organisation: str
    created_at: datetime
    ended_at: datetime | None
    due: Due | None
    claimed_by: str | None
    mine: bool
    state: str


@dataclass(frozen=True)
class Inbox:
    """A page of tasks; `more` is the key of the next page."""

    rows: tuple[InboxRow, ...]
    more: str | None
    total: int


@dataclass(frozen=True)
class CaseRow:
    """One case in a list."""

    id: str
    number: str
    title: str
    state: str
    state_name: str
    outcome_name: str
    created_at: datetime
    submitted_at: datetime | None
    due_on: Any
    due_estimated: bool
    task_id: str | None  # what the own posts have to do in it now


@dataclass(frozen=True)
class Notice:
    id: str
    case_id: str
    text: str
    at: datetime
    read: bool


def due_of(installation: Installation, created_at: datetime, due_at: datetime | None, estimated: bool) -> Due | None:
    if due_at is None:
        return None
    calendar, now = installation.calendar(), installation.clock.now()
    start, end, today = local_date(created_at), local_date(due_at), local_date(now)
    remaining = calendar.between(today, end)
    if now > due_at and remaining == 0:
        remaining = -1
    return Due(due_at, estimated, light(calendar.between(start, end), remaining), remaining)


def inbox(installation: Installation, actor: Actor, after: str | None = None, limit: int = 50) -> Inbox:
    """The open tasks of the actor's posts, the earliest due first; those without a limit last."""
    far = datetime.fromisoformat("9999-12-31T00:00:00+00:00")
    due = sa.func.coalesce(task.c.due_at, sa.bindparam("far", far, type_=task.c.due_at.type))
    mine = sa.and_(task.c.post_id.in_(sorted(actor.post_ids)), task.c.state == "open")
    query = _task_rows().where(mine).order_by(due, task.c.id).limit(limit + 1)
    if after:
        at, key = _place(after)
        query = query.where(
            sa.or_(
                due > sa.bindparam("at", at, type_=task.c.due_at.type),
                sa.and_(due == sa.bindparam("at", at, type_=task.c.due_at.type), task.c.id > key),
            )
        )
    with reading(installation.database) as transaction:
        found = transaction.execute(query).mappings().all()
        total = _count(transaction, mine)
    rows = [_row(installation, actor, row) for row in found[:limit]]
    more = None
    if len(found) > limit:
        last = found[limit - 1]
        more = f"{(last['due_at'] or far).isoformat()}~{last['id']}"
    return Inbox(tuple(rows), more, total)


def _place(text: str) -> tuple[datetime, str]:
    """Where a page of a list begins; `Invalid` for an address that no page of ours has."""
    moment, _, key = text.partition("~")
    try:
        at = datetime.fromisoformat(moment).astimezone(UTC)
    except (ValueError, OverflowError):
        at = None
    if at is None or not re.fullmatch(r"[0-9a-f]{32}", key):
        raise Invalid("这个分页地址不完整，请从列表首页重新进入。", code="list.place")
    return at, key


def done(installation: Installation, actor: Actor, before: str | None = None, limit: int = 50) -> Inbox:
    """The tasks that the actor ended, the latest first."""
    mine = task.c.ended_by == actor.person_id
    query = _task_rows().where(mine).order_by(task.c.ended_at.desc(), task.c.id.desc()).limit(limit + 1)
    if before:
        at, key = _place(before)
        query = query.where(sa.or_(task.c.ended_at < at, sa.and_(task.c.ended_at == at, task.c.id < key)))
    with reading(installation.database) as transaction:
        found = transaction.execute(query).mappings().all()
        total = _count(transaction, mine)
    rows = tuple(_row(installation, actor, row) for row in found[:limit])
    more = f"{found[limit - 1]['ended_at'].isoformat()}~{found[limit - 1]['id']}" if len(found) > limit else None
    return Inbox(rows, more, total)


def _task_rows() -> sa.Select[Any]:
    claimer = person.alias("claimer")
    source = task.join(case, case.c.id == task.c.case_id).join(
        organisation, organisation.c.id == case.c.organisation_id
    )
    return sa.select(
        task,
        case.c.number,
        case.c.title,
        organisation.c.name.label("organisation_name"),
        claimer.c.name.label("claimer_name"),
    ).select_from(source.outerjoin(claimer, claimer.c.id == task.c.claimed_by))


def _count(transaction: Transaction, condition: Any) -> int:
    inner = sa.select(task.c.id).where(condition).limit(MOST_COUNTED).subquery()
    return int(transaction.execute(sa.select(sa.func.count()).select_from(inner)).scalar_one())


def _row(installation: Installation, actor: Actor, row: Any) -> InboxRow:
    return InboxRow(
        task_id=row["id"],
        case_id=row["case_id"],
        number=row["number"] or "草稿",
        title=row["title"],
        name=row["name"],
        organisation=row["organisation_name"],
        created_at=row["created_at"],
        ended_at=row["ended_at"],
        due=due_of(installation, row["created_at"], row["due_at"], row["due_estimated"]),
        claimed_by=row["claimer_name"],
        mine=row["claimed_by"] == actor.person_id,
        state=row["state"],
    )


def my_cases(installation: Installation, actor: Actor, limit: int = 200) -> tuple[CaseRow, ...]:
    """The cases of the actor's own associations, the newest first, with what there is to do."""
    own = [post.organisation_id for post in actor.posts if post.organisation_kind != "department"]
    waiting = sa.and_(task.c.case_id == case.c.id, task.c.state == "open", task.c.post_id.in_(sorted(actor.post_ids)))
    first = sa.select(sa.func.min(task.c.id)).where(waiting).correlate(case).scalar_subquery()
    query = (
        sa.select(case, first.label("task_id"))
        .where(case.c.organisation_id.in_(own))
        .order_by(case.c.id.desc())
        .limit(limit)
    )
    with reading(installation.database) as transaction:
        return tuple(
            CaseRow(
                id=row["id"],
                number=row["number"] or "草稿",
                title=row["title"],
                state=row["state"],
                state_name=name(STATES, row["state"]),
                outcome_name=name(OUTCOMES, row["outcome"]),
                created_at=row["created_at"],
                submitted_at=row["submitted_at"],
                due_on=row["due_on"],
                due_estimated=row["due_estimated"],
                task_id=row["task_id"],
            )
            for row in transaction.execute(query).mappings()
        )


def notifications(installation: Installation, actor: Actor, limit: int = 20) -> tuple[Notice, ...]:
    """What the actor's posts were told, the newest first."""
    query = (
        sa.select(notification)
        .where(notification.c.post_id.in_(sorted(actor.post_ids)))
        .order_by(notification.c.id.desc())
        .limit(limit)
    )
    with reading(installation.database) as transaction:
        return tuple(
            Notice(row["id"], row["case_id"], row["text"], row["at"], row["read_at"] is not None)
            for row in transaction.execute(query).mappings()
        )
