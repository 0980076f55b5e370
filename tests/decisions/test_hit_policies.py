"""Each hit policy, its result and the rows it reports."""

from decimal import Decimal

import pytest

from engine import decisions, feel
from tests.decisions.tables import only, table
from tests.feel.language import n, value

ROWS = [["< 10", '"低"'], ["> 5", '"中"'], ["> 8", '"高"'], ["100", '"低"']]
VALUES = ['"高", "中", "低"']

POLICIES = [
    ("UNIQUE", 3, "低", [1]),
    ("UNIQUE", 6, None, [1, 2]),
    ("UNIQUE", None, None, []),
    ("FIRST", 9, "低", [1]),
    ("FIRST", 20, "中", [2]),
    ("ANY", 3, "低", [1]),
    ("ANY", 6, None, [1, 2]),
    ("PRIORITY", 9, "高", [3]),
    ("PRIORITY", 7, "中", [2]),
    ("RULE ORDER", 9, ["低", "中", "高"], [1, 2, 3]),
    ("OUTPUT ORDER", 9, ["高", "中", "低"], [3, 2, 1]),
    ("OUTPUT ORDER", 100, ["高", "中", "低"], [3, 2, 4]),
    ("COLLECT", 9, ["低", "中", "高"], [1, 2, 3]),
    ("COLLECT", None, None, []),
    ("RULE ORDER", None, None, []),
]


@pytest.mark.parametrize(("policy", "x", "result", "fired"), POLICIES)
def test_a_policy_gives_its_result_and_its_rows(policy, x, result, fired):
    evaluation = only(table(["x"], ["级别"], ROWS, policy, values=VALUES)).evaluate({"x": x})
    assert evaluation.result == result
    assert [rule.number for rule in evaluation.fired] == fired


@pytest.mark.parametrize(
    ("policy", "gives"), [("COLLECT", True), ("RULE ORDER", True), ("FIRST", False), ("UNIQUE", False)]
)
def test_a_table_of_several_answers_gives_rows(policy, gives):
    assert only(table(["x"], ["n"], [["-", "1"]], policy)).gives_rows is gives
    assert only(table(["x"], ["n"], [["-", "1"]], "COLLECT", aggregation="SUM")).gives_rows is False


def test_any_is_content_with_rows_that_agree():
    decision = only(table(["x"], ["a", "b"], [["> 1", "1", "2"], ["> 2", "1", "2"]], "ANY"))
    evaluation = decision.evaluate({"x": 3})
    assert evaluation.result == {"a": Decimal(1), "b": Decimal(2)}
    assert evaluation.notes == ()


@pytest.mark.parametrize("policy", ["UNIQUE", "ANY"])
def test_rows_that_exclude_each_other_and_do_not_are_named(policy):
    evaluation = only(table(["x"], ["级别"], ROWS, policy)).evaluate({"x": 6})
    assert "第 1、2 行同时命中" in evaluation.notes[0]


AGGREGATIONS = [
    ("SUM", 6, "6"),
    ("MIN", 6, "1"),
    ("MAX", 6, "3"),
    ("COUNT", 6, "3"),
    ("COUNT", 0, None),
    ("SUM", 0, None),
]


@pytest.mark.parametrize(("aggregation", "x", "result"), AGGREGATIONS)
def test_collect_may_add_up(aggregation, x, result):
    rows = [["> 1", "1"], ["> 2", "2"], ["> 3", "3"]]
    decision = only(table(["x"], ["n"], rows, "COLLECT", aggregation=aggregation))
    assert decision.evaluate({"x": x}).result == (None if result is None else Decimal(result))


#: Rows of two outputs; what the table gives, as FEEL.
COMPOUND = [
    ("UNIQUE", [["-", "1", "2"]], "{a: 1, b: 2}"),
    ("ANY", [["-", "1", "2"], ["-", "1.0", "2"]], "{a: 1, b: 2}"),
    ("ANY", [["-", "1", "2"], ["-", "1", "3"]], "null"),
    ("ANY", [["-", "1", "2"], ["-", "true", "2"]], "null"),
    ("ANY", [["-", "null", "2"], ["-", "", "2"]], "{a: null, b: 2}"),
    ("ANY", [["-", "[1]", '@"P1D"'], ["-", "[x]", '@"PT24H"']], '{a: [1], b: @"P1D"}'),
    ("FIRST", [["2", "1", "2"], ["-", "x", "x + 1"]], "{a: 1, b: 2}"),
    ("COLLECT", [["-", "1", "2"], ["-", "3", "4"]], "[{a: 1, b: 2}, {a: 3, b: 4}]"),
    ("RULE ORDER", [["-", "3", "4"], ["2", "0", "0"], ["-", "1", "2"]], "[{a: 3, b: 4}, {a: 1, b: 2}]"),
    ("COLLECT", [["2", "1", "2"]], "null"),
]


