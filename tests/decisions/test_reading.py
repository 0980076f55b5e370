"""Reading a file: every fault at once with element, code and a sentence that names its place; XML that cannot harm."""

import pytest

from engine import decisions
from tests.decisions.tables import MODEL, decision, definitions, literal, needs, only, read, table

ROW = ["> 1", "1"]


def problems(xml: bytes) -> list[decisions.Problem]:
    with pytest.raises(decisions.DecisionProblems) as caught:
        decisions.read(xml, "规则.dmn")
    assert caught.value.code == "decision.problems"
    return list(caught.value.problems)


def test_all_faults_come_at_once_with_table_row_column_and_position():
    rows = [["> 1", "-", "1"], ["> > 2", '"甲', "1"], ["-", "-", "1 +"]]
    logic = table(["age", "trigger ="], ["code"], rows)
    found = problems(definitions(decision("dt1", logic, name="资格核验")))
    assert [(problem.element, problem.code) for problem in found] == [
        ("i2", "feel.syntax"),
        ("r2", "feel.syntax"),
        ("r2", "feel.syntax"),
        ("r3", "feel.syntax"),
    ]
    sentences = [problem.message for problem in found]
    assert "表“资格核验”输入列“trigger =”" in sentences[0]
    assert "表“资格核验”第 2 行第 1 列“age”" in sentences[1] and "第 3 个字符" in sentences[1]
    assert "表“资格核验”第 2 行第 2 列" in sentences[2] and "引号" in sentences[2]
    assert "表“资格核验”第 3 行输出“code”" in sentences[3] and "没有写完" in sentences[3]


CODES = [
    (decision("d", table(["x"], ["n"], [ROW], "SOMETIMES")), "decision.hit-policy"),
    (decision("d", table(["x"], ["n"], [ROW], "FIRST", aggregation="SUM")), "decision.hit-policy"),
    (decision("d", table(["x"], ["n"], [ROW], "COLLECT", aggregation="AVG")), "decision.hit-policy"),
    (decision("d", table(["x"], ["a", "b"], [["1", "1", "1"]], "COLLECT", aggregation="SUM")), "decision.hit-policy"),
    (decision("d", table(["x"], [], [["1"]])), "decision.no-output"),
    (decision("d", table(["x"], ["n", "n"], [["1", "1", "1"]])), "decision.output-name"),
    (decision("d", table(["x", ""], ["n"], [["1", "1", "1"]])), "decision.input"),
    (decision("d", table(["x"], ["n"], [["1"]])), "decision.row"),
    (decision("d", table(["x"], ["n"], [["1", "1"]] * 2001)), "decision.size"),
    (decision("d", table(["x"], [f"n{n}" for n in range(101)], [])), "decision.size"),
    (decision("d", ""), "decision.logic"),
    (decision("d", literal("1") + literal("2")), "decision.logic"),
    (
        decision("d", "<literalExpression expressionLanguage='python'><text>1</text></literalExpression>"),
        "decision.logic",
    ),
    (decision("d", '<functionDefinition kind="Java"/>'), "decision.external"),
    (decision("", literal("1")), "decision.no-id"),
    (decision("d", literal("1")) + decision("d", literal("2")), "decision.no-id"),
    (decision("d", "<list>" * 20 + "</list>" * 20), "decision.logic"),
    ("", "decision.empty"),
]


@pytest.mark.parametrize(("body", "code"), CODES, ids=lambda part: part[-24:])
def test_a_fault_has_its_code(body, code):
    assert code in {problem.code for problem in problems(definitions(body))}


FILES = [
    (b"", "xml.syntax"),
    (b"not xml", "xml.syntax"),
    (b"<definitions>", "xml.syntax"),
    (b"<definitions/>", "decision.not-dmn"),
    (definitions("", model="http://www.omg.org/spec/BPMN/20100524/MODEL"), "decision.not-dmn"),
    (definitions("", model="http://www.omg.org/spec/DMN/20151101/dmn.xsd"), "decision.not-dmn"),
    (b"<!DOCTYPE x [<!ENTITY a 'b'>]><definitions/>", "xml.doctype"),
    (
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>'.encode("utf-16"),
        "xml.doctype",
    ),
    (b" " * (2 * 1024 * 1024 + 1), "xml.size"),
    (b"<a>" * 5_000 + b"</a>" * 5_000, "xml.syntax"),
]


@pytest.mark.parametrize(("xml", "code"), FILES, ids=lambda part: str(part)[:24])
def test_a_file_that_is_no_safe_dmn_is_refused(xml, code):
    assert [problem.code for problem in problems(xml)] == [code]


def test_entities_are_never_read(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("top secret")
    xml = f'<!DOCTYPE d [<!ENTITY s SYSTEM "{secret.as_uri()}">]><definitions xmlns="{MODEL}">&s;</definitions>'
    assert [problem.code for problem in problems(xml.encode())] == ["xml.doctype"]


VERSIONS = [
    "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "https://www.omg.org/spec/DMN/20230324/MODEL/",
]


@pytest.mark.parametrize("model", VERSIONS)
def test_the_versions_from_1_2_to_1_5_are_read(model):
    read_model = decisions.read(definitions(decision("d", literal("1 + 1")), model), "d.dmn")
    assert read_model.file == "d.dmn"
    assert list(read_model.decisions) == ["d"]


def test_empty_cells_pass_everything_and_empty_outputs_are_null():
    evaluation = only(table(["x"], ["a", "b"], [["", "", "1"]])).evaluate({})
    assert evaluation.result == {"a": None, "b": 1}


def test_names_with_spaces_are_known_from_the_file():
    body = (
        '<inputData id="i" name="Full Name"/><itemDefinition name="t"><itemComponent name="date of birth"/></itemDefinition>'
        + decision(
            "d",
            table(["Full Name", "p.date of birth"], ["n"], [['"Ada"', "-", 'Full Name + "!"']]),
            needs(inputs=["i"]),
        )
    )
    scope = {"Full Name": "Ada", "p": {"date of birth": 1}}
    assert read(body).decisions["d"].evaluate(scope).result == "Ada!"


def test_a_decision_without_logic_is_let_in_only_when_asked_for():
    xml = definitions(decision("d", ""))
    evaluation = decisions.read(xml, "d.dmn", complete=False).decisions["d"].evaluate({})
    assert (evaluation.result, evaluation.notes) == (None, ("这个决策没有逻辑",))


def test_what_can_only_be_null_is_a_warning():
    model = read(decision("d", table(["x"], ["n"], [["> 1", "substring(1)"]]), name="核验"))
    assert [(one.element, one.code) for one in model.warnings] == [("r1", "warning.null")]
    assert "表“核验”第 1 行输出“n”总是空值" in model.warnings[0].message


def test_allowed_input_values_are_noted_when_they_do_not_hold():
    logic = table(["x"], ["n"], [["-", "1"]]).replace(
        "</input>", "<inputValues><text>1, 2</text></inputValues></input>"
    )
    assert only(logic).evaluate({"x": 2}).notes == ()
    assert "不在它列出的取值里" in only(logic).evaluate({"x": 3}).notes[0]
