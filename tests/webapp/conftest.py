"""The real application on a real installation, and people who sign in with their real passwords."""

from collections.abc import Callable

import pytest
from flask import Flask

from engine.demonstration import read_accounts
from tests.cases.playing import Play
from tests.installations import Office
from tests.webapp.visitor import Visitor
from webapp import create_app

SECRET = b"a secret of the tests, 32 bytes."


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
