"""The built-in functions, a table for each family."""

import datetime as dt

import pytest

from engine import feel
from tests.feel.language import date, days, moment, months, n, numbers, time, value

CONVERSION = [
    ('date("2026-11-23")', date("2026-11-23")),
    ('date("2026-02-29")', None),
    ('date("2026-1-1")', None),
    ('date("23.11.2026")', None),
    ("date(2026, 11, 23)", date("2026-11-23")),
    ("date(year: 2026, month: 2, day: 30)", None),
    ('date(@"2026-11-23T23:59:59+08:00")', date("2026-11-23")),
    ("date(1.5, 1, 1)", None),
    ('time("10:30:00+08:00")', dt.time(10, 30, tzinfo=dt.timezone(dt.timedelta(hours=8)))),
    ('time("25:00:00")', None),
    ("time(10, 30, 1.5)", dt.time(10, 30, 1, 500_000)),
    ('time(10, 30, 0, @"PT8H")', dt.time(10, 30, tzinfo=dt.timezone(dt.timedelta(hours=8)))),
    ('date and time("2026-11-23T10:30:00")', moment("2026-11-23T10:30:00")),
    ('date and time(@"2026-11-23", @"10:30:00")', moment("2026-11-23T10:30:00")),
    ("date and time(2026, 11, 23, 10, 30, 0)", moment("2026-11-23T10:30:00")),
    ('duration("P1DT2H")', days(days=1, hours=2)),
    ('duration("P1Y2M")', months(14)),
    ('duration("P")', None),
    ('duration("P1Y1D")', None),
    ('years and months duration(@"2026-01-31", @"2027-03-01")', months(13)),
    ('years and months duration(@"2027-03-01", @"2026-01-31")', months(-13)),
    ('number("12.5")', n("12.5")),
    ('number("1 234,5", " ", ",")', n("1234.5")),
    ('number("1,234.5", ",", ".")', n("1234.5")),
    ('number("1,234", ",", ",")', None),
    ('number("１２")', None),
    ('number("abc")', None),
    ('number("1e9999")', None),
    ("number(5)", n(5)),
    ("string(1.50)", "1.50"),
    ("string(1e3)", "1000"),
    ("string(modulo(-5, 5))", "0"),
    ("string(-0.00)", "0.00"),
    ("string(decimal(-0.4, 0))", "0"),
    ("string(true)", "true"),
    ("string(null)", None),
    ('string("a")', "a"),
    ('string([1, "a", null, [true]])', '[1, "a", null, [true]]'),
    ('string({a: 1, "b c": "x"})', '{a: 1, "b c": "x"}'),
    ('string(@"2026-11-23")', "2026-11-23"),
    ('string(@"2026-11-23T10:30:00.5+08:00")', "2026-11-23T10:30:00.5+08:00"),
    ('string(@"10:30:00@Asia/Shanghai")', "10:30:00@Asia/Shanghai"),
    ('string(@"PT90M")', "PT1H30M"),
    ('string(@"P14M")', "P1Y2M"),
    ('string(@"PT0S")', "PT0S"),
    ("string([1..5))", "[1..5)"),
    ("string((> 3))", "(> 3)"),
    ('range("[1..5)")', feel.Range(n(1), n(5), True, False)),
    ("range('x')", None),
    ('range("[5..1]")', None),
    ("before(range: [1..2], point: 4)", True),
    ("string(time(23, 59, 59.999999999999999999999999999999))", "23:59:59.999999999"),
    ("before(point: 4, range: [1..2])", False),
    ('range("[5..)")', feel.Range(n(5), None, True, False)),
    ('range("(..5]")', feel.Range(None, n(5), False, True)),
    ('range("[5..]")', None),
    ('range("[..5]")', None),
    ('range("(..)")', None),
    ('range("[@\\"2026-01-01\\"..@\\"2026-12-31\\"]")', feel.Range(date("2026-01-01"), date("2026-12-31"))),
]

STRINGS = [
    ('substring("会长副会长", 3)', "副会长"),
    ('substring("foobar", 3, 3)', "oba"),
    ('substring("foobar", -2, 1)', "a"),
    ('substring("foobar", 9)', None),
    ('substring("foobar", 3, 4)', "obar"),
    ('substring("foobar", 3, 5)', None),
    ('substring("foobar", -2, 2)', "ar"),
    ('substring("foobar", -2, 3)', None),
    ('substring("foobar", 0)', None),
    ('substring("\\U01F40Eab", 2)', "ab"),
    ('string length("\\U01F40E")', n(1)),
    ('upper case("aBc")', "ABC"),
    ('lower case("aBc")', "abc"),
    ('substring before("foobar", "bar")', "foo"),
    ('substring before("foobar", "x")', ""),
    ('substring after("foobar", "ob")', "ar"),
    ('substring after("foobar", "")', "foobar"),
    ('contains("foobar", "ob")', True),
    ('starts with("foobar", "fo")', True),
    ('ends with("foobar", "r")', True),
    ('string join(["a", null, "b"], "、")', "a、b"),
    ('string join(["a", "b"])', "ab"),
    ('string join(["a", 1])', None),
    ('trim("  a b ")', "a b"),
    ('upper case(["a"])', "A"),
    ("upper case(null)", None),
]

