"""Opens a database and gives out transactions; SQLite by default, PostgreSQL through the same code."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, event

MIGRATIONS = Path(__file__).parent / "migrations"
Transaction = Connection


def open_database(url: str) -> Engine:
    """An engine whose transactions are durable: SQLite with WAL and `synchronous=FULL`, PostgreSQL as it comes."""
    if url.startswith("sqlite"):
        engine = sa.create_engine(url, connect_args={"timeout": 30, "check_same_thread": False}, pool_size=8)
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return sa.create_engine(url, pool_size=8, pool_pre_ping=True)


def _configure_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy's begin event emits BEGIN; the driver must not
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA busy_timeout=30000")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A writer that begins as a reader may find its snapshot stale; taking the lock first makes it wait instead.
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


@contextmanager
def writing(engine: Engine) -> Iterator[Transaction]:
    """One transaction that commits at the end of the block and leaves nothing behind on an error."""
    with engine.begin() as connection:
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Transaction]:
    """One consistent view; writes nothing, and so ends with a rollback."""
    options: dict[str, Any] = {"reading": True}
    if engine.dialect.name == "postgresql":  # by default each statement of a transaction would see another state
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect().execution_options(**options) as connection:
        transaction = connection.begin()
        try:
            yield connection
        finally:
            transaction.rollback()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


@cache
def _newest() -> str | None:
    """The revision that the code is written for; finding it reads every migration, so it is looked up once a process."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def migrate(engine: Engine) -> None:
    """Bring the schema to the newest version; does nothing where it is there already."""
    config = _config()
    with engine.connect() as connection:
        if MigrationContext.configure(connection).get_current_revision() == _newest():
            return
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
