"""Case and task for a person: one reading transaction, everything through the door of who may see."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from engine import forms, store, workflow
from engine.calendar import Promise, light, local_date
from engine.cases import documents as shown
from engine.cases import history, objecting
from engine.cases.asked import members_asked
from engine.cases.authority import authorised
from engine.cases.contexts import form_context
from engine.cases.door import Sight, hidden, look, sight
from engine.cases.handing import ASK, TRANSFER, choices
from engine.cases.inbox import due_of
from engine.cases.items import WITHDRAWN, withdrawable_items
from engine.cases.loading import Loaded, load_case, load_task, scopes_of
from engine.cases.materials import Submitted, all_files, of_entry, standing, submitted
from engine.cases.members import addable, added_by_hand
from engine.cases.names import case_names
from engine.cases.personal import masks, with_masks
from engine.cases.prefilling import known_answers
from engine.cases.relations import CallView, calls_of, parent_of
from engine.cases.returning import is_withdrawable, returns
from engine.cases.reviewforms import FORM, form_of, forms_of
from engine.cases.reviewrows import POSITIONS
from engine.cases.rules import WHOLE_CASE, member_key, members_of
from engine.cases.sharing import shared_fields
from engine.cases.views import (
    AttachmentView,
    CaseView,
    Clocks,
    CopyView,
    EntryView,
    ItemView,
    MemberChoice,
    OpenTaskView,
    PauseView,
    ReviewView,
    StepView,
    TaskView,
)
from engine.cases.words import OUTCOMES, STATES, name
from engine.identity import Actor
from engine.installation import Installation
from engine.packages import AUTHORITIES, CompiledPackage
from engine.store import Transaction, tables
from engine.store.values import decode

Row = Mapping[str, Any]


def case_view(installation: Installation, actor: Actor, case_id: str) -> CaseView:
    """`NotFound` where the person may not know of the case."""
    with store.reading(installation.database) as transaction:
        return _View(installation, transaction, actor, load_case(transaction, case_id, lock=False)).case()


def task_view(installation: Installation, actor: Actor, task_id: str) -> TaskView:
    """The task's form with its draft. Raises as `hold` does: other post, done, claimed by another."""
    with store.reading(installation.database) as transaction:
        loaded = load_task(transaction, task_id, lock=False)
        look(actor, loaded.task, loaded.case)
        return _View(installation, transaction, actor, loaded).task()


