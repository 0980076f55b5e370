"""A real installation in a temporary folder, with the demonstration's people, for tests of every layer above the store."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine import archive, demonstration, identity, jobs, store
from engine.calendar import FixedClock
from engine.identity import Actor, Proof
from engine.installation import Installation, Settings, open_installation

ROOT = Path(__file__).parent.parent
BPMN = ROOT / "bpmn"
SETTINGS = Settings(isolated_rendering=False, telephone="0990-5550 1268", public_url="http://localhost")
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


def make_office(folder: Path, settings: Settings = SETTINGS) -> Office:
    """A new installation with the demonstration's people and packages."""
    made = opened(folder, settings)
    demonstration.prepare(made.installation, BPMN)
    return made


def fonts_of(folder: Path) -> None:
    """The fonts of this checkout, where it has them."""
    folder.mkdir(parents=True)
    fonts = Path(os.environ.get("HUISHEN_FONTS") or ROOT / "instance" / "fonts")
    if fonts.is_dir():
        (folder / "fonts").symlink_to(fonts)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation on SQLite that every test copies: keys, passwords and packages are slow to make."""
    folder = tmp_path_factory.mktemp("prepared") / "instance"
    fonts_of(folder)
    make_office(folder).installation.database.dispose()
    return folder


def opened(folder: Path, settings: Settings = SETTINGS) -> Office:
    """A prepared installation, or a copy of one, at the moment at which tests begin."""
    clock = FixedClock(START)
    return Office(open_installation(folder, clock=clock, settings=settings), clock)


@pytest.fixture
def office(prepared: Path, tmp_path: Path) -> Iterator[Office]:
    made = opened(shutil.copytree(prepared, tmp_path / "instance", symlinks=True))
    yield made
    made.installation.database.dispose()
