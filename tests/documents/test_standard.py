"""Every printed document against GB/T 9704—2012: the table of `standard`, measured by `survey` on the finished file."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pikepdf
import pytest

from engine import documents
from engine.documents import Content, Paragraph, Run
from tests.documents import samples
from tests.documents.measure import Reading
from tests.documents.office import Office
from tests.documents.standard import FOUND, VALUES
from tests.documents.survey import faults, survey

FILLING = "经审核，申报材料齐全，程序符合规定，会员单位意见一致，未发现不宜任职的情形。" * 14


def lengthened(content: Content) -> Content:
    filling = Paragraph((Run(FILLING),))
    return replace(content, blocks=(content.blocks[0], filling, filling, *content.blocks[1:]))


def shortened(content: Content) -> Content:
    return replace(content, blocks=content.blocks[:1], attachments=())


def printed(office: Office, content: Content) -> Reading:
    """The finished file: signed and sealed where its form is."""
    if content.form in ("letter", "document"):
        return Reading(office.letter(content))
    return Reading(office.notice(content) if content.form == "notice" else office.rendered(content).pdf)


def check(office: Office, content: Content) -> Reading:
    reading = printed(office, content)
    assert faults(reading, content.form) == []
    return reading


@pytest.mark.parametrize("kind", samples.KINDS)
def test_every_document_is_printed_by_the_standard(office: Office, kind: str) -> None:
    check(office, samples.content(kind))


@pytest.mark.parametrize("kind", ["D01", "D06", "D09", "T01"])
def test_a_long_text_fills_its_pages_by_the_standard(office: Office, kind: str) -> None:
    reading = check(office, lengthened(samples.content(kind)))
    full = {"lines on a full page", "core's bottom, ink of a full page's last line", "characters a line"}
    assert full <= {one.name for one in survey(reading, samples.content(kind).form)}


@pytest.mark.full
@pytest.mark.parametrize("change", [lengthened, shortened])
@pytest.mark.parametrize("kind", [kind for kind in samples.KINDS if kind[0] != "S"])
def test_every_document_keeps_the_standard_however_long(
    office: Office, kind: str, change: Callable[[Content], Content]
) -> None:
    check(office, change(samples.content(kind)))


@pytest.mark.parametrize(
    ("kind", "count"), [("D06", 40), pytest.param("T01", 200, marks=pytest.mark.full), ("D12", 200), ("S04", 200)]
)
def test_long_lists_keep_the_standard_over_their_pages(office: Office, kind: str, count: int) -> None:
    reading = check(office, samples.content(kind, count))
    assert len(reading.pages) > 2


@pytest.mark.parametrize("name", ["王䶮", "李㛃", "阿依古丽·买买提"])
def test_rare_names_leave_every_measure_as_it_is(office: Office, name: str) -> None:
    text = Paragraph((Run(f"经审核，同意{name}同志作为会长人选。" * 6),))
    check(office, replace(samples.content("D07"), blocks=(text,), to=f"{name}同志："))


def test_an_upward_document_names_who_answers_for_it(office: Office) -> None:
    content = replace(samples.content("T01"), signatory="林知远", precedence="加急")
    found = {one.name for one in survey(check(office, content), "document")}
    assert {"签发人: from the right", "number of an upward document: from the left"} <= found


def test_every_value_of_the_table_is_measured_somewhere(office: Office) -> None:
    """The table cannot hold a value that nobody looks at."""
    seen: set[str] = set()
    contents = [samples.content(kind) for kind in ("D06", "D07", "T01", "D14", "S02")]
    contents.append(samples.content("D09", 4))  # with the attendance below the text
    contents += [lengthened(samples.content("D06")), replace(samples.content("T01"), signatory="林知远")]
    copies = "南屿省民政厅，" * 20
    contents.append(replace(samples.content("T01"), copies=copies.rstrip("，") + "。"))
    for content in contents:
        seen |= {one.name for one in survey(printed(office, content), content.form)}
    assert set(VALUES) - seen == set()
    assert set().union(*FOUND.values()) <= set(VALUES)


@pytest.mark.parametrize("shift", [-1.0, 1.0])
def test_a_page_shifted_by_a_millimetre_is_caught(office: Office, shift: float) -> None:
    """The survey is no mirror of the press: move the same page and nearly every place is wrong."""
    with pikepdf.open(io.BytesIO(office.rendered(samples.content("D07")).pdf)) as pdf:
        for page in pdf.pages:
            page.contents_add(f"1 0 0 1 {shift * 72 / 25.4} {shift * 72 / 25.4} cm".encode(), prepend=True)
        moved = io.BytesIO()
        pdf.save(moved)
    assert len(faults(Reading(moved.getvalue()), "letter")) > 10


def test_the_colophon_stands_on_an_even_page_whatever_the_length(office: Office) -> None:
    pages = set()
    for lines in (2, 9, 14, 18, 26):
        text = Paragraph((Run("材料" * 14 * lines),))
        reading = check(office, replace(samples.content("T01"), blocks=(text,), attachments=()))
        pages.add(len(reading.pages))
    assert pages == {2, 4}


def test_pages_with_the_colophon_alone_and_blank_ones_are_not_numbered(office: Office) -> None:
    reading = check(office, samples.content("D09", 5))
    assert len(reading.pages) == 4
    assert not reading.pages[2]
    assert not [c for c in reading.pages[3] if c.y > 263]


def test_the_date_is_written_without_leading_zeros(press: documents.Press, office: Office) -> None:
    frame = replace(office.frame(), date=date(2026, 1, 5))
    assert "2026年1月5日" in Reading(press.render(samples.content("D07"), frame).pdf).text()
