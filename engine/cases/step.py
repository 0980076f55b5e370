"""One step of one case: restore, act, settle, and write state, variables, tasks, timers, events and jobs together."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from engine import audit, jobs, workflow
from engine.calendar import Promise, local_date
from engine.cases import actions, issuing
from engine.cases.assignments import posts_of
from engine.cases.effects import Effects
from engine.cases.loading import Loaded, load_scopes
from engine.cases.names import case_names
from engine.identity import Actor
from engine.installation import Installation
from engine.packages import CompiledPackage
from engine.store import Transaction, insert_into, new_id, tables, upsert
from engine.store.values import decode, encode

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
)


class CaseMoved(Exception):
    """The case changed between reading and writing: the command is run again."""


class Step:
    """The case while a command works on it. `write` is called once, last."""

    def __init__(
        self,
        installation: Installation,
        transaction: Transaction,
        loaded: Loaded,
        actor: Actor | None,
        assign: Mapping[str, Any] | None = None,
    ) -> None:
        """`assign` are variables of the case that the command itself sets."""
        self.installation, self.transaction, self.loaded, self.actor = installation, transaction, loaded, actor
        self.now = installation.clock.now()
        self.today = local_date(self.now)
        self.case = dict(loaded.case)
        self.package: CompiledPackage = installation.package(transaction, self.case["version_id"])
        self.calendar = installation.calendar()
        self.effects = Effects()
        self.promise = Promise.from_json(self.case["promise"])
        self.duties: dict[str, list[str]] = decode_duties(self.case["duties"])
        self.rows: dict[str, list[dict[str, Any]]] = {"entry": [], "document": [], "outcome": []}
        self.events: list[tuple[str, dict[str, Any]]] = []
        self.jobs: list[dict[str, Any]] = []
        self.opened: list[dict[str, Any]] = []
        self.ended_tasks: dict[str, dict[str, Any]] = {}
        self._before: dict[str, dict[str, Any]] = load_scopes(transaction, loaded)
        self._written = {path: encode(values) for path, values in self._before.items()}
        if not self.case["engine_state"]:
            self._written = {}
        self._before[""] |= assign or {}
        self._facts = self.facts()
        self.run = self._restore()
        begins = not self.case["engine_state"]
        self._open_before = {} if begins else {task.id: task for task in self.run.open_tasks()}
        self._timers_before = {} if begins else {timer.id: timer for timer in self.run.timers()}

    # --- what the process sees ---

    def _restore(self) -> workflow.Run:
        state = self.case["engine_state"]
        if not state:
            return workflow.start(self.package.definition, self._runtime(), self._before.get("", {}))
        return workflow.restore(self.package.definition, self._runtime(), state, self._before)

    def _runtime(self) -> workflow.Runtime:
        around = actions.Surroundings(
            self.package,
            lambda: self.installation.clauses(self.transaction, self.loaded.clauses_id),
            self.today,
            self.effects,
            self._facts,
        )
        return workflow.Runtime(
            self.installation.clock,
            self.names(),
            actions.registered(around),
            self._decide,
        )

    def names(self) -> dict[str, Any]:
        """Functions and constants that every expression of a case may read."""
        return case_names(self.package, self._facts["case"], self.calendar, self.today)

    def refresh_facts(self) -> None:
        """After the case got its number: what expressions and templates read follows."""
        self._facts["case"].update(self.facts()["case"])

    def facts(self) -> dict[str, Any]:
        """Variables that every template may read."""
        organisation = self.loaded.organisation
        settings = self.installation.settings
        return {
            "case": {
                "number": self.case["number"],
                "title": self.case["title"],
                "organisation": organisation["key"],
                "organisation_name": organisation["name"],
                "today": self.today,
                "started_on": local_date(self.case["created_at"]),
                "submitted_on": self.case["submitted_at"] and local_date(self.case["submitted_at"]),
                "accepted_on": self.case["accepted_at"] and local_date(self.case["accepted_at"]),
            },
            "organisation": {"name": organisation["name"], "uscc": organisation["uscc"], "key": organisation["key"]},
            "promise": {"working_days": self.package.manifest.promise and self.package.manifest.promise.working_days},
            "contact": {"name": settings.contact, "telephone": settings.telephone},
            "parameters": self.package.manifest.parameter_values,
            "document": {"date": self.today},
        }

    def _decide(self, decision_id: str, scope: Mapping[str, Any]) -> Any:
        evaluation = self.package.decisions[decision_id].evaluate(scope)
        fired = [{"rule": rule.rule_id, "number": rule.number, "clause": rule.clause} for rule in evaluation.fired]
        body = {"decision": decision_id, "fired": fired, "clauses": self.loaded.clauses_id}
        self.effects.events.append(("decision.evaluated", body))
        return evaluation.result

    # --- what commands note ---

    def hold_duty(self, duty: str | None) -> None:
        if duty and self.actor:
            holders = self.duties.setdefault(duty, [])
            if self.actor.person_id not in holders:
                holders.append(self.actor.person_id)

    def end_task(self, task: Mapping[str, Any], state: str = "completed") -> None:
        self.ended_tasks[task["id"]] = {"state": state, "ended_by": self.actor.person_id if self.actor else None}

    def open_for(self, actor: Actor) -> tuple[str, ...]:
        """Tasks of this case that this step opened for the actor's posts."""
        return tuple(row["id"] for row in self.opened if row["post_id"] in actor.post_ids)

    # --- writing ---

    def write(self) -> None:
        """Everything of this step, in as few statements as there are tables; `CaseMoved` where somebody was first."""
        self._note_effects()
        opened, closed = self._task_rows()
        self.opened = opened
        self._follow_clock()
        self._follow_state()
        issuing.write_documents(self)
        self._event_of_change(opened, closed)
        events, head = self._event_rows()
        self._write_case(head)
        self.transaction.execute(sa.insert(tables.event), events)
        self._write_scopes()
        self._write_tasks(opened, closed)
        self._write_timers()
        for name in ("entry", "document"):
            if self.rows[name]:
                self.transaction.execute(sa.insert(tables.metadata.tables[name]), self.rows[name])
        upsert(
            self.transaction, tables.outcome, self.rows["outcome"], ("label", "result", "reason_public", "clause", "at")
        )
        self._tell(opened)
        if self.jobs:
            jobs.defer(self.transaction, self.jobs)

    def _note_effects(self) -> None:
        self.events += self.effects.events
        self.rows["outcome"] += [
            {
                "case_id": self.case["id"],
                "item_key": outcome.key,
                "label": outcome.label,
                "result": outcome.result,
                "reason_public": outcome.reason_public,
                "clause": outcome.clause,
                "at": self.now,
            }
            for outcome in self.effects.outcomes
        ]
        if self.effects.starts_promise and self.promise is None and self.package.manifest.promise:
            self.promise = Promise(self.package.manifest.promise.working_days, self.today)
            self.case["accepted_at"] = self.now
            self.events.append(("promise.started", {"working_days": self.promise.working_days}))

    def _task_rows(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        now_open = {task.id: task for task in self.run.open_tasks()}
        fresh = [task for key, task in now_open.items() if key not in self._open_before]
        gone = [task for key, task in self._open_before.items() if key not in now_open]
        posts = posts_of(self.transaction, {self._assignment(task) for task in fresh})
        opened = [self._task_row(task, posts[self._assignment(task)]) for task in fresh]
        closed = [
            {"id": task.id, "state": "cancelled", "ended_by": None} | self.ended_tasks.get(task.id, {}) for task in gone
        ]
        return opened, closed

    def _assignment(self, task: workflow.OpenTask) -> str:
        role = task.assignment or ""
        if "@" not in role and self.package.manifest.posts.get(role) == "organisation":
            return f"{role}@{self.loaded.organisation['key']}"
        return role

    def _task_row(self, task: workflow.OpenTask, post_id: str) -> dict[str, Any]:
        due_on = task.due and local_date(task.due)
        element = task.element if isinstance(task.element, dict) else {}
        return {
            "id": task.id,
            "case_id": self.case["id"],
            "node_id": task.node_id,
            "name": self.package.definition.nodes[task.node_id].name,
            "path": task.path,
            "item_key": element.get("key"),
            "form_id": task.form_id,
            "post_id": post_id,
            "state": "open",
            "claimed_by": None,
            "claimed_at": None,
            "revision": 0,
            "created_at": self.now,
            "due_at": task.due,
            "due_estimated": bool(due_on and self.calendar.is_estimated(self.today, due_on)),
            "ended_at": None,
            "ended_by": None,
        }

    def _follow_clock(self) -> None:
        """The promise stands while an open task says that it does."""
        if self.promise is None:
            return
        nodes = self.package.definition.nodes
        wanted = {reason for task in self.run.open_tasks() if (reason := nodes[task.node_id].properties.get("pauses"))}
        standing = {pause.reason for pause in self.promise.open_pauses}
        by = self.actor.name if self.actor else ""
        for reason in sorted(wanted - standing):
            self.promise = self.promise.pause(reason, self.today, by)
            self.events.append(("promise.paused", {"reason": reason}))
        for reason in sorted(standing - wanted):
            self.promise = self.promise.resume(reason, self.today)
            self.events.append(("promise.resumed", {"reason": reason}))
        deadline = self.promise.due(self.calendar)
        self.case["due_on"], self.case["due_estimated"] = deadline.date, deadline.estimated
        self.case["promise"] = self.promise.to_json()

    def _follow_state(self) -> None:
        nodes = self.package.definition.nodes
        stated = [state for task in self.run.open_tasks() if (state := nodes[task.node_id].properties.get("state"))]
        if self.run.finished:
            end = self.run.end_node
            self.case["state"], self.case["closed_at"] = "closed", self.now
            self.case["outcome"] = end and self.run.properties(end).get("outcome")
            self.events.append(("case.closed", {"outcome": self.case["outcome"]}))
        elif stated:
            self.case["state"] = stated[0]

    def _event_of_change(self, opened: list[dict[str, Any]], closed: list[dict[str, Any]]) -> None:
        """The first event of a step also says what it changed, so that the case can be rebuilt from its events."""
        if not self.events:
            return
        kind, body = self.events[0]
        scopes = self.run.scopes()
        self.events[0] = (
            kind,
            {
                **body,
                "opened": [
                    {
                        "task": row["id"],
                        "node": row["node_id"],
                        "path": row["path"],
                        "post": row["post_id"],
                        "due": row["due_at"],
                    }
                    for row in opened
                ],
                "closed": [{"task": row["id"], "state": row["state"]} for row in closed],
                "flows": self.run.taken,
                "timers": [{"node": t.node_id, "path": t.path, "due": t.due} for t in self.run.timers()],
                "variables": {p: v for p, v in scopes.items() if encode(v) != self._written.get(p)},
                "ended_scopes": sorted(set(self._written) - set(scopes)),
                "state": self.case["state"],
                "promise": self.case["promise"],
            },
        )

    def _event_rows(self) -> tuple[list[dict[str, Any]], audit.Head]:
        head = audit.Head(self.case["id"], self.case["event_seq"], self.case["event_hash"])
        rows = []
        for kind, body in self.events:
            row, head = audit.link(
                head,
                kind,
                self.now,
                self.actor.person_id if self.actor else None,
                self.loaded.task.get("post_id"),
                body,
            )
            rows.append(row)
        return rows, head

    def _write_case(self, head: audit.Head) -> None:
        values = {
            "duties": encode(self.duties),
            "engine_state": self.run.state(),
            "scope_count": len(self.run.scopes()),
            "event_seq": head.seq,
            "event_hash": head.hash,
            "revision": self.case["revision"] + 1,
        }
        if self.case["engine_state"]:
            written = self._update_case(values | {name: self.case[name] for name in CHANGING})
        else:
            insert = insert_into(self.transaction, tables.case).values(self.case | values).on_conflict_do_nothing()
            written = self.transaction.execute(insert.returning(tables.case.c.id)).first() is not None
        if not written:
            raise CaseMoved

    def _update_case(self, values: dict[str, Any]) -> bool:
        table = tables.case
        unmoved = (table.c.id == self.case["id"], table.c.revision == self.case["revision"])
        return self.transaction.execute(sa.update(table).where(*unmoved).values(values)).rowcount == 1

    def _write_scopes(self) -> None:
        scopes = {path: encode(values) for path, values in self.run.scopes().items()}
        changed = [
            {"case_id": self.case["id"], "path": path, "values": text}
            for path, text in scopes.items()
            if self._written.get(path) != text
        ]
        upsert(self.transaction, tables.scope, changed, ("values",))
        if gone := set(self._written) - set(scopes):
            self.transaction.execute(
                sa.delete(tables.scope).where(
                    tables.scope.c.case_id == self.case["id"], tables.scope.c.path.in_(sorted(gone))
                )
            )

    def _write_tasks(self, opened: list[dict[str, Any]], closed: list[dict[str, Any]]) -> None:
        """New and ended tasks in one statement; for the ended only their end is taken over."""
        ended = []
        for row in closed:
            task = self._open_before[row["id"]]
            blank = self._task_row(task, self.loaded.task.get("post_id") or "")
            ended.append(blank | {"state": row["state"], "ended_at": self.now, "ended_by": row["ended_by"]})
        upsert(self.transaction, tables.task, opened + ended, ("state", "ended_at", "ended_by"))

    def _write_timers(self) -> None:
        now_armed = {timer.id: timer for timer in self.run.timers()}
        rows = [self._timer_row(timer, "armed") for key, timer in now_armed.items() if key not in self._timers_before]
        rows += [
            self._timer_row(timer, "fired" if timer.due <= self.now else "dropped")
            for key, timer in self._timers_before.items()
            if key not in now_armed
        ]
        upsert(self.transaction, tables.timer, rows, ("state",))

    def _timer_row(self, timer: workflow.DueTimer, state: str) -> dict[str, Any]:
        return {
            "id": timer.id,
            "case_id": self.case["id"],
            "node_id": timer.node_id,
            "due_at": timer.due,
            "state": state,
        }

    def _tell(self, opened: list[dict[str, Any]]) -> None:
        """Who has a new task, and whom the process names, finds it among the notices."""
        told = [(row["post_id"], f"{self.case['title']}：{row['name']}") for row in opened]
        posts = posts_of(self.transaction, {to for to, _ in self.effects.notices})
        told += [(posts[to], text) for to, text in self.effects.notices]
        rows = [
            {
                "id": new_id(),
                "key": f"{self.case['id']}:{self.case['revision'] + 1}:{place}",
                "post_id": post_id,
                "case_id": self.case["id"],
                "text": text,
                "at": self.now,
                "read_at": None,
                "read_by": None,
            }
            for place, (post_id, text) in enumerate(told)
        ]
        if rows:
            self.transaction.execute(sa.insert(tables.notification), rows)


def decode_duties(text: str) -> dict[str, list[str]]:
    return dict(decode(text))


def new_entry(step: Step, task: Mapping[str, Any], values: Mapping[str, Any]) -> str:
    """The submitted form as a row that is never changed; gives its id."""
    assert step.actor is not None
    entry_id = new_id()
    step.rows["entry"].append(
        {
            "id": entry_id,
            "case_id": step.case["id"],
            "task_id": task["id"],
            "node_id": task["node_id"],
            "form_id": task["form_id"] or "",
            "person_id": step.actor.person_id,
            "post_id": task["post_id"],
            "at": step.now,
            "values": encode(dict(values)),
        }
    )
    return entry_id
