"""Measures every value of `standard` that a printed document shows, page by page, by a reader of its own."""

import itertools
import re
import statistics
from collections.abc import Iterator
from dataclasses import dataclass

from tests.documents.measure import MM, Char, Reading, Rect, Row, rows, text
from tests.documents.standard import CELL, FOUND, VALUES

TEXT_SIZE, TITLE_SIZE, FOOT_SIZE = 15.75, 22.0, 14.0
EM = TEXT_SIZE / MM
PITCH = (225 - EM) / 21
LEAD = (PITCH - EM) / 2
DATE = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日")
RED = (230, 0, 18)


@dataclass(frozen=True)
class Found:
    name: str
    measured: float
    where: str = ""

    def __str__(self) -> str:
        return f"{self.name}{self.where}: {self.measured:.3f}, wanted {VALUES[self.name].wanted:.3f}"


def faults(reading: Reading, form: str) -> list[str]:
    """Every value out of tolerance, and every value that the form must show and does not."""
    found = list(survey(reading, form))
    wrong = [str(one) for one in found if abs(one.measured - VALUES[one.name].wanted) > VALUES[one.name].limit + 1e-6]
    return wrong + [f"not found: {name}" for name in sorted(FOUND[form] - {one.name for one in found})]


def survey(reading: Reading, form: str) -> Iterator[Found]:
    yield from _paper(reading)
    yield from _lines(reading)
    title = reading.rows_of(0, TITLE_SIZE)
    yield from _title(reading, form, title)
    if form == "letter":
        yield from _letter_head(reading, title)
    if form in ("document", "minutes"):
        yield from _red_head(reading, title)
        yield from _colophon(reading)
    yield from _text(reading, form, title)
    yield from _signature(reading, form)
    yield from _attachments(reading)
    yield from _copies(reading)
    yield from _page_numbers(reading, form)


def _is(row: Row, family: str) -> float:
    return float(all(family in c.font.lower() for c in row if c.is_han))


def _centre(row: Row) -> float:
    return (row[0].x + row[-1].cell_right) / 2


def _paper(reading: Reading) -> Iterator[Found]:
    outside = 0
    for number, sheet in enumerate(reading.document):
        width, height = sheet.get_size()
        yield Found("paper width", width / MM, f" of page {number + 1}")
        yield Found("paper height", height / MM, f" of page {number + 1}")
        for c in reading.pages[number]:
            red = c.colour == RED
            outside += not red and c.size < 60 and (c.left < 27.7 or c.right > 184.4 or c.top < 36.6)
            outside += not red and c.bottom > 262.4 and abs(c.size - FOOT_SIZE) > 0.2
    yield Found("ink beyond the core", outside)


def _lines(reading: Reading) -> Iterator[Found]:
    grid: list[float] = []
    lefts = [
        c.x for page in reading.pages for row in rows(page) for c in row[:1] if c.is_han and c.x < 29 and c.size < 20
    ]
    lefts += [
        rect.left
        for n in range(len(reading.pages))
        for rect in reading.rects(n)
        if 27 < rect.left < 29 and rect.height < 1
    ]
    if lefts:
        yield Found("core's left edge (订口)", max(lefts, key=lambda x: abs(x - 28)))
    for number in range(len(reading.pages)):
        body = reading.body(number)
        where = f" on page {number + 1}"
        for a, b in itertools.pairwise(body):
            if abs(b[0].y - a[0].y - PITCH) < 2:
                yield Found("pitch of lines", b[0].y - a[0].y, where)
        for row in body:
            if row[-1].is_han and row[-1].cell_right > 182:
                yield Found("core's right edge", row[-1].cell_right, where)
            if row[-1].x < 170 and row[0].x < 60:  # a paragraph's last line: neither spread nor trimmed
                grid += [b.x - a.x for a, b in itertools.pairwise(row) if a.is_han and b.is_han]
        if body and len(reading.pages[number]) - sum(map(len, body)) < 8 and body[-1][0].y > 255:
            yield Found("lines on a full page", len(body) + _blank(body) if body[0][0].y < 45 else 22, where)
            yield Found("core's bottom, ink of a full page's last line", max(c.bottom for c in body[-1]), where)
            if body[0][0].y < 45:
                tops = min(c.top for c in body[0] if c.is_han)
                yield Found("core's top (天头), ink of a full page's first line", tops, where)
    if steps := [step for step in grid if abs(step - CELL) < 0.03]:
        yield Found("characters a line", 156 / statistics.median(steps))


