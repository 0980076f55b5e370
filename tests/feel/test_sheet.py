"""Expressions computed together: what they have in common is computed once, and each gives what it gives alone."""

import pytest

from engine import feel
from engine.feel import Run, Sheet
from tests.feel.language import n

SCOPE = {"a": n(3), "b": [{"k": n(1)}, {"k": n(3)}], "p": {"q": n(7)}, "name": "甲", "k": n(3)}
TOGETHER = [
    ["a * a + 1", "a * a + 1 > 9", "if a * a + 1 > 9 then a * a + 1 else 0"],
    ["b[k = a]", "count(b[k = a])", "some x in b satisfies x.k = a", "every x in b satisfies x.k = a"],
    # the same words mean other things inside: an element's entry, a local name, an entry of a context before
    ["k + k", "b[k + k = 2]", "for k in [1, 2] return k + k", "{k: 9, s: k + k}.s", "(function(k) k + k)(5)"],
    ["p.q.r", "p.q", "p.q + p.q", "[p.q + 0, p.q + 0]", "missing + 1", "[missing + 1, missing + 1]"],
    ["string(1.0)", "string(1.00)", "string(1.0) = string(1.00)", "1 + 1.0", "1 + 1.00"],
    ["true or a", "false or a", '"1" in ("1", name)', "1 in (1, a)", "[1..a]", "(1..a]", "[1..a)"],
    ["(function(x) x + a) = (function(x) x + a)", "{f: function(x) f(x)}.f = {f: function(x) f(x)}.f"],
    ["a in (? > 2)", "k in (? > 2)", "name in (? > 2)", "(1 + a) in (? > 2)", "(1 - a) in (? > 2)"],
    ["for i in 1..3 return i * (a + 1)", "for i in 1..3 return (a + 1) + sum(partial)", "(a + 1) * 2"],
]


@pytest.mark.parametrize("texts", TOGETHER, ids=lambda texts: texts[0])
def test_each_gives_what_it_gives_alone(texts):
    expressions = [feel.compile_expression(text) for text in texts]
    run = Run(SCOPE)
    together = [run.export(value) for value in Sheet(expressions).values(run)]
    assert list(map(repr, together)) == [repr(one.evaluate(SCOPE)) for one in expressions]


def test_a_common_part_is_computed_once_an_evaluation():
    asked = []
    scope = {"a": n(1), "f": feel.Function(("x",), lambda x: asked.append(x) or n(len(asked)))}
    sheet = Sheet(
        [feel.compile_expression(text) for text in ("f(a) + 1", "2 * f( a )", "f(2)", "if f(a) > 9 then 1 else 2")]
    )
    assert sheet.values(Run(scope)) == [n(2), n(2), n(2), n(2)]
    assert asked == [1, 2]
    assert sheet.values(Run(scope)) == [n(4), n(6), n(4), n(2)]
    assert asked == [1, 2, 1, 2]


def test_a_part_that_no_one_asks_for_is_not_computed():
    def refuse(x: object) -> object:
        raise AssertionError(x)

    texts = ["if a = 1 then 0 else f(a)", "if a = 1 then 1 else f(a)"]
    sheet = Sheet([feel.compile_expression(text) for text in texts])
    assert sheet.values(Run({"a": n(1), "f": feel.Function(("x",), refuse)})) == [n(0), n(1)]


def test_a_sheet_keeps_to_the_budget():
    sheet = Sheet([feel.compile_expression("for i in 1..1000000000 return i")])
    with pytest.raises(feel.FeelLimitError):
        sheet.values(Run({}))
