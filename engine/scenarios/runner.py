"""One scenario through the real commands: whoever holds the post acts, the clock moves when the scenario says so."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine import archive, cases, forms, jobs, store
from engine.calendar import FixedClock, end_of, local_date
from engine.cases.chases import CHASE
from engine.cases.reviewforms import FORM, form_of
from engine.errors import HuishenError, Invalid
from engine.identity import Actor, Proof
from engine.installation import Installation
from engine.packages import CompiledPackage
from engine.scenarios.cast import Cast
from engine.scenarios.compare import Difference, end_differences, step_differences
from engine.scenarios.coverage import Plan, trace
from engine.scenarios.model import (
    EVERY_ITEM,
    Complete,
    Object,
    Place,
    Receive,
    Return,
    Scenario,
    Step,
    Tell,
    Wait,
    Withdraw,
)
from engine.scenarios.observed import Observed, OpenTask, observe
from engine.scenarios.report import Failure, Outcome
from engine.store import tables

MOST_FIRINGS = 200  # timers in one wait: a loop of timers would go on for ever
ATTACHMENTS = "attachments"
VALID = "ours.valid"
LETTERS = {"sign": ("drafted", "signed"), "seal": ("signed", "issued")}  # act: a letter's state before and after
ROW_NAMES = frozenset({forms.ROW_KEY, "key", "label"})  # what a row has beside its columns


class Stuck(Exception):
    """A step cannot be done at all; the scenario ends here."""

    def __init__(self, difference: Difference) -> None:
        super().__init__(difference.what)
        self.difference = difference


class Runner:
    """Runs one scenario in an installation that nobody else uses."""

    def __init__(
        self, installation: Installation, compiled: CompiledPackage, plan: Plan, scenario: Scenario, render: bool
    ) -> None:
        assert isinstance(installation.clock, FixedClock)
        self.plan = plan
        self.installation, self.compiled, self.scenario, self.render = installation, compiled, scenario, render
        self.clock, self.begun = installation.clock, compiled
        self.path: list[str] = []
        self.failures: list[Failure] = []
        self.case_id = ""  # the one that the scenario begins
        self.about = ""  # the one that the step is about
        self.cast = Cast(installation, signs=render)

    def run(self) -> Outcome:
        """Every step until one cannot be done, then the end."""
        self._start()
        self._follow()
        now = observe(self.installation, self.case_id)
        for number, step in enumerate(self.scenario.steps, 1):
            try:
                before = self._turn_to(step, now)
                refused = self._act(step, before)
            except Stuck as stuck:
                self._fail(number, step, stuck.difference)
                break
            self._follow(step.act.faults if isinstance(step.act, Complete) else ())
            now = observe(self.installation, self.about)
            for difference in self._differences(step, refused, now, before):
                self._fail(number, step, difference)
        else:
            now = observe(self.installation, self.case_id)
            for difference in (*end_differences(self.scenario.end, now, self.path), *self._unverified(now)):
                self._fail(0, None, difference)
        came_by = trace(self.installation.database, self.case_id, self.plan)
        return Outcome(self.scenario.id, self.scenario.title, self.scenario.file, tuple(self.failures), came_by)

    def _start(self) -> None:
        role = f"{self.compiled.manifest.start}@{self.scenario.organisation}"
        confirmed = {"confirmed": list(self.scenario.confirmed)} if self.scenario.confirmed else None
        begun = cases.start(self.installation, self.cast.holder(role), self.compiled.key, store.new_id(), confirmed)
        self.case_id = self.about = begun.case_id

    def _turn_to(self, step: Step, now: Observed) -> Observed:
        """The case that the step is about becomes the one that acts and expectations look at; how it looks now."""
        case_id = self.case_id
        for place in step.case:
            case_id = self._called(case_id, place)
        if case_id == self.about:
            return now
        self.about = case_id
        with store.reading(self.installation.database) as transaction:
            query = sa.select(tables.case.c.version_id).where(tables.case.c.id == case_id)
            self.compiled = self.installation.package(transaction, transaction.execute(query).scalar_one())
        return observe(self.installation, case_id)

    def _called(self, case_id: str, place: Place) -> str:
        """The case that a call began last."""
        call, case = tables.call, tables.case
        query = sa.select(call.c.child_id).join(case, case.c.id == call.c.child_id).where(call.c.case_id == case_id)
        query = query.where(call.c.node_id == place.node)
        if place.item is not None:
            query = query.where(call.c.item_key == place.item)
        with store.reading(self.installation.database) as transaction:
            found = (
                transaction.execute(query.order_by(call.c.opened_at.desc(), call.c.child_id.desc())).scalars().first()
            )
        if found is None:
            named = place.node if place.item is None else f"{place.node}#{place.item}"
            raise Stuck(Difference("case", f"由 {named} 调用的案件", "没有"))
        return str(found)

    # --- acts ---

    def _act(self, step: Step, now: Observed) -> HuishenError | None:
        """Do it; gives the refusal where one was expected, raises `Stuck` for any other."""
        try:
            match step.act:
                case Complete():
                    self._complete(step.act, now)
                case Wait():
                    self._wait(step.act)
                case Withdraw():
                    actor = self.cast.holder(f"{self.compiled.manifest.start}@{self.scenario.organisation}")
                    self._withdraw(actor, step.act)
                case Return():
                    task = self._task(step.act.source, None, now)
                    cases.return_task(
                        self.installation, self.cast.actor(task, None), task.id, step.act.target, step.act.reason
                    )
                case Object():
                    self._object(step.act)
                case Receive():
                    self._receive(step.act, now)
                case Tell():
                    self._tell(step.act)
        except HuishenError as error:
            if step.expected.refused is None:
                raise Stuck(Difference("办理", "成功", _told(error))) from error
            return error
        return None

    def _withdraw(self, actor: Actor, act: Withdraw) -> None:
        if act.item is None:
            cases.withdraw(self.installation, actor, self.about, act.reason)
        else:
            cases.withdraw_item(self.installation, actor, self.about, act.item, act.reason)

    def _complete(self, act: Complete, now: Observed) -> None:
        if act.item != EVERY_ITEM:
            return self._complete_one(self._task(act.node, act.item, now, act.is_review), act)
        tasks = [task for task in now.tasks if task.node == act.node and task.is_review is act.is_review]
        if not tasks:
            raise Stuck(Difference("待办", act.node, "没有；现有 " + ("、".join(now.open) or "无")))
        for task in tasks:
            self._complete_one(task, act)

    def _complete_one(self, task: OpenTask, act: Complete) -> None:
        actor, node = self.cast.actor(task, act.by), self.compiled.definition.nodes[task.node]
        values, schema = dict(act.values), form_of(self.compiled, FORM if task.is_review else node.form_id or "")
        if ATTACHMENTS in values:
            self._attach(task, actor, schema, values.pop(ATTACHMENTS))
        if strange := unknown(values, schema):
            raise Stuck(Difference("values", f"表单 {schema.id} 的字段", "没有 " + "、".join(strange)))
        shown = self._seen(actor, task) if node.properties.get("act") == "sign" and self.render else {}
        proof = Proof(actor.person_id, self.clock.now())
        with self._letters(node.properties.get("act"), task.path):
            cases.complete(self.installation, actor, task.id, values, self._revision(task), proof, shown)
        if task.is_review:
            return
        again = self.path and self.path[-1] == task.node and node.loop is not None
        if self.about == self.case_id and not again:
            self.path.append(task.node)

    def _object(self, act: Object) -> None:
        """To the publicity that shows the member."""
        for shown in cases.publicities(self.installation):
            if any(member["key"] == act.item for member in shown.members):
                cases.object_to(self.installation, shown.id, act.item, cases.Statement(act.text, act.name, act.contact))
                return
        raise Stuck(Difference("公示", act.item, "没有正在公示的这名成员"))

    def _receive(self, act: Receive, now: Observed) -> None:
        """Every document of the kind that is in effect and has not been received yet."""
        applicant = self.cast.holder(f"{self.compiled.manifest.start}@{self.scenario.organisation}")
        found = [one for one in now.documents if one.kind == act.document and one.state == "issued"]
        if not found:
            raise Stuck(Difference("文书", act.document, "没有已生效的"))
        for document in found:
            cases.receive_document(self.installation, applicant, document.id)

    def _tell(self, act: Tell) -> None:
        """From outside; its key is the number of the case where the step names none."""
        with store.reading(self.installation.database) as transaction:
            query = sa.select(tables.case.c.number).where(tables.case.c.id == self.about)
            number = transaction.execute(query).scalar_one()
        cases.receive_message(self.installation, self.about, act.name, act.values, act.key or number)

    def _revision(self, task: OpenTask) -> int:
        """That of what the person sees: more than none where a second person gave the task back."""
        query = sa.select(tables.draft.c.revision).where(tables.draft.c.task_id == task.id)
        with store.reading(self.installation.database) as transaction:
            return transaction.execute(query).scalar_one_or_none() or 0

    def _attach(self, task: OpenTask, actor: Actor, schema: forms.FormSchema, wanted: Mapping[str, Any]) -> None:
        """The files of the form are exactly these: others are taken out."""
        mine = {entry.key for entry in schema.fields.values() if entry.type == "filepicker"}
        with store.reading(self.installation.database) as transaction:
            table = tables.attachment
            query = sa.select(table.c.id, table.c.field, table.c.name)
            query = query.where(table.c.case_id == self.about, table.c.removed_at.is_(None))
            there = {(row.field, row.name): row.id for row in transaction.execute(query)}
        listed = {
            (field, name) for field, names in wanted.items() for name in (names if isinstance(names, list) else [names])
        }
        for place, attachment_id in there.items():
            if place not in listed and place[0].rpartition("/")[2] in mine:
                cases.detach(self.installation, actor, task.id, attachment_id)
        for field, name in sorted(listed - set(there)):
            cases.attach(self.installation, actor, task.id, field, name, _page(f"{field} {name}"))

    def _wait(self, act: Wait) -> None:
        """Timers on the way fire at their own moments, the earliest first."""
        now = self.clock.now()
        day = self.installation.calendar().add(local_date(now), act.working_days or 0).date
        target = end_of(day) if act.span is None else now + act.span
        for _ in range(MOST_FIRINGS):
            due = self._next_timer()
            if due is None or due > target:
                break
            self.clock.set(max(due, self.clock.now()))
            cases.fire_timers(self.installation)
            self._follow()
        else:
            raise Stuck(Difference("等待", f"计时不超过 {MOST_FIRINGS} 次", "计时器一再到期，流程图里可能有不停的回路"))
        self.clock.set(max(target, self.clock.now()))

    def _next_timer(self) -> datetime | None:
        with store.reading(self.installation.database) as transaction:
            timer, job = tables.timer, tables.job
            due = transaction.execute(sa.select(sa.func.min(timer.c.due_at)).where(timer.c.state == "armed")).scalar()
            later = sa.select(sa.func.min(job.c.run_at)).where(job.c.name == CHASE, job.c.run_at > self.clock.now())
            looks = transaction.execute(later).scalar()
            return min((moment for moment in (due, looks) if moment is not None), default=None)

    # --- letters ---

    def _seen(self, actor: Actor, task: OpenTask) -> dict[str, str]:
        """The bytes on the signing page."""
        return {view.id: view.digest or "" for view in cases.prepare_documents(self.installation, actor, task.id)}

    @contextmanager
    def _letters(self, act: str | None, path: str) -> Iterator[None]:
        """Without rendering, letters count as signed and sealed when their turn comes, unless the act is refused."""
        before, after = LETTERS.get(act or "", ("", "")) if not self.render else ("", "")
        with store.reading(self.installation.database) as transaction:
            mine = cases.letters_at(transaction, self.about, path, before) if before else []
        moved = self._move_letters(before, after, mine)
        try:
            yield
        except HuishenError:
            self._move_letters(after, before, moved)
            raise

    def _move_letters(self, before: str, after: str, only: list[str]) -> list[str]:
        """From one state to the other; the ids of those that moved."""
        if not before or not after:
            return []
        document = tables.document
        states = {before, "issued"} if after == "drafted" else {before}
        chosen = sa.and_(document.c.id.in_(only), document.c.state.in_(states))
        with store.writing(self.installation.database) as transaction:
            minutes = "issued" if after == "signed" else after  # in effect without a seal
            state = sa.case((document.c.signature == "minutes", minutes), else_=after)
            statement = sa.update(document).where(chosen).values(state=state).returning(document.c.id)
            return list(transaction.execute(statement).scalars())

    def _follow(self, faults: tuple[str, ...] = ()) -> None:
        """What follows a commit: called cases, messages, archives; documents only where something is printed.

        Without rendering, and where faults are given, an archive counts as made, with no faults but these.
        """

        def archived(place: Any, payload: dict[str, Any], done: jobs.Done) -> None:
            told = {"archive": {"passed": not faults, "faults": list(faults)}}
            cases.receive_message(place, payload["case"], payload["message"], told)
            with store.writing(place.database) as transaction:
                done(transaction)

        handlers: dict[str, jobs.Handler] = dict(archive.HANDLERS)
        if not self.render:
            handlers["issue-notice"] = lambda _place, _payload, _done: None
        if not self.render or faults:
            handlers["archive-case"] = archived
        jobs.run_due(self.installation, handlers)

    def _unverified(self, now: Observed) -> Iterator[Difference]:
        """Rendered documents in effect that those whom they go to cannot fetch, or that do not verify."""
        applicant = self.cast.holder(f"{self.begun.manifest.start}@{self.scenario.organisation}")
        for document in now.documents:
            if not self.render or document.state != "issued" or not document.outward:
                continue
            reader = applicant if document.addressee is None else self.cast.reader(self.case_id, document.addressee)
            if reader is None:
                continue
            try:
                _, pdf = cases.document_file(self.installation, reader, document.id)
            except HuishenError as refused:
                yield Difference(f"documents {document.kind} 取件", "能取到", refused.message)
                continue
            verdict = cases.verify_bytes(self.installation, pdf)
            if verdict.code != VALID:
                yield Difference(f"documents {document.kind} 验真", VALID, f"{verdict.code}：{verdict.sentence}")

    # --- who ---

    def _task(self, node: str, item: str | None, now: Observed, is_review: bool = False) -> OpenTask:
        tasks = [task for task in now.tasks if task.node == node and item in {None, task.item}]
        tasks = [task for task in tasks if task.is_review is is_review]
        if not tasks:
            wanted = node if item is None else f"{node}（{item}）"
            there = "、".join(task.node + (f"（{task.item}）" if task.item else "") for task in now.tasks)
            raise Stuck(Difference("待办", wanted, f"没有；现有 {there or '无'}"))
        return tasks[0]

    # --- expectations ---

    def _differences(
        self, step: Step, refused: HuishenError | None, now: Observed, before: Observed
    ) -> Iterator[Difference]:
        if step.expected.refused is not None:
            actual = refused.code if refused is not None else "办理成功"
            if actual != step.expected.refused:
                yield Difference("refused", step.expected.refused, actual)
        members = now.variables.get(self.compiled.manifest.items) or []
        labels = {member.get("key"): member.get(self.compiled.manifest.item_label) for member in members}
        yield from step_differences(step.expected, now, before, lambda key: str(labels.get(key, key)))

    def _fail(self, number: int, step: Step | None, difference: Difference) -> None:
        """Of a step, or without one of the end; told where it stands, be it in another scenario."""
        line, title = (self.scenario.end.line, "") if step is None else (step.line, step.act.title)
        file = step.file if step is not None and step.file else self.scenario.file
        self.failures.append(
            Failure(file, number, line, title, difference.what, difference.expected, difference.actual)
        )


def unknown(values: Mapping[str, Any], schema: forms.FormSchema) -> list[str]:
    """Paths in the values that the form does not have: a scenario with a typing error must not pass by chance."""
    known = set(schema.fields)
    given = set(_paths(values, ""))
    return sorted(path for path in given if path not in known and path.rpartition(".")[2] not in ROW_NAMES)


def _paths(values: Mapping[str, Any], above: str) -> Iterator[str]:
    for name, value in values.items():
        yield f"{above}{name}"
        for row in value if isinstance(value, list) else ():
            if isinstance(row, dict):
                yield from _paths(row, f"{above}{name}[].")


def _told(error: HuishenError) -> str:
    """The sentence and, for a form, every fault of it."""
    problems = error.details.get("problems") or () if isinstance(error, Invalid) else ()
    faults = "；".join(f"{problem.page} {problem.field}：{problem.message}" for problem in problems)
    return f"{error.code}：{error.message}" + (f"（{faults}）" if faults else "")


def _page(text: str) -> bytes:
    """A small PDF whose bytes differ with the text."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n% "
        + text.encode()
        + b"\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    )
