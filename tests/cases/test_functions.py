"""Functions that every expression of a case has beside the built-ins of FEEL."""

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import pytest

from engine import feel
from engine.calendar import WorkingDays, local_date
from engine.cases.names import case_names
from engine.packages import CompiledPackage

WEEK = {date(2026, 11, day): day not in (28, 29) for day in range(23, 31)}
MONDAY = date(2026, 11, 23)


def value(text: str, **scope: Any) -> Any:
    package = cast(CompiledPackage, SimpleNamespace(manifest=SimpleNamespace(parameter_values={})))
    names = case_names(package, {}, WorkingDays(WEEK, frozenset({2026})), MONDAY)
    return feel.compile_expression(text).evaluate({**names, **scope})


def test_working_days_are_counted_from_today():
    assert local_date(value("工作日后(5)")) == date(2026, 11, 30)


@pytest.mark.parametrize("day", [date(2026, 11, 25), datetime(2026, 11, 24, 16, tzinfo=UTC)])
def test_working_days_are_counted_from_another_day_or_the_local_day_of_a_moment(day):
    assert local_date(value("工作日自(day, 3)", day=day)) == date(2026, 11, 30)


@pytest.mark.parametrize("text", ["工作日自(null, 3)", "工作日自(Decimal, 3)", '工作日自("2026-11-25", 3)'])
def test_what_is_no_day_gives_null(text):
    assert value(text) is None


def test_full_years_count_the_birthday():
    born = date(1956, 11, 23)
    assert value("周岁(born, day)", born=born, day=date(2026, 11, 22)) == Decimal(69)
    assert value("周岁(born, day)", born=born, day=date(2026, 11, 23)) == Decimal(70)
