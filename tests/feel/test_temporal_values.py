"""Dates, times and durations: what is one, what they have, and what may be reckoned with them (DMN 1.5, 10.3.2.3.4 to .8)."""

import pytest

from tests.feel.language import value

#: (function, the texts it takes, each with what `string` makes of the value; None for those it does not)
READ = {
    "date": {
        "2026-11-23": "2026-11-23",
        "-0044-03-15": "-0044-03-15",
        "12026-01-01": "12026-01-01",
        "02026-01-01": None,
        "226-01-01": None,
        "2026-1-1": None,
        "2026-13-01": None,
        "2026-00-01": None,
        "2026-04-31": None,
        "2100-02-29": None,
        "2000-02-29": "2000-02-29",
        "+2026-01-01": None,
        "2026-11-23Z": "2026-11-23",
        "2026-11-23Z+08:00": None,
        "2026-11-23T10:00:00": None,
        " 2026-11-23": None,
        "": None,
    },
    "time": {
        "10:30:00": "10:30:00",
        "00:00:00Z": "00:00:00Z",
        "10:30:00+00:00": "10:30:00Z",
        "10:30:00.5-03:30": "10:30:00.5-03:30",
        "10:30:00+14:00": "10:30:00+14:00",
        "10:30:00@Asia/Shanghai": "10:30:00@Asia/Shanghai",
        "10:30:00@Etc/UTC": "10:30:00@Etc/UTC",
        "10:30:00@Moon/Sea": None,
        "10:30:00+08:00@Asia/Shanghai": None,
        "10:30:00+15:00": None,
        "10:30:00z": "10:30:00Z",
        "10:30": None,
        "1:30:00": None,
        "10:60:00": None,
        "10:30:60": None,
        "24:00:00": "00:00:00",
        "24:00:00.0+08:00": "00:00:00+08:00",
        "24:00:01": None,
        "24:00:00.5": None,
        "10:30:00.": None,
    },
    "date and time": {
        "2026-11-23T10:30:00": "2026-11-23T10:30:00",
        "2026-11-23T10:30:00.001+08:00": "2026-11-23T10:30:00.001+08:00",
        "2026-11-23": "2026-11-23T00:00:00",
        "2026-12-31T24:00:00": "2027-01-01T00:00:00",
        "2026-11-23 10:30:00": None,
        "2026-11-23T10:30": None,
        "2026-11-31T10:30:00": None,
        "2026-11-23T10:30:00@Asia/Shanghai": "2026-11-23T10:30:00@Asia/Shanghai",
        "2026-11-23T10:30:00@asia": None,
    },
    "duration": {
        "P1D": "P1D",
        "PT36H": "P1DT12H",
        "PT90S": "PT1M30S",
        "PT1.5S": "PT1.5S",
        "-P1DT1H": "-P1DT1H",
        "P0D": "PT0S",
        "P1Y2M": "P1Y2M",
        "P14M": "P1Y2M",
        "-P1M": "-P1M",
        "P0Y": "P0M",
        "P": None,
        "PT": None,
        "P1DT": None,
        "P1H": None,
        "P1W": None,
        "P1Y1D": None,
        "P1.5D": None,
        "P-1D": None,
        "1D": None,
        "p1d": None,
    },
}
TEXTS = [(name, text, written) for name, texts in READ.items() for text, written in texts.items()]


@pytest.mark.parametrize(("function", "text", "written"), TEXTS)
def test_a_text_is_read_as_the_standard_writes_it_or_not_at_all(function, text, written):
    assert value(f'string({function}("{text}"))') == written


DAY = {"year": 2026, "month": 11, "day": 23, "weekday": 1}
CLOCK = {"hour": 10, "minute": 30, "second": 15}
PROPERTIES = [
    ('@"2026-11-23"', DAY),
    ('@"10:30:15"', CLOCK),
    ('@"10:30:15+08:00"', {**CLOCK, "time offset": '@"PT8H"'}),
    ('@"2026-11-23T10:30:15"', DAY | CLOCK),
    ('@"2026-11-23T10:30:15-03:30"', {**DAY, **CLOCK, "time offset": '@"-PT3H30M"'}),
    ('@"2026-11-23T10:30:15Z"', {**DAY, **CLOCK, "time offset": '@"PT0S"'}),
    (
        '@"2026-11-23T10:30:15@Asia/Shanghai"',
        {**DAY, **CLOCK, "time offset": '@"PT8H"', "timezone": '"Asia/Shanghai"'},
    ),
    ('@"P1DT2H3M4S"', {"days": 1, "hours": 2, "minutes": 3, "seconds": 4}),
    ('@"-P1DT2H"', {"days": -1, "hours": -2, "minutes": 0, "seconds": 0}),
    ('@"P1Y2M"', {"years": 1, "months": 2}),
    ('@"-P14M"', {"years": -1, "months": -2}),
    ("[1..2)", {"start": 1, "end": 2, "start included": "true", "end included": "false"}),
    ("(> 1)", {"start": 1, "start included": "false", "end included": "false"}),
    ("(<= 2)", {"end": 2, "start included": "false", "end included": "true"}),
    ("1", {}),
    ('"text"', {}),
    ("true", {}),
]
NAMES = sorted({name for _, known in PROPERTIES for name in known})


