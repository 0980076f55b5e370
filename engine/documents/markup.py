"""Lines and tables as HTML that puts every character where the composer computed it."""

from collections.abc import Sequence
from dataclasses import replace

from markupsafe import Markup, escape

from engine.documents.content import Column, Entries, Opinion, Paragraph, Table
from engine.documents.fonts import FaceName, Faces
from engine.documents.geometry import (
    CELL_SIDE,
    CORE_WIDTH,
    LABEL_WIDTH,
    MM,
    OPINION_HEIGHT,
    TABLE_PITCH,
    TABLE_SIZE,
)
from engine.documents.lines import OPENING, Line, Piece, Setting, compose


def line_div(line: Line, base: FaceName = "fang", centred: bool = False, css: str = "l") -> Markup:
    """One composed line. The renderer adds letter-spacing after every character, so words keep none inside and take
    the gap as a margin."""
    style = f"letter-spacing:{line.spacing:.4f}pt" if line.spacing else ""
    if line.indent and not centred:
        style += f";padding-left:{line.indent:.4f}pt"
    return _tag("div", css, style.lstrip(";"), _line_text(line, base))


def _line_text(line: Line, base: FaceName) -> Markup:
    return Markup("").join(_piece(piece, line.spacing, base) for piece in line.pieces)


def _tag(tag: str, css: str, style: str, content: str) -> Markup:
    """An element with the attributes that say something: the renderer shares the style of those without one of their own."""
    attributes = Markup(' class="{}"').format(css) if css else Markup("")
    if style:
        attributes += Markup(' style="{}"').format(style)
    return Markup(f"<{tag}{{}}>{{}}</{tag}>").format(attributes, content)


def _piece(piece: Piece, spacing: float, base: FaceName) -> Markup:
    is_spaced = "w" if piece.word and spacing else ""
    classes = " ".join(
        name for name in (is_spaced, "h" * piece.half, "" if piece.face == base else f"f {piece.face}") if name
    )
    side = "left" if piece.text in OPENING else "right"
    gap = ""
    if piece.word and spacing:
        gap = f"margin-right:{spacing:.4f}pt"
    elif piece.cut:
        gap = f"margin-{side}:{-piece.cut:.4f}pt"
    if not classes and not gap:
        return escape(piece.text)
    return _tag("span", classes, gap, piece.text)


def plain(text: str, faces: Faces, face: FaceName = "fang", where: str = "文书") -> Markup:
    """A short text on one line, its rare characters marked with their fallback face."""
    out = Markup("")
    for character in text:
        used = faces.face_for(character, face, where)
        out += escape(character) if used == face else Markup('<span class="f {}">{}</span>').format(used, character)
    return out


def paragraph_lines(paragraph: Paragraph, faces: Faces, whole: Sequence[str] = ()) -> list[Markup]:
    spans = [(run.text, run.face) for run in paragraph.runs]
    return [line_div(line) for line in compose(spans, Setting(), faces, whole)]


def table_html(table: Table, faces: Faces, whole: Sequence[str] = ()) -> Markup:
    """A table whose head is repeated on every page and whose rows are not broken."""
    widths = column_widths(table.columns)
    head = Markup("").join(
        Markup('<th style="width:{}mm">{}</th>').format(
            f"{width - 2 * CELL_SIDE:.3f}", _cell(column.title, column, width, "hei", faces)
        )
        for column, width in zip(table.columns, widths, strict=True)
    )
    rows = Markup("").join(_row(row, table.columns, widths, faces, whole) for row in table.rows)
    return Markup("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>").format(head, rows)


def column_widths(columns: Sequence[Column]) -> list[float]:
    """Widths in millimetres that fill the core: what is left goes evenly to the open columns, or to all."""
    given = sum(column.width for column in columns)
    open_columns = sum(column.width == 0 for column in columns)
    if open_columns:
        return [column.width or (CORE_WIDTH - given) / open_columns for column in columns]
    return [column.width * CORE_WIDTH / given for column in columns]


