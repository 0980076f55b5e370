import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import HuishenError, NotFound, Unavailable
from engine.store import Cipher, Files, open_cipher, write_secret

CIPHER = Cipher({"k1": b"1" * 32, "k2": b"2" * 32}, "k2", b"h" * 32)
NUMBER = "990000196805120015"
ROW = "case-1:id_no"


@given(text=st.text(st.characters(exclude_categories=["Cs"])), row=st.text(st.characters(exclude_categories=["Cs"])))
def test_a_field_is_read_back(text: str, row: str) -> None:
    key_id, data = CIPHER.encrypt(text, row)
    assert CIPHER.decrypt(key_id, data, row) == text


def test_a_field_that_was_moved_to_another_row_is_refused() -> None:
    key_id, data = CIPHER.encrypt(NUMBER, ROW)
    with pytest.raises(HuishenError) as caught:
        CIPHER.decrypt(key_id, data, "case-2:id_no")
    assert caught.value.code == "store.field-damaged"


@pytest.mark.parametrize("place", [0, 12, -1], ids=["nonce", "text", "tag"])
def test_a_field_with_one_bit_changed_is_refused(place: int) -> None:
    key_id, data = CIPHER.encrypt(NUMBER, ROW)
    changed = bytearray(data)
    changed[place] ^= 1
    with pytest.raises(HuishenError):
        CIPHER.decrypt(key_id, bytes(changed), ROW)


@pytest.mark.parametrize("length", [0, 5, 12, 20])
def test_a_field_that_was_cut_is_refused(length: int) -> None:
    key_id, data = CIPHER.encrypt(NUMBER, ROW)
    with pytest.raises(HuishenError):
        CIPHER.decrypt(key_id, data[:length], ROW)


def test_equal_fields_do_not_look_equal() -> None:
    assert CIPHER.encrypt(NUMBER, ROW)[1] != CIPHER.encrypt(NUMBER, ROW)[1]


def test_old_keys_still_read_after_a_new_one_writes() -> None:
    old = Cipher({"k1": b"1" * 32}, "k1", b"h" * 32)
    key_id, data = old.encrypt(NUMBER, ROW)
    assert CIPHER.decrypt(key_id, data, ROW) == NUMBER
    assert CIPHER.encrypt(NUMBER, ROW)[0] == "k2"


def test_a_missing_key_is_named() -> None:
    with pytest.raises(Unavailable, match="k9"):
        CIPHER.decrypt("k9", b"x" * 40, ROW)


def test_equal_numbers_have_equal_hashes_within_their_kind_only() -> None:
    assert CIPHER.digest("id_no", NUMBER) == CIPHER.digest("id_no", NUMBER)
    assert CIPHER.digest("id_no", NUMBER) != CIPHER.digest("mobile", NUMBER)
    assert CIPHER.digest("id_no", NUMBER) != Cipher({}, "", b"x" * 32).digest("id_no", NUMBER)


def test_keys_are_made_once_for_their_owner_only(tmp_path: Path) -> None:
    made = open_cipher(tmp_path / "keys")
    assert open_cipher(tmp_path / "keys") == made
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "keys").iterdir()} == {0o600}


@pytest.mark.parametrize("lost", ["hash.key", "k1.key"])
def test_a_folder_that_lost_a_key_gets_no_other_one_in_its_place(tmp_path: Path, lost: str) -> None:
    open_cipher(tmp_path / "keys")
    (tmp_path / "keys" / lost).unlink()
    with pytest.raises(Unavailable) as caught:
        open_cipher(tmp_path / "keys")
    assert caught.value.code == "store.key-missing"
    assert not (tmp_path / "keys" / lost).exists()


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    assert open_cipher(tmp_path).current == "k1"
    assert open_cipher(tmp_path) == open_cipher(tmp_path)


def test_the_newest_key_writes(tmp_path: Path) -> None:
    open_cipher(tmp_path)
    for name in ("k2", "k10"):
        write_secret(tmp_path / f"{name}.key", name.encode() * 16)
    assert open_cipher(tmp_path).current == "k10"


@given(data=st.binary(max_size=200))
def test_files_are_named_by_their_content(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    files = Files(tmp_path_factory.mktemp("files"))
    name = files.put(data)
    assert files.put(data) == name
    assert files.get(name) == data
    assert [path.name for path in files.folder.rglob("*") if path.is_file()] == [name]


def test_a_changed_or_missing_file_is_never_given_out(tmp_path: Path) -> None:
    files = Files(tmp_path)
    name = files.put(b"signed")
    files.path(name).write_bytes(b"forged")
    for digest in (name, "0" * 64):
        with pytest.raises(NotFound) as caught:
            files.get(digest)
        assert caught.value.code == "file.missing"
        assert caught.value.details == {"sha256": digest}


def test_storing_a_file_again_mends_a_damaged_one(tmp_path: Path) -> None:
    files = Files(tmp_path)
    name = files.put(b"signed")
    files.path(name).write_bytes(b"")
    assert files.put(b"signed") == name
    assert files.get(name) == b"signed"
