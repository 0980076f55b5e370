"""One whole case and its bundle, made once for all tests of archives."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from engine import archive
from tests.cases.playing import Play
from tests.installations import opened


@pytest.fixture(scope="session")
def play(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Play]:
    folder = shutil.copytree(prepared, tmp_path_factory.mktemp("archived") / "instance", symlinks=True)
    office = opened(folder)
    yield Play(office)
    office.installation.database.dispose()


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