@pytest.mark.parametrize(("text", "known"), PROPERTIES)
def test_a_value_has_the_properties_of_its_type_and_no_others(text, known):
    wrong = {name for name in NAMES if value(f"({text}).{name} = {known.get(name, 'null')}") is not True}
    assert wrong == set()


#: Expressions that are equal.
SAME = [
    # months are counted in the calendar, and the day is the last one where there is none
    ('@"2026-03-31" - @"P1M"', '@"2026-02-28"'),
    ('@"2028-01-31" + @"P1M"', '@"2028-02-29"'),
    ('@"2028-02-29" - @"P1Y"', '@"2027-02-28"'),
    ('@"2026-12-31" + @"P2M"', '@"2027-02-28"'),
    ('@"P1M" + @"2026-01-31"', '@"2026-02-28"'),
    ('@"2026-01-31T10:00:00Z" + @"P1M"', '@"2026-02-28T10:00:00Z"'),
    # days and shorter are counted on the clock
    ('@"2026-12-31" + @"P1D"', '@"2027-01-01"'),
    ('@"2026-12-31T23:30:00" + @"PT1H"', '@"2027-01-01T00:30:00"'),
    ('@"2026-01-01T00:00:00+08:00" - @"PT1S"', '@"2025-12-31T23:59:59+08:00"'),
    ('@"23:30:00" + @"PT1H"', '@"00:30:00"'),
    ('@"00:30:00+08:00" - @"PT1H"', '@"23:30:00+08:00"'),
    ('@"10:00:00" + @"P1D"', '@"10:00:00"'),
    # differences
    ('@"2026-03-01" - @"2026-02-01"', '@"P28D"'),
    ('@"2026-01-01" - @"2026-01-02"', '@"-P1D"'),
    ('@"2026-01-01T10:00:00+08:00" - @"2026-01-01T01:00:00Z"', '@"PT1H"'),
    ('@"10:00:00" - @"11:30:00"', '@"-PT1H30M"'),
    ('@"10:00:00+08:00" - @"01:00:00Z"', '@"PT1H"'),
    ('@"2026-01-02T10:00:00Z" - @"2026-01-01"', '@"P1DT10H"'),
    ('@"2026-01-02" - @"2026-01-01T10:00:00Z"', '@"PT14H"'),
    # durations
    ('@"P1D" + @"PT12H"', '@"PT36H"'),
    ('@"PT1H" - @"PT90M"', '@"-PT30M"'),
    ('@"P1Y" - @"P18M"', '@"-P6M"'),
    ('@"PT1H" * 1.5', '@"PT90M"'),
    ('2 * @"P1Y6M"', '@"P3Y"'),
    ('@"P1Y" * 0.5', '@"P6M"'),
    ('@"PT1H" / 4', '@"PT15M"'),
    ('@"PT90M" / @"PT1H"', "1.5"),
    ('@"P1Y" / @"P5M"', "2.4"),
    ('@"P1Y" / 5', '@"P2M"'),
    ('-@"-P1D"', '@"P1D"'),
    ('@"P1D" = @"PT24H"', "true"),
    ('@"P1Y" = @"P12M"', "true"),
    ('@"P1D" = @"P1M"', "null"),
    ('@"P1D" / @"PT0S"', "null"),
    ('@"P1Y" / 0', "null"),
    ('@"P1D" / @"P1M"', "null"),
    ('@"P1D" + @"P1M"', "null"),
    ('@"2026-01-01T00:00:00" - @"2026-01-01T00:00:00Z"', "null"),
    ('@"10:00:00" - @"10:00:00Z"', "null"),
    ('@"10:00:00" + @"P1M"', "null"),
    # the same moment, told otherwise
    ('@"2026-01-01T08:00:00+08:00" = @"2026-01-01T00:00:00Z"', "true"),
    ('@"2026-07-01T08:00:00@Europe/Paris" = @"2026-07-01T06:00:00Z"', "true"),
    ('@"2026-01-01T08:00:00@Europe/Paris" = @"2026-01-01T07:00:00Z"', "true"),
    ('@"10:00:00+08:00" = @"02:00:00Z"', "true"),
    ('is(@"10:00:00+08:00", @"02:00:00Z")', "false"),
    ('is(@"2026-01-01", @"2026-01-01T00:00:00Z")', "false"),
    # a duration is that much of time, also where the clocks are put forward or back; months keep the time of the day
    ('@"2026-03-28T12:00:00@Europe/Paris" + @"P1D"', '@"2026-03-29T13:00:00@Europe/Paris"'),
    ('@"2026-03-29T01:30:00@Europe/Paris" + @"PT1H"', '@"2026-03-29T03:30:00@Europe/Paris"'),
    ('@"2026-10-25T12:00:00@Europe/Paris" - @"P1D"', '@"2026-10-24T13:00:00@Europe/Paris"'),
    ('@"2026-03-28T12:00:00@Europe/Paris" + @"P1M"', '@"2026-04-28T12:00:00@Europe/Paris"'),
    ('@"2026-03-28T12:00:00+01:00" + @"P1D"', '@"2026-03-29T12:00:00+01:00"'),
    ('@"2026-03-28T12:00:00.000000001@Europe/Paris" + @"P1D"', '@"2026-03-29T13:00:00.000000001@Europe/Paris"'),
    ('@"9999-12-31T23:59:00@Asia/Shanghai" + @"PT2M"', '@"10000-01-01T00:01:00@Asia/Shanghai"'),
    ('@"2026-03-28T24:00:00@Europe/Paris"', '@"2026-03-29T00:00:00@Europe/Paris"'),
    ('@"2026-12-31T24:00:00.0Z"', '@"2027-01-01T00:00:00Z"'),
    ('date and time("2026-12-31T24:00:00.5")', "null"),
    ("time(24, 0, 0)", "null"),
    # a date may be written with an offset, which is that of its midnight and no part of the date
    ('date("2026-11-23Z")', '@"2026-11-23"'),
    ('@"2026-11-23+08:00"', '@"2026-11-23"'),
    ('date and time("2026-11-23Z")', '@"2026-11-23T00:00:00Z"'),
    ('date and time("2026-11-23-05:00")', '@"2026-11-23T00:00:00-05:00"'),
    ('date and time("2026-11-23Z").year', "2026"),
    ('date("2026-11-23+15:00")', "null"),
    ('date("2026-11-23@Asia/Shanghai")', "null"),
    ('date and time("2026-11-23ZT10:00:00")', "null"),
    # parts and wholes
    ('date(@"2026-11-23T23:30:00-05:00")', '@"2026-11-23"'),
    ('time(@"2026-11-23T23:30:00-05:00")', '@"23:30:00-05:00"'),
    ('time(@"2026-11-23")', '@"00:00:00Z"'),
    ('date and time(@"2026-11-23T01:00:00", @"10:30:00Z")', '@"2026-11-23T10:30:00Z"'),
    ('date and time(@"2026-11-23", @"10:30:00@Asia/Shanghai")', '@"2026-11-23T10:30:00@Asia/Shanghai"'),
    ("time(10, 30, 15.25)", '@"10:30:15.25"'),
    ("time(24, 0, 0)", "null"),
    ("date(2026, 0, 1)", "null"),
    ("date(2026.5, 1, 1)", "null"),
    # whole months between two days
    ('years and months duration(@"2026-01-31", @"2026-02-28")', '@"P0M"'),
    ('years and months duration(@"2026-01-15", @"2026-03-14")', '@"P1M"'),
    ('years and months duration(@"2026-03-14", @"2026-01-15")', '@"-P1M"'),
    ('years and months duration(@"2026-01-15T00:00:00Z", @"2027-01-15T00:00:00Z")', '@"P1Y"'),
    # weeks are those of ISO 8601
    ('week of year(@"2024-12-30")', "1"),
    ('week of year(@"2021-01-03")', "53"),
    ('day of year(@"2028-12-31")', "366"),
]


@pytest.mark.parametrize(("text", "same"), SAME)
def test_reckoning_with_them_is_reckoning_by_the_calendar_and_the_clock(text, same):
    assert value(f"string({text})") == value(f"string({same})")
