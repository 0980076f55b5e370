"""Files that import others: their decisions, knowledge, inputs and types under the name of the import."""

from typing import Any

import pytest

from engine import decisions
from engine.decisions import DecisionProblems
from tests.decisions.tables import MODEL, decision, literal

OTHER = f"""<definitions xmlns="{MODEL}" id="o" name="other" namespace="urn:other">
<itemDefinition name="tName"><typeRef>string</typeRef><allowedValues><text>"甲","乙"</text></allowedValues></itemDefinition>
<inputData id="i" name="full name"><variable name="full name" typeRef="tName"/></inputData>
<decision id="d" name="greeting"><informationRequirement><requiredInput href="#i"/></informationRequirement>
{literal('"你好，" + full name')}</decision>
<businessKnowledgeModel id="k" name="say hello"><encapsulatedLogic><formalParameter name="to"/>
{literal('"早，" + to')}</encapsulatedLogic></businessKnowledgeModel></definitions>"""


def model(body: str, *imports: tuple[str, str], library: dict[str, str] | None = None, **options: Any):
    head = "".join(
        f'<import namespace="{space}" name="{name}" importType="{MODEL}" locationURI="x.dmn"/>'
        for space, name in imports
    )
    xml = f'<definitions xmlns="{MODEL}" id="m" name="m" namespace="urn:main">{head}{body}</definitions>'
    files = {name: text.encode() for name, text in (library or {"o.dmn": OTHER}).items()}
    return decisions.read(xml.encode(), "m.dmn", library=files, **options)


def requires(kind: str, *hrefs: str) -> str:
    outer = "knowledgeRequirement" if kind == "requiredKnowledge" else "informationRequirement"
    return "".join(f'<{outer}><{kind} href="{href}"/></{outer}>' for href in hrefs)


IMPORT = ("urn:other", "the other")
NAMED = {"the other": {"full name": "甲"}}


def test_a_decision_of_an_imported_file_is_asked_with_its_own_inputs():
    found = model(
        decision("a", literal('the other.greeting + "！"'), requires("requiredDecision", "urn:other#d")), IMPORT
    )
    assert found.decisions["a"].evaluate(NAMED).result == "你好，甲！"
    assert found.decisions["a"].evaluate({"full name": "乙"}).result == "你好，乙！"
    assert list(found.decisions) == ["a"]


def test_an_input_of_an_imported_file_has_the_type_it_has_there():
    found = model(decision("a", literal("the other.full name"), requires("requiredInput", "urn:other#i")), IMPORT)
    assert found.decisions["a"].evaluate(NAMED).result == "甲"
    assert found.decisions["a"].evaluate({"the other": {"full name": "丙"}}).result is None


def test_knowledge_of_an_imported_file_can_be_called():
    found = model(
        decision("a", literal('the other.say hello("甲")'), requires("requiredKnowledge", "urn:other#k")), IMPORT
    )
    assert found.decisions["a"].evaluate({}).result == "早，甲"


def test_an_import_without_a_name_needs_no_prefix():
    body = decision("a", literal("greeting + say hello(full name)"), requires("requiredDecision", "urn:other#d"))
    body = body.replace("<literal", requires("requiredKnowledge", "urn:other#k") + "<literal")
    found = model(body, ("urn:other", ""))
    assert found.decisions["a"].evaluate({"full name": "甲"}).result == "你好，甲早，甲"


def test_types_of_an_imported_file_bear_the_name_of_the_import():
    found = model(decision("a", literal("x"), type_ref="the other.tName"), IMPORT)
    assert [found.decisions["a"].evaluate({"x": x}).result for x in ("甲", "丙")] == ["甲", None]


def test_a_value_can_be_asked_for_a_type_that_the_file_or_an_import_defines():
    own = '<itemDefinition name="t age"><typeRef>number</typeRef><allowedValues><text>[0..150]</text></allowedValues></itemDefinition>'
    text = '[70 instance of t age, 700 instance of t age, [1, 2] instance of list<t age>, "甲" instance of the other.tName]'
    found = model(own + decision("a", literal(text)), IMPORT)
    assert found.decisions["a"].evaluate({}).result == [True, False, True, True]


def test_a_parameter_may_be_of_a_type_that_the_file_defines():
    own = '<itemDefinition name="tAge"><typeRef>number</typeRef><allowedValues><text>[0..150]</text></allowedValues></itemDefinition>'
    found = model(own + decision("a", literal("{f: function(x: tAge) x, r: [f(70), f(700)]}.r")))
    assert found.decisions["a"].evaluate({}).result == [70, None]


def test_the_same_file_reached_on_two_ways_has_the_inputs_of_each():
    between = OTHER.replace("urn:other", "urn:{0}").replace(
        "<itemDefinition", '<import namespace="urn:other" name="o"/><itemDefinition'
    )
    body = f'<decision id="e" name="e">{requires("requiredDecision", "urn:other#d")}{literal("o.greeting")}</decision>'
    between = between.replace("</definitions>", body + "</definitions>")
    library = {"o.dmn": OTHER, "1.dmn": between.replace("{0}", "one"), "2.dmn": between.replace("{0}", "two")}
    found = model(
        decision("a", literal("[one.e, two.e]"), requires("requiredDecision", "urn:one#e", "urn:two#e")),
        ("urn:one", "one"),
        ("urn:two", "two"),
        library=library,
    )
    scope = {"one": {"o": {"full name": "甲"}}, "two": {"o": {"full name": "乙"}}}
    assert found.decisions["a"].evaluate(scope).result == ["你好，甲", "你好，乙"]


CIRCLE = OTHER.replace("<inputData", '<import namespace="urn:main" name="m"/><inputData', 1)


@pytest.mark.parametrize("library", [{"x.dmn": "<a/>"}, {"x.dmn": ""}, {"o.dmn": CIRCLE}])
def test_a_file_that_is_not_there_or_imports_in_a_circle_is_a_problem(library):
    with pytest.raises(DecisionProblems) as refused:
        model(decision("a", literal("1")), IMPORT, library=library)
    assert "decision.import" in [problem.code for problem in refused.value.problems]


def test_a_fault_of_an_imported_file_is_told():
    with pytest.raises(DecisionProblems, match="导入的“the other”"):
        model(decision("a", literal("1")), IMPORT, library={"o.dmn": OTHER.replace("+ to", "+")})


JAVA = (
    '<businessKnowledgeModel id="j" name="cos"><encapsulatedLogic kind="Java"><formalParameter name="x"/><context/>'
    "</encapsulatedLogic></businessKnowledgeModel>"
    + decision("a", literal("cos(1)"), '<knowledgeRequirement><requiredKnowledge href="#j"/></knowledgeRequirement>')
    + decision("b", literal("2"))
)


def test_a_function_in_java_is_refused_clearly():
    with pytest.raises(DecisionProblems, match="外部函数") as refused:
        model(JAVA)
    assert [problem.code for problem in refused.value.problems] == ["decision.external"]


def test_a_function_in_java_is_null_with_its_reason_where_gaps_are_let_in():
    found = model(JAVA, complete=False)
    evaluation = found.decisions["a"].evaluate({})
    assert evaluation.result is None
    assert "外部函数（Java、PMML）不会被执行，请改用 FEEL 写。" in evaluation.notes
    assert found.decisions["b"].evaluate({}).result == 2
    assert [warning.code for warning in found.warnings] == ["decision.external"]
