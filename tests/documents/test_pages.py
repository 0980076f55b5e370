"""The printed page against GB/T 9704—2012, read back by a reader that does not know how it was made."""

import itertools
import re
import statistics
from dataclasses import replace

import pytest

from engine import documents
from engine.documents import Content, Paragraph, Run
from tests.documents import samples
from tests.documents.measure import MM, Reading, Rect, Row, rows, text
from tests.documents.office import Office

TOLERANCE = 0.3
PITCH, EM, CELL = 10.450, 15.75 / MM, 156 / 28
LEAD = (PITCH - EM) / 2
FILLING = "经审核，申报材料齐全，程序符合规定，会员单位意见一致，未发现不宜任职的情形。" * 14


class Sheet:
    """Collects deviations, so that one run shows them all."""

    def __init__(self) -> None:
        self.wrong: list[str] = []

    def put(self, what: str, measured: float, wanted: float, limit: float = TOLERANCE) -> None:
        if abs(measured - wanted) > limit:
            self.wrong.append(f"{what}: {measured:.3f}, wanted {wanted:.3f}")


def long_letter() -> Content:
    content = samples.content("D06")
    filling = Paragraph((Run(FILLING),))
    return replace(content, blocks=(content.blocks[0], filling, filling, *content.blocks[1:]))


@pytest.fixture(scope="module")
def letter(office: Office) -> Reading:
    return Reading(office.letter(long_letter()))


@pytest.fixture(scope="module")
def notice(office: Office) -> Reading:
    return Reading(office.notice(samples.content("D01")))


def page_measures(sheet: Sheet, reading: Reading) -> None:
    width, height = reading.document[0].get_size()
    sheet.put("paper width", width / MM, 210)
    sheet.put("paper height", height / MM, 297)


def test_a_full_page_holds_22_lines_of_28_characters_between_the_core_edges(letter: Reading) -> None:
    sheet, full = Sheet(), letter.body(1)
    page_measures(sheet, letter)
    sheet.put("lines", len(full), 22, 0)
    sheet.put("core top: ink of the first line", min(c.top for c in full[0] if c.is_han), 37)
    sheet.put("core bottom: ink of the last line", max(c.bottom for c in full[-1] if c.is_han), 262)
    sheet.put("pitch", (full[-1][0].y - full[0][0].y) / 21, PITCH, 0.02)
    for a, b in itertools.pairwise(full):
        sheet.put("pitch of " + text(b)[:6], b[0].y - a[0].y, PITCH, 0.05)
    lines = [row for page in (0, 1) for row in letter.body(page) if len(row) > 20]
    for row in lines:
        if row[0].is_han and row[0].x < 30:
            sheet.put("left edge of " + text(row)[:6], row[0].x, 28)
        if row[-1].is_han and row[-1].x + EM > 180:
            sheet.put("right edge of " + text(row)[:6], row[-1].x + EM, 184)
    steps = [b.x - a.x for row in full for a, b in itertools.pairwise(row) if a.is_han and b.is_han]
    grid = [step for step in steps if abs(step - CELL) < 0.03]
    sheet.put("characters a line", 156 / statistics.median(grid), 28, 0.05)
    indents = [row[0].x for row in full if row[0].is_han and 36 < row[0].x < 45]
    sheet.put("indent of a paragraph", min(indents) - 28, 2 * CELL)
    sheet.put("size of the text", statistics.median(c.size for row in full for c in row), 15.75, 0.05)
    assert not sheet.wrong


def test_the_head_of_a_letter_stands_where_the_standard_puts_it(letter: Reading) -> None:
    sheet, first = Sheet(), letter.pages[0]
    mark = [c for c in first if c.size > 30]
    ink = letter.ink(0, Rect(0, min(c.top for c in mark) - 2, 210, max(c.bottom for c in mark) + 1))
    sheet.put("mark below the paper's top", ink.top, 30)
    sheet.put("mark centred", (mark[0].x + mark[-1].x + mark[1].x - mark[0].x) / 2, 106)
    wide = [r for r in letter.rects(0) if abs(r.width - 170) < 1]
    sheet.put("rules", len(wide), 4, 0)
    sheet.put("first rule below the mark", wide[0].top - ink.bottom, 4)
    sheet.put("width of the rules", wide[0].width, 170)
    sheet.put("left end of the rules", wide[0].left, 20)
    sheet.put("foot rule above the paper's foot", 297 - wide[-1].bottom, 20)
    assert wide[0].height > 2 * wide[1].height
    assert wide[3].height > 2 * wide[2].height
    number = next(row for row in letter.body(0) if "〔2026〕" in text(row) and row[0].x > 50)
    sheet.put("number below the rules", number[0].cell_top - wide[1].bottom, 7 / 8 * EM)
    sheet.put("number flush right", number[-1].x + EM, 184)
    _title(sheet, letter, number[0].cell_bottom + LEAD)
    assert not [c for c in first if c.y > 263], "a letter's first page has no number"
    assert not sheet.wrong


