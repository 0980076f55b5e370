"""Dates, times and durations: reading them from text, writing them, and their arithmetic.

Texts follow DMN 1.5 section 10.3.2.3 (ISO 8601 with an optional `@Area/City`). Years run from 1 to 9999 and fractions
of a second end at the microsecond, the reach of Python's datetime.
"""

import calendar
import datetime as dt
import re
from decimal import Decimal
from zoneinfo import ZoneInfo

from engine.feel.errors import Fault
from engine.feel.values import CONTEXT, MonthsDuration

_DATE = re.compile(r"(-?(?:[1-9][0-9]{4,8}|[0-9]{4}))-([0-9]{2})-([0-9]{2})")
_TIME = re.compile(
    r"([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,40}))?(Z|z|[+-][0-9]{2}:[0-9]{2}(?::[0-9]{2})?|@[A-Za-z0-9_+/-]{1,60})?"
)
_DAYS = re.compile(
    r"(-?)P(?:([0-9]{1,18})D)?(?:T(?:([0-9]{1,18})H)?(?:([0-9]{1,18})M)?(?:([0-9]{1,18})(?:\.([0-9]{0,40}))?S)?)?"
)
_MONTHS = re.compile(r"(-?)P(?:([0-9]{1,12})Y)?(?:([0-9]{1,12})M)?")
DAY = dt.timedelta(days=1)
MICROSECOND = dt.timedelta(microseconds=1)
MAX_MONTHS = 12 * 10**12

Temporal = dt.date | dt.time | dt.timedelta | MonthsDuration


def parse_temporal(text: str) -> Temporal:
    """What an at-literal stands for. Raises Fault."""
    if text.startswith(("P", "-P")):
        return parse_duration(text)
    if "T" in text:
        return parse_date_time(text)
    if _TIME.fullmatch(text):
        return parse_time(text)
    return parse_date(text)


def parse_date(text: str) -> dt.date:
    """`2026-11-23`. Raises Fault."""
    match = _DATE.fullmatch(text)
    if match is None:
        raise Fault(f"“{text[:40]}”不是日期，日期写作 2026-11-23")
    return make_date(*(int(part) for part in match.groups()))


def make_date(year: int, month: int, day: int) -> dt.date:
    try:
        return dt.date(year, month, day)
    except (ValueError, OverflowError):
        raise Fault(f"没有 {year} 年 {month} 月 {day} 日这一天") from None


def parse_time(text: str) -> dt.time:
    """`10:30:00`, with an optional fraction and an offset or zone. Raises Fault."""
    match = _TIME.fullmatch(text)
    if match is None:
        raise Fault(f"“{text[:40]}”不是时刻，时刻写作 10:30:00")
    hour, minute, second, fraction, zone = match.groups()
    microsecond = int((fraction or "0")[:6].ljust(6, "0"))
    try:
        return dt.time(int(hour), int(minute), int(second), microsecond, tzinfo=_zone(zone))
    except ValueError:
        raise Fault(f"没有“{text[:40]}”这个时刻") from None


def _zone(text: str | None) -> dt.tzinfo | None:
    if text is None:
        return None
    if text in ("Z", "z"):
        return dt.UTC
    if text.startswith("@"):
        try:
            return ZoneInfo(text[1:])
        except (KeyError, ValueError, OSError):
            raise Fault(f"没有“{text[1:]}”这个时区") from None
    hours, minutes, *seconds = (int(part) for part in text[1:].split(":"))
    if hours > 14 or minutes > 59:
        raise Fault(f"时区偏移“{text}”超出了 14 小时")
    offset = dt.timedelta(hours=hours, minutes=minutes, seconds=sum(seconds))
    return dt.timezone(-offset if text[0] == "-" else offset)


def parse_date_time(text: str) -> dt.datetime:
    """`2026-11-23T10:30:00`, or a date alone for its midnight. Raises Fault."""
    date, separator, time = text.partition("T")
    if time.startswith("24:00:00"):
        return add_duration(parse_date_time(f"{date}T00{time[2:]}"), DAY)  # type: ignore[return-value]
    return dt.datetime.combine(parse_date(date), parse_time(time) if separator else dt.time())


def parse_duration(text: str) -> dt.timedelta | MonthsDuration:
    """`P3D`, `PT2H30M` (days and time) or `P1Y6M` (years and months). Raises Fault."""
    match = _MONTHS.fullmatch(text)
    if match and (match[2] or match[3]):
        months = int(match[2] or 0) * 12 + int(match[3] or 0)
        return MonthsDuration(-months if match[1] else months)
    match = _DAYS.fullmatch(text)
    if match is None or text.endswith(("P", "T")):
        raise Fault(f"“{text[:40]}”不是时长，时长写作 P3D、PT2H30M 或 P1Y6M")
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:5])
    microseconds = int((match[6] or "0")[:6].ljust(6, "0"))
    try:
        value = dt.timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds, microseconds=microseconds)
    except OverflowError:
        raise Fault(f"时长“{text[:40]}”太长") from None
    return -value if match[1] else value


