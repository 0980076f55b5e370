"""Dates, times and durations beyond the reach of Python's datetime: years outside of 1 to 9999, nanoseconds.

The standard's years run from -999,999,999 to 999,999,999 (DMN 1.5 sections 10.3.2.3.5 and 10.3.2.3.6). A value that Python's classes can
hold is always one of those; the classes here begin where they end, and compare with them.
"""

import datetime as dt
from dataclasses import dataclass
from functools import total_ordering
from typing import Any

NANOSECONDS = 1_000_000_000
DAY_NANOSECONDS = 86_400 * NANOSECONDS
MAX_YEAR = 999_999_999
_CYCLE_YEARS, _CYCLE_DAYS = 400, 146_097
_LAST = dt.date.max.toordinal()
#: Inside Python's reach, whatever a zone adds.
_LEAST_PROXY, _MOST_PROXY = 2, 9998


def days_before_year(year: int) -> int:
    """Days from the first of January of the year 1 to that of another; of the proleptic Gregorian calendar."""
    last = year - 1
    return last * 365 + last // 4 - last // 100 + last // 400


def near(year: int) -> int:
    """A year with the same calendar that Python reaches."""
    return year % _CYCLE_YEARS + 2000


@total_ordering
@dataclass(frozen=True, slots=True, eq=False)
class WideDate:
    """A date of a year that Python's has not."""

    year: int
    month: int
    day: int

    def toordinal(self) -> int:
        like = dt.date(near(self.year), self.month, self.day)
        return like.toordinal() + (self.year - like.year) // _CYCLE_YEARS * _CYCLE_DAYS

    def __eq__(self, other: object) -> bool:
        return other.__class__ is WideDate and _parts(self) == _parts(other)

    def __lt__(self, other: Any) -> bool:
        if other.__class__ not in (WideDate, dt.date):
            return NotImplemented
        return _parts(self) < _parts(other)

    def __hash__(self) -> int:
        return hash(_parts(self))


def _parts(value: Any) -> tuple[int, int, int]:
    return value.year, value.month, value.day


@total_ordering
@dataclass(frozen=True, slots=True, eq=False)
class WideTime:
    """A time with nanoseconds that Python's has not."""

    hour: int
    minute: int
    second: int
    nanosecond: int
    tzinfo: dt.tzinfo | None = None

    def utcoffset(self) -> dt.timedelta | None:
        return None if self.tzinfo is None else self.tzinfo.utcoffset(None)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, WideTime | dt.time) or _aware(self) != _aware(other):
            return False
        return _instant_of_time(self) == _instant_of_time(other)

    def __lt__(self, other: Any) -> bool:
        if not isinstance(other, WideTime | dt.time):
            return NotImplemented
        return _ordered(self, other, _instant_of_time(self), _instant_of_time(other))

    def __hash__(self) -> int:
        return hash(_instant_of_time(self))


@total_ordering
@dataclass(frozen=True, slots=True, eq=False)
class WideDateTime:
    """A date and time of which either part is wide."""

    date: dt.date | WideDate
    time: dt.time | WideTime

    @property
    def year(self) -> int:
        return self.date.year

    @property
    def month(self) -> int:
        return self.date.month

    @property
    def day(self) -> int:
        return self.date.day

    @property
    def hour(self) -> int:
        return self.time.hour

    @property
    def minute(self) -> int:
        return self.time.minute

    @property
    def second(self) -> int:
        return self.time.second

    @property
    def nanosecond(self) -> int:
        return nanosecond(self.time)

    @property
    def tzinfo(self) -> dt.tzinfo | None:
        return self.time.tzinfo

    def toordinal(self) -> int:
        return self.date.toordinal()

    def utcoffset(self) -> dt.timedelta | None:
        """That of a zone by the rules of the nearest year Python reaches with the same calendar."""
        if self.tzinfo is None:
            return None
        year = self.year if _LEAST_PROXY <= self.year <= _MOST_PROXY else near(self.year)
        return self.tzinfo.utcoffset(
            dt.datetime(year, self.month, self.day, self.hour, self.minute, self.second, tzinfo=self.tzinfo)
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, WideDateTime | dt.datetime) or _aware(self) != _aware(other):
            return False
        return instant(self) == instant(other)

    def __lt__(self, other: Any) -> bool:
        if not isinstance(other, WideDateTime | dt.datetime):
            return NotImplemented
        return _ordered(self, other, instant(self), instant(other))

    def __hash__(self) -> int:
        return hash(instant(self))


