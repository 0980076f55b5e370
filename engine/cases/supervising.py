"""Supervision (电子监察): what waits where with which light, and what took how long. It changes nothing."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from engine.calendar import ZONE, local_date
from engine.cases.criteria import Criteria
from engine.cases.inbox import IS_OPEN, Inbox, InboxRow, first_listed, listed
from engine.cases.lights import light_of
from engine.errors import Forbidden
from engine.identity import Actor
from engine.installation import Installation
from engine.store import Transaction, reading
from engine.store.tables import (
    association_leader,
    association_term,
    case,
    event,
    organisation,
    post,
    process_in_force,
    task,
)

SUPERVISOR = "supervisor"
# As the partial indexes say it (migration 0012): with a parameter in its place SQLite would look at every row again.
IS_NOTED = event.c.kind == sa.literal_column("'case.noted'")
IS_DONE = task.c.state == sa.literal_column("'completed'")
READERS = (SUPERVISOR, "division_head", "bureau_leader")


@dataclass(frozen=True)
class Line:
    """Open tasks of a unit or a step, by light; `oldest` is how many working days the most overdue is late."""

    key: str
    name: str
    lights: Mapping[str, int]
    oldest: int

    @property
    def total(self) -> int:
        return sum(self.lights.values())

    @property
    def worst(self) -> str:
        return next((light for light in ("red", "yellow") if self.lights.get(light)), "green")


@dataclass(frozen=True)
class StepLine:
    """What was done at a step in the period, and how much of it late."""

    name: str
    done: int
    late: int


@dataclass(frozen=True)
class Month:
    """Submitted and closed cases of a month, `2026-11`."""

    month: str
    received: int
    closed: int

    @property
    def name(self) -> str:
        year, month = self.month.split("-")
        return f"{year}年{int(month)}月"


@dataclass(frozen=True)
class Figures:
    """Of the cases submitted in the period and, for the days used, of those closed in it."""

    received: int
    closed: int
    average_days: float | None
    supplemented: int
    done: int
    late: int
    noted: int = 0  # marks that processes themselves made (`note-supervision`)

    @property
    def supplement_share(self) -> float | None:
        return 100 * self.supplemented / self.received if self.received else None

    @property
    def late_share(self) -> float | None:
        return 100 * self.late / self.done if self.done else None


@dataclass(frozen=True)
class Supervision:
    """The whole page. `paused` counts cases that stand still."""

    as_of: datetime
    since: date
    until: date
    open_cases: int
    paused: int
    lights: Mapping[str, int]
    units: tuple[Line, ...]
    steps: tuple[Line, ...]
    figures: Figures
    months: tuple[Month, ...]
    step_lines: tuple[StepLine, ...]


def may_supervise(actor: Actor) -> bool:
    """Who reads the page: the supervisor, the head of the division and the leaders of the department."""
    return actor.is_department and any(actor.holds(role) for role in READERS)


def may_urge(actor: Actor) -> bool:
    """Who sends slips and exports: the supervisor alone."""
    return actor.is_department and actor.holds(SUPERVISOR)


def _refuse_others(actor: Actor) -> None:
    if not may_supervise(actor):
        raise Forbidden("电子监察只对监察岗、处长和部领导开放。", code="supervision.role")


def supervision(installation: Installation, actor: Actor, criteria: Criteria) -> Supervision:
    """Lights of what is open now; figures of a period, the year so far where none is asked for.

    `Forbidden` for everybody else. Of the criteria the process, the unit and the days count.
    """
    _refuse_others(actor)
    today = local_date(installation.clock.now())
    since, until = criteria.since or date(today.year, 1, 1), criteria.until or today
    with reading(installation.database) as transaction:
        asked = [*_of_process(transaction, criteria), *_of_unit(criteria)]
        heaps = _open(installation, transaction, asked)
        step_lines = _step_lines(transaction, asked, since, until)
        counted = _counted(installation, transaction, criteria, since, until)
        return Supervision(
            as_of=installation.clock.now(),
            since=since,
            until=until,
            open_cases=counted.open_cases,
            paused=counted.paused,
            lights=_summed(heaps),
            units=_lines(installation, heaps, "unit"),
            steps=_lines(installation, heaps, "step"),
            figures=_figures(counted, step_lines),
            months=_months(transaction, criteria, since, until),
            step_lines=step_lines,
        )


def most_overdue(installation: Installation, actor: Actor, criteria: Criteria, limit: int = 10) -> tuple[InboxRow, ...]:
    """The open tasks with a red light that are late the longest, of the process and the unit that are asked for."""
    _refuse_others(actor)
    late = [task.c.due_at < installation.clock.now(), case.c.state != "draft"]
    if criteria.package:  # not by the index of processes: the tasks are walked by their terms, and the first are enough
        late.append(sa.func.coalesce(case.c.package_key, "") == criteria.package)
    whose = sa.and_(*late, *_of_unit(criteria))
    with reading(installation.database) as transaction:
        return first_listed(installation, transaction, actor, whose, limit)


def overseen(
    installation: Installation, actor: Actor, criteria: Criteria, after: str | None = None, limit: int = 50
) -> Inbox:
    """The open tasks of everybody, the earliest due first: what a figure of the page stands for."""
    _refuse_others(actor)
    return listed(installation, actor, sa.true(), after, limit, criteria)


def people(installation: Installation, actor: Actor) -> tuple[tuple[str, tuple[tuple[str, int], ...]], ...]:
    """Who leads the associations (人员结构), by post, gender, age and political status: those of terms that last."""
    _refuse_others(actor)
    today = local_date(installation.clock.now())
    source = association_leader.join(association_term, association_term.c.case_id == association_leader.c.case_id)
    query = (
        sa.select(*(association_leader.c[name] for name in ("post", "gender", "birth", "political_status")))
        .select_from(source)
        .where(sa.or_(association_term.c.until.is_(None), association_term.c.until >= today))
    )
    groups: dict[str, Counter[str]] = {name: Counter() for name in ("职务", "性别", "年龄", "政治面貌")}
    with reading(installation.database) as transaction:
        for row in transaction.execute(query):
            answers = (row.post, row.gender, _age(row.birth, today), row.political_status)
            for group, answer in zip(groups.values(), answers, strict=True):
                group[answer or "未填"] += 1
    return tuple(
        (name, tuple(sorted(found.items(), key=lambda one: (-one[1], one[0])))) for name, found in groups.items()
    )


def _age(birth: date | None, today: date) -> str:
    """In steps of ten years."""
    if birth is None:
        return ""
    years = today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))
    return (
        "不满 40 岁"
        if years < 40
        else f"{years // 10 * 10} 至 {years // 10 * 10 + 9} 岁"
        if years < 70
        else "70 岁以上"
    )


def units(installation: Installation, actor: Actor) -> list[tuple[str, str]]:
    """Id and name of every organisation that works on cases; none for those who do not supervise."""
    _refuse_others(actor)
    query = sa.select(organisation.c.id, organisation.c.name).where(organisation.c.kind != "association")
    with reading(installation.database) as transaction:
        return [
            (row.id, row.name) for row in transaction.execute(query.order_by(organisation.c.kind, organisation.c.name))
        ]


# --- what is open ----------------------------------------------------------------------------------------------------


def _of_process(transaction: Transaction, criteria: Criteria) -> list[sa.ColumnElement[bool]]:
    """Tasks of the process that is asked for. A database looks every task up in the set of cases that is named, so the
    smaller one is: those of the process, or those of all others."""
    if not criteria.package:
        return []
    query = sa.select(case.c.package_key, sa.func.count().label("cases")).group_by(case.c.package_key)
    counts = {row.package_key: row.cases for row in transaction.execute(query)}
    of_process = case.c.package_key == criteria.package
    if 2 * counts.get(criteria.package, 0) > sum(counts.values()):
        return [task.c.case_id.not_in(sa.select(case.c.id).where(sa.not_(of_process)))]
    return [task.c.case_id.in_(sa.select(case.c.id).where(of_process))]


def _open(installation: Installation, transaction: Transaction, asked: list[sa.ColumnElement[bool]]) -> list[Any]:
    """Unit, step, light -> how many, and the earliest term among them."""
    alike = (task.c.post_id, task.c.node_id, task.c.name, task.c.created_at, task.c.due_at)
    submitted = task.c.case_id.not_in(sa.select(case.c.id).where(case.c.state == "draft"))
    heaps = (
        sa.select(*alike, sa.func.count().label("tasks")).where(IS_OPEN, submitted, *asked).group_by(*alike).subquery()
    )
    light = light_of(installation.calendar(), installation.clock.now(), heaps.c.created_at, heaps.c.due_at)
    source = heaps.join(post, post.c.id == heaps.c.post_id).join(
        organisation, organisation.c.id == post.c.organisation_id
    )
    groups = (
        organisation.c.id.label("unit"),
        organisation.c.name.label("unit_name"),
        heaps.c.node_id.label("step"),
        heaps.c.name.label("step_name"),
        light.label("light"),
    )
    lit = sa.select(*groups, heaps.c.tasks, heaps.c.due_at).select_from(source).subquery()
    names = tuple(lit.c[column.name] for column in groups)
    query = sa.select(
        *names,
        sa.cast(sa.func.sum(lit.c.tasks), sa.Integer).label("tasks"),
        sa.func.min(lit.c.due_at).label("earliest"),
    )
    return list(transaction.execute(query.group_by(*names)))


def _of_unit(criteria: Criteria) -> list[sa.ColumnElement[bool]]:
    posts = sa.select(post.c.id).where(post.c.organisation_id == criteria.unit)
    return [task.c.post_id.in_(posts)] if criteria.unit else []


def _summed(heaps: list[Any]) -> dict[str, int]:
    found: dict[str, int] = {}
    for heap in heaps:
        found[heap.light] = found.get(heap.light, 0) + heap.tasks
    return found


def _lines(installation: Installation, heaps: list[Any], by: str) -> tuple[Line, ...]:
    """The worst first: most overdue tasks, then most that soon will be."""
    today = local_date(installation.clock.now())
    groups: dict[str, list[Any]] = {}
    for heap in heaps:
        groups.setdefault(getattr(heap, by), []).append(heap)
    found = []
    for key, some in groups.items():
        late = [local_date(heap.earliest) for heap in some if heap.light == "red"]
        oldest = max((max(1, installation.calendar().between(day, today)) for day in late), default=0)
        found.append(Line(key, getattr(some[0], f"{by}_name"), _summed(some), oldest))
    return tuple(sorted(found, key=lambda one: (-one.lights.get("red", 0), -one.lights.get("yellow", 0), one.name)))


# --- what was done ---------------------------------------------------------------------------------------------------


def _within(column: sa.Column[datetime], since: date, until: date) -> sa.ColumnElement[bool]:
    begins, ends = (datetime.combine(day, time(), ZONE) for day in (since, until + timedelta(days=1)))
    return sa.and_(column >= begins, column < ends)


def _counted(installation: Installation, transaction: Transaction, criteria: Criteria, since: date, until: date) -> Any:
    """Cases that are open and those of them that stand still; what came in and was closed in the period; marks that
    processes made."""
    received = sa.and_(_within(case.c.submitted_at, since, until), case.c.number.is_not(None))
    closed = sa.and_(_within(case.c.closed_at, since, until), case.c.state == "closed")
    is_open = case.c.state.not_in(["draft", "closed"])
    supplements = _supplement_nodes(installation, transaction)
    asked = sa.select(task.c.case_id).where(task.c.node_id.in_(supplements), task.c.kind == "task")
    query = sa.select(
        sa.func.count(sa.case((is_open, 1))).label("open_cases"),
        sa.func.count(sa.case((is_open, case.c.suspended_at))).label("paused"),
        sa.func.count(sa.case((received, 1))).label("received"),
        sa.func.count(sa.case((closed, 1))).label("closed"),
        sa.func.avg(sa.case((closed, case.c.used_days))).label("average"),
        sa.func.count(sa.case((sa.and_(received, case.c.id.in_(asked)), 1))).label("supplemented"),
        _noted(criteria, since, until).scalar_subquery().label("noted"),
    )
    return transaction.execute(query.where(_of_package(criteria))).one()


def _of_package(criteria: Criteria) -> sa.ColumnElement[bool]:
    return case.c.package_key == criteria.package if criteria.package else sa.true()


def _figures(counted: Any, lines: tuple[StepLine, ...]) -> Figures:
    return Figures(
        received=counted.received,
        closed=counted.closed,
        average_days=None if counted.average is None else float(counted.average),
        supplemented=counted.supplemented,
        done=sum(line.done for line in lines),
        late=sum(line.late for line in lines),
        noted=counted.noted,
    )


def _noted(criteria: Criteria, since: date, until: date) -> sa.Select[Any]:
    query = sa.select(sa.func.count()).where(IS_NOTED, _within(event.c.at, since, until))
    if criteria.package:
        about = case.alias("about")  # of its own: the cases around are those that are counted
        of_package = sa.exists().where(about.c.id == event.c.chain, about.c.package_key == criteria.package)
        query = query.where(of_package)
    return query


def _supplement_nodes(installation: Installation, transaction: Transaction) -> list[str]:
    """The steps at which an association mends its application, in the processes in force."""
    versions = transaction.execute(sa.select(process_in_force.c.version_id)).scalars().all()
    packages = [installation.package(transaction, version) for version in versions]
    nodes = [node for package in packages for node in package.definition.nodes.values()]
    return sorted({node.id for node in nodes if node.properties.get("act") == "supplement"})


def _step_lines(
    transaction: Transaction, asked: list[sa.ColumnElement[bool]], since: date, until: date
) -> tuple[StepLine, ...]:
    """How many tasks with a limit were done in the period at each step, and how many of them after it."""
    late = sa.func.count(sa.case((task.c.ended_at > task.c.due_at, 1)))
    wanted = (IS_DONE, task.c.due_at.is_not(None), _within(task.c.ended_at, since, until))
    query = sa.select(task.c.name, sa.func.count(), late).where(*wanted, *asked)
    lines = [StepLine(row[0], row[1], row[2]) for row in transaction.execute(query.group_by(task.c.name))]
    return tuple(sorted(lines, key=lambda one: (-one.late, -one.done, one.name)))


def _months(transaction: Transaction, criteria: Criteria, since: date, until: date) -> tuple[Month, ...]:
    """The months of the period in which anything was submitted or closed."""
    counted = []
    for place, column in enumerate((case.c.submitted_at, case.c.closed_at)):
        month = _month(transaction, column).label("month")
        query = sa.select(sa.literal(place).label("place"), month, sa.func.count().label("cases"))
        query = query.where(_within(column, since, until), case.c.number.is_not(None), _of_package(criteria))
        counted.append(query.group_by(month))
    counts: dict[str, list[int]] = {}
    for place, key, count in transaction.execute(sa.union_all(*counted)):
        counts.setdefault(key, [0, 0])[place] = count
    return tuple(Month(key, *counts[key]) for key in sorted(counts))


def _month(transaction: Transaction, column: sa.Column[datetime]) -> Any:
    """Year and month in China, in the words of the database at hand."""
    if transaction.dialect.name == "sqlite":
        return sa.func.strftime("%Y-%m", column, "+8 hours", type_=sa.String)
    return sa.func.to_char(sa.func.timezone(ZONE.key, column), "YYYY-MM")