def _row(
    row: Sequence[str], columns: Sequence[Column], widths: Sequence[float], faces: Faces, whole: Sequence[str]
) -> Markup:
    cells = Markup("").join(
        Markup('<td class="{}">{}</td>').format(column.align, _cell(cell, column, width, "fang", faces, whole))
        for cell, column, width in zip(row, columns, widths, strict=True)
    )
    return Markup("<tr>{}</tr>").format(cells)


def _cell(text: str, column: Column, width: float, face: FaceName, faces: Faces, whole: Sequence[str] = ()) -> Markup:
    if column.names and len(text) == 2 and face == "fang":
        first = Markup('<span class="wide">{}</span>').format(plain(text[0], faces, face))
        return first + plain(text[1], faces, face)
    return cell_lines(text, width, face, faces, column.align == "center" or face == "hei", whole)


def cell_lines(
    text: str, width: float, face: FaceName, faces: Faces, centred: bool, whole: Sequence[str] = ()
) -> Markup:
    setting = Setting(TABLE_SIZE, (width - 2 * CELL_SIDE) * MM, TABLE_SIZE, 0, 0, ragged=True)
    lines = [line for part in text.split("\n") for line in compose([(part, face)], setting, faces, whole)]
    if face == "hei" and len(lines) > 1:
        lines = _even(text, lines, setting, faces)
    if len(lines) == 1 and not lines[0].spacing:
        return _line_text(lines[0], face)  # of the cell itself
    return Markup("").join(line_div(line, face, centred, "") for line in lines)


def _even(text: str, lines: list[Line], setting: Setting, faces: Faces) -> list[Line]:
    """A head in as many lines, as even as they get: 出生 over 年月, not 出生年 over 月."""
    narrow = replace(setting, measure=faces.width(text, "hei") * setting.size / len(lines))
    while narrow.measure < setting.measure:
        found = compose([(text, "hei")], narrow, faces)
        if len(found) == len(lines):
            return found
        narrow = replace(narrow, measure=narrow.measure + setting.size / 4)
    return lines


def entries_html(row: Entries, faces: Faces) -> Markup:
    """A row of a printed form: labels and values in turn."""
    given = sum(entry.width for entry in row.entries)
    open_entries = sum(entry.width == 0 for entry in row.entries)
    cells = []
    for entry in row.entries:
        share = (CORE_WIDTH - given) / open_entries if open_entries else entry.width * (CORE_WIDTH / given - 1)
        width = (entry.width or share) if open_entries else entry.width + share
        label = cell_lines(entry.label, LABEL_WIDTH, "hei", faces, True)
        value = cell_lines(entry.text, width - LABEL_WIDTH, "fang", faces, False)
        cells.append(_sized("th", LABEL_WIDTH, label))
        cells.append(_sized("td", width - LABEL_WIDTH, value))
    return Markup('<table class="form"><tr>{}</tr></table>').format(Markup("").join(cells))


def _sized(tag: str, width: float, content: Markup) -> Markup:
    css = ' class="left"' if tag == "td" else ""
    return Markup(f'<{tag}{css} style="width:{width - 2 * CELL_SIDE:.3f}mm">{{}}</{tag}>').format(content)


def opinion_html(opinion: Opinion, faces: Faces) -> Markup:
    """The box of one level: the opinion above, name and day at its lower right."""
    width = CORE_WIDTH - LABEL_WIDTH
    label = cell_lines(opinion.label, LABEL_WIDTH, "hei", faces, True)
    text = cell_lines(opinion.text, width, "fang", faces, False)
    signed = Markup('<div class="signed"><span>签名：{}</span><span>{}</span></div>').format(
        plain(opinion.person, faces), plain(opinion.day or "　　年　　月　　日", faces)
    )
    height = (opinion.height or OPINION_HEIGHT) - TABLE_PITCH
    room = Markup('<div class="opinion" style="min-height:{}mm">{}</div>{}').format(
        f"{height - 2 * TABLE_PITCH:.3f}", text, signed
    )
    cells = _sized("th", LABEL_WIDTH, label) + _sized("td", width, room)
    return Markup('<table class="form"><tr>{}</tr></table>').format(cells)