class _View:
    """Gathers the rows of one case once; the parts of the view are made from them."""

    def __init__(self, installation: Installation, transaction: Transaction, actor: Actor, loaded: Loaded) -> None:
        self.installation, self.transaction, self.actor, self.loaded = installation, transaction, actor, loaded
        self.row = loaded.case
        self.tasks = self._tasks()
        self.sight = sight(actor, self.row, {task["post_id"] for task in self.tasks})
        if self.sight is Sight.NONE:
            raise hidden()
        self.package: CompiledPackage = installation.package(transaction, self.row["version_id"])
        self.known = masks(installation, transaction, self.row["id"])
        self.scopes = scopes_of(loaded)
        self.root = with_masks(self.scopes[""], self.known)
        self.entry_rows = self._entry_rows()
        self.every_file = all_files(transaction, self.row["id"])
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

    # --- the case ---

    def case(self) -> CaseView:
        row = self.row
        documents = shown.documents_of(self.transaction, row["id"], self.sight, self.actor)
        return CaseView(
            id=row["id"],
            number=row["number"] or "草稿",
            title=row["title"],
            state=row["state"],
            state_name=name(STATES, row["state"]),
            outcome=row["outcome"],
            outcome_name=name(OUTCOMES, row["outcome"]),
            organisation=self.loaded.organisation["name"],
            package_key=row["package_key"],
            package_title=self.package.title,
            version=self.package.hash[:8],
            version_id=row["version_id"],
            created_at=row["created_at"],
            submitted_at=row["submitted_at"],
            closed_at=row["closed_at"],
            sight=self.sight,
            clocks=self._clocks(),
            promised_days=self.package.manifest.promise.working_days if self.package.manifest.promise else None,
            items=self._items(),
            findings=self._findings(WHOLE_CASE),
            entries=self._entries(),
            attachments=self._attachments(),
            tasks=self._open_tasks(),
            documents=documents,
            history=history.lines(self.transaction, row["id"], self.package, self.sight, self.actor, documents),
            steps=self._steps(),
            withdrawable=self._withdrawable(),
            withdrawable_items=self._withdrawable_items(),
            withdrawn_items=tuple(row["label"] for row in self._outcomes.values() if row["result"] == WITHDRAWN),
            suspended_at=row["suspended_at"],
            authorities=self._authorities(),
            addable=self._addable(),
            **self._objections(),
            parent=parent_of(self.transaction, row, self.sight),
            calls=self._calls(),
            **self._told(),
        )

    def _calls(self) -> tuple[CallView, ...]:
        return calls_of(self.transaction, self.row["id"], self.package, self.sight)

    def _authorities(self) -> frozenset[str]:
        if self.sight is not Sight.FULL or self.row["state"] == "closed":
            return frozenset()
        return frozenset(verb for verb in AUTHORITIES if authorised(self.package, self.actor, verb))

    def _addable(self) -> tuple[MemberChoice, ...]:
        """Whom the person may add to the multi-instances that run."""
        nodes = self.package.definition.nodes
        running = {
            t["node_id"] for t in self.tasks if t["state"] == "open" and "addable" in nodes[t["node_id"]].properties
        }
        if not running or "reviewers" not in self._authorities():
            return ()
        run = self._run()
        return tuple(
            MemberChoice(node_id, nodes[node_id].name, str(one["key"]), str(one.get("name") or one["key"]))
            for node_id in sorted(running)
            for one in addable(run, nodes[node_id])
        )

    def _objections(self) -> dict[str, Any]:
        """What the public says against members, for the department, where the process makes them public."""
        if self.package.manifest.publicity is None or self.sight is not Sight.FULL:
            return {}
        label = self.package.manifest.item_label
        labels = {member_key(one): str(one.get(label) or "") for one in members_of(self.package, self.root)}
        return {
            "objections": objecting.objections_of(self.transaction, self.row["id"], labels),
            "reads_objections": objecting.may_read(self.package, self.actor),
        }

    def _told(self) -> dict[str, Any]:
        """The copies that were sent, for the department, and how much the person's own posts have not read."""
        told, reader, post = tables.notification, tables.person, tables.post
        source = told.join(post, post.c.id == told.c.post_id).outerjoin(reader, reader.c.id == told.c.read_by)
        unread = sa.and_(told.c.post_id.in_(sorted(self.actor.post_ids)), told.c.read_at.is_(None))
        query = (
            sa.select(
                told, post.c.title.label("post_title"), reader.c.name.label("reader_name"), unread.label("unread")
            )
            .select_from(source)
            .where(told.c.case_id == self.row["id"], sa.or_(told.c.kind == "copy", unread))
            .order_by(told.c.id)
        )
        rows = [dict(row) for row in self.transaction.execute(query).mappings()]
        copies = [row for row in rows if row["kind"] == "copy" and self.sight is Sight.FULL]
        return {
            "copies": tuple(
                CopyView(row["post_title"], row["text"], row["at"], row["read_at"], row["reader_name"] or "")
                for row in copies
            ),
            "unread": sum(bool(row["unread"]) for row in rows),
        }

    def _clocks(self) -> Clocks | None:
        promise = Promise.from_json(self.row["promise"])
        if promise is None or self.sight not in {Sight.OWN, Sight.FULL}:
            return None
        calendar = self.installation.calendar()
        end = promise.ended_on or (local_date(self.row["closed_at"]) if self.row["closed_at"] else self.today)
        remaining = promise.remaining(calendar, end)
        deadline = promise.due(calendar)
        elapsed = calendar.between(promise.started_on, end)
        used = promise.used(calendar, end)
        return Clocks(
            working_days=promise.working_days,
            used=used,
            remaining=remaining,
            paused=promise.is_paused,
            paused_days=elapsed - used,
            due_on=deadline.date,
            estimated=deadline.estimated,
            light=light(promise.working_days, remaining),
            accepted_on=promise.started_on,
            elapsed_days=(end - promise.started_on).days,
            pauses=tuple(PauseView(p.reason, p.since, p.until, p.by) for p in promise.pauses),
        )

    def _findings(self, key: str) -> tuple[dict[str, Any], ...]:
        if self.sight not in {Sight.OWN, Sight.FULL}:
            return ()
        return tuple((self.root.get("findings") or {}).get(key, ()))

    def _items(self) -> tuple[ItemView, ...]:
        manifest = self.package.manifest
        results = self._known_results()
        items = []
        members = members_of(self.package, self.root)
        told = self._members_told([member_key(member) for member in members])
        for member in members:
            key = member_key(member)
            if key not in told:
                continue
            result = results.get(key)
            items.append(
                ItemView(
                    key=key,
                    label=str(member.get(manifest.item_label) or ""),
                    facts=member,
                    findings=self._findings(key),
                    result=result["result"] if result else None,
                    result_name=name(OUTCOMES, result["result"] if result else None),
                    reason_public=result["reason_public"] if result else "",
                    clause=result["clause"] if result else "",
                )
            )
        return tuple(items)

    def _members_told(self, keys: Sequence[str]) -> set[str]:
        """A consulted unit is told of those whom its own requests are about, everybody else of all."""
        if self.sight is not Sight.REQUEST or not keys:
            return set(keys)
        own = [task for task in self.tasks if task["state"] == "open" and self._may_see_task(task)]
        answers = [row for row in self.entry_rows if self._may_read(row)]
        known = forms_of(self.package)
        return members_asked(
            keys,
            self.package.manifest.items or "",
            [
                (known[task["form_id"]], form_context(self._names(), self.today, self._scope_of(task), {}))
                for task in own
                if task["form_id"] in known
            ],
            [(known[row["form_id"]], row["values"]) for row in answers if row["form_id"] in known],
        )

    def _known_results(self) -> dict[str, Row]:
        """The association learns each result from the letter in effect that tells it, not before."""
        results = self._outcomes
        if self.sight is Sight.FULL or self.row["state"] == "closed" or not results:
            return results
        letter = tables.document
        told = (letter.c.case_id == self.row["id"], letter.c.state == "issued", letter.c.reader == "applicant")
        query = sa.select(letter.c.record).where(*told, letter.c.signature == "two")
        records = [decode(text) for text in self.transaction.execute(query).scalars()]
        known = {(one["name"], one["result"]) for record in records for one in record.get("items", ())}
        return {key: row for key, row in results.items() if (row["label"], row["result"]) in known}

    @cached_property
    def _outcomes(self) -> dict[str, Row]:
        """The results as recorded, for those who may know of any."""
        if self.sight not in {Sight.FULL, Sight.OWN}:
            return {}
        query = sa.select(tables.outcome).where(tables.outcome.c.case_id == self.row["id"])
        return {row["item_key"]: dict(row) for row in self.transaction.execute(query).mappings()}

    def _files(self) -> dict[str, list[dict[str, Any]]]:
        """For the association the files as they stand; for everybody else as they were submitted."""
        if self.sight is Sight.OWN:
            return standing(self.every_file)
        entries = [Submitted.of(row["form_id"], row["values"]) for row in self.entry_rows]
        return submitted(self.package, entries, self.every_file)

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

    def _entries(self) -> tuple[EntryView, ...]:
        return tuple(self._entry(row) for row in self.entry_rows if self._may_read(row))

    def _may_read(self, row: Row) -> bool:
        own = row["post_id"] in self.actor.post_ids or row["organisation_id"] == self.row["organisation_id"]
        match self.sight:
            case Sight.FULL:
                return True
            case Sight.OWN | Sight.MATERIALS:
                return own
            case _:
                return row["post_id"] in self.actor.post_ids

    def _entry(self, row: Row) -> EntryView:
        schema = forms_of(self.package).get(row["form_id"])
        values = with_masks(row["values"], self.known)
        sections: tuple[Any, ...] = ()
        if schema is not None:
            files = of_entry(Submitted.of(row["form_id"], row["values"]), self.every_file)
            context = form_context(self._names(), self.today, self.root, files)
            found = schema.summary(values, context)
            inner = self.sight is Sight.FULL or row["post_id"] in self.actor.post_ids
            sections = tuple(found if inner else forms.public_only(found))
        return EntryView(
            id=row["id"],
            node_id=row["node_id"],
            node_name=self._entry_name(row),
            form_title=schema.title if schema else "",
            by=f"{row['person_name']}（代{row['owner_name']}）" if row["owner_name"] else row["person_name"],
            post=row["post_title"],
            organisation=row["organisation_name"],
            at=row["at"],
            sections=sections,
            values=values,
            own=row["post_id"] in self.actor.post_ids,
        )

    def _entry_name(self, row: Row) -> str:
        node = self.package.definition.nodes.get(row["node_id"])  # of an earlier version, where the case has moved
        name = node.name if node else next((t["name"] for t in self.tasks if t["id"] == row["task_id"]), row["node_id"])
        return f"加签意见：{name}" if row["form_id"] == FORM else name

    def _attachments(self) -> tuple[AttachmentView, ...]:
        if self.sight < Sight.REQUEST:
            return ()
        shared = shared_fields(self.package, self.root, self.actor) if self.sight is Sight.REQUEST else None
        labels = {entry.key: entry.label for schema in self.package.forms.values() for entry in schema.fields.values()}
        return tuple(
            AttachmentView(
                id=row["id"],
                field=row["field"],
                label=labels.get(row["field"].rsplit("/", 1)[-1], row["field"]),
                name=row["name"],
                media_type=row["media_type"],
                size=row["size"],
                sha256=row["sha256"],
                uploaded_at=row["uploaded_at"],
            )
            for field, rows in self.files.items()
            for row in rows
            if shared is None or field in shared
        )

    def _open_tasks(self) -> tuple[OpenTaskView, ...]:
        visible = [t for t in self.tasks if t["state"] == "open" and self._may_see_task(t)]
        nodes = self.package.definition.nodes
        asks_more = any("addable" in nodes[t["node_id"]].properties for t in visible) and self.sight is Sight.FULL
        added = added_by_hand(self.transaction, self.row["id"]) if asks_more else frozenset()
        return tuple(
            OpenTaskView(
                id=t["id"],
                node_id=t["node_id"],
                name=t["name"],
                post=t["post_title"],
                organisation=t["organisation_name"],
                due=due_of(self.installation, t["created_at"], t["due_at"], t["due_estimated"]),
                claimed_by=t["claimer_name"],
                mine=t["post_id"] in self.actor.post_ids,
                is_delegated=t["owner_post_id"] is not None,
                recallable=t["owner_post_id"] in self.actor.post_ids,
                is_review=t["kind"] == "review",
                is_member=(t["node_id"], t["item_key"]) in added,
            )
            for t in visible
        )

    def _may_see_task(self, task: Row) -> bool:
        return self.sight is Sight.FULL or task["post_id"] in self.actor.post_ids

    def _steps(self) -> tuple[StepView, ...]:
        """The user tasks on the way, with how often each was done; only for those who see the whole way."""
        if self.sight not in {Sight.OWN, Sight.FULL}:
            return ()
        done: dict[str, int] = {}
        for task in self.tasks:
            if task["state"] == "completed" and task["kind"] == "task":
                done[task["node_id"]] = done.get(task["node_id"], 0) + 1
        now = {task["node_id"] for task in self.tasks if task["state"] == "open"}
        return tuple(
            StepView(node.id, node.name, node.lane or "", _step_state(node, done, now), done.get(node.id, 0))
            for node in self.package.definition.nodes.values()
            if node.kind == "userTask"
        )

    def _waiting(self) -> list[workflow.Node]:
        nodes = self.package.definition.nodes
        waiting = [nodes[task["node_id"]] for task in self.tasks if task["state"] == "open"]
        return waiting + [nodes[call.node_id] for call in self._calls() if call.state in {"waiting", "failed"}]

    def _withdrawable_items(self) -> tuple[str, ...]:
        if self.sight is not Sight.OWN:
            return ()
        members, results = members_of(self.package, self.root), self._outcomes
        known = {key: str(row["result"]) for key, row in results.items()}
        return withdrawable_items(members, self._waiting(), known, self.row["submitted_at"] is not None)

    def _withdrawable(self) -> bool:
        waiting = self._waiting()
        allowed = all(is_withdrawable(node) for node in waiting)
        return self.sight is Sight.OWN and self.row["submitted_at"] is not None and bool(waiting) and allowed

    # --- the task ---

    def task(self) -> TaskView:
        task, package = self.loaded.task, self.package
        node = package.definition.nodes[task["node_id"]]
        clauses = self.installation.clauses(self.transaction, self.loaded.clauses_id, self.today)
        scope = with_masks(self._scope_of(task), self.known)
        draft, is_review = self.loaded.draft, task["kind"] == "review"
        values = with_masks(decode(draft["values"]), self.known) if draft else self._first_values(node, scope)
        nodes = package.definition.nodes
        offered = {} if task["owner_post_id"] else choices(self.transaction, package, task, TRANSFER, ASK)
        return TaskView(
            id=task["id"],
            case=self.case(),
            node_id=node.id,
            name=task["name"],
            documentation=task["question"] or node.documentation or "",
            act="review" if is_review else node.properties.get("act", "decide"),
            proof=not is_review
            and (node.properties.get("proof") == "true" or node.properties.get("act") in {"sign", "seal"}),
            schema=form_of(package, task["form_id"]),
            values=values,
            context=form_context(self._names(), self.today, scope, standing(self.every_file), clauses),
            revision=draft["revision"] if draft else 0,
            state=task["state"],
            claimed_by=next((t["claimer_name"] for t in self.tasks if t["id"] == task["id"]), None),
            mine=task["claimed_by"] == self.actor.person_id,
            due=due_of(self.installation, task["created_at"], task["due_at"], task["due_estimated"]),
            item=self._item_of(task, scope),
            path=task["path"],
            returns=() if is_review else tuple((key, nodes[key].name) for key in returns(node.properties)),
            saved_at=draft["saved_at"] if draft else None,
            transfers=offered.get(TRANSFER, ()),
            askable=() if is_review else offered.get(ASK, ()),
            reviews=self._reviews(task["id"]),
            is_delegated=task["owner_post_id"] is not None,
            is_held=task["held_by"] is not None,
        )

    def _reviews(self, task_id: str) -> tuple[ReviewView, ...]:
        asked = [row for row in self.tasks if row["parent_id"] == task_id]
        return tuple(
            ReviewView(row["id"], POSITIONS[row["position"]], row["post_title"], row["question"], row["state"])
            for row in asked
        )

    def _names(self) -> dict[str, Any]:
        case = {
            "number": self.row["number"],
            "title": self.row["title"],
            "organisation": self.loaded.organisation["key"],
            "organisation_name": self.loaded.organisation["name"],
            "organisation_uscc": self.loaded.organisation["uscc"],
            "today": self.today,
        }
        return case_names(self.package, case, self.installation.calendar(), self.today)

    def _scope_of(self, task: Row) -> dict[str, Any]:
        return dict(self._run().scope(task["parent_id"] or task["id"]))

    def _run(self) -> workflow.Run:
        runtime = workflow.Runtime(self.installation.clock, self._names())
        return workflow.restore(self.package.definition, runtime, self.row["engine_state"], self.scopes)

    def _first_values(self, node: workflow.Node, scope: Mapping[str, Any]) -> dict[str, Any]:
        """A form that was sent back begins with what was answered before; a fresh one with what is known and what a
        calling case hands in."""
        if node.properties.get("act") != "submit":
            return {}
        schema = self.package.forms[node.form_id or ""]
        given = {entry.key: scope[entry.key] for entry in schema.top if scope.get(entry.key) is not None}
        if self.row["submitted_at"] is not None:
            return given
        found = known_answers(self.transaction, schema, self.row["organisation_id"], self.row["package_key"])
        return dict(with_masks(found, self.known)) | given

    def _item_of(self, task: Row, scope: Mapping[str, Any]) -> dict[str, Any] | None:
        loop = self.package.definition.nodes[task["node_id"]].loop
        found = scope.get(loop.element) if loop and loop.element else None
        return found if isinstance(found, dict) else None


def _step_state(node: workflow.Node, done: Mapping[str, int], now: set[str]) -> str:
    if node.id in now:
        return "now"
    return "done" if done.get(node.id) else "next"
