"""Dates, times and durations: reading them from text, writing them, and their arithmetic.

Texts follow DMN 1.5 section 10.3.2.3 (ISO 8601 with an optional `@Area/City`). What Python's datetime cannot hold is a
value of `engine.feel.wide`; fractions of a second end at the nanosecond.
"""

import calendar
import datetime as dt
import re
from decimal import Decimal
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from engine.feel import wide
from engine.feel.errors import Fault
from engine.feel.values import CONTEXT, MonthsDuration
from engine.feel.wide import (
    DAY_NANOSECONDS,
    NANOSECONDS,
    AnyDate,
    AnyDateTime,
    AnyDuration,
    AnyTime,
    WideDate,
    WideDateTime,
    WideTime,
)

_OFFSET = r"Z|[+-][0-9]{2}:[0-9]{2}"
_DATE = re.compile(rf"(-?(?:[1-9][0-9]{{4,8}}|[0-9]{{4}}))-([0-9]{{2}})-([0-9]{{2}})({_OFFSET})?")
_TIME = re.compile(
    r"([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,40}))?(Z|z|[+-][0-9]{2}:[0-9]{2}(?::[0-9]{2})?|@[A-Za-z0-9_+/-]{1,60})?"
)
_DAYS = re.compile(
    r"(-?)P(?:([0-9]{1,18})D)?(?:T(?:([0-9]{1,18})H)?(?:([0-9]{1,18})M)?(?:([0-9]{1,18})(?:\.([0-9]{0,40}))?S)?)?"
)
_MONTHS = re.compile(r"(-?)P(?:([0-9]{1,12})Y)?(?:([0-9]{1,12})M)?")
_ZONES = frozenset(resources.files("tzdata").joinpath("zones").read_text(encoding="ascii").split())
_SHORTEST_MONTH = 28
MAX_MONTHS = 12 * 10**12
MAX_DURATION = 10**13 * DAY_NANOSECONDS
_TOO_LONG = "时长太长"
_BEYOND = f"日期超出了公元前 {wide.MAX_YEAR} 年到公元 {wide.MAX_YEAR} 年"

Temporal = AnyDate | AnyTime | AnyDateTime | AnyDuration | MonthsDuration


def parse_temporal(text: str) -> Temporal:
    """What an at-literal stands for. Raises Fault."""
    if text.startswith(("P", "-P")):
        return parse_duration(text)
    if _TIME.fullmatch(text):
        return parse_time(text)
    if "T" in text:
        return parse_date_time(text)
    return parse_date(text)


def parse_date(text: str) -> AnyDate:
    """`2026-11-23`; an offset behind it, which XML Schema allows, is no part of a date. Raises Fault."""
    return _date_with_zone(text)[0]


def _date_with_zone(text: str) -> tuple[AnyDate, dt.tzinfo | None]:
    match = _DATE.fullmatch(text)
    if match is None:
        raise Fault(f"“{text[:40]}”不是日期，日期写作 2026-11-23")
    year, month, day, zone = match.groups()
    return make_date(int(year), int(month), int(day)), _zone(zone)


def make_date(year: int, month: int, day: int) -> AnyDate:
    try:
        return wide.date_of(year, month, day)
    except (ValueError, OverflowError):
        raise Fault(f"没有 {year} 年 {month} 月 {day} 日这一天") from None


def make_time(hour: int, minute: int, second: int, nanosecond: int, zone: dt.tzinfo | None) -> AnyTime:
    """Raises Fault."""
    if not (0 <= hour < 24 and 0 <= minute < 60 and 0 <= second < 60):
        raise Fault(f"没有 {hour} 时 {minute} 分 {second} 秒这个时刻")
    return wide.time_of(((hour * 60 + minute) * 60 + second) * NANOSECONDS + nanosecond, zone)


