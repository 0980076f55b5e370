"""What a committed command costs beside ten thousand open cases on SQLite: p50, p95, p99, statements, bytes of state.

    script/bench step [--cases N] [--runs N]

The database is kept under instance/bench/ for the next run. A measured command is `cases.complete`: the permission, the
form's rules, the engine's step, every row and the durable commit. Signing and sealing, whose time is the PDF's, are left
out; see `script/bench document`.
"""

import argparse
import statistics
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bench.population import populate, state_size
from engine import cases, identity, store
from engine.calendar import local_date
from engine.installation import Settings
from tests.cases.playing import WAY, Play
from tests.installations import make_office

TARGET_MS, TARGET_BYTES = 6.0, 3_000
MEASURED = WAY[:7]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=20)
    options = parser.parse_args()
    office = make_office(Path("instance/bench"), Settings())
    play = Play(office)
    stored = populate(play, options.cases)
    print(f"open cases: {stored}")
    statements = _Statements(office.installation.database)
    times: dict[str, list[float]] = defaultdict(list)
    for run in range(options.runs + 2):
        found = _case(play, statements)
        if run >= 2:  # the first two warm caches
            for node, taken in found:
                times[node].append(taken)
    _print(times, statements)
    median, largest = state_size(office.installation.database)
    print(f"state without variables: median {median} bytes, largest {largest} (target under {TARGET_BYTES})")


class _Statements:
    """Counts statements and commits of the commands it is told to watch."""

    def __init__(self, database: sa.Engine) -> None:
        self.now = self.commits = 0
        self.most: dict[str, tuple[int, int]] = {}
        sa.event.listen(database, "before_cursor_execute", self._statement)
        sa.event.listen(database, "commit", self._commit)

    def _statement(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        self.now += not statement.startswith("BEGIN")

    def _commit(self, *_: Any) -> None:
        self.commits += 1

    def start(self) -> None:
        self.now = self.commits = 0

    def keep(self, node: str) -> None:
        found = (self.now, self.commits)
        self.most[node] = max(self.most.get(node, (0, 0)), found)


def _case(play: Play, statements: _Statements) -> list[tuple[str, float]]:
    case_id = play.begin()
    taken = []
    for node in MEASURED:
        if "attachments" in play.answers[node]:
            play.files(case_id, node)
        for task in [one for one in play.open(case_id) if one.node == node]:
            person = play.holder(task.post)
            proof, values = play.office.proof(person.login), play.values(node)
            statements.start()
            begun = time.perf_counter()
            with store.reading(play.installation.database) as transaction:
                actor = identity.load_actor(transaction, person.person_id, local_date(play.clock.now()))
            assert actor is not None
            cases.complete(play.installation, actor, task.id, values, 0, proof)
            taken.append((node, 1000 * (time.perf_counter() - begun)))
            statements.keep(node)
    return taken


def _print(times: dict[str, list[float]], statements: _Statements) -> None:
    print(f"{'command':22}{'p50':>8}{'p95':>8}{'p99':>8}  ms{'statements':>13}{'commits':>9}")
    for node, found in times.items():
        most, commits = statements.most[node]
        print(f"{node:22}{_quantiles(found)}    {most:>11}{commits:>9}")
    whole = [one for found in times.values() for one in found]
    verdict = "holds" if statistics.median(whole) <= TARGET_MS else "missed"
    print(f"{'all':22}{_quantiles(whole)}     target p50 {TARGET_MS} ms: {verdict}")


def _quantiles(found: list[float]) -> str:
    ordered = sorted(found)
    return "".join(f"{ordered[min(len(ordered) - 1, int(len(ordered) * share))]:8.2f}" for share in (0.5, 0.95, 0.99))


if __name__ == "__main__":
    main()
