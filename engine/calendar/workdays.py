"""Working days in China: the published arrangement of a year, and plain weekdays, marked, where there is none yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True)
class Deadline:
    """A last day. `estimated`: it was counted over a year whose holidays are not published yet, and may move."""

    date: date
    estimated: bool


@dataclass(frozen=True)
class WorkingDays:
    """`days` holds what differs from plain weekdays, `published` the years whose arrangement is certain."""

    days: Mapping[date, bool]
    published: frozenset[int]

    def is_working(self, day: date) -> bool:
        return self.days.get(day, day.weekday() < _SATURDAY)

    def is_published(self, start: date, end: date) -> bool:
        """Whether every day from `start` to `end` lies in a published year."""
        return all(year in self.published for year in range(start.year, end.year + 1))

    def add(self, start: date, n: int) -> Deadline:
        """The n-th working day after `start`, which is not counted itself (Civil Code §201); n = 0 is `start`.

        A negative n counts back: the n-th working day before `start`.
        """
        step = _DAY if n >= 0 else -_DAY
        day, left = start, abs(n)
        while left:
            day += step
            left -= self.is_working(day)
        return Deadline(day, self.is_estimated(start, day))

    def between(self, start: date, end: date) -> int:
        """The working days after `start` up to and including `end`; negative where `end` is the earlier one."""
        if end < start:
            return -self.between(end, start)
        return sum(self.is_working(start + timedelta(days=i)) for i in range(1, (end - start).days + 1))

    def is_estimated(self, start: date, end: date) -> bool:
        """Whether counting between two days, of which the first is not counted, goes over an unpublished year."""
        if start == end:
            return False
        if end < start:
            return not self.is_published(end, start - _DAY)
        return not self.is_published(start + _DAY, end)
