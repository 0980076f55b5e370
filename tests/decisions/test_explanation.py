"""Why a decision came out as it did: the tree, the sentences, and the command that shows them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine import decisions
from engine.decisions import Clauses
from engine.decisions.explanation import masked
from engine.decisions.words import test_in_words, value_in_words
from engine.feel import Budget, FeelLimitError
from tests.decisions.tables import decision, definitions, literal, needs, only, table
from tests.feel.language import n, value
from webapp.cli import group

test_in_words.__test__ = False  # type: ignore[attr-defined]
ROWS = [
    ["< 60", "-", '"通过"', "", ""],
    [">= 60", '"会长","秘书长"', '"不符合"', "R-1", "年龄超限。"],
    [">= 60", "-", '"人工"', "", ""],
]
BODY = decision("age", literal("year - born"), name="年龄") + decision(
    "d",
    table(["年龄", "post"], ["结论"], ROWS, "FIRST", annotations=["clause", "reason"]),
    needs("age"),
    name="核验",
)
SCOPE = {"year": n(2026), "born": n(1955), "post": "会长"}
CLAUSES = Clauses.read(
    b'[[clause]]\nid="R-1"\ntext="\xe4\xb8\x8d\xe8\xb6\x85\xe8\xbf\x87\xe4\xb8\x83\xe5\x8d\x81\xe5\xb2\x81"\n'
    b'source="s"\ncertainty="A"\nbinding="\xe5\x8f\x82\xe7\x85\xa7"\n',
    "clauses.toml",
)


def why(scope: dict[str, object]) -> decisions.Why:
    return decisions.read(definitions(BODY), "d.dmn").decisions["d"].explain(scope)


def test_the_tree_holds_the_rows_with_their_cells_and_what_was_required():
    tree = why(SCOPE)
    assert (tree.name, tree.result) == ("核验", "不符合")
    [asked] = tree.tables
    assert asked.inputs == {"年龄": 71, "post": "会长"}
    assert [
        (row.number, row.fired, [(one.label, one.test, one.value) for one in row.checked]) for row in asked.rows
    ] == [
        (1, False, [("年龄", "< 60", 71)]),
        (2, True, [("年龄", ">= 60", 71), ("post", '"会长","秘书长"', "会长")]),
    ]
    assert [(one.name, one.result, one.text) for one in tree.required] == [("年龄", 71, "year - born")]


def test_the_tree_is_told_in_sentences_with_the_clause():
    assert decisions.sentences(why(SCOPE), CLAUSES) == [
        "决策“核验”的结果为“不符合”。",
        "  表“核验”（取最先命中的一行）的输入：年龄为 71，post为“会长”。",
        "    第 1 行没有命中：年龄为 71，而这一行要求小于 60。",
        "    第 2 行命中：年龄为 71（要求不小于 60）；post为“会长”（要求为“会长”、“秘书长”之一）。"
        "结果：结论为“不符合”。理由：年龄超限。依据 R-1（不超过七十岁；参数待确认）。",
        "  决策“年龄”的结果为 71。",
        "    按表达式 year - born 计算。",
    ]


REGISTER = Clauses.read(
    """
