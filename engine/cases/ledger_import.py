"""The ledger from a workbook: every fault by its row, and nothing taken in while there is one."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from engine import audit, spreadsheet
from engine.cases.ledger import (
    FORM,
    HEADS,
    LEAD,
    MEMBERS,
    NAME,
    NUMBER,
    REGISTERED,
    REPORT,
    SECRETARY,
    UNTIL,
    USCC,
    may_change_ledger,
    put_line,
)
from engine.errors import Forbidden
from engine.identity import Actor
from engine.installation import Installation
from engine.spreadsheet import ReadRow
from engine.store import Transaction, writing
from engine.store.tables import organisation

TEXTS = ((NUMBER, "party_no", 64), (FORM, "org_form", 20), (SECRETARY, "secretary", 50))
DAYS = ((REGISTERED, "registered_on"), (UNTIL, "until"))
WRITTEN_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
MOST_FAULTS = 200  # told at once
YEARS = range(1900, 2201)


@dataclass(frozen=True)
class RowFault:
    """What is wrong in a row, and how to mend it."""

    row: int
    message: str


@dataclass(frozen=True)
class Taken:
    """How many rows came in; where there are faults that is none."""

    rows: int
    faults: tuple[RowFault, ...] = ()


def import_ledger(installation: Installation, actor: Actor, data: bytes) -> Taken:
    """Every row of the workbook, or none. `Forbidden` by post, `Invalid` for a file that cannot be read."""
    if not may_change_ledger(installation, actor):
        raise Forbidden("你的岗位不能导入党建责任台账。", code="ledger.role")
    rows = spreadsheet.read(data, HEADS)
    if not rows:
        return Taken(0, (RowFault(0, "表头下面没有一行内容。"),))
    now = installation.clock.now()
    with writing(installation.database) as transaction:
        read = _Reader(transaction)
        lines = [line for row in rows if (line := read.line(row)) is not None]
        if read.faults:
            return Taken(0, tuple(read.faults[:MOST_FAULTS]))
        for organisation_id, values in lines:
            put_line(transaction, organisation_id, values, None, now)
        body = {"count": len(lines), "sha256": sha256(data).hexdigest()}
        audit.record(transaction, "ledger-imported", now, actor.person_id, body)
    return Taken(len(lines))


class _Reader:
    """Rows against what the installation knows."""

    def __init__(self, transaction: Transaction) -> None:
        query = sa.select(organisation.c.id, organisation.c.name, organisation.c.kind, organisation.c.uscc)
        known = transaction.execute(query).all()
        self._associations = {one.uscc: one for one in known if one.kind == "association" and one.uscc}
        self._leads = {one.name: one.id for one in known if one.kind == "party"}
        self._seen: dict[str, int] = {}
        self.faults: list[RowFault] = []

    def line(self, row: ReadRow) -> tuple[str, Mapping[str, Any]] | None:
        """(association, columns of the ledger) of a row; None where it has a fault, which is noted."""
        if all(row.values.get(head) in (None, "") for head in HEADS if head not in (NAME, USCC)):
            return None  # as an export writes an association for which nobody answers yet
        before = len(self.faults)
        for head in row.faults:
            self._fault(row, f"“{head}”是公式或以 = + - @ 开头，请改成内容本身。")
        found = self._association(row)
        values: dict[str, Any] = {"lead_id": self._lead(row)}
        values |= {column: self._text(row, head, most) for head, column, most in TEXTS}
        values |= {column: self._day(row, head) for head, column in DAYS}
        values["members"] = self._whole(row, MEMBERS, range(100_000), "0 到 99999 的整数")
        values["report_year"] = self._whole(row, REPORT, YEARS, "四位年份，例如 2026")
        return None if len(self.faults) > before or found is None else (found, values)

    def _fault(self, row: ReadRow, message: str) -> None:
        self.faults.append(RowFault(row.number, message))

    def _association(self, row: ReadRow) -> str | None:
        number = str(row.values.get(USCC) or "").upper()
        known = self._associations.get(number)
        if known is None:
            self._fault(row, f"没有统一社会信用代码为“{number[:30]}”的协会，请核对，或先登记这个单位。")
            return None
        if str(row.values.get(NAME) or "") != known.name:
            self._fault(row, f"协会名称与信用代码不符：{number} 是“{known.name}”。")
        if known.id in self._seen:
            self._fault(row, f"与第 {self._seen[known.id]} 行是同一个协会，请只留一行。")
        self._seen.setdefault(known.id, row.number)
        return str(known.id)

    def _lead(self, row: ReadRow) -> str | None:
        name = str(row.values.get(LEAD) or "")
        if name not in self._leads:
            choices = "、".join(sorted(self._leads))
            self._fault(row, f"没有归口管理单位“{name[:30]}”，可填：{choices}。")
        return self._leads.get(name)

    def _text(self, row: ReadRow, head: str, most: int) -> str:
        value = str(row.values.get(head) or "")
        if len(value) > most:
            self._fault(row, f"“{head}”超过 {most} 个字，请缩短。")
        return value

    def _whole(self, row: ReadRow, head: str, among: range, said: str) -> int | None:
        value = row.values.get(head)
        number = int(value) if isinstance(value, str) and re.fullmatch(r"[0-9]{1,6}", value) else value
        if number in (None, ""):
            return None
        if not isinstance(number, int) or number not in among:
            self._fault(row, f"“{head}”须是{said}。")
            return None
        return number

    def _day(self, row: ReadRow, head: str) -> date | None:
        value = row.values.get(head)
        if value in (None, "") or isinstance(value, date):
            return value if isinstance(value, date) else None
        written = WRITTEN_DAY.fullmatch(str(value))
        if written is not None:
            with suppress(ValueError):
                return date(*map(int, written.groups()))
        self._fault(row, f"“{head}”须是日期，例如 2026-11-23。")
        return None
