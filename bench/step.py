"""What a committed command costs beside ten thousand open cases on SQLite: p50, p95, p99, statements, bytes of state.

    script/bench step [--cases N] [--runs N] [--profile]

The database is kept under instance/bench/ for the next run. A measured command is the session (the actor with its
posts) and `cases.complete`: permission, the form's rules, the engine's step, every row and the durable commit. Beside
the time on the clock stands the time on the processor, which neighbours on the machine disturb less. Signing and sealing
are shown but not summed up: their time is that of the PDF's signature (see `script/bench document`).
"""

import argparse
import cProfile
import pstats
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from bench.population import populate, state_sizes
from engine import cases, identity, store
from engine.calendar import local_date
from tests.cases.playing import WAY, Open, Play
from tests.installations import ROOT, make_office

TARGET_MS, TARGET_BYTES = 6.0, 3_000
WARM_UP = 2  # cases that are played before anything is noted
LETTERS = ("Task_sign", "Task_seal")


@dataclass
class Sample:
    """Milliseconds of one kind of command, and the most that it asked of the database."""

    wall: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    statements: int = 0
    commits: int = 0


class Meter:
    """Measures commands, by the node whose task they complete."""

    def __init__(self, database: sa.Engine, profile: cProfile.Profile | None) -> None:
        self.samples: dict[str, Sample] = {}
        self.profile, self.notes = profile, False
        self._statements = self._commits = 0
        sa.event.listen(database, "before_cursor_execute", self._statement)
        sa.event.listen(database, "commit", self._commit)

    def _statement(self, _connection: object, _cursor: object, text: str, *_: object) -> None:
        self._statements += not text.startswith("BEGIN")

    def _commit(self, _connection: object) -> None:
        self._commits += 1

    def measure(self, node: str, command: Callable[[], object]) -> None:
        if not self.notes:
            command()
            return
        sample = self.samples.setdefault(node, Sample())
        self._statements = self._commits = 0
        profile = self.profile if node not in LETTERS else None
        if profile:
            profile.enable()
        wall, processor = time.perf_counter(), time.process_time()
        command()
        sample.processor.append(1000 * (time.process_time() - processor))
        sample.wall.append(1000 * (time.perf_counter() - wall))
        if profile:
            profile.disable()
        sample.statements = max(sample.statements, self._statements)
        sample.commits = max(sample.commits, self._commits)


def whole_case(play: Play, meter: Meter) -> None:
    """One case from the application to the service of the letter."""
    case_id = play.begin()
    for node in WAY:
        if "attachments" in play.answers[node]:
            play.files(case_id, node)
        for task in [one for one in play.open(case_id) if one.node == node]:
            meter.measure(node, _completing(play, task))


def _completing(play: Play, task: Open) -> Callable[[], object]:
    """The command, with everything that happens before it done."""
    place, person = play.installation, play.holder(task.post)
    proof, values, today = play.office.proof(person.login), play.values(task.node), local_date(play.clock.now())
    shown = {}
    if task.node == "Task_sign":
        shown = {one.id: one.digest or "" for one in cases.prepare_documents(place, person, task.id)}

    def command() -> object:
        with store.reading(place.database) as transaction:
            actor = identity.load_actor(transaction, person.person_id, today)
        assert actor is not None
        return cases.complete(place, actor, task.id, values, 0, proof, shown)

    return command


def show(samples: dict[str, Sample]) -> None:
    """The table."""
    print(f"{'ms':22}{'p50':>8}{'p95':>8}{'p99':>8}{'processor p50':>15}{'statements':>12}{'commits':>9}")
    for node, sample in samples.items():
        print(f"{node:22}{_line(sample)}{sample.statements:>12}{sample.commits:>9}")
    summed = [sample for node, sample in samples.items() if node not in LETTERS]
    wall = [one for sample in summed for one in sample.wall]
    whole = Sample(wall, [one for sample in summed for one in sample.processor])
    verdict = "holds" if statistics.median(wall) <= TARGET_MS else "missed"
    print(f"{'all without letters':22}{_line(whole)}   target p50 {TARGET_MS:.0f} ms: {verdict}")


def _line(sample: Sample) -> str:
    ordered = sorted(sample.wall)
    quantiles = [ordered[min(len(ordered) - 1, int(len(ordered) * share))] for share in (0.5, 0.95, 0.99)]
    return "".join(f"{one:8.2f}" for one in quantiles) + f"{statistics.median(sample.processor):15.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=10_000, help="open cases beside the measured ones")
    parser.add_argument("--runs", type=int, default=20, help="cases that are played and measured")
    parser.add_argument("--profile", action="store_true", help="print where the time goes (and makes it longer)")
    options = parser.parse_args()
    office = make_office(ROOT / "instance" / "bench")
    play, database = Play(office), office.installation.database
    print(f"open cases: {populate(play, options.cases)}")
    profile = cProfile.Profile() if options.profile else None
    meter = Meter(database, profile)
    for run in range(options.runs + WARM_UP):
        meter.notes = run >= WARM_UP
        whole_case(play, meter)
    show(meter.samples)
    sizes = state_sizes(database)
    median, largest = sizes[len(sizes) // 2], sizes[-1]
    verdict = "holds" if largest < TARGET_BYTES else "missed"
    print(f"state without scopes: median {median} bytes, largest {largest}; target under {TARGET_BYTES}: {verdict}")
    size = Path(str(database.url.database)).stat().st_size
    print(f"database: {size / 1e6:.0f} MB")
    if profile:
        pstats.Stats(profile).sort_stats("tottime").print_stats(30)


if __name__ == "__main__":
    main()