PATTERNS = [
    ('matches("foobar", "^fo*b")', True),
    ('matches("foobar", "^bar")', False),
    ('matches("FOO", "foo", "i")', True),
    ('matches("a\\nb", "a.b")', False),
    ('matches("a\\nb", "a.b", "s")', True),
    ('matches("a\\rb", "a.b")', True),
    ('matches("a", "[]a]")', None),
    ('matches("a", "[[a]")', None),
    ('matches("]", "[\\\\]a]")', True),
    ('matches("[", "[a\\\\[]")', True),
    ('matches("b", "[a-c-[b]]")', False),
    ('matches("x\\na", "^a$", "m")', True),
    ('matches("a+b", "a+b", "q")', True),
    ('matches("ab", "a b", "x")', True),
    ('matches("a b", "a\\\\ s b", "x")', True),
    ('matches("ab", "a[ ]b", "x")', False),
    ('matches("a[b", "a \\\\ [ b", "x")', True),
    # case-variants are those of characters and ranges, whatever the brackets do with them; classes have none
    ('matches("q", "[^Q]", "i")', False),
    ('matches("o", "[A-Z-[OI]]", "i")', False),
    ('matches("b", "[A-Z-[OI]]", "i")', True),
    ('matches("\\u212a", "[A-Z]", "i")', True),
    ('matches("k", "\\\\p{Lu}", "i")', False),
    ('matches("α", "\\\\p{IsGreek}")', True),
    ('matches("a", "\\\\P{IsBasicLatin}")', False),
    ('matches("a", "\\\\p{IsNothing}")', None),
    ('matches("a", "a", "z")', None),
    ('matches("51990000MJ000000XN", "^51[0-9A-HJ-NPQRTUWXY]{16}$")', True),
    ('matches("13800000000", "^1[3-9]\\d{9}$")', True),
    ('matches("南屿省", "^\\p{IsCJKUnifiedIdeographs}+$")', True),
    ('matches("b", "[a-z-[aeiou]]")', True),
    ('matches("e", "^[a-z-[aeiou]]$")', False),
    ('matches("-", "[a-]")', True),
    ('matches("a", "(?=a)")', None),
    ('matches("aa", "(a)\\1")', True),
    ('matches("ab", "(a)\\1")', False),
    ('matches("Mum", "([md])[aeiou]\\1")', False),
    ('matches("Mum", "([md])[aeiou]\\1", "i")', True),
    ('matches("aba0", "(a)(b)\\10$")', True),
    ('matches("x", "(a)?\\1x")', True),
    ('matches("aa", "\\1(a)")', None),
    ('matches("aa", "(a\\1)")', None),
    ('matches("aa", "(a)[\\1]")', None),
    ('replace("hello", "(.)\\1", "<$0>")', "he<ll>o"),
    ('matches("abab", "^(?:(a*)b\\1)*$")', True),
    ('split("axxbyyc", "([xy])\\1")', ["a", "b", "c"]),
    ('matches("a", "[")', None),
    ('matches("a", "a{2,1}")', None),
    ('replace("abracadabra", "bra", "*")', "a*cada*"),
    ('replace("abracadabra", "a.*?a", "*")', "*c*bra"),
    ('replace("abcd", "(ab)|(a)", "[1=$1][2=$2]")', "[1=ab][2=]cd"),
    ('replace("abc", "b", "$0$0")', "abbc"),
    ('replace("a.b", ".", "-", "q")', "a-b"),
    ('replace("abc", "b", "$")', None),
    ('replace("abc", "b", "\\$")', "a$c"),
    ('replace("aaa", "a??", "x")', None),
    ('replace("abc", "x*", "-")', None),
    ('split("abc", "x*")', None),
    ('split("a;b;;c", ";")', ["a", "b", "", "c"]),
    ('split("甲、乙，丙", "[、，]")', ["甲", "乙", "丙"]),
    ('split("abc", "")', None),
]

