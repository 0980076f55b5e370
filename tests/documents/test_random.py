"""Documents of random content: whatever is said, nothing is lost, nothing leaves the core, and the file is PDF/A-3."""

import re
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import documents
from engine.documents import Attachment, Column, Content, Entries, Entry, Opinion, Paragraph, Run, Table
from engine.documents.content import attachment_labels
from tests.documents import archival, samples
from tests.documents.measure import Reading, text
from tests.documents.office import NAME, Office
from tests.documents.survey import survey
from tests.thoroughness import examples

HAN = "国会审核意见人选行业协会商会物流负责任届理事长的了在是和依据条款规定补正材料"
MARKS = "，。、；：？！（）《》“”〔〕·—…％"
RARE = "䶮㛃喆堃犇珺琯璟昇祎"
ALPHABET = HAN * 6 + MARKS * 2 + RARE + "0123456789年月日ABCxyz@./-: "
WORDS = [
    "2026年11月23日",
    "LR-2026-0317",
    "1,286家",
    "37.5%",
    "阿依古丽·买买提",
    "Smart Logistics",
    "屿社工函〔2026〕18号",
]
LINE = 28  # characters of a line
CHARACTER = st.sampled_from(ALPHABET)


def texts(least: int, most: int) -> st.SearchStrategy[str]:
    """Runs of characters and whole words, never blank."""
    part = st.one_of(st.text(CHARACTER, min_size=1, max_size=12), st.sampled_from(WORDS))
    joined = st.lists(part, min_size=1, max_size=max(1, most // 8)).map("".join)
    return joined.map(lambda s: re.sub(r"\s+", " ", s).strip()[:most]).filter(lambda s: len(s) >= least)


PHRASE = texts(1, 12)
PARAGRAPH = st.builds(
    lambda runs, level: Paragraph(tuple(runs), level),
    st.lists(st.builds(Run, texts(1, 120), st.sampled_from(["fang", "hei", "kai"])), min_size=1, max_size=3),
    st.integers(0, 4),
)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    count = draw(st.integers(1, 5))
    widths = [draw(st.sampled_from([0.0, 0.0, 12.0, 20.0])) for _ in range(count)]
    aligns = [draw(st.sampled_from(["left", "center"])) for _ in range(count)]
    columns = tuple(Column(draw(texts(1, 6)), w, a) for w, a in zip(widths, aligns, strict=True))
    row = st.tuples(*[texts(1, 30)] * count)
    return Table(columns, tuple(draw(st.lists(row, max_size=6))))


ENTRIES = st.lists(st.builds(Entry, texts(1, 8), texts(1, 60)), min_size=1, max_size=3).map(lambda e: Entries(tuple(e)))
OPINION = st.builds(Opinion, texts(1, 8), texts(1, 200), texts(2, 4), st.just("2026年11月23日"))


@st.composite
def contents(draw: st.DrawFn) -> Content:
    form = draw(st.sampled_from(["letter", "document", "minutes", "notice", "slip", "sheet"]))
    if form == "sheet":
        blocks = draw(st.lists(st.one_of(ENTRIES, OPINION, tables()), min_size=1, max_size=5))
        return Content("D99", form, NAME, tuple(draw(st.lists(PHRASE, min_size=1, max_size=4))), blocks=tuple(blocks))
    blocks = draw(st.lists(st.one_of(PARAGRAPH, PARAGRAPH, tables()), min_size=1, max_size=5))
    numbered = form != "slip"
    attachment = st.builds(
        lambda n, t, b: Attachment(n, tuple(t), tuple(b)),
        texts(1, 40),
        st.lists(PHRASE, min_size=1, max_size=3),
        st.lists(st.one_of(PARAGRAPH, tables()), max_size=2),
    )
    return Content(
        "D99",
        form,
        NAME,
        tuple(draw(st.lists(PHRASE, min_size=1, max_size=5))),
        to="" if form == "minutes" else draw(texts(1, 60)) + "：",
        blocks=tuple(blocks),
        attachments=tuple(draw(st.lists(attachment, max_size=2))) if numbered else (),
        signer="" if form == "minutes" else draw(texts(2, 20)),
        copies=draw(texts(1, 100)) + "。" if numbered else "",
        note=f"（{draw(texts(1, 30))}）" if form in ("letter", "document", "notice") else "",
        attendance=(("出席", draw(texts(2, 80))),) if form == "minutes" else (),
        precedence="特急" if form == "document" else "",
    )


def squeezed(words: str) -> str:
    return re.sub(r"\s", "", words)


def body_text(content: Content, number: str, day: str) -> str:
    """What stands in 3号, in the order of the page."""
    parts = [content.precedence, number, content.to]
    parts += [block.text for block in content.blocks if isinstance(block, Paragraph)]
    labels = attachment_labels(content.attachments)
    parts += ["附件：" * (position == 0) + label for position, label in enumerate(labels)]
    parts += [f"{label}：{names}" for label, names in content.attendance]
    parts += [content.signer, day, content.note] if content.signer else []
    for position, attachment in enumerate(content.attachments, 1):
        if attachment.blocks:
            parts.append(f"附件{position}" if len(labels) > 1 else "附件")
            parts += [block.text for block in attachment.blocks if isinstance(block, Paragraph)]
    return squeezed("".join(parts))


def cells_of(content: Content) -> Counter[str]:
    """The characters of tables and printed forms, the heads left out: those are repeated on every page."""
    blocks = [*content.blocks, *(block for one in content.attachments for block in one.blocks)]
    out: Counter[str] = Counter()
    for block in blocks:
        if isinstance(block, Table):
            out.update(squeezed("".join(cell for row in block.rows for cell in row)))
        elif isinstance(block, Entries):
            out.update(squeezed("".join(entry.label + entry.text for entry in block.entries)))
        elif isinstance(block, Opinion):
            out.update(squeezed(block.label + block.text + block.person + block.day))
    return out


def orphans(reading: Reading, content: Content, number: str) -> list[int]:
    """Pages whose last line is a heading of what follows. Told by its place in the text: the same words may stand
    elsewhere."""
    done, ends = len(squeezed(content.precedence + number + content.to)), set()
    for place, block in enumerate(content.blocks, 1):
        if isinstance(block, Paragraph):
            done += len(squeezed(block.text))
            heading = block.level in (1, 2) and len(block.text) <= LINE  # a longer one is a paragraph with a number
            ends |= {done} if heading and place < len(content.blocks) else set()
    printed, found = 0, []
    for page in range(len(reading.pages) - 1):
        rows = reading.body(page)
        printed += sum(len(text(row)) for row in rows)
        table = max((c.y for c in reading.pages[page] if c.size < 13 and c.y < 262), default=0)
        if rows and printed in ends and max(c.y for c in rows[-1]) > table:
            found.append(page + 1)
    return found


def check(office: Office, content: Content) -> None:
    try:
        rendered = office.rendered(content)
    except documents.ComposeError:
        return
    reading = Reading(rendered.pdf)
    found = {one.name: one.measured for one in survey(reading, "sheet") if one.name == "ink beyond the core"}
    assert found == {"ink beyond the core": 0}
    day = "2026年11月23日"
    number = "" if content.form in ("slip", "sheet") else "屿社工函〔2026〕18号"
    printed = "".join(text(row) for page in range(len(reading.pages)) for row in reading.body(page))
    assert printed == body_text(content, number, day)
    titles = "".join(text(row) for page in range(len(reading.pages)) for row in reading.rows_of(page, 22))
    wanted = content.title if content.form != "notice" or NAME in "".join(content.title) else (NAME, *content.title)
    wanted = (NAME, *content.title) if content.form == "slip" and NAME not in "".join(content.title) else wanted
    assert titles == squeezed("".join([*wanted, *("".join(a.title) for a in content.attachments if a.blocks)]))
    small = Counter(c.c for page in reading.pages for c in page if abs(c.size - 12) < 0.1)
    assert cells_of(content) - small == Counter()
    assert orphans(reading, content, number) == []
    if content.form in ("document", "minutes"):
        assert len(reading.pages) % 2 == 0
    assert archival.faults(rendered.pdf) == []


@examples(25, 500)
@given(content=contents())
def test_random_documents_lose_nothing_and_stay_within_the_core(office: Office, content: Content) -> None:
    check(office, content)


@pytest.mark.parametrize("kind", ["D06", "D01", "D09", "T01", "S02"])
def test_finished_files_are_pdf_a_3b(office: Office, kind: str) -> None:
    content = samples.content(kind)
    assert archival.faults(office.rendered(content).pdf) == []
    if content.form in ("letter", "document"):
        assert archival.faults(office.letter(content)) == []
    elif content.form == "notice":
        assert archival.faults(office.notice(replace(content, copies=""))) == []
