"""A package as one zip archive, in and out."""

import io
import stat
import zipfile
import zlib

from engine.packages.problem import Finding, PackageProblems, shown
from engine.packages.source import (
    LIMITS,
    Limits,
    Package,
    is_known_folder,
    load_files,
    names_refused,
    not_a_file,
    too_large,
    too_large_together,
    too_many,
)

_DIRECTORY_ENTRY = b"PK\x01\x02"
_SMALL = 20_000  # under this size any ratio is harmless
_ROOM = 16  # folders, and the signature turning up by chance in compressed data
_FAULTS = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, NotImplementedError, RuntimeError)
_MORE_FAULTS = (OSError, EOFError, ValueError, OverflowError, IndexError, KeyError, MemoryError)


def load_zip(data: bytes, limits: Limits = LIMITS) -> Package:
    """A package from an archive; `PackageProblems` for anything that a package's archive does not have."""
    if len(data) > limits.archive:
        raise PackageProblems([_broken(f"压缩包超过 {limits.archive // 1000} KB", "source.archive-too-large")])
    if data.count(_DIRECTORY_ENTRY) > limits.files + _ROOM:  # before the directory is built in memory
        raise PackageProblems([too_many(limits)])
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = _members(archive, limits)
            files = _contents(archive, infos, limits)
    except PackageProblems:
        raise
    except (*_FAULTS, *_MORE_FAULTS) as error:
        # zipfile raises half a dozen kinds of error for damaged archives.
        raise PackageProblems([_broken(f"压缩包打不开（{shown(error)}）", "source.archive")]) from error
    return load_files(files, limits)


def to_zip(package: Package) -> bytes:
    """The archive of a package: the same files give the same bytes on every machine.

    Nothing is compressed, since compressed bytes differ between builds of zlib.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in package.files.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.create_system = 3
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(info, content)
    return buffer.getvalue()


def _members(archive: zipfile.ZipFile, limits: Limits) -> list[zipfile.ZipInfo]:
    infos = [info for info in archive.infolist() if not _is_folder(info)]
    if len(infos) > limits.files:
        raise PackageProblems([too_many(limits)])
    findings = names_refused([info.orig_filename for info in infos], limits)
    for info in infos:
        name = info.orig_filename
        if stat.S_IFMT(info.external_attr >> 16) not in {0, stat.S_IFREG}:
            findings.append(not_a_file(name))
        if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            findings.append(Finding(shown(name), "", "source.compression", "压缩方法不受支持；请用普通 zip 压缩。"))
        if info.flag_bits & 0x1:
            findings.append(Finding(shown(name), "", "source.encrypted", "文件加了密码；请去掉密码重新打包。"))
        if info.file_size > limits.file:
            findings.append(too_large(name, limits))
        if info.file_size > _SMALL and info.file_size > limits.ratio * max(info.compress_size, 1):
            findings.append(_bomb(name, limits))
    if sum(info.file_size for info in infos) > limits.total:
        findings.append(too_large_together(limits))
    if findings:
        raise PackageProblems(findings)
    return infos


def _is_folder(info: zipfile.ZipInfo) -> bool:
    return info.orig_filename.endswith("/") and is_known_folder(info.orig_filename) and info.file_size == 0


def _contents(archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo], limits: Limits) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    total = 0
    for info in infos:
        with archive.open(info) as member:
            content = member.read(limits.file + 1)  # the sizes that the archive declares need not be true
        total += len(content)
        if total > limits.total:
            raise PackageProblems([too_large_together(limits)])
        files[info.orig_filename] = content
    return files


def _broken(reason: str, code: str) -> Finding:
    return Finding("", "", code, f"{reason}；请重新打成 zip 后上传。")


def _bomb(name: str, limits: Limits) -> Finding:
    message = f"压缩率超过 {limits.ratio} 倍，不像正常的流程文件；请检查内容后重新打包。"
    return Finding(shown(name), "", "source.ratio", message)
