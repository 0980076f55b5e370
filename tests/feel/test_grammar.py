"""The grammar of DMN 1.5 section 10.3.1.2, rule by rule: what is read, and what is not."""

import pytest

from engine import feel
from tests.feel.language import value

#: (what the grammar calls it, text, an expression of the same value)
READ = [
    ("expression", " 1 ", "1"),
    ("list", "[1, 2]", "concatenate([1], [2])"),
    ("arithmetic expression", "1 + 2 - 3", "0"),
    ("exponentiation", "2 ** 2", "4"),
    ("comparison", "1 in [0..2]", "true"),
    ("simple positive unary test", "(<= 5)", '(range("(..5]"))'),
    ("interval", "[1..2]", 'range("[1..2]")'),
    ("interval", "(1..2)", 'range("(1..2)")'),
    ("interval", "]1..2[", 'range("(1..2)")'),
    ("interval", "(1..2[", 'range("(1..2)")'),
    ("interval", "]1..2]", 'range("(1..2]")'),
    ("endpoint", "[ 1 .. 1 + 1 ]", "[1..2]"),
    ("path expression", "{a: {b: 1}}.a.b", "1"),
    ("arithmetic negation", "-1", "0 - 1"),
    ("name", "f", "null"),
    ("name start char", "données", "null"),
    ("name part char", "_x", "null"),
    ("name part char", "Δx2", "null"),
    ("numeric literal", "0.5", ".5"),
    ("numeric literal", "05", "5"),
    ("numeric literal", "1.50", "1.5"),
    ("numeric literal", "1e3", "1000"),
    ("numeric literal", "1.5E-1", "0.15"),
    ("numeric literal", "1e+2", "100"),
    ("boolean literal", "true", "not(false)"),
    ("null", "null", "{}.a"),
    ("string literal", '"a" + "b"', '"ab"'),
    ("string literal", r'"\u0041\U000042"', '"AB"'),
    ("string literal", '"it\'s"', r'"it\'s"'),
    ("string literal", '"a\nb"', r'"a\nb"'),
    ("positional parameters", "(function(a, b) a - b)(3, 1)", "2"),
    ("named parameters", "(function(a, b) a - b)(b: 3, a: 1)", "-2"),
    ("positional parameters", "(function() 1)()", "1"),
    ("for expression", "for x in [1, 2] return x", "[1, 2]"),
    ("for expression", "for x in 1..2 return x", "[1, 2]"),
    ("for expression", "for x in (1 + 0)..(1 + 1) return x", "[1, 2]"),
    ("for expression", "for x in [1, 2], y in 1..x return y", "[1, 1, 2]"),
    ("if expression", "if true then 1 else 2", "1"),
    ("if expression", "if false then 1 else if true then 2 else 3", "2"),
    ("quantified expression", "some x in [1], y in [2] satisfies x < y", "true"),
    ("quantified expression", "every x in 1..3 satisfies x > 0", "true"),
    ("comparison", "1 = 1 and 1 != 2 and 1 < 2 and 1 <= 1 and 2 > 1 and 2 >= 2", "true"),
    ("comparison", "2 between 1 and 3", "true"),
    ("comparison", "1 in (1, 2)", "true"),
    ("comparison", "1 in < 2", "true"),
    ("instance of", "1 instance of number", "true"),
    ("instance of", "[1] instance of list < number >", "true"),
    ("instance of", "{a b: 1} instance of context<a b: number>", "true"),
    ("instance of", "(function(x: number) x) instance of function<number>->Any", "true"),
    ("filter expression", "[5, 6][2]", "6"),
    ("filter expression", "[5, 6][item > 5]", "[6]"),
    ("filter expression", "[[1, 2], [3]][1][2]", "2"),
    ("function definition", "(function(a: list<number>) a)([1])", "[1]"),
    ("key", '{"a b": 1}.a b', "1"),
    ("context", "{}", 'get value({a: {}}, "a")'),
    ("name", "{what if?: 3, x: what if? + 1}.x", "4"),
    ("context entry", '{a: 1, "b": 2, c d: 3}.c d', "3"),
    ("date time literal", '@"2026-11-23"', "date(2026, 11, 23)"),
    ("white space", "1\t+\n\r 2", "3"),
    ("white space", "1\u00a0+\u30002", "3"),
    ("comment", "1 // one\n + 2 /* two // */ /**/", "3"),
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


#: (what the grammar calls it, cell, values it passes out of 0 to 3)
CELLS = [
    ("unary tests", "-", [0, 1, 2, 3]),
    ("unary tests", "1", [1]),
    ("unary tests", "1, 3", [1, 3]),
    ("unary tests", "not(1)", [0, 2, 3]),
    ("unary tests", "not(1, > 2)", [0, 2]),
    ("positive unary test", "< 1, > 2", [0, 3]),
    ("positive unary test", "<= 1", [0, 1]),
    ("positive unary test", "!= 1", [0, 2, 3]),
    ("positive unary test", "= 1", [1]),
    ("positive unary test", "[1..2]", [1, 2]),
    ("positive unary test", "(1..3)", [2]),
    ("positive unary test", "[0..1[, ]2..3]", [0, 3]),
    ("positive unary test", "[1, 2]", [1, 2]),
    ("positive unary test", "1 + 1", [2]),
    ("positive unary test", "? > 1", [2, 3]),
    ("positive unary test", "? in [1..2]", [1, 2]),
    ("positive unary test", "odd(?)", [1, 3]),
    ("positive unary test", "some x in [1, 2] satisfies x = ?", [1, 2]),
    ("positive unary test", "if ? = 1 then true else false", [1]),
    ("positive unary test", "null", []),
    ("positive unary test", "known", [2]),
    ("positive unary test", "ends", [0, 3]),
]


@pytest.mark.parametrize(("rule", "cell", "passes"), CELLS)
def test_a_cell_that_the_rule_gives_passes_its_values(rule, cell, passes):
    tests = feel.compile_unary_tests(cell)
    assert [x for x in range(4) if tests.matches(x, {"known": 2, "ends": [0, 3]}) is True] == passes
