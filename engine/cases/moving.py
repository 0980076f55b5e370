"""Running cases move to another version of their process: planned first with nothing written, then one a transaction."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
import structlog

from engine import packages, workflow
from engine.calendar import local_date
from engine.cases.assignments import full_assignment, posts_of
from engine.cases.chases import first_jobs
from engine.cases.loading import id_of, load_case
from engine.cases.names import case_names
from engine.cases.refitting import refitted
from engine.cases.reviewforms import forms_of
from engine.cases.step import Step
from engine.cases.transactions import command
from engine.errors import HuishenError, Invalid, NotFound
from engine.identity import Actor
from engine.installation import Installation
from engine.store import Transaction, reading, tables
from engine.store.values import decode, encode

log = structlog.get_logger()
Row = dict[str, Any]
Waiting = workflow.DueTimer | workflow.ExpectedEvent | workflow.OpenCall
KEPT, ARMED, DROPPED = "kept", "armed", "dropped"
CHANGED = "模拟以后案件又有办理，结果与模拟时不同；请重新模拟后再迁移。"


@dataclass(frozen=True)
class TaskMove:
    """An open task, which goes on; `changes` say in Chinese what is otherwise for who holds it."""

    name: str
    changes: tuple[str, ...]


@dataclass(frozen=True)
class TimerMove:
    """A timer (or, without `due`, a message, signal or called case that is waited for): kept, armed or dropped."""

    name: str
    fate: str
    due: datetime | None


@dataclass(frozen=True)
class CaseMove:
    """What a move does to one case; with `obstacles` it stays where it is.

    `variables` are kept; `unknown` are names that the new version reads for the first time and the case lacks.
    """

    case_id: str
    number: str
    tasks: tuple[TaskMove, ...] = ()
    timers: tuple[TimerMove, ...] = ()
    variables: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    obstacles: tuple[str, ...] = ()

    @property
    def mark(self) -> str:
        """The same as long as a move does the same to the case: what was agreed to is what is done.

        Without the due time of a timer that is armed, which may count from the moment of the move.
        """
        timers = [(one.name, one.fate, None if one.fate == ARMED else one.due) for one in self.timers]
        told = (self.case_id, self.tasks, timers, self.variables, self.unknown, self.obstacles)
        return hashlib.sha256(repr(told).encode()).hexdigest()


@dataclass(frozen=True)
class Moves:
    """The version that cases move to, and each case that is not on it yet; `more` where only the first were looked at."""

    package_key: str
    version_id: str
    version_hash: str
    at: datetime
    cases: tuple[CaseMove, ...]
    more: bool = False

    @property
    def refused(self) -> int:
        return sum(bool(one.obstacles) for one in self.cases)


def plan_move(
    installation: Installation,
    package_key: str,
    to: str | None = None,
    numbers: Sequence[str] = (),
    *,
    origin: str = "",
    after: str = "",
    most: int | None = None,
) -> Moves:
    """What `move_cases` would do to each case; nothing is written. Raises as that does.

    With `origin` only cases of that version; with `most` only so many, those after a case's id.
    """
    found = _found(installation, package_key, to, numbers, _Some(origin, after, most))
    installation.calendar()  # read before a transaction: within it, it would take a second connection of the pool

    def plan(case_id: str, number: str) -> CaseMove:
        with reading(installation.database) as transaction:
            return _Move(installation, transaction, case_id, found.version_id, None, lock=False).plan(number)

    return found.moves(installation, plan)


def move_cases(
    installation: Installation,
    by: Actor | None,
    package_key: str,
    to: str | None = None,
    numbers: Sequence[str] = (),
    *,
    agreed: Mapping[str, str] | None = None,
    reason: str = "",
) -> Moves:
    """Move the running cases of a process to a version (none: the one in force), or only those of the numbers.

    One transaction a case; one that cannot move stays as it is and says why. `by` and `reason` are recorded; whether
    that person may is the caller's to ask (the command line is the operator's). With `agreed` (a mark by case id) only
    those cases move, and only where the plan is still the one of that mark. Raises `NotFound` for a process, version or
    case that is not there, `Invalid` for one of another process.
    """
    found = _found(installation, package_key, to, numbers, only=agreed)

    def move(case_id: str, number: str) -> CaseMove:
        def body(transaction: Transaction) -> CaseMove:
            moving = _Move(installation, transaction, case_id, found.version_id, by)
            planned = moving.plan(number)
            if agreed is not None and not planned.obstacles and planned.mark != agreed[case_id]:
                return CaseMove(case_id, number, obstacles=(CHANGED,))
            if not planned.obstacles:
                moving.write(reason)
            return planned

        return command(installation, body)

    return found.moves(installation, move)


@dataclass(frozen=True)
class _Found:
    package_key: str
    version_id: str
    version_hash: str
    cases: tuple[tuple[str, str], ...]  # id, and how it is called
    more: bool = False

    def moves(self, installation: Installation, act: Any) -> Moves:
        done = []
        for case_id, number in self.cases:
            try:
                done.append(act(case_id, number))
            except HuishenError as error:
                log.error("case.move-failed", case=case_id, code=error.code)
                done.append(CaseMove(case_id, number, obstacles=(error.message,)))
        now = installation.clock.now()
        return Moves(self.package_key, self.version_id, self.version_hash, now, tuple(done), self.more)


@dataclass(frozen=True)
class _Some:
    """Which of the cases are looked at."""

    origin: str = ""
    after: str = ""
    most: int | None = None

    def of(self, query: sa.Select[Any]) -> sa.Select[Any]:
        case = tables.case
        query = query.where(case.c.version_id == self.origin) if self.origin else query
        query = query.where(case.c.id > self.after) if self.after else query
        if self.most is None:
            return query.order_by(case.c.number, case.c.id)
        return query.order_by(case.c.id).limit(self.most + 1)


EVERY_ONE = _Some()


def _found(
    installation: Installation,
    key: str,
    to: str | None,
    numbers: Sequence[str],
    some: _Some = EVERY_ONE,
    only: Iterable[str] | None = None,
) -> _Found:
    """The target, and the open cases of the process that are not on it."""
    case, version = tables.case, tables.process_version
    with reading(installation.database) as transaction:
        target = to or packages.in_force(transaction, key)
        if target is None:
            raise NotFound(f"没有启用的流程包“{key}”。", code="package.not-in-force", package=key)
        compiled = installation.package(transaction, target)
        if compiled.key != key:
            raise Invalid(f"版本 {target} 不是流程包“{key}”的版本。", code="package.other-key", package=key)
        named = only if only is not None else [id_of(transaction, number) for number in numbers]
        query = sa.select(case.c.id, case.c.number, case.c.title, case.c.package_key)
        query = query.where(case.c.version_id != target, case.c.closed_at.is_(None))
        query = query.where(case.c.id.in_(named) if numbers or only is not None else case.c.package_key == key)
        rows = transaction.execute(some.of(query)).all()
        for row in rows:
            if row.package_key != key:
                raise Invalid(f"案件 {row.number} 不属于流程包“{key}”。", code="package.other-key", package=key)
        digest = transaction.execute(sa.select(version.c.hash).where(version.c.id == target)).scalar_one()
    called = tuple((row.id, row.number or f"未编号（{row.title}）") for row in rows[: some.most])
    return _Found(key, target, digest, called, len(called) < len(rows))


@dataclass
class _Changes:
    """What is written beside the step."""

    tasks: dict[str, Row] = field(default_factory=dict)  # columns of open tasks
    drafts: dict[str, Row] = field(default_factory=dict)
    told: list[Row] = field(default_factory=list)  # of each changed task, for the event


class _Move:
    """One case and one version: judged, told, and written."""

    def __init__(
        self,
        installation: Installation,
        transaction: Transaction,
        case_id: str,
        version_id: str,
        by: Actor | None,
        *,
        lock: bool = True,
    ) -> None:
        self.transaction, self.version_id = transaction, version_id
        loaded = load_case(transaction, case_id, lock=lock)
        self.step = Step(installation, transaction, loaded, by)
        self.before, self.after = self.step.package, installation.package(transaction, version_id)
        self.run_before = self.step.run
        self.rows, self.drafts = self._open_rows(), self._drafts()
        self.changes = _Changes()
        self.migration = workflow.Migration(None)

    def plan(self, number: str) -> CaseMove:
        """Judges the case and moves it in memory where it can."""
        case_id = self.step.case["id"]
        if self.step.case["version_id"] == self.version_id or self.step.case["closed_at"] is not None:
            return CaseMove(case_id, number, obstacles=("案件刚刚办结，或者已经在这个版本上。",))
        lacking = self._lacking_forms()
        self.migration = self.step.migrate(self.after, self._began)
        obstacles = [*lacking, *(f"{one.message}。" for one in self.migration.obstacles)]
        obstacles = list(dict.fromkeys(text.replace("。。", "。") for text in obstacles))
        tasks = () if obstacles else tuple(self._task(task, obstacles) for task in self.step.run.open_tasks())
        if obstacles:
            return CaseMove(case_id, number, obstacles=tuple(obstacles))
        scopes = self.step.run.scopes().values()
        names = sorted({name for values in scopes for name in values if not name.startswith("=")})
        return CaseMove(case_id, number, tasks, tuple(self._timers()), tuple(names), self._unknown(set(names)))

    # --- what is there ---

    def _open_rows(self) -> dict[str, Row]:
        task = tables.task
        query = sa.select(task).where(task.c.case_id == self.step.case["id"], task.c.state == "open")
        return {row["id"]: dict(row) for row in self.transaction.execute(query).mappings()}

    def _drafts(self) -> dict[str, Row]:
        draft = tables.draft
        query = sa.select(draft.c.task_id, draft.c["values"], draft.c.revision)
        rows = self.transaction.execute(query.where(draft.c.case_id == self.step.case["id"])).mappings()
        return {row["task_id"]: dict(row) for row in rows}

    def _began(self, task_ids: Sequence[str]) -> workflow.Began | None:
        """When the tasks were opened, with the functions of that day."""
        moments = [self.rows[key]["created_at"] for key in task_ids if key in self.rows]
        if not moments:
            return None
        day = local_date(min(moments))
        facts = {**self.step.facts()["case"], "today": day}
        return workflow.Began(min(moments), case_names(self.after, facts, self.step.calendar, day))

    def _lacking_forms(self) -> list[str]:
        """What was submitted stays readable: its forms must be there."""
        entry = tables.entry
        query = sa.select(entry.c.form_id).where(entry.c.case_id == self.step.case["id"]).distinct()
        used = {form for form in self.transaction.execute(query).scalars() if form}
        return [
            f"已提交的内容用的表单 {form} 在新版中没有，迁移后将无法查看；请在新版中保留这份表单。"
            for form in sorted(used - forms_of(self.after).keys())
        ]

    # --- tasks ---

    def _task(self, task: workflow.OpenTask, obstacles: list[str]) -> TaskMove:
        row = self.rows[task.id]
        old, new = (package.definition.nodes[task.node_id] for package in (self.before, self.after))
        values: Row = {}
        changes: list[str] = []
        if new.name != row["name"]:
            values["name"] = new.name
            changes.append(f"名称改为 {new.name}")
        if new.form_id != row["form_id"]:
            values["form_id"] = new.form_id
            changes.append(f"表单改为 {new.form_id or '无'}")
        self._post(task, row, values, changes)
        dropped = self._draft(row, new.form_id, obstacles)
        if dropped:
            changes.append(f"草稿中去掉 {'、'.join(dropped)}")
        if values:
            self.changes.tasks[task.id] = values
        if changes:
            noted = {"task": task.id, "node": task.node_id, "changed": sorted(values), "draft_dropped": dropped}
            self.changes.told.append(noted)
        return TaskMove(old.name or task.node_id, tuple(changes))

    def _post(self, task: workflow.OpenTask, row: Row, values: Row, changes: list[str]) -> None:
        """The post that the new version names; a task that somebody handed on stays where it was handed to."""
        was = next(one.assignment for one in self.run_before.open_tasks() if one.id == task.id)
        organisation = self.step.loaded.organisation["key"]
        old = full_assignment(was, self.before, organisation)
        new = full_assignment(task.assignment, self.after, organisation)
        if old == new:
            return
        posts = posts_of(self.transaction, {new})
        column = "post_id" if row["owner_post_id"] is None else "owner_post_id"
        if row[column] == posts[new]:
            return
        if row[column] != posts_of(self.transaction, {old})[old]:
            changes.append("已转办，岗位不变")
            return
        values[column] = posts[new]
        if column == "post_id":
            values |= {"claimed_by": None, "claimed_at": None}
            text = f"{self.step.case['title']}：{self.after.definition.nodes[task.node_id].name}"
            self.step.effects.notices.append((new, text, task.id))
        changes.append(f"岗位由 {old} 改为 {new}")

    def _draft(self, row: Row, form_id: str | None, obstacles: list[str]) -> list[str]:
        """What of the draft the new form does not ask for any more."""
        before, after = self.before.forms.get(row["form_id"] or ""), self.after.forms.get(form_id or "")
        found = self.drafts.get(row["id"])
        if found is None or before is None or after is None:
            return []
        values, dropped = refitted(decode(found["values"]), before, after)
        if dropped and row["held_by"] is not None:
            told = "、".join(dropped)
            obstacles.append(
                f"待办“{row['name']}”已提交、正等后加签，而新版表单不再有 {told}；请等后加签答复后再迁移。"
            )
        if dropped:
            self.changes.drafts[row["id"]] = {"values": encode(values), "revision": found["revision"] + 1}
        return dropped

    # --- timers and variables ---

    def _timers(self) -> Iterable[TimerMove]:
        armed, dropped = ({one.id for one in group} for group in (self.migration.armed, self.migration.dropped))
        now: list[Waiting] = [*self.step.run.timers(), *self.step.run.expected(), *self.step.run.calls()]
        for one in now:
            yield self._timer(one, ARMED if one.id in armed else KEPT, self.after)
        was: list[Waiting] = [*self.run_before.timers(), *self.run_before.expected()]
        yield from (self._timer(one, DROPPED, self.before) for one in was if one.id in dropped)

    @staticmethod
    def _timer(one: Waiting, fate: str, package: packages.CompiledPackage) -> TimerMove:
        name = package.definition.nodes[one.node_id].name or one.node_id
        return TimerMove(name, fate, one.due if isinstance(one, workflow.DueTimer) else None)

    def _unknown(self, known: set[str]) -> tuple[str, ...]:
        """Names that the new version reads, the old one did not, and nothing gives: they would be null."""
        read, before = (
            {name for use in package.definition.uses for name in use.names} for package in (self.after, self.before)
        )
        given = known | set(self.step.names()) | workflow.BALLOT_NAMES | {"loopCounter"}
        for node in self.after.definition.nodes.values():
            given |= {*node.inputs, *node.outputs, *node.submits}
            given |= {node.decision.result_variable} if node.decision else set()
            given |= {node.script.result_variable} if node.script else set()
            given |= {node.loop.element or "", node.loop.output_collection or ""} if node.loop else set()
        return tuple(sorted(read - before - given))

    # --- writing ---

    def write(self, reason: str) -> None:
        step, case_id = self.step, self.step.case["id"]
        step.events.append(("case.moved", self._body() | ({"reason": reason} if reason else {})))
        step.jobs += first_jobs(step, step.run.open_tasks())
        step.disarmed = {one.id for one in self.migration.dropped}
        step.write()
        moved = sa.update(tables.case).where(tables.case.c.id == case_id)
        self.transaction.execute(moved.values(version_id=self.version_id))
        for key, values in self.changes.tasks.items():
            self.transaction.execute(sa.update(tables.task).where(tables.task.c.id == key).values(**values))
        for key, values in self.changes.drafts.items():
            self.transaction.execute(sa.update(tables.draft).where(tables.draft.c.task_id == key).values(**values))
        if step.case["suspended_at"] is not None:
            armed = sa.and_(tables.timer.c.case_id == case_id, tables.timer.c.state == "armed")
            self.transaction.execute(sa.update(tables.timer).where(armed).values(state="stopped"))

    def _body(self) -> Row:
        return {
            "from": self.step.case["version_id"],
            "to": self.version_id,
            "from_hash": self.before.hash,
            "to_hash": self.after.hash,
            "changed": self.changes.told,
            "armed": sorted(one.id for one in self.migration.armed),
            "dropped": sorted(one.id for one in self.migration.dropped),
            "tasks_now": self.changes.tasks,
            "case_now": {"version_id": self.version_id},
        }
