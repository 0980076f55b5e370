"""Generated expressions over every built-in function: a value, null or an error of FEEL, and never anything else."""

import datetime as dt
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine import feel
from tests.feel.language import value

SETTINGS = settings(derandomize=True, max_examples=400, deadline=None)
LEAVES = [
    *(
        "0",
        "1",
        "-3",
        "2.5",
        "1e40",
        "9e6000",
        "1e-6000",
        "null",
        "true",
        "false",
        '"a"',
        '"a,b"',
        '""',
        '"[a-z]+"',
        '"("',
    ),
    *('"2026-11-23"', '"P1D"', '@"2026-11-23"', '@"2026-11-23T10:00:00"', '@"2026-11-23T10:00:00Z"', '@"10:00:00"'),
    *(
        '@"9999-12-31"',
        '@"0001-01-01"',
        '@"P3D"',
        '@"-P14M"',
        '@"P999999D"',
        "[1..5]",
        "(> 3)",
        "(!= 3)",
        "[]",
        "[1, null, 2]",
    ),
    *(
        '["a", "b"]',
        "[[1], [2, 3]]",
        '{a: 1, b: "x"}',
        '[{key: "a", value: 1}]',
        "{}",
        "(function(x, y) x < y)",
        "(function(x) x)",
    ),
    *("xs", "person", "nobody", "days", "item", '@"10:00:00@Asia/Shanghai"', '@"2026-03-29T02:30:00@Europe/Paris"'),
]
NAMES = sorted(feel.BUILT_IN_FUNCTIONS)
BINARY = ["+", "-", "*", "/", "**", "=", "!=", "<", ">=", "and", "or", "in"]
SCOPE = {
    "xs": [1, 2.5, None, "a", True, [1], {"a": 2}, dt.date(2026, 1, 1), float("inf"), object(), (1, 2), {3}],
    "person": {"a": 1, "b": [{"a": 5}, {"a": None}]},
    "days": [dt.date(2026, 1, 1), dt.datetime(2026, 1, 1, tzinfo=dt.UTC)],
}


def extend(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    call = st.tuples(st.sampled_from(NAMES), st.lists(inner, max_size=4))
    return st.one_of(
        call.map(lambda parts: f"{parts[0]}({', '.join(parts[1])})"),
        call.map(lambda parts: f"{parts[0]}({', '.join(parts[1])})"),
        st.tuples(inner, st.sampled_from(BINARY), inner).map(lambda parts: f"({' '.join(parts)})"),
        st.tuples(inner, inner).map(lambda parts: f"({parts[0]})[{parts[1]}]"),
        inner.map(lambda text: f"({text}).a"),
        inner.map(lambda text: f"-({text})"),
        st.tuples(inner, inner).map(lambda parts: f"(for item in {parts[0]} return {parts[1]})"),
        st.tuples(inner, inner).map(lambda parts: f"(every item in {parts[0]} satisfies {parts[1]})"),
        st.tuples(inner, inner, inner).map(lambda parts: "(if {} then {} else {})".format(*parts)),
        st.tuples(inner, inner, inner).map(lambda parts: "({} between {} and {})".format(*parts)),
        st.tuples(inner, inner).map(lambda parts: f"[{parts[0]}..{parts[1]}]"),
        st.tuples(inner, inner, inner).map(lambda parts: "({} in (? > {}, {} = ?))".format(*parts)),
        st.tuples(inner, inner).map(lambda parts: f"({parts[0]})({parts[1]})"),
        inner.map(lambda text: f"string({text})"),
        inner.map(lambda text: f"(({text}) instance of list<number>)"),
    )


EXPRESSIONS = st.recursive(st.sampled_from(LEAVES), extend, max_leaves=10)
KNOWN = (Decimal, str, bool, dt.date, dt.time, dt.timedelta, feel.MonthsDuration, feel.Range, type(None))


def is_value(found: Any) -> bool:
    if isinstance(found, list):
        return all(map(is_value, found))
    if isinstance(found, dict):
        return all(isinstance(key, str) and is_value(entry) for key, entry in found.items())
    return isinstance(found, KNOWN) or hasattr(found, "parameters")


@SETTINGS
@given(EXPRESSIONS)
def test_an_expression_has_a_value_or_an_error_of_feel(text):
    try:
        found = feel.compile_expression(text).evaluate(SCOPE, feel.Budget(steps=20_000, size=200_000))
    except feel.FeelError:
        return
    assert is_value(found)
    assert not isinstance(found, Decimal) or found.is_finite()


@SETTINGS
@given(EXPRESSIONS)
def test_notes_change_nothing_and_name_their_place(text):
    try:
        expression = feel.compile_expression(text)
        found, notes = expression.evaluate_with_notes(SCOPE, feel.Budget(steps=20_000, size=200_000))
    except feel.FeelError:
        return
    assert all(note.startswith("第 ") for note in notes)
    if "function" not in text:
        assert str(found) == str(expression.evaluate(SCOPE))


@SETTINGS
@given(EXPRESSIONS, st.sampled_from(["< {}", "not({})", "{}, null", "[{}..9]", "? = {}", "!= {}"]))
def test_a_cell_is_true_false_or_null(text, shape):
    try:
        tests = feel.compile_unary_tests(shape.format(text))
        found = {tests.matches(given_value, SCOPE) for given_value in (1, "a", None, [1], True, dt.date(2026, 1, 1))}
    except feel.FeelError:
        return
    assert found <= {True, False, None}


@SETTINGS
@given(EXPRESSIONS)
def test_every_value_can_be_written_as_text(text):
    try:
        found = value(f"string({text})", scope=SCOPE)
    except feel.FeelError:
        return
    assert found is None or isinstance(found, str)
