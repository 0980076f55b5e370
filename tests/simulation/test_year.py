"""A year of a province through the real commands: nobody is stuck, nothing is lost, everything proves itself."""

import pytest

from tests.cases.conftest import office, prepared_sqlite, sqlite_office
from tests.installations import Office
from tests.simulation.accounts import whole
from tests.simulation.province import settle
from tests.simulation.year import Year

__all__ = ["office", "prepared_sqlite", "sqlite_office"]


def test_a_month_of_a_few_associations(sqlite_office: Office) -> None:
    year = Year(settle(sqlite_office, associations=8, groups=1, print_every=10_000), seed=3, at_a_time=3)
    year.run(days=30, most_days=30)
    whole(year)
    assert year.steps["completed"] > 20


@pytest.mark.full
def test_a_year_of_two_hundred_associations(sqlite_office: Office) -> None:
    year = Year(settle(sqlite_office, associations=200, groups=12, print_every=40), seed=1, at_a_time=40)
    year.run(days=365, most_days=1100)  # the yearly report of a late filing is due in the spring after the next
    whole(year)
    assert list(year.still_open()) == []
    assert year.steps["completed"] > 3000
