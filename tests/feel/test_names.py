"""Names: Chinese ones, names with spaces and signs, names that the text introduces, and which of them are free."""

import pytest

from engine import feel
from tests.feel.language import n, numbers, value

KNOWN = ("Full Name", "Pre-bureau Risk", "Approved/Declined", "date of birth", "risk", "Person's age", "a.b", "总 人数")
SCOPE = {
    "Full Name": "Ada",
    "Pre-bureau Risk": 7,
    "Approved/Declined": "Approved",
    "date of birth": 1,
    "risk": 3,
    "Pre": 100,
    "bureau": 1,
    "Person's age": 30,
    "a.b": 5,
    "总 人数": 8,
    "党员人数": 3,
    "是否法定代表人": "是",
    "𠮷野": 9,
    "working days": feel.Function(("from", "to"), lambda start, end: end - start),
}

KNOWN_NAMES = [
    ('"Hello " + Full Name', "Hello Ada"),
    ('"Hello " + Full   \n Name', "Hello Ada"),
    ("Pre-bureau Risk + 1", n(8)),
    ("Pre - bureau", n(99)),
    ('Approved/Declined = "Approved"', True),
    ("date of birth + risk", n(4)),
    ("Person's age * 2", n(60)),
    ("a.b + 1", n(6)),
    ("总 人数 - 党员人数", n(5)),
    ('党员人数 >= 3 and 是否法定代表人 = "是"', True),
    ("𠮷野", n(9)),
    ("`Full Name`", "Ada"),
    ("working days(2, 5)", n(3)),
    ("working days(to: 5, from: 2)", n(3)),
]

INTRODUCED = [
    ("for Some Person in [1, 2] return Some Person + 1", numbers(2, 3)),
    ("some the item in [1, 2] satisfies the item > 1", True),
    ("(function(first number, second number) first number - second number)(5, 3)", n(2)),
    ("(function(first number) first number)(first number: 4)", n(4)),
    ("{total amount: 5, half: total amount / 2}.half", n("2.5")),
    ("{total amount: 5}.total amount", n(5)),
    ("[{total amount: 5}, {total amount: 7}][total amount > 6].total amount", numbers(7)),
    ("{a+b: 1, c: a+b}.c", n(1)),
    ("for 委员 in [1, 2] return 委员 * 2", numbers(2, 4)),
]


@pytest.mark.parametrize(("text", "expected"), KNOWN_NAMES)
def test_known_names_are_read_as_far_as_they_reach(text, expected):
    assert feel.compile_expression(text, (*KNOWN, "working days")).evaluate(SCOPE) == expected


@pytest.mark.parametrize(("text", "expected"), INTRODUCED)
def test_names_that_the_text_introduces_are_known_from_there_on(text, expected):
    assert value(text) == expected


def test_a_name_ends_to_be_known_where_its_construct_ends():
    with pytest.raises(feel.FeelSyntaxError):
        feel.compile_expression("[for Some One in [1] return Some One, Some One]")


def test_built_in_names_of_several_words_are_known_and_one_of_the_scope_comes_first():
    assert value('{f: string length, r: f("abc")}.r') == n(3)
    assert value("string length + 1", ("string length",), scope={"string length": 4}) == n(5)


def test_two_variables_with_and_between_are_no_function():
    assert value("date and time", scope={"date": True, "time": False}) is False


def test_a_name_of_the_scope_does_not_hide_a_built_in_function_that_is_called():
    assert value("count([1, 2]) + count", count=40) == n(42)


FREE = [
    ("a + b.c", {"a", "b"}),
    ("for x in xs return x + y", {"xs", "y"}),
    ("{a: 1, b: a + c}.b", {"c"}),
    ("(function(x) x + z)(1)", {"z"}),
    ("sum(xs) + 周岁(birth, today)", {"xs", "周岁", "birth", "today"}),
    ("every p in people satisfies p.age > limit", {"people", "limit"}),
    ("count(xs[age > limit])", {"xs", "age", "limit"}),
    ("1 + 2", set()),
    ("partial", {"partial"}),
]


@pytest.mark.parametrize(("text", "expected"), FREE)
def test_free_names_are_those_that_the_scope_must_give(text, expected):
    assert feel.compile_expression(text).names == expected


def test_names_in_a_filter_may_be_entries_of_the_element():
    expression = feel.compile_expression("people[age > limit and item.x = 1] = [limit]")
    assert expression.element_names == {"age"}
    assert expression.names == {"people", "age", "limit"}
    assert feel.compile_unary_tests("? > limit, < other").names == {"limit", "other"}
