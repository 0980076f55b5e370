"""一会一档: the file of an association - its terms, its leaders, its letters and what falls due - as approved cases fill it.

A case fills the file when it closes with an approval: `term_no`, `term_start` and `term_end` of its variables make a term,
the approved members of its list the leaders.
"""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine import audit, jobs
from engine.calendar import is_kept, local_date
from engine.cases.door import BLIND_ROLES
from engine.cases.ledger import fill_ledger
from engine.cases.rules import member_key
from engine.errors import NotFound
from engine.identity import Actor
from engine.installation import Installation
from engine.store import Transaction, grams, insert_into, new_id, reading, writing
from engine.store.tables import association_leader as leader
from engine.store.tables import association_term as term
from engine.store.tables import case, document, notification, organisation, outcome, post, scope, term_reminder
from engine.store.values import decode

if TYPE_CHECKING:
    from engine.cases.step import Step

JOB = "file-association"
MONTHS = (6, 3, 1)  # before a term ends
TOLD = (
    "applicant",
    "handler_a",
    "division_head",
)  # who is reminded: of the association the first, of the department the others
APPROVED = ("approved", "partially_approved")


@dataclass(frozen=True)
class Term:
    """One term of office, as the case that was approved says it."""

    number: str
    case_id: str
    term_no: int | None
    since: date | None
    until: date | None


@dataclass(frozen=True)
class Leader:
    """Somebody whose candidacy was approved."""

    name: str
    post: str
    gender: str
    birth: date | None
    political_status: str
    education: str
    employer: str
    case_id: str
    number: str


@dataclass(frozen=True)
class Letter:
    """A letter in effect that the association got."""

    id: str
    case_id: str
    title: str
    number: str
    dated: date | None


@dataclass(frozen=True)
class Ahead:
    """Something that falls due, and the case that it is of."""

    on: date
    text: str
    case_id: str | None = None


@dataclass(frozen=True)
class AssociationFile:
    """Everything about one association; `leaders` are those of the newest term."""

    id: str
    name: str
    uscc: str
    terms: tuple[Term, ...]
    leaders: tuple[Leader, ...]
    former: tuple[Leader, ...]
    letters: tuple[Letter, ...]
    ahead: tuple[Ahead, ...]
    cases: tuple[tuple[str, str, str], ...]  # id, number, title


@dataclass(frozen=True)
class AssociationLine:
    """One association of the list."""

    id: str
    name: str
    uscc: str
    until: date | None
    leaders: int


# --- filling ---------------------------------------------------------------------------------------------------------


def file_later(step: "Step") -> None:
    """A case that closes with an approval fills the file, after the commit."""
    if step.case["outcome"] in APPROVED:
        step.jobs.append(jobs.row(JOB, f"{JOB}:{step.case['id']}", {"case": step.case["id"]}, step.now))


def file_case(installation: Installation, payload: dict[str, Any], done: jobs.Done) -> None:
    """Job: the term and the leaders of an approved case. Running it again changes nothing."""
    case_id = payload["case"]
    with writing(installation.database) as transaction:
        query = sa.select(case, scope.c["values"].label("root")).join(scope, scope.c.case_id == case.c.id)
        row = transaction.execute(query.where(case.c.id == case_id, scope.c.path == "")).mappings().one_or_none()
        if row is not None:
            _fill(installation, transaction, dict(row), decode(row["root"]))
        done(transaction)


def _fill(
    installation: Installation, transaction: Transaction, row: Mapping[str, Any], root: Mapping[str, Any]
) -> None:
    manifest = installation.package(transaction, row["version_id"]).manifest
    ids = {"case_id": row["id"], "organisation_id": row["organisation_id"]}
    number = root.get("term_no")
    told = {
        "term_no": None if number is None else int(number),
        "since": _day(root.get("term_start")),
        "until": _day(root.get("term_end")),
    }
    _put(transaction, term, [ids | told])
    approved = sa.select(outcome.c.item_key).where(outcome.c.case_id == row["id"], outcome.c.result == "approved")
    keys = set(transaction.execute(approved).scalars())
    members = [one for one in root.get(manifest.items) or [] if isinstance(one, dict) and member_key(one) in keys]
    rows = [ids | {"item_key": member_key(one)} | _facts(one, manifest.item_label) for one in members]
    _put(transaction, leader, rows)
    fill_ledger(transaction, row, root, installation.clock.now())


