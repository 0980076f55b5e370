"""What a step changed, as rows: the case, its events, variables, tasks, timers and notices, a statement a table."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from engine import audit, jobs, workflow
from engine.calendar import local_date
from engine.cases.assignments import full_assignment, posts_of
from engine.cases.calls import called_and_ended, witnessed_call
from engine.cases.chases import first_jobs
from engine.cases.reviewrows import cancel_of
from engine.cases.sending import take_job, witnessed_message
from engine.store import Transaction, insert_into, insert_together, inserting, new_id, tables
from engine.store.values import encode

if TYPE_CHECKING:
    from engine.cases.step import Step

CHANGING = (
    "number",
    "title",
    "state",
    "outcome",
    "submitted_at",
    "accepted_at",
    "closed_at",
    "due_on",
    "due_estimated",
    "promise",
    "suspended_at",
    "review_count",
    "used_days",
)
OUTCOME = ("label", "result", "reason_public", "clause", "at")
Row = dict[str, Any]

_UNMOVED = sa.update(tables.case).where(
    tables.case.c.id == sa.bindparam("the_case"), tables.case.c.revision == sa.bindparam("read_revision")
)


class CaseMoved(Exception):
    """The case changed between reading and writing: the command is run again."""


@dataclass(frozen=True)
class Shape:
    """A case as its rows say it: open tasks, timers, calls and awaited messages by id, variables by scope, as values
    and as the stored text."""

    tasks: Mapping[str, workflow.OpenTask]
    timers: Mapping[str, workflow.DueTimer]
    calls: Mapping[str, workflow.OpenCall]
    awaited: Mapping[str, workflow.ExpectedEvent]
    scopes: Mapping[str, Mapping[str, Any]]
    texts: Mapping[str, str]
    own: Collection[str] = ()

    @classmethod
    def restored(
        cls,
        run: workflow.Run,
        scopes: Mapping[str, Mapping[str, Any]],
        texts: Mapping[str, str],
        own: Collection[str] = (),
    ) -> "Shape":
        """The shape before a command, which came with the texts. `own`: messages that come from the system itself, so
        that no other case need find who waits for them."""
        return cls(
            {task.id: task for task in run.open_tasks()},
            {timer.id: timer for timer in run.timers()},
            {call.id: call for call in run.calls()},
            {one.id: one for one in run.expected() if _comes_from_a_case(one, own)},
            scopes,
            texts,
            own,
        )

    def moved_to(self, run: workflow.Run) -> "Shape":
        """The shape after a command; only a scope in which something was written is put into text again."""
        scopes = run.scopes()
        texts = {path: self._text(path, values) for path, values in scopes.items()}
        return Shape.restored(run, scopes, texts, self.own)

    def _text(self, path: str, values: Mapping[str, Any]) -> str:
        before = self.scopes.get(path)
        untouched = (
            before is not None
            and before.keys() == values.keys()
            and all(before[name] is value for name, value in values.items())
        )
        return self.texts[path] if untouched and path in self.texts else encode(dict(values))


NOTHING = Shape({}, {}, {}, {}, {}, {})


def _comes_from_a_case(one: workflow.ExpectedEvent, own: Collection[str]) -> bool:
    return one.kind == "message" and one.correlation is not None and one.name not in own


def witnessed(row: Row) -> Row:
    """A new document as the record tells it: long texts by their SHA-256."""
    texts = {name: audit.fingerprint_of(row[name].encode()) for name in ("content", "record")}
    return {name: value for name, value in row.items() if name != "case_id"} | texts


def written(before: Mapping[str, Any], after: Mapping[str, Any]) -> Row:
    """The variables that are new or have another value."""
    return {name: value for name, value in after.items() if name not in before or _differs(before[name], value)}


def _differs(before: Any, after: Any) -> bool:
    return before is not after and encode(before) != encode(after)


def awaited_row(one: workflow.ExpectedEvent) -> Row:
    return {"node_id": one.node_id, "name": one.name, "correlation": one.correlation}


class Writer:
    """Writes what lies between two shapes of a case; used once."""

    def __init__(self, step: "Step", before: Shape, after: Shape) -> None:
        self.step, self.before, self.after = step, before, after
        self.transaction, self.case = step.transaction, step.case
        self.changed = {path: text for path, text in after.texts.items() if before.texts.get(path) != text}
        self.ended = sorted(set(before.texts) - set(after.texts))
        self.unasked: list[str] = []  # added reviewers of tasks that ended otherwise
        if self.case["review_count"] and (ended := sorted(before.tasks.keys() - after.tasks.keys())):
            self.unasked = cancel_of(self.transaction, ended, step.now)
            self.case["review_count"] -= len(self.unasked)
        fresh = [task for key, task in after.tasks.items() if key not in before.tasks]
        posts = posts_of(step.transaction, {self._assignment(task) for task in fresh})
        self.opened = [self._task_row(task, posts[self._assignment(task)]) for task in fresh]
        self.closed = [self._end_of(task) for key, task in before.tasks.items() if key not in after.tasks]
        self.moved = [
            self._task_row(task, step.loaded.task.get("post_id") or "")
            for key, task in after.tasks.items()
            if key in before.tasks and before.tasks[key].due != task.due
        ]
        step.jobs += first_jobs(step, [*fresh, *(after.tasks[row["id"]] for row in self.moved)])
        self.calls = called_and_ended(step, before.calls, after.calls)
        self.state = step.run.state()

    def write(self) -> None:
        """As few statements as there are tables; `CaseMoved` where somebody was first."""
        events, head = self._events()
        self._write_case(head)
        self._insert(tables.event, events)
        self._write_scopes()
        rows = self.opened + self.closed + self.moved
        _upsert(self.transaction, tables.task, rows, ("state", "ended_at", "ended_by", "due_at", "due_estimated"))
        _upsert(self.transaction, tables.timer, self._timers(), ("state", "due_at"))
        _upsert(self.transaction, tables.call, self.calls, ("state", "outcome", "reason", "ended_at"))
        self._write_awaited()
        _upsert(self.transaction, tables.outcome, self.step.rows["outcome"], OUTCOME)
        names = ("message", "entry", "document", "publicity", "objection")
        fresh = [(tables.metadata.tables[name], self.step.rows[name]) for name in names]
        insert_together(self.transaction, [*fresh, (tables.notification, self._notices())])
        if self.step.jobs:
            jobs.defer(self.transaction, self.step.jobs)

    # --- tasks and timers ---

    def _assignment(self, task: workflow.OpenTask) -> str:
        return full_assignment(task.assignment, self.step.package, self.step.loaded.organisation["key"])

    def _task_row(self, task: workflow.OpenTask, post_id: str) -> Row:
        step = self.step
        due_on = task.due and local_date(task.due)
        element = task.element if isinstance(task.element, dict) else {}
        return {
            "id": task.id,
            "case_id": self.case["id"],
            "node_id": task.node_id,
            "name": step.package.definition.nodes[task.node_id].name,
            "path": task.path,
            "item_key": element.get("key"),
            "form_id": task.form_id,
            "post_id": post_id,
            "state": "open",
            "claimed_by": None,
            "claimed_at": None,
            "revision": 0,
            "created_at": step.now,
            "due_at": task.due,
            "due_estimated": bool(due_on and step.calendar.is_estimated(step.today, due_on)),
            "ended_at": None,
            "ended_by": None,
        }

    def _end_of(self, task: workflow.OpenTask) -> Row:
        """The row is there already, so that only its end is taken over."""
        row = self._task_row(task, self.step.loaded.task.get("post_id") or "")
        return row | {"state": "cancelled", "ended_at": self.step.now} | self.step.ended_tasks.get(task.id, {})

    def _timers(self) -> list[Row]:
        before, after = self.before.timers, self.after.timers
        rows = [
            self._timer_row(t, "armed") for key, t in after.items() if key not in before or before[key].due != t.due
        ]
        gone = [timer for key, timer in before.items() if key not in after]
        return rows + [self._timer_row(t, self._end_of_timer(t)) for t in gone]

    def _end_of_timer(self, timer: workflow.DueTimer) -> str:
        return "fired" if timer.due <= self.step.now and timer.id not in self.step.disarmed else "dropped"

    def _timer_row(self, timer: workflow.DueTimer, state: str) -> Row:
        ids = {"id": timer.id, "case_id": self.case["id"], "node_id": timer.node_id}
        return ids | {"due_at": timer.due, "state": state}

    # --- events ---

    def _events(self) -> tuple[list[Row], audit.Head]:
        step = self.step
        head = audit.Head(self.case["id"], self.case["event_seq"], self.case["event_hash"])
        person = step.actor.person_id if step.actor else None
        post = step.post_id
        (first, about), *others = step.events
        rows = []
        for kind, body, by, at_post in step.preface:
            row, head = audit.link(head, kind, step.now, by, at_post, body)
            rows.append(row)
        for kind, body in [(first, {**about, **self._change()}), *others]:
            row, head = audit.link(head, kind, step.now, person, post, body)
            rows.append(row)
        return rows, head

    def _change(self) -> Row:
        """The first event of a step also says what it changed, so that the case can be rebuilt from its events."""
        return {
            "opened": [
                {
                    "task": row["id"],
                    "node": row["node_id"],
                    "name": row["name"],
                    "path": row["path"],
                    "item": row["item_key"],
                    "form": row["form_id"],
                    "post": row["post_id"],
                    "due": row["due_at"],
                    "estimated": row["due_estimated"],
                }
                for row in self.opened
            ],
            "moved": [
                {"task": row["id"], "due": row["due_at"], "estimated": row["due_estimated"]} for row in self.moved
            ],
            "unasked": self.unasked,
            "closed": [{"task": row["id"], "state": row["state"], "by": row["ended_by"]} for row in self.closed],
            "flows": self.step.run.taken,
            "timers": [
                {"timer": key, "node": t.node_id, "path": t.path, "due": t.due} for key, t in self.after.timers.items()
            ],
            "ended_scopes": sorted({*self.ended, *self._afresh()}),
            "variables": {path: self._written(path) for path in self.changed},
            "state": self.case["state"],
            "promise": self.case["promise"],
            "case": self._changed_columns(),
            "documents": [witnessed(row) for row in self.step.rows["document"]],
            "engine": audit.fingerprint_of(self.state),
            "awaited": {key: awaited_row(one) for key, one in self.after.awaited.items()},
            "messages_now": {row["id"]: witnessed_message(row) for row in self.step.rows["message"]},
            "calls_now": {row["id"]: witnessed_call(row) for row in self.calls},
        }

    def _changed_columns(self) -> Row:
        """What the case's own row says otherwise than before; at the start all that can change."""
        before = self.step.loaded.case if self.case["engine_state"] else {}
        now = {**self.case, "duties": encode(self.step.duties)}
        told = (name for name in (*CHANGING, "duties") if name not in {"state", "promise"})
        return {name: now[name] for name in told if name not in before or before[name] != now[name]}

    def _afresh(self) -> set[str]:
        """Scopes that ended and began again in this step: the names that they had are gone."""
        before, after = self.before.scopes, self.after.scopes
        return {path for path in self.changed if before.get(path, {}).keys() - after[path].keys()}

    def _written(self, path: str) -> Row:
        before = {} if path in self._afresh() else self.before.scopes.get(path, {})
        return written(before, self.after.scopes[path])

    # --- the case and its variables ---

    def _write_case(self, head: audit.Head) -> None:
        values = {
            "duties": encode(self.step.duties),
            "engine_state": self.state,
            "scope_count": len(self.after.texts),
            "event_seq": head.seq,
            "event_hash": head.hash,
            "revision": self.case["revision"] + 1,
        }
        if self.case["engine_state"]:
            read = {"the_case": self.case["id"], "read_revision": self.case["revision"]}
            changing = {name: self.case[name] for name in CHANGING}
            written = self.transaction.execute(_UNMOVED, changing | values | read).rowcount == 1
        else:
            insert = insert_into(self.transaction, tables.case).values(self.case | values).on_conflict_do_nothing()
            written = self.transaction.execute(insert.returning(tables.case.c.id)).first() is not None
        if not written:
            raise CaseMoved

    def _write_scopes(self) -> None:
        rows = [{"case_id": self.case["id"], "path": path, "values": text} for path, text in self.changed.items()]
        _upsert(self.transaction, tables.scope, rows, ("values",))
        if self.ended:
            which = (tables.scope.c.case_id == self.case["id"], tables.scope.c.path.in_(self.ended))
            self.transaction.execute(sa.delete(tables.scope).where(*which))

    def _write_awaited(self) -> None:
        """The messages of other cases that are waited for, found by name and key."""
        before, after = self.before.awaited, self.after.awaited
        if gone := sorted(before.keys() - after.keys()):
            self.transaction.execute(sa.delete(tables.awaited).where(tables.awaited.c.id.in_(gone)))
        fresh = {key: one for key, one in after.items() if key not in before}
        self.step.jobs += [take_job(self.case["id"], key, self.step.now) for key in fresh]
        self._insert(
            tables.awaited, [{"id": key, "case_id": self.case["id"], **awaited_row(fresh[key])} for key in fresh]
        )

    # --- notices ---

    def _notices(self) -> list[Row]:
        """Who has a new task, and whom the process names, finds it among the notices."""
        told: list[tuple[str, str, str | None]] = [
            (row["post_id"], f"{self.case['title']}：{row['name']}", row["id"]) for row in self.opened
        ]
        key = self.step.loaded.organisation["key"]
        named = [
            (full_assignment(to, self.step.package, key), text, task_id)
            for to, text, task_id in self.step.effects.notices
        ]
        posts = posts_of(self.transaction, {to for to, _, _ in named})
        told += [(posts[to], text, task_id) for to, text, task_id in named]
        holders = self._holders({task_id for task_id, _ in self.step.effects.calls})
        told += [(holders[task_id], text, task_id) for task_id, text in self.step.effects.calls]
        return [
            {
                "id": new_id(),
                "key": f"{self.case['id']}:{self.case['revision'] + 1}:{place}",
                "post_id": post_id,
                "case_id": self.case["id"],
                "text": text,
                "at": self.step.now,
                "read_at": None,
                "task_id": task_id,
            }
            for place, (post_id, text, task_id) in enumerate(told)
        ]

    def _holders(self, ids: Collection[str]) -> dict[str, str]:
        """The post that has each of these open tasks."""
        found = {row["id"]: row["post_id"] for row in self.opened}
        if missing := sorted(set(ids) - found.keys()):
            query = sa.select(tables.task.c.id, tables.task.c.post_id).where(tables.task.c.id.in_(missing))
            found |= {row.id: row.post_id for row in self.transaction.execute(query)}
        return found

    def _insert(self, table: sa.Table, rows: list[Row]) -> None:
        if rows:
            self.transaction.execute(inserting(table), rows)


def _upsert(transaction: Transaction, table: sa.Table, rows: list[Row], changing: tuple[str, ...]) -> None:
    if rows:
        transaction.execute(_upserting(transaction.dialect.name, table, changing), rows)


@cache
def _upserting(dialect: str, table: sa.Table, changing: tuple[str, ...]) -> Any:
    """As `engine.store.upsert`, built once: naming what is excluded costs more than sending the rows."""
    statement: Any = (sqlite if dialect == "sqlite" else postgresql).insert(table)
    keys, given = [column.name for column in table.primary_key], statement.excluded
    values = {name: given[name] for name in changing}
    if (
        "due_estimated" in values
    ):  # as it was told when the task opened: its end, perhaps in another year, changes nothing
        is_open = given["state"] == "open"
        values["due_estimated"] = sa.case((is_open, given["due_estimated"]), else_=table.c.due_estimated)
    return statement.on_conflict_do_update(index_elements=keys, set_=values)