def parse_time(text: str) -> AnyTime:
    """`10:30:00`, with an optional fraction and an offset or zone; `24:00:00` is the midnight after. Raises Fault."""
    match = _TIME.fullmatch(text)
    if match is None:
        raise Fault(f"“{text[:40]}”不是时刻，时刻写作 10:30:00")
    hour, minute, second, nanosecond = (*map(int, match.groups()[:3]), _nanoseconds(match[4]))
    if (hour, minute, second, nanosecond) == (24, 0, 0, 0):
        hour = 0
    return make_time(hour, minute, second, nanosecond, _zone(match[5]))


def _nanoseconds(fraction: str | None) -> int:
    return int((fraction or "0")[:9].ljust(9, "0"))


def named_zone(name: str) -> ZoneInfo:
    """A zone by its name; one that is not in the list is looked for nowhere. Raises Fault."""
    try:
        if name not in _ZONES:
            raise KeyError(name)
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise Fault(f"没有“{name[:40]}”这个时区") from None


def _zone(text: str | None) -> dt.tzinfo | None:
    if text is None:
        return None
    if text in ("Z", "z"):
        return dt.UTC
    if text.startswith("@"):
        return named_zone(text[1:])
    hours, minutes, *seconds = (int(part) for part in text[1:].split(":"))
    if hours > 14 or minutes > 59:
        raise Fault(f"时区偏移“{text}”超出了 14 小时")
    offset = dt.timedelta(hours=hours, minutes=minutes, seconds=sum(seconds))
    return dt.timezone(-offset if text[0] == "-" else offset)


def parse_date_time(text: str) -> AnyDateTime:
    """`2026-11-23T10:30:00`, or a date alone for its midnight. Raises Fault."""
    date, separator, time = text.partition("T")
    day, zone = _date_with_zone(date)
    if not separator:
        return wide.date_time_of(day, dt.time(tzinfo=zone))
    if zone is not None:
        raise Fault(f"“{text[:40]}”不是日期时间，日期时间写作 2026-11-23T10:30:00+08:00")
    moment = wide.date_time_of(day, parse_time(time))
    return _by_the_clock(moment, DAY_NANOSECONDS) if time.startswith("24") else moment


def parse_duration(text: str) -> AnyDuration | MonthsDuration:
    """`P3D`, `PT2H30M` (days and time) or `P1Y6M` (years and months). Raises Fault."""
    match = _MONTHS.fullmatch(text)
    if match and (match[2] or match[3]):
        months = int(match[2] or 0) * 12 + int(match[3] or 0)
        return MonthsDuration(-months if match[1] else months)
    match = _DAYS.fullmatch(text)
    if match is None or text.endswith(("P", "T")):
        raise Fault(f"“{text[:40]}”不是时长，时长写作 P3D、PT2H30M 或 P1Y6M")
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:5])
    total = (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * NANOSECONDS + _nanoseconds(match[6])
    return make_duration(-total if match[1] else total)


def make_duration(nanoseconds: int) -> AnyDuration:
    """Raises Fault."""
    if abs(nanoseconds) > MAX_DURATION:
        raise Fault(_TOO_LONG)
    return wide.duration_of(nanoseconds)


def format_date(value: AnyDate | AnyDateTime) -> str:
    return f"{'-' if value.year < 0 else ''}{abs(value.year):04}-{value.month:02}-{value.day:02}"


def format_time(value: AnyTime | AnyDateTime) -> str:
    return (
        f"{value.hour:02}:{value.minute:02}:{value.second:02}{_fraction(wide.nanosecond(value))}{_format_zone(value)}"
    )


def _fraction(nanoseconds: int) -> str:
    return f".{nanoseconds:09}".rstrip("0") if nanoseconds else ""


def _format_zone(value: AnyTime | AnyDateTime) -> str:
    if isinstance(value.tzinfo, ZoneInfo):
        return f"@{value.tzinfo.key}"
    offset = value.utcoffset()
    if offset is None:
        return ""
    if not offset:
        return "Z"
    minutes, seconds = divmod(abs(int(offset.total_seconds())), 60)
    sign = "-" if offset < dt.timedelta() else "+"
    return f"{sign}{minutes // 60:02}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")


