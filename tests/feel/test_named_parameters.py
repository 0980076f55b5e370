"""Every built-in function by the names of its parameters, as the tables of DMN 1.5 section 10.3.4 have them."""

import pytest

from engine import feel
from tests.feel.language import value

#: The call by name, and an expression that has the same value.
CALLS = [
    # conversion
    ('date(from: "2026-11-23")', '@"2026-11-23"'),
    ("date(day: 23, year: 2026, month: 11)", '@"2026-11-23"'),
    ('date and time(time: @"10:30:00", date: @"2026-11-23")', '@"2026-11-23T10:30:00"'),
    ('date and time(from: "2026-11-23T10:30:00")', '@"2026-11-23T10:30:00"'),
    (
        'date and time(year: 2026, month: 11, day: 23, hour: 10, minute: 30, second: 0, offset: @"PT8H")',
        '@"2026-11-23T10:30:00+08:00"',
    ),
    ('time(from: "10:30:00")', '@"10:30:00"'),
    ("time(second: 1, minute: 30, hour: 10)", '@"10:30:01"'),
    ('time(hour: 10, minute: 30, second: 0, offset: @"-PT1H")', '@"10:30:00-01:00"'),
    ('number(from: "1.234,5", decimal separator: ",", grouping separator: ".")', "1234.5"),
    ('number(from: "1234.5", grouping separator: null, decimal separator: null)', "1234.5"),
    ("string(from: 1)", '"1"'),
    ('duration(from: "P1D")', '@"P1D"'),
    ('years and months duration(to: @"2027-03-01", from: @"2026-01-31")', '@"P1Y1M"'),
    ('range(from: "[1..2)")', "[1..2)"),
    # truth
    ("not(negand: false)", "true"),
    ("is(value2: 1, value1: 1)", "true"),
    # strings
    ('substring(start position: 2, string: "abc")', '"bc"'),
    ('substring(string: "abc", start position: 2, length: 1)', '"b"'),
    ('string length(string: "abc")', "3"),
    ('upper case(string: "abc")', '"ABC"'),
    ('lower case(string: "ABC")', '"abc"'),
    ('substring before(match: "b", string: "abc")', '"a"'),
    ('substring after(match: "b", string: "abc")', '"c"'),
    ('replace(replacement: "x", pattern: "B", input: "abc", flags: "i")', '"axc"'),
    ('contains(match: "b", string: "abc")', "true"),
    ('starts with(match: "a", string: "abc")', "true"),
    ('ends with(match: "c", string: "abc")', "true"),
    ('matches(pattern: "B", input: "abc", flags: "i")', "true"),
    ('split(delimiter: ";", string: "a;b")', '["a", "b"]'),
    ('string join(delimiter: "-", list: ["a", "b"])', '"a-b"'),
    ('string join(list: ["a", "b"])', '"ab"'),
    ('trim(string: " a ")', '"a"'),
    # lists
    ("list contains(element: 1, list: [1])", "true"),
    ("count(list: [1, 2])", "2"),
    ("min(list: [2, 1])", "1"),
    ("max(list: [2, 1])", "2"),
    ("sum(list: [2, 1])", "3"),
    ("mean(list: [2, 4])", "3"),
    ("product(list: [2, 4])", "8"),
    ("median(list: [2, 4, 9])", "4"),
    ("stddev(list: [2, 4, 6])", "2"),
    ("mode(list: [2, 2, 6])", "[2]"),
    ("all(list: [true, false])", "false"),
    ("any(list: [true, false])", "true"),
    ("sublist(start position: 2, list: [1, 2, 3])", "[2, 3]"),
    ("sublist(list: [1, 2, 3], start position: 2, length: 1)", "[2]"),
    ("append(list: [1], item: 2)", "[1, 2]"),
    ("concatenate(list: [1])", "[1]"),
    ("union(list: [1, 1])", "[1]"),
    ("insert before(newItem: 9, position: 1, list: [1])", "[9, 1]"),
    ("remove(position: 1, list: [1, 2])", "[2]"),
    ("list replace(newItem: 9, position: 1, list: [1, 2])", "[9, 2]"),
    ("list replace(newItem: 9, match: function(item, newItem) item = 2, list: [1, 2])", "[1, 9]"),
    ("reverse(list: [1, 2])", "[2, 1]"),
    ("index of(match: 2, list: [1, 2])", "[2]"),
    ("distinct values(list: [1, 1])", "[1]"),
    ("flatten(list: [[1], 2])", "[1, 2]"),
    ("sort(precedes: function(x, y) x > y, list: [1, 2])", "[2, 1]"),
    # numbers
    ("decimal(scale: 1, n: 1.25)", "1.2"),
    *((f"{name}(scale: 1, n: 1.25)", expected) for name, expected in (("floor", "1.2"), ("ceiling", "1.3"))),
    ("floor(n: 1.5)", "1"),
    ("round up(n: 1.21, scale: 1)", "1.3"),
    ("round down(n: 1.29, scale: 1)", "1.2"),
    ("round half up(n: 1.25, scale: 1)", "1.3"),
    ("round half down(n: 1.25, scale: 1)", "1.2"),
    ("abs(n: -1)", "1"),
    ("modulo(divisor: 5, dividend: 12)", "2"),
    ("sqrt(number: 4)", "2"),
    ("log(number: 1)", "0"),
    ("exp(number: 0)", "1"),
    ("odd(number: 1)", "true"),
    ("even(number: 1)", "false"),
    # days
    ('day of year(date: @"2026-02-01")', "32"),
    ('day of week(date: @"2026-11-23")', '"Monday"'),
    ('month of year(date: @"2026-11-23")', '"November"'),
    ('week of year(date: @"2026-11-23")', "48"),
    # contexts
    ('get value(key: "a", m: {a: 1})', "1"),
    ('get value(keys: ["a", "b"], m: {a: {b: 1}})', "1"),
    ("get entries(m: {a: 1})", '[{key: "a", value: 1}]'),
    ('context(entries: [{key: "a", value: 1}])', "{a: 1}"),
    ('context put(value: 2, key: "a", context: {})', "{a: 2}"),
    ('context put(value: 2, keys: ["a", "b"], context: {a: {}})', "{a: {b: 2}}"),
    ("context merge(contexts: [{a: 1}, {b: 2}])", "{a: 1, b: 2}"),
    # ranges
    ("before(point2: 2, point1: 1)", "true"),
    ("before(point: 1, range: [2..3])", "true"),
    # which of the two stands first decides what is asked: both take the same names
    ("before(range: [2..3], point: 4)", "true"),
    ("after(range: [2..3], point: 1)", "true"),
    ("before(range2: [1..2], range1: [3..4])", "false"),
    ("after(point2: 2, point1: 1)", "false"),
    ("after(point: 4, range: [2..3])", "true"),
    ("after(range2: [1..2], range1: [3..4])", "true"),
    ("meets(range2: [2..3], range1: [1..2])", "true"),
    ("met by(range2: [1..2], range1: [2..3])", "true"),
    ("overlaps(range2: [2..3], range1: [1..2])", "true"),
    ("overlaps before(range2: [2..4], range1: [1..3])", "true"),
    ("overlaps after(range2: [1..3], range1: [2..4])", "true"),
    *((f"{name}(range: [1..3], point: 3)", "true") for name in ("finishes", "finished by", "includes", "during")),
    ("finishes(range2: [1..3], range1: [2..3])", "true"),
    ("finished by(range2: [2..3], range1: [1..3])", "true"),
    ("includes(range2: [2..3], range1: [1..3])", "true"),
    ("during(range2: [1..3], range1: [2..3])", "true"),
    ("starts(range: [1..3], point: 1)", "true"),
    ("starts(range2: [1..3], range1: [1..2])", "true"),
    ("started by(point: 1, range: [1..3])", "true"),
    ("started by(range2: [1..2], range1: [1..3])", "true"),
    ("coincides(point2: 1, point1: 1)", "true"),
    ("coincides(range2: [1..2], range1: [1..2])", "true"),
]


