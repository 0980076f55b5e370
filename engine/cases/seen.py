"""The rows of one case, gathered once for the person who reads it; what they may see is decided here."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from engine import workflow
from engine.calendar import local_date
from engine.cases import history
from engine.cases.authority import authorised
from engine.cases.beside import beside
from engine.cases.door import Sight, hidden, sight
from engine.cases.loading import Loaded, numbers_of, scopes_of
from engine.cases.materials import Submitted, standing, submitted
from engine.cases.names import case_names
from engine.cases.personal import masked, with_masks
from engine.cases.relations import CallView, calls_of
from engine.identity import Actor
from engine.installation import Installation
from engine.packages import AUTHORITIES, CompiledPackage
from engine.store import Transaction, tables
from engine.store.values import decode

Row = Mapping[str, Any]


class Seen:
    """Gathers the rows of one case once; the parts of the view are made from them."""

    def __init__(self, installation: Installation, transaction: Transaction, actor: Actor, loaded: Loaded) -> None:
        self.installation, self.transaction, self.actor, self.loaded = installation, transaction, actor, loaded
        self.row = loaded.case
        self.tasks = self._tasks()
        self.sight = sight(actor, self.row, {task["post_id"] for task in self.tasks})
        if self.sight is Sight.NONE:
            raise hidden()
        self.package: CompiledPackage = installation.package(transaction, self.row["version_id"])
        self.known = masked(installation, numbers_of(loaded))
        self.scopes = scopes_of(loaded)
        self.root = with_masks(self.scopes[""], self.known)
        self.entry_rows = self._entry_rows()
        self.beside = beside(transaction, self.row["id"])
        self.every_file = self.beside["files"]
        self.files = self._files()
        self.today = local_date(installation.clock.now())

    def _tasks(self) -> list[Row]:
        claimer = tables.person.alias("claimer")
        source = tables.task.join(tables.post, tables.post.c.id == tables.task.c.post_id)
        source = source.join(tables.organisation, tables.organisation.c.id == tables.post.c.organisation_id)
        query = (
            sa.select(
                tables.task,
                tables.post.c.title.label("post_title"),
                tables.post.c.organisation_id,
                tables.organisation.c.name.label("organisation_name"),
                claimer.c.name.label("claimer_name"),
            )
            .select_from(source.outerjoin(claimer, claimer.c.id == tables.task.c.claimed_by))
            .where(tables.task.c.case_id == self.row["id"])
            .order_by(tables.task.c.created_at, tables.task.c.node_id, tables.task.c.item_key)
        )
        return [dict(row) for row in self.transaction.execute(query).mappings()]

    def _entry_rows(self) -> list[dict[str, Any]]:
        post, person, organisation = tables.post, tables.person, tables.organisation
        owner = person.alias("owner")
        source = tables.entry.join(post, post.c.id == tables.entry.c.post_id)
        source = source.join(person, person.c.id == tables.entry.c.person_id)
        source = source.join(organisation, organisation.c.id == post.c.organisation_id)
        source = source.outerjoin(owner, owner.c.id == tables.entry.c.acting_for)
        query = (
            sa.select(
                tables.entry,
                owner.c.name.label("owner_name"),
                post.c.title.label("post_title"),
                post.c.organisation_id,
                person.c.name.label("person_name"),
                organisation.c.name.label("organisation_name"),
            )
            .select_from(source)
            .where(tables.entry.c.case_id == self.row["id"])
            .order_by(tables.entry.c.id)
        )
        rows = self.transaction.execute(query).mappings()
        return [dict(row) | {"values": decode(row["values"])} for row in rows]

    def _files(self) -> dict[str, list[dict[str, Any]]]:
        """For the association the files as they stand; for everybody else as they were submitted."""
        if self.sight is Sight.OWN:
            return standing(self.every_file)
        entries = [Submitted.of(row["form_id"], row["values"]) for row in self.entry_rows]
        return submitted(self.package, entries, self.every_file)

    @cached_property
    def outcomes(self) -> dict[str, Row]:
        """The results as recorded, for those who may know of any."""
        if self.sight not in {Sight.FULL, Sight.OWN}:
            return {}
        return {row["item_key"]: row for row in self.beside["outcomes"]}

    @cached_property
    def events(self) -> list[Row]:
        """The chain of the case, the latest first."""
        return list(history.events_of(self.transaction, self.row["id"]))

    def may_see_task(self, task: Row) -> bool:
        """Whether the person may know of a task: the department of all, others of their own."""
        return self.sight is Sight.FULL or task["post_id"] in self.actor.post_ids

    def may_read(self, row: Row) -> bool:
        """Whether an entry is for this person."""
        own = row["post_id"] in self.actor.post_ids or row["organisation_id"] == self.row["organisation_id"]
        match self.sight:
            case Sight.FULL:
                return True
            case Sight.OWN | Sight.MATERIALS:
                return own
            case _:
                return row["post_id"] in self.actor.post_ids

    def names(self) -> dict[str, Any]:
        """What expressions may name beside the variables of a scope."""
        case = {
            "number": self.row["number"],
            "title": self.row["title"],
            "organisation": self.loaded.organisation["key"],
            "organisation_name": self.loaded.organisation["name"],
            "organisation_uscc": self.loaded.organisation["uscc"],
            "today": self.today,
        }
        return case_names(self.package, case, self.installation.calendar(), self.today)

    def scope_of(self, task: Row) -> dict[str, Any]:
        """The variables that the form of a task sees."""
        return dict(self.run().scope(task["parent_id"] or task["id"]))

    def run(self) -> workflow.Run:
        """The case restored for reading."""
        runtime = workflow.Runtime(self.installation.clock, self.names())
        return workflow.restore(self.package.definition, runtime, self.row["engine_state"], self.scopes)

    def calls(self) -> tuple[CallView, ...]:
        """The cases that this one calls, as the person may know of them."""
        return calls_of(self.beside["calls"], self.package, self.sight)

    def authorities(self) -> frozenset[str]:
        """The verbs of authority that the person has over this case."""
        if self.sight is not Sight.FULL or self.row["state"] == "closed":
            return frozenset()
        return frozenset(verb for verb in AUTHORITIES if authorised(self.package, self.actor, verb))

    def findings(self, key: str) -> tuple[dict[str, Any], ...]:
        """What the rules found about a member, or about the whole case."""
        if self.sight not in {Sight.OWN, Sight.FULL}:
            return ()
        return tuple((self.root.get("findings") or {}).get(key, ()))
