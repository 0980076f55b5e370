"""Answers in words: what people read on a check page, in a case, in a list."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from engine.forms.attachments import size_text
from engine.forms.faults import unread_of
from engine.forms.model import Field, Option
from engine.forms.personal import Personal, is_sealed

NOTHING = "未填写"


def display(entry: Field, value: Any, options: Sequence[Option] = ()) -> str:
    """One answer in words; empty where there is none. Lists of rows and attachments are not answered here."""
    unread = unread_of(value)
    if unread is not None:
        return " ".join(text for text in unread.parts.values() if text)
    if isinstance(value, Personal):
        return value.mask
    if is_sealed(value):
        return str(value.get("mask") or "已填写")
    if value is None or value == "" or isinstance(value, Mapping):
        return ""
    if isinstance(value, list | tuple):
        return "、".join(filter(None, (display(entry, one, options) for one in value)))
    chosen = next((option.label for option in options if _same(option.value, value)), None)
    return chosen if chosen is not None else plain_text(value, entry.prefix, entry.suffix)


def plain_text(value: Any, prefix: str = "", suffix: str = "") -> str:
    """A value without options in words: 是, 2026年11月23日, 1,234.5 元."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, Decimal | int):
        return f"{prefix} {Decimal(value):,f} {suffix}".strip()
    return f"{prefix}{value}{suffix}"


def display_file(stored: Any) -> str:
    """A stored attachment in words: its name and size, of an object or a mapping."""
    if isinstance(stored, str):
        return stored
    name, size = (
        (stored.get("name"), stored.get("size"))
        if isinstance(stored, Mapping)
        else (getattr(stored, "name", None), getattr(stored, "size", None))
    )
    named = str(name) if name else "已上传"
    return f"{named}，{size_text(int(size))}" if isinstance(size, int | Decimal) else named


def files_of(found: Any) -> list[Any]:
    """The attachments under one key as a list."""
    if not found:
        return []
    return list(found) if isinstance(found, list | tuple) else [found]


def _same(left: Any, right: Any) -> bool:
    return type(left) is type(right) and bool(left == right)
