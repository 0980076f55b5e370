"""A province at work: cases begin, people do what waits for them when they come to it, timers fire, jobs run."""

import heapq
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any

import sqlalchemy as sa

from engine import audit, cases, jobs
from engine.archive import HANDLERS
from engine.calendar import ZONE, local_date
from engine.errors import Conflict, Forbidden, HuishenError, Invalid, NotFound
from engine.forms.conditions import base_scope
from engine.forms.resolve import given_rows
from engine.identity import Actor
from engine.keys import audit_signer, renew_keys
from engine.scenarios.model import Tell
from engine.store import new_id, tables
from tests.cases.playing import Open, Play
from tests.faults.acting import Said
from tests.simulation.province import Association, Province
from tests.simulation.stories import EXAMPLE_CODES, EXAMPLE_FEDERATION, EXAMPLE_NAME, Part, stories
from tests.simulation.temper import Staff

HOURS = (time(9), time(11), time(14, 30), time(16, 30))
MOST_A_DAY = 3  # new cases
SHARES = {"leader_review": 0.6, "party_dual_filing": 0.3, "federation_formation": 0.05, "joint_conference": 0.05}
WITHDRAWN, OBJECTED, RETURNED, SUSPENDED, MISTAKEN = 0.05, 0.03, 0.05, 0.0008, 0.15
PLACE = re.compile(r"(\w+)\[(\d+)\]\.(\w+)")
PUT_RIGHT = {  # what the page says of a row that does not hold here -> what is taken down instead
    ("ballots", "ballot"): "recused",
    ("attendees", "attendance"): "recused",
    ("requests", "channel"): "paper",
}
VOTES = ("agree", "against", "abstain")
MOST_MENDS = 6
REGISTRATION, REGISTRATION_NODE = "登记结果", "Task_registration"


