"""Away from the installation: what the root certificate alone can tell, and what a signed list of the register adds."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509

from engine import documents
from engine.documents import REVIEWER
from engine.documents.register import Entry, RegisterList, export, read, verify_offline
from engine.errors import Invalid, NotFound
from tests.documents import samples
from tests.documents.office import Office


@pytest.fixture(scope="module")
def letter(office: Office) -> bytes:
    return office.letter(samples.content("D07"))


def listed(office: Office, letter: bytes, state: str, reason: str = "") -> bytes:
    digest = office.verify(letter).sha256
    assert office.trust.known
    entry = Entry("屿社工函〔2026〕18号", state, reason)
    return export(office.vault, RegisterList(office.now, office.trust.known, {digest: entry}))


def test_the_root_alone_tells_origin_wholeness_signers_and_times(office: Office, letter: bytes) -> None:
    verdict = verify_offline(letter, office.vault.root())
    assert verdict.code == "ours.origin"
    assert "登记簿" in verdict.sentence
    assert (verdict.signatures[0].name, verdict.signatures[0].time) == ("林知远", office.now)
    assert verdict.record == {"document": "D06", "outcome": "approved"}
    assert verify_offline(letter + b"x", office.vault.root()).code == "ours.changed"


def test_minutes_and_notices_are_told_by_the_root_too(office: Office) -> None:
    rendered = office.rendered(samples.content("D09"))
    signer = office.vault.signer("person-1")
    minutes = documents.approve(rendered.pdf, rendered.seal, signer, office.now)
    for pdf in (minutes, office.notice(samples.content("D01"))):
        assert verify_offline(pdf, office.vault.root()).code == "ours.origin"
        assert office.verify(pdf).code == "ours.valid"


def test_another_root_finds_our_letter_foreign(office: Office, letter: bytes, tmp_path: Path) -> None:
    stranger = Office.founded(office.press, tmp_path, office.now)
    assert verify_offline(letter, stranger.vault.root()).code == "foreign.intact"


@pytest.mark.parametrize(("state", "code"), [("issued", "ours.valid"), ("revoked", "revoked")])
def test_a_list_of_the_register_tells_the_state(office: Office, letter: bytes, state: str, code: str) -> None:
    register = read(listed(office, letter, state, "人选有误"), office.vault.root())
    assert verify_offline(letter, office.vault.root(), register).code == code


def test_a_document_that_the_list_does_not_have_was_not_issued(office: Office, letter: bytes) -> None:
    register = read(listed(office, letter, "issued"), office.vault.root())
    other = office.notice(samples.content("D01"))
    assert verify_offline(other, office.vault.root(), register).code == "unknown-to-register"


def test_a_changed_list_is_no_list(office: Office, letter: bytes, tmp_path: Path) -> None:
    data = listed(office, letter, "revoked")
    stranger = Office.founded(office.press, tmp_path, office.now)
    changed = json.loads(data)
    changed["body"]["documents"] = {
        key: [number, "issued", ""] for key, (number, *_) in changed["body"]["documents"].items()
    }
    for bad in (json.dumps(changed).encode(), b"", b"[]", b"{}", listed(stranger, letter, "issued")):
        with pytest.raises(Invalid) as caught:
            read(bad, office.vault.root())
        assert caught.value.code == "register.signature"


# Keys that end


def test_a_replaced_key_signs_no_more_and_its_certificate_is_kept(office: Office, tmp_path: Path) -> None:
    vault = documents.KeyVault(tmp_path, "口令-for-tests")
    vault.create_authority("根证书", office.now)
    old = vault.issue("person-1", "林知远", REVIEWER, office.now)
    new = vault.replace("person-1", office.now + timedelta(days=1))
    assert (new.common_name, new.field, new.key_id) == (old.common_name, old.field, old.key_id)
    assert new.fingerprint != old.fingerprint
    assert vault.signer("person-1").certificate == new
    assert (tmp_path / "retired" / f"{old.fingerprint}.pem").read_text() == old.certificate_pem
    assert vault.key_ids() == ["person-1"]
    vault.withdraw("person-1")
    with pytest.raises(NotFound):
        vault.signer("person-1")


def test_the_revocation_list_names_what_ended_and_is_the_root_s(office: Office, tmp_path: Path) -> None:
    vault = documents.KeyVault(tmp_path, "口令-for-tests")
    vault.create_authority("根证书", office.now)
    old = vault.issue("person-1", "林知远", REVIEWER, office.now)
    vault.replace("person-1", office.now + timedelta(days=1))
    data = vault.revocation_list({old.fingerprint: office.now + timedelta(days=1)}, office.now + timedelta(days=2))
    found = x509.load_der_x509_crl(data)
    root = x509.load_der_x509_certificate(vault.root())
    assert found.is_signature_valid(root.public_key())  # type: ignore[arg-type]
    serial = x509.load_pem_x509_certificate(old.certificate_pem.encode()).serial_number
    assert [one.serial_number for one in found] == [serial]
    with pytest.raises(NotFound):
        vault.revocation_list({"0" * 64: office.now}, office.now)
