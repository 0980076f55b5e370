"""Hostile texts: refused or stopped in bounded work, never a hang, a swollen memory or an error of the interpreter."""

import contextlib
import itertools
import threading

import pytest

from engine import feel
from tests.feel.language import n, value

BIG = 100_000
DEEP = [
    "(" * 5_000 + "1" + ")" * 5_000,
    "[" * 5_000 + "]" * 5_000,
    "-" * 50_000 + "1",
    "not(" * 20_000 + "true" + ")" * 20_000,
    "{a: " * 20_000 + "1" + "}" * 20_000,
    "if a then " * 9_000 + "1",
    "for x in " * 9_000 + "1",
    "a" + "[1]" * 30_000,
    "a" + ".b" * 49_000,
    "a" + "()" * 40_000,
    "1" + " = 1" * 20_000,
    "2" + "**2" * 30_000,
    "function(a) " * 8_000 + "a",
    "x instance of " + "list<" * 9_000 + "number" + ">" * 9_000,
]
JUNK = [
    '"' * BIG,
    '"\\' * (BIG // 2),
    "/*" * (BIG // 2),
    "/" * BIG,
    "`" * BIG,
    "." * BIG,
    "a " * (BIG // 2),
    "1 " * (BIG // 2),
    "((((" + "a, " * 30_000,
    "@" * BIG,
    "，" * BIG,
    "\ud800" * BIG,
    "\x00" * BIG,
    "]" * BIG,
    "{a" * (BIG // 2),
    "f(a b c d e f g h i j k l " * 4_000,
]


@pytest.mark.parametrize("text", DEEP, ids=lambda text: text[:12])
@pytest.mark.parametrize("compile_text", [feel.compile_expression, feel.compile_unary_tests])
def test_deep_nesting_is_refused(compile_text, text):
    with pytest.raises(feel.FeelSyntaxError) as caught:
        compile_text(text)
    assert caught.value.code in ("feel.too-deep", "feel.syntax", "feel.too-long")


@pytest.mark.parametrize("text", JUNK, ids=lambda text: ascii(text[:6]))
def test_a_hundred_thousand_characters_of_junk_are_refused(text):
    with pytest.raises(feel.FeelSyntaxError):
        feel.compile_expression(text)


def test_a_text_beyond_the_limit_is_refused_unread():
    with pytest.raises(feel.FeelSyntaxError) as caught:
        feel.compile_expression("1" * (BIG + 1))
    assert caught.value.code == "feel.too-long"


LONG_AND_FLAT = [
    ("1" + " + 1" * 20_000, n(20_001)),
    ("true" + " and true" * 9_000, True),
    ("[" + "1," * 30_000 + "1][1]", n(1)),
    ("if false then 1 else " * 4_000 + "2", n(2)),
    ('count(["' + "字" * 90_000 + '"])', n(1)),
    ("{" + ",".join(f"k{i}: {i}" for i in range(7_000)) + "}.k6999", n(6_999)),
    ("{a: 1," + ",".join(f"k{i}: a" for i in range(9_000)) + "}.k8999", n(1)),
]


@pytest.mark.parametrize(("text", "expected"), LONG_AND_FLAT, ids=lambda part: str(part)[:16])
def test_what_is_long_but_flat_is_evaluated(text, expected):
    assert value(text) == expected


def test_many_known_names_of_many_words_do_not_slow_the_parser_down():
    names = tuple(f"name {number} of the case" for number in range(3_000))
    text = " + ".join(names[:3_000])
    expression = feel.compile_expression(text, names)
    assert expression.evaluate(dict.fromkeys(names, 1)) == n(3_000)


ENDLESS = [
    "for i in 1..1000000000 return i",
    "for i in 1..1000, j in 1..1000 return i * j",
    "some i in 1..1000000000 satisfies i < 0",
    "every i in 1..1000000000 satisfies i > 0",
    "for i in 1e33..9e33 return i",
    "{f: function(x) f(x), r: f(1)}.r",
    "{f: function(x) 1 + f(x + 1), r: f(1)}.r",
    "{f: function(x) if x = 0 then 0 else f(x - 1) + f(x - 1), r: f(40)}.r",
    "{f: function(x) [x, f(x)], r: f(1)}.r",
    "(for i in 1..400 return i)[count((for j in 1..400 return j)[item > 0]) > 0]",
    "for i in 1..90000 return count(for j in 1..90000 return j)",
    "sort(for i in 1..90000 return i, function(a, b) a < b)",
    "for i in 1..100000 return partial",
    "for i in 1..90000 return " + "1 + " * 20_000 + "1",
    "count((for i in 1..9000 return i)[" + "item > 0 and " * 6_000 + "true])",
    "{f: function(x) " + "x + " * 20_000 + "1, r: for i in 1..90000 return f(i)}",
    "some i in 1..90000, j in [" + "1 + " * 20_000 + "1] satisfies false",
    "for i in 1..90000 return 0 in (" + "1, " * 20_000 + "1)",
    "for i in 1..90000 return 0 in (" + "> 1, " * 15_000 + "1)",
    "some i in 1..90000 satisfies i in (" + "[0..0], " * 9_000 + "0)",
    "(for i in 1..9000 return 0)[item in (" + '"a", ' * 9_000 + "1)]",
    "for i in 1..90000 return 1.234567 ** 1234.5678",
    "for i in 1..90000 return exp(i) + log(i)",
    'for i in 1..9000 return matches("a", "x" + string(i) + "{900}")',
    'for i in 1..9000 return matches("a", "(a{900}){900}")',
]

SWELLING = [
    "{" + 'a0: "' + "字" * 64 + '", ' + ", ".join(f"a{i + 1}: a{i} + a{i}" for i in range(60)) + "}",
    "{a0: [1], " + ", ".join(f"a{i + 1}: concatenate(a{i}, a{i})" for i in range(60)) + "}",
    "{a0: [1], " + ", ".join(f"a{i + 1}: append(a{i}, a{i}, a{i})" for i in range(60)) + ", r: flatten(a60)}",
    '{a0: "ab", ' + ", ".join(f'a{i + 1}: replace(a{i}, "[ab]", "abab")' for i in range(60)) + "}",
    '{a0: ["x"], '
    + ", ".join(f'a{i + 1}: [string join(concatenate(a{i}, a{i}, a{i}), "----")]' for i in range(60))
    + "}",
    '{xs: for i in 1..50000 return "' + "字" * 40 + '", r: string join(xs)}',
    # many that are small, each by itself
    "{c: {" + ", ".join(f"k{i}: 1" for i in range(250)) + '}, r: for i in 1..20000 return context put(c, "x", i)}',
    "{c: {" + ", ".join(f"k{i}: 1" for i in range(60)) + "}, r: for i in 1..20000 return get entries(c)}",
    '{c: "' + "字" * 250 + '", r: for i in 1..20000 return c + "字"}',
    "{a0: [1], " + ", ".join(f"a{i + 1}: [a{i}, a{i}]" for i in range(80)) + ", r: string(a80)}",
    "{a0: [1], " + ", ".join(f"a{i + 1}: [a{i}, a{i}]" for i in range(80)) + ", r: a80 = a80}",
]


@pytest.mark.parametrize("text", ENDLESS + SWELLING, ids=lambda text: text[:40])
def test_the_budget_stops_an_evaluation(text):
    expression = feel.compile_expression(text)
    with pytest.raises(feel.FeelLimitError) as caught:
        expression.evaluate({})
    assert caught.value.code in ("feel.steps", "feel.size", "feel.depth")
    assert "请" in caught.value.message


def test_values_that_share_their_parts_are_not_unfolded_when_they_leave():
    doubled = "{a0: [1], " + ", ".join(f"a{i + 1}: [a{i}, a{i}]" for i in range(80)) + "}.a80"
    with pytest.raises(feel.FeelLimitError):
        value(doubled)


POWERS = [
    "9 ** 9 ** 9 ** 9",
    "1.0000000000000000000001 ** 1e30",
    "0.5 ** -1e30",
    "exp(1e30)",
    "exp(-1e30)",
    "10 ** 6145",
]


@pytest.mark.parametrize("text", POWERS)
def test_powers_end(text):
    assert value(text) is None or abs(value(text)) >= 0


def test_huge_numbers_of_the_scope_do_not_swell():
    assert len(value("string(x)", x=n("1e999999"))) < 100
    assert value("x", x=10**100_000) is None


def test_the_budget_may_be_smaller_or_larger():
    loop = feel.compile_expression("count(for i in 1..1000 return i)")
    assert loop.evaluate({}, feel.Budget(steps=5_000)) == n(1_000)
    with pytest.raises(feel.FeelLimitError):
        loop.evaluate({}, feel.Budget(steps=500))
    assert value("string length(x + x)", x="字" * 400_000) == n(800_000)
    with pytest.raises(feel.FeelLimitError):
        feel.compile_expression("x + x").evaluate({"x": "字" * 400_000}, feel.Budget(size=1_000))


def test_an_evaluation_after_one_that_was_stopped_starts_afresh():
    expression = feel.compile_expression("{f: function(x) if x < n then f(x + 1) else x, r: f(0)}.r")
    with pytest.raises(feel.FeelLimitError):
        expression.evaluate({"n": 1_000_000})
    assert expression.evaluate({"n": 5}) == n(5)


def test_reading_a_long_list_again_and_again_costs_steps():
    expression = feel.compile_expression("for i in 1..90000 return sum(xs)")
    with pytest.raises(feel.FeelLimitError):
        expression.evaluate({"xs": list(range(50_000))})


CATASTROPHIC = [
    ("(a+)+$", "a" * 5_000 + "b"),
    ("^(a|a)*$", "a" * 5_000 + "b"),
    ("(a|aa)+$", "a" * 5_000 + "b"),
    ("(.*a){20}$", "a" * 2_000 + "b"),
    ("a*a*a*a*a*a*b", "a" * 5_000),
    ("(x+x+)+y", "x" * 5_000),
    (r"(a*)*\1b", "a" * 5_000),
    (r"^(.*)(.*)(.*)\1\2\3x$", "a" * 500),
    (r"(a|aa)+\1\1b", "a" * 3_000),
]


@pytest.mark.parametrize(("pattern", "text"), CATASTROPHIC)
def test_no_pattern_runs_away(pattern, text):
    with contextlib.suppress(feel.FeelLimitError):
        assert value("matches(text, pattern)", text=text, pattern=pattern) is False


@pytest.mark.parametrize(
    "pattern", ["(" * 500 + ")" * 500, "(a{900}){900}", "[" * 900, "a{1,1000}{1,1000}", "x" * 2_000]
)
def test_patterns_that_are_too_large_or_too_deep_are_null(pattern):
    assert value("matches(text, pattern)", text="a", pattern=pattern) is None


def test_a_compiled_expression_is_shared_by_threads():
    expression = feel.compile_expression("sum(for i in 1..200 return i * k)")
    found: dict[int, set[object]] = {}

    def work(k: int) -> None:
        found[k] = {expression.evaluate({"k": k}) for _ in range(20)}

    threads = [threading.Thread(target=work, args=(k,)) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {k: {n(20_100 * k)} for k in range(8)}


def test_a_caller_that_is_deep_in_its_own_calls_gets_an_error_of_feel():
    deep = "(" * 50 + "x" + " + 1)" * 50
    expression = feel.compile_expression(deep)

    def descend() -> None:
        for action in (lambda: feel.compile_expression(deep), lambda: expression.evaluate({"x": 1})):
            with contextlib.suppress(feel.FeelError):
                action()
        with contextlib.suppress(RecursionError):
            descend()

    descend()


def test_every_prefix_of_a_text_is_read_or_refused():
    text = 'for 甲 in [1..n] return if some x in xs[item > 甲] satisfies x in (< 3, "a") then {k: 甲 ** -2}.k else f(a: @"P1D")'
    for end in range(len(text)):
        try:
            feel.compile_expression(text[:end])
        except feel.FeelSyntaxError as error:
            assert 0 <= error.position <= end


def test_all_short_combinations_of_tokens_are_read_or_refused():
    tokens = ["1", "a", "(", ")", "[", "]", "..", "-", "not", "in", "if", "then", "for", ":", "{", ",", "<", "."]
    for parts in itertools.product(tokens, repeat=3):
        for compile_text in (feel.compile_expression, feel.compile_unary_tests):
            try:
                compile_text(" ".join(parts))
            except feel.FeelSyntaxError:
                continue
