"""Composed XML -> `Content`, by the grammar of `elements`; a fault here means that the values do not fit."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from lxml import etree

from engine.documents.content import (
    Attachment,
    Block,
    Column,
    Content,
    Entries,
    Entry,
    Face,
    Form,
    Opinion,
    Paragraph,
    Run,
    Table,
)
from engine.documents.elements import ATTENDANCE, LEVELS, ONCE, REQUIRED, parse
from engine.documents.filters import chinese_number
from engine.documents.problems import ComposeError

LINE_BREAK = "\u2028"  # a line break inside a value; template line breaks are layout of the file and vanish
FACES: dict[str, Face] = {"黑": "hei", "楷": "kai"}
LEVEL_FACES: dict[int, Face] = {1: "hei", 2: "kai", 3: "fang", 4: "fang"}
OWN_NUMBER = re.compile(r"^(?:[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|\d{1,2}[.．、]|（\d{1,2}）)\s*")
MOST_PARAGRAPH, MOST_CELL, MOST_SHORT, MOST_TEXT = 4000, 600, 200, 60_000
MOST_BLOCKS, MOST_ROWS, MOST_COLUMNS, MOST_CONTACT, MOST_ENTRIES = 400, 400, 10, 4, 4
TEXT_WIDTH = 156.0
PRECEDENCES = ("特急", "加急")
COPY_NUMBER = re.compile(r"\d{6}\Z")
URGENCIES = ("蓝", "黄", "红")


def read(xml: str, kind: str, form: Form, issuer: str, *, public: bool = False, names: Iterable[str] = ()) -> Content:
    """The content of a composed document; `ComposeError` names what does not fit. `names` of people stay whole."""
    try:
        root = parse(xml)
    except etree.XMLSyntaxError as error:
        raise ComposeError(f"文书 {kind} 拼成的内容不完整：{error.msg}") from error
    single = {name: [child for child in root if child.tag == name] for name in ONCE}
    for name, found in single.items():
        if len(found) > 1:
            raise ComposeError(f"文书 {kind} 有 {len(found)} 个 <{name}>，只能有一个")
    short = {name: _short(found[0]) if found else "" for name, found in single.items() if name != "标题"}
    _choose("等级", short["等级"], URGENCIES)
    _choose("紧急程度", short["紧急程度"], PRECEDENCES)
    if short["份号"] and not COPY_NUMBER.match(short["份号"]):
        raise ComposeError(f"<份号> 是六位数字，得到的是“{short['份号']}”")
    if form in REQUIRED and not public and not short["主送"]:
        raise ComposeError(f"文书 {kind} 的主送单位是空的")
    name = short["机关"] or issuer
    if not name:
        raise ComposeError(f"文书 {kind} 没有发文机关：请在模板开头写 issuer，或在正文写 <机关>")
    content = Content(
        kind=kind,
        form=form,
        issuer=name,
        title=_title(single["标题"], f"文书 {kind} "),
        to=short["主送"].rstrip("：:") + "：" if short["主送"] else "",
        blocks=_blocks(root),
        attachments=tuple(_attachments(root)),
        signer="" if form in ("minutes", "sheet") else short["署名"] or name,
        copies=_copies(short["抄送"]),
        note=_note(short["附注"]),
        urgency=short["等级"],
        contact=_contact(root),
        copy_number=short["份号"],
        precedence=short["紧急程度"],
        signatory=short["签发人"],
        printer=short["印发"],
        attendance=tuple((label, short[label]) for label in ATTENDANCE if short[label]),
    )
    text = content.text()
    _limit(text, MOST_TEXT, f"文书 {kind} 全文")
    return replace(content, whole=tuple(sorted(name for name in set(names) if name in text)))


def _choose(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value and value not in choices:
        raise ComposeError(f"<{name}> 只能是{'、'.join(choices)}，得到的是“{value}”")


def _contact(root: etree._Element) -> tuple[str, ...]:
    lines = tuple(_short(child) for child in root if child.tag == "联系")
    if len(lines) > MOST_CONTACT:
        raise ComposeError(f"<联系> 有 {len(lines)} 行，最多 {MOST_CONTACT} 行")
    return tuple(line for line in lines if line)


def _copies(text: str) -> str:
    return text.removeprefix("抄送：").rstrip("。.") + "。" if text else ""


def _note(text: str) -> str:
    return text if not text or text.startswith("（") else f"（{text}）"


def _title(found: list[etree._Element], where: str) -> tuple[str, ...]:
    phrases: list[str] = []
    if found:
        phrases = [_short(child) for child in found[0] if child.tag == "句"] or [_short(found[0])]
    phrases = [phrase for phrase in phrases if phrase]
    if not phrases:
        raise ComposeError(f"{where}的标题是空的")
    return tuple(phrases)


def _attachments(root: etree._Element) -> Iterator[Attachment]:
    seen: set[str] = set()
    for element in root:
        if element.tag not in ("附件", "名单"):
            continue
        given = clean(element.get("名") or element.get("题") or "")
        own = [child for child in element if child.tag == "标题"]
        title = _title(own, "附件") if own else (clean(element.get("题") or "") or given,)
        name = given or "".join(title)
        if not name:
            raise ComposeError("附件没有名称")
        if name in seen:
            raise ComposeError(f"两个附件同名：{name}")
        seen.add(name)
        blocks = (_table(element),) if element.tag == "名单" else _blocks(element)
        yield Attachment(name, title, blocks)


def _blocks(parent: etree._Element) -> tuple[Block, ...]:
    counters = [0, 0, 0, 0]
    out: list[Block] = []
    for element in parent:
        if element.tag == "清单":
            out.append(_table(element))
        elif element.tag == "栏":
            out.append(_entries(element))
        elif element.tag == "意见":
            out.append(_opinion(element))
        elif element.tag in LEVELS:
            out.append(_heading(element, counters))
        elif element.tag == "段":
            out.extend(_paragraphs(element, counters))
    if len(out) > MOST_BLOCKS:
        raise ComposeError(f"段落有 {len(out)} 个，超过 {MOST_BLOCKS} 个")
    return tuple(out)


def _number(level: int, counters: list[int]) -> str:
    counters[level - 1] += 1
    counters[level:] = [0] * (4 - level)
    value = counters[level - 1]
    chinese = chinese_number(value)
    return (f"{chinese}、", f"（{chinese}）", f"{value}.", f"（{value}）")[level - 1]


def _numbered(element: etree._Element, counters: list[int]) -> list[Run]:
    level = LEVELS[str(element.tag)]
    runs = _runs(element, LEVEL_FACES[level])
    if not runs:
        raise ComposeError(f"<{element.tag}> 是空的")
    first = Run(_number(level, counters) + OWN_NUMBER.sub("", runs[0].text), runs[0].face)
    return [first, *runs[1:]]


def _heading(element: etree._Element, counters: list[int]) -> Paragraph:
    runs = tuple(_without_breaks(_numbered(element, counters)))
    _limit("".join(run.text for run in runs), MOST_PARAGRAPH, f"<{element.tag}>")
    return Paragraph(runs, LEVELS[str(element.tag)])


def _paragraphs(element: etree._Element, counters: list[int]) -> Iterator[Paragraph]:
    """One 段; a value with line breaks makes several paragraphs of it. Empty ones are left out."""
    lead: list[Run] = []
    for child in element:
        if child.tag in LEVELS:
            lead += _numbered(child, counters)
    runs = lead + _runs(element, "fang")
    rows: list[list[Run]] = [[]]
    for run in runs:
        first, *others = run.text.split(LINE_BREAK)
        rows[-1].append(Run(first, run.face))
        rows.extend([Run(text, run.face)] for text in others)
    for row in rows:
        kept = tuple(run for run in row if run.text)
        text = "".join(run.text for run in kept)
        _limit(text, MOST_PARAGRAPH, "一个段落")
        if text.strip():
            yield Paragraph(kept)


def _runs(element: etree._Element, face: Face) -> list[Run]:
    """Text and inline faces of one element, white space of the template's own layout removed."""
    pieces: list[tuple[str, Face]] = [(element.text or "", face)]
    for child in element:
        if child.tag in FACES:
            pieces.append((child.text or "", FACES[str(child.tag)]))
        pieces.append((child.tail or "", face))
    texts = _clean_pieces([text for text, _ in pieces])
    return [Run(text, used) for text, (_, used) in zip(texts, pieces, strict=True) if text]


