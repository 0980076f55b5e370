"""One complete case through the real commands: everybody signs in, does their part, and the letters are verified.

Where days must pass (a publicity), the walk's own clock moves on to the next moment that something is due, and says so;
the clock of the installation stays as it is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from engine import archive, cases, identity, jobs, packages, store
from engine.calendar import Clock, local_date
from engine.cases import DocumentView, TaskView
from engine.demonstration.accounts import read_accounts
from engine.demonstration.people import PEOPLE
from engine.errors import HuishenError
from engine.identity import Actor, Proof
from engine.installation import Installation
from engine.scenarios import Complete, read_all
from engine.store import tables

SCENARIO = "LS01"
FUTURE = frozenset({"election_date", "term_start", "term_end", "board_resolution_date"})  # moved along with today
MOST_STEPS = 60
MORNING = timedelta(hours=9)  # after a term that ends with a day: letters drawn up before midnight are old when signed


class WalkingClock:
    """The installation's clock, some time ahead."""

    def __init__(self, clock: Clock) -> None:
        self.clock, self.ahead = clock, timedelta()

    def now(self) -> datetime:
        return self.clock.now() + self.ahead

    def reach(self, moment: datetime) -> None:
        """Be at a moment, or stay where it is past."""
        self.ahead = max(self.ahead, moment - self.clock.now())


@dataclass(frozen=True)
class Line:
    """One printed line; `held` is false where something was not as it must be."""

    text: str
    held: bool = True


def walk(installation: Installation, package: Path) -> Iterator[Line]:
    """Play the scenario `LS01` of a package with the demonstration's accounts and today's clock."""
    try:
        yield from _Walk(installation, package).lines()
    except HuishenError as error:
        yield Line(f"没有走完：{error.message}", held=False)
        for problem in error.details.get("problems", ()):
            yield Line(f"  {problem.page} {problem.field}：{problem.message}", held=False)


