"""党建责任台账: who answers for the party work of each association - filled by approved filings and imports, taken out as a workbook."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from engine import audit, spreadsheet
from engine.calendar import ZONE, local_date
from engine.cases.authority import authorised
from engine.errors import Forbidden, Invalid
from engine.identity import Actor
from engine.installation import Installation
from engine.spreadsheet import Cell, Sheet
from engine.store import Transaction, grams, new_id, reading, upsert, writing
from engine.store.tables import association_party as party
from engine.store.tables import case, organisation, process_in_force
from engine.store.tables import organisation as lead_organisation

MOST = 5000
SHORTEST_REASON = 4
NAME, USCC, LEAD, NUMBER, FORM, SECRETARY, MEMBERS, REGISTERED, UNTIL, REPORT = (
    "协会名称",
    "统一社会信用代码",
    "归口管理单位",
    "党建编号",
    "党组织形式",
    "党组织书记",
    "正式党员数",
    "登记日期",
    "党组织任期届满",
    "最近年报年度",
)
HEADS = (NAME, USCC, LEAD, NUMBER, FORM, SECRETARY, MEMBERS, REGISTERED, UNTIL, REPORT)
COLUMNS = ("lead_id", "party_no", "org_form", "secretary", "members", "registered_on", "until", "report_year")


@dataclass(frozen=True)
class LedgerLine:
    """One association; without a `lead` nobody answers for it yet. `case_id` is the newest filing, if not imported."""

    id: str
    name: str
    uscc: str
    lead_id: str
    lead: str
    party_no: str
    org_form: str
    secretary: str
    members: int | None
    registered_on: date | None
    until: date | None
    report_year: int | None
    case_id: str | None
    case_number: str

    @property
    def cells(self) -> tuple[Cell, ...]:
        """In the order of `HEADS`."""
        return (
            self.name,
            self.uscc,
            self.lead,
            self.party_no,
            self.org_form,
            self.secretary,
            self.members,
            self.registered_on,
            self.until,
            self.report_year,
        )


@dataclass(frozen=True)
class LedgerWanted:
    """Conditions of the list: words of the name, the body that answers (`none`: those without one)."""

    words: str = ""
    lead: str = ""


@dataclass(frozen=True)
class Ledger:
    """The rows that the person may see; `leads` are the bodies to choose from, `may_change` allows export and import."""

    lines: tuple[LedgerLine, ...]
    leads: tuple[tuple[str, str], ...]
    may_change: bool


NOBODY = "none"


def may_change_ledger(installation: Installation, actor: Actor) -> bool:
    """Whether a package in force gives a post of the actor the ledger."""
    with reading(installation.database) as transaction:
        return _may_change(installation, transaction, actor)


def party_ledger(installation: Installation, actor: Actor, wanted: LedgerWanted) -> Ledger:
    """The associations by name; a body of the party sees those that it answers for. `Forbidden` for all others."""
    with reading(installation.database) as transaction:
        changes = _may_change(installation, transaction, actor)
        lines = _lines(transaction, _reach(actor, changes), wanted)
        query = sa.select(organisation.c.id, organisation.c.name).where(organisation.c.kind == "party")
        leads = tuple((row.id, row.name) for row in transaction.execute(query.order_by(organisation.c.name)))
    return Ledger(lines, leads, changes)


def export_ledger(installation: Installation, actor: Actor, wanted: LedgerWanted, reason: str) -> tuple[str, bytes]:
    """(file name, workbook) of what the list shows, with conditions, exporter, reason and watermark; recorded."""
    reason = " ".join(reason.split())[:200]
    with writing(installation.database) as transaction:
        if not _may_change(installation, transaction, actor):
            raise Forbidden("你的岗位不能导出党建责任台账。", code="ledger.role")
        if len(reason) < SHORTEST_REASON:
            raise Invalid("请填写导出的事由，写明用在哪里。", code="export.reason")
        lines = _lines(transaction, sa.true(), wanted)
        if len(lines) > MOST:
            raise Invalid(f"一次最多导出 {MOST} 行，请加条件后再导出。", code="export.too-many")
        now, key = installation.clock.now(), new_id()
        said = _described(transaction, wanted)
        data = spreadsheet.write(_sheet(actor, now, key, reason, said, lines))
        body = {"export": key, "conditions": said, "reason": reason, "count": len(lines)}
        audit.record(transaction, "ledger-exported", now, actor.person_id, body | {"sha256": sha256(data).hexdigest()})
    return f"党建责任台账-{local_date(now):%Y%m%d}.xlsx", data


def fill_ledger(transaction: Transaction, row: Mapping[str, Any], root: Mapping[str, Any], now: datetime) -> None:
    """What an approved case says of the party work of its association; what it does not say stays as it was."""
    lead = root.get("lead")
    if not root.get("party_no") or not isinstance(lead, dict):
        return
    query = sa.select(organisation.c.id).where(organisation.c.key == lead.get("org"))
    told = {
        "lead_id": transaction.execute(query).scalar_one_or_none(),
        "party_no": str(root["party_no"])[:64],
        "org_form": _text(root, "org_form", 64),
        "secretary": _text(root, "secretary_name", 200),
        "members": _whole(root.get("members_formal")),
        "registered_on": _day(root.get("reg_date")),
        "until": _day(root.get("party_term_end")),
        "report_year": _whole(root.get("report_year")),
    }
    said = {name: value for name, value in told.items() if value not in (None, "")}
    before = transaction.execute(sa.select(party).where(party.c.organisation_id == row["organisation_id"]))
    kept = before.mappings().one_or_none()
    if "lead_id" not in said and kept is None:
        return
    put_line(transaction, row["organisation_id"], {**(kept or {}), **said}, row["id"], now)


def put_line(
    transaction: Transaction, organisation_id: str, values: Mapping[str, Any], case_id: str | None, now: datetime
) -> None:
    """The one way into the ledger."""
    empty: dict[str, Any] = dict.fromkeys(COLUMNS) | {"party_no": "", "org_form": "", "secretary": ""}
    kept = {name: values[name] for name in COLUMNS if name in values}
    line = {"organisation_id": organisation_id, **empty, **kept, "case_id": case_id, "changed_at": now}
    upsert(transaction, party, [line], (*COLUMNS, "case_id", "changed_at"))


def _text(root: Mapping[str, Any], name: str, most: int) -> str:
    value = root.get(name)
    return value[:most] if isinstance(value, str) else ""


def _whole(value: Any) -> int | None:
    return None if value is None or isinstance(value, bool | str) else int(value)


def _day(value: Any) -> date | None:
    return value if isinstance(value, date) and not isinstance(value, datetime) else None


def _may_change(installation: Installation, transaction: Transaction, actor: Actor) -> bool:
    if not actor.is_department:
        return False
    versions = transaction.execute(sa.select(process_in_force.c.version_id)).scalars().all()
    return any(authorised(installation.package(transaction, one), actor, "ledger") for one in versions)


def _reach(actor: Actor, changes: bool) -> sa.ColumnElement[bool]:
    if changes or actor.holds("supervisor"):
        return sa.true()
    own = [post.organisation_id for post in actor.posts if post.organisation_kind == "party"]
    if not own:
        raise Forbidden("你的岗位不能查看党建责任台账。", code="ledger.role")
    return party.c.lead_id.in_(own)


def _lines(transaction: Transaction, reach: sa.ColumnElement[bool], wanted: LedgerWanted) -> tuple[LedgerLine, ...]:
    body = lead_organisation.alias("lead")
    source = (
        organisation.outerjoin(party, party.c.organisation_id == organisation.c.id)
        .outerjoin(body, body.c.id == party.c.lead_id)
        .outerjoin(case, case.c.id == party.c.case_id)
    )
    query = sa.select(
        organisation.c.id.label("association_id"),
        organisation.c.name.label("association"),
        organisation.c.uscc,
        body.c.name.label("lead"),
        case.c.number.label("case_number"),
        party,
    ).select_from(source)
    query = query.where(organisation.c.kind == "association", reach)
    for word in grams.words(wanted.words):
        query = query.where(organisation.c.name.contains(word, autoescape=True))
    if wanted.lead == NOBODY:
        query = query.where(party.c.lead_id.is_(None))
    elif wanted.lead:
        query = query.where(party.c.lead_id == wanted.lead)
    rows = transaction.execute(query.order_by(organisation.c.name).limit(MOST + 1))
    return tuple(
        LedgerLine(
            row.association_id,
            row.association,
            row.uscc or "",
            row.lead_id or "",
            row.lead or "",
            row.party_no or "",
            row.org_form or "",
            row.secretary or "",
            row.members,
            row.registered_on,
            row.until,
            row.report_year,
            row.case_id,
            row.case_number or "",
        )
        for row in rows
    )


def _described(transaction: Transaction, wanted: LedgerWanted) -> str:
    said = [f"名称含“{wanted.words}”"] if wanted.words else []
    if wanted.lead == NOBODY:
        said.append("没有归口管理单位的")
    elif wanted.lead:
        query = sa.select(organisation.c.name).where(organisation.c.id == wanted.lead)
        said.append(f"归口管理单位 {transaction.execute(query).scalar() or wanted.lead}")
    return "，".join(said) or "全部协会"


def _sheet(actor: Actor, now: datetime, key: str, reason: str, said: str, lines: tuple[LedgerLine, ...]) -> Sheet:
    who = f"{actor.name}（{next((one.title for one in actor.posts), '')}）"
    at = f"{now.astimezone(ZONE):%Y-%m-%d %H:%M}"
    watermark = f"内部资料，不得外传。{who}，{at} 导出，编号 {key}"
    notes = (
        "党建责任台账",
        f"筛选条件：{said}。共 {len(lines)} 行。",
        f"导出人：{who}；导出时间：{at}；事由：{reason}",
        watermark,
    )
    return Sheet("党建责任台账", notes, HEADS, tuple(one.cells for one in lines), watermark, actor.name)
