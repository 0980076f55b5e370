"""Dates typed in three parts: year, month, day."""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Mapping
from datetime import date

from engine.forms.faults import Fault

PARTS = ("year", "month", "day")
PART_LABELS = {"year": "年", "month": "月", "day": "日"}
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")


def read_date(parts: Mapping[str, str], label: str) -> date | None:
    """The date that three typed parts name; None where all are empty. Raises `Fault` that names the wrong part."""
    typed = {part: _clean(parts.get(part, "")) for part in PARTS}
    if not any(typed.values()):
        return None
    for part in PARTS:
        if not typed[part]:
            raise Fault(f"{label}缺少{_full(part)}，请补上", code="date.part", part=part)
        if not re.fullmatch(r"[0-9]{1,4}", typed[part]):
            raise Fault(f"{_full(part)}须为数字", code="date.digits", part=part)
    return _build(int(typed["year"]), int(typed["month"]), int(typed["day"]), len(typed["year"]))


def split_date(text: str) -> dict[str, str]:
    """The parts of `2026-11-23`; anything else stays whole as the year, so that it can be shown again."""
    match = _ISO.fullmatch(text.strip())
    if match is None:
        return {"year": text, "month": "", "day": ""}
    return dict(zip(PARTS, match.groups(), strict=True))


def date_parts(value: date) -> dict[str, str]:
    """The three parts of a date as they are typed."""
    return {"year": f"{value.year:04d}", "month": str(value.month), "day": str(value.day)}


def _build(year: int, month: int, day: int, digits: int) -> date:
    if digits != 4 or not 1900 <= year <= 2200:
        raise Fault("年份须写 4 位数字，例如 2026", code="date.year", part="year")
    if not 1 <= month <= 12:
        raise Fault("月份须在 1 到 12 之间", code="date.month", part="month")
    if not 1 <= day <= 31:
        raise Fault("日须在 1 到 31 之间", code="date.day", part="day")
    last = monthrange(year, month)[1]
    if day > last:
        raise Fault(f"{year}年{month}月只有 {last} 天，请核对日期", code="date.day", part="day")
    return date(year, month, day)


def _full(part: str) -> str:
    return {"year": "年份", "month": "月份", "day": "日"}[part]


def _clean(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().rstrip("年月日号").strip()
