"""The archive bundle of a case: what is in it, the four checks, and the verifier that needs nothing of ours."""

import io
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from engine import archive
from engine.errors import Conflict, Invalid, NotFound
from engine.store import tables
from tests.cases.playing import Play


def zipped(folder: Path) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                file.writestr(str(path.relative_to(folder)), path.read_bytes())
    return out.getvalue()


def failed(data: bytes, root: bytes | None = None) -> set[str]:
    return {check.name for check in archive.check_bundle(data, root) if not check.passed}


def alone(folder: Path) -> subprocess.CompletedProcess[str]:
    """The bundle's own verifier, run far from this project."""
    line = [sys.executable, "-I", str(folder / "data/verify_bundle.py")]
    return subprocess.run(line, capture_output=True, text=True, check=False, cwd="/", env={"PATH": "/usr/bin:/bin"})


def test_a_whole_case_passes_all_four_checks(bundle: bytes, root: bytes) -> None:
    checks = archive.check_bundle(bundle, root)
    assert [(check.name, check.faults) for check in checks] == [(name, ()) for name in ("真实", "完整", "可用", "安全")]


def test_the_bundle_holds_everything_that_the_case_left(unpacked: Path, play: Play) -> None:
    data = unpacked / "data"
    issued = [row for row in play.rows(tables.document) if row["state"] == "issued" and row["number"]]
    assert {row["kind"] for row in issued} >= {"D01", "D04", "D06", "D08", "D09"}
    assert {file.name for file in (data / "documents").iterdir()} == {f"{row['number']}.pdf" for row in issued}
    assert len(list((data / "entries").iterdir())) == len(json.loads((data / "opinions.json").read_text()))
    assert len(list((data / "attachments").iterdir())) > 5
    assert len((data / "events.jsonl").read_text().splitlines()) > 20
    catalogue = etree.parse(str(data / "catalogue.xml")).getroot()
    assert {one.get("类别") for one in catalogue.iter("文件")} == {"正式文书", "表单", "意见链", "事件链", "附件"}
    assert "归档目录" in (data / "catalogue.html").read_text()
    opinions = json.loads((data / "opinions.json").read_text())
    assert {"by", "post", "at", "node"} <= set(opinions[0])


def test_no_personal_number_leaves_with_the_bundle(unpacked: Path, play: Play) -> None:
    typed = [str(one["id_no"]) for one in play.values("Task_submit")["candidates"]]
    texts = [file.read_text(errors="replace") for file in (unpacked / "data").rglob("*.js*")]
    assert typed
    assert not [number for number in typed if any(number in text for text in texts)]


def test_the_same_case_gives_the_same_bundle_but_for_signatures(play: Play, number: str, bundle: bytes) -> None:
    again = archive.make_bundle(play.installation, number)
    with zipfile.ZipFile(io.BytesIO(bundle)) as one, zipfile.ZipFile(io.BytesIO(again)) as other:
        assert one.namelist() == other.namelist()
        differ = {name for name in one.namelist() if one.read(name) != other.read(name)}
    assert differ <= {"data/register.json", "manifest-sha256.txt", "tagmanifest-sha256.txt"}


def test_the_verifier_of_the_bundle_needs_nothing_of_ours(unpacked: Path) -> None:
    run = alone(unpacked)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "归档包完好" in run.stdout
    assert "根证书指纹" in run.stdout


def _first(folder: Path, part: str) -> Path:
    return sorted((folder / "data" / part).iterdir())[0]


def _flip(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(bytes(data))


def _change_event(folder: Path) -> None:
    file = folder / "data/events.jsonl"
    file.write_text(file.read_text().replace('"seq": 3', '"seq": 4', 1))


def _change_register(folder: Path) -> None:
    file = folder / "data/register.json"
    file.write_text(file.read_text().replace("issued", "revoked"))


CHANGES: list[tuple[Callable[[Path], object], set[str]]] = [
    (lambda folder: _flip(_first(folder, "documents")), {"真实", "完整", "可用"}),
    (lambda folder: _flip(_first(folder, "attachments")), {"完整", "可用"}),
    (lambda folder: _first(folder, "documents").unlink(), {"完整", "可用"}),
    (lambda folder: _first(folder, "entries").unlink(), {"完整", "可用"}),
    (lambda folder: (folder / "data/attachments/more.exe").write_bytes(b"MZ" + bytes(10)), {"完整", "可用", "安全"}),
    (_change_event, {"真实", "完整", "可用"}),
    (_change_register, {"真实", "完整", "可用"}),
]


@pytest.mark.parametrize(("change", "checks"), CHANGES)
def test_a_changed_bundle_fails_the_checks_that_it_touches(
    unpacked: Path, root: bytes, change: Callable[[Path], object], checks: set[str]
) -> None:
    change(unpacked)
    assert failed(zipped(unpacked), root) == checks
    assert alone(unpacked).returncode == 1


def test_a_bundle_repacked_by_somebody_else_is_not_genuine(unpacked: Path, root: bytes) -> None:
    """Manifests made anew cover up a changed document; its signatures and the register do not."""
    import bagit

    _flip(_first(unpacked, "documents"))
    bagit.Bag(str(unpacked)).save(manifests=True)
    assert "真实" in failed(zipped(unpacked), root)
    assert alone(unpacked).returncode == 1


def test_another_office_s_root_does_not_vouch_for_it(bundle: bytes, root: bytes, tmp_path: Path) -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    from engine.documents import KeyVault
    from tests.documents.conftest import NOW

    vault = KeyVault(tmp_path, "另一个口令")
    vault.create_authority("别的机关", NOW)
    other = x509.load_der_x509_certificate(vault.root()).public_bytes(Encoding.PEM)
    assert "真实" in failed(bundle, other)


def test_a_case_that_goes_on_or_is_not_there_is_not_archived(play: Play) -> None:
    going = play.row(play.until("Task_accept"))["number"]
    with pytest.raises(Conflict, match="还没有办结"):
        archive.make_bundle(play.installation, going)
    with pytest.raises(NotFound):
        archive.make_bundle(play.installation, "LR-1999-0001")


def _named(name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr(name, b"x")
    return out.getvalue()


@pytest.mark.parametrize(
    "data", [b"", b"hello", b"PK\x03\x04" + bytes(100), _named("../x"), _named("/etc/x"), _named("a")]
)
def test_what_is_no_bundle_is_told_in_words(data: bytes) -> None:
    with pytest.raises(Invalid):
        archive.check_bundle(data)


def test_without_openssl_the_verifier_says_that_signatures_were_not_checked(unpacked: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-I", str(unpacked / "data/verify_bundle.py")],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/nowhere"},
    )
    assert "签名未验证" in run.stdout
    assert shutil.which("openssl") is None or run.returncode == 0
