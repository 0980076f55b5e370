"""A package comes in whole and safe, or not at all; and goes out byte for byte."""

import io
import os
import stat
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import packages
from engine.errors import Conflict
from engine.packages import Limits, PackageProblems
from tests.thoroughness import examples

FILES = {
    "README.md": "# 说明\r\n".encode(),
    "package.toml": b"\xef\xbb\xbf[package]\n",
    "process.bpmn": b"<x/>\n",
    "decisions/DT-1.dmn": b"",
    "forms/apply.form": bytes(range(256)),
    "documents/D06.html": b"1",
    "scenarios/LS01.yaml": b"id: LS01\n",
    "scenarios/values/三人.yaml": b"{}\n",
}


def archive(*entries: tuple[str, bytes], mode: int = stat.S_IFREG | 0o644, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as file:
        for name, content in entries:
            info = zipfile.ZipInfo("x")
            info.filename = name
            info.external_attr = mode << 16
            info.compress_type = method
            file.writestr(info, content)
    return buffer.getvalue()


def refused(load, *args, **kwargs) -> list[tuple[str, str]]:
    with pytest.raises(PackageProblems) as caught:
        load(*args, **kwargs)
    return [(finding.code, finding.file) for finding in caught.value.findings]


def test_the_same_package_comes_from_a_folder_an_archive_and_memory(tmp_path):
    package = packages.load_files(FILES)
    packages.export(package, tmp_path / "out")
    assert packages.load_folder(tmp_path / "out") == package
    assert packages.load_zip(packages.to_zip(package)) == package
    assert packages.load_zip(archive(*FILES.items())).hash == package.hash


def test_an_exported_folder_holds_exactly_the_bytes(tmp_path):
    packages.export(packages.load_files(FILES), tmp_path)
    written = {str(path.relative_to(tmp_path)): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert written == FILES


def test_export_never_mixes_with_what_is_there(tmp_path):
    (tmp_path / "old.txt").write_text("1")
    with pytest.raises(Conflict) as caught:
        packages.export(packages.load_files(FILES), tmp_path)
    assert caught.value.code == "source.folder-not-empty"


def test_an_archive_is_the_same_whatever_the_order_of_the_files():
    backwards = dict(reversed(FILES.items()))
    assert packages.to_zip(packages.load_files(FILES)) == packages.to_zip(packages.load_files(backwards))


def test_the_hash_depends_on_every_name_and_every_byte():
    first = packages.load_files(FILES).hash
    assert packages.load_files({**FILES, "README.md": b"other"}).hash != first
    moved = {("forms/b.form" if name == "forms/apply.form" else name): data for name, data in FILES.items()}
    assert packages.load_files(moved).hash != first
    assert packages.load_files({"forms/a.form": b"bc"}).hash != packages.load_files({"forms/ab.form": b"c"}).hash


def test_a_package_cannot_be_changed():
    with pytest.raises(TypeError):
        packages.load_files(FILES).files["README.md"] = b""


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("../package.toml", "source.name"),
        ("forms/../../x.form", "source.name"),
        ("/package.toml", "source.name"),
        ("C:/package.toml", "source.name"),
        ("forms\\apply.form", "source.name"),
        ("forms//apply.form", "source.name"),
        ("./package.toml", "source.name"),
        ("forms/a\x00.form", "source.name"),
        ("forms/a\n.form", "source.name"),
        ("forms/\u202eform.form", "source.name"),
        ("forms/" + "a" * 200 + ".form", "source.name"),
        ("notes.txt", "source.unexpected"),
        ("forms/.form", "source.unexpected"),
        ("forms/deeper/a.form", "source.unexpected"),
        ("leader_review/package.toml", "source.unexpected"),
        ("scenarios/values/more/x.yaml", "source.unexpected"),
        ("decisions/a.dmn.exe", "source.unexpected"),
    ],
)
def test_only_the_known_places_and_plain_names_are_accepted(name, code):
    assert [found for found, _ in refused(packages.load_zip, archive((name, b"1")))] == [code]
    assert [found for found, _ in refused(packages.load_files, {name: b"1"})] == [code]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_names_that_would_fall_together_on_some_machine_are_refused():
    assert refused(packages.load_zip, archive(("forms/a.form", b"1"), ("forms/a.form", b"2"))) == [
        ("source.duplicate", "forms/a.form")
    ]
    assert refused(packages.load_files, {"forms/a.form": b"1", "forms/A.form": b"2"}) == [
        ("source.duplicate", "forms/A.form")
    ]


