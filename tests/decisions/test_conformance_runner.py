"""Folders of conformance cases: what counts, what fails, and that nothing stops the run."""

import datetime as dt
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine import feel
from engine.decisions import conformance
from tests.decisions.tables import decision, definitions, literal, needs
from webapp.cli import group

CLOCK = {
    "now": feel.Function((), lambda: dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)),
    "today": feel.Function((), lambda: dt.date(2026, 11, 23)),
}
HEAD = (
    '<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><modelName>m.dmn</modelName>'
)
MODEL = definitions(
    '<inputData id="i" name="x"><variable name="x" typeRef="number"/></inputData>'
    + decision("d", literal("x * 2"), needs(inputs=["i"]), name="twice")
    + decision("e", literal('{a: [1, null], b: @"2026-01-02"}'), name="parts")
    + decision("f", literal("1 +"), name="broken")
    + decision("g", literal("today()"), name="clock")
    + '<businessKnowledgeModel id="k" name="add one"><encapsulatedLogic><formalParameter name="n"/>'
    + literal("n + 1")
    + '</encapsulatedLogic></businessKnowledgeModel><decisionService id="s" name="service">'
    + '<outputDecision href="#d"/><inputData href="#i"/></decisionService>'
)


def value(text: str, kind: str = "decimal") -> str:
    return f'<value xsi:type="xsd:{kind}">{text}</value>'


def case(name: str, expected: str, attributes: str = "", x: str = "21") -> str:
    return (
        f'<testCase id="1"{attributes}><inputNode name="x">{value(x)}</inputNode>'
        f'<resultNode name="{name}"><expected>{expected}</expected></resultNode></testCase>'
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "level/one").mkdir(parents=True)
    (tmp_path / "level/one/m.dmn").write_bytes(MODEL)
    return tmp_path


def run(folder: Path, *cases: str) -> list[conformance.Outcome]:
    (folder / "level/one/m-test-01.xml").write_text(HEAD + "".join(cases) + "</testCases>", encoding="utf-8")
    return list(conformance.outcomes(folder, CLOCK))


PARTS = (
    f'<component name="a"><list><item>{value("1")}</item><item><value xsi:nil="true"/></item></list></component>'
    f'<component name="b">{value("2026-01-02", "date")}</component>'
)
PASSED = [
    case("twice", value("42")),
    case("twice", value("42.000000001", "double")),
    case("parts", PARTS),
    case("broken", '<value xsi:nil="true"/>'),
    case("clock", value("2026-11-23", "date")),
    case("twice", value("42"), ' type="decisionService" invocableName="service"'),
    case("add one", value("22"), ' type="bkm" invocableName="add one"').replace('name="x"', 'name="n"'),
    case("twice", "<value>42</value>"),
]


@pytest.mark.parametrize("one", PASSED)
def test_a_result_as_expected_has_passed(folder, one):
    assert [(outcome.passed, outcome.difference) for outcome in run(folder, one)] == [(True, "")]


FAILED = [
    (case("twice", value("43")), "应为 43，实为 42"),
    (case("twice", value("42", "string")), '应为 "42"，实为 42'),
    (
        case("parts", PARTS.replace("2026", "2027")),
        "应为 {a: [1, null], b: 2027-01-02}，实为 {a: [1, null], b: 2026-01-02}",
    ),
    (case("nothing", value("1")), "模型里没有决策“nothing”"),
    (case("twice", value("1"), ' type="decisionService" invocableName="none"'), "模型里没有决策服务或业务知识“none”"),
    (case("twice", value("x")), "“x”不是 decimal"),
    (case("twice", value("42"), x="one"), "“one”不是 decimal"),
    ("", "文件里没有要比较的结果"),
]


@pytest.mark.parametrize(("one", "difference"), FAILED)
def test_anything_else_has_failed_and_says_why(folder, one, difference):
    assert [(outcome.passed, outcome.difference) for outcome in run(folder, one)] == [(False, difference)]


@pytest.mark.parametrize("model", [b"", b"<a/>", b"<!DOCTYPE a><a/>", None])
def test_a_model_that_cannot_be_read_fails_its_cases_and_no_others(folder, model):
    other = folder / "level/two"
    other.mkdir()
    if model is not None:
        (other / "m.dmn").write_bytes(model)
    (other / "test.xml").write_text(HEAD + case("twice", value("42")) * 2 + "</testCases>", encoding="utf-8")
    assert [outcome.passed for outcome in run(folder, PASSED[0])] == [True, False, False]


def test_a_file_of_cases_that_is_no_xml_has_failed_and_other_xml_is_left_alone(folder):
    (folder / "level/bad.xml").write_text("<testCases>")
    (folder / "level/other.xml").write_text("<something/>")
    assert [outcome.passed for outcome in run(folder, PASSED[0])] == [False, True]


def test_the_command_lists_what_failed_and_counts_everything(folder):
    run(folder, PASSED[0], FAILED[0][0])
    for start in (folder, folder / "level", folder / "level/one"):
        found = CliRunner().invoke(group, ["dmn", "tck", str(start)])
        assert found.output.splitlines()[-1] == "passed 1 of 2"
        assert "m-test-01.xml/1/twice：应为 43，实为 42" in found.output
        assert found.exit_code == 1


def test_the_command_is_content_when_all_passed(folder):
    run(folder, PASSED[0])
    assert CliRunner().invoke(group, ["dmn", "tck", str(folder)]).exit_code == 0