@pytest.mark.parametrize(("policy", "rows", "expected"), COMPOUND)
def test_a_table_of_several_outputs_gives_contexts(policy, rows, expected):
    assert only(table(["x"], ["a", "b"], rows, policy)).evaluate({"x": 1}).result == value(expected)


#: What the rows give, the values the output may have, and the result: what is not listed comes last, in the order of the rows.
PRIORITIES = [
    ("PRIORITY", ["2", "1"], "1, 2", "1"),
    ("PRIORITY", ["2", "1"], "2, 1", "2"),
    ("PRIORITY", ["9", "1"], "2, 1", "1"),
    ("PRIORITY", ["9", "8"], "2, 1", "9"),
    ("PRIORITY", ['@"2026-01-02"', '@"2026-01-01"'], '@"2026-01-01", @"2026-01-02"', '@"2026-01-01"'),
    ("OUTPUT ORDER", ["9", "1", "8", "2", "1"], "2, 1", "[2, 1, 1, 9, 8]"),
]


@pytest.mark.parametrize(("policy", "answers", "listed", "expected"), PRIORITIES)
def test_the_values_of_an_output_are_its_order(policy, answers, listed, expected):
    rows = [["-", answer] for answer in answers]
    assert only(table(["x"], ["r"], rows, policy, values=[listed])).evaluate({"x": 1}).result == value(expected)


#: What else can be collected.
COLLECTED = [
    ("MAX", ['"a"', '"b"'], '"b"'),
    ("MIN", ['@"2026-01-02"', '@"2026-01-01"'], '@"2026-01-01"'),
    ("MAX", ['@"P1D"', '@"PT36H"'], '@"PT36H"'),
    ("COUNT", ['"a"', '"a"', "null"], "3"),
    ("SUM", ["1", "null"], "null"),
    ("MIN", ["1", '"a"'], "null"),
]


@pytest.mark.parametrize(("aggregation", "answers", "expected"), COLLECTED)
def test_what_is_collected_is_added_up_by_the_function_of_that_name(aggregation, answers, expected):
    rows = [["-", answer] for answer in answers]
    asked = only(table(["x"], ["r"], rows, "COLLECT", aggregation=aggregation))
    assert asked.evaluate({"x": 1}).result == value(expected)


#: Where no row fires: the defaults, and what the table gives.
DEFAULTS = [
    ("UNIQUE", ["7", "x"], "{a: 7, b: 1}"),
    ("FIRST", ["7", ""], "{a: 7, b: null}"),
    ("COLLECT", ["7", "8"], "{a: 7, b: 8}"),
    ("UNIQUE", ["", ""], "null"),
]


@pytest.mark.parametrize(("policy", "defaults", "expected"), DEFAULTS)
def test_where_no_row_fires_the_defaults_answer(policy, defaults, expected):
    asked = only(table(["x"], ["a", "b"], [["2", "1", "1"]], policy, defaults=defaults))
    assert asked.evaluate({"x": 1}).result == value(expected)


def test_what_cannot_be_added_up_is_null_and_noted():
    decision = only(table(["x"], ["n"], [["-", "1"], ["-", '"a"']], "COLLECT", aggregation="SUM"))
    evaluation = decision.evaluate({"x": 1})
    assert evaluation.result is None
    assert "不能汇总" in evaluation.notes[0]


def test_the_priority_of_several_outputs_counts_from_the_left():
    values = ['"是", "否"', '"急", "缓"']
    rows = [["-", '"否"', '"急"'], ["-", '"是"', '"缓"'], ["-", '"是"', '"急"']]
    decision = only(table(["x"], ["要办", "缓急"], rows, "OUTPUT ORDER", values=values))
    assert [rule.number for rule in decision.evaluate({"x": 1}).fired] == [3, 2, 1]