@pytest.mark.parametrize(("call", "same"), CALLS)
def test_a_function_is_called_by_the_names_of_its_parameters_in_any_order(call, same):
    assert value(f"({call}) = ({same})") is True


def test_every_function_is_called_by_name_above():
    assert {call.partition("(")[0] for call, _ in CALLS} == feel.BUILT_IN_FUNCTIONS


#: What a call by name leaves out is null.
LEFT_OUT = [
    ('number(from: "1,000", grouping separator: ",")', "1000"),
    ('number(from: "1,5", decimal separator: ",")', "1.5"),
    ("insert before(list: [1], position: 1)", "[null, 1]"),
    ("list replace(list: [1], position: 1)", "[null]"),
    ('context put(context: {}, key: "a")', "{a: null}"),
    ("list contains(list: [null])", "true"),
    ("index of(list: [1, null])", "[2]"),
    ("(function(a, b) [a, b])(b: 1)", "[null, 1]"),
]


@pytest.mark.parametrize(("call", "same"), LEFT_OUT)
def test_a_parameter_that_a_call_by_name_leaves_out_is_null(call, same):
    assert value(f"({call}) = ({same})") is True


def test_a_name_that_the_function_does_not_have_or_one_too_few_gives_null():
    for call in (
        "count(lists: [1])",
        'substring(string: "a")',
        "modulo(dividend: 1)",
        "sum()",
        "date(year: 2026, month: 1)",
    ):
        assert value(call) is None
