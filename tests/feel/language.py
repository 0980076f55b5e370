"""Shorthands of the tests: evaluate a text, and write the values that are expected."""

import datetime as dt
from decimal import Decimal
from typing import Any

from engine import feel


def value(text: str, names: tuple[str, ...] = (), /, **scope: Any) -> Any:
    """The value of a text; names with spaces come with `names` and a scope under `scope`."""
    return feel.compile_expression(text, names).evaluate(scope.pop("scope", scope))


def notes(text: str, /, **scope: Any) -> tuple[str, ...]:
    return feel.compile_expression(text).evaluate_with_notes(scope)[1]


def n(number: str | int) -> Decimal:
    return Decimal(number)


def numbers(*values: str | int) -> list[Decimal]:
    return [Decimal(value) for value in values]


def date(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def time(text: str) -> dt.time:
    return dt.time.fromisoformat(text)


def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def days(**parts: float) -> dt.timedelta:
    return dt.timedelta(**parts)


def months(count: int) -> feel.MonthsDuration:
    return feel.MonthsDuration(count)
