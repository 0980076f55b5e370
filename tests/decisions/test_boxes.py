"""Boxed expressions and what decisions require, rule by rule (DMN 1.5 sections 10.2.1 and 10.4)."""

import pytest

from tests.decisions.tables import decision, literal, needs, only, read, table
from tests.feel.language import n, numbers


def box(name: str, /, *parts: str, **attributes: str) -> str:
    written = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f"<{name}{written}>{''.join(parts)}</{name}>"


def entry(name: str, logic: str, type_ref: str = "") -> str:
    variable = f'<variable name="{name}"' + (f' typeRef="{type_ref}"/>' if type_ref else "/>")
    return box("contextEntry", variable if name else "", logic)


def relation(columns: str, *rows: str) -> str:
    heads = "".join(f'<column name="{name}"/>' for name in columns.split())
    return box("relation", heads, *(box("row", *map(literal, row.split())) for row in rows))


def call(function: str, **bindings: str) -> str:
    bound = (box("binding", f'<parameter name="{name}"/>', literal(text)) for name, text in bindings.items())
    return box("invocation", literal(function), *bound)


def function(logic: str, *parameters: str, kind: str = "FEEL") -> str:
    formal = "".join(f'<formalParameter name="{name}"/>' for name in parameters)
    return box("functionDefinition", formal, logic, kind=kind)


def loop(name: str, over: str, *parts: tuple[str, str]) -> str:
    inner = "".join(box(part, logic) for part, logic in parts)
    return box(name, box("in", literal(over)), inner, iteratorVariable="x")


def choice(condition: str, then: str, otherwise: str) -> str:
    return box("conditional", box("if", literal(condition)), box("then", then), box("else", otherwise))


def chosen(over: str, condition: str) -> str:
    return box("filter", box("in", literal(over)), box("match", literal(condition)))


TWICE = entry("twice", function(literal("a * 2"), "a"))
BOXES = [
    # a context: each entry sees those before it, hides what has its name outside, and the last one without name is the value
    (box("context", entry("a", literal("1")), entry("b", literal("a + 1"))), {"a": n(1), "b": n(2)}),
    (box("context", entry("b", literal("a")), entry("a", literal("1"))), {"b": None, "a": n(1)}),
    (box("context", entry("k", literal("7")), entry("", literal("k"))), n(7)),
    (box("context", entry("c", box("context", entry("d", literal("k")))), entry("", literal("c.d"))), n(3)),
    (box("context", entry("a", literal('"x"'), "number")), {"a": None}),
    (box("context", entry("a", literal("[5]"), "number")), {"a": n(5)}),
    (box("context"), {}),
    # any function may be called, also a built-in one of several words
    (call("sum", list="[1, 2]"), n(3)),
    (call("string length", string='"abc"'), n(3)),
    # lists and relations
    (box("list"), []),
    (box("list", literal("1"), box("list", literal("2")), literal("null")), [n(1), numbers(2), None]),
    (relation("a b", "1 2", "k k+1"), [{"a": n(1), "b": n(2)}, {"a": n(3), "b": n(4)}]),
    (relation("a b"), []),
    # a condition that is not true takes the other part
    (choice("k > 1", literal("1"), literal("2")), n(1)),
    (choice("k > 5", literal("1"), literal("2")), n(2)),
    (choice("null", literal("1"), literal("2")), n(2)),
    (choice("k", literal("1"), choice("true", literal("3"), literal("4"))), n(3)),
    # filters
    (chosen("xs", "item > 1"), numbers(2, 3)),
    (chosen("xs", "false"), []),
    (chosen("xs", "null"), []),
    (chosen("[{a: 1, item: 9}, {a: 2}]", "a > 1"), [{"a": n(2)}]),
    (chosen("5", "item > 1"), numbers(5)),
    # iterators and quantifiers
    (loop("for", "xs", ("return", literal("x + k"))), numbers(4, 5, 6)),
    (loop("for", "[1..3]", ("return", literal("x"))), numbers(1, 2, 3)),
    (loop("for", "xs", ("return", literal("count(partial)"))), numbers(0, 1, 2)),
    (loop("for", "[]", ("return", literal("x"))), []),
    (loop("for", "null", ("return", literal("x"))), None),
    (loop("for", "xs", ("return", loop("some", "xs", ("satisfies", literal("x > 2"))))), [True, True, True]),
    (loop("some", "xs", ("satisfies", literal("x > 2"))), True),
    (loop("some", "[]", ("satisfies", literal("true"))), False),
    (loop("some", "[1, null]", ("satisfies", literal("x > 2"))), None),
    (loop("every", "xs", ("satisfies", literal("x > 2"))), False),
    (loop("every", "[]", ("satisfies", literal("false"))), True),
    (loop("every", "[3, null]", ("satisfies", literal("x > 2"))), None),
    # functions, and calls that bind their parameters by name
    (box("context", TWICE, entry("", literal("twice(k)"))), n(6)),
    (box("context", TWICE, entry("", literal("twice(a: 5)"))), n(10)),
    (box("context", TWICE, entry("", call("twice", a="k + 1"))), n(8)),
    (box("context", TWICE, entry("", call("twice", b="1"))), None),
    (call("nobody", a="1"), None),
    (call("sum", list="xs"), n(6)),
    (box("context", entry("f", function(table(["a"], ["r"], [["> 1", "k"]]), "a")), entry("", literal("f(2)"))), n(3)),
    # a table may stand anywhere
    (box("list", table(["k"], ["r"], [["3", '"drei"']])), ["drei"]),
    (choice("true", table(["k"], ["r", "s"], [["-", "1", "2"]]), literal("0")), {"r": n(1), "s": n(2)}),
]


