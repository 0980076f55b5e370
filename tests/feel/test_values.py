"""What expressions are worth: literals, operators and the rules of null."""

import datetime as dt
from decimal import Decimal

import pytest

from engine import feel
from tests.feel.language import date, days, moment, months, n, numbers, time, value

LITERALS = [
    ("1", n(1)),
    ("0.10", n("0.10")),
    (".5", n("0.5")),
    ("1.5e3", n(1500)),
    ("-7", n(-7)),
    ("true", True),
    ("null", None),
    ('"文本"', "文本"),
    (r'"a\"b\n\t\\"', 'a"b\n\t\\'),
    (r'"\u4e2d\U01F600"', "中😀"),
    (r'"\d+"', r"\d+"),
    ('"a" // comment', "a"),
    ("/* one\n two */ 3", n(3)),
    ('@"2026-11-23"', date("2026-11-23")),
    ('@"10:30:00"', time("10:30:00")),
    ('@"10:30:00.25Z"', dt.time(10, 30, 0, 250000, dt.UTC)),
    ('@"2026-11-23T08:00:00+08:00"', moment("2026-11-23T08:00:00+08:00")),
    ('@"2026-11-23T24:00:00"', moment("2026-11-24T00:00:00")),
    ('@"P3DT4H"', days(days=3, hours=4)),
    ('@"-PT1M"', days(minutes=-1)),
    ('@"P1Y6M"', months(18)),
    ("[]", []),
    ('[1, "a", null]', [n(1), "a", None]),
    ("{}", {}),
    ('{姓名: "甲", "full name": 1, b: 姓名 + "乙"}', {"姓名": "甲", "full name": n(1), "b": "甲乙"}),
    ("[1..5]", feel.Range(n(1), n(5))),
    ("]1..5[", feel.Range(n(1), n(5), False, False)),
    ("(1..5)", feel.Range(n(1), n(5), False, False)),
    ("(> 5)", feel.Range(n(5), None, False, False)),
    ("(<= 5)", feel.Range(None, n(5), False, True)),
]

ARITHMETIC = [
    ("1 + 2 * 3", n(7)),
    ("(1 + 2) * 3", n(9)),
    ("10 - 4 - 3", n(3)),
    ("2 ** 3 ** 2", n(64)),
    ("-2 ** 2", n(4)),
    ("2 ** -1", n("0.5")),
    ("0 ** 0", n(1)),
    ("1 / 3", n("0.3333333333333333333333333333333333")),
    ("0.1 + 0.2", n("0.3")),
    ("1 / 0", None),
    ("1 + null", None),
    ('1 + "a"', None),
    ("true + 1", None),
    ("9.999e6144 * 10", None),
    ('"甲" + "乙"', "甲乙"),
    ('@"2026-01-31" + @"P1M"', date("2026-02-28")),
    ('@"2028-02-29" + @"P1Y"', date("2029-02-28")),
    ('@"2026-11-23" + @"P1D"', date("2026-11-24")),
    ('@"2026-11-23" - @"2026-11-20"', days(days=3)),
    ('@"2026-11-23T10:00:00" + @"PT90M"', moment("2026-11-23T11:30:00")),
    ('@"23:00:00" + @"PT2H"', time("01:00:00")),
    ('@"999999999-12-31" + @"P1D"', None),
    ('@"P1D" * 2', days(days=2)),
    ('@"P1D" / @"PT6H"', n(4)),
    ('@"P1Y" / 4', months(3)),
    ('@"P1Y" / @"P4M"', n(3)),
    ('-@"P1Y"', months(-12)),
    ('@"2026-11-23" + 1', None),
]