def _clean_pieces(texts: list[str]) -> list[str]:
    """`clean` over several neighbouring pieces: only the outer edges are trimmed."""
    joined = [_squeeze(text) for text in texts]
    for position in range(len(joined)):
        if joined[position].strip(" "):
            joined[position] = joined[position].lstrip(" ")
            break
        joined[position] = ""
    for position in range(len(joined) - 1, -1, -1):
        if joined[position].strip(" "):
            joined[position] = joined[position].rstrip(" ")
            break
        joined[position] = ""
    return joined


def clean(text: str) -> str:
    """Text as meant: line breaks of the template file vanish (a space between Latin words), spaces are single."""
    return _squeeze(text).strip(" ").replace(LINE_BREAK, "")


def _squeeze(text: str) -> str:
    text = re.sub(r"(?<=[A-Za-z0-9,.;])[ \t]*\n[ \t\n]*(?=[A-Za-z0-9])", " ", text)
    return re.sub(r"[ \t]+", " ", re.sub(r"[ \t]*\n[ \t\n]*", "", text))


def _without_breaks(runs: Iterable[Run]) -> Iterator[Run]:
    for run in runs:
        yield Run(run.text.replace(LINE_BREAK, ""), run.face)


def _short(element: etree._Element) -> str:
    text = clean("".join(str(part) for part in element.itertext()))
    _limit(text, MOST_SHORT * (5 if element.tag in ("抄送", "附注", *ATTENDANCE) else 1), f"<{element.tag}>")
    return text


