"""What a command costs: at most twelve SQL statements and one commit, however many cases there are.

The session is counted in: every page loads the actor with its posts.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import pytest
import sqlalchemy as sa

from bench.copies import insert_copies
from engine import cases, identity, store
from engine.calendar import local_date
from engine.identity import Actor, Proof
from engine.store import new_id, tables
from tests.cases.playing import PACKAGE, WAY, Open, Play

MOST = 12
COMMANDS = {
    "start",
    "save",
    "attach",
    "detach",
    "claim",
    "release",
    "return",
    "withdraw",
    "reveal",
    "receive",
    "revoke",
    "timers",
}
Result = TypeVar("Result")


class Cost:
    """Counts the statements and commits of an engine."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self.texts: list[str] = []
        self.commits = 0

    @contextmanager
    def counting(self) -> Iterator[None]:
        self.texts, self.commits = [], 0
        sa.event.listen(self.engine, "before_cursor_execute", self._statement)
        sa.event.listen(self.engine, "commit", self._commit)
        try:
            yield
        finally:
            sa.event.remove(self.engine, "before_cursor_execute", self._statement)
            sa.event.remove(self.engine, "commit", self._commit)

    def _statement(self, _connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith("BEGIN"):
            self.texts.append(statement)

    def _commit(self, _connection: object) -> None:
        self.commits += 1


class Counted:
    """Plays a case as pages do: the session first, then the command; notes what each command costs."""

    def __init__(self, play: Play) -> None:
        self.play = play
        self.cost = Cost(play.installation.database)
        self.seen: dict[str, int] = {}

    def run(self, name: str, person_id: str, command: Callable[[Actor], Result], commits: int = 1) -> Result:
        with self.cost.counting():
            result = command(self._session(person_id))
        count = len(self.cost.texts)
        assert self.cost.commits == commits, (name, self.cost.commits)
        assert count <= MOST, (name, count, self.cost.texts)
        self.seen[name] = max(count, self.seen.get(name, 0))
        return result

    def _session(self, person_id: str) -> Actor:
        with store.reading(self.play.installation.database) as transaction:
            actor = identity.load_actor(transaction, person_id, local_date(self.play.clock.now()))
        assert actor is not None
        return actor

    def holder(self, task: Open) -> str:
        return self.play.holder(task.post).person_id

    def complete(self, task: Open, shown: dict[str, str] | None = None) -> None:
        proof = Proof(self.holder(task), self.play.clock.now())
        values = self.play.values(task.node)

        def body(actor: Actor) -> None:
            cases.complete(self.play.installation, actor, task.id, values, 0, proof, shown)

        self.run(f"complete {task.node}", self.holder(task), body)

    def claim_and_complete(self, task: Open) -> None:
        place = self.play.installation
        self.run("claim", self.holder(task), lambda actor: cases.claim(place, actor, task.id))
        self.run("release", self.holder(task), lambda actor: cases.release(place, actor, task.id))
        shown = None
        if task.node == "Task_sign":
            letters = cases.prepare_documents(place, self.play.actor("leader"), task.id)
            shown = {one.id: one.digest or "" for one in letters}
        self.complete(task, shown)

    def begin(self) -> Open:
        """A started case whose form has been saved twice and then emptied again."""
        place, person = self.play.installation, self.play.actor("applicant").person_id
        ref = self.run("start", person, lambda actor: cases.start(place, actor, PACKAGE, new_id()))
        task = self.play.task(ref.case_id, "Task_submit")
        values = self.play.values("Task_submit")
        self.run("save", person, lambda actor: cases.save_draft(place, actor, task.id, values, 0))
        self.run("save", person, lambda actor: cases.save_draft(place, actor, task.id, values, 1))
        file = self.run("attach", person, lambda actor: self.play.attach(actor, task, "request", "临时.pdf"))
        self.run("detach", person, lambda actor: cases.detach(place, actor, task.id, file.id))
        with self.play.writing() as transaction:
            transaction.execute(tables.draft.delete())
        self.play.files(ref.case_id)
        return task


@pytest.mark.parametrize("stored", [30, pytest.param(300, marks=pytest.mark.full)])
def test_every_command_costs_at_most_twelve_statements_and_one_commit(play: Play, stored: int) -> None:
    play.tampered = True  # rows of many cases are written behind the commands
    play.whole()  # packages, calendar and posts have been read once
    samples = [play.until(node) for node in ("Task_accept", "MI_joint_check", "Task_sign")]
    if stored > len(samples):
        wanted = [(case_id, stored // len(samples)) for case_id in samples]
        insert_copies(play.installation.database, play.installation.cipher, wanted)
        assert play.faults() == []
        with play.writing() as transaction:
            transaction.execute(tables.timer.update().values(state="dropped"))  # theirs would all be due
    counted = Counted(play)
    every_step(counted)
    going_back(counted)
    receipt_and_revocation(counted)
    time(counted)
    assert set(counted.seen) == COMMANDS | {f"complete {node}" for node in WAY}


def every_step(counted: Counted) -> None:
    play = counted.play
    case_id = play.rows(tables.task, tables.task.c.id == counted.begin().id)[0]["case_id"]
    for node in WAY:
        for task in [one for one in play.open(case_id) if one.node == node]:
            counted.claim_and_complete(task)
        play.follow(case_id, node)
    assert counted.play.row(case_id)["state"] == "closed"


def going_back(counted: Counted) -> None:
    play, place = counted.play, counted.play.installation
    case_id = play.until("Task_sign")
    task = play.task(case_id, "Task_sign")
    leader, applicant = play.actor("leader").person_id, play.actor("applicant").person_id
    cases.prepare_documents(place, play.actor("leader"), task.id)
    counted.run("return", leader, lambda a: cases.return_task(place, a, task.id, "Task_meeting", "登记有误"))
    counted.run("withdraw", applicant, lambda a: cases.withdraw(place, a, case_id, "协会调整人选"))
    digest = play.rows(tables.personal, tables.personal.c.case_id == case_id)[0]["hash"]
    counted.run("reveal", leader, lambda a: cases.reveal(place, a, case_id, digest, "核对身份"))
    asked = play.until("MI_joint_check")
    counted.run("withdraw", applicant, lambda a: cases.withdraw(place, a, asked, "协会调整人选"))


def receipt_and_revocation(counted: Counted) -> None:
    play, place = counted.play, counted.play.installation
    case_id = play.until("Task_serve", new_id())
    play.do(case_id, "Task_serve")
    applicant = play.actor("applicant")
    letter = next(one for one in cases.case_view(place, applicant, case_id).documents if one.kind == "D06")
    counted.run("receive", applicant.person_id, lambda a: cases.receive_document(place, a, letter.id))
    counted.run(
        "revoke", applicant.person_id, lambda a: cases.revoke_document(place, None, letter.number or "", "有误")
    )


def time(counted: Counted) -> None:
    """Of the cases that are there only one is due."""
    play = counted.play
    with play.writing() as transaction:
        transaction.execute(tables.timer.update().values(state="dropped"))
    play.until("MI_joint_check")
    play.later(days=15)
    counted.run("timers", play.actor("leader").person_id, lambda _: cases.fire_timers(play.installation))


def test_the_signing_page_costs_two_commits_and_nothing_when_it_is_opened_again(play: Play) -> None:
    """One takes the numbers, one stores the renderings, which are made in between, outside of any transaction."""
    cost, place = Cost(play.installation.database), play.installation
    leader, task = play.actor("leader"), play.task(play.until("Task_sign", new_id()), "Task_sign")
    with cost.counting():
        cases.prepare_documents(place, leader, task.id)
    assert (cost.commits, len(cost.texts)) == (2, 16)
    with cost.counting():
        cases.prepare_documents(place, leader, task.id)
    assert (cost.commits, len(cost.texts)) == (0, 3)
