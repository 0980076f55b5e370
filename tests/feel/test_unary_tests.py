"""The cells of decision tables."""

import pytest

from engine import feel
from tests.feel.language import date, n, value

CASES = [
    ("-", None, True),
    ("", 5, True),
    ("  ", 5, True),
    ("5", 5, True),
    ("5", 6, False),
    ("-5", -5, True),
    ("5", None, False),
    ("5", "5", None),
    ("null", None, True),
    ("null", 1, False),
    ("< 5", 4, True),
    ("< 5", None, None),
    (">= 18", 18, True),
    ("= 5", 5, True),
    ("!= 5", 5, False),
    ("< limit", 9, True),
    ("limit", 10, True),
    ("[1..5]", 5, True),
    ("(1..5)", 5, False),
    ("]1..5]", 1, False),
    ("[1..limit]", 10, True),
    ('"会长"', "会长", True),
    ('"会长", "秘书长"', "秘书长", True),
    ('"会长", "秘书长"', "副会长", False),
    ("1, < 0, [10..20]", 15, True),
    ("1, < 0, [10..20]", 5, False),
    ("< 0, > null", 5, None),
    ("> null, 5", 5, True),
    ("not(5)", 5, False),
    ("not(5)", 6, True),
    ("not(5, 6)", 6, False),
    ("not(< 5)", None, None),
    ('not("会长")', None, True),
    ("not(-5)", -5, False),
    ("true", True, True),
    ("false", False, True),
    ("true", None, False),
    ("false", None, False),
    ("true", "text", None),
    ("? > 5", 6, True),
    ("? > 5", None, None),
    ("? * 2 > limit and ? < 9", 6, True),
    ("not(? > 5)", 6, False),
    ("not(true) or ? = 1", 1, True),
    ('starts with(?, "会")', "会长", True),
    ('contains(?, "长"), "其他"', "其他", True),
    ("limit > 5", "anything", True),
    ("limit > 50", False, False),
    ("roles", "会长", True),
    ("roles", "委员", False),
    ("? in roles", "秘书长", True),
    ('@"2026-01-01"', date("2026-01-01"), True),
    ('< @"2026-06-01"', date("2026-01-01"), True),
    ('[@"2026-01-01"..@"2026-12-31"]', date("2026-11-23"), True),
    ("[1, 2]", [n(1), n(2)], True),
    ("some x in ? satisfies x > 2", [n(1), n(3)], True),
    ("count(?) > 1", [n(1), n(3)], True),
    ("(> 3)", 5, True),
    ("1 + 1", 2, True),
]


@pytest.mark.parametrize(("text", "given", "expected"), CASES)
def test_a_cell_passes_fails_or_cannot_be_said(text, given, expected):
    tests = feel.compile_unary_tests(text)
    assert tests.matches(given, {"limit": 10, "roles": ["会长", "秘书长"]}) is expected


def test_the_value_under_test_is_unknown_outside_of_tests():
    with pytest.raises(feel.FeelSyntaxError):
        feel.compile_expression("? > 5")


def test_only_the_dash_and_the_empty_cell_pass_everything():
    assert [feel.compile_unary_tests(text).is_any for text in ("-", "", "- ", "-1", "true")] == [
        True,
        True,
        True,
        False,
        False,
    ]


def test_cells_of_a_table_may_share_one_run_and_its_budget():
    run = feel.Run({"xs": [1, 2, 3]}, feel.Budget(steps=10))
    tests = feel.compile_unary_tests("some x in xs satisfies x > ?")
    assert tests.matches_in(run, n(0)) is True
    with pytest.raises(feel.FeelLimitError):
        for _ in range(10):
            tests.matches_in(run, n(9))


def test_an_interval_that_begins_after_its_end_holds_nothing():
    assert feel.compile_unary_tests("[5..1]").matches(n(3), {}) is None
    assert value("3 in [5..1]") is None