def _blank(body: list[Row]) -> int:
    """Lines of a full page that the standard leaves empty: one above the attendance, two above a signature with a seal."""
    attendance = sum(text(row).startswith("出席：") for row in body[1:])
    signed = DATE.fullmatch(text(body[-1])) is not None
    return attendance + 2 * signed


def _title(reading: Reading, form: str, title: list[Row]) -> Iterator[Found]:
    for row in title:
        yield Found("title: size (pt)", statistics.median(c.size for c in row))
        yield Found("title: centre", _centre(row), f" ({text(row)})")
    widths = [row[-1].cell_right - row[0].x for row in title]
    if form not in ("letter", "document", "minutes"):
        widths = widths[1:]  # the office's name stands on a line of its own above the title
    steps = [b - a for a, b in itertools.pairwise(widths)]
    turns = sum((a < 0) != (b < 0) for a, b in itertools.pairwise(steps))
    yield Found("title: shape of its lines", float(turns <= 1))


def _mark(reading: Reading) -> tuple[list[Char], Rect]:
    mark = sorted((c for c in reading.pages[0] if c.size > 30 and c.colour == RED), key=lambda c: c.x)
    step = mark[1].x - mark[0].x
    area = Rect(0, min(c.top for c in mark) - 2, 210, max(c.bottom for c in mark) + 1)
    ink = reading.ink(0, area)
    return mark, Rect((mark[0].x + mark[-1].x + step) / 2, ink.top, 0, ink.bottom)


def _number(reading: Reading, below: float) -> Row:
    return next(row for row in reading.body(0) if row[0].cell_top > below and "〕" in text(row))


def _lines_below(first: Row, above: float, leading: float = PITCH) -> float:
    """Blank lines between a row and what is above it; `leading`: the pitch that the row itself is set in."""
    return (first[0].cell_top - (leading - first[0].em) / 2 - above) / PITCH


def _leading(title: list[Row]) -> float:
    return title[1][0].y - title[0][0].y if len(title) > 1 else 0.0


def _letter_head(reading: Reading, title: list[Row]) -> Iterator[Found]:
    mark, ink = _mark(reading)
    yield Found("mark: red", float(all(c.colour == RED for c in mark)))
    yield Found("mark: centre", ink.left)
    yield Found("mark of a letter: ink below the paper's top", ink.top)
    rules = [rect for rect in reading.rects(0) if abs(rect.width - 170) < 5 and rect.height < 2]
    yield Found("letter: rules", len(rules))
    yield Found("letter: rules red", float(all(rule.colour == RED for rule in rules)))
    for rule in rules:
        yield Found("letter: width of the rules", rule.width)
        yield Found("letter: left end of the rules", rule.left)
    yield Found("letter: first rule below the mark", rules[0].top - ink.bottom)
    yield Found("letter: last rule above the paper's foot", 297 - rules[-1].bottom)
    thick = rules[0].height > 2 * rules[1].height and rules[3].height > 2 * rules[2].height
    yield Found("letter: thick over thin, thin over thick", float(thick))
    number = _number(reading, ink.bottom)
    yield Found("letter: number below the first rules", number[0].cell_top - rules[1].bottom)
    yield Found("letter: number's right end", number[-1].cell_right)
    yield Found("letter: characters in place of page 1's number", sum(c.y > 263 for c in reading.pages[0]))
    if leading := _leading(title):
        yield Found("title: lines below what is above", _lines_below(title[0], number[0].cell_bottom + LEAD, leading))


def _red_head(reading: Reading, title: list[Row]) -> Iterator[Found]:
    mark, ink = _mark(reading)
    yield Found("mark: red", float(all(c.colour == RED for c in mark)))
    yield Found("mark: centre", ink.left)
    yield Found("mark: ink below the core's top", ink.top - 37)
    number = _number(reading, ink.bottom)
    yield Found("number: lines below the mark", _lines_below(number, ink.bottom))
    if "签发人" in text(number):
        yield Found("number of an upward document: from the left", number[0].x - 28)
        yield Found("签发人: from the right", 184 - number[-1].cell_right)
    else:
        yield Found("number: centre", _centre(number))
    line = next(rect for rect in reading.rects(0) if rect.width > 100 and rect.height < 2 and rect.colour == RED)
    yield Found("red line: below the number", line.top - max(c.bottom for c in number if c.is_han))
    yield Found("red line: left", line.left)
    yield Found("red line: width", line.width)
    yield Found("red line: red", float(line.colour == RED))
    if leading := _leading(title):
        yield Found("title: lines below what is above", _lines_below(title[0], line.top, leading))
    for row in reading.body(0):
        if row[0].cell_top < ink.top - 10:
            first, line_number = text(row), (row[0].cell_top - 37) / PITCH + 1
            yield Found("份号 and 紧急程度: left", row[0].x)
            if re.fullmatch(r"\d{6}", first):
                yield Found("份号: line", line_number)
            elif first in ("特急", "加急"):
                yield Found("紧急程度: 黑体", _is(row, "hei"))
                if re.fullmatch(r"\d{6}", text(reading.body(0)[0])):
                    yield Found("紧急程度: line after 份号", line_number)


