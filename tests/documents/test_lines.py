"""The composer of lines: nothing lost, nothing outside the measure, the rules for beginnings and ends of lines kept."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.documents import Faces, MissingGlyph
from engine.documents.geometry import CORE
from engine.documents.lines import CLOSING, OPENING, Line, Setting, compose
from engine.documents.titles import break_title

TEXT = (
    "你单位2026年11月3日报送的《关于第三届理事会负责人人选审核的请示》（南物协〔2026〕18号）收悉。经审核，"
    "“同意”王䶮等7名同志作为人选；会员总数1,286家，A级企业占37.5%，统一信用代码51990000MJ000000XN。"
) * 4
CHARACTERS = st.sampled_from(list("国会审核意见一二三，。、；：（）《》“”〔〕·—…0123456789年月日abcXYZ@./ 䶮　"))


def lines_of(text: str, faces: Faces, setting: Setting | None = None) -> list[Line]:
    return compose([(text, "fang")], setting or Setting(), faces)


def test_full_lines_fill_the_measure(faces: Faces) -> None:
    for line in lines_of(TEXT, faces)[:-1]:
        assert abs(line.width - CORE) < 0.01
        assert 0 <= line.spacing < 0.2 * 15.75


def test_no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one(faces: Faces) -> None:
    for line in lines_of(TEXT, faces):
        assert line.text[0] not in CLOSING
        assert line.text[-1] not in OPENING


def test_no_mark_is_set_half_width_that_fills_more_than_half_its_cell(faces: Faces) -> None:
    font = faces.font("fang")
    assert {"，", "。", "（", "《"} <= set(font.halves)
    assert "？" not in font.halves, "it stands in the middle of its cell"
    assert "".join(line.text for line in lines_of("审？" * 60, faces)) == "审？" * 60


def test_numbers_and_words_stay_whole(faces: Faces) -> None:
    for a, b in itertools.pairwise(line.text for line in lines_of(TEXT, faces)):
        assert not (a[-1].isascii() and a[-1].isalnum() and b[0].isascii() and b[0].isalnum())
        assert not (a[-1].isdigit() and b[0] == "年")


@pytest.mark.parametrize("before", range(1, 60))
def test_a_case_number_is_never_turned_where_a_line_can_hold_it(faces: Faces, before: int) -> None:
    lines = [line.text for line in lines_of("国" * before + "（编号LR-2026-0001）收悉。经审核" + "国" * 30, faces)]
    assert any("LR-2026-0001" in line for line in lines)


def test_a_code_wider_than_its_cell_is_turned_at_a_hyphen(faces: Faces) -> None:
    lines = lines_of("LR-2026-0001", faces, Setting(12, 50, 12, 0, 0, ragged=True))
    assert [line.text for line in lines] == ["LR-2026-", "0001"]


def test_plain_characters_sit_in_28_cells(faces: Faces) -> None:
    lines = lines_of("国" * 100, faces)
    assert [len(line.text) for line in lines] == [26, 28, 28, 18]
    assert abs(lines[1].spacing - Setting().grid) < 0.01


def test_a_turned_line_hangs_under_the_name(faces: Faces) -> None:
    lines = lines_of("附件：" + "名" * 60, faces, Setting(first=2, rest=5))
    assert lines[1].indent == pytest.approx(5 * Setting().cell)


@settings(max_examples=150)
@given(text=st.text(CHARACTERS, min_size=1, max_size=200))
def test_every_character_is_set_once_and_within_the_measure(faces: Faces, text: str) -> None:
    lines = lines_of(text, faces)
    assert "".join(line.text for line in lines) == text
    assert all(line.width <= CORE + 0.02 for line in lines)


@settings(max_examples=100)
@given(text=st.text(CHARACTERS, min_size=1, max_size=80), width=st.integers(24, 200))
def test_a_narrow_cell_holds_every_character_too(faces: Faces, text: str, width: int) -> None:
    lines = lines_of(text, faces, Setting(12, width, 12, 0, 0, ragged=True))
    assert "".join(line.text for line in lines) == text
    assert all(line.width <= width + 0.02 for line in lines)


@pytest.mark.parametrize("text", ["。" * 100, "（" * 100, "x" * 300, "……" * 60, "https://example.gov.cn/" + "a" * 200])
def test_text_without_legal_breaks_is_set_all_the_same(faces: Faces, text: str) -> None:
    assert "".join(line.text for line in lines_of(text, faces)) == text


def test_a_rare_character_takes_the_fallback_and_an_unknown_one_is_refused(faces: Faces) -> None:
    pieces = lines_of("王䶮", faces)[0].pieces
    assert [(piece.text, piece.face) for piece in pieces] == [("王", "fang"), ("䶮", "notoserif")]
    with pytest.raises(MissingGlyph) as caught:
        lines_of("\U0001f600", faces)
    assert caught.value.details["code_point"] == "U+1F600"


def test_a_title_is_broken_between_phrases_into_a_trapezoid(faces: Faces) -> None:
    phrases = ("关于", "南屿省现代物流业协会", "第三届理事会", "负责人人选的", "审核意见")
    rows = break_title(phrases, 20, faces)
    sizes = [len(row) for row in rows]
    assert "".join(rows) == "".join(phrases)
    assert sizes in (sorted(sizes), sorted(sizes, reverse=True))
    assert max(sizes) <= 20
    ends = set(itertools.accumulate(len(phrase) for phrase in phrases))
    assert set(itertools.accumulate(sizes)) <= ends


def test_a_title_of_one_long_phrase_is_broken_where_a_word_ends(faces: Faces) -> None:
    conference = "南屿省行业协会商会改革发展工作联席会议第十二次全体会议纪要"
    assert break_title((conference,), 20, faces) == ["南屿省行业协会商会改革发展工作联席会议", "第十二次全体会议纪要"]
    notice = ("关于召开", "南屿省行业协会商会党建工作联席会议2026年第三次会议的通知")
    assert break_title(notice, 20, faces)[0][-1] in "会议"


@given(text=st.text(CHARACTERS, min_size=1, max_size=120))
@settings(max_examples=80)
def test_a_title_of_one_phrase_loses_nothing(faces: Faces, text: str) -> None:
    rows = break_title((text,), 20, faces)
    assert "".join(rows) == text
    assert all(faces.width(row, "biaosong") <= 20.02 for row in rows)
