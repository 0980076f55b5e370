"""Why something became null, in Chinese, with its place."""

import pytest

from engine import feel
from tests.feel.language import notes, value

CASES = [
    ("age + 1", {}, "第 1 个字符处：没有“age”这个变量"),
    ("1 + x", {"x": None}, "第 3 个字符处：有一边是空值，不能相加"),
    ('1 + "a"', {}, "数字同文本不能相加"),
    ('1 < "a"', {}, "数字同文本不能比较大小"),
    ('1 = "a"', {}, "数字不能同文本比较是否相等"),
    ("1 / 0", {}, "除数是零"),
    ("9e6144 * 10", {}, "超出了能表示的范围"),
    ("p.name", {"p": {}}, "没有“name”这一项"),
    ("xs[3]", {"xs": [1]}, "列表有 1 项，没有第 3 项"),
    ('xs["a"]', {"xs": [1]}, "筛选条件应当是是非值或序号"),
    ("for x in null return x", {}, "要逐项处理的列表是空值"),
    ('date("2026-13-01")', {}, "date：没有 2026 年 13 月 1 日这一天"),
    ('date("明天")', {}, "“明天”不是日期"),
    ('sum([1, "a"])', {}, "sum：列表里应当都是数字，这里有文本"),
    ("upper case(1)", {}, "upper case：参数“string”应当是文本，这里是数字"),
    ("upper case(null)", {}, "参数“string”是空值"),
    ("f(1, 2)", {"f": feel.Function(("a",), lambda a: a)}, "f：应当有 1 个参数，这里有 2 个"),
    ("nothing(1)", {}, "nothing：没有这个函数"),
    ("f()", {"f": 1}, "数字不能当作函数调用"),
    ("1 and true", {}, "两边应当是是非值，这里是数字"),
    ("if 1 then 2 else 3", {}, "“if”的条件应当是是非值"),
    ("[3..1]", {}, "区间的起点大于终点"),
    ('matches("a", "(")', {}, "正则表达式第 2 个字符处"),
    ('@"2026-01-01T00:00:00" - @"2026-01-01T00:00:00Z"', {}, "一个带时区，一个不带"),
    ("[1] instance of list", {}, "类型“list”要写明里面的类型"),
]


@pytest.mark.parametrize(("text", "scope", "sentence"), CASES)
def test_a_fault_is_noted(text, scope, sentence):
    assert any(sentence in note for note in notes(text, **scope))


def test_a_sound_evaluation_has_no_notes():
    assert notes("if a > 1 then sum([a, 2]) else null", a=5) == ()


def test_the_fault_of_an_extension_function_is_noted():
    def call(year: object) -> None:
        raise ValueError("2031 年的节假日安排还没有公布")

    scope = {"工作日": feel.Function(("year",), call)}
    value, found = feel.compile_expression("工作日(2031)").evaluate_with_notes(scope)
    assert value is None
    assert "2031 年的节假日安排还没有公布" in found[0]


def test_the_same_fault_is_noted_once_and_notes_do_not_grow_without_end():
    assert len(notes("for i in 1..1000 return i + null")) == 1
    many = " + ".join(f"(for i in 1..3 return v{n})" for n in range(200))
    assert 1 <= len(notes(many)) <= 50


def test_notes_and_value_come_together():
    found = feel.compile_expression("[1 / 0, 2]").evaluate_with_notes({})
    assert found[0] == value("[null, 2]")
    assert len(found[1]) == 1
