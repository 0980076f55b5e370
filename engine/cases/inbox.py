"""Lists of work: read from indexed rows alone, never from the state of a case; pages by key, not by offset."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from engine.calendar import ZONE, Light, is_kept, light, local_date
from engine.cases.criteria import Criteria, with_words
from engine.cases.door import waits_for
from engine.cases.lights import LIGHTS, light_of
from engine.cases.words import OUTCOMES, STATES, name
from engine.errors import Invalid
from engine.identity import Actor
from engine.installation import Installation
from engine.store import Transaction, reading
from engine.store.tables import case, organisation, person, post, task

MOST_COUNTED = 1000  # beyond this a page says "1000+"
NOTHING = Criteria()
# As the partial indexes say it (migration 0012): with a parameter in its place SQLite would look at every row again.
IS_OPEN = task.c.state == sa.literal_column("'open'")
FAR = datetime(9999, 12, 31, tzinfo=UTC)


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
            return f"{LIGHTS[self.light]}，今天到期"
        return f"{LIGHTS[self.light]}，剩余 {self.remaining} 个工作日"


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
    holder: str = ""  # whose task it is: organisation and post
    post_id: str = ""


@dataclass(frozen=True)
class Heap:
    """So many tasks of one step with one light."""

    package: str
    node: str
    name: str
    light: str
    count: int


@dataclass(frozen=True)
class Inbox:
    """A page of tasks; `more` is the key of the next page."""

    rows: tuple[InboxRow, ...]
    more: str | None
    total: int
    heaps: tuple[Heap, ...] = ()


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
    due_on: date | None  # none once what was promised is done
    due_estimated: bool
    task_id: str | None  # what the own posts have to do in it now
    package_key: str

    @property
    def is_over(self) -> bool:
        return self.state == "closed"


def due_of(installation: Installation, created_at: datetime, due_at: datetime | None, estimated: bool) -> Due | None:
    if due_at is None:
        return None
    calendar, now = installation.calendar(), installation.clock.now()
    start, end, today = local_date(created_at), local_date(due_at), local_date(now)
    remaining = calendar.between(today, end)
    if now > due_at and remaining == 0:
        remaining = -1
    return Due(due_at, estimated, light(calendar.between(start, end), remaining), remaining)


def queue(installation: Installation, actor: Actor) -> list[str]:
    """The ids of the open tasks of the actor's posts in the order of the inbox, at most `MOST_COUNTED`."""
    with reading(installation.database) as transaction:
        return list(_ids(transaction, sa.and_(waits_for(actor), task.c.state == "open")))


def _by_due() -> sa.ColumnElement[datetime]:
    """The order of the inbox: what has no limit comes last."""
    return sa.func.coalesce(task.c.due_at, sa.bindparam("far", FAR, type_=task.c.due_at.type))


def inbox(
    installation: Installation,
    actor: Actor,
    after: str | None = None,
    limit: int = 50,
    criteria: Criteria = NOTHING,
) -> Inbox:
    """The open tasks of the actor's posts, the earliest due first; those without a limit last."""
    return listed(installation, actor, waits_for(actor), after, limit, criteria)


def first_listed(
    installation: Installation, transaction: Transaction, actor: Actor, whose: sa.ColumnElement[bool], limit: int
) -> tuple[InboxRow, ...]:
    """The open tasks that are due first, without counting the others."""
    query = _task_rows().where(whose, task.c.state == "open").order_by(_by_due(), task.c.id).limit(limit)
    return tuple(_row(installation, actor, row) for row in transaction.execute(query).mappings())


def listed(
    installation: Installation,
    actor: Actor,
    whose: sa.ColumnElement[bool],
    after: str | None,
    limit: int,
    criteria: Criteria = NOTHING,
) -> Inbox:
    """Open tasks, the earliest due first; those without a limit last."""
    due = _by_due()
    mine = sa.and_(whose, IS_OPEN)
    with reading(installation.database) as transaction:
        wanted = sa.and_(mine, *_asked(installation, transaction, actor, criteria))
        query = _task_rows().order_by(due, task.c.id).limit(limit + 1)
        heaps = _heaps(installation, transaction, mine)
        if after:
            at, key = _place(after)
            place = sa.bindparam("at", at, type_=task.c.due_at.type)
            query = query.where(wanted, sa.or_(due > place, sa.and_(due == place, task.c.id > key)))
            total = sum(heap.count for heap in heaps) if criteria.is_empty else _count(transaction, wanted)
        elif criteria.is_empty:
            query, total = query.where(wanted), sum(heap.count for heap in heaps)
        else:  # the first page is the beginning of what is counted: a text is looked at once for both
            ids = _ids(transaction, wanted)
            query, total = query.where(task.c.id.in_(ids[: limit + 1])), len(ids)
        found = transaction.execute(query).mappings().all()
    rows = [_row(installation, actor, row) for row in found[:limit]]
    more = None
    if len(found) > limit:
        last = found[limit - 1]
        more = f"{(last['due_at'] or FAR).isoformat()}~{last['id']}"
    return Inbox(tuple(rows), more, total, heaps)


