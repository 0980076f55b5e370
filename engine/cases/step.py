"""One step of one case: restore, act, settle, and write state, variables, tasks, timers, events and jobs together."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from engine import audit, jobs, workflow
from engine.calendar import Promise, local_date
from engine.cases import actions, calls, issuing, publicity, recording
from engine.cases.associations import file_later
from engine.cases.effects import Effects
from engine.cases.indexing import found_by
from engine.cases.loading import Loaded, numbers_of
from engine.cases.names import case_names
from engine.cases.personal import masked, with_masks
from engine.cases.registering import register
from engine.cases.sending import note_again, note_sent
from engine.cases.writing import NOTHING, Shape, Writer
from engine.identity import Actor
from engine.installation import Installation
from engine.packages import CompiledPackage
from engine.store import Transaction, new_id, tables
from engine.store.values import decode, encode


class Step:
    """The case while a command works on it. `write` is called once, last."""

    def __init__(
        self,
        installation: Installation,
        transaction: Transaction,
        loaded: Loaded,
        actor: Actor | None,
        assign: Mapping[str, Any] | None = None,
        post_id: str | None = None,
        hops: int = 0,
    ) -> None:
        """`assign` are variables of the case that the command itself sets; `post_id` the post by which the actor acts,
        where it is not that of the task; `hops` how many cases handed on to each other before this step, with nobody
        acting in between."""
        self.installation, self.transaction, self.loaded, self.actor = installation, transaction, loaded, actor
        self.post_id = post_id or loaded.task.get("post_id")
        self.hops = hops
        self.now = installation.clock.now()
        self.today = local_date(self.now)
        self.case = dict(loaded.case)
        self.package: CompiledPackage = installation.package(transaction, self.case["version_id"])
        self.calendar = installation.calendar()
        self.effects = Effects()
        self.promise = Promise.from_json(self.case["promise"])
        self.duties: dict[str, list[str]] = decode_duties(self.case["duties"])
        self.rows: dict[str, list[dict[str, Any]]] = {
            name: [] for name in ("entry", "document", "outcome", "message", "publicity", "objection")
        }
        self.events: list[tuple[str, dict[str, Any]]] = []
        self.preface: list[tuple[str, dict[str, Any], str, str]] = []  # what others did first: with person and post
        self.sealed: list[dict[str, Any]] = []  # personal numbers that the form of this step brought
        self.jobs: list[dict[str, Any]] = []
        self.opened: list[dict[str, Any]] = []
        self.ended_tasks: dict[str, dict[str, Any]] = {}
        self.answers: dict[str, str | None] = {}  # calls that this step answers, with the outcome of the called case
        self.outcome: str | None = None  # of a case that ends here without an end event
        self.disarmed: set[str] = set()  # timers that went otherwise than by firing, due or not
        self._facts = self.facts()
        self._before = replace(NOTHING, own=self.package.manifest.own_messages)
        self.publicised: frozenset[str] = frozenset()  # paths that were open to objection before
        self.run = self._begin() if not self.case["engine_state"] else self._restore(assign or {})

    # --- what the process sees ---

    def _begin(self) -> workflow.Run:
        return workflow.start(self.package.definition, self._runtime(), self.loaded.root)

    def _restore(self, assign: Mapping[str, Any]) -> workflow.Run:
        texts = self.loaded.other_texts
        scopes = {"": self.loaded.root} | {path: decode(text) for path, text in texts.items()}
        given = scopes | {"": {**self.loaded.root, **assign}}
        run = workflow.restore(self.package.definition, self._runtime(), self.case["engine_state"], given)
        self._before = Shape.restored(run, scopes, {"": self.loaded.root_text, **texts}, self._before.own)
        self.publicised = publicity.open_paths(self.package, run)
        return run

    def around(self) -> actions.Surroundings:
        """What the actions of this step may read."""
        return actions.Surroundings(
            self.package,
            lambda: self.installation.clauses(self.transaction, self.loaded.clauses_id, self.today),
            self.today,
            self.effects,
            self._facts,
            self._waiting,
            lambda value: with_masks(value, self._masks),
        )

    def _runtime(self) -> workflow.Runtime:
        return workflow.Runtime(
            self.installation.clock,
            self.names(),
            actions.registered(self.around()),
            self._decide,
        )

    @cached_property
    def _masks(self) -> Mapping[str, Any]:
        """Of the personal numbers of the case, decrypted when a document first prints one."""
        return masked(self.installation, [*numbers_of(self.loaded), *self.sealed])

    def _waiting(self, node_id: str) -> list[str]:
        """Whom the open tasks of a node wait for: the items of a multi-instance by name, else the task itself."""
        open_tasks = [task for task in self.run.open_tasks() if task.node_id == node_id]
        items = [task.element.get("name") if isinstance(task.element, dict) else None for task in open_tasks]
        return [name if isinstance(name, str) else self.package.definition.nodes[node_id].name for name in items]

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
                "organisation_uscc": organisation["uscc"],
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
        decision = self.package.decisions[decision_id]
        evaluation = decision.evaluate(scope)
        fired = [{"rule": rule.rule_id, "number": rule.number, "clause": rule.clause} for rule in evaluation.fired]
        body = {"decision": decision_id, "fired": fired, "clauses": self.loaded.clauses_id}
        self.effects.events.append(("decision.evaluated", body))
        # a step that walks the rows of a table of which none fired has nothing to do; null would stop the case
        return [] if evaluation.result is None and decision.gives_rows else evaluation.result

    # --- what commands note ---

    def hold_duty(self, duty: str | None) -> None:
        if duty and self.actor:
            holders = self.duties.setdefault(duty, [])
            if self.actor.person_id not in holders:
                holders.append(self.actor.person_id)

    def end_task(self, task: Mapping[str, Any], state: str = "completed") -> None:
        self.ended_tasks[task["id"]] = {"state": state, "ended_by": self.actor.person_id if self.actor else None}

    def migrate(self, package: CompiledPackage, began: workflow.Beginning) -> workflow.Migration:
        """The case on another version of its process; where there are obstacles it stays as it was."""
        before, self.package = self.package, package
        self._facts.update(self.facts())
        migration = workflow.migrate(self.run, package.definition, self._runtime(), began)
        if migration.run is None:
            self.package = before
            self._facts.update(self.facts())
        else:
            self.run = migration.run
        return migration

    def open_for(self, actor: Actor) -> tuple[str, ...]:
        """Tasks of this case that this step opened for the actor's posts."""
        return tuple(row["id"] for row in self.opened if row["post_id"] in actor.post_ids)

    def working_nodes(self) -> list[workflow.Node]:
        """The nodes of open tasks, then those of calls, one for each that waits."""
        nodes = self.package.definition.nodes
        ids = [task.node_id for task in self.run.open_tasks()] + [call.node_id for call in self.run.calls()]
        return [nodes[node_id] for node_id in ids]

    def waiting_nodes(self) -> list[workflow.Node]:
        """The same, then the catching events on the way."""
        nodes = self.package.definition.nodes
        events = [timer.node_id for timer in self.run.timers()] + [event.node_id for event in self.run.expected()]
        catching = ("intermediateCatchEvent", "receiveTask")
        return self.working_nodes() + [nodes[one] for one in events if nodes[one].kind in catching]

    # --- writing ---

    def write(self) -> None:
        """Everything of this step in one go; `CaseMoved` where somebody was first."""
        self._note_effects()
        waiting = self.waiting_nodes()
        self._follow_clock(waiting)
        self._follow_state(waiting)
        issuing.write_documents(self)
        publicity.follow(self)
        writer = Writer(self, self._before, self._before.moved_to(self.run))
        writer.write()
        self.opened = writer.opened

    def note(self, events: list[tuple[str, dict[str, Any]]], post_id: str | None = None) -> None:
        """Record what leaves the process where it is, with the entries of this step; instead of `write`."""
        head = audit.Head(self.case["id"], self.case["event_seq"], self.case["event_hash"])
        person = self.actor.person_id if self.actor else None
        post = post_id or self.post_id
        recording.record_on_case(
            self.transaction, head, events, person, self.now, post, review_count=self.case["review_count"]
        )
        if self.rows["entry"]:
            self.transaction.execute(sa.insert(tables.entry), self.rows["entry"])

    def _note_effects(self) -> None:
        self.events += self.effects.events
        note_again(self)
        note_sent(self)
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
        for message in self.effects.archives:
            payload = {"case": self.case["id"], "number": self.case["number"], "message": message}
            key = f"archive-case:{self.case['id']}:{self.case['revision']}"
            self.jobs.append(jobs.row("archive-case", key, payload, self.now))
        if self.effects.registered is not None:
            register(self, *self.effects.registered)
        if self.effects.answers_by_results:
            self.effects.answer = calls.told_by_results(self)
        if self.effects.answer:
            self.jobs += calls.answered_early(self, self.effects.answer)
        if self.effects.starts_promise and self.promise is None and self.package.manifest.promise:
            self.promise = Promise(self.package.manifest.promise.working_days, self.today)
            self.case["accepted_at"] = self.now
            self.events.append(("promise.started", {"working_days": self.promise.working_days}))

    def _follow_clock(self, waiting: list[workflow.Node]) -> None:
        """The promise stands while what the case waits for says so, and is kept when only what comes after it is left."""
        if self.promise is None or self.promise.ended_on is not None:
            return
        wanted = {reason: node.name for node in waiting if (reason := node.properties.get("pauses"))}
        if self.case["suspended_at"]:
            wanted["suspension"] = "中止办理"
        standing = {pause.reason for pause in self.promise.open_pauses}
        by = self.actor.name if self.actor else "系统"
        for reason in sorted(set(wanted) - standing):
            self.promise = self.promise.pause(reason, self.today, by, wanted[reason])
            self.events.append(("promise.paused", {"reason": reason, "by": by, "basis": wanted[reason]}))
        for reason in sorted(standing - set(wanted)):
            self.promise = self.promise.resume(reason, self.today)
            self.events.append(("promise.resumed", {"reason": reason, "by": by}))
        if waiting and all(node.properties.get("promised") == "false" for node in waiting):
            self.promise = self.promise.end(self.today)
            self.events.append(("promise.kept", {"used": self.promise.used(self.calendar, self.today)}))
        deadline = self.promise.due(self.calendar)
        self.case["due_on"], self.case["due_estimated"] = deadline.date, deadline.estimated
        self.case["promise"] = self.promise.to_json()

    def _follow_state(self, waiting: list[workflow.Node]) -> None:
        stated = [state for node in waiting if (state := node.properties.get("state"))]
        if self.run.finished:
            end = self.run.end_node
            self.case["state"], self.case["closed_at"] = "closed", self.now
            if self.promise is not None:
                self.case["used_days"] = self.promise.used(self.calendar, self.today)
            self.case["outcome"] = self.run.property_of(end, "outcome") if end else self.outcome
            self.events.append(("case.closed", {"outcome": self.case["outcome"]}))
            file_later(self)
            self.jobs += calls.end_of_called(self)
        elif stated:
            self.case["state"] = stated[0]
        elif self.case["state"] == "draft" and self.case["submitted_at"] is not None:
            self.case["state"] = "submitted"  # a draft is seen by nobody but the association


