"""What a decision requires: other decisions, inputs with types, knowledge models, services; and boxed expressions."""

from decimal import Decimal

import pytest

from engine import decisions, feel
from tests.decisions.tables import decision, literal, needs, only, read, table

AREA = decision("area", literal("w * h"), name="面积 合计")


def test_required_decisions_are_seen_by_id_and_by_name():
    model = read(AREA, decision("double", literal("面积 合计 * 2 + area"), needs("area")))
    assert model.decisions["double"].evaluate({"w": 2, "h": 3}).result == Decimal(18)
    assert model.decisions["double"].input_names == {"w", "h"}


def test_only_the_rows_of_the_decision_itself_are_reported():
    inner = decision("inner", table(["x"], ["n"], [["> 1", "1"]]))
    outer = decision("outer", table(["inner"], ["n"], [["2", "1"], ["1", "2"]]), needs("inner"))
    evaluation = read(inner, outer).decisions["outer"].evaluate({"x": 5})
    assert [(rule.rule_id, rule.number) for rule in evaluation.fired] == [("r2", 2)]
    assert evaluation.inputs == {"inner": Decimal(1)}


def test_a_decision_that_many_require_is_made_once():
    calls = []

    def count() -> int:
        calls.append(1)
        return len(calls)

    layers = [decision("l0", literal("counted()"))]
    layers += [
        decision(f"l{n}", literal(f"l{n - 1} + l{n - 1}"), needs(f"l{n - 1}", f"l{n - 1}")) for n in range(1, 10)
    ]
    result = read(*layers).decisions["l9"].evaluate({"counted": feel.Function((), count)}).result
    assert (result, len(calls)) == (Decimal(512), 1)


INPUT = '<inputData id="x" name="x"><variable name="x"/></inputData>'


def test_an_input_of_the_file_is_seen_by_the_decisions_that_require_it_alone():
    model = read(
        INPUT,
        decision("a", literal("x + 1"), needs(inputs=["x"])),
        decision("b", literal("[a, x]"), needs("a")),
        decision("c", table(["x"], ["n"], [["null", "0"], ["not(null)", "1"]])),
        # what the file does not know is a matter of the caller
        decision("d", literal("y")),
    )
    scope = {"x": 1, "y": 5}
    assert [model.decisions[one].evaluate(scope).result for one in "abcd"] == [2, [2, None], 0, 5]
    assert {(one.element, one.code) for one in model.warnings} == {("b", "warning.null"), ("c", "warning.null")}
    assert all("信息需求" in one.message for one in model.warnings)


def test_faults_inside_of_boxes_are_told_beside_inputs():
    broken = (
        f"<context><contextEntry><variable name='r'/>{table(['x'], ['n'], [['> >', '1']])}</contextEntry></context>"
    )
    with pytest.raises(decisions.DecisionProblems) as caught:
        read(INPUT, decision("d", broken, needs(inputs=["x"]), name="核验"), decision("e", literal("x +")))
    assert [one.code for one in caught.value.problems] == ["feel.syntax", "feel.syntax"]
    assert any("表“核验”第 1 行第 1 列“x”" in one.message for one in caught.value.problems)


def test_a_decision_may_have_the_name_of_an_input():
    model = read(INPUT, decision("one", literal("7"), name="x"), decision("d", literal("x"), needs("one")))
    assert (model.decisions["d"].evaluate({"x": 1}).result, model.warnings) == (7, ())


def test_knowledge_with_the_name_of_a_built_in_function_comes_before_it():
    own = "".join(
        f'<businessKnowledgeModel id="{one}" name="{name}"><encapsulatedLogic><formalParameter name="a"/>'
        f"{literal('a * 2')}</encapsulatedLogic></businessKnowledgeModel>"
        for one, name in (("m", "max"), ("s", "string length"))
    )
    calls = literal("[max(4), max(a: 5), string length(6), min(4)]")
    model = read(own, decision("d", calls, needs(knowledge=["m", "s"])), decision("e", literal("max(4)")))
    assert model.decisions["d"].evaluate({}).result == [8, 10, 12, 4]


BKM = (
    '<businessKnowledgeModel id="bkm" name="月还款"><variable name="月还款" typeRef="number"/><encapsulatedLogic>'
    '<formalParameter name="本金" typeRef="number"/><formalParameter name="number of months" typeRef="number"/>'
    f"{literal('本金 / number of months')}</encapsulatedLogic></businessKnowledgeModel>"
)
INVOCATION = (
    f"<invocation>{literal('月还款')}<binding><parameter name='number of months'/>{literal('m')}</binding>"
    f"<binding><parameter name='本金'/>{literal('amount')}</binding></invocation>"
)


