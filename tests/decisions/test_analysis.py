"""What a table says by itself: rows that overlap, inputs that no row covers, rows that can never fire."""

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import decisions
from tests.decisions.tables import decision, definitions, only, table
from tests.feel.language import n


def flaws(rows: list[list[str]], policy: str = "UNIQUE", inputs: tuple[str, ...] = (), **options: Any) -> list[tuple]:
    columns = inputs or ("x", "y")[: len(rows[0]) - 1]
    logic = table(columns, ["r"], rows, policy, **options)
    read = decisions.read(definitions(decision("d", logic)), "d.dmn").decisions["d"].logic
    return [(flaw.kind, [rule.number for rule in flaw.rows], flaw.witness) for flaw in decisions.analyse(read)]


OVERLAPS = [
    ([["<= 5", "1"], [">= 5", "2"]], [("overlap", [1, 2], "x为 5")]),
    ([["< 5", "1"], [">= 5", "2"]], []),
    ([["[1..3]", "1"], ["(3..6]", "2"], ["< 1, > 6", "3"]], []),
    ([['"甲","乙"', "1"], ['not("甲")', "2"]], [("overlap", [1, 2], "x为“乙”")]),
    ([["true", "1"], ["false", "2"]], []),
    ([["null", "1"], ["-", "2"]], [("overlap", [1, 2], "x为空")]),
    (
        [['< date("2026-01-01")', "1"], ['>= date("2026-01-01")', "2"], ['@"2026-03-01"', "3"]],
        [("overlap", [2, 3], "x为 2026 年 3 月 1 日")],
    ),
    ([["< 5", '"a"', "1"], [">= 5", "-", "2"], ["< 5", 'not("a")', "3"]], []),
    (
        [["< 5", '"a"', "1"], ["-", '"a"', "2"], ["-", 'not("a")', "3"]],
        [("overlap", [1, 2], "x为 4，y为“a”")],
    ),
]


@pytest.mark.parametrize(("rows", "expected"), OVERLAPS)
def test_rows_that_fire_together_are_found_where_only_one_may(rows, expected):
    assert flaws(rows) == expected


GAPS = [
    ([["< 5", "1"], ["> 5", "2"]], [("gap", [], "x为 5")]),
    ([["true", "1"]], [("gap", [], "x为否")]),
    ([['"甲"', "1"]], [("gap", [], "x为“其他”")]),
    ([['@"P1D"', "1"], ['> @"P1D"', "2"]], [("gap", [], "x为 23 小时 59 分钟 59 秒")]),
    ([["1", "1"], ["2", "2"], ["> 2", "3"], ["< 1", "4"]], [("gap", [], "x为 1.5")]),
    ([["< 5", "true", "1"], [">= 5", "-", "2"]], [("gap", [], "x为 4，y为否")]),
    ([["null", "1"]], [("gap", [], "x不为空")]),
    ([["not(null)", "1"]], [("gap", [], "x为空")]),
    ([["null", "1"], ["not(null)", "2"]], []),
    ([["-", "1"]], []),
]


@pytest.mark.parametrize("policy", ["UNIQUE", "FIRST", "ANY"])
@pytest.mark.parametrize(("rows", "expected"), GAPS)
def test_an_input_that_no_row_covers_is_found(rows, expected, policy):
    assert flaws(rows, policy) == expected


def test_a_default_and_a_table_of_many_hits_need_not_cover_everything():
    assert flaws([["< 5", "1"]], defaults=["0"]) == []
    assert flaws([["< 5", "1"]], "COLLECT") == []


NEVER = [
    ("FIRST", [["> 5", "1"], ["> 7", "2"], ["-", "3"]], [("never", [2], "例如x为 7.5时，上面的行已经命中")]),
    ("FIRST", [["> 5", "1"], ["<= 5", "2"], ["-", "3"]], [("never", [3], "例如x为 4时，上面的行已经命中")]),
    ("FIRST", [["< 5", "true", "1"], [">= 5", "-", "2"], ["-", "-", "3"]], []),
    ("COLLECT", [["[5..1]", "1"]], [("never", [1], "没有一个“x”能满足它的条件")]),
]


@pytest.mark.parametrize(("policy", "rows", "expected"), NEVER)
def test_a_row_that_can_never_fire_is_found(policy, rows, expected):
    assert [(kind, numbers) for kind, numbers, _ in flaws(rows, policy)] == [
        (kind, numbers) for kind, numbers, _ in expected
    ]


def test_allowed_values_bound_what_a_column_can_be():
    logic = table(["x"], ["r"], [['"甲"', "1"], ['"乙"', "2"]]).replace(
        "</input>", '<inputValues><text>"甲","乙"</text></inputValues></input>'
    )
    read = decisions.read(definitions(decision("d", logic)), "d.dmn").decisions["d"].logic
    assert decisions.analyse(read) == []


def test_columns_that_ask_the_same_are_one():
    assert flaws([["< 5", "> 7", "1"], ["-", "<= 7", "2"]], inputs=("x", "x")) == [
        ("never", [1], "没有一个“x”能满足它的条件"),
        ("gap", [], "x为 8"),
    ]