def _text(reading: Reading, form: str, title: list[Row]) -> Iterator[Found]:
    every = [(page, row) for page in range(len(reading.pages)) for row in reading.body(page)]
    if form == "sheet":
        return
    yield Found("size of text (pt)", statistics.median(c.size for _, row in every for c in row))
    leading = _leading(title)
    below = [row for row in reading.body(0) if row[0].y > title[-1][0].y]
    if leading and below and form in ("letter", "document", "minutes"):
        edge = title[-1][0].cell_bottom + (leading - title[-1][0].em) / 2
        name = "text" if form == "minutes" else "主送"
        yield Found(f"{name}: lines below the title", _lines_below(below[0], edge))
        if form != "minutes":
            yield Found("主送: left", below[0][0].x)
    foot = title[-1][0].y
    begun = [(page, row) for page, row in every if (row[0].is_han or row[0].c.isdigit()) and 33 < row[0].x < 45]
    starts = [row for page, row in begun if page or row[0].y > foot]
    for row in starts:
        yield Found("paragraph: indent in characters", (row[0].x - 28) / CELL, f" ({text(row)[:6]})")
        if re.match(r"[一二三四五六七八九十]+、", text(row)):
            yield Found("heading of level one: 黑体", _is(row, "hei"))
    for _, row in every:
        if re.match(r"（[一二三四五六七八九十]+）", text(row)):
            yield Found("heading of level two: 楷体", _is(row[3:5], "kai"))
    yield from _notes([row for _, row in every])


def _notes(every: list[Row]) -> Iterator[Found]:
    """附件说明, attendance and 附注, each by its first words and the line above."""
    for above, row in itertools.pairwise(every):
        gap = (row[0].y - above[0].y) / PITCH - 1
        words = text(row)
        indent = (row[0].x - 28) / CELL
        if words.startswith("附件："):
            yield Found("附件说明: indent in characters", indent)
            if gap > 0:  # not at the top of a page
                yield Found("附件说明: lines below the text", gap)
        elif re.match(r"\d\.", words) and text(above).startswith("附件：1."):
            yield Found("附件说明: second name's indent in characters", indent)
        elif words.startswith(("出席：", "请假：", "列席：")):
            yield Found("attendance: indent in characters", indent)
            yield Found("attendance: 黑体", _is(row[:2], "hei"))
            if words.startswith("出席：") and gap > 0:
                yield Found("attendance: lines below the text", gap)
        elif words.startswith("（") and DATE.fullmatch(text(above)):
            yield Found("附注: indent in characters", (row[0].x - 28) / CELL)
            yield Found("附注: lines below the date", gap)


def _signature(reading: Reading, form: str) -> Iterator[Found]:
    seals = list(reading.fields())
    for number in range(len(reading.pages)):
        lines = reading.body(number)
        for position, row in enumerate(lines):
            if row[0].x < 60 or not DATE.fullmatch(text(row)):
                continue
            who = lines[position - 1]
            if form == "slip":
                yield Found("unsealed 署名: from the right, in characters", (184 - who[-1].cell_right) / CELL)
                yield Found("unsealed date: begins after 署名, in characters", (row[0].x - who[0].x) / CELL)
                above = lines[position - 2]
                yield Found("unsealed 署名: lines below the text", (who[0].y - above[0].y) / PITCH - 1)
                return
            middle = (row[0].x + row[-1].cell_right) / 2
            yield Found("date: from the right, in characters", _date_right(who, row))
            yield Found("署名: centre from the date's", _centre(who) - middle)
            for page, seal in seals:
                if page == number:
                    yield from _seal(reading, page, seal, who, row, middle)


