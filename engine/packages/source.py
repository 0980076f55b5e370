"""The files of a package, read from a folder, an archive or memory. Everything that comes in is untrusted."""

import hashlib
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from engine.errors import Conflict
from engine.packages.problem import Finding, PackageProblems, shown

MANIFEST = "package.toml"
DIAGRAM = "process.bpmn"
README = "README.md"

_STEM = r"\w[\w\-.() （）《》、]*"
_PLACES = re.compile(
    rf"package\.toml|process\.bpmn|README\.md|decisions/{_STEM}\.dmn|forms/{_STEM}\.form"
    rf"|documents/{_STEM}\.html|scenarios/{_STEM}\.yaml|scenarios/values/{_STEM}\.yaml"
)
_FOLDERS = frozenset({"decisions", "forms", "documents", "scenarios", "scenarios/values"})
PLACES_TEXT = (
    "process.bpmn、package.toml、README.md、decisions/*.dmn、forms/*.form、documents/*.html、"
    "scenarios/*.yaml、scenarios/values/*.yaml"
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a package may be; sizes in bytes."""

    files: int = 200
    file: int = 2_000_000
    total: int = 16_000_000
    archive: int = 17_000_000  # the total, uncompressed, with its directory
    ratio: int = 200  # XML that people draw compresses 5 to 30 times
    name: int = 120


LIMITS = Limits()


@dataclass(frozen=True)
class Package:
    """The files of a package by name. Two packages with the same files have the same `hash`."""

    files: Mapping[str, bytes] = field(repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "files", MappingProxyType(dict(sorted(self.files.items()))))

    def __hash__(self) -> int:
        return hash(self.hash)

    @cached_property
    def hash(self) -> str:
        """SHA-256 over names and contents in the order of names, each preceded by its length; 64 hex digits."""
        digest = hashlib.sha256()
        for name, content in self.files.items():
            for part in (name.encode(), content):
                digest.update(len(part).to_bytes(8, "big"))
                digest.update(part)
        return digest.hexdigest()

    def within(self, folder: str) -> Mapping[str, bytes]:
        """The files directly in one folder, by their full name."""
        return {name: data for name, data in self.files.items() if name.rpartition("/")[0] == folder}


def load_files(files: Mapping[str, bytes], limits: Limits = LIMITS) -> Package:
    """A package from files in memory. `PackageProblems` for names and sizes that a package does not have."""
    findings = [*names_refused(files, limits), *_sizes_refused(files, limits)]
    if findings:
        raise PackageProblems(findings)
    return Package(files)


def load_folder(path: Path | str, limits: Limits = LIMITS) -> Package:
    """A package from a folder; links are never followed. `PackageProblems` as for `load_files`."""
    root = Path(path)
    if not root.is_dir():
        raise PackageProblems(
            [Finding(shown(root.name), "", "source.missing", "没有这个目录；请给出流程包所在的目录。")]
        )
    files: dict[str, bytes] = {}
    findings: list[Finding] = []
    try:
        for entry, name in _walk(root, ""):
            if len(files) > limits.files:
                break
            if entry.is_symlink() or not entry.is_file(follow_symlinks=False):
                findings.append(not_a_file(name))
            else:
                files[name] = _read(entry.path, limits.file + 1)
            if sum(map(len, files.values())) > limits.total:
                break
    except OSError as error:
        reason = shown(error.strerror or error)
        findings.append(
            Finding(shown(root.name), "", "source.unreadable", f"读不了这个目录：{reason}；请检查权限后重试。")
        )
    findings += [*names_refused(files, limits), *_sizes_refused(files, limits)]
    if findings:
        raise PackageProblems(findings)
    return Package(files)


def export(package: Package, folder: Path | str) -> None:
    """Write the files byte for byte. `Conflict` where the folder already holds something."""
    root = Path(folder)
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise Conflict(
            f"目录 {shown(root.name)} 已有内容；请换一个新的目录。", code="source.folder-not-empty", folder=str(root)
        )
    for name, content in package.files.items():
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


# --- refusing --------------------------------------------------------------------------------------------------------


def names_refused(names: Iterable[str], limits: Limits = LIMITS) -> list[Finding]:
    """What is wrong with the names of a package's files, whatever they hold."""
    findings: list[Finding] = []
    seen: dict[str, str] = {}
    for name in names:
        if (reason := _unsafe(name, limits)) is not None:
            message = f"文件名{reason}；请改名后重新打包。"
            findings.append(Finding(shown(name), "", "source.name", message))
            continue
        if not _PLACES.fullmatch(name):
            message = f"流程包里不该有这个文件；只接受 {PLACES_TEXT}，请移走它，并在包目录之内打包。"
            findings.append(Finding(shown(name), "", "source.unexpected", message))
        folded = unicodedata.normalize("NFKC", name).casefold()
        if folded in seen:
            message = f"与“{shown(seen[folded])}”重名（不分大小写）；请删去一个。"
            findings.append(Finding(shown(name), "", "source.duplicate", message))
        seen[folded] = name
    return findings


def _unsafe(name: str, limits: Limits) -> str | None:
    if not name or len(name) > limits.name:
        return f"为空或超过 {limits.name} 个字符"
    if any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} for character in name):
        return "含有控制字符或无法识别的字符"
    if "\\" in name:
        return "含有反斜杠"
    if name.startswith("/") or re.match(r"[A-Za-z]:", name):
        return "是绝对路径"
    if any(part in {"", ".", ".."} for part in name.split("/")):
        return "含有空的、“.”或“..”的路径段"
    return None


def _sizes_refused(files: Mapping[str, bytes], limits: Limits) -> Iterator[Finding]:
    if len(files) > limits.files:
        yield too_many(limits)
    if sum(map(len, files.values())) > limits.total:
        yield too_large_together(limits)
    for name, content in files.items():
        if len(content) > limits.file:
            yield too_large(name, limits)


def too_many(limits: Limits) -> Finding:
    return Finding("", "", "source.too-many-files", f"文件超过 {limits.files} 个；请移走流程不用的文件。")


def too_large(name: str, limits: Limits) -> Finding:
    message = f"文件超过 {limits.file // 1000} KB；请把它拆小或删去多余内容。"
    return Finding(shown(name), "", "source.file-too-large", message)


def too_large_together(limits: Limits) -> Finding:
    message = f"全部文件合计超过 {limits.total // 1000} KB；请移走流程不用的文件。"
    return Finding("", "", "source.too-large", message)


def not_a_file(name: str) -> Finding:
    return Finding(shown(name), "", "source.not-a-file", "是链接或特殊文件；请换成普通文件。")


def is_known_folder(name: str) -> bool:
    return name.rstrip("/") in _FOLDERS


# --- a folder --------------------------------------------------------------------------------------------------------


def _walk(folder: Path | str, prefix: str, depth: int = 0) -> Iterator[tuple["os.DirEntry[str]", str]]:
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda each: each.name):
            name = prefix + entry.name
            if entry.is_dir(follow_symlinks=False) and depth < 3:
                yield from _walk(entry.path, name + "/", depth + 1)
            else:
                yield entry, name


def _read(path: str, size: int) -> bytes:
    # O_NOFOLLOW and O_NONBLOCK: the entry may have become a link or a pipe since it was looked at.
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        return file.read(size)
