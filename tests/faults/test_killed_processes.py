"""A process is killed in the middle of commands and jobs, again and again: nothing acknowledged is lost or doubled."""

import os
import random
import signal
import traceback
from collections import Counter

import pytest

from engine import workflow
from engine.calendar import FixedClock
from engine.cases.loading import load_case, load_scopes
from engine.installation import open_installation
from engine.store import tables
from engine.store.values import decode
from tests.cases.playing import Play
from tests.faults.acting import DOING, Actor, Said
from tests.installations import START, Office

KILLS = 24
LONGEST_BURN = 400_000  # turns of an empty loop, about as long as a command takes
MORE = [pytest.param(seed, marks=pytest.mark.full) for seed in range(2, 8)]
SAID_BY = {  # what is acknowledged, and the events that say so
    "started": ("case.started",),
    "completed": ("task.submitted", "task.completed"),
    "returned": ("task.returned",),
    "withdrawn": ("case.withdrawn",),
    "claimed": ("task.claimed",),
    "released": ("task.released",),
}
ONCE = ("started", "completed", "returned", "withdrawn")


class Survivor:
    """Starts processes that work on one installation, and kills each in the middle of something."""

    def __init__(self, office: Office, seed: int) -> None:
        self.folder, self.settings = office.installation.folder, office.installation.settings
        self.random = random.Random(seed)
        self.acknowledged: list[Said] = []

    def round(self) -> None:
        """One process, killed in the middle of something after a few acknowledged steps."""
        acknowledged, seed = self.random.randint(1, 8), self.random.randrange(2**32)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            self._work(writing, seed)
        os.close(writing)
        with os.fdopen(reading) as lines:
            for line in lines:
                acknowledged -= self._note(line)
                if acknowledged <= 0 and line.startswith(DOING):
                    break
            self._burn(self.random.randint(0, LONGEST_BURN))
            os.kill(child, signal.SIGKILL)
            for line in lines:  # what had been acknowledged before the blow counts as well
                self._note(line)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status), "the process ended by itself, see its traceback"

    def _note(self, line: str) -> bool:
        """Whether a whole line came that acknowledges something."""
        what, _, identity = line.partition(" ")
        if what == DOING or not line.endswith("\n"):
            return False
        self.acknowledged.append((what, identity.strip()))
        return True

    @staticmethod
    def _burn(turns: int) -> None:
        """Lets the other process come a random way into its command, without a clock."""
        for _ in range(turns):
            pass

    def _work(self, writing: int, seed: int) -> None:
        """The child: acts at random and says each act that a command acknowledged. Never returns."""
        try:
            for what, identity in Actor(Play(opened(self)), seed).acts():
                os.write(writing, f"{what} {identity}\n".encode())
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)


def opened(survivor: Survivor) -> Office:
    """The installation as a process of its own opens it."""
    clock = FixedClock(START)
    return Office(open_installation(survivor.folder, clock=clock, settings=survivor.settings), clock)


@pytest.mark.parametrize("seed", [1, *MORE])
def test_on_sqlite_nothing_is_lost_or_doubled(sqlite_office: Office, seed: int) -> None:
    survive(sqlite_office, seed, KILLS)


@pytest.mark.parametrize("seed", [1, *MORE])
def test_on_postgresql_nothing_is_lost_or_doubled(postgres_office: Office, seed: int) -> None:
    survive(postgres_office, seed, KILLS // 3)


def survive(office: Office, seed: int, kills: int) -> None:
    office.installation.database.dispose()  # no connection is shared with the processes
    survivor = Survivor(office, seed)
    for _ in range(kills):
        survivor.round()
    play = Play(office)
    play.later(days=90)  # leases of the dead have ended
    office.work_off()
    assert len(survivor.acknowledged) >= kills
    assert play.faults() == []
    nothing_is_lost_or_doubled(play, survivor.acknowledged)
    every_number_is_accounted_for(play)
    every_case_is_as_its_rows_say(play)
    every_notice_is_issued(play)


def nothing_is_lost_or_doubled(play: Play, acknowledged: list[Said]) -> None:
    events = play.rows(tables.event)
    said: Counter[Said] = Counter()
    for what, kinds in SAID_BY.items():
        for row in events:
            if row["kind"] in kinds:
                said[what, decode(row["body"]).get("task", row["chain"])] += 1
    for act, times in Counter(acknowledged).items():
        assert said[act] >= times, act
    assert [act for act, times in said.items() if act[0] in ONCE and times > 1] == []
    cases = {row["id"] for row in play.rows(tables.case)}
    assert {identity for what, identity in said if what == "started"} == cases
    entries = Counter(row["task_id"] for row in play.rows(tables.entry))
    assert entries == Counter(identity for what, identity in said if what == "completed")
    ended = {row["id"] for row in play.rows(tables.task, tables.task.c.state == "completed")}
    assert ended == {identity for what, identity in said if what in {"completed", "returned"}}


def every_number_is_accounted_for(play: Play) -> None:
    taken: dict[tuple[str, int], list[int]] = {}
    for row in play.rows(tables.case):
        if row["number"]:
            prefix, year, serial = row["number"].split("-")
            taken.setdefault((prefix, int(year)), []).append(int(serial))
    for row in play.rows(tables.document):
        if row["serial"]:
            taken.setdefault((row["authority"], row["year"]), []).append(row["serial"])
    sequences = {(row["authority"], row["year"]): row["last"] for row in play.rows(tables.number_sequence)}
    assert {key: sorted(serials) for key, serials in taken.items()} == {
        key: list(range(1, last + 1)) for key, last in sequences.items()
    }


def every_case_is_as_its_rows_say(play: Play) -> None:
    """The engine's state, the open tasks and the armed timers were written together."""
    runtime = workflow.Runtime(play.clock, {})
    for case in play.rows(tables.case):
        with play.reading() as transaction:
            loaded = load_case(transaction, case["id"], lock=False)
            definition = play.installation.package(transaction, case["version_id"]).definition
            run = workflow.restore(definition, runtime, case["engine_state"], load_scopes(transaction, loaded))
        armed = play.rows(tables.timer, tables.timer.c.case_id == case["id"], tables.timer.c.state == "armed")
        assert {task.id for task in run.open_tasks()} == {task.id for task in play.open(case["id"])}
        assert {timer.id for timer in run.timers()} == {row["id"] for row in armed}
        assert (case["state"] == "closed") == run.finished


def every_notice_is_issued(play: Play) -> None:
    assert play.rows(tables.job) == []
    documents = play.rows(tables.document)
    assert {row["state"] for row in documents if row["signature"] == "notice"} <= {"issued"}
    for row in documents:
        digest = row["issued_sha256"] or row["signed_sha256"] or row["rendered_sha256"]
        if digest is not None and row["signature"] != "slip":
            assert play.installation.files.get(digest).startswith(b"%PDF")
    once = Counter((row["case_id"], row["kind"]) for row in documents if row["kind"] in {"D01", "D02", "D13"})
    assert not [key for key, times in once.items() if times > 1]
    letters = [row for row in documents if row["signature"] == "two" and row["state"] != "voided"]
    assert max(Counter((row["case_id"], row["kind"]) for row in letters).values(), default=1) == 1
