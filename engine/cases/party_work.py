"""What falls due in the party work of associations, by the ledger: annual reports, terms, an organisation to be set up.

Nothing here decides anything: who is late stands in a list, and who answers is told, once each.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from engine import audit
from engine.calendar import local_date
from engine.cases.associations import MONTHS, before
from engine.cases.ledger import LedgerLine, LedgerWanted, party_ledger
from engine.identity import Actor
from engine.installation import Installation
from engine.store import Transaction, insert_into, new_id, reading, writing
from engine.store.tables import association_party as party
from engine.store.tables import case, notification, organisation, post, process_in_force

SOON = 30  # days before a report is due from which its light is yellow
SET_UP = 6  # months after registration within which a party organisation is expected
NO_ORGANISATION = ("", "暂无")
TOLD = (
    "applicant",
    "party_secretary",
    "handler_a",
    "division_head",
)  # of the association, of the lead, of the department
PARAMETER = "report_due"  # of a package in force: {month, day}


@dataclass(frozen=True)
class ReportLine:
    """One association in the list of a year: filed, or how many days are left (negative: overdue)."""

    line: LedgerLine
    filed: bool
    days: int
    light: str  # green, yellow, red; empty where it was filed


@dataclass(frozen=True)
class ReportList:
    """Annual reports of a year, the overdue first; `due` is None where no package says when."""

    year: int
    due: date | None
    lines: tuple[ReportLine, ...]

    @property
    def late(self) -> int:
        return sum(one.light == "red" for one in self.lines)

    @property
    def filed(self) -> int:
        return sum(one.filed for one in self.lines)


def annual_reports(installation: Installation, actor: Actor, year: int | None = None) -> ReportList:
    """Who has filed the report of a year, by default of the last one; who reads the ledger sees the same associations."""
    today = local_date(installation.clock.now())
    year = year if year is not None and 2000 <= year <= 2200 else today.year - 1
    ledger = party_ledger(installation, actor, LedgerWanted())
    with reading(installation.database) as transaction:
        due = _due(installation, transaction, year)
    obliged = [
        one for one in ledger.lines if one.lead and (one.registered_on is None or one.registered_on.year <= year)
    ]
    lines = [_report(one, year, due, today) for one in obliged]
    return ReportList(year, due, tuple(sorted(lines, key=lambda one: (one.filed, one.days, one.line.name))))


def _report(line: LedgerLine, year: int, due: date | None, today: date) -> ReportLine:
    filed = line.report_year is not None and line.report_year >= year
    days = 0 if due is None else (due - today).days
    light = "red" if days < 0 else "yellow" if days <= SOON else "green"
    return ReportLine(line, filed, days, "" if filed or due is None else light)


def _due(installation: Installation, transaction: Transaction, year: int) -> date | None:
    """The last day for the report of a year, as a package in force says."""
    query = sa.select(process_in_force.c.version_id).order_by(process_in_force.c.package_key)
    for version_id in transaction.execute(query).scalars().all():
        parameter = installation.package(transaction, version_id).manifest.parameters.get(PARAMETER)
        if parameter is not None:
            return date(year + 1, int(parameter.value["month"]), int(parameter.value["day"]))
    return None


def remind_of_party_work(installation: Installation) -> int:
    """Tell, once each, of what falls due by the ledger; how many reminders that were."""
    today = local_date(installation.clock.now())
    with reading(installation.database) as transaction:
        due = _due(installation, transaction, today.year - 1)
        newest = sa.select(sa.func.max(case.c.id)).where(
            case.c.organisation_id == party.c.organisation_id, case.c.number.is_not(None)
        )
        query = sa.select(
            party, organisation.c.name, sa.func.coalesce(party.c.case_id, newest.scalar_subquery()).label("about")
        ).join(organisation, organisation.c.id == party.c.organisation_id)
        rows = transaction.execute(query.order_by(party.c.organisation_id)).all()
    told = [(row, *one) for row in rows if row.about is not None for one in _falling_due(row, today, due)]
    return sum(_tell(installation, *one) for one in told)


def _falling_due(row: Any, today: date, due: date | None) -> Iterator[tuple[str, str]]:
    """(key, text) of what the row is to be told about today."""
    if row.until is not None and row.until >= today:
        months = [one for one in MONTHS if before(row.until, one) <= today]
        if months:
            key = f"party-term:{row.organisation_id}:{row.until}:{min(months)}"
            yield key, f"{row.name}党组织任期{row.until:%Y年%m月%d日}届满，还有 {min(months)} 个月，请准备换届"
    if row.registered_on is not None and row.org_form in NO_ORGANISATION and before(today, SET_UP) >= row.registered_on:
        yield f"party-set-up:{row.organisation_id}", f"{row.name}登记满 {SET_UP} 个月还没有设立党组织，请指导设立"
    year = today.year - 1
    registered = row.registered_on is None or row.registered_on.year <= year
    if due is not None and today > due and registered and (row.report_year or 0) < year:
        yield (
            f"party-report:{row.organisation_id}:{year}",
            f"{row.name}{year}年度党建工作报告到期没有报送，列入逾期清单",
        )


def _tell(installation: Installation, row: Any, key: str, text: str) -> int:
    now = installation.clock.now()
    with writing(installation.database) as transaction:
        rows = [
            {
                "id": new_id(),
                "key": f"{key}:{post_id}",
                "post_id": post_id,
                "case_id": row.about,
                "text": text,
                "at": now,
                "kind": "term",
            }
            for post_id in transaction.execute(_posts(row)).scalars()
        ]
        if not rows:
            return 0
        statement = insert_into(transaction, notification).values(rows).on_conflict_do_nothing()
        if not transaction.execute(statement.returning(notification.c.id)).all():
            return 0
        audit.record(transaction, "party-work-reminded", now, None, {"organisation": row.organisation_id, "key": key})
    return 1


def _posts(row: Any) -> sa.Select[Any]:
    applies, answers, *department = TOLD
    return (
        sa.select(post.c.id)
        .join(organisation, organisation.c.id == post.c.organisation_id)
        .where(
            sa.or_(
                sa.and_(post.c.role == applies, post.c.organisation_id == row.organisation_id),
                sa.and_(post.c.role == answers, post.c.organisation_id == row.lead_id),
                sa.and_(post.c.role.in_(department), organisation.c.kind == "department"),
            )
        )
        .order_by(post.c.id)
    )
