"""Cases on their way, played once a session and copied: an untouched installation on SQLite is brought to where another was.

Playing to the letter costs a second and a half a test; copying costs some milliseconds. What a snapshot holds was played
by the same commands on an installation with the same keys.
"""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp

from engine.installation import Installation
from tests.installations import START

_kept: dict[tuple[bytes, str], tuple[Path, str]] = {}


def brought(installation: Installation, node: str, play: Callable[[], str]) -> str:
    """The case that waits at the node: from a snapshot where there is one, else played, and kept for the next test."""
    if not _is_untouched(installation):
        return play()
    key = (installation.passphrase, node)
    if key not in _kept:
        case_id = play()
        _kept[key] = (_copied(installation), case_id)
        return case_id
    folder, case_id = _kept[key]
    _copy_database(folder / "huishen.db", installation.folder / "huishen.db")
    if (folder / "files").is_dir():
        shutil.copytree(folder / "files", installation.folder / "files", dirs_exist_ok=True)
    return case_id


def _is_untouched(installation: Installation) -> bool:
    """On SQLite, at the moment at which tests begin, and nothing has been written since it was opened."""
    log = installation.folder / "huishen.db-wal"
    is_here = installation.database.dialect.name == "sqlite" and (installation.folder / "huishen.db").exists()
    return is_here and log.exists() and log.stat().st_size == 0 and installation.clock.now() == START


def _copied(installation: Installation) -> Path:
    folder = Path(mkdtemp(prefix="huishen-snapshot-"))
    _copy_database(installation.folder / "huishen.db", folder / "huishen.db")
    if (installation.folder / "files").is_dir():
        shutil.copytree(installation.folder / "files", folder / "files")
    return folder


def _copy_database(source: Path, target: Path) -> None:
    """Through the database's own backup, so that connections that are open see whole pages."""
    read, written = sqlite3.connect(source), sqlite3.connect(target)
    try:
        read.backup(written)
    finally:
        read.close()
        written.close()
