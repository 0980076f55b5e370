"""The rows that fire are found by look-up; they are those that going row by row finds, and no cell is asked in vain."""

from hypothesis import given, settings
from hypothesis import strategies as st

from engine import feel
from engine.decisions.matching import Matcher
from engine.feel import Run, compile_unary_tests
from tests.decisions.tables import only, table
from tests.feel.language import date, n

CELLS = [
    "-",
    '"甲"',
    '"甲", "乙"',
    'not("甲")',
    'not("甲", "乙")',
    '!= "乙"',
    '< "乙"',
    '["甲".."乙"]',
    "1",
    "1.0",
    "< 2",
    "[1..3)",
    "not(1, 2)",
    "true",
    "not(false)",
    "null",
    "not(null)",
    '"甲", 1, null',
    '< date("2026-01-01")',
    '@"2026-01-01"',
    "x",
    "? = x",
    "starts with(?, x)",
    "count(?) > 1",
]
VALUES = [
    None,
    True,
    False,
    "甲",
    "乙",
    "丙",
    "",
    n(1),
    n("1.00"),
    n(2),
    n(3),
    date("2026-01-01"),
    ["甲"],
    ["甲", "乙"],
    {},
]
ROWS = st.lists(st.tuples(*[st.sampled_from(CELLS)] * 3), max_size=12)


@settings(derandomize=True, max_examples=400, deadline=None)
@given(ROWS, st.tuples(*[st.sampled_from(VALUES)] * 3), st.sampled_from(["甲", None, n(1)]))
def test_the_rows_found_are_those_whose_cells_all_hold(rows, values, x):
    cells = [[compile_unary_tests(text) for text in row] for row in rows]
    asked = [[(at, test) for at, test in enumerate(row) if not test.is_any] for row in cells]
    scope = {"x": x}
    expected = [
        number for number, row in enumerate(asked) if all(test.matches(values[at], scope) is True for at, test in row)
    ]
    assert list(Matcher(asked).firing(Run(scope), values)) == expected


def test_a_cell_of_the_same_text_is_asked_once_and_only_where_the_others_hold():
    asked = []
    scope = {"f": feel.Function(("x",), lambda x: asked.append(x) or True), "a": "甲", "b": n(5)}
    rows = [["f(?)", '"乙"', "1"], ["f(?)", '"甲"', "2"], ["f(?)", "-", "3"], ["-", "-", "4"]]
    logic = table(["b", "a"], ["r"], rows, "COLLECT")
    assert only(logic).evaluate(scope).result == [2, 3, 4]
    assert asked == [5]


def test_a_first_table_asks_no_cell_behind_its_hit():
    asked = []
    scope = {"f": feel.Function(("x",), lambda x: asked.append(x) or True), "a": "甲"}
    rows = [['"乙"', "1"], ["f(?)", "2"], ["f(? + ?)", "3"]]
    assert only(table(["a"], ["r"], rows, "FIRST")).evaluate(scope).result == n(2)
    assert asked == ["甲"]


def test_two_thousand_rows_of_texts_are_looked_up():
    rows = [[f'"k{number}"', str(number)] for number in range(2_000)]
    asked = only(table(["a"], ["r"], rows))
    found = [asked.evaluate({"a": value}, feel.Budget(steps=200)).result for value in ("k0", "k1999", "other", None)]
    assert found == [0, 1999, None, None]
