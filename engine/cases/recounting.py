"""After working days were imported: the terms of open cases counted again, each change recorded on its case."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import sqlalchemy as sa
import structlog

from engine import audit, jobs
from engine.calendar import ZONE, Arrangement, Change, local_date, publish
from engine.cases.chases import first_jobs
from engine.cases.loading import load_case
from engine.cases.names import case_names
from engine.cases.recording import head_of_case, record_on_case
from engine.cases.step import Step
from engine.cases.transactions import command
from engine.errors import HuishenError
from engine.installation import Installation
from engine.store import Transaction, reading, tables, writing
from engine.store.values import decode

_WAITING = ("armed", "stopped")
log = structlog.get_logger()


@dataclass(frozen=True)
class Moved:
    """One term of a case that was counted again: what it is, its old and its new day, and whether that is certain."""

    what: str
    before: date
    after: date
    estimated: bool


@dataclass(frozen=True)
class Recounted:
    """A case whose terms changed; `kept` are those that somebody had set otherwise, which stay; `fault` stopped it."""

    number: str
    moved: tuple[Moved, ...]
    kept: tuple[str, ...] = ()
    fault: str = ""


@dataclass(frozen=True)
class Imported:
    """What an import changed: days, and cases."""

    changes: tuple[Change, ...]
    cases: tuple[Recounted, ...]


def import_calendar(installation: Installation, arrangement: Arrangement) -> Imported:
    """Take over the working days of a year, then count every open term again that ends in it or later.

    The days are there at once or not at all; the cases follow, one a transaction. Interrupted, it is simply run again.
    """
    now = installation.clock.now()
    with writing(installation.database) as transaction:
        changes = publish(transaction, arrangement)
        days = [{"day": one.day, "before": one.before, "after": one.after} for one in changes]
        body = {"year": arrangement.year, "source": arrangement.source, "days": days}
        audit.record(transaction, "calendar.imported", now, None, body)
    installation.forget_calendar()
    since = min([date(arrangement.year, 1, 1), *(one.day for one in changes)])
    with reading(installation.database) as transaction:
        ids = list(transaction.execute(_reaching(since)).scalars())
    found = (_recount_or_log(installation, case_id, arrangement.source) for case_id in ids)
    return Imported(changes, tuple(one for one in found if one.moved or one.kept or one.fault))


def _reaching(since: date) -> sa.Select[Any]:
    """Open cases with a term that ends on that day or later."""
    case, task, timer = tables.case, tables.task, tables.timer
    start = datetime.combine(since, time(), ZONE)
    tasks = sa.select(task.c.id).where(task.c.case_id == case.c.id, task.c.state == "open", task.c.due_at >= start)
    timers = sa.select(timer.c.id).where(
        timer.c.case_id == case.c.id, timer.c.state.in_(_WAITING), timer.c.due_at >= start
    )
    reaching = sa.or_(case.c.due_on >= since, tasks.exists(), timers.exists())
    return sa.select(case.c.id).where(case.c.closed_at.is_(None), reaching).order_by(case.c.id)


def _recount_or_log(installation: Installation, case_id: str, source: str) -> Recounted:
    """One case that cannot be counted again holds up no other."""
    try:
        return command(installation, lambda transaction: _recount(installation, transaction, case_id, source))
    except HuishenError as error:
        log.error("calendar.recount", case=case_id, code=error.code)
        return Recounted(case_id, (), fault=error.message)


def _recount(installation: Installation, transaction: Transaction, case_id: str, source: str) -> Recounted:
    head = head_of_case(transaction, case_id)
    step = Step(installation, transaction, load_case(transaction, case_id), None)
    terms = _Terms(step, _origins(transaction, case_id))
    tasks, timers = list(terms.tasks()), list(terms.timers())
    case = terms.case()
    number = step.case["number"] or step.case["title"]
    if not (tasks or timers or case):
        return Recounted(number, (), tuple(terms.kept))
    state = step.run.state()
    body = {"source": source, "case": case, "tasks": tasks, "timers": timers, "engine": audit.fingerprint_of(state)}
    body["before"] = {name: terms.before[name] for name in case}
    transaction.execute(sa.update(tables.case).where(tables.case.c.id == case_id).values(engine_state=state, **case))
    for one in tasks:
        values = {"due_at": one["due"], "due_estimated": one["estimated"]}
        transaction.execute(sa.update(tables.task).where(tables.task.c.id == one["task"]).values(values))
    for one in timers:
        transaction.execute(sa.update(tables.timer).where(tables.timer.c.id == one["timer"]).values(due_at=one["due"]))
    record_on_case(transaction, head, [("case.recounted", body)], None, step.now)
    changed = {one["task"] for one in tasks}
    jobs.defer(transaction, first_jobs(step, [one for one in step.run.open_tasks() if one.id in changed]))
    return Recounted(number, tuple(terms.moved), tuple(terms.kept))


@dataclass(frozen=True)
class _Origin:
    """When a task or a timer began, and the term that its formula gave it then, or at the last import."""

    at: datetime
    due: datetime | None


def _origins(transaction: Transaction, case_id: str) -> dict[str, _Origin]:
    """By task and timer, from the events of the case."""
    event, found = tables.event, dict[str, _Origin]()
    query = sa.select(event.c.at, event.c.body).where(event.c.chain == case_id).order_by(event.c.seq)
    for at, text in transaction.execute(query):
        body = decode(text)
        for key, one in _listed(body, "opened", "timers"):
            found.setdefault(key, _Origin(at, one["due"]))
        for key, one in _listed(body, "tasks", "timers") if "source" in body else ():
            found[key] = _Origin(found[key].at, one["due"])
    return found


def _listed(body: Mapping[str, Any], *names: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name in names:
        for one in body.get(name) or ():
            yield one.get("task") or one["timer"], one


class _Terms:
    """The terms of one case under the working days that hold now. Only one that its formula gave is counted again: what
    somebody extended stays as it is, and is named."""

    def __init__(self, step: Step, origins: Mapping[str, _Origin]) -> None:
        self.step, self.origins = step, origins
        self.moved: list[Moved] = []
        self.kept: list[str] = []
        self.before = {name: step.case[name] for name in ("due_on", "due_estimated")}

    def case(self) -> dict[str, Any]:
        """The promise of the case: what is otherwise now."""
        if self.step.promise is None:
            return {}
        deadline = self.step.promise.due(self.step.calendar)
        now = {"due_on": deadline.date, "due_estimated": deadline.estimated}
        changed = {name: value for name, value in now.items() if value != self.before[name]}
        if changed:
            before = self.before["due_on"] or deadline.date
            self.moved.append(Moved("承诺时限", before, deadline.date, deadline.estimated))
        return changed

    def tasks(self) -> Iterator[dict[str, Any]]:
        rows = _open_rows(self.step)
        for task in self.step.run.open_tasks():
            row = rows.get(task.id)
            if row is None or row["due_at"] is None:
                continue
            due = self._again(task.id, task.node_id, row["due_at"])
            estimated = self._is_estimated(task.id, due)
            if due is not None and (due != row["due_at"] or estimated != row["due_estimated"]):
                self._move(task.id, task.node_id, row["due_at"], due, estimated)
                yield {
                    "task": task.id,
                    "node": task.node_id,
                    "before": row["due_at"],
                    "due": due,
                    "estimated": estimated,
                }

    def timers(self) -> Iterator[dict[str, Any]]:
        for timer in self.step.run.timers():
            due = self._again(timer.id, timer.node_id, timer.due)
            if due is not None and due != timer.due:
                self._move(timer.id, timer.node_id, timer.due, due, self._is_estimated(timer.id, due))
                yield {"timer": timer.id, "node": timer.node_id, "before": timer.due, "due": due}

    def _again(self, key: str, node_id: str, stored: datetime) -> datetime | None:
        """The term by its formula, with the functions of the day on which it began."""
        origin = self.origins.get(key)
        if origin is None or origin.due != stored:
            self.kept.append(self._name(node_id))
            return None
        step, day = self.step, local_date(origin.at)
        facts = {**step.facts()["case"], "today": day}
        return step.run.due_as_of(key, origin.at, case_names(step.package, facts, step.calendar, day))

    def _is_estimated(self, key: str, due: datetime | None) -> bool:
        return due is not None and self.step.calendar.is_estimated(local_date(self.origins[key].at), local_date(due))

    def _move(self, key: str, node_id: str, before: datetime, after: datetime, estimated: bool) -> None:
        self.step.run.reschedule({key: after})
        self.moved.append(Moved(self._name(node_id), local_date(before), local_date(after), estimated))

    def _name(self, node_id: str) -> str:
        return self.step.package.definition.nodes[node_id].name or node_id


def _open_rows(step: Step) -> dict[str, Any]:
    task = tables.task
    query = sa.select(task.c.id, task.c.due_at, task.c.due_estimated)
    query = query.where(task.c.case_id == step.case["id"], task.c.state == "open")
    return {row["id"]: row for row in step.transaction.execute(query).mappings()}


def sentences(imported: Imported) -> Iterable[str]:
    """What an import did, a line each."""
    for one in imported.cases:
        for moved in one.moved:
            mark = "（预估）" if moved.estimated else ""
            shift = f"{moved.before} 改为 {moved.after}" if moved.before != moved.after else f"{moved.after} 不变"
            yield f"{one.number}：{moved.what} {shift}{mark}"
        yield from (f"{one.number}：{name} 的期限不是按流程算出的，保持不变，请核对" for name in one.kept)
        if one.fault:
            yield f"{one.number}：未能重算：{one.fault}"
