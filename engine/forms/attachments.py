"""Attachments are judged by their content; the file name may lie."""

import re
from collections.abc import Collection
from pathlib import PurePath

from engine.errors import Invalid

MEDIA_TYPES = {
    "application/pdf": ("PDF", (".pdf",)),
    "image/jpeg": ("JPG", (".jpg", ".jpeg", ".jpe", ".jfif")),
    "image/png": ("PNG", (".png",)),
}
DEFAULT_LIMIT = 20 * 1024 * 1024
_PDF_WINDOW = 1024
# The names are matched with what follows them: eight random bytes of a compressed stream do not look like this.
_ENCRYPTED = re.compile(rb"/Encrypt\s*(?:\d+\s+\d+\s+R|<<)")
_ACTIVE = re.compile(rb"/(?:JavaScript|Launch|RichMedia)(?=[\s/<>\[\]()])")


def sniff(head: bytes, name: str) -> str:
    """The media type of a file by its first bytes (give at least 1024, or the whole file).

    Raises `Invalid`: `attachment.empty`, `attachment.kind`, `attachment.disguised` (the extension says otherwise).
    """
    if not head:
        raise Invalid(f"文件“{_short(name)}”是空的，请重新选择", code="attachment.empty")
    media_type = _by_content(head)
    if media_type is None:
        raise Invalid(f"不能读取“{_short(name)}”，请上传 PDF、JPG 或 PNG 文件", code="attachment.kind")
    extension = PurePath(name).suffix.lower()
    title, extensions = MEDIA_TYPES[media_type]
    if extension and extension not in extensions:
        raise Invalid(
            f"“{_short(name)}”的内容是 {title}，与文件名不符，请用 {extensions[0]} 结尾的文件名",
            code="attachment.disguised",
        )
    return media_type


def inspect(data: bytes, name: str, *, accept: Collection[str] = tuple(MEDIA_TYPES), limit: int = DEFAULT_LIMIT) -> str:
    """Judge a whole attachment: kind, size in bytes, no password and no active content. Returns the media type.

    Raises `Invalid`: those of `sniff`, `attachment.size`, `attachment.accept`, `attachment.encrypted`,
    `attachment.active`. Active content hidden in compressed objects is not found here; viewers of ours run none.
    """
    wanted = accepted_text(accept, limit)
    if len(data) > limit:
        raise Invalid(f"“{_short(name)}”太大，请上传{wanted}", code="attachment.size")
    media_type = sniff(data, name)
    if media_type not in accept:
        raise Invalid(f"请上传{wanted}", code="attachment.accept")
    if media_type == "application/pdf" and _ENCRYPTED.search(data):
        raise Invalid(f"“{_short(name)}”设有密码，请取消密码后上传", code="attachment.encrypted")
    if media_type == "application/pdf" and _ACTIVE.search(data):
        raise Invalid(f"“{_short(name)}”含有脚本或可运行内容，请打印成 PDF 后上传", code="attachment.active")
    return media_type


def accepted_text(accept: Collection[str], limit: int) -> str:
    """What may be uploaded, for a hint: `不超过 20 MB 的 PDF 或 JPG`."""
    titles = [title for media_type, (title, _) in MEDIA_TYPES.items() if media_type in accept]
    kinds = " 或 ".join(filter(None, ("、".join(titles[:-1]), titles[-1])))
    return f"不超过 {size_text(limit)} 的 {kinds}"


def size_text(size: int) -> str:
    """A size in bytes as people read it."""
    if size < 1024 * 1024:
        return f"{max(1, round(size / 1024))} KB"
    return f"{size / (1024 * 1024):.1f}".removesuffix(".0") + " MB"


def media_types(accept: str) -> tuple[str, ...]:
    """The media types named by an `accept` list such as `.pdf,.jpg,image/*`; unknown ones raise `ValueError`."""
    found: list[str] = []
    for entry in filter(None, (part.strip().lower() for part in accept.split(","))):
        matches = [kind for kind, (_, ends) in MEDIA_TYPES.items() if entry in ends or entry == kind]
        if entry == "image/*":
            matches = ["image/jpeg", "image/png"]
        if not matches:
            raise ValueError(entry)
        found.extend(kind for kind in matches if kind not in found)
    return tuple(found) or tuple(MEDIA_TYPES)


def _by_content(head: bytes) -> str | None:
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if b"%PDF-" in head[:_PDF_WINDOW]:
        return "application/pdf"
    return None


def _short(name: str) -> str:
    base = PurePath(name.replace("\\", "/")).name or "未命名"
    return base if len(base) <= 30 else base[:20] + "…" + base[-8:]
