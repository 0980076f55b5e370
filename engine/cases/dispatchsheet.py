"""The register as an Excel workbook: who took it out, when and under which conditions stands on it and on every printed page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from engine import spreadsheet
from engine.calendar import ZONE
from engine.spreadsheet import Sheet

if TYPE_CHECKING:
    from engine.cases.dispatch import Dispatch

TITLE = "发文登记簿"
WARNING = "仅供内部使用，不得外传"
COLUMNS: Sequence[tuple[str, str]] = (
    ("发文字号", "number"),
    ("文书", "title"),
    ("主送", "addressee"),
    ("案号", "case_number"),
    ("事项", "case_title"),
    ("拟稿人", "drafted_by"),
    ("签发人", "signed_by"),
    ("用印人", "sealed_by"),
    ("取号时间", "reserved_at"),
    ("成文日期", "dated"),
    ("生效时间", "issued_at"),
    ("状态", "state_name"),
    ("终止时间", "ended_at"),
    ("撤销、更正或作废的理由", "reason"),
    ("代替的文号", "replaces"),
    ("被哪个文号代替", "replaced_by"),
)


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
    """The file."""
    notes = (TITLE, f"筛选条件：{heading.conditions}", heading.exporter, f"共{len(rows)}件")
    table = tuple([_text(getattr(row, field)) for _, field in COLUMNS] for row in rows)
    titles = tuple(title for title, _ in COLUMNS)
    return spreadsheet.write(Sheet(TITLE, notes, titles, table, heading.exporter, heading.person))


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(ZONE):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    return str(value or "")
