"""Lines and tables as HTML that puts every character where the composer computed it."""

from collections.abc import Sequence

from markupsafe import Markup, escape

from engine.documents.content import Column, Paragraph, Table
from engine.documents.fonts import FaceName, Faces
from engine.documents.geometry import CELL_SIDE, CORE_WIDTH, MM, TABLE_SIZE
from engine.documents.lines import OPENING, Line, Piece, Setting, compose


def line_div(line: Line, base: FaceName = "fang", centred: bool = False, css: str = "l") -> Markup:
    """One composed line. The renderer adds letter-spacing after every character, so words keep none inside and take
    the gap as a margin."""
    content = Markup("").join(_piece(piece, line.spacing, base) for piece in line.pieces)
    style = f"letter-spacing:{line.spacing:.4f}pt" if line.spacing else ""
    if line.indent and not centred:
        style += f";padding-left:{line.indent:.4f}pt"
    return Markup('<div class="{}" style="{}">{}</div>').format(css, style.lstrip(";"), content)


def _piece(piece: Piece, spacing: float, base: FaceName) -> Markup:
    classes = " ".join(
        name for name in ("w" * piece.word, "h" * piece.half, "" if piece.face == base else f"f {piece.face}") if name
    )
    side = "left" if piece.text in OPENING else "right"
    gap = ""
    if piece.word and spacing:
        gap = f"margin-right:{spacing:.4f}pt"
    elif piece.cut:
        gap = f"margin-{side}:{-piece.cut:.4f}pt"
    if not classes and not gap:
        return escape(piece.text)
    return Markup('<span class="{}" style="{}">{}</span>').format(classes, gap, piece.text)


def plain(text: str, faces: Faces, face: FaceName = "fang", where: str = "文书") -> Markup:
    """A short text on one line, its rare characters marked with their fallback face."""
    out = Markup("")
    for character in text:
        used = faces.face_for(character, face, where)
        out += escape(character) if used == face else Markup('<span class="f {}">{}</span>').format(used, character)
    return out


def paragraph_lines(paragraph: Paragraph, faces: Faces) -> list[Markup]:
    return [line_div(line) for line in compose([(run.text, run.face) for run in paragraph.runs], Setting(), faces)]


def table_html(table: Table, faces: Faces) -> Markup:
    """A table whose head is repeated on every page and whose rows are not broken."""
    widths = column_widths(table.columns)
    head = Markup("").join(
        Markup('<th style="width:{}mm">{}</th>').format(
            f"{width - 2 * CELL_SIDE:.3f}", _cell(column.title, column, width, "hei", faces)
        )
        for column, width in zip(table.columns, widths, strict=True)
    )
    rows = Markup("").join(_row(row, table.columns, widths, faces) for row in table.rows)
    return Markup("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>").format(head, rows)


def column_widths(columns: Sequence[Column]) -> list[float]:
    """Widths in millimetres that fill the core: what is left goes evenly to the open columns, or to all."""
    given = sum(column.width for column in columns)
    open_columns = sum(column.width == 0 for column in columns)
    if open_columns:
        return [column.width or (CORE_WIDTH - given) / open_columns for column in columns]
    return [column.width * CORE_WIDTH / given for column in columns]


def _row(row: Sequence[str], columns: Sequence[Column], widths: Sequence[float], faces: Faces) -> Markup:
    cells = Markup("").join(
        Markup('<td class="{}">{}</td>').format(column.align, _cell(cell, column, width, "fang", faces))
        for cell, column, width in zip(row, columns, widths, strict=True)
    )
    return Markup("<tr>{}</tr>").format(cells)


def _cell(text: str, column: Column, width: float, face: FaceName, faces: Faces) -> Markup:
    if column.names and len(text) == 2 and face == "fang":
        first = Markup('<span class="wide">{}</span>').format(plain(text[0], faces, face))
        return Markup("<div>{}{}</div>").format(first, plain(text[1], faces, face))
    setting = Setting(TABLE_SIZE, (width - 2 * CELL_SIDE) * MM, TABLE_SIZE, 0, 0, ragged=True)
    lines = [line for part in text.split("\n") for line in compose([(part, face)], setting, faces)]
    centred = column.align == "center" or face == "hei"
    return Markup("").join(line_div(line, face, centred, "c") for line in lines)