LISTS = [
    ("list contains([1, 2], 2)", True),
    ("list contains([1, null], null)", True),
    ('list contains([1, 2], "2")', False),
    ("count([])", n(0)),
    ("count(5)", n(1)),
    ("count(null)", None),
    ("min([3, 1, 2])", n(1)),
    ("max(3, 1, 2)", n(3)),
    ('min("b", "a")', "a"),
    ('max([@"2026-01-01", @"2026-06-01"])', date("2026-06-01")),
    ('max([1, "a"])', None),
    ("max([1, null])", None),
    ("min([])", None),
    ("sum([1, 2, 3])", n(6)),
    ("sum(1, 2.5)", n("3.5")),
    ("sum([])", None),
    ("sum([1, null])", None),
    ("mean([1, 2])", n("1.5")),
    ("median([8, 2, 5, 3, 4])", n(4)),
    ("median([6, 1, 2, 3])", n("2.5")),
    ("product([2, 3, 4])", n(24)),
    ("stddev([2, 4, 7, 5])", n("2.081665999466132735282297706979931")),
    ("mode([6, 3, 9, 6, 6])", numbers(6)),
    ("mode([6, 1, 9, 6, 1])", numbers(1, 6)),
    ("all([true, null])", None),
    ("any([null, true])", True),
    ("any([])", False),
    ("all([])", True),
    ("sublist([4, 5, 6], 1, 2)", numbers(4, 5)),
    ("sublist([4, 5, 6], -2)", numbers(5, 6)),
    ("sublist([4, 5, 6], 3, 2)", None),
    ("append([1], 2, 3)", numbers(1, 2, 3)),
    ("append([1], null)", [n(1), None]),
    ("concatenate([1], [2, 3], [])", numbers(1, 2, 3)),
    ("insert before([1, 3], 1, 2)", numbers(2, 1, 3)),
    ("insert before([1, 3], -1, 2)", numbers(1, 2, 3)),
    ("remove([1, 2, 3], 2)", numbers(1, 3)),
    ("remove([1], 2)", None),
    ("list replace([1, 2, 3], 2, 9)", numbers(1, 9, 3)),
    ("list replace([1, 2, 3], function(item, newItem) item < newItem, 3)", numbers(3, 3, 3)),
    ("reverse([1, 2])", numbers(2, 1)),
    ("index of([1, 2, 3, 2], 2)", numbers(2, 4)),
    ("union([1, 2], [2, 3])", numbers(1, 2, 3)),
    ("distinct values([1, 2.0, 2, [1], [1], null])", [n(1), n("2.0"), numbers(1), None]),
    ("flatten([[1, [2]], 3, []])", numbers(1, 2, 3)),
    ("sort([3, 1, 2], function(x, y) x < y)", numbers(1, 2, 3)),
    ("sort([3, 1, 2], function(x, y) x > y)", numbers(3, 2, 1)),
    ("sort(list: [3, 1], precedes: function(a, b) a < b)", numbers(1, 3)),
    ('sort(["b", "a"])', ["a", "b"]),
    ('sort([1, "a"])', None),
    ("sort([{k: 1, v: 1}, {k: 0, v: 2}, {k: 1, v: 3}], function(a, b) a.k < b.k).v", numbers(2, 1, 3)),
]

NUMBERS = [
    ("decimal(1/3, 2)", n("0.33")),
    ("decimal(2.5, 0)", n(2)),
    ("decimal(1234, -2)", n(1200)),
    ("floor(-1.56, 1)", n("-1.6")),
    ("floor(1.5)", n(1)),
    ("ceiling(-1.5)", n(-1)),
    ("round up(-5.5, 0)", n(-6)),
    ("round down(-5.5, 0)", n(-5)),
    ("round half up(2.5, 0)", n(3)),
    ("round half up(-2.5, 0)", n(-3)),
    ("round half down(2.5, 0)", n(2)),
    ("round up(5.5, 7000)", None),
    ("abs(-5)", n(5)),
    ('abs(@"-P1D")', days(days=1)),
    ('abs(@"-P1Y")', months(12)),
    ("modulo(-12, 5)", n(3)),
    ("modulo(12, -5)", n(-3)),
    ("modulo(10.1, 4.5)", n("1.1")),
    ("modulo(1, 0)", None),
    ("sqrt(16)", n(4)),
    ("sqrt(-1)", None),
    ("log(0)", None),
    ("decimal(log(exp(2)), 6)", n(2)),
    ("odd(5)", True),
    ("odd(-3)", True),
    ("even(2.5)", False),
    ("odd(1e40)", False),
    ("even(1e40)", True),
    ("even(1e-40)", False),
    ("odd(1e33 + 1)", True),
    # `floor` and `ceiling` alone may go without a scale
    ("floor(-1.5)", n(-2)),
    ("round up(5.5)", None),
    ("round down(n: 5.5)", None),
]

