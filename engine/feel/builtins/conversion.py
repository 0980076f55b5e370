"""Conversion functions: from text and parts to values, and back to text."""

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal

from engine.feel import temporal, wide
from engine.feel.builtins.registry import builtin
from engine.feel.errors import Fault, FeelLimitError
from engine.feel.run import Run
from engine.feel.values import (
    CONTEXT,
    BuiltinFunction,
    Function,
    MonthsDuration,
    Range,
    UserFunction,
    Value,
    chinese_kind,
    to_integer,
)
from engine.feel.wide import AnyDate, AnyDateTime, AnyDuration, AnyTime, WideDate, WideDateTime, WideDuration, WideTime

_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,9})?")
_BARE_KEY = re.compile(r"[^\W\d]\w*")
MAX_NUMBER_TEXT = 400


def position(value: Decimal) -> int:
    """A position, length or scale: its fraction does not count. Raises Fault."""
    if value.adjusted() > 18:
        raise Fault(f"{value} 太大")
    return int(value)


def integer(value: Decimal, what: str) -> int:
    """The whole number of an argument. Raises Fault."""
    number = to_integer(value)
    if number is None:
        raise Fault(f"{what}应当是整数，这里是 {value}")
    return number


@builtin("date", "from: single")
def date_from(run: Run, value: Value) -> AnyDate:
    if value.__class__ is str:
        return temporal.parse_date(value)
    if isinstance(value, dt.date | WideDate | WideDateTime):
        return wide.date_part(value)
    raise Fault(f"{chinese_kind(value)}不能转成日期")


@builtin("date", "year: number", "month: number", "day: number")
def date_of(run: Run, year: Decimal, month: Decimal, day: Decimal) -> AnyDate:
    return temporal.make_date(integer(year, "年"), integer(month, "月"), integer(day, "日"))


@builtin("date and time", "from: single")
def date_time_from(run: Run, value: Value) -> AnyDateTime:
    if value.__class__ is str:
        return temporal.parse_date_time(value)
    if isinstance(value, dt.date | WideDate | WideDateTime):
        return temporal.as_moment(value, value)
    raise Fault(f"{chinese_kind(value)}不能转成日期时间")


@builtin("date and time", "date: date", "time: time")
def date_time_of(run: Run, date: AnyDate, time: AnyTime) -> AnyDateTime:
    return wide.date_time_of(wide.date_part(date), time)


@builtin(
    "date and time",
    "year: number",
    "month: number",
    "day: number",
    "hour: number",
    "minute: number",
    "second: number",
    "[offset: any?]",
)
def date_time_of_parts(
    run: Run,
    year: Decimal,
    month: Decimal,
    day: Decimal,
    hour: Decimal,
    minute: Decimal,
    second: Decimal,
    offset: Value = None,
) -> AnyDateTime:
    return wide.date_time_of(date_of(run, year, month, day), time_of(run, hour, minute, second, offset))


@builtin("time", "from: single")
def time_from(run: Run, value: Value) -> AnyTime:
    if value.__class__ is str:
        return temporal.parse_time(value)
    if isinstance(value, dt.datetime | WideDateTime):
        return wide.time_part(value)
    if isinstance(value, dt.date | WideDate):
        return dt.time(tzinfo=dt.UTC)
    if isinstance(value, dt.time | WideTime):
        return value
    raise Fault(f"{chinese_kind(value)}不能转成时刻")


@builtin("time", "hour: number", "minute: number", "second: number", "[offset: any?]")
def time_of(run: Run, hour: Decimal, minute: Decimal, second: Decimal, offset: Value = None) -> AnyTime:
    whole = second.to_integral_value(rounding="ROUND_FLOOR")
    nanosecond = int(CONTEXT.scaleb(CONTEXT.subtract(second, whole), 9))
    zone = _offset(offset)
    return temporal.make_time(integer(hour, "时"), integer(minute, "分"), integer(whole, "秒"), nanosecond, zone)


def _offset(value: Value) -> dt.tzinfo | None:
    if value is None:
        return None
    if value.__class__ is dt.timedelta and abs(value) <= dt.timedelta(hours=14):
        return dt.timezone(value) if value else dt.UTC
    if value.__class__ is str:
        return temporal.named_zone(value)
    raise Fault("时区偏移应当是不超过 14 小时的时长")


@builtin("duration", "from: single")
def duration_from(run: Run, value: Value) -> AnyDuration | MonthsDuration:
    if value.__class__ is str:
        return temporal.parse_duration(value)
    if isinstance(value, dt.timedelta | WideDuration | MonthsDuration):
        return value
    raise Fault(f"{chinese_kind(value)}不能转成时长")