def format_date_time(value: AnyDateTime) -> str:
    return f"{format_date(value)}T{format_time(value)}"


def format_duration(value: AnyDuration) -> str:
    total = wide.length(value)
    days, rest = divmod(abs(total), DAY_NANOSECONDS)
    whole, nanoseconds = divmod(rest, NANOSECONDS)
    hours, seconds = divmod(whole, 3600)
    minutes, seconds = divmod(seconds, 60)
    time = "".join(f"{number}{unit}" for number, unit in ((hours, "H"), (minutes, "M")) if number)
    if seconds or nanoseconds:
        time += f"{seconds}{_fraction(nanoseconds)}S"
    sign, date = "-" if total < 0 else "", f"{days}D" if days else ""
    return f"{sign}P{date}T{time}" if time else f"{sign}P{date}" if date else "PT0S"


def format_wide(value: WideDate | WideTime | WideDateTime | wide.WideDuration) -> str:
    """A value of `engine.feel.wide` as text, from which `parse_temporal` reads it again."""
    match value:
        case WideDate():
            return format_date(value)
        case WideTime():
            return format_time(value)
        case WideDateTime():
            return format_date_time(value)
    return format_duration(value)


def add_months(value: AnyDate | AnyDateTime, months: int) -> AnyDate | AnyDateTime:
    """The same day so many months on, or the last one of a shorter month. A date and time stays one. Raises Fault."""
    year, month = divmod(value.year * 12 + value.month - 1 + months, 12)
    if value.day <= _SHORTEST_MONTH and dt.MINYEAR <= year <= dt.MAXYEAR and isinstance(value, dt.date):
        return value.replace(year=year, month=month + 1)
    if abs(year) > wide.MAX_YEAR:
        raise Fault(_BEYOND)
    last = calendar.monthrange(wide.near(year), month + 1)[1]
    date = make_date(year, month + 1, min(value.day, last))
    if isinstance(value, dt.datetime | WideDateTime):
        return wide.date_time_of(date, wide.time_part(value))
    return date


