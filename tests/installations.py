"""A real installation in a temporary folder, with the demonstration's people, for tests of every layer above the store."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine import archive, demonstration, identity, jobs, store
from engine.calendar import FixedClock
from engine.identity import Actor, Proof
from engine.installation import Installation, Settings, open_installation

ROOT = Path(__file__).parent.parent
BPMN = ROOT / "bpmn"
START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 09:00 in Beijing


@dataclass
class Office:
    """An installation and its people: what tests need to play everybody's part."""

    installation: Installation
    clock: FixedClock

    def actor(self, login: str) -> Actor:
        with store.reading(self.installation.database) as transaction:
            found = identity.find_actor(transaction, login, self.clock.now().date())
        assert found is not None, login
        return found

    def proof(self, login: str) -> Proof:
        return Proof(self.actor(login).person_id, self.clock.now())

    def work_off(self) -> int:
        """Run the jobs that follow what was committed."""
        return jobs.run_due(self.installation, archive.HANDLERS)


def make_office(folder: Path, settings: Settings | None = None) -> Office:
    clock = FixedClock(START)
    wanted = replace(settings or Settings(), isolated_rendering=False)
    installation = open_installation(folder, clock=clock, settings=wanted)
    demonstration.prepare(installation, BPMN)
    return Office(installation, clock)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = make_office(tmp_path / "instance")
    yield made
    made.installation.database.dispose()
