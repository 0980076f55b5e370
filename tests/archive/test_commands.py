"""The commands about documents, keys and bundles, from outside."""

import json
import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine.calendar import FixedClock
from engine.store import tables
from tests.cases.playing import Play
from tests.installations import START
from webapp.cli import group


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("HUISHEN_") and name != "HUISHEN_FONTS"]:
        monkeypatch.delenv(name)


@pytest.fixture
def instance(play: Play, number: str, tmp_path: Path) -> Path:
    return shutil.copytree(play.installation.folder, tmp_path / "instance", symlinks=True)


@pytest.fixture
def letter(play: Play, number: str, tmp_path: Path) -> Path:
    return issued(play, "D06", tmp_path / "letter.pdf")


@pytest.fixture
def notice(play: Play, number: str, tmp_path: Path) -> Path:
    """Sealed by the same seal some days before the letter."""
    return issued(play, "D08", tmp_path / "notice.pdf")


def issued(play: Play, kind: str, file: Path) -> Path:
    (row,) = [one for one in play.rows(tables.document) if one["kind"] == kind and one["state"] == "issued"]
    file.write_bytes(play.installation.files.get(row["issued_sha256"]))
    return file


@pytest.fixture(autouse=True)
def two_months_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands are given when the case has long ended, whatever day it is."""
    monkeypatch.setattr("engine.installation.SystemClock", lambda: FixedClock(START + timedelta(days=60)))


def huishen(instance: Path, *arguments: str | Path) -> Result:
    return CliRunner().invoke(group, ["--instance", str(instance), *map(str, arguments)])


def test_a_letter_is_verified_here_and_away_from_here(instance: Path, letter: Path, tmp_path: Path) -> None:
    here = huishen(instance, "verify", letter)
    assert (here.exit_code, "现行有效" in here.output, "决定记录" in here.output) == (0, True, True)
    root, listed = tmp_path / "root.pem", tmp_path / "list.json"
    assert huishen(instance, "key", "root", root).exit_code == 0
    assert huishen(instance, "document", "export", listed).exit_code == 0
    nowhere = tmp_path / "nowhere"
    by_root = huishen(nowhere, "verify", letter, "--root", root)
    assert (by_root.exit_code, "登记簿" in by_root.output) == (0, True)
    by_list = huishen(nowhere, "verify", letter, "--root", root, "--register", listed)
    assert (by_list.exit_code, "现行有效" in by_list.output) == (0, True)
    assert not nowhere.exists()


def test_a_revoked_letter_is_told_by_a_new_list(instance: Path, letter: Path, tmp_path: Path) -> None:
    root, listed = tmp_path / "root.pem", tmp_path / "list.json"
    huishen(instance, "key", "root", root)
    verdict = json.loads(huishen(instance, "verify", letter, "--json").output)
    number = verdict["sentence"].split("（")[1].split("）")[0]
    assert huishen(instance, "document", "revoke", number, "--reason", "人选有误").exit_code == 0
    huishen(instance, "document", "export", listed)
    told = huishen(instance, "verify", letter, "--root", root, "--register", listed)
    assert (told.exit_code, "人选有误" in told.output) == (1, True)


@pytest.mark.parametrize("what", ["root", "register"])
def test_a_wrong_root_or_list_is_told_in_words(instance: Path, letter: Path, tmp_path: Path, what: str) -> None:
    wrong, root = tmp_path / "wrong", tmp_path / "root.pem"
    wrong.write_text("{}")
    huishen(instance, "key", "root", root)
    options = ("--root", wrong) if what == "root" else ("--root", root, "--register", wrong)
    told = huishen(instance, "verify", letter, *options)
    assert told.exit_code == 1
    assert "Traceback" not in told.output


def test_a_replaced_key_leaves_what_it_signed_and_a_withdrawn_one_signs_no_more(
    instance: Path, notice: Path, tmp_path: Path
) -> None:
    assert "seal-authority" in huishen(instance, "key", "list").output
    assert huishen(instance, "key", "replace", "seal-authority", "--reason", "到期更换").exit_code == 0
    assert huishen(instance, "verify", notice).exit_code == 0
    assert huishen(instance, "key", "withdraw", "seal-acceptance", "--reason", "不再使用").exit_code == 0
    assert "seal-acceptance" not in huishen(instance, "key", "list").output
    listed = tmp_path / "ended.crl"
    assert huishen(instance, "key", "revocations", listed).exit_code == 0
    from cryptography import x509

    assert len(list(x509.load_der_x509_crl(listed.read_bytes()))) == 2
    assert huishen(instance, "audit", "verify").exit_code == 0
    for arguments in (("replace", "nobody", "--reason", "没有"), ("withdraw", "seal-authority", "--reason", " ")):
        assert huishen(instance, "key", *arguments).exit_code in (1, 3)


def test_a_bundle_is_made_and_checked(instance: Path, number: str, tmp_path: Path) -> None:
    file, root = tmp_path / "bundle.zip", tmp_path / "root.pem"
    huishen(instance, "key", "root", root)
    assert huishen(instance, "archive", "make", number, file).exit_code == 0
    told = huishen(tmp_path / "nowhere", "archive", "verify", file, "--root", root)
    assert told.exit_code == 0
    assert told.output.split() == ["真实：通过", "完整：通过", "可用：通过", "安全：通过"]
    file.write_bytes(b"no bundle")
    assert huishen(instance, "archive", "verify", file).exit_code == 1
    assert huishen(instance, "archive", "make", "LR-1999-0001", file).exit_code == 1