@total_ordering
@dataclass(frozen=True, slots=True, eq=False)
class WideDuration:
    """A days and time duration with nanoseconds or more days than Python's."""

    nanoseconds: int

    def __eq__(self, other: object) -> bool:
        return other.__class__ is WideDuration and self.nanoseconds == other.nanoseconds  # type: ignore[attr-defined]

    def __lt__(self, other: Any) -> bool:
        if not isinstance(other, WideDuration | dt.timedelta):
            return NotImplemented
        return self.nanoseconds < length(other)

    def __hash__(self) -> int:
        return hash(self.nanoseconds)


AnyDate = dt.date | WideDate
AnyTime = dt.time | WideTime
AnyDateTime = dt.datetime | WideDateTime
AnyDuration = dt.timedelta | WideDuration


def _aware(value: Any) -> bool:
    return value.utcoffset() is not None


def _ordered(left: Any, right: Any, a: int, b: int) -> bool:
    """Raises TypeError, as Python's classes do, when only one side has an offset."""
    if _aware(left) != _aware(right):
        raise TypeError("offset-naive and offset-aware values")
    return a < b


def nanosecond(value: Any) -> int:
    """The nanoseconds of the second of a time or date and time."""
    return value.microsecond * 1000 if isinstance(value, dt.time | dt.datetime) else int(value.nanosecond)


def since_midnight(value: Any) -> int:
    """The nanoseconds of a time, or of a date and time since its midnight."""
    seconds: int = (value.hour * 60 + value.minute) * 60 + value.second
    return seconds * NANOSECONDS + nanosecond(value)


def _instant_of_time(value: Any) -> int:
    return since_midnight(value) - length(value.utcoffset() or dt.timedelta())


def instant(value: AnyDateTime) -> int:
    """Nanoseconds on the line of time; without an offset those of the clock on the wall."""
    return value.toordinal() * DAY_NANOSECONDS + _instant_of_time(value)


def length(value: AnyDuration) -> int:
    """The nanoseconds of a duration."""
    if isinstance(value, dt.timedelta):
        return ((value.days * 86_400 + value.seconds) * 1_000_000 + value.microseconds) * 1000
    return value.nanoseconds


# --- the narrowest class that holds a value


def date_of(year: int, month: int, day: int) -> AnyDate:
    """Raises ValueError when there is no such day."""
    if dt.MINYEAR <= year <= dt.MAXYEAR:
        return dt.date(year, month, day)
    if abs(year) > MAX_YEAR:
        raise ValueError(year)
    dt.date(near(year), month, day)
    return WideDate(year, month, day)


def date_on(ordinal: int) -> AnyDate:
    """The date of a day number as `toordinal` counts. Raises ValueError beyond the last year."""
    if 1 <= ordinal <= _LAST:
        return dt.date.fromordinal(ordinal)
    cycles, rest = divmod(ordinal - 1, _CYCLE_DAYS)
    like = dt.date.fromordinal(rest + 1)
    return date_of(like.year + cycles * _CYCLE_YEARS, like.month, like.day)


def time_of(nanoseconds: int, tzinfo: dt.tzinfo | None) -> AnyTime:
    """So many nanoseconds after midnight; they are fewer than those of a day."""
    seconds, fraction = divmod(nanoseconds, NANOSECONDS)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    if fraction % 1000:
        return WideTime(hour, minute, second, fraction, tzinfo)
    return dt.time(hour, minute, second, fraction // 1000, tzinfo)


def date_time_of(date: AnyDate, time: AnyTime) -> AnyDateTime:
    if isinstance(date, dt.date) and isinstance(time, dt.time):
        return dt.datetime.combine(date, time)
    return WideDateTime(date, time)


def duration_of(nanoseconds: int) -> AnyDuration:
    if nanoseconds % 1000 == 0:
        try:
            return dt.timedelta(microseconds=nanoseconds // 1000)
        except OverflowError:
            pass
    return WideDuration(nanoseconds)


def date_part(value: Any) -> AnyDate:
    """The date of a date or date and time."""
    return date_of(value.year, value.month, value.day)


def time_part(value: AnyDateTime) -> AnyTime:
    """The time of a date and time with its zone."""
    return value.timetz() if isinstance(value, dt.datetime) else value.time


def day_of_year(value: Any) -> int:
    ordinal: int = value.toordinal()
    return ordinal - days_before_year(value.year)


def weekday(value: Any) -> int:
    """Monday is 1 and Sunday 7."""
    return int((value.toordinal() - 1) % 7) + 1


def week_of_year(value: Any) -> int:
    """The ISO 8601 week: that of the Thursday in the same week."""
    thursday = date_part(value).toordinal() - weekday(value) + 4
    days = date_on(min(max(thursday, days_before_year(-MAX_YEAR) + 1), days_before_year(MAX_YEAR + 1)))
    return int(thursday - days_before_year(days.year) - 1) // 7 + 1
