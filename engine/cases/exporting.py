"""The list of cases as a workbook: chosen columns, numbers masked, with who took it, why, and under what conditions.

Every export is recorded in the chain of the installation with the SHA-256 of its bytes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from engine import audit, spreadsheet
from engine.calendar import ZONE, local_date
from engine.cases.criteria import Criteria
from engine.cases.finding import WORST_FIRST, asked_of_cases, open_steps, within_reach
from engine.cases.lights import LIGHTS
from engine.cases.personal import KEY, masks_of, with_masks
from engine.cases.rules import members_of
from engine.cases.supervising import may_urge
from engine.cases.words import OUTCOMES, STATES, name
from engine.errors import Forbidden, Invalid
from engine.identity import Actor
from engine.installation import Installation
from engine.packages import CompiledPackage
from engine.spreadsheet import Cell, Sheet
from engine.store import Transaction, new_id, writing
from engine.store.tables import case, organisation, scope
from engine.store.values import decode

MOST = 5000  # cases of one export
SHORTEST_REASON = 4


@dataclass(frozen=True)
class _Row:
    """What a column is read from."""

    case: Mapping[str, Any]
    steps: Sequence[tuple[str, str]]
    root: Mapping[str, Any]
    package: CompiledPackage

    @property
    def members(self) -> list[Mapping[str, Any]]:
        found = members_of(self.package, self.root)
        return [one for one in found if isinstance(one, dict)]


@dataclass(frozen=True)
class Column:
    """One column that can be chosen; `deep` ones are read from what was filled in."""

    key: str
    title: str
    read: Callable[[_Row], Cell]
    deep: bool = False


@dataclass(frozen=True)
class Export:
    """A file, and how many cases it lists."""

    name: str
    data: bytes
    count: int


def _day(value: datetime | None) -> date | None:
    return None if value is None else local_date(value)


def _light(row: _Row) -> str:
    lights = {light for _, light in row.steps}
    return LIGHTS[next(one for one in WORST_FIRST if one in lights)] if lights else ""


def _masks(row: _Row) -> str:
    numbers = (one.get("id_no") for one in row.members)
    return "、".join(str(one["mask"]) for one in numbers if isinstance(one, dict) and KEY in one)


def _mobile(row: _Row) -> str:
    value = row.root.get("contact_mobile")
    return str(value["mask"]) if isinstance(value, dict) and KEY in value else ""


COLUMNS = (
    Column("number", "案号", lambda row: row.case["number"]),
    Column("title", "事项", lambda row: row.case["title"]),
    Column("organisation", "申报单位", lambda row: row.case["organisation_name"]),
    Column("uscc", "统一社会信用代码", lambda row: row.case["uscc"]),
    Column("package", "流程", lambda row: row.package.title),
    Column("state", "状态", lambda row: name(STATES, row.case["state"])),
    Column("outcome", "结果", lambda row: name(OUTCOMES, row.case["outcome"])),
    Column("steps", "正在办理", lambda row: "、".join(dict.fromkeys(step for step, _ in row.steps))),
    Column("light", "灯", _light),
    Column("submitted", "提交日期", lambda row: _day(row.case["submitted_at"])),
    Column("accepted", "受理日期", lambda row: _day(row.case["accepted_at"])),
    Column("due", "承诺期限", lambda row: row.case["due_on"]),
    Column("closed", "办结日期", lambda row: _day(row.case["closed_at"])),
    Column("used", "用时（工作日）", lambda row: row.case["used_days"]),
    Column("people", "人选", lambda row: "、".join(_labels(row)), deep=True),
    Column("numbers", "证件号码（脱敏）", _masks, deep=True),
    Column("mobile", "联系手机（脱敏）", _mobile, deep=True),
)
USUAL = ("number", "title", "organisation", "state", "outcome", "steps", "light", "submitted", "due", "closed")


def _labels(row: _Row) -> list[str]:
    return [str(one.get(row.package.manifest.item_label) or "") for one in row.members]


def export_cases(
    installation: Installation, actor: Actor, criteria: Criteria, columns: Sequence[str], reason: str
) -> Export:
    """The cases that the criteria describe, the newest first.

    `Forbidden` for all but the supervisor; `Invalid` without a reason or a column, or for more than `MOST` cases.
    """
    if not may_urge(actor):
        raise Forbidden("只有监察岗可以导出。", code="supervision.role")
    reason = " ".join(reason.split())[:200]
    if len(reason) < SHORTEST_REASON:
        raise Invalid("请填写导出的事由，写明用在哪里。", code="export.reason")
    chosen = [column for column in COLUMNS if column.key in columns]
    if not chosen:
        raise Invalid("请至少选择一列。", code="export.columns")
    with writing(installation.database) as transaction:
        rows = _rows(installation, transaction, actor, criteria, any(column.deep for column in chosen))
        table = tuple([column.read(row) for column in chosen] for row in rows)
        key, now = new_id(), installation.clock.now()
        said = described(installation, transaction, criteria)
        data = spreadsheet.write(_sheet(actor, now, key, reason, said, [one.title for one in chosen], table))
        body = {
            "export": key,
            "conditions": said,
            "columns": [column.key for column in chosen],
            "reason": reason,
            "count": len(rows),
            "sha256": sha256(data).hexdigest(),
        }
        audit.record(transaction, "cases-exported", now, actor.person_id, body)
    return Export(f"案件清单-{local_date(now):%Y%m%d}.xlsx", data, len(rows))


def _sheet(
    actor: Actor,
    now: datetime,
    key: str,
    reason: str,
    said: str,
    titles: Sequence[str],
    table: tuple[Sequence[Cell], ...],
) -> Sheet:
    post = next((one.title for one in actor.posts), "")
    who = f"{actor.name}（{post}）"
    at = f"{now.astimezone(ZONE):%Y-%m-%d %H:%M}"
    watermark = f"内部资料，不得外传。{who}，{at} 导出，编号 {key}"
    notes = (
        "案件清单",
        f"筛选条件：{said}。共 {len(table)} 件。",
        f"导出人：{who}；导出时间：{at}；事由：{reason}",
        watermark,
    )
    return Sheet("案件清单", notes, tuple(titles), table, watermark, actor.name)


def described(installation: Installation, transaction: Transaction, criteria: Criteria) -> str:
    """The conditions in words, as the file and the record state them."""
    said = []
    if criteria.words:
        said.append(f"含“{criteria.words}”")
    if criteria.package:
        said.append(f"流程 {criteria.package}")
    if criteria.state:
        said.append(f"状态 {name(STATES, criteria.state)}")
    if criteria.node:
        said.append(f"环节 {criteria.node}")
    if criteria.light:
        said.append(LIGHTS[criteria.light])
    if criteria.unit:
        query = sa.select(organisation.c.name).where(organisation.c.id == criteria.unit)
        said.append(f"单位 {transaction.execute(query).scalar() or criteria.unit}")
    if criteria.since or criteria.until:
        said.append(f"提交日期 {criteria.since or '最早'} 至 {criteria.until or '今天'}")
    return "，".join(said) or "全部案件"


def _rows(
    installation: Installation, transaction: Transaction, actor: Actor, criteria: Criteria, deep: bool
) -> list[_Row]:
    wanted = [within_reach(actor), case.c.number.is_not(None)]
    wanted += asked_of_cases(installation, transaction, actor, criteria)
    source = case.join(organisation, organisation.c.id == case.c.organisation_id)
    query = sa.select(case, organisation.c.name.label("organisation_name"), organisation.c.uscc).select_from(source)
    page = query.where(*wanted).order_by(case.c.id.desc()).limit(MOST + 1)
    found = [dict(row) for row in transaction.execute(page).mappings()]
    if len(found) > MOST:
        raise Invalid(f"一次最多导出 {MOST} 件，请加条件后再导出。", code="export.too-many")
    ids = [row["id"] for row in found]
    steps = open_steps(installation, transaction, actor, ids)
    roots = _roots(installation, transaction, ids) if deep else {}
    return [
        _Row(
            row,
            steps.get(row["id"], []),
            roots.get(row["id"], {}),
            installation.package(transaction, row["version_id"]),
        )
        for row in found
    ]


def _roots(installation: Installation, transaction: Transaction, ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """What was filled in, with masks in place of personal numbers."""
    known = masks_of(installation, transaction, ids)
    query = sa.select(scope.c.case_id, scope.c["values"]).where(scope.c.case_id.in_(ids), scope.c.path == "")
    return {row[0]: with_masks(decode(row[1]), known.get(row[0], {})) for row in transaction.execute(query)}
