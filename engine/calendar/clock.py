"""Time as a parameter: nothing but `SystemClock` reads the wall clock."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Tells the moment, aware and in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The clock of a running installation."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class FixedClock:
    """Stands still until somebody moves it: for scenarios and tests."""

    def __init__(self, now: datetime) -> None:
        self._now = _utc(now)

    def now(self) -> datetime:
        return self._now

    def set(self, now: datetime) -> None:
        self._now = _utc(now)

    def advance(self, by: timedelta) -> None:
        self._now += by


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise TypeError("a moment needs its zone")
    return moment.astimezone(UTC)


def local_date(moment: datetime) -> date:
    """The date in China at an aware moment."""
    if moment.tzinfo is None:
        raise TypeError("a moment needs its zone")
    return moment.astimezone(ZONE).date()


def end_of(day: date) -> datetime:
    """The last second of a day in China, 23:59:59 Asia/Shanghai: what falls due on a day is in time until then.

    A term ends at 24:00 (Civil Code §203); the second before it keeps the moment's own date on the day meant.
    """
    return datetime.combine(day, time(23, 59, 59), ZONE)
