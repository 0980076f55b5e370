"""Cases on their way, played once a session and copied: an untouched installation is brought to where another was.

Playing to the letter costs a second and a half a test; copying costs some milliseconds. What a snapshot holds was played
by the same commands on an installation with the same keys.
"""

import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp
from weakref import WeakSet

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from engine.calendar import FixedClock
from engine.installation import Installation, Settings
from tests.installations import START

untouched: WeakSet[sa.Engine] = WeakSet()  # engines through which nothing was written since they were watched
_kept: dict[tuple[bytes, Settings, str], tuple[Path, str, datetime]] = {}


def brought(installation: Installation, node: str, play: Callable[[], str]) -> str:
    """The case that waits at the node: from a snapshot where there is one, else played, and kept for the next test."""
    if not _is_untouched(installation):
        return play()
    key = (
        installation.passphrase,
        replace(installation.settings, database_url=installation.database.dialect.name),
        node,
    )
    if key not in _kept:
        case_id = play()
        _kept[key] = (_copied(installation), case_id, installation.clock.now())
        return case_id
    kept, case_id, now = _kept[key]
    assert isinstance(installation.clock, FixedClock)
    installation.clock.set(now)
    _restore(kept, installation)
    return case_id


def watch(installation: Installation) -> None:
    """Notes whether anything is written; without it an installation on PostgreSQL counts as touched."""
    untouched.add(installation.database)

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.lstrip().startswith(("INSERT", "UPDATE", "DELETE")):
            untouched.discard(installation.database)

    sa.event.listen(installation.database, "before_cursor_execute", note)


def _is_untouched(installation: Installation) -> bool:
    """At the moment at which tests begin, and nothing has been written since it was opened."""
    if installation.clock.now() != START:
        return False
    if installation.database.dialect.name != "sqlite":
        return installation.database in untouched
    log = installation.folder / "huishen.db-wal"
    return (installation.folder / "huishen.db").exists() and log.exists() and log.stat().st_size == 0


def _copied(installation: Installation) -> Path:
    folder = Path(mkdtemp(prefix="huishen-snapshot-"))
    if installation.database.dialect.name == "sqlite":
        _copy_database(installation.folder / "huishen.db", folder / "huishen.db")
    else:
        installation.database.dispose()  # a template must have no connection
        _run(installation, f'CREATE DATABASE "{_name(folder)}" TEMPLATE "{installation.database.url.database}"')
    if (installation.folder / "files").is_dir():
        shutil.copytree(installation.folder / "files", folder / "files")
    return folder


def _restore(kept: Path, installation: Installation) -> None:
    if installation.database.dialect.name == "sqlite":
        _copy_database(kept / "huishen.db", installation.folder / "huishen.db")
    else:
        installation.database.dispose()
        untouched.discard(installation.database)
        name = installation.database.url.database
        _run(installation, f'DROP DATABASE "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}" TEMPLATE "{_name(kept)}"')
    if (kept / "files").is_dir():
        shutil.copytree(kept / "files", installation.folder / "files", dirs_exist_ok=True)


def _name(folder: Path) -> str:
    return folder.name.replace("-", "_").lower()


def _run(installation: Installation, *statements: str) -> None:
    url = installation.database.url.set(database="postgres")
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


def _copy_database(source: Path, target: Path) -> None:
    """Through the database's own backup, so that connections that are open see whole pages."""
    read, written = sqlite3.connect(source), sqlite3.connect(target)
    try:
        read.backup(written)
    finally:
        read.close()
        written.close()