COMPARISONS = [
    ("1 = 1.0", True),
    ('1 = "1"', None),
    ("null = null", True),
    ("1 = null", False),
    ("1 != null", True),
    ('"甲" = "甲"', True),
    ("true = 1", None),
    ("[1, [2]] = [1, [2]]", True),
    ("[1, 2] = [2, 1]", False),
    ("{a: 1, b: 2} = {b: 2, a: 1}", True),
    ("{a: 1} != {a: 2}", True),
    ("[1..2] = [1..2]", True),
    ("[1..2] = (1..2]", False),
    ("2 < 10", True),
    ('"2" < "10"', False),
    ('2 < "10"', None),
    ("null < 1", None),
    ('@"2026-01-01" < @"2026-01-02"', True),
    ('@"P1M" < @"P2M"', True),
    ('@"P1D" < @"P2M"', None),
    ('@"2026-11-23T08:00:00+08:00" = @"2026-11-23T00:00:00Z"', True),
    ('@"2026-11-23T08:00:00" < @"2026-11-23T00:00:00Z"', False),
    ('@"2026-11-23T08:00:00" < @"2026-11-23T09:00:00+08:00"', True),
    ('@"10:00:00" < @"11:00:00+08:00"', True),
    ("5 between 1 and 5", True),
    ("6 between 1 and 5", False),
    ("null between 1 and 5", None),
    ("5 between 1 and null", None),
    ("0 between 1 and null", False),
    ("5 in (1, > 3)", True),
    ("5 in [1..5)", False),
    ("5 in [1, 5]", True),
    ("5 in [[1..2], [4..6]]", True),
    ("5 in <= 5", True),
    ("5 in (!= 5)", False),
    ("5 in null", False),
    ("null in null", True),
    ("5 in (null..9]", None),
    ("1 + 1 in [2..3] and true", True),
    ("x in ]1..5[ and true", True),
]

LOGIC = [
    ("true and false", False),
    ("false and null", False),
    ("true and null", None),
    ("null or true", True),
    ("null or false", None),
    ("1 and true", None),
    ("1 and false", False),
    ("true or 1", True),
    ("not(false)", True),
    ("not(null)", None),
    ("not(1)", None),
    ("true or false and false", True),
    ("false or null or true", True),
    ("true and 1 and null", None),
]


@pytest.mark.parametrize(("text", "expected"), LITERALS + ARITHMETIC + LOGIC)
def test_a_text_has_its_value(text, expected):
    found = value(text)
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(("text", "expected"), COMPARISONS)
def test_comparisons_are_true_false_or_null(text, expected):
    assert value(text, x=3) is expected


def test_numbers_have_34_digits_and_not_more():
    assert value("1e33 + 0.4") == n("1000000000000000000000000000000000")
    assert str(value("2 / 3")) == "0.6666666666666666666666666666666667"


def test_the_decimal_context_of_the_caller_does_not_matter():
    import decimal

    with decimal.localcontext() as context:
        context.prec = 3
        assert str(value("1 / 3 * 3 + 1")) == "2.000000000000000000000000000000000"
        assert value("sum([1.0001, 2.0002])") == n("3.0003")


SCOPE_VALUES = [
    (5, n(6)),
    (n("0.5"), n("1.5")),
    (2.5, n("3.5")),
    (True, None),
    (None, None),
    ("5", None),
    (float("nan"), None),
    (Decimal("Infinity"), None),
    (Decimal("NaN"), None),
]


@pytest.mark.parametrize(("given", "expected"), SCOPE_VALUES)
def test_integers_of_the_scope_are_numbers_and_booleans_are_not(given, expected):
    assert value("x + 1", x=given) == expected
    assert value("x > 0", x=given) in ({True} if expected is not None else {None})


def test_integers_inside_lists_and_contexts_are_numbers_too():
    people = [{"age": 70, "posts": [1, 2]}, {"age": 18, "posts": (3,)}]
    assert value("sum(people.age)", people=people) == n(88)
    assert value("flatten(people.posts)", people=people) == numbers(1, 2, 3)
    assert [type(age) for age in value("people", people=people)[0]["posts"]] == [Decimal, Decimal]
    assert people[0]["age"] == 70 and type(people[0]["age"]) is int


def test_a_boolean_is_never_equal_to_a_number_even_inside_a_list():
    assert value("list contains(xs, 1)", xs=[True]) is False
    assert value("xs[item = 1]", xs=[True, 1]) == [n(1)]
    assert value("distinct values(xs)", xs=[1, True, 1.0, False, 0]) == [n(1), True, False, n(0)]


def test_what_is_missing_is_null():
    assert value("nobody") is None
    assert value("a.b.c", a={"b": None}) is None
    assert value('if nobody > 3 then "a" else "b"') == "b"


def test_a_dialect_of_python_is_not_understood():
    for text in ("__import__('os')", "x.__class__", "().__class__", "lambda: 1", "open(1)"):
        try:
            assert value(text, x=1) is None
        except feel.FeelSyntaxError:
            continue
