"""The filters of document templates: small, pure, and the only computation a template can do."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from engine.documents.problems import ComposeError

DIGITS = "〇一二三四五六七八九"
UNITS = ("", "十", "百", "千")
LOCAL = ZoneInfo("Asia/Shanghai")


def day(value: Any) -> str:
    """`日期`: 2026年11月23日."""
    if isinstance(value, datetime):
        value = value.astimezone(LOCAL).date()
    if not isinstance(value, date):
        raise ComposeError(f"“日期”只用于日期，得到的是{_kind(value)}")
    return f"{value.year}年{value.month}月{value.day}日"


def month(value: Any) -> str:
    """`年月`: 1971.05, as lists of people give dates of birth."""
    if isinstance(value, datetime):
        value = value.astimezone(LOCAL).date()
    if not isinstance(value, date):
        raise ComposeError(f"“年月”只用于日期，得到的是{_kind(value)}")
    return f"{value.year}.{value.month:02d}"


def number(value: Any) -> str:
    """`数字`: 37.50 as 37.5; never an exponent."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ComposeError(f"“数字”只用于数，得到的是{_kind(value)}")
    decimal = Decimal(value)
    if not decimal.is_finite() or abs(decimal.adjusted()) > 30:
        raise ComposeError("“数字”太大或不是有限的数")
    text = format(decimal, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def chinese_number(value: Any) -> str:
    """`中文数字`: 3 as 三, 12 as 十二, 105 as 一百〇五; whole numbers from 0 to 9999."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or value != int(value) or not 0 <= value <= 9999:
        raise ComposeError(f"“中文数字”只用于 0 至 9999 的整数，得到的是{_kind(value)}")
    digits = [int(c) for c in str(int(value))]
    out = ""
    for place, digit in zip(range(len(digits) - 1, -1, -1), digits, strict=True):
        if digit:
            out += DIGITS[digit] + UNITS[place]
        elif not out.endswith(DIGITS[0]):
            out += DIGITS[0]
    out = out if len(out) == 1 else out.rstrip(DIGITS[0])
    return out[1:] if out.startswith("一十") else out


def listed(value: Any, key: str = "") -> str:
    """`顿号` or `顿号("name")`: 甲、乙、丙 from a list of texts, or from a list of members with that key."""
    names = [_member(item, key) if key else item for item in _list(value, "顿号")]
    if not all(isinstance(name, str) for name in names):
        raise ComposeError('“顿号”只用于文本的列表；成员是上下文时请写出键，如 顿号("name")')
    return "、".join(names)


def sentence(value: Any) -> str:
    """`成句`: what somebody wrote, ending with one full stop: 超过年龄界限； as 超过年龄界限。"""
    text = clause(value)
    return text if not text or text[-1] in "？！…" else text + "。"


def clause(value: Any) -> str:
    """`分句`: what somebody wrote, without the mark at its end, so that the sentence goes on: 因超过年龄界限，不予受理。"""
    if not isinstance(value, str):
        raise ComposeError(f"“成句”和“分句”只用于文本，得到的是{_kind(value)}")
    return value.strip().rstrip("。；;，,、 ")


def count(value: Any) -> Decimal:
    """`个数`: how many members a list has."""
    return Decimal(len(_list(value, "个数")))


def pick(value: Any, key: str, wanted: Any) -> list[Any]:
    """`取("result", "approved")`: the members of a list whose `key` has that value."""
    return [item for item in _list(value, "取") if _member(item, key) == wanted]


def masked(value: Any) -> str:
    """`脱敏`: an identity or telephone number with all but its first four and last two characters hidden.

    A number that the store keeps sealed comes with its mask (`engine.cases` puts it there) and prints as that.
    """
    if isinstance(value, Mapping) and isinstance(value.get("mask"), str):
        return str(value["mask"])
    if not isinstance(value, str):
        raise ComposeError(f"“脱敏”只用于文本，得到的是{_kind(value)}")
    return value[:4] + "*" * (len(value) - 6) + value[-2:] if len(value) > 8 else "*" * len(value)


def whom_to_ask(value: Any) -> str:
    """`联系人`: 联系人：林予安，电话：0990-55501268, from a context like `contact`; without a telephone the name alone."""
    name = value.get("name") if isinstance(value, Mapping) else None
    if not isinstance(name, str):
        raise ComposeError(f"“联系人”只用于有 name 的上下文，如 contact，得到的是{_kind(value)}")
    telephone = value.get("telephone")
    return f"联系人：{name}" + (f"，电话：{telephone}" if telephone else "")


FILTERS: dict[str, Callable[..., Any]] = {
    "日期": day,
    "年月": month,
    "数字": number,
    "中文数字": chinese_number,
    "成句": sentence,
    "分句": clause,
    "顿号": listed,
    "个数": count,
    "取": pick,
    "脱敏": masked,
    "联系人": whom_to_ask,
}


def _list(value: Any, name: str) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise ComposeError(f"“{name}”只用于列表，得到的是{_kind(value)}")
    return list(value)


def _member(item: Any, key: str) -> Any:
    if key.endswith("_internal") or not isinstance(item, dict) or key not in item:
        raise ComposeError(f"列表的成员没有“{key}”")
    return item[key]


def _kind(value: Any) -> str:
    names = {str: "文本", bool: "是否", int: "数", Decimal: "数", dict: "上下文", list: "列表", tuple: "列表"}
    return "空值" if value is None else names.get(type(value), "其他类型的值")
