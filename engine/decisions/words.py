"""Values and cells in plain Chinese, as a reviewer says them."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

from engine import feel

_OPERATORS = {"<": "小于", "<=": "不大于", ">": "大于", ">=": "不小于", "=": "等于", "!=": "不等于"}
_LITERAL = re.compile(
    r'"[^"\\]*"|-?[0-9][0-9.]*|true|false|null|@"[^"\\]*"|(?:date and time|date|time|duration)\("[^"\\]*"\)'
)
_COMPARED = re.compile(r"(?:\?\s*)?(<=|>=|!=|<|>|=)\s*(.+)", re.DOTALL)
_BETWEEN = re.compile(r"\?\s+between\s+(.+?)\s+and\s+(.+)", re.DOTALL)
_INTERVAL = re.compile(r"([\[\](])\s*([^,]+?)\s*\.\.\s*([^,]+?)\s*([\[\])])")
_INSIDE = re.compile(r"\?\s+in\s+(.+)", re.DOTALL)
_NOT = re.compile(r"not\s*\((.*)\)", re.DOTALL)
_CALL = re.compile(r"([a-z ]+)\(\?\s*(?:,\s*(.+?))?\)\s*(?:(<=|>=|!=|<|>|=)\s*(.+))?", re.DOTALL)
_SAID = {
    "starts with": "以{}开头",
    "ends with": "以{}结尾",
    "contains": "包含{}",
    "list contains": "包含{}",
    "matches": "符合格式{}",
}
_MEASURED = {"string length": "字数", "count": "项数"}
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_WORDS = {"true": "是", "false": "否", "null": "空"}
_MOST, _MOST_ELEMENTS, _DEEPEST = 60, 30, 4


def value_in_words(value: Any, most: int = _MOST) -> str:
    """A value as people say it, no longer than so many characters."""
    text = _said(value)
    return text if len(text) <= most else text[:most] + "…"


def value_as_written(value: Any, most: int) -> str:
    """A value as its designer writes it, but for what has a word of its own."""
    text = _said(value) if value is None or isinstance(value, bool | str) else feel.written(value)
    return text if len(text) <= most else text[:most] + "…"


def _said(value: Any, depth: int = 0) -> str:
    if depth > _DEEPEST:
        return "…"
    if value is None or isinstance(value, bool):
        return _WORDS[feel.written(value)]
    if isinstance(value, str):
        return f"“{value}”"
    if isinstance(value, list):
        parts = [_inner(one, depth + 1) for one in value[:_MOST_ELEMENTS]] + ["…"] * (len(value) > _MOST_ELEMENTS)
        return parts[0] + "".join(f"、{part.strip()}" for part in parts[1:]) if parts else "空列表"
    if isinstance(value, dict):
        return f"（{'，'.join(f'{key}为{_said(entry, depth + 1)}' for key, entry in value.items())}）"
    if feel.kind(value) == "function":
        return "函数"
    return f" {_WHEN.get(value.__class__, feel.written)(value)}"


def _inner(value: Any, depth: int) -> str:
    return f"（{_said(value, depth).strip()}）" if isinstance(value, list) else _said(value, depth)


def _day(value: dt.date) -> str:
    return f"{value.year} 年 {value.month} 月 {value.day} 日"


def _moment(value: dt.datetime) -> str:
    return f"{_day(value)} {feel.written(value).partition('T')[2]}"


def _months(value: feel.MonthsDuration) -> str:
    years, months = divmod(abs(value.months), 12)
    parts = [f"{number} {unit}" for number, unit in ((years, "年"), (months, "个月")) if number]
    return ("负 " if value.months < 0 else "") + (" ".join(parts) or "0 个月")


def _time_span(value: dt.timedelta) -> str:
    minutes, seconds = divmod(abs(value), dt.timedelta(minutes=1))
    hours, minute = divmod(minutes, 60)
    whole = ((hours // 24, "天"), (hours % 24, "小时"), (minute, "分钟"))
    parts = [f"{number} {unit}" for number, unit in whole if number]
    if seconds:
        parts.append(f"{seconds.seconds + seconds.microseconds / 1_000_000:g} 秒")
    return ("负 " if value < dt.timedelta() else "") + (" ".join(parts) or "0 天")


_WHEN: dict[type, Callable[[Any], str]] = {
    dt.date: _day,
    dt.datetime: _moment,
    dt.timedelta: _time_span,
    feel.MonthsDuration: _months,
}


def test_in_words(test: str) -> str:
    """What a cell asks: the frequent forms in words, any other as it is written."""
    return _asked(test.strip()) or f"符合 {test.strip()}"


def _asked(text: str) -> str:
    """The words of a test; empty for one that has none."""
    parts = _split(text, ",")
    if len(parts) > 1:
        if all(map(_LITERAL.fullmatch, parts)):
            return f"为{'、'.join(_literal(part).strip() for part in parts)}之一"
        return _joined(parts, "或者")
    if match := _NOT.fullmatch(text):
        inner = _asked(match[1].strip())
        return "" if not inner else f"不{inner}" if inner[0] in "为以包符" else f"并非{inner}"
    if match := _BETWEEN.fullmatch(text):
        return f"不小于{_literal(match[1])} 并且不大于{_literal(match[2])}"
    for between, word in ((" or ", "或者"), (" and ", "并且")):
        if len(parts := _split(text, between)) > 1:
            return _joined(parts, word) if all("?" in part for part in parts) else ""
    return _simple(text)


def _simple(text: str) -> str:
    if _LITERAL.fullmatch(text):
        return f"为{_literal(text)}"
    if match := _COMPARED.fullmatch(text):
        return _OPERATORS[match[1]] + _literal(match[2]) if "?" not in match[2] else ""
    if match := _INTERVAL.fullmatch(text):
        low = "不小于" if match[1] == "[" else "大于"
        high = "不大于" if match[4] == "]" else "小于"
        return f"{low}{_literal(match[2])} 并且{high}{_literal(match[3])}"
    if match := _INSIDE.fullmatch(text):
        return _asked(
            match[1].removeprefix("(").removesuffix(")") if match[1][0] == "(" and ".." not in text else match[1]
        )
    match = _CALL.fullmatch(text)
    name = match[1].strip() if match else ""
    if match and name in _SAID and match[2] and not match[3]:
        return _SAID[name].format(_literal(match[2]).strip())
    if match and name in _MEASURED and match[3] and not match[2]:
        return _MEASURED[name] + _OPERATORS[match[3]] + _literal(match[4])
    return ""


def _joined(parts: list[str], word: str) -> str:
    words = [_asked(part.strip()) for part in parts]
    return f"，{word}".join(words) if all(words) else ""


def _literal(text: str) -> str:
    """A literal in words, any other text as it is."""
    text = text.strip()
    return value_in_words(feel.compile_expression(text).evaluate({})) if _LITERAL.fullmatch(text) else f" {text}"


def _split(text: str, between: str) -> list[str]:
    """The parts between separators that stand in no brackets and no quotes."""
    parts, depth, quoted, start = [], 0, False, 0
    for at, character in enumerate(text):
        if character == '"':
            quoted = not quoted
        elif quoted:
            continue
        elif character in _OPENING or character in _CLOSING:
            depth += 1 if character in _OPENING else -1
        elif depth == 0 and text.startswith(between, at):
            parts.append(text[start:at].strip())
            start = at + len(between)
    return [*parts, text[start:].strip()]