@builtin("years and months duration", "from: date", "to: date")
def months_between(run: Run, start: AnyDate, end: AnyDate) -> MonthsDuration:
    return temporal.months_between(start, end)


@builtin("number", "from: single")
def number_from(run: Run, value: Value) -> Decimal:
    if value.__class__ is Decimal:
        return Decimal(value)
    if value.__class__ is not str or len(value) > MAX_NUMBER_TEXT or not _NUMBER.fullmatch(value):
        raise Fault(f"“{str(value)[:40]}”不是数字" if value.__class__ is str else f"{chinese_kind(value)}不能转成数字")
    return CONTEXT.create_decimal(value)


@builtin("number", "from: string", "grouping separator: string?", "decimal separator: string?")
def number_with_separators(run: Run, text: str, grouping: str | None, point: str | None) -> Decimal:
    if (
        grouping not in (None, " ", ",", ".")
        or point not in (None, ".", ",")
        or (grouping is not None and grouping == point)
    ):
        raise Fault("分组符应当是空格、逗号或点，小数点应当是逗号或点，两者不能相同")
    if grouping is not None:
        text = text.replace(grouping, "")
    return number_from(run, text.replace(point, ".") if point else text)


@builtin("string", "from: any?")
def string_from(run: Run, value: Value) -> str | None:
    if value is None:
        return None
    text = value if value.__class__ is str else to_text(run, value)
    run.grow(len(text))
    return text


def to_text(run: Run, value: Value) -> str:
    """A value as FEEL writes it; strings inside lists and contexts are quoted."""
    writer = _WRITERS.get(value.__class__)
    return writer(run, value) if writer else "null"


def written(value: Value) -> str:
    """Any value as FEEL writes it, texts in quotes; for people, who see the start of what is long."""
    try:
        return _inner_text(Run({}), value)
    except (FeelLimitError, RecursionError):
        return "…"


def _list_text(run: Run, values: list[Value]) -> str:
    run.spend(1 + len(values) // 4)
    return "[" + ", ".join([_inner_text(run, value) for value in values]) + "]"


def _context_text(run: Run, value: dict[str, Value]) -> str:
    run.spend(1 + len(value) // 4)
    parts = [f"{_key_text(run, key)}: {_inner_text(run, entry)}" for key, entry in value.items()]
    return "{" + ", ".join(parts) + "}"


def _key_text(run: Run, key: str) -> str:
    run.grow(len(key))
    return key if _BARE_KEY.fullmatch(key) else _quoted(key)


def _inner_text(run: Run, value: Value) -> str:
    """Paid for part by part: a list may hold one long text many times over."""
    value = run.read(value)
    text = _quoted(value) if value.__class__ is str else to_text(run, value)
    run.grow(len(text))
    return text


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _number_text(run: Run, value: Decimal) -> str:
    value = value or value.copy_abs()  # FEEL has no negative zero
    # a scope may hold numbers beyond decimal128, whose plain digits would fill the memory
    return format(value, "f") if abs(value.adjusted()) < 6200 and len(value.as_tuple().digits) < 6200 else str(value)


def _range_text(run: Run, value: Range) -> str:
    run.spend()
    if value.operator:
        return f"({value.operator} {_inner_text(run, value.start)})"
    ends = [_inner_text(run, end) if end is not None else "" for end in (value.start, value.end)]
    if value.start is None:
        return f"({'<=' if value.end_included else '<'} {ends[1]})"
    if value.end is None:
        return f"({'>=' if value.start_included else '>'} {ends[0]})"
    return f"{'[' if value.start_included else '('}{ends[0]}..{ends[1]}{']' if value.end_included else ')'}"


_WRITERS: dict[type, Callable[[Run, Value], str]] = {
    Decimal: _number_text,
    bool: lambda run, value: "true" if value else "false",
    dt.date: lambda run, value: temporal.format_date(value),
    dt.time: lambda run, value: temporal.format_time(value),
    dt.datetime: lambda run, value: temporal.format_date_time(value),
    dt.timedelta: lambda run, value: temporal.format_duration(value),
    **dict.fromkeys((WideDate, WideTime, WideDateTime, WideDuration), lambda run, value: temporal.format_wide(value)),
    MonthsDuration: lambda run, value: str(value),
    str: lambda run, value: value,
    list: _list_text,
    dict: _context_text,
    Range: _range_text,
    BuiltinFunction: lambda run, value: f"function({', '.join(value.parameters)})",
    Function: lambda run, value: f"function({', '.join(value.parameters)})",
    UserFunction: lambda run, value: f"function({', '.join(value.parameters)})",
}
