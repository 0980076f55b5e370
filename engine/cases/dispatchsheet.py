"""The register as an Excel workbook: who took it out, when and under which conditions stands on it and on every printed page."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from engine.calendar import ZONE

if TYPE_CHECKING:
    from engine.cases.dispatch import Dispatch

TITLE = "发文登记簿"
WARNING = "仅供内部使用，不得外传"
COLUMNS: Sequence[tuple[str, str, int]] = (
    ("发文字号", "number", 24),
    ("文书", "title", 18),
    ("主送", "addressee", 30),
    ("案号", "case_number", 15),
    ("事项", "case_title", 36),
    ("拟稿人", "drafted_by", 10),
    ("签发人", "signed_by", 10),
    ("用印人", "sealed_by", 10),
    ("取号时间", "reserved_at", 17),
    ("成文日期", "dated", 12),
    ("生效时间", "issued_at", 17),
    ("状态", "state_name", 10),
    ("终止时间", "ended_at", 17),
    ("撤销、更正或作废的理由", "reason", 36),
    ("代替的文号", "replaces", 24),
    ("被哪个文号代替", "replaced_by", 24),
)
HEAD = 5  # the row of the columns' names


@dataclass(frozen=True)
class Heading:
    """The conditions in words, the person with the posts, and the moment."""

    conditions: str
    person: str
    posts: str
    at: datetime

    @property
    def local(self) -> datetime:
        return self.at.astimezone(ZONE)

    @property
    def exporter(self) -> str:
        return f"导出人：{self.person}（{self.posts}）  导出时间：{self.local:%Y-%m-%d %H:%M}  {WARNING}"


def workbook(rows: Sequence["Dispatch"], heading: Heading) -> bytes:
    """The file. Every text is kept as text: what begins with = is no formula."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = TITLE
    for number, text in enumerate((TITLE, f"筛选条件：{heading.conditions}", heading.exporter, f"共{len(rows)}件"), 1):
        _put(sheet, number, 1, text)
    sheet["A1"].font = Font(bold=True, size=14)
    for column, (label, _, width) in enumerate(COLUMNS, 1):
        _put(sheet, HEAD, column, label)
        sheet.cell(HEAD, column).font = Font(bold=True)
        sheet.column_dimensions[sheet.cell(HEAD, column).column_letter].width = width
    for number, row in enumerate(rows, HEAD + 1):
        for column, (_, field, _) in enumerate(COLUMNS, 1):
            _put(sheet, number, column, _text(getattr(row, field)))
            sheet.cell(number, column).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = sheet.cell(HEAD + 1, 2)
    sheet.print_title_rows = f"1:{HEAD}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.center.text = heading.exporter.replace("&", "＆")
    book.properties.creator = heading.person
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _put(sheet: Any, row: int, column: int, text: str) -> None:
    cell = sheet.cell(row, column, text)
    cell.data_type = "s"


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(ZONE):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    return str(value or "")
