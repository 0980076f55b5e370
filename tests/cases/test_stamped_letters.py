"""An installation whose settings ask for timestamps: every document of a case bears them, and nothing is issued without."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from engine import cases
from engine.documents import Level, TimestampFailed
from engine.errors import Invalid
from engine.keys import assurance
from engine.store import tables
from tests.cases.playing import Play
from tests.documents.stamping import Stamping, running
from tests.installations import START, Office


@pytest.fixture(scope="module")
def stamping() -> Iterator[Stamping]:
    with running(START) as authority:
        yield authority


def stamped(office: Office, stamping: Stamping, level: Level, folder: Path, url: str = "") -> Play:
    chain = folder / "chain.pem"
    held = [x509.load_der_x509_certificate(one).public_bytes(Encoding.PEM) for one in stamping.certificates]
    chain.write_bytes(b"".join(held))
    asked = replace(
        office.installation.settings,
        signature_level=level,
        timestamp_url=url or stamping.url,
        timestamp_certificates=str(chain),
    )
    return Play(Office(replace(office.installation, settings=asked), office.clock))


@pytest.mark.parametrize("level", ["B-T", "B-LTA"])
def test_every_document_of_a_case_bears_timestamps(
    sqlite_office: Office, stamping: Stamping, tmp_path: Path, level: Level
) -> None:
    play = stamped(sqlite_office, stamping, level, tmp_path)
    play.whole()
    issued = [row for row in play.rows(tables.document) if row["state"] == "issued" and row["signature"] != "sheet"]
    assert {row["kind"] for row in issued} == {"D01", "D04", "D06", "D08", "D09", "D12"}
    for row in issued:
        verdict = cases.verify_bytes(play.installation, play.installation.files.get(row["issued_sha256"]))
        assert verdict.code == "ours.valid"
        assert all(one.stamped for one in verdict.signatures)


def test_a_letter_is_not_signed_while_the_authority_does_not_answer(
    sqlite_office: Office, stamping: Stamping, tmp_path: Path
) -> None:
    play = stamped(sqlite_office, stamping, "B-T", tmp_path, "http://127.0.0.1:9/")
    case_id = play.until("Task_sign")
    with pytest.raises(TimestampFailed, match="时间戳服务没有应答"):
        play.complete(play.task(case_id, "Task_sign"))
    assert {row["state"] for row in play.rows(tables.document) if row["kind"] == "D06"} == {"rendered"}


def test_a_level_without_an_authority_is_told_at_once(sqlite_office: Office) -> None:
    asked = replace(sqlite_office.installation.settings, signature_level="B-T")
    with pytest.raises(Invalid, match="timestamp_url"):
        assurance(replace(sqlite_office.installation, settings=asked))