def test_knowledge_is_called_in_feel_and_in_boxes():
    model = read(
        BKM,
        decision("a", literal("月还款(120, m)"), needs(knowledge=["bkm"])),
        decision("b", INVOCATION, needs(knowledge=["bkm"])),
        decision("c", literal('月还款("x", 1)'), needs(knowledge=["bkm"])),
    )
    assert model.decisions["a"].evaluate({"m": 12}).result == Decimal(10)
    assert model.decisions["b"].evaluate({"m": 12, "amount": 120}).result == Decimal(10)
    wrong = model.decisions["c"].evaluate({})
    assert wrong.result is None
    assert "参数“本金”不是 number 类型" in wrong.notes


def test_knowledge_sees_its_parameters_and_nothing_of_the_case():
    bkm = (
        '<businessKnowledgeModel id="bkm" name="f"><encapsulatedLogic><formalParameter name="a"/>'
        f"{literal('a + secret')}</encapsulatedLogic></businessKnowledgeModel>"
    )
    model = read(bkm, decision("d", literal("f(1)"), needs(knowledge=["bkm"])))
    assert model.decisions["d"].evaluate({"secret": 1}).result is None


def test_a_knowledge_model_that_calls_itself_for_ever_is_stopped():
    bkm = (
        '<businessKnowledgeModel id="bkm" name="f"><encapsulatedLogic><formalParameter name="a"/>'
        f"{literal('f(a + 1)')}</encapsulatedLogic></businessKnowledgeModel>"
    )
    model = read(bkm, decision("d", literal("f(1)"), needs(knowledge=["bkm"])))
    with pytest.raises(feel.FeelLimitError):
        model.decisions["d"].evaluate({})


def test_the_budget_counts_through_calls_of_knowledge():
    bkm = (
        '<businessKnowledgeModel id="bkm" name="f"><encapsulatedLogic><formalParameter name="a"/>'
        f"{literal('count(for i in 1..1000 return i)')}</encapsulatedLogic></businessKnowledgeModel>"
    )
    model = read(bkm, decision("d", literal("sum(for i in 1..1000 return f(i))"), needs(knowledge=["bkm"])))
    with pytest.raises(feel.FeelLimitError):
        model.decisions["d"].evaluate({})


TYPES = (
    '<itemDefinition name="级别"><typeRef>string</typeRef><allowedValues><text>"高", "低"</text></allowedValues></itemDefinition>'
    '<itemDefinition name="人选"><itemComponent name="name"><typeRef>string</typeRef></itemComponent>'
    '<itemComponent name="grades" isCollection="true"><typeRef>级别</typeRef></itemComponent></itemDefinition>'
)
PERSON = '<inputData id="in" name="person"><variable name="person" typeRef="人选"/></inputData>'

TYPED = [
    ({"name": "甲", "grades": ["高", "低"]}, "甲"),
    ({"name": "甲", "grades": []}, "甲"),
    ({"name": "甲", "grades": None}, "甲"),
    ({"name": 5, "grades": []}, None),
    ({"name": "甲"}, None),
    ({"name": "甲", "grades": ["中"]}, None),
    ("甲", None),
    ([{"name": "甲", "grades": []}], "甲"),
]


@pytest.mark.parametrize(("person", "expected"), TYPED)
def test_inputs_with_a_type_are_checked(person, expected):
    model = read(TYPES, PERSON, decision("d", literal("person.name"), needs(inputs=["in"])))
    evaluation = model.decisions["d"].evaluate({"person": person})
    assert evaluation.result == expected
    assert (expected is None) == ("输入“person”不是 人选 类型" in evaluation.notes)


RESULTS = [
    ("1 + 1", "number", Decimal(2)),
    ('"a"', "number", None),
    ("[1]", "number", Decimal(1)),
    ("null", "number", None),
]


@pytest.mark.parametrize(("text", "type_ref", "expected"), RESULTS)
def test_results_with_a_type_are_checked(text, type_ref, expected):
    assert read(decision("d", literal(text), type_ref=type_ref)).decisions["d"].evaluate({}).result == expected


def box(name: str, logic: str) -> str:
    return f"<{name}>{logic}</{name}>"


