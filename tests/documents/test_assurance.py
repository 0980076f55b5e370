"""Timestamps and archiving: what each level adds, what verification makes of it, what an authority cannot spoil."""

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from engine import documents
from engine.documents import Assurance, TimestampAuthority, TimestampFailed, Trust
from engine.errors import Invalid
from tests.documents import archival, samples
from tests.documents.office import Office
from tests.documents.stamping import Stamping, running
from tests.documents.test_verify import appended

STAMPED_AFTER = timedelta(minutes=3)


@pytest.fixture(scope="module")
def stamping(office: Office) -> Iterator[Stamping]:
    with running(office.now + STAMPED_AFTER) as authority:
        yield authority


@pytest.fixture(scope="module")
def trust(office: Office, stamping: Stamping) -> Trust:
    return replace(office.trust, timestamp_roots=(stamping.root,))


def assured(office: Office, stamping: Stamping, level: documents.Level) -> Assurance:
    lists = (office.vault.revocation_list({}, office.now), stamping.revocation_list)
    certificates = (office.vault.root(), *stamping.certificates)
    return Assurance(level, TimestampAuthority(stamping.url), certificates, lists)


def letter(office: Office, assurance: Assurance) -> bytes:
    rendered = office.rendered(samples.content("D07"))
    assert rendered.seal
    person, seal = office.vault.signer("person-1"), office.vault.signer("seal-authority")
    approved = documents.approve(rendered.pdf, rendered.seal, person, office.now, assurance=assurance)
    return documents.seal(approved, rendered.seal, seal, office.now, faces=office.press.faces, assurance=assurance)


@pytest.fixture(scope="module")
def stamped(office: Office, stamping: Stamping) -> bytes:
    return letter(office, assured(office, stamping, "B-T"))


@pytest.fixture(scope="module")
def archived(office: Office, stamping: Stamping) -> bytes:
    return letter(office, assured(office, stamping, "B-LTA"))


def test_a_timestamp_gives_both_signatures_the_authority_s_time(office: Office, trust: Trust, stamped: bytes) -> None:
    verdict = documents.verify(stamped, trust)
    assert verdict.code == "ours.valid"
    assert [(one.time, one.stamped) for one in verdict.signatures] == [(office.now + STAMPED_AFTER, True)] * 2
    assert "时间戳" in str(verdict.signatures[0])


def test_an_archived_letter_holds_certificates_and_lists_under_a_timestamp_over_all(
    trust: Trust, archived: bytes
) -> None:
    reader = PdfFileReader(io.BytesIO(archived))
    assert len(reader.embedded_timestamp_signatures) == 1
    store = reader.root["/DSS"]
    assert (len(store["/Certs"]), len(store["/CRLs"])) == (3, 2)
    assert documents.verify(archived, trust).code == "ours.valid"


def test_an_archived_notice_and_archived_minutes_are_valid(office: Office, stamping: Stamping, trust: Trust) -> None:
    assurance = assured(office, stamping, "B-LTA")
    rendered = office.rendered(samples.content("D01"))
    assert rendered.seal
    seal, person = office.vault.signer("seal-acceptance"), office.vault.signer("person-1")
    notice = documents.seal(
        rendered.pdf, rendered.seal, seal, office.now, faces=office.press.faces, assurance=assurance
    )
    minutes = office.rendered(samples.content("D09"))
    approved = documents.approve(minutes.pdf, minutes.seal, person, office.now, assurance=assurance)
    for pdf in (notice, approved):
        assert documents.verify(pdf, trust).code == "ours.valid"
        assert archival.faults(pdf) == []


def test_stamped_files_stay_pdf_a(stamped: bytes, archived: bytes) -> None:
    assert archival.faults(stamped) == []
    assert archival.faults(archived) == []


@pytest.mark.parametrize("change", ["text", "note", "language"])
def test_what_follows_the_archive_s_timestamp_is_noticed(trust: Trust, archived: bytes, change: str) -> None:
    assert documents.verify(appended(archived, change), trust).code == "ours.changed"


def test_an_authority_that_is_not_believed_proves_nothing(office: Office, stamped: bytes, archived: bytes) -> None:
    for pdf in (stamped, archived):
        verdict = documents.verify(pdf, office.trust)
        assert verdict.code == "ours.changed"
        assert not any(one.stamped for one in verdict.signatures)


def test_a_stranger_s_archive_timestamp_is_no_archive(office: Office, trust: Trust) -> None:
    with running(office.now) as other:
        pdf = letter(office, assured(office, other, "B-LTA"))
    assert documents.verify(pdf, trust).code == "ours.changed"


def test_a_key_withdrawn_between_signing_and_stamping_does_not_count(
    office: Office, trust: Trust, stamped: bytes
) -> None:
    """The signing time is the signer's own word; the timestamp is not."""
    assert trust.known
    until = office.now + timedelta(minutes=1)
    known = {name: {key: (since, until) for key, (since, _) in keys.items()} for name, keys in trust.known.items()}
    assert documents.verify(stamped, replace(trust, known=known)).code == "revoked"


def test_the_examiner_knows_timestamps_too(trust: Trust, archived: bytes) -> None:
    examiner = documents.Examiner()
    assert examiner.verify(archived, trust) == documents.verify(archived, trust)
    examiner.close()


def test_an_authority_that_does_not_answer_stops_the_signing_in_words(office: Office) -> None:
    assurance = Assurance("B-T", TimestampAuthority("http://127.0.0.1:9/", timeout=1))
    with pytest.raises(TimestampFailed, match="没有应答"):
        letter(office, assurance)


@pytest.mark.parametrize(
    ("level", "url"), [("B-T", None), ("B-LT", "http://127.0.0.1/"), ("B-LTA", None), ("B-T", "file:///etc/passwd")]
)
def test_a_level_that_cannot_be_reached_is_refused(level: documents.Level, url: str | None) -> None:
    with pytest.raises(Invalid):
        Assurance(level, TimestampAuthority(url) if url else None)
