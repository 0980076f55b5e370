"""What is no FEEL is refused with its place, and says what could stand there."""

import pytest

from engine import feel

ERRORS = [
    ("", 0, "没有写完"),
    ("1 +", 3, "没有写完"),
    ("(1 + 2", 6, ")"),
    ("1 2", 2, "运算符"),
    ("a == 1", 3, "只写一个“=”"),
    ("a > 1 && b", 6, "and"),
    ("年龄 ＞ 18", 3, "全角"),
    ("max（1, 2）", 3, "全角"),
    ("[1，2]", 2, "全角"),
    ('"abc', 0, "引号"),
    (r'"abc\"', 0, "引号"),
    ("1 /* never closed", 2, "*/"),
    ("if a then b", 11, "else"),
    ("for x return x", 6, "in"),
    ("some x in xs", 12, "satisfies"),
    ("Full Name + 1", 5, "已知的名称"),
    ("{a 1}", 4, ":"),
    ("[1..2", 5, "]"),
    ("f(a: 1, 2)", 8, "名称"),
    ("1 in", 4, "表达式"),
    ("x between 1", 11, "and"),
    ("x instance number", 11, "of"),
    ("a.", 2, "属性名"),
    ("a.1", 2, "属性名"),
    ("and", 0, "表达式"),
    ("then", 0, "表达式"),
    ("? + 1", 0, "?"),
    ("}", 0, "表达式"),
    ("1 $ 2", 2, "$"),
    ("1;2", 1, ","),
    ("function(a, 1) a", 12, "名称"),
]


@pytest.mark.parametrize(("text", "position", "word"), ERRORS)
def test_an_error_names_its_place(text, position, word):
    with pytest.raises(feel.FeelSyntaxError) as caught:
        feel.compile_expression(text)
    error = caught.value
    assert (error.code, error.position) == ("feel.syntax", position)
    assert word in error.message
    assert f"第 {position + 1} 个字符" in error.message
    assert error.details["position"] == position


def test_an_error_says_what_could_stand_there():
    with pytest.raises(feel.FeelSyntaxError) as caught:
        feel.compile_expression("if a than b")
    assert "then" in caught.value.expected


CELLS = [("1, ", 3), ("not(1", 5), ("[1..2", 5), ("< ", 2), ("1 2", 2), ("not(1,)", 6), ("a, then", 3)]


@pytest.mark.parametrize(("text", "position"), CELLS)
def test_an_error_in_a_cell_names_its_place(text, position):
    with pytest.raises(feel.FeelSyntaxError) as caught:
        feel.compile_unary_tests(text)
    assert caught.value.position == position


def test_numbers_beyond_all_measure_are_refused():
    with pytest.raises(feel.FeelSyntaxError) as caught:
        feel.compile_expression("1e9999")
    assert caught.value.code == "feel.literal"


WARNINGS = [
    ('@"2026-02-30"', "2 月 30 日"),
    ("substring(1)", "substring(string, start position, [length])"),
    ("substring(text: 1, start position: 2)", "参数"),
    ("x instance of 人", "没有“人”这个类型"),
    ("{a: 1, a: 2}", "同名"),
]


@pytest.mark.parametrize(("text", "word"), WARNINGS)
def test_what_can_only_be_null_is_warned_of_and_null(text, word):
    expression = feel.compile_expression(text)
    value, notes = expression.evaluate_with_notes({"x": 1})
    assert value is None
    assert word in expression.warnings[0]
    assert word in notes[0]


def test_a_sound_text_has_no_warnings():
    assert feel.compile_expression('substring("abc", 2)').warnings == ()
    assert feel.compile_unary_tests("< 5").warnings == ()


def test_errors_are_of_one_family():
    assert issubclass(feel.FeelSyntaxError, feel.FeelError)
    assert issubclass(feel.FeelLimitError, feel.FeelError)