def _date_right(who: Row, date: Row) -> float:
    """A name too long to be centred over a date four characters from the right leaves one character, and moves the date."""
    middle = 4 + (date[-1].cell_right - date[0].x) / CELL / 2
    if (who[-1].cell_right - who[0].x) / CELL / 2 > middle - 1:
        return 4 + (184 - who[-1].cell_right) / CELL - 1
    return (184 - date[-1].cell_right) / CELL


def _seal(reading: Reading, page: int, seal: Rect, who: Row, date: Row, middle: float) -> Iterator[Found]:
    yield Found("seal: centre from the date's", (seal.left + seal.right) / 2 - middle)
    above = [c.bottom for c in reading.pages[page] if c.bottom < who[0].top and c.size > 11 and c.colour != RED]
    above += [rect.bottom for rect in reading.rects(page) if rect.bottom < who[0].top and rect.colour != RED]
    yield Found("seal: text above it on the page", float(bool(above)))
    distance = seal.top - max(above, default=0)
    yield Found("seal: its top within a line of the text", float(-0.5 <= distance <= PITCH))
    ink = reading.ink(page, seal, dpi=100)
    presses = ink.top < who[0].top and max(c.bottom for c in date) > seal.top and seal.bottom > date[0].top
    yield Found("seal: presses on name and date", float(presses))


def _attachments(reading: Reading) -> Iterator[Found]:
    for number in range(1, len(reading.pages)):
        body = reading.body(number)
        if not body or not re.fullmatch(r"附件\d*", text(body[0])):
            continue
        mark, title = body[0], reading.rows_of(number, TITLE_SIZE)
        yield Found("附件: line of its mark", (mark[0].cell_top - 37) / PITCH + 1)
        yield Found("附件: mark's left", mark[0].x)
        yield Found("附件: mark in 黑体", _is(mark, "hei"))
        middle = [row[0].y - 0.3 * row[0].em for row in (mark, title[0])]
        yield Found("附件: line of its title", 1 + (middle[1] - middle[0]) / PITCH)
        for row in title:
            yield Found("附件: title's centre", _centre(row))


def _colophon(reading: Reading) -> Iterator[Found]:
    last = len(reading.pages) - 1
    yield Found("版记: page, even", (last + 1) % 2)
    lines = [r for r in reading.rects(last) if r.width > 150 and r.height < 1 and r.top > 200 and r.colour != RED]
    lines = sorted(lines, key=lambda rect: rect.top)[-3:]
    foot = [row for row in reading.rows_of(last, FOOT_SIZE) if row[0].y < 262]
    yield Found("版记: first line's thickness", lines[0].height)
    yield Found("版记: line between", lines[1].height if len(lines) == 3 else 0.25)
    yield Found("版记: last line's thickness", lines[-1].height)
    for line in lines:
        yield Found("版记: width of its lines", line.width)
    yield Found("版记: last line on the core's edge", lines[-1].bottom)
    yield Found("印发机关: from the left", foot[-1][0].x - 28)
    yield Found("印发日期: from the right", 184 - foot[-1][-1].cell_right)


def _copies(reading: Reading) -> Iterator[Found]:
    foot = [row for row in reading.rows_of(-1, FOOT_SIZE) if row[0].y < 262.2]
    starts = [n for n, row in enumerate(foot) if text(row).startswith("抄送：")]
    if not starts:
        return
    copies = [row for row in foot[starts[0] :] if not text(row).endswith("印发")]
    yield Found("抄送: size (pt)", statistics.median(c.size for c in copies[0]))
    yield Found("抄送: from the left", copies[0][0].x - 28)
    for row in copies[1:]:
        yield Found("抄送: turned line after the colon", row[0].x - 28)
    yield Found("抄送: ends with a full stop", float(text(copies[-1]).endswith("。")))


def _page_numbers(reading: Reading, form: str) -> Iterator[Found]:
    bare = form in ("slip", "sheet")
    for number, chars in enumerate(reading.pages):
        foot = sorted((c for c in chars if c.y > 263 and c.size < 60), key=lambda c: c.x)
        where = f" on page {number + 1}"
        if not foot:
            continue
        yield Found("page number: written —n—", float(text(foot) == f"—{number + 1}—" and not bare), where)
        yield Found("page number: size (pt)", statistics.median(c.size for c in foot), where)
        yield Found("page number: below the core", min(c.top for c in foot if c.c == "—") - 262, where)
        inset = foot[0].x - 28 if number % 2 else 184 - foot[-1].cell_right
        yield Found("page number: from the edge", inset, where)
