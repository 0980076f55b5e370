"""What is printed and where it is turned: words, names, tables over pages, previews. Measures are in `test_standard`."""

import re
from dataclasses import replace

import pytest

from engine import documents
from engine.documents import Paragraph, Run
from tests.documents import samples
from tests.documents.measure import MM, Reading, Row, rows, text
from tests.documents.office import Office

TOLERANCE = 0.3
PITCH, EM = 10.450, 15.75 / MM


@pytest.fixture(scope="module")
def notice(office: Office) -> Reading:
    return Reading(office.notice(samples.content("D01")))


def test_a_notice_names_office_title_and_number_centred(notice: Reading) -> None:
    title = rows([c for c in notice.pages[0] if abs(c.size - 22) < 0.2])
    assert [text(row) for row in title] == ["中共南屿省委社会工作部", "受理通知书"]
    number, to = notice.body(0)[:2]
    assert text(number) == "屿社工函〔2026〕18号"
    assert abs((number[0].x + number[-1].cell_right) / 2 - 106) < TOLERANCE
    grid = (to[0].cell_top - 37) / PITCH
    assert abs(grid - round(grid)) < 0.03, "主送 on the grid of lines"
    check = [c for c in notice.pages[0] if abs(c.size - 10.5) < 0.1]
    assert "7Q4M-2K9P-XC31" in "".join(text(row) for row in rows(check))
    assert abs(max(c.cell_bottom for c in check) - 262) < 2, "verification block on the core's lower edge"


def test_many_lines_beside_the_code_stay_above_the_core_s_lower_edge(office: Office) -> None:
    contact = (
        "联系人：林知远，电话：0000-65370018",
        "办理进度可以凭编号在系统查询。",
        "地址：" + "南屿省" * 20,
        "第四行",
    )
    reading = Reading(office.rendered(replace(samples.content("D01"), contact=contact)).pdf)
    check = [c for c in reading.pages[0] if abs(c.size - 10.5) < 0.1]
    assert "".join(contact) in "".join(text(row) for row in rows(check))
    assert max(c.bottom for c in check) < 262.2
    assert max(c.right for c in check) < 184.2


# What is on the pages


def _squeezed(words: str) -> str:
    return re.sub(r"\s", "", words)


@pytest.mark.parametrize("kind", samples.KINDS)
def test_no_word_of_the_content_is_lost_on_the_page(kind: str, office: Office) -> None:
    content = samples.content(kind)
    reading = Reading(office.rendered(content).pdf)
    printed = reading.text()
    missing = [
        character
        for character in set(_squeezed(content.text()))
        if printed.count(character) < content.text().count(character)
    ]
    assert not missing
    running = "".join(text(row) for page in range(len(reading.pages)) for row in reading.body(page))
    for block in content.blocks:
        if isinstance(block, Paragraph):
            assert _squeezed(block.text) in running


@pytest.mark.parametrize("name", ["王䶮", "李㛃", "阿依古丽·买买提", "喆堃犇珺琯璟"])
def test_rare_names_are_printed(name: str, office: Office) -> None:
    content = replace(samples.content("D01"), to=f"{name}：")
    assert name in Reading(office.rendered(content).pdf).text()


def test_a_rare_character_in_a_title_stays_in_its_line(office: Office) -> None:
    content = replace(samples.content("D01"), title=("关于王䶮、李㛃", "人选的通知书"))
    title = Reading(office.rendered(content).pdf).rows_of(0, 22)
    assert [text(row) for row in title][1:] == ["关于王䶮、李㛃人选的通知书"]


def test_a_rare_character_does_not_move_its_line(office: Office) -> None:
    plain, rare = (
        Reading(office.rendered(replace(samples.content("D01"), to=f"王{c}同志：")).pdf).body(0)[1] for c in "龙䶮"
    )
    assert [c.y for c in rare if c.c != "䶮"] == [c.y for c in plain if c.c != "龙"]


def test_forty_candidates_go_over_pages_with_the_head_repeated(office: Office) -> None:
    reading = Reading(office.rendered(samples.content("D06", 40)).pdf)
    listed = [
        page for page, chars in enumerate(reading.pages) if any(text(row).startswith("序号") for row in rows(chars))
    ]
    assert len(listed) >= 3
    numbers = [
        int(text(row_of)) for page in listed for row_of in _first_column(reading, page) if text(row_of).isdigit()
    ]
    assert numbers == list(range(1, 41))


def _first_column(reading: Reading, page: int) -> list[Row]:
    return rows([c for c in reading.pages[page] if c.x < 39 and abs(c.size - 12) < 0.1])


