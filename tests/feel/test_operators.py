"""Which operators are defined for which types (DMN 1.5 section 10.3.2.15); all others give null."""

import pytest

from engine import feel
from engine.feel.values import kind
from tests.feel.language import value

#: A value of each type.
VALUES = {
    "number": "2",
    "string": '"a"',
    "boolean": "true",
    "date": '@"2026-01-31"',
    "time": '@"10:00:00"',
    "moment": '@"2026-01-31T10:00:00"',
    "days": '@"P1D"',
    "months": '@"P1M"',
    "list": "[2]",
    "context": "{a: 2}",
    "range": "[1..2]",
    "function": "sum",
    "null": "null",
}
KINDS = {"moment": "date and time", "days": "days and time duration", "months": "years and months duration"}

#: Left, right and what comes of it.
SUMS = {
    **{("number", "number"): "number", ("string", "string"): "string"},
    **{(point, length): point for point in ("date", "moment") for length in ("days", "months")},
    **{(length, point): point for point in ("date", "moment") for length in ("days", "months")},
    **{("time", "days"): "time", ("days", "time"): "time", ("days", "days"): "days", ("months", "months"): "months"},
}
DIFFERENCES = {
    ("number", "number"): "number",
    **{(point, point): "days" for point in ("date", "time", "moment")},
    **{(point, length): point for point in ("date", "moment") for length in ("days", "months")},
    **{("time", "days"): "time", ("days", "days"): "days", ("months", "months"): "months"},
}
LENGTHS = ("days", "months")
PRODUCTS = {("number", "number"): "number"} | {(one, "number"): one for one in LENGTHS}
OPERATORS = {
    "+": SUMS,
    "-": DIFFERENCES,
    "*": PRODUCTS | {("number", one): one for one in LENGTHS},
    "/": PRODUCTS | {(one, one): "number" for one in LENGTHS},
    "**": {("number", "number"): "number"},
    **dict.fromkeys(
        ("<", "<=", ">", ">="),
        {(one, one): "boolean" for one in ("number", "string", "date", "time", "moment", "days", "months")}
        # a date beside a moment is its midnight
        | {("date", "moment"): "boolean", ("moment", "date"): "boolean"},
    ),
    **dict.fromkeys(
        ("=", "!="),
        {(one, one): "boolean" for one in VALUES}
        | {(one, "null"): "boolean" for one in VALUES}
        | {("null", one): "boolean" for one in VALUES},
    ),
}


@pytest.mark.parametrize("operator", OPERATORS)
def test_an_operator_is_defined_for_its_types_and_gives_null_for_all_others(operator):
    found = {
        (left, right): kind(given)
        for left, one in VALUES.items()
        for right, other in VALUES.items()
        if (given := value(f"{one} {operator} {other}")) is not None
    }
    assert found == {pair: KINDS.get(result, result) for pair, result in OPERATORS[operator].items()}


def test_the_sign_turns_numbers_and_durations():
    turned = {name for name, text in VALUES.items() if value(f"-({text})") is not None}
    assert turned == {"number", "days", "months"}


def test_between_asks_as_the_two_comparisons_do():
    asked = {name for name, text in VALUES.items() if value(f"{text} between {text} and {text}") is True}
    assert asked == {one for one, other in OPERATORS["<="] if one == other}


