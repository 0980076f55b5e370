"""Dates, times, dates with times and durations: from text, to text, and calculating with them (DMN 1.5 §10.3.2.3)."""

import calendar
import datetime as dt
import re
from decimal import Decimal
from zoneinfo import ZoneInfo

from engine.feel.values import MonthsDuration, Value

_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TIME = re.compile(r"([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?(Z|[+-][0-9]{2}:[0-9]{2}|@[A-Za-z_]+(?:/[A-Za-z_+\-0-9]+)*)?")
_DAYS = re.compile(r"(-?)P(?:([0-9]+)D)?(?:T(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+)(?:\.([0-9]+))?S)?)?")
_MONTHS = re.compile(r"(-?)P(?:([0-9]+)Y)?(?:([0-9]+)M)?")


def date_of(text: str) -> dt.date | None:
    match = _DATE.fullmatch(text)
    if not match:
        return None
    try:
        return dt.date(*map(int, match.groups()))
    except ValueError:
        return None


def time_of(text: str) -> dt.time | None:
    match = _TIME.fullmatch(text)
    if not match:
        return None
    hour, minute, second, fraction, zone = match.groups()
    try:
        micro = int((fraction or "0").ljust(6, "0")[:6])
        return dt.time(int(hour), int(minute), int(second), micro, _zone(zone))
    except (ValueError, KeyError):
        return None


def _zone(text: str | None) -> dt.tzinfo | None:
    if text is None:
        return None
    if text == "Z":
        return dt.UTC
    if text.startswith("@"):
        return ZoneInfo(text[1:])
    sign = -1 if text[0] == "-" else 1
    offset = dt.timedelta(hours=int(text[1:3]), minutes=int(text[4:6]))
    return dt.timezone(sign * offset)


def date_time_of(text: str) -> dt.datetime | None:
    day_text, _, time_text = text.partition("T")
    day = date_of(day_text)
    if day is None:
        return None
    if not time_text:
        return None if "T" in text else dt.datetime.combine(day, dt.time())
    moment = time_of(time_text)
    return None if moment is None else dt.datetime.combine(day, moment)


def duration_of(text: str) -> dt.timedelta | MonthsDuration | None:
    if match := _DAYS.fullmatch(text):
        sign, days, hours, minutes, seconds, fraction = match.groups()
        if any(part is not None for part in (days, hours, minutes, seconds)):
            try:
                span = dt.timedelta(
                    days=int(days or 0),
                    hours=int(hours or 0),
                    minutes=int(minutes or 0),
                    seconds=int(seconds or 0),
                    microseconds=int((fraction or "0").ljust(6, "0")[:6]),
                )
            except OverflowError:
                return None
            return -span if sign else span
    if match := _MONTHS.fullmatch(text):
        sign, years, months = match.groups()
        if years is not None or months is not None:
            count = int(years or 0) * 12 + int(months or 0)
            return MonthsDuration(-count if sign else count)
    return None


def at_literal(text: str) -> Value:
    """The value of `@"…"`, none for text that is no moment and no duration."""
    if "T" in text and not text.lstrip("-").startswith("P"):
        return date_time_of(text)
    for read in (date_of, time_of, duration_of):
        if (found := read(text)) is not None:
            return found
    return None


def to_text(value: Value) -> str:
    """The text of a moment or duration, as `string()` gives it."""
    if isinstance(value, dt.timedelta):
        return _days_text(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() + "T" + _time_text(value.timetz())
    if isinstance(value, dt.time):
        return _time_text(value)
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _time_text(value: dt.time) -> str:
    text = value.replace(tzinfo=None, microsecond=0).isoformat()
    if value.microsecond:
        text += "." + f"{value.microsecond:06d}".rstrip("0")
    if isinstance(value.tzinfo, ZoneInfo):
        return f"{text}@{value.tzinfo.key}"
    if value.tzinfo is None:
        return text
    offset = value.utcoffset() or dt.timedelta()
    if offset == dt.timedelta():
        return text + "Z"
    sign, size = ("-", -offset) if offset < dt.timedelta() else ("+", offset)
    minutes = int(size.total_seconds()) // 60
    return f"{text}{sign}{minutes // 60:02d}:{minutes % 60:02d}"


def _days_text(value: dt.timedelta) -> str:
    sign, size = ("-", -value) if value < dt.timedelta() else ("", value)
    hours, rest = divmod(size.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    part = f"{seconds}" + ("." + f"{size.microseconds:06d}".rstrip("0") if size.microseconds else "")
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "") + (f"{part}S" if part != "0" else "")
    days = f"{size.days}D" if size.days else ""
    return f"{sign}P{days}" + (f"T{clock}" if clock else "") if days or clock else "PT0S"


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day of a later month, the last one where it has fewer. `ValueError` outside the years 1 to 9999."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    if not dt.MINYEAR <= year <= dt.MAXYEAR:
        raise ValueError("the year is out of range")
    last = calendar.monthrange(year, month + 1)[1]
    return day.replace(year=year, month=month + 1, day=min(day.day, last))


def months_between(start: dt.date, end: dt.date) -> MonthsDuration:
    """Whole months from start to end, negative where the end is earlier."""
    months = (end.year - start.year) * 12 + end.month - start.month
    if months > 0 and end.day < start.day:
        months -= 1
    elif months < 0 and end.day > start.day:
        months += 1
    return MonthsDuration(months)


def seconds(value: dt.timedelta) -> Decimal:
    """Exactly, as a number."""
    return Decimal(value // dt.timedelta(microseconds=1)) / 1_000_000


def comparable(left: Value, right: Value) -> bool:
    """Whether two moments may be ordered: both with a zone or both without."""
    zoned = [getattr(side, "tzinfo", None) is not None for side in (left, right)]
    return zoned[0] == zoned[1]


PROPERTIES = {
    "year": lambda v: v.year,
    "month": lambda v: v.month,
    "day": lambda v: v.day,
    "weekday": lambda v: v.isoweekday(),
    "hour": lambda v: v.hour,
    "minute": lambda v: v.minute,
    "second": lambda v: v.second,
}


def property_of(value: Value, name: str) -> Value:
    """`date.year`, `time.hour`, `duration.days` …; none where the value has no such property."""
    if isinstance(value, MonthsDuration):
        years, months = divmod(abs(value.months), 12)
        sign = -1 if value.months < 0 else 1
        return {"years": Decimal(sign * years), "months": Decimal(sign * months)}.get(name)
    if isinstance(value, dt.timedelta):
        size, sign = abs(value), -1 if value < dt.timedelta() else 1
        parts = {"days": size.days, "hours": size.seconds // 3600, "minutes": size.seconds // 60 % 60, "seconds": size.seconds % 60}
        return Decimal(sign * parts[name]) if name in parts else None
    if name == "time offset" and isinstance(value, dt.time | dt.datetime):
        return value.utcoffset()
    if name == "timezone" and isinstance(value, dt.time | dt.datetime):
        return value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else None
    wanted = {"year", "month", "day", "weekday"} if isinstance(value, dt.date) else set()
    if isinstance(value, dt.time | dt.datetime):
        wanted |= {"hour", "minute", "second"}
    return Decimal(PROPERTIES[name](value)) if name in wanted else None