@dataclass
class Year:
    """`run` plays the days; what was acknowledged, what was refused and what nobody could answer is kept."""

    province: Province
    seed: int
    at_a_time: int
    play: Play = field(init=False)
    staff: Staff = field(init=False)
    parts: dict[str, Part] = field(default_factory=dict)  # by case
    acknowledged: list[Said] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    unanswered: dict[str, list[str]] = field(default_factory=dict)  # task -> what was said to every answer
    steps: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.play = Play(self.province.office)
        self.staff = Staff(self.play, self.dice)
        self.planned: set[str] = set()
        self.agenda: list[tuple[datetime, int, str]] = []
        self.places = count()  # in the agenda: of the same moment the first comes first
        self.receiving: dict[str, datetime] = {}
        self.suspended: dict[str, date] = {}

    # --- days ---

    def run(self, days: int, most_days: int, tell: Callable[[date], object] = lambda day: None) -> None:
        """So many days with new cases, then on until every case has ended, at most to `most_days`."""
        begun = local_date(self.play.clock.now())
        for number in range(most_days):
            day = begun + timedelta(days=number)
            if number >= days and not self._open_cases():
                return
            tell(day)
            self._day(day, begins=number < days)

    def _day(self, day: date, *, begins: bool) -> None:
        self._until(datetime.combine(day, time(8), ZONE))
        if not self.play.installation.calendar().is_working(day):
            return
        self.staff.new_day(day)
        if day.weekday() == 0:
            self._monday()
        self._around_cases(day)
        for hour in HOURS:
            self._until(datetime.combine(day, hour, ZONE))
            if begins and hour == HOURS[0]:
                self._begin()
            self._plan()
            self._work()

    def _until(self, moment: datetime) -> None:
        """The clock, stopping wherever a timer is due."""
        while (due := self._next_timer()) is not None and due <= moment:
            self.play.clock.set(max(due, self.play.clock.now()))
            self._background()
        self.play.clock.set(max(moment, self.play.clock.now()))
        self._background()

    def _background(self) -> None:
        while cases.fire_timers(self.play.installation):
            pass
        jobs.run_due(self.play.installation, HANDLERS)

    def _next_timer(self) -> datetime | None:
        timer = tables.timer
        query = sa.select(sa.func.min(timer.c.due_at)).where(timer.c.state == "armed")
        with self.play.reading() as transaction:
            found: datetime | None = transaction.execute(query).scalar()
            return found

    def _monday(self) -> None:
        """What an installation does by itself from time to time."""
        cases.queue_mail(self.play.installation)
        cases.remind_of_terms(self.play.installation)
        cases.remind_of_party_work(self.play.installation)
        renew_keys(self.play.installation)
        with self.play.writing() as transaction:
            audit.checkpoint(transaction, audit_signer(self.play.installation), self.play.clock.now())

    # --- cases ---

    def _open_cases(self) -> list[dict[str, Any]]:
        rows = self.play.rows(tables.case, tables.case.c.state != "closed")
        return sorted(rows, key=lambda row: (row["created_at"], row["title"], row["number"] or ""))  # ids are random

    def _begin(self) -> None:
        there = self._open_cases()
        for _ in range(min(MOST_A_DAY, self.at_a_time - len(there))):
            package = self.dice.choices(list(SHARES), list(SHARES.values()))[0]
            self._begin_one(package, {row["organisation_id"] for row in there})

    def _begin_one(self, package: str, busy: set[str]) -> None:
        names: dict[str, str] = {}
        if package == "joint_conference":
            actor = self.play.actor("conference")
        else:
            formation = package == "federation_formation"
            one = self._free(self.province.groups if formation else self.province.associations, busy)
            if one is None:
                return
            actor, names = self.play.office.actor(one.login), _names(one, formation)
        story = self.dice.choice(stories(package)).id
        case_id = cases.start(self.play.installation, actor, package, new_id()).case_id
        self.acknowledged.append(("started", case_id))
        self.parts[case_id] = Part(package, package, story, (), names)

    def _free(self, among: tuple[Association, ...], busy: set[str]) -> Association | None:
        """One that has no case; a preparatory group that never had one."""
        once = (
            {row["organisation_id"] for row in self.play.rows(tables.case)} if among is self.province.groups else busy
        )
        keys = {row["key"]: row["id"] for row in self.play.rows(tables.organisation)}
        free = [one for one in among if keys[one.key] not in once]
        return self.dice.choice(free) if free else None

    def _part(self, case_id: str) -> Part:
        """What the case makes of a story; a called case goes on in the story of the one that called it, if that tells."""
        if case_id not in self.parts:
            call = self.play.rows(tables.call, tables.call.c.child_id == case_id)[0]
            above = self._part(call["case_id"])
            package = self._package_of(case_id)
            if above.tells_of(call["node_id"]):
                story_of, story, place = above.story_of, above.story, (*above.place, call["node_id"])
            else:
                story_of, story, place = package, self.dice.choice(stories(package)).id, ()
            self.parts[case_id] = Part(package, story_of, story, place, above.names)
        return self.parts[case_id]

    def _package_of(self, case_id: str) -> str:
        version = tables.process_version
        query = sa.select(version.c.package_key).join(tables.case, tables.case.c.version_id == version.c.id)
        with self.play.reading() as transaction:
            return str(transaction.execute(query.where(tables.case.c.id == case_id)).scalar_one())

    # --- tasks ---

    def _open_tasks(self) -> dict[str, dict[str, Any]]:
        task, case = tables.task, tables.case
        query = (
            sa.select(task)
            .join(case, case.c.id == task.c.case_id)
            .where(task.c.state == "open", task.c.held_by.is_(None), case.c.state != "closed")
            .order_by(task.c.created_at, case.c.created_at, case.c.title, task.c.node_id, task.c.item_key, task.c.id)
        )
        with self.play.reading() as transaction:
            return {row["id"]: dict(row) for row in transaction.execute(query).mappings()}

    def _plan(self) -> None:
        """Somebody sees each new task, and knows when to come to it."""
        now = self.play.clock.now()
        for task_id, row in self._open_tasks().items():
            if task_id not in self.planned:
                self.planned.add(task_id)
                turn = self._part(row["case_id"]).turn(row["node_id"], row["item_key"])
                heapq.heappush(self.agenda, (self.staff.when(now, row["due_at"], turn), next(self.places), task_id))

    def _later(self, task_id: str, working_days: int) -> None:
        today = local_date(self.play.clock.now())
        day = self.play.installation.calendar().add(today, working_days).date
        heapq.heappush(self.agenda, (datetime.combine(day, HOURS[0], ZONE), next(self.places), task_id))

    def _work(self) -> None:
        now = self.play.clock.now()
        while self.agenda and self.agenda[0][0] <= now:
            _, _, task_id = heapq.heappop(self.agenda)
            row = self._open_tasks().get(task_id)
            if row is None:
                continue
            if row["case_id"] in self.suspended:
                self._later(task_id, 3)
                continue
            actor = self.staff.who(row["post_id"], local_date(now))
            if actor is None:
                self._later(task_id, 1)
            else:
                self._turn_to(actor, row)
                self.play.later(seconds=1)
                jobs.run_due(self.play.installation, HANDLERS)

    def _turn_to(self, actor: Actor, row: dict[str, Any]) -> None:
        place, task_id = self.play.installation, row["id"]
        try:
            view = cases.task_view(place, actor, task_id)
            if view.returns and self.dice.random() < RETURNED:
                target = self.dice.choice(view.returns)[0]
                if row["node_id"].startswith("Task_sign"):
                    cases.prepare_documents(place, actor, task_id)
                cases.return_task(place, actor, task_id, target, "登记有误，请核对")
                self._said("returned", task_id)
            elif row["node_id"] == REGISTRATION_NODE and self._registered(row["case_id"]):
                self._said("told", row["case_id"])
            else:
                self._complete(actor, row, view)
        except Forbidden as refused:
            self.refused[refused.code] += 1
            self._later(task_id, 5)  # whose turn it is is back by then
        except Conflict as refused:
            self.refused[refused.code] += 1
            self._later(task_id, 2)

    def _registered(self, case_id: str) -> bool:
        """The registration authority tells the result, where the story has it so."""
        part = self._part(case_id)
        scenario = next(one for one in stories(part.story_of) if one.id == part.story)
        told = [step.act for step in scenario.steps if isinstance(step.act, Tell) and step.act.name == REGISTRATION]
        turn = part.turn(REGISTRATION, None)
        if turn >= len(told):
            return False
        part.answered(REGISTRATION, None)
        number = self.play.row(case_id)["number"]
        values = {name: part.names.get(str(value), value) for name, value in told[turn].values.items()}
        if "date" in values:
            values["date"] = local_date(self.play.clock.now())
        try:
            cases.receive_message(self.play.installation, case_id, REGISTRATION, values, number)
        except HuishenError as refused:
            self.refused[refused.code] += 1
            return False
        return True

    def _complete(self, actor: Actor, row: dict[str, Any], view: cases.TaskView) -> None:
        """One answer after the other, until one is taken."""
        if row["kind"] == "review":
            return self._check(actor, row, view)
        part, node, item = self._part(row["case_id"]), row["node_id"], row["item_key"]
        task = Open(row["id"], node, item, row["post_id"], row["claimed_by"])
        scope = base_scope(view.context.today, view.context.scope)
        given = {entry.key: given_rows(entry, scope) for entry in view.schema.top if entry.rows and entry.rows.over}
        said: list[str] = []
        for answer in part.tries(node, item, self.dice):
            values = part.here(answer, node, local_date(self.play.clock.now()), given, self.dice)
            for _ in range(MOST_MENDS):
                for fault in view.schema.problems(values, view.context):
                    _put_right(values, fault.field)
            for number, one in enumerate(given.get("papers", ())):  # answered in writing: the paper is scanned
                values["attachments"] = {
                    f"papers/{one.key}/scan": f"回复{number + 1}.pdf",
                    **values.get("attachments", {}),
                }
            try:
                self._attach(actor, row, values.pop("attachments", {}))
                self.play.complete(task, values, actor=actor, revision=view.revision)
                done = self.play.rows(tables.task, tables.task.c.id == row["id"])[0]["state"] == "completed"
            except (Invalid, NotFound) as refused:  # a post that is not set up is not found
                self.refused[f"{part.package} {node} {refused.code}"] += 1
                problems = [f"{one.field}：{one.message}" for one in refused.details.get("problems", ())]
                said.append("；".join([refused.message, *map(str, problems)]))
                continue
            part.answered(node, item)
            self._said("completed" if done else "put before a second person", row["id"])
            self.unanswered.pop(row["id"], None)
            return
        self.unanswered[row["id"]] = [f"{part.package} {part.story} {node} {item}", *said]
        self._later(row["id"], 5)

    def _check(self, actor: Actor, row: dict[str, Any], view: cases.TaskView) -> None:
        """A second person looks at what a colleague took down, and now and then finds a mistake."""
        values: dict[str, Any] = {"opinion": "agree"}
        if self.dice.random() < MISTAKEN:
            values = {"opinion": "disagree", "disagreement": "与原件不一致，请核对。"}
        task = Open(row["id"], row["node_id"], row["item_key"], row["post_id"], row["claimed_by"])
        self.play.complete(task, values, actor=actor, revision=view.revision)
        self.planned.discard(row["parent_id"])  # where it is not agreed to, whoever took it down comes to it again
        self._said("reviewed", row["id"])

    def _said(self, what: str, identity: str) -> None:
        self.steps[what] += 1
        self.acknowledged.append((what, identity))

    def _attach(self, actor: Actor, row: dict[str, Any], wanted: dict[str, Any]) -> None:
        table = tables.attachment
        there = {
            (one["field"], one["name"])
            for one in self.play.rows(table, table.c.case_id == row["case_id"], table.c.removed_at.is_(None))
        }
        task = Open(row["id"], row["node_id"], row["item_key"], row["post_id"], row["claimed_by"])
        for field_name, names in wanted.items():
            for name in names if isinstance(names, list) else [names]:
                if (field_name, name) not in there:
                    self.play.attach(actor, task, field_name, name)

    # --- beside the tasks ---

    def _around_cases(self, day: date) -> None:
        self._receive()
        self._object()
        for case_id, until in list(self.suspended.items()):
            if until <= day:
                self._stand(case_id, resumes=True)
        for row in self._open_cases():
            if row["state"] == "draft":
                continue
            if self.dice.random() < WITHDRAWN / 40:
                self._withdraw(row)
            elif self.dice.random() < SUSPENDED and row["id"] not in self.suspended:
                self._stand(row["id"], resumes=False)

    def _withdraw(self, row: dict[str, Any]) -> None:
        logins = {self.play.rows(tables.organisation, tables.organisation.c.id == row["organisation_id"])[0]["key"]}
        one = next((a for a in (*self.province.associations, *self.province.groups) if a.key in logins), None)
        if one is None:
            return
        try:
            cases.withdraw(self.play.installation, self.play.office.actor(one.login), row["id"], "协会调整人选")
        except (Conflict, Forbidden) as refused:
            self.refused[refused.code] += 1
        else:
            self._said("withdrawn", row["id"])

    def _stand(self, case_id: str, *, resumes: bool) -> None:
        head = self.play.actor("head")
        today = local_date(self.play.clock.now())
        try:
            if resumes:
                self.suspended.pop(case_id)
                cases.resume(self.play.installation, head, case_id, "情况已经清楚")
            else:
                cases.suspend(self.play.installation, head, case_id, "等待有关单位的情况")
                self.suspended[case_id] = today + timedelta(days=self.dice.randint(5, 20))
        except (Conflict, Forbidden) as refused:
            self.refused[refused.code] += 1
        else:
            self._said("resumed" if resumes else "suspended", case_id)

    def _object(self) -> None:
        for shown in cases.publicities(self.play.installation):
            if shown.is_open and shown.members and self.dice.random() < OBJECTED:
                member = self.dice.choice(shown.members)
                named = self.dice.random() < 0.5
                words = cases.Statement(
                    "兼职情况与公示的不一致，请核实。", "王晓" if named else "", "13800000099" if named else ""
                )
                cases.object_to(self.play.installation, shown.id, member["key"], words)
                self._said("objected", shown.id)

    def _receive(self) -> None:
        """Associations fetch what was served to them, some days later."""
        document, case, organisation = tables.document, tables.case, tables.organisation
        query = (
            sa.select(document.c.id, organisation.c.key)
            .join(case, case.c.id == document.c.case_id)
            .join(organisation, organisation.c.id == case.c.organisation_id)
            .where(document.c.reader == "applicant", document.c.addressee_id.is_(None))
            .where(document.c.state == "issued", document.c.received_at.is_(None), case.c.state != "closed")
            .order_by(document.c.issued_at, document.c.number, document.c.id)
        )
        now, people = self.play.clock.now(), {a.key: a for a in (*self.province.associations, *self.province.groups)}
        with self.play.reading() as transaction:
            waiting = [tuple(row) for row in transaction.execute(query)]
        for document_id, key in waiting:
            at = self.receiving.setdefault(document_id, now + timedelta(days=self.dice.choice((0, 1, 1, 2, 3, 9))))
            if at <= now and key in people:
                try:
                    actor = self.play.office.actor(people[key].login)
                    cases.receive_document(self.play.installation, actor, document_id)
                except NotFound as refused:
                    self.refused[refused.code] += 1
                else:
                    self._said("received", document_id)

    def still_open(self) -> Iterator[tuple[str, str, list[str]]]:
        """Cases that have not ended, their numbers, and what is open or armed in each."""
        for row in self._open_cases():
            tasks = [task.node for task in self.play.open(row["id"])]
            armed = self.play.rows(tables.timer, tables.timer.c.case_id == row["id"], tables.timer.c.state == "armed")
            yield row["id"], row["number"] or "", tasks + [one["node_id"] for one in armed]


def _put_right(values: dict[str, Any], place: str) -> None:
    """Whoever is told by the page that somebody has an interest, that a unit has no account, or that there are more
    votes than people, takes down what it says."""
    found = PLACE.fullmatch(place)
    rows = values.get(found[1]) if found is not None else None
    if found is None or not rows or int(found[2]) >= len(rows):
        return
    row, name = rows[int(found[2])], found[3]
    if (found[1], name) in PUT_RIGHT:
        row[name] = PUT_RIGHT[found[1], name]
    elif name in VOTES and all(isinstance(row.get(vote), int) for vote in VOTES):
        most = max(VOTES, key=lambda vote: row[vote])
        row[most] = max(row[most] - 1, 0)


def _names(one: Association, formation: bool) -> dict[str, str]:
    federation = one.name.removesuffix("筹备组")
    if formation:
        return {EXAMPLE_FEDERATION: federation, EXAMPLE_CODES[1]: one.uscc}
    return {EXAMPLE_NAME: one.name, EXAMPLE_CODES[0]: one.uscc}
