"""The vault: keys at rest, what it issues, and whom it refuses."""

import stat
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from engine.documents import AUTHORITY, REVIEWER, KeyVault
from engine.errors import Conflict, Forbidden, Invalid, NotFound
from tests.documents.conftest import NOW


@pytest.fixture
def vault(tmp_path: Path) -> KeyVault:
    vault = KeyVault(tmp_path / "signing", "正确的口令")
    vault.create_authority("测试根证书", NOW)
    return vault


def test_keys_at_rest_are_encrypted_and_readable_by_their_owner_only(vault: KeyVault, tmp_path: Path) -> None:
    vault.issue("person-1", "林知远", REVIEWER, NOW)
    folder = tmp_path / "signing"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    data = (folder / "person-1.key").read_bytes()
    assert b"ENCRYPTED PRIVATE KEY" in data
    with pytest.raises(ValueError, match=r"(?i)password|decrypt"):
        load_pem_private_key(data, "正确的口令".encode())  # the passphrase itself is not the key's password


def test_a_wrong_passphrase_opens_nothing(vault: KeyVault, tmp_path: Path) -> None:
    vault.issue("person-1", "林知远", REVIEWER, NOW)
    with pytest.raises(Forbidden) as caught:
        KeyVault(tmp_path / "signing", "别的口令").signer("person-1")
    assert caught.value.code == "document.passphrase"


def test_an_empty_passphrase_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid):
        KeyVault(tmp_path, "")


def test_what_is_there_stays_as_it_is(vault: KeyVault) -> None:
    root = vault.root()
    issued = vault.issue("person-1", "林知远", REVIEWER, NOW)
    later = NOW + timedelta(days=3)
    assert vault.create_authority("别的根证书", later) == root
    assert vault.issue("person-1", "林知远", REVIEWER, later) == issued


def test_an_id_is_not_given_to_somebody_else(vault: KeyVault) -> None:
    vault.issue("person-1", "林知远", REVIEWER, NOW)
    with pytest.raises(Conflict):
        vault.issue("person-1", "周启帆", REVIEWER, NOW)


@pytest.mark.parametrize("key_id", ["../up", "root", "", "A", "甲", "a/b"])
def test_an_id_names_one_file_in_the_folder(vault: KeyVault, key_id: str) -> None:
    with pytest.raises(Invalid):
        vault.issue(key_id, "林知远", REVIEWER, NOW)


@pytest.mark.parametrize("key_id", ["nobody", "../../etc/passwd"])
def test_a_key_that_is_not_there_is_not_found(vault: KeyVault, key_id: str) -> None:
    with pytest.raises(NotFound):
        vault.signer(key_id)


def test_a_certificate_says_whose_for_which_field_and_how_long(vault: KeyVault) -> None:
    person = vault.issue("person-1", "林知远", REVIEWER, NOW)
    seal = vault.issue("seal-authority", "中共南屿省委社会工作部", AUTHORITY, NOW)
    assert (person.common_name, person.field) == ("林知远", REVIEWER)
    assert (seal.common_name, seal.field) == ("中共南屿省委社会工作部", AUTHORITY)
    assert person.not_before == NOW
    assert (person.not_after - NOW).days == 730
    assert person.fingerprint != seal.fingerprint
    assert vault.key_ids() == ["person-1", "seal-authority"]


def test_no_key_outlives_the_root(vault: KeyVault) -> None:
    late = NOW + timedelta(days=365 * 19)
    end: datetime = vault.issue("seal-late", "中共南屿省委社会工作部", AUTHORITY, late).not_after
    assert end <= NOW + timedelta(days=365 * 20)
