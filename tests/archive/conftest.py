"""One whole case and its bundle, made once for all tests of archives."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from engine import archive
from engine.calendar import FixedClock
from engine.installation import Settings, open_installation
from tests.cases.conftest import Prepared, prepared_sqlite
from tests.cases.playing import Play
from tests.installations import START, Office

__all__ = ["prepared_sqlite"]


@pytest.fixture(scope="session")
def play(prepared_sqlite: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Play]:
    folder, clock = tmp_path_factory.mktemp("archived") / "instance", FixedClock(START)
    shutil.copytree(prepared_sqlite.folder, folder, symlinks=True)
    installation = open_installation(folder, clock=clock, settings=Settings(isolated_rendering=False))
    yield Play(Office(installation, clock))
    installation.database.dispose()


@pytest.fixture(scope="session")
def number(play: Play) -> str:
    return str(play.row(play.closed())["number"])


@pytest.fixture(scope="session")
def bundle(play: Play, number: str) -> bytes:
    return archive.make_bundle(play.installation, number)


@pytest.fixture(scope="session")
def root(play: Play) -> bytes:
    return x509.load_der_x509_certificate(play.installation.vault.root()).public_bytes(Encoding.PEM)


@pytest.fixture
def unpacked(bundle: bytes, tmp_path: Path) -> Path:
    file = tmp_path / "bundle.zip"
    file.write_bytes(bundle)
    shutil.unpack_archive(file, tmp_path / "bag")
    return tmp_path / "bag"