@pytest.mark.parametrize(("logic", "expected"), BOXES)
def test_a_box_has_the_value_of_the_expression_it_stands_for(logic, expected):
    assert only(logic).evaluate({"k": 3, "xs": [1, 2, 3]}).result == expected


def model(identity: str, logic: str, *parameters: str, knows: tuple[str, ...] = (), type_ref: str = "") -> str:
    formal = "".join(f'<formalParameter name="{name}"/>' for name in parameters)
    variable = f'<variable name="{identity}" typeRef="{type_ref}"/>' if type_ref else ""
    return box(
        "businessKnowledgeModel",
        variable,
        box("encapsulatedLogic", formal, logic),
        needs(knowledge=knows),
        id=identity,
        name=identity,
    )


def service(identity: str, **links: str) -> str:
    refs = "".join(f'<{kind} href="#{target}"/>' for kind, targets in links.items() for target in targets.split())
    return box("decisionService", refs, id=identity, name=identity)


PARTS = (
    '<inputData id="a" name="a"><variable name="a" typeRef="number"/></inputData>',
    decision("inner", literal("a + 1"), needs(inputs=["a"])),
    decision("left", literal("inner * 2"), needs("inner")),
    decision("right", literal("inner * 3"), needs("inner")),
    service("one", outputDecision="left", encapsulatedDecision="inner", inputData="a"),
    service("both", outputDecision="left right", encapsulatedDecision="inner", inputData="a"),
    service("given", outputDecision="left", inputDecision="inner"),
    model("add", literal("p + q"), "p", "q"),
    model("thrice", literal("add(p, add(p, p))"), "p", knows=("add",)),
    model("typed", literal("p"), "p", type_ref="number"),
    model("graded", table(["p"], ["r"], [["> 5", '"高"'], ["-", '"低"']], "FIRST"), "p"),
)
#: What a decision that knows all of the above has.
REQUIRED = [
    ("left + right", n(25)),
    ("one(1)", n(4)),
    ("one(a: 1)", n(4)),
    ("both(1)", {"left": n(4), "right": n(6)}),
    ("given(10)", n(20)),
    ("given(inner: 10)", n(20)),
    ('one("x")', None),
    ("one()", None),
    ("thrice(2)", n(6)),
    ("add(q: 1, p: null)", None),
    ("typed([2])", n(2)),
    ('typed("x")', None),
    ("[graded(6), graded(null)]", ["高", "低"]),
    ("for x in [1, 2] return one(x)", numbers(4, 6)),
]


@pytest.mark.parametrize(("text", "expected"), REQUIRED)
def test_decisions_services_and_knowledge_models_are_reached_by_name(text, expected):
    known = ("one", "both", "given", "add", "thrice", "typed", "graded")
    asked = read(*PARTS, decision("d", literal(text), needs("left", "right", knowledge=known)))
    assert asked.decisions["d"].evaluate({"a": 4}).result == expected