def test_defaults_answer_where_no_row_fires():
    one = only(table(["x"], ["n"], [["1", "1"]], defaults=["x + 1"]))
    assert one.evaluate({"x": 5}).result == Decimal(6)
    two = only(table(["x"], ["a", "b"], [["1", "1", "2"]], defaults=["0", '"无"']))
    assert two.evaluate({"x": 5}).result == {"a": Decimal(0), "b": "无"}
    assert two.evaluate({"x": 5}).fired == ()


def test_a_row_fires_only_when_every_cell_holds():
    rows = [["> 1", '"甲"', '"both"'], ["> 1", "-", '"first"'], ["-", 'not("甲")', '"other"']]
    decision = only(table(["x", "y"], ["r"], rows, "COLLECT"))
    assert decision.evaluate({"x": 2, "y": "甲"}).result == ["both", "first"]
    assert decision.evaluate({"x": None, "y": "甲"}).result is None
    assert decision.evaluate({"x": 0, "y": None}).result == ["other"]


def test_a_fired_row_carries_outputs_annotations_clause_and_reason():
    rows = [["> 70", '"E01"', '"年龄" + "超限"', "MZ166-4", "看口径"], ["> 80", '"E02"', "", "MZ166-T", ""]]
    logic = table(["age"], ["code", "reason"], rows, "COLLECT", annotations=["clause", "说明"])
    first, second = only(logic).evaluate({"age": 90}).fired
    assert first == decisions.FiredRule(
        "r1",
        1,
        {"code": "E01", "reason": "年龄超限"},
        {"clause": "MZ166-4", "说明": "看口径"},
        (decisions.Checked("age", "> 70", Decimal(90)),),
    )
    assert (first.clause, first.reason) == ("MZ166-4", "年龄超限")
    assert (second.clause, second.reason, second.outputs["reason"]) == ("MZ166-T", "", None)


def test_the_inputs_are_reported_by_label():
    evaluation = only(table(["x + 1", "xs"], ["r"], [["-", "-", "1"]])).evaluate({"x": 1, "xs": [1, 2]})
    assert evaluation.inputs == {"x + 1": Decimal(2), "xs": [Decimal(1), Decimal(2)]}
    assert evaluation.table_id == "d"


def test_names_of_a_decision():
    decision = only(table(["age", "count(posts[society != own])"], ["code", "sev"], [["> limit", "-", "other", '"a"']]))
    assert decision.input_names == {"age", "posts", "society", "own", "limit", "other"}
    assert decision.output_names == ("code", "sev")
    assert decision.hit_policy == "UNIQUE"


def test_all_cells_share_one_budget():
    rows = [["-", f"count(for i in 1..{n} return i)"] for n in range(30, 60)]
    decision = only(table(["x"], ["n"], rows, "COLLECT"))
    assert len(decision.evaluate({"x": 1}).result) == 30
    with pytest.raises(feel.FeelLimitError):
        decision.evaluate({"x": 1}, feel.Budget(steps=500))


def test_explaining_says_why_cells_were_null():
    decision = only(table(["x.y"], ["n"], [["> 1", "1"]]))
    assert decision.evaluate({}).notes == ()
    assert any("没有“x”这个变量" in note for note in decision.evaluate({}, explain=True).notes)


def test_the_policy_is_unique_where_none_is_written():
    logic = table(["x"], ["n"], [["1", "1"]]).replace(' hitPolicy="UNIQUE"', "")
    assert only(logic).hit_policy == "UNIQUE"


@pytest.mark.parametrize("given", [None, "丙", n(1)])
def test_a_dash_does_not_look_at_its_column(given):
    """Neither null nor a value that the column does not list keeps the row from firing; the note says that it is not one."""
    logic = table(["x", "y"], ["r"], [["-", "true", "1"]]).replace(
        "</input>", '<inputValues><text>"甲","乙"</text></inputValues></input>', 1
    )
    found = only(logic).evaluate({"x": given, "y": True})
    assert (found.result, [rule.checked for rule in found.fired]) == (1, [(decisions.Checked("y", "true", True),)])
    assert found.notes == ("表“d”的输入“x”不在它列出的取值里",)