#: What binds tighter stands further down; the text, and the same with every parenthesis.
PRECEDENCE = [
    ("true or true and false", "true or (true and false)"),
    ("false and true or true", "(false and true) or true"),
    ("1 < 2 and 2 < 3", "(1 < 2) and (2 < 3)"),
    ("true = false or true", "(true = false) or true"),
    ("1 + 1 = 2", "(1 + 1) = 2"),
    ("1 + 1 < 2 * 3", "(1 + 1) < (2 * 3)"),
    ("2 between 1 and 3 and true", "(2 between 1 and 3) and true"),
    ("1 + 1 between 1 + 0 and 3 * 1", "(1 + 1) between (1 + 0) and (3 * 1)"),
    ("1 + 1 in [2..3]", "(1 + 1) in [2..3]"),
    ("1 in (1, 2) or false", "(1 in (1, 2)) or false"),
    ("2 - 3 - 4", "(2 - 3) - 4"),
    ("2 - 3 + 4", "(2 - 3) + 4"),
    ("2 + 3 * 4", "2 + (3 * 4)"),
    ("8 / 4 / 2", "(8 / 4) / 2"),
    ("8 / 4 * 2", "(8 / 4) * 2"),
    ("2 * 3 ** 2", "2 * (3 ** 2)"),
    ("2 ** 2 ** 3", "(2 ** 2) ** 3"),
    ("-2 ** 2", "(-2) ** 2"),
    ("2 ** -2", "2 ** (-2)"),
    ("- -2", "-(-2)"),
    ("1 - -1", "1 - (-1)"),
    ("-[1, 2][1]", "-([1, 2][1])"),
    ("-{a: 1}.a", "-({a: 1}.a)"),
    ("1 + 1 instance of number", "1 + (1 instance of number)"),
    ("{a: 1}.a instance of number", "({a: 1}.a) instance of number"),
    ("[{a: [5, 6]}].a[1][2]", "((([{a: [5, 6]}]).a)[1])[2]"),
    ("if true then 1 else 2 + 3", "if true then 1 else (2 + 3)"),
    ("for x in [1] return x + 1", "for x in [1] return (x + 1)"),
    ("some x in [1] satisfies x = 1 and false", "some x in [1] satisfies ((x = 1) and false)"),
    ("function(x) x + 1", "function(x) (x + 1)"),
]


@pytest.mark.parametrize(("text", "explicit"), PRECEDENCE)
def test_operators_bind_as_the_grammar_has_it(text, explicit):
    names = [f"string({one})" if not one.startswith("function") else f"string(({one})(2))" for one in (text, explicit)]
    assert value(names[0]) == value(names[1])


#: `in` by table 55: one test or several, a list, a range, null.
MEMBERSHIP = [
    ("1 in 1", True),
    ("1 in (1)", True),
    ("1 in (2, 1)", True),
    ("1 in (2, 3)", False),
    ("1 in [2, 1]", True),
    ("[1] in [[1], 2]", True),
    ("[1, 2] in ([1, 2], 3)", True),
    ("1 in [[0..2], 5]", True),
    ("1 in ([2..3], [0..1])", True),
    ("1 in < 2", True),
    ("1 in (< 1, > 1)", False),
    ("1 in (>= 1)", True),
    ("null in (1, null)", True),
    ("null in [1, null]", True),
    ("null in [1..2]", None),
    ("1 in []", False),
    ('"b" in ["a".."c"]', True),
    ('@"2026-02-01" in [@"2026-01-01"..@"2026-12-31"]', True),
    ('@"P2D" in (@"P1D"..@"P3D")', True),
    ("5 in (= 5)", True),
    ("5 in (!= 5)", False),
    ("null in (!= 5)", True),
    # a condition after `in` asks of what stands before it
    ("5 in (? > 3)", True),
    ("5 in (? > 3 and ? < 4)", False),
    ("5 in (< 3, ? = 5)", True),
    ('"abc" in (starts with(?, "a"))', True),
    ("[1, 2, 3] in (count(?) = 3)", True),
    ("5 in (6 in (? > 5) and ? = 5)", True),
    ("5 in (? = 5 and 6 in (? = 5))", False),
    ("every x in [1, 2] satisfies x in (? > 0, null)", True),
    ("(for x in [1, 2, 3] return x in (? > 1)) = [false, true, true]", True),
    ('5 in (? > "a")', None),
]


@pytest.mark.parametrize(("text", "expected"), MEMBERSHIP)
def test_in_asks_one_test_or_several(text, expected):
    assert value(text) is expected


def test_in_a_cell_a_condition_after_in_asks_of_what_stands_before_it_and_all_else_of_the_value_of_the_cell():
    cell = feel.compile_unary_tests("limit in (? > 9), limit in [?..9], count([1, 2, 3][item in (? > 2)])")
    passes = [[x for x in range(9) if cell.matches(x, {"limit": limit}) is True] for limit in (10, 7, 0)]
    assert passes == [[*range(9)], [*range(8)], [0, 1]]


def test_outside_of_a_cell_and_of_in_there_is_no_value_to_ask_about():
    for text in ("?", "? > 1", "5 in (1) + ?", "(5 in (? > 3)) and ? = 1"):
        with pytest.raises(feel.FeelSyntaxError):
            feel.compile_expression(text)


@pytest.mark.parametrize("exponent", ["1000000000", "-1000000000", "1e30"])
def test_an_exponent_beyond_the_domain_of_the_standard_gives_null(exponent):
    assert value(f"1 ** {exponent}") is None
