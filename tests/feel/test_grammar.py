"""The grammar of DMN 1.5 section 10.3.1.2, rule by rule: what is read, and what is not."""

import pytest

from engine import feel
from tests.feel.language import value

#: (number of the grammar rule, text, an expression of the same value)
READ = [
    (1, " 1 ", "1"),
    (2, "[1, 2]", "concatenate([1], [2])"),
    (6, "1 + 2 - 3", "0"),
    (7, "2 ** 2", "4"),
    (8, "1 in [0..2]", "true"),
    (9, "(<= 5)", '(range("(..5]"))'),
    (10, "[1..2]", 'range("[1..2]")'),
    (10, "(1..2)", 'range("(1..2)")'),
    (10, "]1..2[", 'range("(1..2)")'),
    (10, "(1..2[", 'range("(1..2)")'),
    (10, "]1..2]", 'range("(1..2]")'),
    (11, "[ 1 .. 1 + 1 ]", "[1..2]"),
    (20, "{a: {b: 1}}.a.b", "1"),
    (25, "-1", "0 - 1"),
    (27, "f", "null"),
    (28, "données", "null"),
    (29, "_x", "null"),
    (29, "Δx2", "null"),
    (36, "0.5", ".5"),
    (36, "05", "5"),
    (36, "1.50", "1.5"),
    (36, "1e3", "1000"),
    (36, "1.5E-1", "0.15"),
    (36, "1e+2", "100"),
    (34, "true", "not(false)"),
    (33, "null", "{}.a"),
    (35, '"a" + "b"', '"ab"'),
    (35, r'"\u0041\U000042"', '"AB"'),
    (35, '"it\'s"', r'"it\'s"'),
    (35, '"a\nb"', r'"a\nb"'),
    (40, "(function(a, b) a - b)(3, 1)", "2"),
    (41, "(function(a, b) a - b)(b: 3, a: 1)", "-2"),
    (40, "(function() 1)()", "1"),
    (44, "for x in [1, 2] return x", "[1, 2]"),
    (44, "for x in 1..2 return x", "[1, 2]"),
    (44, "for x in (1 + 0)..(1 + 1) return x", "[1, 2]"),
    (44, "for x in [1, 2], y in 1..x return y", "[1, 1, 2]"),
    (45, "if true then 1 else 2", "1"),
    (45, "if false then 1 else if true then 2 else 3", "2"),
    (46, "some x in [1], y in [2] satisfies x < y", "true"),
    (46, "every x in 1..3 satisfies x > 0", "true"),
    (49, "1 = 1 and 1 != 2 and 1 < 2 and 1 <= 1 and 2 > 1 and 2 >= 2", "true"),
    (49, "2 between 1 and 3", "true"),
    (49, "1 in (1, 2)", "true"),
    (49, "1 in < 2", "true"),
    (51, "1 instance of number", "true"),
    (51, "[1] instance of list < number >", "true"),
    (51, "{a b: 1} instance of context<a b: number>", "true"),
    (51, "(function(x: number) x) instance of function<number>->Any", "true"),
    (52, "[5, 6][2]", "6"),
    (52, "[5, 6][item > 5]", "[6]"),
    (52, "[[1, 2], [3]][1][2]", "2"),
    (53, "(function(a: list<number>) a)([1])", "[1]"),
    (54, '{"a b": 1}.a b', "1"),
    (55, "{}", 'get value({a: {}}, "a")'),
    (56, '{a: 1, "b": 2, c d: 3}.c d', "3"),
    (58, '@"2026-11-23"', "date(2026, 11, 23)"),
    (61, "1\t+\n\r 2", "3"),
    (61, "1\u00a0+\u30002", "3"),
    (62, "1 // one\n + 2 /* two // */ /**/", "3"),
]


@pytest.mark.parametrize(("rule", "text", "same"), READ)
def test_a_text_that_the_rule_gives_is_read(rule, text, same):
    assert value(f"({text}\n) = ({same})") is True


#: Texts that no rule gives.
REFUSED = [
    "1.",
    "1e",
    "0x10",
    "1,000",
    "+1",
    "1 <> 2",
    "1 == 2",
    "a := 1",
    "'a'",
    '"a',
    "[1, 2",
    "[1 2]",
    "[, 1]",
    "[1,]",
    "{a: 1,}",
    "{: 1}",
    "{1: 2}",
    "{a}",
    "f(1,)",
    "f(,)",
    "f(a: 1, 2)",
    "f(1, a: 2)",
    "if a then b",
    "if a else b",
    "for x [1] return x",
    "for in [1] return 1",
    "for x in [1], return x",
    "for x in [1] satisfies x",
    "some x in [1] return x",
    "some x satisfies x",
    "a between 1",
    "a between 1 or 2",
    "a in",
    "a in ()",
    "a instance number",
    "1 + + 2 +",
    "1 2",
    "()",
    "(1",
    "1)",
    "[1..]",
    "[..1]",
    "a..b",
    "not 1",
    "function x x",
    "function(x: ) x",
    "function(x y)",
    "if",
    "return",
    "@",
    "@2026-11-23",
    "/* open",
    "a[1",
    "a[]",
    "a.",
    ".a",
]


@pytest.mark.parametrize("text", REFUSED)
def test_a_text_that_no_rule_gives_is_refused(text):
    with pytest.raises(feel.FeelSyntaxError):
        feel.compile_expression(text)


KEYWORDS = (
    "and between else every external false for function if in instance null of or return satisfies some then true"
)


@pytest.mark.parametrize("word", KEYWORDS.split())
def test_a_keyword_is_no_name_but_may_be_part_of_one_and_the_key_of_an_entry(word):
    assert value(f"{word}x", **{f"{word}x": 5}) == 5
    assert value(f"my {word} thing + 1", (f"my {word} thing",), scope={f"my {word} thing": 4}) == 5
    assert value(f'{{"{word}": 1}}') == {word: 1}


#: (grammar rule of unary tests, cell, values it passes out of 0 to 3)
CELLS = [
    (17, "-", [0, 1, 2, 3]),
    (17, "1", [1]),
    (17, "1, 3", [1, 3]),
    (17, "not(1)", [0, 2, 3]),
    (17, "not(1, > 2)", [0, 2]),
    (13, "< 1, > 2", [0, 3]),
    (13, "<= 1", [0, 1]),
    (13, "!= 1", [0, 2, 3]),
    (13, "= 1", [1]),
    (13, "[1..2]", [1, 2]),
    (13, "(1..3)", [2]),
    (13, "[0..1[, ]2..3]", [0, 3]),
    (13, "[1, 2]", [1, 2]),
    (13, "1 + 1", [2]),
    (13, "? > 1", [2, 3]),
    (13, "? in [1..2]", [1, 2]),
    (13, "odd(?)", [1, 3]),
    (13, "some x in [1, 2] satisfies x = ?", [1, 2]),
    (13, "if ? = 1 then true else false", [1]),
    (13, "null", []),
    (13, "known", [2]),
    (13, "ends", [0, 3]),
]


@pytest.mark.parametrize(("rule", "cell", "passes"), CELLS)
def test_a_cell_that_the_rule_gives_passes_its_values(rule, cell, passes):
    tests = feel.compile_unary_tests(cell)
    assert [x for x in range(4) if tests.matches(x, {"known": 2, "ends": [0, 3]}) is True] == passes
