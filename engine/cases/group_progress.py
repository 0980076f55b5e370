"""What stands in a group of cases: which have begun, who has submitted, where each stands."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import sqlalchemy as sa

from engine.calendar import ZONE, Light
from engine.cases.group_rights import grouped_processes
from engine.cases.inbox import due_of
from engine.cases.words import OUTCOMES, STATES, name
from engine.errors import NotFound
from engine.identity import Actor
from engine.installation import Installation
from engine.store import Transaction, reading
from engine.store.tables import case, case_group, draft, organisation, task
from engine.store.tables import case_group_member as member


@dataclass(frozen=True)
class GroupLine:
    """One group of the list."""

    id: str
    title: str
    process: str
    created_at: datetime
    due_on: date | None
    count: int
    submitted: int
    closed: int


@dataclass(frozen=True)
class MemberLine:
    """One association: `step` says where its case stands, `light` is that of its next limit, empty without one.

    `days` are the working days left, negative when overdue. Of a case that was not submitted the limit is the group's.
    """

    name: str
    uscc: str
    case_id: str
    number: str
    step: str
    state: str  # waiting | unbegun (it could not begin) | untouched | filling | submitted | closed
    submitted_at: datetime | None
    light: Light | str
    days: int
    fault: str


@dataclass(frozen=True)
class GroupView:
    """The group with every association: those that could not begin, then the overdue first."""

    line: GroupLine
    package_key: str
    members: tuple[MemberLine, ...]

    def counted(self, *states: str) -> int:
        return sum(one.state in states for one in self.members)

    @property
    def begun(self) -> int:
        return len(self.members) - self.counted("waiting", "unbegun")

    @property
    def late(self) -> int:
        return sum(one.light == "red" for one in self.members)


def groups(installation: Installation, actor: Actor) -> tuple[GroupLine, ...]:
    """Those of the processes that the person may open, the newest first."""
    titles = _allowed(installation, actor)
    with reading(installation.database) as transaction:
        query = _lines().where(case_group.c.package_key.in_(list(titles))).order_by(case_group.c.id.desc()).limit(200)
        return tuple(_line(row, titles) for row in transaction.execute(query))


def group(installation: Installation, actor: Actor, group_id: str) -> GroupView:
    """`NotFound` for those who may not open such cases."""
    titles = _allowed(installation, actor)
    with reading(installation.database) as transaction:
        row = transaction.execute(_lines().where(case_group.c.id == group_id)).one_or_none()
        if row is None or row.package_key not in titles:
            raise NotFound("没有找到这一批，或你的岗位看不到它。", code="group.not-found")
        members = transaction.execute(_members(group_id)).all()
        steps = _steps(transaction, [one.case_id for one in members if one.case_id and one.state != "draft"])
    lines = [_member(installation, row, one, steps.get(one.case_id, [])) for one in members]
    order = {"red": 0, "yellow": 1, "green": 2, "": 3}
    lines.sort(key=lambda one: (one.state != "unbegun", order[one.light], one.days, one.name))
    return GroupView(_line(row, titles), row.package_key, tuple(lines))


def _allowed(installation: Installation, actor: Actor) -> dict[str, str]:
    return dict(grouped_processes(installation, actor))


def _lines() -> Any:
    def counted(*conditions: Any) -> Any:
        inside = sa.select(sa.func.count()).select_from(member.outerjoin(case, case.c.id == member.c.case_id))
        return inside.where(member.c.group_id == case_group.c.id, *conditions).correlate(case_group).scalar_subquery()

    return sa.select(
        case_group,
        counted().label("count_all"),
        counted(case.c.submitted_at.is_not(None)).label("submitted"),
        counted(case.c.state == "closed").label("closed"),
    )


def _line(row: Any, titles: dict[str, str]) -> GroupLine:
    counts = (row.count_all, row.submitted, row.closed)
    return GroupLine(row.id, row.title, titles[row.package_key], row.created_at, row.due_on, *counts)


def _members(group_id: str) -> Any:
    touched = sa.exists().where(draft.c.case_id == case.c.id).correlate(case)
    columns = (case.c.number, case.c.state, case.c.outcome, case.c.submitted_at)
    return (
        sa.select(member, organisation.c.name, organisation.c.uscc, *columns, touched.label("touched"))
        .join(organisation, organisation.c.id == member.c.organisation_id)
        .outerjoin(case, case.c.id == member.c.case_id)
        .where(member.c.group_id == group_id)
    )


def _steps(transaction: Transaction, case_ids: list[str]) -> dict[str, list[Any]]:
    """The open tasks of the cases that were submitted."""
    columns = (task.c.case_id, task.c.name, task.c.created_at, task.c.due_at, task.c.due_estimated)
    found: dict[str, list[Any]] = {}
    query = sa.select(*columns).where(task.c.case_id.in_(case_ids), task.c.state == "open").order_by(task.c.id)
    for row in transaction.execute(query) if case_ids else ():
        found.setdefault(row.case_id, []).append(row)
    return found


def _member(installation: Installation, group_row: Any, row: Any, steps: list[Any]) -> MemberLine:
    state = _state(row)
    light, days = _limit(installation, group_row, state, steps)
    return MemberLine(
        name=row.name,
        uscc=row.uscc or "",
        case_id=row.case_id or "",
        number=row.number or "",
        step=_step(row, state, steps),
        state=state,
        submitted_at=row.submitted_at,
        light=light,
        days=days,
        fault=row.fault,
    )


def _state(row: Any) -> str:
    if row.case_id is None:
        return "unbegun" if row.fault else "waiting"
    if row.state == "draft":
        return "filling" if row.touched else "untouched"
    return "closed" if row.state == "closed" else "submitted"


def _step(row: Any, state: str, steps: list[Any]) -> str:
    if state == "closed":
        return f"{name(STATES, row.state)}：{name(OUTCOMES, row.outcome)}"
    if state == "submitted":
        return "、".join(dict.fromkeys(one.name for one in steps)) or name(STATES, row.state)
    return {"waiting": "等待发起", "unbegun": "没有发起", "untouched": "还没有填", "filling": "正在填"}[state]


def _limit(installation: Installation, group_row: Any, state: str, steps: list[Any]) -> tuple[Light | str, int]:
    """The light and the working days left: of the group's day before submission, of the first open limit after it."""
    if state == "submitted":
        dues = [due_of(installation, one.created_at, one.due_at, one.due_estimated) for one in steps]
        first = min((one for one in dues if one is not None), key=lambda one: one.at, default=None)
        return (first.light, first.remaining) if first is not None else ("", 0)
    if state == "closed" or group_row.due_on is None:
        return "", 0
    end = datetime.combine(group_row.due_on, time(23, 59, 59), ZONE)
    due = due_of(installation, group_row.created_at, end, False)
    return (due.light, due.remaining) if due is not None else ("", 0)
