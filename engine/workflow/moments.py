"""When a timer or a task is due: durations, dates and moments, as literals or as values of FEEL."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, timedelta
from typing import Any

from engine.calendar import ZONE, end_of
from engine.feel import MonthsDuration

_DAYS = re.compile(r"P(?:(\d{1,6})W|(?:(\d{1,6})D)?(?:T(?=\d)(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})S)?)?)")
_MONTHS = re.compile(r"P(?:(\d{1,4})Y)?(?:(\d{1,4})M)?")


SHORTEST_CYCLE = timedelta(minutes=1)


class NoMoment(ValueError):
    """A value that says no moment; the text is Chinese."""


def parse_literal(text: str) -> timedelta | MonthsDuration | date | datetime:
    """An ISO 8601 duration, date, or date and time with its zone; raises `NoMoment`."""
    if (match := _DAYS.fullmatch(text)) and any(match.groups()):
        weeks, days, hours, minutes, seconds = (int(number or 0) for number in match.groups())
        return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    if (match := _MONTHS.fullmatch(text)) and any(match.groups()):
        years, months = (int(number or 0) for number in match.groups())
        return MonthsDuration(12 * years + months)
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return date.fromisoformat(text)
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise NoMoment(f"“{text}”不是时长（如 P5D、PT2H）、日期或带时区的时刻") from None
    if moment.tzinfo is None:
        raise NoMoment(f"时刻“{text}”没有时区，请写成如 2026-12-01T17:00:00+08:00")
    return moment


@dataclass(frozen=True, slots=True)
class Cycle:
    """A repeating interval of ISO 8601: `times` firings (None: without end), the first one interval after `start`."""

    times: int | None
    start: datetime | None
    every: timedelta | MonthsDuration

    def text(self) -> str:
        """The interval as ISO 8601, for the state."""
        if isinstance(self.every, timedelta):
            return f"PT{int(self.every.total_seconds())}S"
        return f"P{self.every.months}M"

    def first(self, now: datetime) -> datetime:
        """When it fires first; a start that is written down is itself the first moment."""
        return self.start or due_after(self.every, now)


def parse_cycle(text: str) -> Cycle:
    """`R3/PT1H`, `R/P1D`, `R2/2026-12-01T09:00:00+08:00/P1D`; raises `NoMoment`."""
    parts = text.split("/")
    match = re.fullmatch(r"R(\d{0,6})", parts[0])
    if match is None or len(parts) not in (2, 3):
        raise NoMoment(f"“{text}”不是循环（如 R3/PT1H、R/P1D）")
    start = None
    if len(parts) == 3:
        moment = parse_literal(parts[1])
        if not isinstance(moment, datetime):
            raise NoMoment(f"循环“{text}”的起点不是带时区的时刻")
        start = moment.astimezone(UTC)
    return _cycle(int(match[1]) if match[1] else None, start, parse_literal(parts[-1]))


def cycle_of(value: Any) -> Cycle:
    """A value of FEEL as a cycle: a text as above, or a duration, which repeats without end; raises `NoMoment`."""
    if isinstance(value, Cycle):
        return value
    if isinstance(value, str):
        return parse_cycle(value)
    return _cycle(None, None, value)


def _cycle(times: int | None, start: datetime | None, every: Any) -> Cycle:
    if isinstance(every, timedelta):
        every = timedelta(seconds=int(every.total_seconds()))
        long_enough = every >= SHORTEST_CYCLE
    elif isinstance(every, MonthsDuration):
        long_enough = every.months >= 1
    else:
        raise NoMoment(f"循环的间隔是 {_kind(every)}，不是时长")
    if not long_enough or times == 0:
        raise NoMoment("循环的间隔须至少一分钟，次数须至少一次")
    return Cycle(times, start, every)


def due_after(value: Any, now: datetime) -> datetime:
    """The moment in UTC that a value means, counted from `now`; a date means the end of that day in Shanghai.

    Raises `NoMoment` for anything else than a duration, a date or an aware moment.
    """
    try:
        if isinstance(value, datetime):
            moment = value
        elif isinstance(value, date):
            moment = end_of(value)
        elif isinstance(value, timedelta):
            moment = now + value
        elif isinstance(value, MonthsDuration):
            moment = _months_later(now.astimezone(ZONE), value.months)
        else:
            raise NoMoment(f"结果是 {_kind(value)}，不是时长、日期或时刻")
        if moment.tzinfo is None:
            raise NoMoment("时刻没有时区")
        return moment.astimezone(UTC)
    except OverflowError:
        raise NoMoment("时刻超出了日历的范围") from None


def moment_of(value: Any, now: datetime) -> datetime:
    """As `due_after`, and a text is read as a literal. Raises `NoMoment`."""
    return due_after(parse_literal(value) if isinstance(value, str) else value, now)


def _months_later(moment: datetime, months: int) -> datetime:
    """The same day of a later month, or its last day where that month is shorter (民法典第二百零二条)."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    if not MINYEAR <= year <= MAXYEAR:
        raise OverflowError
    last = monthrange(year, month + 1)[1]
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last))


def _kind(value: Any) -> str:
    return "空值（null）" if value is None else f"{type(value).__name__} 类型"