def _ids(transaction: Transaction, condition: sa.ColumnElement[bool]) -> Sequence[str]:
    """Of tasks joined with their cases, in the order of the inbox; at most `MOST_COUNTED`."""
    source = task.join(case, case.c.id == task.c.case_id)
    query = sa.select(task.c.id).select_from(source).where(condition).order_by(_by_due(), task.c.id)
    return transaction.execute(query.limit(MOST_COUNTED)).scalars().all()


def listed_task(installation: Installation, transaction: Transaction, actor: Actor, task_id: str) -> InboxRow | None:
    """One open task as lists show it."""
    query = _task_rows().where(task.c.id == task_id, task.c.state == "open", case.c.state != "draft")
    row = transaction.execute(query).mappings().one_or_none()
    return None if row is None else _row(installation, actor, row)


def _asked(installation: Installation, transaction: Transaction, actor: Actor, criteria: Criteria) -> list[Any]:
    """The conditions of a filter on tasks joined with their cases; days are those on which a task came."""
    found: list[Any] = []
    if criteria.words:
        found.append(with_words(transaction, actor, criteria.words, task.c.case_id))
    if criteria.package:
        found.append(case.c.package_key == criteria.package)
    if criteria.node:
        found.append(task.c.node_id == criteria.node)
    if criteria.unit:
        found.append(task.c.post_id.in_(sa.select(post.c.id).where(post.c.organisation_id == criteria.unit)))
    if criteria.since:
        found.append(task.c.created_at >= datetime.combine(criteria.since, time(), ZONE))
    if criteria.until:
        found.append(task.c.created_at < datetime.combine(criteria.until + timedelta(days=1), time(), ZONE))
    if criteria.light:
        calendar, now = installation.calendar(), installation.clock.now()
        found.append(light_of(calendar, now, task.c.created_at, task.c.due_at) == criteria.light)
    return found


def _heaps(installation: Installation, transaction: Transaction, mine: Any) -> tuple[Heap, ...]:
    """How many tasks there are of each step and light."""
    alike = (case.c.package_key, task.c.node_id, task.c.name, task.c.created_at, task.c.due_at)
    query = sa.select(*alike, sa.func.count().label("tasks")).select_from(task.join(case, case.c.id == task.c.case_id))
    found = query.where(mine).group_by(*alike).subquery()  # a light is looked up once for those that began together
    light = light_of(installation.calendar(), installation.clock.now(), found.c.created_at, found.c.due_at)
    lit = sa.select(found.c.package_key, found.c.node_id, found.c.name, light.label("light"), found.c.tasks).subquery()
    names = (lit.c.package_key, lit.c.node_id, lit.c.name, lit.c.light)
    heaps = sa.select(*names, sa.cast(sa.func.sum(lit.c.tasks), sa.Integer).label("tasks")).group_by(*names)
    query = heaps.order_by(lit.c.package_key, lit.c.node_id)
    rows = transaction.execute(query)
    return tuple(Heap(row.package_key, row.node_id, row.name, row.light, row.tasks) for row in rows)


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
    claimer, unit = person.alias("claimer"), organisation.alias("unit")
    source = (
        task.join(case, case.c.id == task.c.case_id)
        .join(organisation, organisation.c.id == case.c.organisation_id)
        .join(post, post.c.id == task.c.post_id)
        .join(unit, unit.c.id == post.c.organisation_id)
    )
    return sa.select(
        task,
        case.c.number,
        case.c.title,
        organisation.c.name.label("organisation_name"),
        claimer.c.name.label("claimer_name"),
        (unit.c.name + sa.literal(" ") + post.c.title).label("holder"),
    ).select_from(source.outerjoin(claimer, claimer.c.id == task.c.claimed_by))


def _count(transaction: Transaction, condition: Any) -> int:
    source = task.join(case, case.c.id == task.c.case_id)
    inner = sa.select(task.c.id).select_from(source).where(condition).limit(MOST_COUNTED).subquery()
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
        holder=row["holder"],
        post_id=row["post_id"],
    )


def my_cases(installation: Installation, actor: Actor, limit: int = 200) -> tuple[CaseRow, ...]:
    """The cases of the actor's own associations with what there is to do: what waits for them first, then the newest."""
    own = [post.organisation_id for post in actor.posts if post.organisation_kind != "department"]
    waiting = sa.and_(task.c.case_id == case.c.id, task.c.state == "open", task.c.post_id.in_(sorted(actor.post_ids)))
    first = sa.select(sa.func.min(task.c.id)).where(waiting).correlate(case).scalar_subquery()
    query = (
        sa.select(case, first.label("task_id"))
        .where(case.c.organisation_id.in_(own))
        .order_by(first.is_(None), case.c.id.desc())
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
                due_on=None if is_kept(row["promise"]) else row["due_on"],
                due_estimated=row["due_estimated"],
                task_id=row["task_id"],
                package_key=row["package_key"],
            )
            for row in transaction.execute(query).mappings()
        )
