"""A workbook of one sheet, of texts, whole numbers and days alone: nothing in it is a formula, neither out nor in."""

import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from engine.errors import Invalid

WIDEST, NARROWEST = 48, 8
LONGEST = 32_767  # characters of a cell
UNPRINTED = re.compile(r"[\x00-\x08\x0b-\x1f]")  # a workbook cannot hold them
MOST_BYTES, MOST_UNPACKED, MOST_FILES = 2 * 1024 * 1024, 32 * 1024 * 1024, 200  # of a workbook that is read
MOST_ROWS, MOST_COLUMNS = 5000, 40
FORMULA = re.compile(r"[=+\-@\t\r]")  # with which a text would begin that another program takes for a formula
TOP = Alignment(wrap_text=True, vertical="top")

Cell = str | int | date | None


@dataclass(frozen=True)
class Sheet:
    """`notes` stand above the table, the first as its title; `footer` on every printed page."""

    name: str
    notes: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[Sequence[Cell], ...]
    footer: str = ""
    creator: str = ""


def write(sheet: Sheet) -> bytes:
    """The workbook as Excel and WPS open it; notes and heads are repeated on every printed page, as wide as the paper."""
    book = Workbook()
    page: Any = book.active
    page.title = sheet.name[:31]
    head = len(sheet.notes) + 1
    for place, note in enumerate(sheet.notes, 1):
        _put(page, place, 1, note)
    page["A1"].font = Font(bold=True, size=14)
    for column, title in enumerate(sheet.columns, 1):
        _put(page, head, column, title)
        page.cell(head, column).font = Font(bold=True)
        width = _width(title, (row[column - 1] for row in sheet.rows))
        page.column_dimensions[get_column_letter(column)].width = width
    for place, row in enumerate(sheet.rows, head + 1):
        for column, value in enumerate(row, 1):
            _put(page, place, column, value)
            page.cell(place, column).alignment = TOP
    page.freeze_panes = page.cell(head + 1, 2)
    page.print_title_rows = f"1:{head}"
    page.page_setup.orientation = "landscape"
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.oddFooter.center.text = sheet.footer.replace("&", "＆")
    book.properties.creator = sheet.creator
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _put(page: Any, row: int, column: int, value: Cell) -> None:
    """A text is kept as text: what begins with = is no formula."""
    if value is None or value == "":
        return
    if not isinstance(value, str):
        page.cell(row, column, value)
        return
    page.cell(row, column, UNPRINTED.sub("", value)[:LONGEST]).data_type = "s"


def _width(title: str, values: Iterable[Cell]) -> int:
    """A Chinese character takes the room of two."""
    longest = max((sum(1 + (ord(one) > 255) for one in str(value)) for value in (title, *values) if value), default=0)
    return min(WIDEST, max(NARROWEST, longest + 2))


@dataclass(frozen=True)
class ReadRow:
    """A row of a workbook below its heads: its number as Excel shows it, what stands under each head; `faults` name
    the heads whose cell is a formula."""

    number: int
    values: dict[str, Cell]
    faults: tuple[str, ...] = ()


def read(data: bytes, columns: Sequence[str]) -> list[ReadRow]:
    """The rows of the first sheet below the row that has all these heads; what stands above it is left out.

    `Invalid` for what is no workbook, is too large, or has no such row. Other columns are left out; empty rows, too.
    """
    page = _opened(data)
    heads: dict[int, str] = {}
    found = []
    for number, cells in enumerate(page.iter_rows(max_row=MOST_ROWS + 100, max_col=MOST_COLUMNS), 1):
        if not heads:
            named = {place: str(cell.value).strip() for place, cell in enumerate(cells) if cell.value is not None}
            heads = {place: name for place, name in named.items() if name in columns}
            if set(heads.values()) != set(columns):
                heads = {}
            continue
        taken = {name: cells[place] for place, name in heads.items() if place < len(cells)}
        values = {name: _value(cell.value) for name, cell in taken.items()}
        if any(value not in (None, "") for value in values.values()):
            found.append(ReadRow(number, values, tuple(name for name, cell in taken.items() if _is_formula(cell))))
        if len(found) > MOST_ROWS:
            raise Invalid(f"表中超过 {MOST_ROWS} 行，请分几次导入。", code="sheet.rows")
    if not heads:
        raise Invalid(f"没有找到表头，表头要有这些列：{'、'.join(columns)}。", code="sheet.heads")
    return found


def _opened(data: bytes) -> Any:
    if len(data) > MOST_BYTES:
        raise Invalid(f"文件超过 {MOST_BYTES // 1024 // 1024} MB，请分几次导入。", code="sheet.size")
    try:
        with zipfile.ZipFile(BytesIO(data)) as packed:
            parts = packed.infolist()
            if len(parts) > MOST_FILES or sum(one.file_size for one in parts) > MOST_UNPACKED:
                raise Invalid("文件解开以后太大，请只留一张表再导入。", code="sheet.size")
            if any(b"<!DOCTYPE" in packed.read(one) for one in parts if one.filename.endswith((".xml", ".rels"))):
                raise Invalid("文件里有不认识的内容，请用 Excel 或 WPS 另存一份再导入。", code="sheet.unreadable")
        return load_workbook(BytesIO(data), read_only=True, data_only=False, keep_links=False).worksheets[0]
    except Invalid:
        raise
    except Exception as error:  # whatever a library makes of a stranger's bytes
        raise Invalid("这不是能读的 Excel 文件（.xlsx），请另存为 .xlsx 再导入。", code="sheet.unreadable") from error


def _value(value: Any) -> Cell:
    if isinstance(value, datetime):
        return value.date()
    if value is None or isinstance(value, date) or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return str(value).strip()[:LONGEST]


def _is_formula(cell: Any) -> bool:
    """A formula, or a text that another program would take for one."""
    return cell.data_type == "f" or (isinstance(cell.value, str) and FORMULA.match(cell.value) is not None)
