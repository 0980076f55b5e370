"""Functions of dates. The current time is no function of the language: `now` and `today` come with the scope."""

from decimal import Decimal

from engine.feel import wide
from engine.feel.builtins.registry import builtin
from engine.feel.run import Run
from engine.feel.wide import AnyDate

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
def day_of_year(run: Run, date: AnyDate) -> Decimal:
    return Decimal(wide.day_of_year(date))


@builtin("day of week", "date: date")
def day_of_week(run: Run, date: AnyDate) -> str:
    return _WEEKDAYS[wide.weekday(date) - 1]


@builtin("month of year", "date: date")
def month_of_year(run: Run, date: AnyDate) -> str:
    return _MONTHS[date.month - 1]


@builtin("week of year", "date: date")
def week_of_year(run: Run, date: AnyDate) -> Decimal:
    """The ISO 8601 week."""
    return Decimal(wide.week_of_year(date))
