"""The associations for whom a group of cases could be started: found by words and by the end of a term, or read."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from engine import spreadsheet
from engine.cases.group_rights import grouped_processes, grouping_post
from engine.cases.starting_groups import MOST
from engine.errors import Forbidden
from engine.identity import Actor
from engine.installation import Installation
from engine.store import grams, reading
from engine.store.tables import association_term as term
from engine.store.tables import case, organisation

USCC = "统一社会信用代码"


@dataclass(frozen=True)
class Candidate:
    """An association that may be chosen; `running`: it has an open case of this process."""

    id: str
    name: str
    uscc: str
    until: date | None
    running: bool


@dataclass(frozen=True)
class Listed:
    """The associations of a workbook by id, and the rows that name none: (row, sentence)."""

    organisations: tuple[str, ...]
    faults: tuple[tuple[int, str], ...] = ()


def candidates(
    installation: Installation, actor: Actor, package_key: str, words: str = "", until: date | None = None
) -> tuple[Candidate, ...]:
    """The associations by name, those whose term ends by a day where one is given. `Forbidden` without the authority."""
    if package_key not in dict(grouped_processes(installation, actor)):
        raise Forbidden("你的岗位不能批量发起这个事项。", code="case.authority", verb="group")
    newest = sa.select(sa.func.max(term.c.until)).where(term.c.organisation_id == organisation.c.id)
    ends = newest.correlate(organisation).scalar_subquery()
    mine = (case.c.organisation_id == organisation.c.id, case.c.package_key == package_key, case.c.state != "closed")
    running = sa.exists().where(*mine).correlate(organisation)
    query = sa.select(organisation, ends.label("until"), running.label("running"))
    query = query.where(organisation.c.kind == "association")
    for word in grams.words(words):
        query = query.where(organisation.c.name.contains(word, autoescape=True))
    if until is not None:
        query = query.where(ends <= until)
    with reading(installation.database) as transaction:
        rows = transaction.execute(query.order_by(organisation.c.name).limit(MOST))
        return tuple(Candidate(row.id, row.name, row.uscc or "", row.until, bool(row.running)) for row in rows)


def read_list(installation: Installation, actor: Actor, package_key: str, data: bytes) -> Listed:
    """The associations of a workbook, known by their credit codes. `Invalid` for a file that cannot be read."""
    with reading(installation.database) as transaction:
        grouping_post(installation, transaction, actor, package_key)
        query = sa.select(organisation.c.uscc, organisation.c.id).where(organisation.c.kind == "association")
        known = {row.uscc: row.id for row in transaction.execute(query) if row.uscc}
    found: dict[str, None] = {}
    faults = []
    for row in spreadsheet.read(data, (USCC,)):
        code = str(row.values.get(USCC) or "").upper()
        if row.faults or code not in known:
            faults.append((row.number, f"没有统一社会信用代码为“{code[:30]}”的协会，请核对，或先登记这个单位。"))
        else:
            found[known[code]] = None
    return Listed(tuple(found), tuple(faults))