def _limit(text: str, most: int, where: str) -> None:
    if len(text) > most:
        raise ComposeError(f"{where}有 {len(text)} 字，最多 {most} 字：{text[:20]}……")


def _table(element: etree._Element) -> Table:
    columns = tuple(_column(child) for child in element if child.tag == "列")
    if not 1 <= len(columns) <= MOST_COLUMNS:
        raise ComposeError(f"表格有 {len(columns)} 列，应当是 1 至 {MOST_COLUMNS} 列")
    free = TEXT_WIDTH - sum(column.width for column in columns)
    open_columns = sum(column.width == 0 for column in columns)
    if free < 8 * open_columns or free < -0.01:
        raise ComposeError(f"表格各列共宽 {TEXT_WIDTH - free:g} 毫米，版心只有 {TEXT_WIDTH:g} 毫米")
    rows = tuple(_row(child, len(columns), number) for number, child in enumerate(_rows(element), 1))
    if len(rows) > MOST_ROWS:
        raise ComposeError(f"表格有 {len(rows)} 行，最多 {MOST_ROWS} 行")
    return Table(columns, rows)


def _rows(element: etree._Element) -> list[etree._Element]:
    return [child for child in element if child.tag == "行"]


def _column(element: etree._Element) -> Column:
    names = element.get("型") == "姓名"
    width = float(element.get("宽") or 0)
    return Column(_short(element), width, "left" if element.get("齐") == "左" else "center", names)


def _entries(element: etree._Element) -> Entries:
    found = tuple(
        Entry(clean(child.get("名") or ""), _cell(child), float(child.get("宽") or 0))
        for child in element
        if child.tag == "项"
    )
    free = TEXT_WIDTH - sum(entry.width for entry in found)
    open_entries = sum(entry.width == 0 for entry in found)
    if not 1 <= len(found) <= MOST_ENTRIES or free < 30 * open_entries - 0.01:
        raise ComposeError(f"<栏> 里有 {len(found)} 个 <项>，版心宽 {TEXT_WIDTH:g} 毫米排不下")
    return Entries(found)


def _opinion(element: etree._Element) -> Opinion:
    label, person, day = (clean(element.get(name) or "") for name in ("名", "人", "日"))
    _limit(person + day, MOST_SHORT, "<意见> 的人和日")
    return Opinion(label, _cell(element), person, day, float(element.get("高") or 0))


def _row(element: etree._Element, columns: int, number: int) -> tuple[str, ...]:
    cells = tuple(_cell(child) for child in element if child.tag == "格")
    if len(cells) != columns:
        raise ComposeError(f"表格第 {number} 行有 {len(cells)} 格，表头有 {columns} 列")
    return cells


def _cell(element: etree._Element) -> str:
    text = _squeeze(element.text or "").strip(" ").strip(LINE_BREAK).replace(LINE_BREAK, "\n")
    _limit(text, MOST_CELL, "表格的一格")
    return text