TEMPORAL = [
    ('day of year(@"2026-11-23")', n(327)),
    ('day of week(@"2026-11-23")', "Monday"),
    ('month of year(@"2026-11-23")', "November"),
    ('week of year(@"2026-01-01")', n(1)),
    ('week of year(@"2027-01-01")', n(53)),
    ('is(@"2026-11-23", @"2026-11-23T00:00:00")', False),
    ('is(@"10:00:00Z", @"10:00:00+00:00")', True),
    ('is(@"10:00:00+02:00", @"08:00:00Z")', False),
]

CONTEXTS = [
    ('get value({a: 1}, "a")', n(1)),
    ('get value({a: 1}, "b")', None),
    ('get value({a: {b: 2}}, ["a", "b"])', n(2)),
    ("get entries({a: 1})", [{"key": "a", "value": n(1)}]),
    ('context([{key: "a", value: 1}, {key: "b", value: null}])', {"a": n(1), "b": None}),
    ('context([{key: "a", value: 1}, {key: "a", value: 2}])', None),
    ('context put({a: 1}, "b", 2)', {"a": n(1), "b": n(2)}),
    ('context put({a: {b: 1}}, ["a", "b"], 2)', {"a": {"b": n(2)}}),
    ("context merge([{a: 1}, {a: 2, b: 3}])", {"a": n(2), "b": n(3)}),
]

RANGES = [
    ("before(1, 10)", True),
    ("before([1..5), 5)", True),
    ("before([1..5], [5..9])", False),
    ("after((5..9], 5)", True),
    ("meets([1..5], [5..10])", True),
    ("met by([5..10], [1..5))", False),
    ("overlaps([1..5], [3..8])", True),
    ("overlaps([1..5], (5..8])", False),
    ("overlaps before([1..5], [3..8])", True),
    ("overlaps after([3..8], [1..5])", True),
    ("finishes(5, [1..5])", True),
    ("finishes([3..5], [1..5])", True),
    ("finished by([1..5), 5)", False),
    ("starts(1, [1..5])", True),
    ("started by([1..5], [1..3])", True),
    ("includes([1..10], 10)", True),
    ("includes([1..10), [5..10])", False),
    ("during(5, [1..10])", True),
    ("during((1..10), [1..10])", True),
    ("coincides(5, 5)", True),
    ("coincides([1..5], [1..5))", False),
    ('during(@"2026-11-23", [@"2026-01-01"..@"2026-12-31"])', True),
    ("before(1, null)", None),
    ('before(1, "a")', None),
]

ALL = CONVERSION + STRINGS + LISTS + NUMBERS + TEMPORAL + CONTEXTS + RANGES


@pytest.mark.parametrize(("text", "expected"), [case for case in ALL if "'" not in case[0]])
def test_a_function_has_its_value(text, expected):
    found = value(text)
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(("text", "expected"), PATTERNS)
def test_patterns_are_those_of_xpath(text, expected):
    assert value(text) == expected


def test_a_built_in_function_is_a_value():
    assert value("(for f in [min, max] return f([1, 2]))") == numbers(1, 2)
    assert time("10:00:00") == value('(if true then time else date)("10:00:00")')


def test_the_time_comes_with_the_scope_and_from_nowhere_else():
    assert value("now()") is None
    assert value("today()") is None
    clock = {"today": feel.Function((), lambda: date("2026-11-23"))}
    assert value('today() + @"P1D"', scope=clock) == date("2026-11-24")


STANDARD = """
date, time, date and time, number, string, duration, years and months duration, not, substring, string length, upper case,
lower case, substring before, substring after, replace, contains, starts with, ends with, matches, split, string join,
list contains, list replace, count, min, max, sum, mean, all, any, sublist, append, concatenate, insert before, remove,
reverse, index of, union, distinct values, flatten, product, median, stddev, mode, decimal, floor, ceiling, round up,
round down, round half up, round half down, abs, modulo, sqrt, log, exp, odd, even, is, range, before, after, meets,
met by, overlaps, overlaps before, overlaps after, finishes, finished by, includes, during, starts, started by, coincides,
day of year, day of week, month of year, week of year, sort, get value, get entries, context, context put, context merge
"""


def test_every_function_of_the_standard_is_there():
    assert {" ".join(name.split()) for name in STANDARD.split(",")} <= feel.BUILT_IN_FUNCTIONS
