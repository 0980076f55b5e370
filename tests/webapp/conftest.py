"""The real application on a real installation, and people who sign in with their real passwords."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from engine.calendar import FixedClock
from engine.demonstration import read_accounts
from engine.installation import Settings, open_installation
from tests.cases.playing import Play
from tests.installations import ROOT, START, Office, make_office
from tests.webapp.visitor import Visitor
from webapp import create_app

SECRET = b"a secret of the tests, 32 bytes."
SETTINGS = Settings(isolated_rendering=False, telephone="0990-5550 1268", public_url="http://localhost")


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation that every test copies: keys and passwords are slow to make."""
    folder = tmp_path_factory.mktemp("prepared") / "instance"
    folder.mkdir()
    fonts = Path(os.environ.get("HUISHEN_FONTS") or ROOT / "instance" / "fonts")
    if fonts.is_dir():
        (folder / "fonts").symlink_to(fonts)
    make_office(folder, SETTINGS).installation.database.dispose()
    return folder


@pytest.fixture
def office(prepared: Path, tmp_path: Path) -> Iterator[Office]:
    folder = tmp_path / "instance"
    shutil.copytree(prepared, folder, symlinks=True)
    clock = FixedClock(START)
    made = Office(open_installation(folder, clock=clock, settings=replace(SETTINGS)), clock)
    yield made
    made.installation.database.dispose()


@pytest.fixture
def play(office: Office) -> Play:
    """Brings a case to a step through the engine's commands."""
    return Play(office)


@pytest.fixture
def app(office: Office) -> Flask:
    made = create_app(office.installation, secret=SECRET)
    made.config["TESTING"] = True
    return made


@pytest.fixture
def passwords(office: Office) -> dict[str, str]:
    return read_accounts(office.installation.folder)


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """Somebody who is not signed in."""
    return Visitor(app)


@pytest.fixture
def signed_in(app: Flask, passwords: dict[str, str]) -> Callable[[str], Visitor]:
    """Somebody who is: `signed_in("acceptor")`."""

    def enter(login: str) -> Visitor:
        made = Visitor(app)
        made.sign_in(login, passwords[login])
        assert made.page.status == 200, made.page.text
        return made

    return enter
