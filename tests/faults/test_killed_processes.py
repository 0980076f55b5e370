"""A process is killed in the middle of commands and jobs, again and again: nothing acknowledged is lost or doubled."""

import os
import random
import signal
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from engine import jobs
from engine.cases import HANDLERS
from engine.store import new_id, tables
from engine.store.values import decode
from tests.cases.playing import WAY, Play
from tests.installations import Office, make_office

STEPS = set(WAY[:7])  # up to the meeting; the notice of acceptance is rendered and sealed by a job
KILLS = 20


class Survivor:
    """Starts processes that work on one installation, and kills each in the middle of something."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.random = folder, random.Random(seed)
        self.acknowledged: list[tuple[str, str]] = []

    def round(self) -> None:
        """One process: killed while it works on what comes after its last acknowledged step."""
        acknowledged, more = self.random.randint(1, 5), self.random.randrange(2**32)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            self._work(writing, more)
        os.close(writing)
        with os.fdopen(reading) as lines:
            for _, line in zip(range(acknowledged), lines, strict=False):
                self._note(line)
            self._burn(self.random.randint(0, 40_000))
            os.kill(child, signal.SIGKILL)
            for line in lines:  # what had been acknowledged before the blow counts as well
                self._note(line)
        os.waitpid(child, 0)

    def _note(self, line: str) -> None:
        if line.endswith("\n"):
            what, identity = line.split()
            self.acknowledged.append((what, identity))

    @staticmethod
    def _burn(turns: int) -> None:
        """Lets the other process come a random way into its command, without a clock."""
        for _ in range(turns):
            pass

    def _work(self, writing: int, seed: int) -> None:
        """The child: acts at random and says each act that a command acknowledged. Never returns."""
        try:
            for what, identity in acts(Play(make_office(self.folder)), random.Random(seed)):
                os.write(writing, f"{what} {identity}\n".encode())
        finally:
            os._exit(0)


def acts(play: Play, dice: random.Random) -> Iterator[tuple[str, str]]:
    """Start cases, complete tasks, run jobs: whatever comes next."""
    while True:
        if dice.random() < 0.15:
            jobs.run_due(play.installation, HANDLERS)
            continue
        tasks = [row for row in play.rows(tables.task, tables.task.c.state == "open") if row["node_id"] in STEPS]
        if not tasks or dice.random() < 0.15:
            yield "started", play.begin(new_id())
            continue
        row = dice.choice(tasks)
        if row["node_id"] == "Task_submit":
            play.files(row["case_id"])
        play.complete(next(one for one in play.open(row["case_id"]) if one.id == row["id"]))
        yield "completed", row["id"]


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.full), pytest.param(3, marks=pytest.mark.full)])
def test_a_killed_process_loses_and_doubles_nothing(tmp_path: Path, seed: int) -> None:
    folder = tmp_path / "instance"
    make_office(folder).installation.database.dispose()
    survivor = Survivor(folder, seed)
    for _ in range(KILLS):
        survivor.round()
    office = make_office(folder)
    office.clock.advance(timedelta(days=1))  # leases of the dead have ended
    office.work_off()
    play = Play(office)
    assert len(survivor.acknowledged) >= KILLS
    _nothing_is_lost(play, survivor.acknowledged)
    _nothing_is_doubled(play)
    _every_number_is_accounted_for(office)
    assert play.faults() == []
    assert play.rows(tables.job) == []
    office.installation.database.dispose()


def _nothing_is_lost(play: Play, acknowledged: list[tuple[str, str]]) -> None:
    cases = {row["id"] for row in play.rows(tables.case)}
    tasks = {row["id"]: row["state"] for row in play.rows(tables.task)}
    entered = {row["task_id"] for row in play.rows(tables.entry)}
    for what, identity in acknowledged:
        if what == "started":
            assert identity in cases
        else:
            assert tasks[identity] == "completed"
            assert identity in entered


def _nothing_is_doubled(play: Play) -> None:
    entries = Counter(row["task_id"] for row in play.rows(tables.entry))
    assert max(entries.values()) == 1
    ended = Counter(
        decode(row["body"])["task"]
        for row in play.rows(tables.event, tables.event.c.kind.in_(("task.submitted", "task.completed")))
    )
    assert ended == entries
    notices = Counter((row["case_id"], row["kind"]) for row in play.rows(tables.document))
    assert max(notices.values()) == 1


def _every_number_is_accounted_for(office: Office) -> None:
    play = Play(office)
    for sequence in play.rows(tables.number_sequence):
        wanted = set(range(1, int(sequence["last"]) + 1))
        numbers = {row["number"] for row in play.rows(tables.case) if row["number"]}
        cases = {int(number.rsplit("-", 1)[1]) for number in numbers if number.startswith(sequence["authority"] + "-")}
        numbered = (tables.document.c.authority == sequence["authority"], tables.document.c.serial.is_not(None))
        documents = play.rows(tables.document, *numbered)
        assert {row["serial"] for row in documents} | cases == wanted
    notices = play.rows(tables.document, tables.document.c.signature == "notice")
    assert {row["state"] for row in notices} == {"issued"}
