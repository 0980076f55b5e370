"""A client of the real application on a real installation, and people who sign in with their real passwords."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine.demonstration import read_accounts
from tests.installations import Office, make_office
from webapp import create_app

SECRET = b"a secret of the tests, 32 bytes.."


@pytest.fixture(scope="session")
def template_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation that every test copies: keys and passwords are slow to make."""
    folder = tmp_path_factory.mktemp("template") / "instance"
    made = make_office(folder)
    made.installation.database.dispose()
    return folder