def test_a_seal_is_never_alone_on_its_page(office: Office) -> None:
    """Whatever the length of the text: the page with the seal has a line of text above it."""
    base = samples.content("D13")
    for lines in range(8, 14):
        content = replace(base, blocks=(Paragraph((Run("材料" * (14 * lines)),)), *base.blocks))
        rendered = office.rendered(content)
        assert rendered.seal
        reading = Reading(rendered.pdf)
        top = 297 - rendered.seal.y / MM
        assert [row for row in reading.body(rendered.seal.page) if row[0].y < top]


@pytest.mark.parametrize(("kind", "full", "lengths"), [("D13", 18, (4, 6, 7, 10, 14)), ("D07", 15, (1, 3, 4, 7, 11))])
def test_a_page_before_the_seal_is_full_but_for_what_the_seal_needs(
    office: Office, kind: str, full: int, lengths: tuple[int, ...]
) -> None:
    """The last paragraph is broken over the page, two lines and two, and the foot has a page of its own where there is
    room for the seal but not for both: no page is left half empty."""
    base, placed = samples.content(kind), set()
    for lines in lengths:
        blocks = (Paragraph((Run("材料" * 14 * lines),)), Paragraph((Run("材料" * 66 + "齐。"),)))
        rendered = office.rendered(replace(base, blocks=blocks))
        assert rendered.seal
        assert rendered.pages == 2
        placed.add(rendered.seal.page)
        first, second = (Reading(rendered.pdf).body(page) for page in range(2))
        if rendered.seal.page:
            assert len(first) >= full - 5
            text_above = len(second) - 2  # without name and date
            assert text_above >= 2
            if text_above < 5:
                assert 5 - text_above >= 2, "as many of its lines before"
        else:
            assert not second
    assert placed == {0, 1}


def test_attendance_stays_with_the_text_of_short_minutes(office: Office) -> None:
    content = samples.content("D09", 3)
    reading = Reading(office.rendered(replace(content, blocks=content.blocks[:1])).pdf)
    assert len(reading.pages) == 2
    assert [text(row)[:3] for row in reading.body(0)][-3:] == ["出席：", "请假：", "列席："]
    assert not reading.body(1)


def test_heads_of_columns_are_turned_in_even_lines(office: Office) -> None:
    reading = Reading(office.rendered(samples.content("D04")).pdf)
    head = [text(row) for row in reading.rows_of(1, 12)]
    assert {"出生拟任", "年月职务"} <= set(head)


def test_a_table_at_the_end_keeps_the_signature_with_its_last_rows(office: Office) -> None:
    content = samples.content("D02")
    rendered = office.rendered(replace(content, blocks=content.blocks[:2]))
    assert rendered.seal
    reading = Reading(rendered.pdf)
    assert [c for c in reading.pages[rendered.seal.page] if abs(c.size - 12) < 0.1]


def test_a_long_office_name_stays_on_the_page_with_the_date_below_its_middle(office: Office) -> None:
    content = replace(samples.content("D13"), signer="中共南屿省委社会工作部行业协会商会工作处办公室")
    lines = Reading(office.rendered(content).pdf).body(0)
    date = next(row for row in lines if re.fullmatch(r"\d{4}年\d+月\d+日", text(row)))
    who = lines[lines.index(date) - 1]
    assert text(who) == content.signer
    assert who[-1].x + EM < 184
    assert abs((who[0].x + who[-1].x) / 2 - (date[0].x + date[-1].x) / 2) < TOLERANCE


def test_a_preview_says_so_on_every_page_and_has_neither_number_nor_code(
    press: documents.Press, office: Office
) -> None:
    reading = Reading(press.render(samples.content("D06"), office.frame(), preview=True).pdf)
    for page in reading.pages:
        assert {"未", "签", "发"} <= {c.c for c in page if c.size > 60}
    assert "×号" in reading.text()
    assert "18号" not in reading.text()
    assert "7Q4M" not in reading.text()


def test_a_slip_has_neither_number_nor_seal(office: Office) -> None:
    rendered = office.rendered(samples.content("D14"))
    assert rendered.seal is None
    assert "〔" not in Reading(rendered.pdf).text()


def test_a_document_without_its_code_is_not_printed(press: documents.Press, office: Office) -> None:
    with pytest.raises(documents.ComposeError) as caught:
        press.render(samples.content("D01"), replace(office.frame(), code=""))
    assert caught.value.code == "document.frame"