def _facts(member: Mapping[str, Any], label: str) -> dict[str, Any]:
    def text(name: str) -> str:
        value = member.get(name)
        return value[:200] if isinstance(value, str) else ""

    names = ("post", "gender", "political_status", "education", "employer")
    return {"name": text(label), "birth": _day(member.get("birth"))} | {name: text(name) for name in names}


def _day(value: Any) -> date | None:
    return value if isinstance(value, date) and not isinstance(value, datetime) else None


def _put(transaction: Transaction, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        transaction.execute(insert_into(transaction, table).on_conflict_do_nothing(), rows)


# --- reading ---------------------------------------------------------------------------------------------------------


def _reach(actor: Actor) -> sa.ColumnElement[bool]:
    """The department all, an association its own; others none."""
    posts = [one for one in actor.posts if one.role not in BLIND_ROLES]
    if any(one.organisation_kind == "department" for one in posts):
        return organisation.c.kind == "association"
    own = [one.organisation_id for one in posts if one.organisation_kind == "association"]
    return organisation.c.id.in_(own)


def associations(
    installation: Installation, actor: Actor, words: str = "", limit: int = 200
) -> tuple[AssociationLine, ...]:
    """Those whose file the person may read, by name; `words` must stand in the name."""
    newest = sa.select(sa.func.max(term.c.until)).where(term.c.organisation_id == organisation.c.id)
    people = sa.select(sa.func.count()).where(leader.c.organisation_id == organisation.c.id)
    query = sa.select(
        organisation,
        newest.correlate(organisation).scalar_subquery().label("until"),
        people.correlate(organisation).scalar_subquery().label("leaders"),
    ).where(_reach(actor))
    for word in grams.words(words):
        query = query.where(organisation.c.name.contains(word, autoescape=True))
    with reading(installation.database) as transaction:
        rows = transaction.execute(query.order_by(organisation.c.name).limit(limit))
        return tuple(AssociationLine(row.id, row.name, row.uscc or "", row.until, row.leaders) for row in rows)


def association_file(installation: Installation, actor: Actor, organisation_id: str) -> AssociationFile:
    """`NotFound` for those who may not read it."""
    with reading(installation.database) as transaction:
        query = sa.select(organisation).where(organisation.c.id == organisation_id, _reach(actor))
        row = transaction.execute(query).one_or_none()
        if row is None:
            raise NotFound("没有找到这个协会，或你的岗位看不到它的档案。", code="association.not-found")
        terms = _terms(transaction, organisation_id)
        people = _leaders(transaction, organisation_id)
        newest = terms[0].until if terms else None
        now_cases = {one.case_id for one in terms if one.until == newest}
        cases = transaction.execute(
            sa.select(case.c.id, case.c.number, case.c.title, case.c.due_on, case.c.state, case.c.promise)
            .where(case.c.organisation_id == organisation_id, case.c.number.is_not(None))
            .order_by(case.c.id.desc())
            .limit(50)
        ).all()
        letters = _letters(transaction, organisation_id)
    today = local_date(installation.clock.now())
    return AssociationFile(
        id=row.id,
        name=row.name,
        uscc=row.uscc or "",
        terms=terms,
        leaders=tuple(one for one in people if one.case_id in now_cases),
        former=tuple(one for one in people if one.case_id not in now_cases),
        letters=letters,
        ahead=_ahead(terms, cases, today),
        cases=tuple((one.id, one.number, one.title) for one in cases),
    )


def _terms(transaction: Transaction, organisation_id: str) -> tuple[Term, ...]:
    query = (
        sa.select(term, case.c.number)
        .join(case, case.c.id == term.c.case_id)
        .where(term.c.organisation_id == organisation_id)
        .order_by(term.c.until.desc(), term.c.case_id.desc())
    )
    rows = transaction.execute(query)
    return tuple(Term(row.number or "", row.case_id, row.term_no, row.since, row.until) for row in rows)


def _leaders(transaction: Transaction, organisation_id: str) -> tuple[Leader, ...]:
    query = (
        sa.select(leader, case.c.number)
        .join(case, case.c.id == leader.c.case_id)
        .where(leader.c.organisation_id == organisation_id)
        .order_by(leader.c.case_id.desc(), leader.c.item_key)
    )
    return tuple(
        Leader(
            row.name,
            row.post,
            row.gender,
            row.birth,
            row.political_status,
            row.education,
            row.employer,
            row.case_id,
            row.number or "",
        )
        for row in transaction.execute(query)
    )


def _letters(transaction: Transaction, organisation_id: str) -> tuple[Letter, ...]:
    query = (
        sa.select(document.c.id, document.c.case_id, document.c.title, document.c.number, document.c.dated)
        .join(case, case.c.id == document.c.case_id)
        .where(case.c.organisation_id == organisation_id, document.c.state == "issued", document.c.signature != "slip")
        .order_by(document.c.id.desc())
        .limit(50)
    )
    return tuple(Letter(*row) for row in transaction.execute(query))


def _ahead(terms: tuple[Term, ...], cases: Any, today: date) -> tuple[Ahead, ...]:
    """The end of the newest term, when it is reminded of, and the promised days of open cases."""
    waited = (one for one in cases if one.due_on and one.state != "closed" and not is_kept(one.promise))
    found = [Ahead(one.due_on, f"{one.number} 承诺办结", one.id) for one in waited]
    if terms and terms[0].until:
        until = terms[0].until
        found.append(Ahead(until, "本届任期届满"))
        found += [Ahead(before(until, months), f"届满前 {months} 个月提醒") for months in MONTHS]
    return tuple(sorted((one for one in found if one.on >= today), key=lambda one: one.on))


def before(day: date, months: int) -> date:
    """The same day so many months earlier, the last of a month that has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


# --- reminding -------------------------------------------------------------------------------------------------------


def remind_of_terms(installation: Installation) -> int:
    """Tell, once for each of six, three and one month, of newest terms that end; how many reminders that were.

    Where several are due at once (the file was filled late), the nearest alone is sent.
    """
    now = installation.clock.now()
    today = local_date(now)
    newest = sa.select(term.c.organisation_id, sa.func.max(term.c.until).label("until")).group_by(
        term.c.organisation_id
    )
    ends = newest.having(sa.func.max(term.c.until) >= today).subquery()
    query = (
        sa.select(term.c.case_id, term.c.organisation_id, term.c.until, organisation.c.name)
        .join(ends, sa.and_(ends.c.organisation_id == term.c.organisation_id, ends.c.until == term.c.until))
        .join(organisation, organisation.c.id == term.c.organisation_id)
        .order_by(term.c.case_id)
    )
    with reading(installation.database) as transaction:
        found = {row.organisation_id: row for row in transaction.execute(query)}
    return sum(_remind(installation, row, today) for row in found.values())


def _remind(installation: Installation, row: Any, today: date) -> int:
    due = [months for months in MONTHS if before(row.until, months) <= today]
    if not due:
        return 0
    now = installation.clock.now()
    with writing(installation.database) as transaction:
        reminder = {"organisation_id": row.organisation_id, "until": row.until, "months": min(due), "at": now}
        statement = insert_into(transaction, term_reminder).values(reminder).on_conflict_do_nothing()
        if transaction.execute(statement.returning(term_reminder.c.months)).first() is None:
            return 0
        text = f"{row.name}本届任期{row.until:%Y年%m月%d日}届满，还有 {min(due)} 个月，请准备换届和负责人人选审核"
        rows = [
            {
                "id": new_id(),
                "key": f"term:{row.organisation_id}:{row.until}:{min(due)}:{post_id}",
                "post_id": post_id,
                "case_id": row.case_id,
                "text": text,
                "at": now,
                "kind": "term",
            }
            for post_id in transaction.execute(_told(row.organisation_id)).scalars()
        ]
        if rows:
            transaction.execute(sa.insert(notification), rows)
        noted = {"organisation": row.organisation_id, "until": row.until, "months": min(due)}
        audit.record(transaction, "term-reminded", now, None, noted)
    return 1


def _told(organisation_id: str) -> Any:
    applies, *department = TOLD
    return (
        sa.select(post.c.id)
        .join(organisation, organisation.c.id == post.c.organisation_id)
        .where(
            sa.or_(
                sa.and_(post.c.role == applies, post.c.organisation_id == organisation_id),
                sa.and_(post.c.role.in_(department), organisation.c.kind == "department"),
            )
        )
        .order_by(post.c.id)
    )
