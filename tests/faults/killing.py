"""Processes that work on one installation and are killed in the middle of something."""

import os
import random
import select
import signal
import traceback
from dataclasses import dataclass

from engine.calendar import FixedClock
from engine.installation import open_installation
from tests.cases.playing import Play
from tests.faults.acting import DOING, Actor, Said
from tests.installations import START, Office

LONGEST_BURN = 400_000  # turns of an empty loop, about as long as a command takes


class Survivor:
    """Starts processes that work on one installation, and kills each in the middle of something."""

    def __init__(self, office: Office, seed: int) -> None:
        self.folder, self.settings = office.installation.folder, office.installation.settings
        self.random = random.Random(seed)
        self.acknowledged: list[Said] = []

    def round(self) -> None:
        """One process, killed in the middle of something after a few acknowledged steps."""
        acknowledged, seed = self.random.randint(1, 8), self.random.randrange(2**32)
        child, reading = self._begin(seed)
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

    def _begin(self, seed: int) -> tuple[int, int]:
        """A process that acts until it is killed: its number, and where it says what it does."""
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            self._work(writing, seed)
        os.close(writing)
        return child, reading

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


@dataclass
class Worker:
    """One of several people at work, each in a process of their own."""

    process: int
    reading: int
    patience: int  # acknowledged acts after which it is killed in the middle of the next
    unread: str = ""


class Crowd(Survivor):
    """Several people at once; whoever has done enough is killed, and somebody else takes the place."""

    def __init__(self, office: Office, seed: int, size: int) -> None:
        super().__init__(office, seed)
        self.size = size

    def kill(self, times: int) -> None:
        """So many in the middle of something while the others go on; at the end all who are left."""
        workers = [self._worker() for _ in range(self.size)]
        try:
            while times:
                worker = self._next(workers)
                if worker is None:
                    continue
                self._burn(self.random.randint(0, LONGEST_BURN))
                self._end(worker)
                workers[workers.index(worker)] = self._worker()
                times -= 1
        finally:  # also after a fault: nobody goes on working behind the other tests
            for worker in workers:
                self._end(worker)

    def _worker(self) -> Worker:
        patience, seed = self.random.randint(1, 8), self.random.randrange(2**32)
        return Worker(*self._begin(seed), patience)

    def _next(self, workers: list[Worker]) -> Worker | None:
        """Reads what was said; who is to be killed now, in the middle of something."""
        readable, _, _ = select.select([worker.reading for worker in workers], [], [])
        for worker in workers:
            if worker.reading in readable and self._listen(worker):
                return worker
        return None

    def _listen(self, worker: Worker) -> bool:
        """Whether its time has come: it has done enough, and is about to do something more."""
        data = os.read(worker.reading, 65536)
        assert data, "a process ended by itself, see its traceback"
        *lines, worker.unread = (worker.unread + data.decode()).split("\n")
        for line in lines:
            worker.patience -= self._note(line + "\n")
        return worker.patience <= 0 and bool(lines) and lines[-1].startswith(DOING)

    def _end(self, worker: Worker) -> None:
        os.kill(worker.process, signal.SIGKILL)
        with os.fdopen(worker.reading) as rest:
            for line in (worker.unread + rest.read()).splitlines(keepends=True):
                self._note(line)
        _, status = os.waitpid(worker.process, 0)
        assert os.WIFSIGNALED(status), "the process ended by itself, see its traceback"


def opened(survivor: Survivor) -> Office:
    """The installation as a process of its own opens it."""
    clock = FixedClock(START)
    return Office(open_installation(survivor.folder, clock=clock, settings=survivor.settings), clock)