def _title(sheet: Sheet, reading: Reading, above: float) -> None:
    title = rows([c for c in reading.pages[0] if abs(c.size - 22) < 0.2])
    leading = (title[1][0].y - title[0][0].y) if len(title) > 1 else 22 / MM
    half = (leading - 22 / MM) / 2
    sheet.put("blank lines above the title", (title[0][0].cell_top - half - above) / PITCH, 2, 0.03)
    for row in title:
        sheet.put("title centred", (row[0].x + row[-1].x + 22 / MM) / 2, 106)
    to = next(row for row in reading.body(0) if row[0].y > title[-1][0].y)
    sheet.put("blank lines below", (to[0].cell_top - LEAD - title[-1][0].cell_bottom - half) / PITCH, 1, 0.03)
    sheet.put("主送 flush left", to[0].x, 28)


def test_page_numbers_alternate_between_the_edges(letter: Reading) -> None:
    sheet = Sheet()
    for n, chars in enumerate(letter.pages[1:], 1):
        foot = [c for c in chars if c.y > 263]
        assert text(sorted(foot, key=lambda c: c.x)) == f"—{n + 1}—"
        sheet.put("dash below the core", min(c.top for c in foot if c.c == "—") - 262, 7)
        if n % 2:
            sheet.put("even page: one character in", min(c.x for c in foot) - 28, 14 / MM)
        else:
            sheet.put("odd page: one character in", 184 - (max(c.x for c in foot) + 14 / MM), 14 / MM)
    assert not sheet.wrong


@pytest.mark.parametrize("kind", ["letter", "notice"])
def test_the_seal_sits_upright_over_name_and_date(kind: str, request: pytest.FixtureRequest) -> None:
    reading, sheet = request.getfixturevalue(kind), Sheet()
    [(page, seal)] = list(reading.fields())
    lines = reading.body(page)
    date = next(row for row in lines if row[0].x > 60 and re.fullmatch(r"\d{4}年\d+月\d+日", text(row)))
    who, above = lines[lines.index(date) - 1], lines[lines.index(date) - 2]
    centre = (date[0].x + date[-1].x + EM) / 2
    sheet.put("date four characters from the right", 184 - (date[-1].x + EM), 4 * CELL)
    sheet.put("name centred over the date", (who[0].x + who[-1].x + EM) / 2, centre)
    sheet.put("seal centred over the date", (seal.left + seal.right) / 2, centre)
    sheet.put("seal's diameter", seal.width, 42)
    assert 0 <= seal.top - max(c.bottom for c in above) <= PITCH, "within one line of the text above"
    assert seal.bottom > max(c.top for c in date), "it presses on the date"
    assert not sheet.wrong


def test_the_list_of_candidates_is_headed_as_an_attachment(letter: Reading) -> None:
    sheet = Sheet()
    page = next(n for n in range(len(letter.pages)) if text(letter.body(n)[0]) == "附件")
    head = rows([c for c in letter.pages[page] if c.y < 90])
    sheet.put("附件 on the first line", head[0][0].y - letter.body(1)[0][0].y, 0)
    middle = [row[0].y - 0.3 * row[0].em for row in head[:2]]
    sheet.put("its title on the third line", 1 + (middle[1] - middle[0]) / PITCH, 3, 0.03)
    copies = [c for c in letter.pages[-1] if abs(c.size - 14) < 0.1 and c.y < 262.5]
    sheet.put("抄送 one character in", min(c.x for c in copies) - 28, 14 / MM)
    sheet.put("抄送 on the core's lower edge", max(c.cell_bottom for c in copies), 262, 8 - 14 / MM)
    assert not sheet.wrong


def test_a_notice_names_office_title_and_number_centred(notice: Reading) -> None:
    sheet = Sheet()
    page_measures(sheet, notice)
    title = rows([c for c in notice.pages[0] if abs(c.size - 22) < 0.2])
    assert [text(row) for row in title] == ["中共南屿省委社会工作部", "受理通知书"]
    number = notice.body(0)[0]
    assert text(number) == "屿社工函〔2026〕18号"
    for row in (*title, number):
        sheet.put("centred: " + text(row), (row[0].x + row[-1].x + row[-1].em) / 2, 106)
    sheet.put("core top", min(c.cell_top for c in title[0]), 37, 1.5)
    to = notice.body(0)[1]
    grid = (to[0].cell_top - 37) / PITCH
    sheet.put("主送 on the grid of lines", grid, round(grid), 0.03)
    check = [c for c in notice.pages[0] if abs(c.size - 10.5) < 0.1]
    assert "7Q4M-2K9P-XC31" in "".join(text(row) for row in rows(check))
    sheet.put("verification block on the core's lower edge", max(c.cell_bottom for c in check), 262, 2)
    assert not sheet.wrong


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


@pytest.mark.parametrize("kind", ["D06", "D07", "D01", "D02", "D13"])
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