def test_what_depends_on_other_variables_is_never_claimed():
    assert flaws([["< limit", "1"], [">= limit", "2"]]) == []
    assert flaws([["odd(?)", "1"], ["even(?)", "2"]]) == []


def test_rows_under_any_may_overlap_when_they_agree():
    assert flaws([["> 5", "1"], ["> 3", "1"], ["<= 3", "1"]], "ANY") == []
    assert flaws([["> 5", "1"], ["> 3", "2"], ["<= 3", "1"]], "ANY") == [("conflict", [1, 2], "x为 6")]


FIRING = [
    (["[3..5]", 'not("甲")'], "x为 3，y为“其他”"),
    (["-", "true"], "y为是"),
    (["-", "-"], "任何输入"),
    (["> limit", "< 2"], "x大于 limit，y为 1"),
    (["odd(?)", "null"], "x符合 odd(?)，y为空"),
    (["[5..1]", "-"], ""),
]


@pytest.mark.parametrize(("cells", "expected"), FIRING)
def test_a_row_has_an_input_that_makes_it_fire(cells, expected):
    logic = table(["x", "y"], ["r"], [[*cells, "1"], ["< 0", "-", "2"]])
    read = decisions.read(definitions(decision("d", logic)), "d.dmn").decisions["d"].logic
    assert decisions.witness(read, read.rules[0]) == expected


def test_a_row_over_one_expression_twice_has_one_value_that_passes_both_cells():
    logic = table(["x", "x"], ["r"], [["> 5", "< 7", "1"]])
    read = decisions.read(definitions(decision("d", logic)), "d.dmn").decisions["d"].logic
    assert decisions.witness(read, read.rules[0]) == "x为 6"


PARTIAL = [
    (
        "UNIQUE",
        [[f"{number}", f"> {number}", "1"] for number in range(420)],
        [("partial", "420 行、2 列的条件太多或交织得太复杂，没有查清有无不会命中的行、同时命中的行、没有覆盖的输入")],
    ),
    ("COLLECT", [[",".join(map(str, range(3_000))), "1"]], [("partial", "没有查清有无不会命中的行")]),
    (
        "ANY",
        [["-", str(number)] for number in range(21)],
        [*[("conflict", "任何输入")] * 200, ("partial", "只列出前 200 对")],
    ),
]


@pytest.mark.parametrize(("policy", "rows", "expected"), PARTIAL)
def test_a_table_that_is_not_looked_through_in_whole_says_what_is_open(policy, rows, expected):
    found = flaws(rows, policy)
    assert [kind for kind, _, _ in found] == [kind for kind, _ in expected]
    assert all(words in witness for (_, _, witness), (_, words) in zip(found, expected, strict=True))


def test_conditions_that_interlock_too_much_leave_open_what_only_looking_at_all_would_settle():
    chosen = random.Random(7)
    rows = [[*(chosen.choice(["true", "false", *"-" * 8]) for _ in range(24)), "1"] for _ in range(100)]
    columns = tuple(f"x{number}" for number in range(24))
    *_, last = flaws(rows, "FIRST", columns)
    assert last == ("partial", [], "100 行、24 列的条件太多或交织得太复杂，没有查清有无不会命中的行、没有覆盖的输入")


def test_tables_that_share_an_effort_say_so_when_it_is_used_up():
    logic = only(table(["x"], ["r"], [["< 5", "1"], ["< 3", "2"], [">= 5", "3"]])).logic
    effort = decisions.Effort(100)
    kinds = [[flaw.kind for flaw in decisions.analyse(logic, effort)] for _ in range(6)]
    assert kinds[0] == ["overlap"]
    assert kinds[-1] == ["partial"]
    assert decisions.analyse(logic)[0].kind == "overlap"


def test_a_cell_that_takes_too_long_is_no_flaw():
    slow = "count(for i in 1..9000 return i) = ? + 8999"
    assert flaws([[slow, "1"], ["1", "2"]]) == []


CELLS = st.sampled_from(["-", "1", "< 2", ">= 2", "[1..3]", "not(2)", "1, 3", "null"])


@settings(derandomize=True, max_examples=150, deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=5))
def test_findings_are_what_evaluating_the_table_shows(cells):
    """Over every whole and half number near the constants, and null where a cell speaks of it."""
    rows = [[*pair, str(number)] for number, pair in enumerate(cells)]
    found = flaws(rows)
    near = [n(number) / 2 for number in range(-1, 10)]
    values = [[*near, None] if any("null" in pair[at] for pair in cells) else near for at in (0, 1)]
    read = decisions.read(definitions(decision("d", table(["x", "y"], ["r"], rows, "COLLECT"))), "d.dmn").decisions["d"]
    fired = [[rule.number for rule in read.evaluate({"x": x, "y": y}).fired] for x in values[0] for y in values[1]]
    pairs = {(a, b) for hit in fired for a in hit for b in hit if a < b}
    assert {tuple(numbers) for kind, numbers, _ in found if kind == "overlap"} == pairs
    assert any(kind == "gap" for kind, _, _ in found) == ([] in fired)
