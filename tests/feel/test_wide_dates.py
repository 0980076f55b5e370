"""Dates beyond the years 1 to 9999, and fractions of a second below the microsecond."""

import datetime as dt

import pytest

from engine import feel
from engine.store.values import decode, encode
from tests.feel.language import date, value

TEXTS = [
    ('@"9999-12-31" + @"P1D"', "10000-01-01"),
    ('@"10000-01-01" - @"P1D"', "9999-12-31"),
    ('@"0001-01-01" - @"P1D"', "0000-12-31"),
    ('@"0000-02-28" + @"P1D"', "0000-02-29"),
    ('@"-2021-01-31" + @"P1M"', "-2021-02-28"),
    ('@"-2020-01-31" + @"P1M"', "-2020-02-29"),
    ('date("-999999999-12-31")', "-999999999-12-31"),
    ("date(999999999, 12, 31)", "999999999-12-31"),
    ('@"9999-12-31T23:00:00Z" + @"PT2H"', "10000-01-01T01:00:00Z"),
    ('@"-2021-01-01T10:10:10@Australia/Melbourne" + @"P1D"', "-2021-01-02T10:10:10@Australia/Melbourne"),
    ('date and time(date("12000-01-02"), @"08:00:00")', "12000-01-02T08:00:00"),
    ('date(@"12000-01-02T08:00:00")', "12000-01-02"),
    ('time(@"12000-01-02T08:00:00+08:00")', "08:00:00+08:00"),
    ('@"10:30:00.123456789"', "10:30:00.123456789"),
    ('@"2026-11-23T10:30:00.000000001Z"', "2026-11-23T10:30:00.000000001Z"),
    ('@"PT0.999999999S" + @"PT0.000000001S"', "PT1S"),
    ('@"PT0.0000001S" * 5', "PT0.0000005S"),
    ('@"2026-11-23T00:00:00.0000001" - @"2026-11-23T00:00:00"', "PT0.0000001S"),
    ('@"999999999-12-31" - @"-999999999-01-01"', "P730484999633D"),
    ('years and months duration(@"-0001-01-31", @"12000-03-01")', "P12001Y1M"),
]
VALUES = [
    ('@"10000-01-01" > @"9999-12-31"', True),
    ('@"9999-12-31" < @"10000-01-01"', True),
    ('@"-0001-01-01" < @"0001-01-01"', True),
    ('@"10000-01-01" = @"10000-01-01"', True),
    ('@"10000-01-01T00:00:00+01:00" = @"9999-12-31T23:00:00Z"', True),
    ('@"9999-12-31T23:00:00Z" = @"10000-01-01T00:00:00+01:00"', True),
    ('@"10000-01-01T00:00:00" < @"10000-01-01T00:00:01Z"', True),
    ('@"10000-01-01T00:00:00" - @"10000-01-01T00:00:01Z"', None),
    ('@"10000-01-01" < @"10000-01-01T00:00:00Z"', False),
    ('@"10:00:00.0000001" > @"10:00:00"', True),
    ('@"10:00:00" < @"10:00:00.0000001"', True),
    ('@"10:00:00.000000001" = @"10:00:00"', False),
    ('@"PT0.0000001S" > @"PT0S"', True),
    ('@"12000-01-01" in [@"11000-01-01"..@"13000-01-01"]', True),
    ('@"10000-01-01" instance of date', True),
    ('@"10000-01-01T00:00:00" instance of date and time', True),
    ('max(@"10000-01-01", @"9999-01-01") = @"10000-01-01"', True),
    ('count(for d in @"9999-12-30"..@"10000-01-02" return d)', 4),
    ('@"12000-05-06T07:08:09.000000010Z".second', feel.compile_expression("9.000000010").evaluate({})),
    ('@"12000-05-06".year + @"-12000-05-06".year', 0),
    ('day of year(@"12000-12-31")', 366),
    ('day of week(@"10000-01-01")', "Saturday"),
    ('week of year(@"10000-01-03")', 1),
    ('@"999999999-12-31" + @"P1D"', None),
    ('@"1000000000-01-01"', None),
    ('@"12001-02-29"', None),
    ('@"P99999999999999999D"', None),
]


@pytest.mark.parametrize(("text", "written"), TEXTS)
def test_what_python_cannot_hold_is_reckoned_with_all_the_same(text, written):
    assert value(f"string({text})") == written


@pytest.mark.parametrize(("text", "expected"), VALUES)
def test_wide_values_compare_with_the_others_and_have_their_properties(text, expected):
    assert value(text) == expected


@pytest.mark.parametrize(
    "text", ["12000-02-29", "-0001-01-01T10:00:00@Asia/Shanghai", "10:00:00.000000001Z", "P10000000000D"]
)
def test_a_wide_value_is_stored_and_comes_back(text):
    wide = feel.parse_temporal(text)
    assert isinstance(wide, feel.WIDE)
    assert decode(encode({"x": wide})) == {"x": wide}
    assert feel.format_wide(decode(encode(wide))) == text


def test_what_python_holds_stays_an_ordinary_date():
    assert value('@"10000-01-01" - @"P1D"') == date("9999-12-31")
    assert type(value('@"10:00:00.000000001" + @"PT0.000000999S"')) is dt.time


def test_hours_between_two_moments_of_a_place_count_the_change_of_its_clock():
    assert value('@"2026-03-29T12:00:00@Europe/Paris" - @"2026-03-28T12:00:00@Europe/Paris"') == dt.timedelta(hours=23)