class _Walk:
    def __init__(self, installation: Installation, package: Path) -> None:
        self.clock = WalkingClock(installation.clock)
        self.installation = replace(installation, clock=self.clock)
        self.package = packages.load_folder(package)
        scenario = next(one for one in read_all(self.package.files) if one.id == SCENARIO)
        self.answers = {step.act.node: step.act.values for step in scenario.steps if isinstance(step.act, Complete)}
        self.organisation = scenario.organisation
        self.shift = local_date(installation.clock.now()) - local_date(scenario.now)
        self.passwords = read_accounts(installation.folder)
        self.actors: dict[str, Actor] = {}

    def lines(self) -> Iterator[Line]:
        applicant = self._sign_in(self._login_of("applicant", self.organisation))
        key = packages.compile(self.package).key
        begun = cases.start(self.installation, applicant, key, store.new_id())
        yield Line(f"{applicant.name}登录，开始申报（案件 {begun.case_id}）")
        for _ in range(MOST_STEPS):
            found = self._next(begun.case_id)
            if found is not None:
                yield self._do(*found)
            elif (followed := self._receive(applicant, begun.case_id) or self._wait(begun.case_id)) is not None:
                yield followed
            elif not jobs.run_due(self.installation, archive.HANDLERS):
                break
            jobs.run_due(self.installation, archive.HANDLERS)
        yield from self._verdicts(applicant, begun.case_id)

    # --- whose turn ---

    def _next(self, case_id: str) -> tuple[Actor, str] | None:
        """The first of the demonstration's people who has an open task of this case."""
        for person in PEOPLE:
            actor = self._sign_in(person.login)
            rows = cases.inbox(self.installation, actor, limit=200).rows
            if mine := [row.task_id for row in rows if row.case_id == case_id]:
                return actor, mine[0]
        return None

    def _receive(self, applicant: Actor, case_id: str) -> Line | None:
        """The association confirms what it received; none where there is nothing new."""
        view = cases.case_view(self.installation, applicant, case_id)
        fresh = [one for one in view.documents if one.received_at is None and one.issued_at is not None]
        if view.state == "closed" or not fresh:
            return None
        for document in fresh:
            cases.receive_document(self.installation, applicant, document.id)
        return Line(f"{applicant.name}签收：{'、'.join(f'{one.title} {one.number}' for one in fresh)}")

    def _wait(self, case_id: str) -> Line | None:
        """Nobody's turn: on to the next moment at which the case goes on by itself; none where there is no such."""
        timer = tables.timer
        query = sa.select(timer.c.due_at, timer.c.node_id).where(timer.c.case_id == case_id, timer.c.state == "armed")
        with store.reading(self.installation.database) as transaction:
            row = transaction.execute(query.order_by(timer.c.due_at)).first()
        if row is None:
            return None
        self.clock.reach(row.due_at + MORNING)
        cases.fire_timers(self.installation)
        name = packages.compile(self.package).definition.nodes[row.node_id].name
        return Line(f"演示时钟前移到 {local_date(row.due_at)}：{name}（实际办理要等到那一天）")

    def _sign_in(self, login: str) -> Actor:
        """Once a person, with the password of the accounts file."""
        if login not in self.actors:
            place = self.installation
            password = self.passwords[login]
            self.actors[login] = identity.authenticate(place.database, login, password, place.clock.now())
        return self.actors[login]

    def _login_of(self, role: str, organisation: str) -> str:
        return next(one.login for one in PEOPLE if any(post[:2] == (role, organisation) for post in one.posts))

    # --- what they do ---

    def _do(self, actor: Actor, task_id: str) -> Line:
        task = cases.task_view(self.installation, actor, task_id)
        values = dict(self._moved(self.answers[task.node_id]))
        self._attach(actor, task, values.pop("attachments", {}))
        shown = self._letters(actor, task)
        proof = self._prove(actor) if task.proof else None
        done = cases.complete(self.installation, actor, task_id, values, 0, proof, shown)
        unit = f"（{task.item['name']}）" if task.item and "name" in task.item else ""
        return Line(f"{actor.name}，{actor.posts[0].title}{unit}：{task.name}，案号 {done.number}")

    def _moved(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The answers with the dates of the scenario moved to today."""
        return {name: self._date(name, value) for name, value in values.items()}

    def _date(self, name: str, value: Any) -> Any:
        return value + self.shift if name in FUTURE and isinstance(value, date) and self.shift > timedelta() else value

    def _attach(self, actor: Actor, task: TaskView, wanted: Mapping[str, Any]) -> None:
        for field, names in wanted.items():
            for name in names if isinstance(names, list) else [names]:
                cases.attach(self.installation, actor, task.id, field, name, sample_page(f"{field} {name}"))

    def _letters(self, actor: Actor, task: TaskView) -> dict[str, str]:
        """The signer opens the signing page and sees these bytes."""
        if task.act != "sign":
            return {}
        return {one.id: one.digest or "" for one in cases.prepare_documents(self.installation, actor, task.id)}

    def _prove(self, actor: Actor) -> Proof:
        place = self.installation
        return identity.prove_apart(place.database, actor, self.passwords[actor.login], place.clock.now())

    # --- what came of it ---

    def _verdicts(self, applicant: Actor, case_id: str) -> Iterator[Line]:
        view = cases.case_view(self.installation, applicant, case_id)
        closed = view.state == "closed" and view.outcome == "approved"
        yield Line(f"案件 {view.number}：{view.state_name}，{view.outcome_name}", held=closed)
        for document in view.documents:
            yield from self._verdict(applicant, document)
        if not any(document.signature == "two" for document in view.documents):
            yield Line("没有收到审核意见函", held=False)

    def _verdict(self, applicant: Actor, document: DocumentView) -> Iterator[Line]:
        name, data = cases.document_file(self.installation, applicant, document.id)
        folder = self.installation.folder / "demo-documents"
        folder.mkdir(exist_ok=True)
        path = folder / name
        path.write_bytes(data)
        verdict = cases.verify_bytes(self.installation, data)
        yield Line(f"{document.title} {document.number}：{path}")
        yield Line(f"  验证：{verdict.sentence}", held=verdict.code == "ours.valid")


def sample_page(text: str) -> bytes:
    """A one-page PDF that says that it is a sample; its bytes differ with the text."""
    words = "(SAMPLE " + "".join(char if char.isascii() and char.isalnum() else " " for char in text) + ")"
    stream = f"BT /F1 18 Tf 72 760 Td {words} Tj ET".encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, places = bytearray(b"%PDF-1.4\n%" + text.encode() + b"\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj %s endobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(out + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % start)


__all__ = ["Line", "walk"]