ENTRY = f'<contextEntry><variable name="总 数"/>{literal("count(xs)")}</contextEntry>'
BOXES = [
    (f"<context>{ENTRY}<contextEntry>{literal('总 数 * 2')}</contextEntry></context>", Decimal(6)),
    (f"<context>{ENTRY}</context>", {"总 数": Decimal(3)}),
    (f"<list>{literal('1')}{literal('xs[1]')}</list>", [Decimal(1), Decimal(1)]),
    (
        f'<relation><column name="a"/><column name="b"/><row>{literal("1")}{literal("a")}</row></relation>',
        [{"a": Decimal(1), "b": None}],
    ),
    (
        f"<conditional>{box('if', literal('count(xs) > 2'))}{box('then', literal('1'))}{box('else', literal('2'))}</conditional>",
        Decimal(1),
    ),
    (f"<filter>{box('in', literal('xs'))}{box('match', literal('item > 1'))}</filter>", [Decimal(2), Decimal(3)]),
    (f"<filter>{box('in', literal('ps'))}{box('match', literal('k = 2'))}</filter>", [{"k": Decimal(2)}]),
    (
        f'<for iteratorVariable="x">{box("in", literal("xs"))}{box("return", literal("x * 10 + count(partial)"))}</for>',
        [Decimal(10), Decimal(21), Decimal(32)],
    ),
    (f'<some iteratorVariable="x">{box("in", literal("xs"))}{box("satisfies", literal("x > 2"))}</some>', True),
    (f'<every iteratorVariable="x">{box("in", literal("xs"))}{box("satisfies", literal("x > 2"))}</every>', False),
    (
        f'<context><contextEntry><variable name="f"/><functionDefinition><formalParameter name="a"/>{literal("a + 1")}'
        f"</functionDefinition></contextEntry><contextEntry>{literal('f(1)')}</contextEntry></context>",
        Decimal(2),
    ),
    (f"<context><contextEntry>{table(['count(xs)'], ['r'], [['3', '7']])}</contextEntry></context>", Decimal(7)),
]


@pytest.mark.parametrize(("logic", "expected"), BOXES)
def test_a_boxed_expression_has_its_value(logic, expected):
    assert only(logic).evaluate({"xs": [1, 2, 3], "ps": [{"k": 1}, {"k": 2}]}).result == expected


def test_a_boxed_context_reads_what_its_entries_do_not_give():
    logic = f"<context>{ENTRY}<contextEntry>{literal('总 数 + other')}</contextEntry></context>"
    assert only(logic).input_names == {"xs", "other"}


def test_a_service_takes_input_data_then_input_decisions():
    model = read(
        '<inputData id="i" name="rate"/>',
        decision("base", literal('"never"')),
        decision("out", literal("base * rate"), needs("base", inputs=["i"])),
        '<decisionService id="s" name="服务"><outputDecision href="#out"/><inputDecision href="#base"/>'
        '<inputData href="#i"/></decisionService>',
        decision("d", literal("服务(2, 21)"), needs(knowledge=["s"])),
    )
    assert model.decisions["d"].evaluate({"rate": 1000}).result == Decimal(42)


GRAPHS = [
    ([decision("a", literal("1"), needs("b")), decision("b", literal("1"), needs("a"))], "decision.cycle"),
    ([decision("a", literal("1"), needs("a"))], "decision.cycle"),
    ([decision("a", literal("1"), needs("nobody"))], "decision.unknown-requirement"),
    ([decision("a", literal("1"), needs(inputs=["nobody"]))], "decision.unknown-requirement"),
    (['<inputData id="i" name="i"/>', decision("a", literal("1"), needs("i"))], "decision.unknown-requirement"),
    ([decision("a", literal("1"), needs(knowledge=["nobody"]))], "decision.unknown-requirement"),
    (
        [decision("a", literal("1")), '<decisionService id="s" name="s"><inputData href="#no"/></decisionService>'],
        "decision.unknown-requirement",
    ),
    (
        [decision("a0", literal("1"))] + [decision(f"a{n}", literal("1"), needs(f"a{n - 1}")) for n in range(1, 40)],
        "decision.size",
    ),
]


@pytest.mark.parametrize(("bodies", "code"), GRAPHS)
def test_requirements_that_do_not_hold_are_problems(bodies, code):
    with pytest.raises(decisions.DecisionProblems) as caught:
        read(*bodies)
    assert [problem.code for problem in caught.value.problems] == [code]


def test_cells_are_checked_even_in_a_circle():
    with pytest.raises(decisions.DecisionProblems) as caught:
        read(decision("a", literal("1 +"), needs("b")), decision("b", literal("(2"), needs("a")))
    assert [problem.code for problem in caught.value.problems] == ["decision.cycle", "feel.syntax", "feel.syntax"]