def add_duration(value: AnyDate | AnyTime | AnyDateTime, duration: AnyDuration) -> AnyDate | AnyTime | AnyDateTime:
    """A date (counted from its midnight), date and time, or time (round the clock) so much later. Raises Fault."""
    if isinstance(value, dt.date) and isinstance(duration, dt.timedelta) and not _has_rules(value):
        try:
            return value + duration  # of a date the whole days before, as from its midnight
        except OverflowError:
            pass
    nanoseconds = wide.length(duration)
    if isinstance(value, dt.time | WideTime):
        return wide.time_of((wide.since_midnight(value) + nanoseconds) % DAY_NANOSECONDS, value.tzinfo)
    if isinstance(value, dt.datetime | WideDateTime):
        return add_to_moment(value, nanoseconds)
    return _date_on(value.toordinal() + nanoseconds // DAY_NANOSECONDS)


def _has_rules(value: AnyDate | AnyDateTime) -> bool:
    """Whether it stands in a zone whose clocks may be put forward and back."""
    return isinstance(getattr(value, "tzinfo", None), ZoneInfo)


def add_to_moment(value: AnyDateTime, nanoseconds: int) -> AnyDateTime:
    """So much later on the line of time, whatever the clocks of its zone do meanwhile. Raises Fault."""
    if not _has_rules(value):
        return _by_the_clock(value, nanoseconds)
    utc = _by_the_clock(_with_zone(value, dt.UTC), nanoseconds - _offset_length(value.utcoffset()))
    if isinstance(utc, dt.datetime):
        try:
            return utc.astimezone(value.tzinfo)
        except OverflowError:
            pass
    # beyond Python's reach by the rules of the nearest year like it, as `WideDateTime.utcoffset` has them
    there = _with_zone(utc, value.tzinfo)
    return _by_the_clock(there, _offset_length(there.utcoffset()))


def _with_zone(value: AnyDateTime, zone: dt.tzinfo | None) -> AnyDateTime:
    return wide.date_time_of(wide.date_part(value), wide.time_of(wide.since_midnight(value), zone))


def _offset_length(offset: dt.timedelta | None) -> int:
    return wide.length(offset or dt.timedelta())


def _by_the_clock(value: AnyDateTime, nanoseconds: int) -> AnyDateTime:
    """Raises Fault."""
    days, rest = divmod(wide.since_midnight(value) + nanoseconds, DAY_NANOSECONDS)
    return wide.date_time_of(_date_on(value.toordinal() + days), wide.time_of(rest, value.tzinfo))


def _date_on(ordinal: int) -> AnyDate:
    try:
        return wide.date_on(ordinal)
    except ValueError:
        raise Fault(_BEYOND) from None


def as_moment(value: AnyDate | AnyDateTime, other: AnyDate | AnyDateTime) -> AnyDateTime:
    """A date as its midnight, in UTC beside a date and time (DMN 1.5 section 10.3.2.3.5)."""
    if isinstance(value, dt.datetime | WideDateTime):
        return value
    beside = isinstance(other, dt.datetime | WideDateTime)
    return wide.date_time_of(value, dt.time(tzinfo=dt.UTC if beside else None))


def in_one_zone(left: AnyTime | AnyDateTime, right: AnyTime | AnyDateTime) -> tuple[Any, Any]:
    """Two values of one kind, that without a zone with the offset of the other."""
    a, b = left.utcoffset(), right.utcoffset()
    return (_at_offset(left, b) if a is None else left), (_at_offset(right, a) if b is None else right)


def _at_offset(value: AnyTime | AnyDateTime, offset: dt.timedelta | None) -> AnyTime | AnyDateTime:
    zone = None if offset is None else dt.timezone(offset)
    time = wide.time_of(wide.since_midnight(value), zone)
    return time if isinstance(value, dt.time | WideTime) else wide.date_time_of(wide.date_part(value), time)


def subtract(left: AnyDate | AnyTime | AnyDateTime, right: AnyDate | AnyTime | AnyDateTime) -> AnyDuration:
    """The time between two dates, dates and times, or times. Raises Fault when only one of them has a zone."""
    if isinstance(left, dt.time | WideTime) or isinstance(right, dt.time | WideTime):
        if not (isinstance(left, dt.time | WideTime) and isinstance(right, dt.time | WideTime)):
            raise Fault("时刻不能同日期相减")
        day = dt.date(2000, 1, 2)
        left, right = wide.date_time_of(day, left), wide.date_time_of(day, right)
    start, end = as_moment(left, right), as_moment(right, left)
    if (start.utcoffset() is None) != (end.utcoffset() is None):
        raise Fault("一个带时区，一个不带，不能相减")
    return make_duration(wide.instant(start) - wide.instant(end))


def months_between(start: AnyDate | AnyDateTime, end: AnyDate | AnyDateTime) -> MonthsDuration:
    """Whole months from the day of `start` to that of `end`, negative when `end` is earlier; the time does not count."""
    sign, low, high = 1, start, end
    if (end.year, end.month, end.day) < (start.year, start.month, start.day):
        sign, low, high = -1, end, start
    months = (high.year - low.year) * 12 + high.month - low.month
    return MonthsDuration(sign * (months - (high.day < low.day)))


def total_seconds(value: AnyDuration) -> Decimal:
    """The exact length in seconds."""
    return CONTEXT.divide(Decimal(wide.length(value)), Decimal(NANOSECONDS))


def scale_duration(value: AnyDuration, factor: Decimal) -> AnyDuration:
    """A duration multiplied, to the nanosecond. Raises Fault."""
    nanoseconds = CONTEXT.multiply(Decimal(wide.length(value)), factor)
    if nanoseconds.adjusted() > 28:
        raise Fault(_TOO_LONG)
    return make_duration(int(CONTEXT.to_integral_value(nanoseconds)))