def decode_duties(text: str) -> dict[str, list[str]]:
    return dict(decode(text))


def new_entry(step: Step, task: Mapping[str, Any], values: Mapping[str, Any]) -> str:
    """The submitted form as a row that is never changed; gives its id."""
    assert step.actor is not None
    row = entry_row(step, task, values, step.actor.person_id)
    step.rows["entry"].append(row)
    return str(row["id"])


def acting_for(step: Step, task: Mapping[str, Any]) -> str | None:
    """Whose deputy the actor of a step is, where that is how the task is the actor's."""
    held = step.actor.post(task["post_id"]) if step.actor else None
    return held.acting_for_id if held else None


def entry_row(step: Step, task: Mapping[str, Any], values: Mapping[str, Any], person_id: str) -> dict[str, Any]:
    """What a person submitted with a task, and what the case is found by from then on."""
    posts = step.actor.posts if step.actor else ()
    own = any(one.id == task["post_id"] and one.organisation_id == step.case["organisation_id"] for one in posts)
    names = (step.case["number"], step.case["title"], step.loaded.organisation["name"])
    return {
        "id": new_id(),
        "case_id": step.case["id"],
        "task_id": task["id"],
        "node_id": task["node_id"],
        "form_id": task["form_id"] or "",
        "person_id": person_id,
        "post_id": task["post_id"],
        "at": step.now,
        "values": encode(dict(values)),
        "acting_for": acting_for(step, task),
        **found_by(step.package, task["form_id"], values, names if own else None),
    }
