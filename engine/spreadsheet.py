"""A workbook of one sheet, of texts, whole numbers and days alone: nothing in it is a formula."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

WIDEST, NARROWEST = 48, 8
LONGEST = 32_767  # characters of a cell
UNPRINTED = re.compile(r"[\x00-\x08\x0b-\x1f]")  # a workbook cannot hold them
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