def test_a_link_in_an_archive_is_refused():
    data = archive(("forms/a.form", b"/etc/passwd"), mode=stat.S_IFLNK | 0o777)
    assert refused(packages.load_zip, data) == [("source.not-a-file", "forms/a.form")]


def test_links_and_pipes_in_a_folder_are_refused_and_not_followed(tmp_path):
    (tmp_path / "forms").mkdir()
    (tmp_path / "forms/a.form").symlink_to("/etc/hostname")
    (tmp_path / "decisions").symlink_to("/etc")
    os.mkfifo(tmp_path / "README.md")
    assert {code for code, _ in refused(packages.load_folder, tmp_path)} == {"source.not-a-file"}


def test_a_folder_that_is_not_there_is_a_finding(tmp_path):
    assert refused(packages.load_folder, tmp_path / "none") == [("source.missing", "none")]


def test_sizes_and_numbers_are_limited():
    limits = Limits(files=3, file=100, total=250, archive=10_000)
    one = {f"forms/{n}.form": os.urandom(90) for n in range(3)}
    for load, files in ((packages.load_files, dict), (packages.load_zip, lambda each: archive(*each.items()))):
        assert refused(load, files(one), limits) == [("source.too-large", "")]
        assert refused(load, files({"README.md": bytes(101)}), limits) == [("source.file-too-large", "README.md")]
        small = {f"forms/{n}.form": b"1" for n in range(4)}
        assert refused(load, files(small), limits) == [("source.too-many-files", "")]
    assert refused(packages.load_zip, bytes(10_001), limits) == [("source.archive-too-large", "")]


def test_a_folder_is_limited_like_an_archive(tmp_path):
    packages.export(packages.load_files(FILES), tmp_path)
    assert ("source.too-many-files", "") in refused(packages.load_folder, tmp_path, Limits(files=3))
    assert ("source.file-too-large", "forms/apply.form") in refused(packages.load_folder, tmp_path, Limits(file=100))


def test_a_bomb_is_refused_before_it_is_unpacked():
    assert refused(packages.load_zip, archive(("forms/a.form", bytes(1_900_000)))) == [("source.ratio", "forms/a.form")]


def test_a_bomb_that_lies_about_its_size_is_still_bounded():
    data = bytearray(archive(("forms/a.form", bytes(4_000_000))))
    true = (4_000_000).to_bytes(4, "little")
    assert data.count(true) == 2
    data = data.replace(true, (100).to_bytes(4, "little"))
    assert refused(packages.load_zip, bytes(data)) == [("source.archive", "")]


def test_many_entries_are_refused_by_number():
    entries = [(f"forms/{n}.form", b"") for n in range(5_000)]
    assert refused(packages.load_zip, archive(*entries)) == [("source.too-many-files", "")]


def test_passwords_and_odd_compressions_are_refused():
    data = bytearray(archive(("README.md", b"1")))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert refused(packages.load_zip, bytes(data)) == [("source.encrypted", "README.md")]
    data = archive(("README.md", b"1"), method=zipfile.ZIP_LZMA)
    assert refused(packages.load_zip, data) == [("source.compression", "README.md")]


def test_the_folders_of_a_package_may_stand_in_the_archive_and_no_others():
    assert packages.load_zip(archive(("forms/", b""), ("README.md", b"1"))).files == {"README.md": b"1"}
    assert refused(packages.load_zip, archive(("other/", b""))) == [("source.name", "other/")]


@examples(60, 300)
@given(st.data())
def test_damaged_archives_are_refused_and_nothing_else_happens(data):
    whole = bytearray(packages.to_zip(packages.load_files(FILES)))
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(whole)))
    for damaged in (bytes(whole), bytes(whole[:cut])):
        try:
            packages.load_zip(damaged)
        except PackageProblems as problems:
            assert problems.findings


@examples(40, 200)
@given(st.dictionaries(st.text(max_size=30), st.binary(max_size=20), max_size=5))
def test_whatever_is_accepted_comes_back_the_same(files):
    try:
        package = packages.load_files(files)
    except PackageProblems:
        return
    assert packages.load_zip(packages.to_zip(package)) == package