def format_date(value: dt.date) -> str:
    return f"{value.year:04}-{value.month:02}-{value.day:02}"


def format_time(value: dt.time | dt.datetime) -> str:
    fraction = f".{value.microsecond:06}".rstrip("0") if value.microsecond else ""
    return f"{value.hour:02}:{value.minute:02}:{value.second:02}{fraction}{_format_zone(value)}"


def _format_zone(value: dt.time | dt.datetime) -> str:
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


def format_date_time(value: dt.datetime) -> str:
    return f"{format_date(value)}T{format_time(value)}"


def format_duration(value: dt.timedelta) -> str:
    sign, rest = ("-", -value) if value < dt.timedelta() else ("", value)
    hours, seconds = divmod(rest.seconds, 3600)
    minutes, seconds = divmod(seconds, 60)
    fraction = f".{rest.microseconds:06}".rstrip("0") if rest.microseconds else ""
    time = "".join(f"{number}{unit}" for number, unit in ((hours, "H"), (minutes, "M")) if number)
    if seconds or fraction:
        time += f"{seconds}{fraction}S"
    days = f"{rest.days}D" if rest.days else ""
    return f"{sign}P{days}T{time}" if time else f"{sign}P{days}" if days else "PT0S"


def add_months(value: dt.date, months: int) -> dt.date:
    """The same day so many months on, or the last one of a shorter month. A date and time stays one. Raises Fault."""
    year, month = divmod(value.year * 12 + value.month - 1 + months, 12)
    if not dt.MINYEAR <= year <= dt.MAXYEAR:
        raise Fault("日期超出了公元 1 年到 9999 年")
    day = min(value.day, calendar.monthrange(year, month + 1)[1])
    return value.replace(year=year, month=month + 1, day=day)


def add_duration(value: dt.date | dt.time, duration: dt.timedelta) -> dt.date | dt.time:
    """A date (counted from its midnight), date and time, or time (round the clock) so much later. Raises Fault."""
    try:
        if isinstance(value, dt.time):
            moment = dt.datetime.combine(dt.date(2000, 1, 2), value) + dt.timedelta(
                seconds=duration.seconds, microseconds=duration.microseconds
            )
            return moment.timetz()
        if isinstance(value, dt.datetime):
            return value + duration
        return (dt.datetime.combine(value, dt.time()) + duration).date()
    except OverflowError:
        raise Fault("日期超出了公元 1 年到 9999 年") from None


def as_moment(value: dt.date, other: dt.date) -> dt.datetime:
    """A date as its midnight, in UTC beside a date and time (DMN 1.5 section 10.3.2.3.5)."""
    if isinstance(value, dt.datetime):
        return value
    return dt.datetime.combine(value, dt.time(), tzinfo=dt.UTC if isinstance(other, dt.datetime) else None)


def subtract(left: dt.date | dt.time, right: dt.date | dt.time) -> dt.timedelta:
    """The time between two dates, dates and times, or times. Raises Fault when only one of them has a zone."""
    if isinstance(left, dt.time) or isinstance(right, dt.time):
        if not (isinstance(left, dt.time) and isinstance(right, dt.time)):
            raise Fault("时刻不能同日期相减")
        day = dt.date(2000, 1, 2)
        left, right = dt.datetime.combine(day, left), dt.datetime.combine(day, right)
    try:
        return as_moment(left, right) - as_moment(right, left)
    except TypeError:
        raise Fault("一个带时区，一个不带，不能相减") from None


def months_between(start: dt.date, end: dt.date) -> MonthsDuration:
    """Whole months from the day of `start` to that of `end`, negative when `end` is earlier; the time does not count."""
    sign, low, high = 1, start, end
    if (end.year, end.month, end.day) < (start.year, start.month, start.day):
        sign, low, high = -1, end, start
    months = (high.year - low.year) * 12 + high.month - low.month
    return MonthsDuration(sign * (months - (high.day < low.day)))


def total_seconds(value: dt.timedelta) -> Decimal:
    """The exact length in seconds."""
    return CONTEXT.divide(Decimal(value // MICROSECOND), Decimal(1_000_000))


def scale_duration(value: dt.timedelta, factor: Decimal) -> dt.timedelta:
    """A duration multiplied, to the microsecond. Raises Fault."""
    microseconds = CONTEXT.multiply(Decimal(value // MICROSECOND), factor)
    if microseconds.adjusted() > 20:
        raise Fault("时长太长")
    try:
        return int(CONTEXT.to_integral_value(microseconds)) * MICROSECOND
    except OverflowError:
        raise Fault("时长太长") from None
