"""Plays the parts of everybody in a case of the leader review, with the answers of the package's own scenario."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa

from engine import audit, cases, forms, identity, packages, store
from engine.calendar import local_date
from engine.cases import AttachmentRef, Completed
from engine.forms.personal import read_personal
from engine.identity import Actor
from engine.keys import audit_trust
from engine.scenarios import Complete, read_all
from engine.store import new_id, tables
from engine.store.values import decode
from engine.walkthrough import sample_page
from tests.cases.snapshots import brought
from tests.installations import BPMN, Office

PACKAGE = "leader_review"
WAY = (
    "Task_submit",
    "Task_accept",
    "Task_party_initial",
    "Task_send_requests",
    "MI_joint_check",
    "Task_summary",
    "Task_head_review",
    "Task_meeting",
    "Task_publicise",
    "Task_sign",
    "Task_seal",
    "Task_serve",
    "Task_election",
    "Task_archive",
)
LOGINS = {
    "applicant": "coldchain",
    "acceptor": "acceptor",
    "handler_a": "handler-a",
    "handler_b": "handler-b",
    "division_head": "head",
    "meeting_secretary": "secretary",
    "bureau_leader": "leader",
    "seal_keeper": "seal",
    "document_clerk": "clerk",
}


@dataclass(frozen=True)
class Open:
    """An open task, as its row says."""

    id: str
    node: str
    item: str | None
    post: str
    claimed_by: str | None


@cache
def steps_of(scenario: str, package: str = PACKAGE, called: str = "") -> tuple[tuple[str, Mapping[str, Any]], ...]:
    """What a scenario of the package fills in, node by node in its order: in its own case, or in one that it calls."""
    loaded = packages.load_folder(BPMN / package)
    found = next(one for one in read_all(loaded.files) if one.id == scenario)
    way = [called] if called else []
    acts = [one.act for one in found.steps if isinstance(one.act, Complete) and [at.node for at in one.case] == way]
    return tuple((act.node, act.values) for act in acts)


def answers_of(scenario: str, package: str = PACKAGE, called: str = "") -> dict[str, Mapping[str, Any]]:
    """The same by node; the last time that it comes to the node."""
    return dict(steps_of(scenario, package, called))


class Play:
    """One office, any number of cases."""

    def __init__(self, office: Office, scenario: str = "LS01", package: str = PACKAGE, called: str = "") -> None:
        self.office, self.installation, self.clock = office, office.installation, office.clock
        self.scenario, self.package, self.answers = scenario, package, answers_of(scenario, package, called)
        self._holders: dict[str, str] = {}
        self.tampered = False  # said by a test that changes rows behind the commands

    # --- who ---

    def actor(self, role: str) -> Actor:
        return self.office.actor(LOGINS.get(role, role))

    def holder(self, post_id: str) -> Actor:
        """The person whom the demonstration gave the post."""
        if not self._holders:
            query = sa.select(tables.post_holder.c.post_id, tables.person.c.login).join(
                tables.person, tables.person.c.id == tables.post_holder.c.person_id
            )
            with store.reading(self.installation.database) as transaction:
                self._holders = {row.post_id: row.login for row in transaction.execute(query)}
        return self.office.actor(self._holders[post_id])

    def also(self, login: str, role: str) -> Actor:
        """Give a post of the department to another person as well."""
        with self.writing() as transaction:
            person_id = self.office.actor(login).person_id
            post_id = identity.find_post(transaction, role)
            identity.assign(transaction, post_id=post_id, person_id=person_id, since=local_date(self.clock.now()))
        return self.office.actor(login)

    def new_person(self, login: str, role: str) -> None:
        """Somebody new in the department, in a post that is set up for it."""
        with self.writing() as transaction:
            person_id = identity.add_person(transaction, login=login, name=login, password="long-enough-for-tests")
            post_id = identity.post_of(transaction, role, title=role)
            identity.assign(transaction, post_id=post_id, person_id=person_id, since=local_date(self.clock.now()))

    # --- what there is ---

    def open(self, case_id: str) -> list[Open]:
        task = tables.task
        query = sa.select(task).where(task.c.case_id == case_id, task.c.state == "open").order_by(task.c.id)
        with store.reading(self.installation.database) as transaction:
            return [
                Open(row.id, row.node_id, row.item_key, row.post_id, row.claimed_by)
                for row in transaction.execute(query)
            ]

    def task(self, case_id: str, node: str, item: str | None = None) -> Open:
        found = [one for one in self.open(case_id) if one.node == node and item in {None, one.item}]
        assert found, f"{node} is not open; open are {self.open(case_id)}"
        return found[0]

    def row(self, case_id: str) -> dict[str, Any]:
        with store.reading(self.installation.database) as transaction:
            query = sa.select(tables.case).where(tables.case.c.id == case_id)
            return dict(transaction.execute(query).mappings().one())

    def rows(self, table: sa.Table, *conditions: Any) -> list[dict[str, Any]]:
        with store.reading(self.installation.database) as transaction:
            query = sa.select(table).where(*conditions).order_by(*table.primary_key)
            return [dict(row) for row in transaction.execute(query).mappings()]

    def events(self, case_id: str) -> list[tuple[str, dict[str, Any]]]:
        """(kind, body) of the case's chain in order."""
        rows = self.rows(tables.event, tables.event.c.chain == case_id)
        return [(row["kind"], decode(row["body"])) for row in rows]

    def faults(self) -> list[audit.Fault]:
        """What the verification of every chain finds."""
        with store.reading(self.installation.database) as transaction:
            return audit.verify(transaction, audit_trust(self.installation))

    def differences(self) -> list[str]:
        """What is stored otherwise than the events of the cases say."""
        with self.reading() as transaction:
            found = audit.replay(transaction, cases.readable(self.installation))
            return [str(one) for _, told in found for one in told]

    def writing(self) -> AbstractContextManager[store.Transaction]:
        return store.writing(self.installation.database)

    def reading(self) -> AbstractContextManager[store.Transaction]:
        return store.reading(self.installation.database)

    @contextmanager
    def watching(self, note: Callable[[str, Any], object]) -> Iterator[None]:
        """Tells every statement with its parameters."""

        def before(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
            note(statement, parameters)

        sa.event.listen(self.installation.database, "before_cursor_execute", before)
        try:
            yield
        finally:
            sa.event.remove(self.installation.database, "before_cursor_execute", before)

    # --- what they do ---

    def begin(self, key: str | None = None) -> str:
        return cases.start(self.installation, self.actor("applicant"), self.package, key or new_id()).case_id

    def attach(self, actor: Actor, task: Open, field: str, name: str) -> AttachmentRef:
        page = sample_page(f"{field} {name}")
        return cases.attach(self.installation, actor, task.id, field, name, page)

    def files(self, case_id: str, node: str = "Task_submit") -> None:
        """Every attachment that the scenario lists for a node."""
        task = self.task(case_id, node)
        wanted = self.answers[node].get("attachments", {})
        for field, names in wanted.items():
            for name in names if isinstance(names, list) else [names]:
                self.attach(self.holder(task.post), task, field, name)

    def values(self, node: str) -> dict[str, Any]:
        """The answers without the files."""
        return {name: value for name, value in self.answers.get(node, {}).items() if name != "attachments"}

    def complete(self, task: Open, values: Mapping[str, Any] | None = None, **options: Any) -> Completed:
        """The holder of the task's post completes it: signs what is shown, and has proved identity just now."""
        actor = options.pop("actor", None) or self.holder(task.post)
        if "proof" not in options:
            options["proof"] = self.office.proof(actor.login)
        if task.node.startswith("Task_sign") and "shown" not in options:
            shown = cases.prepare_documents(self.installation, actor, task.id)
            options["shown"] = {one.id: one.digest or "" for one in shown}
        given = self.values(task.node) if values is None else values
        revision = options.pop("revision", 0)
        return cases.complete(self.installation, actor, task.id, given, revision, **options)

    def do(self, case_id: str, node: str, values: Mapping[str, Any] | None = None) -> None:
        """Complete every open task of a node."""
        if "attachments" in self.answers[node]:
            self.files(case_id, node)
        for task in [one for one in self.open(case_id) if one.node == node]:
            self.complete(task, values)

    def until(self, node: str, key: str | None = None) -> str:
        """A case that waits at a node of the usual way."""
        if key is None and self.scenario == "LS01":
            return brought(self.installation, node, lambda: self._played_on(node))
        return self._played(node, key)

    def _played_on(self, node: str) -> str:
        """From the node before, which is kept as well: no step of the way is played twice a session."""
        before = WAY[: WAY.index(node)]
        if not before:
            return self._played(node, None)
        case_id = self.until(before[-1])
        self.go(case_id, before[-1])
        assert self.task(case_id, node)
        return case_id

    def _played(self, node: str, key: str | None) -> str:
        case_id = self.begin(key)
        for done in WAY[: WAY.index(node)]:
            self.go(case_id, done)
        assert self.task(case_id, node)
        return case_id

    def go(self, case_id: str, node: str) -> None:
        """Complete a node of the usual way, and what follows by itself."""
        self.do(case_id, node)
        self.follow(case_id, node)

    def follow(self, case_id: str, node: str) -> None:
        """After the notice nobody objects, and the days go by; what is served is received; what is archived is checked."""
        if node == "Task_publicise":
            self.office.work_off()  # the notice is sealed on its day
            self.later(days=8)
            while cases.fire_timers(self.installation):
                pass  # so many at a time
        elif node == "Task_serve":
            document = tables.document.c
            issued = (document.case_id == case_id, document.reader == "applicant", document.addressee_id.is_(None))
            for row in self.rows(tables.document, *issued, tables.document.c.state == "issued"):
                cases.receive_document(self.installation, self.actor("applicant"), row["id"])
        elif node == "Task_archive":
            self.office.work_off()

    def whole(self) -> str:
        """A case from the application to the archive, its jobs run: by the commands, never a copy."""
        case_id = self._played("Task_archive", None)
        self.go(case_id, "Task_archive")
        return case_id

    def closed(self) -> str:
        """The same, from where an earlier test came by the commands: for what is read of a case that has ended."""
        return brought(self.installation, "closed", self._closed_on) if self.scenario == "LS01" else self.whole()

    def _closed_on(self) -> str:
        case_id = self.until("Task_archive")
        self.go(case_id, "Task_archive")
        return case_id

    def candidates(self, **changes: Any) -> dict[str, Any]:
        """The application with its first candidate changed."""
        values = self.values("Task_submit")
        first, *others = values["candidates"]
        return values | {"candidates": [{**first, **changes}, *others]}

    def typed(self, kind: str, text: str) -> forms.Personal:
        """A number as a page hands it on."""
        derive = ("birth", "gender") if kind == "id_no" else ()
        return read_personal(kind, text, derive, local_date(self.clock.now()))

    def later(self, **span: float) -> None:
        self.clock.advance(timedelta(**span))
