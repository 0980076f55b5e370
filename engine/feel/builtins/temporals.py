"""Functions of dates. The current time is no function of the language: `now` and `today` come with the scope."""

import datetime as dt
from decimal import Decimal

from engine.feel.builtins.registry import builtin
from engine.feel.run import Run

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@builtin("day of year", "date: date")
def day_of_year(run: Run, date: dt.date) -> Decimal:
    return Decimal(date.timetuple().tm_yday)


@builtin("day of week", "date: date")
def day_of_week(run: Run, date: dt.date) -> str:
    return _WEEKDAYS[date.weekday()]


@builtin("month of year", "date: date")
def month_of_year(run: Run, date: dt.date) -> str:
    return _MONTHS[date.month - 1]


@builtin("week of year", "date: date")
def week_of_year(run: Run, date: dt.date) -> Decimal:
    """The ISO 8601 week."""
    return Decimal(date.isocalendar().week)
