"""A prepared installation for each test: made once a session for each database, then copied."""

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from engine.installation import Settings
from tests.cases.playing import Play
from tests.cases.snapshots import watch
from tests.installations import SETTINGS, Office, fonts_of, make_office, opened


@dataclass(frozen=True)
class Prepared:
    """A folder with the demonstration's people and packages, and the database that goes with it."""

    folder: Path
    database: str  # empty: the SQLite file in the folder

    def url(self, name: str) -> str:
        return sa.make_url(self.database).set(database=name).render_as_string(hide_password=False)

    def run(self, statement: str) -> None:
        engine = sa.create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
        engine.dispose()


@pytest.fixture(scope="session")
def prepared_sqlite(prepared: Path) -> Prepared:
    return Prepared(prepared, "")


@pytest.fixture(scope="session")
def prepared_postgres(postgres_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prepared]:
    name = f"prepared_{secrets.token_hex(4)}"
    folder = tmp_path_factory.mktemp("prepared-pg") / "instance"
    prepared = Prepared(folder, sa.make_url(postgres_server).set(database=name).render_as_string(hide_password=False))
    prepared.run(f'CREATE DATABASE "{name}"')
    fonts_of(folder)
    make_office(folder, replace(SETTINGS, database_url=prepared.database)).installation.database.dispose()
    yield prepared
    prepared.run(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def sqlite_copy(prepared: Prepared, folder: Path) -> Iterator[Office]:
    shutil.copytree(prepared.folder, folder, symlinks=True)
    office = _watched(folder, SETTINGS)
    yield office
    office.installation.database.dispose()


@contextmanager
def postgres_copy(prepared: Prepared, folder: Path) -> Iterator[Office]:
    name = f"test_{secrets.token_hex(6)}"
    shutil.copytree(prepared.folder, folder, symlinks=True)
    template = sa.make_url(prepared.database).database
    prepared.run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    office = _watched(folder, replace(SETTINGS, database_url=prepared.url(name)))
    yield office
    office.installation.database.dispose()
    prepared.run(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def sqlite_office(prepared_sqlite: Prepared, tmp_path: Path) -> Iterator[Office]:
    with sqlite_copy(prepared_sqlite, tmp_path / "instance") as office:
        yield office


@pytest.fixture
def postgres_office(prepared_postgres: Prepared, tmp_path: Path) -> Iterator[Office]:
    with postgres_copy(prepared_postgres, tmp_path / "instance") as office:
        yield office


def _watched(folder: Path, settings: Settings) -> Office:
    made = opened(folder, settings)
    watch(made.installation)
    return made


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest) -> Office:
    """Each test that asks for it runs on both databases."""
    made: Office = request.getfixturevalue(f"{'sqlite' if request.param == 'sqlite' else 'postgres'}_office")
    return made


@pytest.fixture
def sqlite_play(sqlite_office: Office) -> Play:
    """For what the database has no part in."""
    return Play(sqlite_office)


@pytest.fixture
def play(office: Office) -> Iterator[Play]:
    """Whatever a test does through commands, the events alone give back every row afterwards."""
    made = Play(office)
    yield made
    if not made.tampered:
        assert made.faults() == []
        assert made.differences() == []