[[clause]]
id = "R-1"
text = "不超过七十岁。"
source = "s"
certainty = "A"
binding = "本省确认"
[[clause]]
id = "R-2"
text = "不取酬。"
source = "s"
certainty = "C"
binding = "参照"
""".encode(),
    "clauses.toml",
)
REVIEWED = table(
    ["超龄", "取酬"],
    ["code", "sev", "资料齐全", "说明", "reason", "clause"],
    [
        ["true", "-", '"E01"', '"block"', "false", "null", '"超过年龄界限。"', '"R-1"'],
        ["false", "-", '"E02"', '"warn"', "true", "null", '""', '""'],
        ["-", 'not("否")', '"E03"', '"block"', "true", '"看凭证"', '"取酬"', '"R-1/R-2"'],
        ["-", "-", '"E04"', '"warn"', "true", "null", '"每件都查"', '"R-2/R-9"'],
    ],
    "COLLECT",
)


def test_a_reviewer_reads_answers_results_and_each_clause_once():
    """What is for the machine (`block`) is left out: what follows from it depends on the clause."""
    told = decisions.sentences(only(REVIEWED).explain({"超龄": True, "取酬": "是"}), REGISTER)
    assert [line.strip() for line in told] == [
        "决策“d”命中 3 行：第 1、3、4 行。",
        "表“d”（取命中的各行）的输入：超龄：是，取酬：是。",
        "第 1 行命中：超龄：是。结果：code为“E01”，资料齐全：否。理由：超过年龄界限。依据 R-1（不超过七十岁）。",
        "第 2 行没有命中：超龄：是，而这一行要求“否”。",
        "第 3 行命中：取酬：是（要求不为“否”）。结果：code为“E03”，资料齐全：是，说明为“看凭证”。理由：取酬。"
        "依据 R-1（原文见上）、R-2（不取酬；参数待确认）。",
        "第 4 行没有条件，总是命中。结果：code为“E04”，资料齐全：是。理由：每件都查。依据 R-2（原文见上）、R-9。",
    ]


def test_codes_are_called_by_the_words_of_the_caller():
    words = {"accepted": "受理", "refused": "不予受理", "register": "备案"}
    rows = [['"register"', '"refused"', '"party_view"'], ["-", '"accepted"', '"party_view"']]
    asked = table(["办法"], ["结论", "栏目"], rows, "PRIORITY", values=['"refused","accepted"', '"party_view"'])
    told = [line.strip() for line in decisions.sentences(only(asked).explain({"办法": "register"}), None, words)]
    assert told[1] == "表“d”（取命中各行中优先的结果）的输入：办法为“备案”。"
    assert told[2] == "第 1 行命中：办法为“备案”。结果：结论为“不予受理”。"
    alone = only(table(["x"], ["result"], [["> 1", '"accepted"']])).explain({"x": n(3)})
    assert decisions.sentences(alone, None, words)[0] == "决策“d”的结果为“受理”。"


def test_a_code_without_a_word_is_not_told_where_the_row_has_a_reason():
    asked = table(["x"], ["org", "reason"], [["-", '"party_general"', '"由综合党委指导"']])
    assert decisions.sentences(only(asked).explain({"x": n(1)}))[-1].strip() == (
        "第 1 行没有条件，总是命中。理由：由综合党委指导。"
    )


def test_a_decision_of_one_row_says_which_row_that_is():
    rows = [["> 1", '"accepted"', '"收"'], ["> 2", '"refused"', '"退"']]
    listed = ['"refused", "accepted"', '"退", "收"']
    told = decisions.sentences(
        only(table(["x"], ["result", "说明"], rows, "PRIORITY", values=listed)).explain({"x": n(3)})
    )
    assert told[0] == "决策“d”取第 2 行的结果。"
    assert "结果：说明为“退”。" in told[-1]
    alone = only(table(["x"], ["result"], [["> 1", '"accepted"']])).explain({"x": n(3)})
    assert decisions.sentences(alone)[-1].endswith("结果：result为“accepted”。")


def test_an_empty_list_that_is_filtered_is_nothing_to_note():
    assert only(literal("count(xs[item.a.b = 1])")).evaluate({"xs": []}, explain=True).notes == ()


BOXES = {
    "conditional": (
        f"<conditional><if>{literal('x > 5')}</if><then>{literal('1')}</then><else>{literal('2')}</else></conditional>",
        "按条件取值：如果（x > 5）为否，不满足；那么（1）没有用到；否则为 2。",
    ),
    "list": (f"<list>{literal('x + 1')}{literal('null')}</list>", "列表的各项：第 1 项（x + 1）为 4；第 2 项为空。"),
    "relation": (
        f'<relation><column name="a"/><column name="b"/><row>{literal("x")}{literal("2")}</row></relation>',
        "关系表：第 1 行 a（x）为 3，b为 2。",
    ),
    "filter": (
        f"<filter><in>{literal('[1, 5]')}</in><match>{literal('item > x')}</match></filter>",
        "筛选列表：列表为 1、5；条件（item > x）；第 1 项 1，不满足；第 2 项 5，满足。",
    ),
    "for": (
        f'<for iteratorVariable="i"><in>{literal("[1, 5]")}</in><return>{literal("i * x")}</return></for>',
        "逐项处理：i 取自为 1、5；每一项（i * x）；第 1 项 1，得 3；第 2 项 5，得 15。",
    ),
    "every": (
        f'<every iteratorVariable="i"><in>{literal("[5, 1]")}</in><satisfies>{literal("i > x")}</satisfies></every>',
        "每一项都满足：i 取自为 5、1；每一项（i > x）；第 1 项 5，满足；第 2 项 1，不满足。",
    ),
    "invocation": (
        f'<invocation>{literal("abs")}<binding><parameter name="n"/>{literal("-x")}</binding></invocation>',
        "调用函数：调用（abs）为 3；n（-x）为 -3。",
    ),
    "function": (
        f'<functionDefinition><formalParameter name="n" typeRef="number"/>{literal("n + x")}</functionDefinition>',
        "定义函数：n（number）；函数体（n + x）。",
    ),
}


@pytest.mark.parametrize("kind", BOXES)
def test_every_kind_of_box_is_told_part_by_part(kind):
    logic, sentence = BOXES[kind]
    told = decisions.read(definitions(decision("d", logic)), "d.dmn").decisions["d"].explain({"x": n(3)})
    assert [box.kind for box in told.boxes] == [kind]
    assert sentence in [line.strip() for line in decisions.sentences(told)]
    assert (
        len(decisions.read(definitions(decision("d", logic)), "d.dmn").decisions["d"].evaluate({"x": n(3)}).notes) == 0
    )


def test_a_long_walk_is_told_in_part():
    logic = f'<for iteratorVariable="i"><in>{literal("1..60")}</in><return>{literal("i")}</return></for>'
    logic = logic.replace("1..60", "for j in 1..60 return j")
    told = decisions.read(definitions(decision("d", logic)), "d.dmn").decisions["d"].explain({})
    assert "；另有 10 项。" in "".join(decisions.sentences(told))


def test_a_table_of_many_hits_is_summed_up_by_its_rows():
    logic = table(["x"], ["r"], [["> 1", "1"], ["> 9", "2"], ["> 2", "3"]], "COLLECT")
    asked = decisions.read(definitions(decision("d", logic)), "d.dmn").decisions["d"]
    assert decisions.sentences(asked.explain({"x": n(3)}))[0] == "决策“d”命中 2 行：第 1、3 行。"
    assert decisions.sentences(asked.explain({"x": n(0)}))[0] == "决策“d”没有结果。"


def test_what_became_null_is_told_with_its_column():
    lines = decisions.sentences(why({}))
    assert "  没有一行命中。" in lines
    assert "  说明：表“核验”输入列“post”第 1 个字符处：没有“post”这个变量" in lines


def test_an_explanation_keeps_to_the_budget_as_well():
    with pytest.raises(FeelLimitError):
        decisions.read(definitions(BODY), "d.dmn").decisions["d"].explain(SCOPE, Budget(steps=2))


TESTS = [
    ("true", "为是"),
    ("< 5", "小于 5"),
    ('!= "甲"', "不等于“甲”"),
    ('"甲"', "为“甲”"),
    ('not("甲", "乙")', "不为“甲”、“乙”之一"),
    ("not(> 5)", "并非大于 5"),
    ("[1..5)", "不小于 1 并且小于 5"),
    ('@"2026-01-01"', "为 2026 年 1 月 1 日"),
    ('>= date("2026-01-01")', "不小于 2026 年 1 月 1 日"),
    ('< duration("P5Y6M")', "小于 5 年 6 个月"),
    ("? > a + 1", "大于 a + 1"),
    ("a > ?", "符合 a > ?"),
    ("not(null)", "不为空"),
    ('"甲", null', "为“甲”、空之一"),
    ("< 1, > 5", "小于 1，或者大于 5"),
    ("? > 1 and ? < 5", "大于 1，并且小于 5"),
    ('? = "甲" or ? = "乙"', "等于“甲”，或者等于“乙”"),
    ("? between 1 and 5", "不小于 1 并且不大于 5"),
    ('? in ("甲", "乙")', "为“甲”、“乙”之一"),
    ("? in [1..5]", "不小于 1 并且不大于 5"),
    ('starts with(?, "南屿")', "以“南屿”开头"),
    ('not(contains(?, "筹备"))', "不包含“筹备”"),
    ("string length(?) > 4", "字数大于 4"),
    ("count(?) >= 2", "项数不小于 2"),
    ("count(?) >= 2 and x", "符合 count(?) >= 2 and x"),
    ('"a,b(", "c"', "为“a,b(”、“c”之一"),
    ("some x in ? satisfies x > 1", "符合 some x in ? satisfies x > 1"),
]


@pytest.mark.parametrize(("test", "words"), TESTS)
def test_a_cell_in_words(test, words):
    assert test_in_words(test) == words


def test_a_value_in_words_is_short_and_a_finding_shows_no_long_number():
    assert value_in_words(value("[1, null]")) == " 1、空"
    assert value_in_words(value('[{a: "甲"}, [1, 2]]')) == "（a为“甲”）、（1、2）"
    assert value_in_words(value("[]")) == "空列表"
    assert value_in_words(value('@"2026-11-23T10:30:00Z"')) == " 2026 年 11 月 23 日 10:30:00Z"
    assert value_in_words(value('[@"P1DT2H", @"-P14M", @"PT0.5S"]')) == " 1 天 2 小时、负 1 年 2 个月、0.5 秒"
    assert value_in_words(value("function(x) x")) == "函数"
    assert len(value_in_words(value("for i in 1..1000 return i"), 10_000)) < 200
    assert value_in_words(None) == "空"
    assert len(value_in_words("长" * 100)) == 61
    assert masked("证件号为“11010119550101001X”，年龄为 71") == "证件号为“……”，年龄为 71"


@pytest.fixture
def file(tmp_path: Path) -> str:
    (tmp_path / "d.dmn").write_bytes(definitions(BODY))
    return str(tmp_path / "d.dmn")


@pytest.mark.parametrize(
    "given",
    ['{"year": 2026, "born": 1955, "post": "会长"}', '{year: date("2026-01-01").year, born: 1955, post: "会长"}'],
)
def test_the_command_takes_json_or_feel(file, given):
    found = CliRunner().invoke(group, ["dmn", "explain", file, "--input", given])
    assert (found.exit_code, found.output.splitlines()[0]) == (0, "决策“核验”的结果为“不符合”。")


def test_the_command_takes_a_file_and_gives_the_tree_as_json(file, tmp_path):
    (tmp_path / "in.json").write_text('{"year": 2026, "born": 1999.5}')
    found = CliRunner().invoke(group, ["dmn", "explain", file, "--input", str(tmp_path / "in.json"), "--json"])
    assert json.loads(found.output)["required"][0]["result"] == "26.5"
    chosen = CliRunner().invoke(
        group, ["dmn", "explain", file, "--decision", "年龄", "--input", str(tmp_path / "in.json")]
    )
    assert chosen.output.splitlines()[0] == "决策“年龄”的结果为 26.5。"


def test_the_command_calls_codes_by_the_words_of_the_system_and_of_the_forms_beside(tmp_path):
    rows = [['"register"', '"rejected"', '"block"', '"system"']]
    (tmp_path / "decisions").mkdir()
    (tmp_path / "forms").mkdir()
    (tmp_path / "decisions/d.dmn").write_bytes(definitions(decision("d", table(["x"], ["r", "sev", "way"], rows))))
    options = [{"value": "register", "label": "备案"}, {"value": "system", "label": "在系统里"}]
    options.append({"value": "会长", "label": "会长"})
    (tmp_path / "forms/a.form").write_text(json.dumps({"components": [{"values": options}]}))
    (tmp_path / "forms/b.form").write_text(
        json.dumps({"components": [{"values": [{"value": "system", "label": "是"}]}]})
    )
    (tmp_path / "forms/c.form").write_text("{")
    told = CliRunner().invoke(
        group, ["dmn", "explain", str(tmp_path / "decisions/d.dmn"), "--input", '{x: "register"}']
    )
    # a code that has two labels has none
    assert told.output.splitlines()[2].strip() == "第 1 行命中：x为“备案”。结果：r为“不同意”，sev为“确认后拦截”。"
    target = tmp_path / "x.html"
    given = ["--input", '{x: "会长"}', "--html", str(target)]
    CliRunner().invoke(group, ["dmn", "explain", str(tmp_path / "decisions/d.dmn"), *given])
    assert "<td>“会长”</td>" in target.read_text(encoding="utf-8")


WRONG = [
    (["--input", "{a: "], "输入既不是 JSON，也不是 FEEL"),
    (["--input", "{a: 1}", "--decision", "别的"], "d.dmn 里没有决策“别的”，有：年龄、核验。"),
    (["--input", "/nowhere"], "No such file"),
]


@pytest.mark.parametrize(("options", "sentence"), WRONG)
def test_a_wrong_call_is_answered_in_a_sentence(file, options, sentence):
    found = CliRunner().invoke(group, ["dmn", "explain", file, *options])
    assert found.exit_code in (1, 3)
    assert sentence in found.stderr
    assert "Traceback" not in found.output
