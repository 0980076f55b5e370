"""Types of a decision file by DMN 1.5 sections 7.3.3 and 10.3.2.9: constraints, functions, and what is converted unasked."""

import datetime as dt

import pytest

from engine.decisions import DecisionProblems
from tests.decisions.tables import decision, literal, needs, read, table
from tests.feel.language import date, n


def item(name: str, inner: str, *, many: bool = False) -> str:
    collection = ' isCollection="true"' if many else ""
    return f'<itemDefinition name="{name}"{collection}>{inner}</itemDefinition>'


def of(type_ref: str, allowed: str = "", constraint: str = "") -> str:
    parts = [f"<typeRef>{type_ref}</typeRef>"]
    parts += [f"<allowedValues><text>{allowed}</text></allowedValues>"] if allowed else []
    parts += [f"<typeConstraint><text>{constraint}</text></typeConstraint>"] if constraint else []
    return "".join(parts)


TYPES = (
    item("grade", of("string", '"A", "B", "C"'))
    + item("pass", of("grade", '"A", "B", "D"'))
    + item("grades", of("string", '"A", "B"'), many=True)
    + item("few", of("number", "&gt; 0", "count(?) &lt; 3"), many=True)
    + item("small", of("number", "", "? &lt; 10"))
    + item("few of grades", of("grades", "", "count(?) &lt; 2"))
    + item("moment", of("dateTime"))
    + item("test", '<functionItem outputTypeRef="boolean"><parameters name="x" typeRef="number"/></functionItem>')
)
CONSTRAINED = [
    ("grade", '"C"', True),
    ("grade", '"D"', False),
    # a type that restricts another keeps what that one asks
    ("pass", '"A"', True),
    ("pass", '"C"', False),
    ("pass", '"D"', False),
    # allowed values are those of each element, a constraint is that of the whole
    ("grades", '["A", "B"]', True),
    ("grades", '["A", "C"]', False),
    ("few", "[1, 2]", True),
    ("few", "[1, 2, 3]", False),
    ("few", "[1, 0]", False),
    ("small", "9", True),
    ("small", "10", False),
    ("few of grades", '["A"]', True),
    ("few of grades", '["C"]', False),
    ("few of grades", '["A", "A"]', False),
    # a function by what it takes and gives
    ("test", "function(a: number) a > 1", True),
    ("test", "function(a: string) a", False),
    ("test", "function(a: Any) true", True),
    ("test", "function(a: number, b: number) true", False),
]


@pytest.mark.parametrize(("type_ref", "text", "fits"), CONSTRAINED)
def test_a_result_that_is_not_of_its_type_is_null(type_ref, text, fits):
    result = read(TYPES, decision("d", literal(text), type_ref=type_ref)).decisions["d"].evaluate({}).result
    assert (result is not None) is fits


def test_the_result_of_a_table_is_of_the_type_of_its_decision():
    rows = [["> 5", '"高"'], ["<= 5", "1"]]
    asked = read(decision("d", table(["x"], ["r"], rows), type_ref="string")).decisions["d"]
    assert asked.evaluate({"x": n(6)}).result == "高"
    found = asked.evaluate({"x": n(1)})
    assert (found.result, found.notes) == (None, ("决策“d”的结果不是 string 类型",))


@pytest.mark.parametrize("day", [dt.date(2026, 11, 23), [dt.date(2026, 11, 23)]])
def test_a_date_where_a_date_and_time_is_asked_for_is_its_midnight_in_utc(day):
    given = '<inputData id="in" name="at"><variable name="at" typeRef="moment"/></inputData>'
    body = TYPES + given + decision("d", literal("string(at)"), needs(inputs=["in"]))
    expected = "2026-11-23T00:00:00Z" if isinstance(day, dt.date) else None
    assert read(body).decisions["d"].evaluate({"at": day}).result == expected


def test_knowledge_is_an_instance_of_the_functions_it_can_stand_for():
    knowledge = (
        '<businessKnowledgeModel id="k" name="k"><variable name="k" typeRef="string"/><encapsulatedLogic>'
        f'<formalParameter name="x" typeRef="number"/>{literal("string(x)")}</encapsulatedLogic></businessKnowledgeModel>'
    )
    texts = [
        "k instance of function<number> -> string",
        "k instance of function<number> -> Any",
        "k instance of function<string> -> string",
        "k instance of function<number> -> number",
        "k instance of function<number, number> -> string",
    ]
    asked = decision("d", literal(f"[{', '.join(texts)}]"), needs(knowledge=["k"]))
    assert read(knowledge, asked).decisions["d"].evaluate({}).result == [True, True, False, False, False]


def test_priorities_tell_apart_what_python_takes_as_equal():
    logic = table(["x"], ["r"], [["-", "1"], ["-", "true"]], "PRIORITY", values=["true, 1"])
    assert read(decision("d", logic)).decisions["d"].evaluate({"x": date("2026-01-01")}).result is True


def test_a_fault_in_a_type_that_nothing_uses_is_told():
    with pytest.raises(DecisionProblems, match="类型“unused”的取值的条件写法有误"):
        read(item("unused", of("number", "&lt; &lt;")), decision("d", literal("1")))
