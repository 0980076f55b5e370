"""Fonts, a press in this process, and an authority whose keys sign; made once for all tests of documents."""

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from engine import documents
from tests.documents.office import Office

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def fonts() -> Path:
    """`HUISHEN_FONTS` or the installation's; without fonts a test fails with the line that brings them."""
    folder = Path(os.environ.get("HUISHEN_FONTS") or "instance/fonts")
    documents.Faces(folder)
    return folder


@pytest.fixture(scope="session")
def faces(fonts: Path) -> documents.Faces:
    return documents.Faces(fonts)


@pytest.fixture(scope="session")
def press(fonts: Path) -> Iterator[documents.Press]:
    with documents.Press(fonts, isolated=False) as press:
        yield press


@pytest.fixture(scope="session")
def office(press: documents.Press, tmp_path_factory: pytest.TempPathFactory) -> Office:
    return Office.founded(press, tmp_path_factory.mktemp("keys"), NOW)


@pytest.fixture
def frame() -> documents.Frame:
    return documents.Frame(
        number="屿社工函〔2026〕18号",
        date=date(2026, 11, 23),
        code="7Q4M-2K9P-XC31",
        verify_url="https://shenhe.example.gov.cn/verify/7Q4M-2K9P-XC31",
        record={"document": "D06", "outcome": "approved", "candidates": ["王䶮"]},
    )
