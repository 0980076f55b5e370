"""The light of a term as SQL, so that lists can be filtered and counted by it: the same as `engine.calendar.light`."""

from datetime import date, datetime, time, timedelta
from math import ceil
from typing import Any

import sqlalchemy as sa

from engine.calendar import YELLOW_DAYS, YELLOW_SHARE, ZONE, WorkingDays, local_date

LIGHTS = {"red": "红灯", "yellow": "黄灯", "green": "绿灯", "none": "不限时"}
FARTHEST = 60  # working days: a term with more than these left is green whatever its length

_DAY = timedelta(days=1)


def light_of(
    calendar: WorkingDays, now: datetime, created_at: sa.ColumnElement[datetime], due_at: sa.ColumnElement[datetime]
) -> sa.Case[Any]:
    """red | yellow | green | none, of a term that began at `created_at` and ends at `due_at`."""
    today = local_date(now)
    ahead = _working_days(calendar, today, FARTHEST + 1)
    behind = _passed(calendar, today, FARTHEST * 3 // 2 + 2)
    arms: list[Any] = [(due_at.is_(None), "none"), (due_at < now, "red")]
    arms.append((due_at < _midnight(ahead[YELLOW_DAYS]), "yellow"))
    for left in range(YELLOW_DAYS + 1, FARTHEST + 1):
        # yellow while left <= share * (passed + left): so many working days must have passed
        passed = ceil(left * (1 - YELLOW_SHARE) / YELLOW_SHARE)
        old = sa.case((created_at < _midnight(behind[passed - 1]), "yellow"), else_="green")
        arms.append((due_at < _midnight(ahead[left]), old))
    return sa.case(*arms, else_="green")


def _working_days(calendar: WorkingDays, today: date, count: int) -> list[date]:
    """The next working days after today, the first at place 0: before place n there are n left, or fewer."""
    found: list[date] = []
    day = today
    while len(found) < count:
        day += _DAY
        if calendar.is_working(day):
            found.append(day)
    return found


def _passed(calendar: WorkingDays, today: date, count: int) -> list[date]:
    """The working days up to today, the latest first."""
    found: list[date] = []
    day = today
    while len(found) < count:
        if calendar.is_working(day):
            found.append(day)
        day -= _DAY
    return found


def _midnight(day: date) -> datetime:
    """When a day begins in China."""
    return datetime.combine(day, time(), ZONE)
