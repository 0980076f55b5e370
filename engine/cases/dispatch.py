"""The register of numbered documents (发文登记簿): every number with its document, or with the reason why it is void."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from engine import audit, store
from engine.cases.authority import authorised
from engine.cases.dispatchsheet import Heading, workbook
from engine.cases.documents import hands
from engine.cases.words import DOCUMENT_STATES, name
from engine.errors import Forbidden
from engine.identity import Actor
from engine.installation import Installation
from engine.store import Transaction
from engine.store.tables import case, document, number_sequence, organisation, person, process_in_force
from engine.store.values import decode

PAGE, MOST_EXPORTED = 50, 10_000
PENDING = ("reserved", "rendered", "signed")  # has a number, is not in effect yet
CHOICES: Mapping[str, tuple[str, ...]] = {  # what a reader may ask for -> states of documents
    "issued": ("issued",),
    "revoked": ("revoked",),
    "superseded": ("superseded",),
    "voided": ("voided",),
    "pending": PENDING,
}
CHOICE_NAMES = {
    "issued": "现行有效",
    "revoked": "已撤销",
    "superseded": "已被代替",
    "voided": "已作废",
    "pending": "办理中",
}


@dataclass(frozen=True)
class Wanted:
    """What is looked for; what is empty leaves everything in."""

    year: int | None = None
    kind: str = ""
    state: str = ""
    text: str = ""


@dataclass(frozen=True)
class Dispatch:
    """One number of the register. `ended_at` and `reason` are of a document that is no longer, or never was, in effect;
    `replaces` and `replaced_by` are numbers."""

    id: str
    case_id: str
    number: str
    kind: str
    title: str
    addressee: str
    case_number: str
    case_title: str
    drafted_by: str
    signed_by: str
    sealed_by: str
    reserved_at: datetime
    dated: date
    issued_at: datetime | None
    ended_at: datetime | None
    state: str
    state_name: str
    reason: str
    replaces: str
    replaced_by: str


@dataclass(frozen=True)
class NumberRun:
    """The numbers of one 机关代字 in one year. `missing` is 0: a number has a document or a recorded void."""

    authority: str
    year: int
    last: int
    voided: int
    missing: int


@dataclass(frozen=True)
class Underway:
    """A correction that waits for its signature and has no number yet, and the number that it is to replace."""

    id: str
    title: str
    replaces: str


@dataclass(frozen=True)
class Register:
    """A page of the register, and what one can choose from."""

    rows: tuple[Dispatch, ...]
    total: int
    page: int
    pages: int
    years: tuple[int, ...]
    kinds: tuple[tuple[str, str], ...]
    runs: tuple[NumberRun, ...]
    under_way: tuple[Underway, ...]


def register(installation: Installation, actor: Actor, wanted: Wanted, page: int = 1) -> Register:
    """One page, the latest number first; of the processes whose package gives a post of the actor `register`.

    `Forbidden` where there is none.
    """
    with store.reading(installation.database) as transaction:
        mine = _readable(installation, transaction, actor)
        total = transaction.execute(_joined(sa.select(sa.func.count()), mine, wanted)).scalar_one()
        pages = max(1, -(-total // PAGE))
        page = min(max(page, 1), pages)
        query = _rows(mine, wanted).limit(PAGE).offset((page - 1) * PAGE)
        rows = tuple(_dispatch(row) for row in transaction.execute(query).mappings())
        years = sa.select(document.c.year).where(document.c.number.is_not(None)).distinct()
        kinds = _joined(sa.select(document.c.kind, document.c.title).distinct(), mine, Wanted())
        return Register(
            rows,
            total,
            page,
            pages,
            tuple(sorted(transaction.execute(years).scalars(), reverse=True)),
            tuple((row.kind, row.title) for row in transaction.execute(kinds.order_by(document.c.kind))),
            tuple(_runs(transaction, mine)),
            tuple(_under_way(transaction, mine)),
        )


def export_sheet(installation: Installation, actor: Actor, wanted: Wanted) -> tuple[str, bytes]:
    """(file name, Excel workbook): what the page lists, headed by the conditions and by who took it out; recorded."""
    now = installation.clock.now()
    with store.reading(installation.database) as transaction:
        mine = _readable(installation, transaction, actor)
        rows = [_dispatch(row) for row in transaction.execute(_rows(mine, wanted).limit(MOST_EXPORTED)).mappings()]
    heading = Heading(conditions(wanted, rows), actor.name, "、".join(post.title for post in actor.posts), now)
    data = workbook(rows, heading)
    with store.writing(installation.database) as transaction:
        noted = {"conditions": heading.conditions, "rows": len(rows)}
        audit.record(transaction, "register.exported", now, actor.person_id, noted)
    return f"发文登记簿{heading.local:%Y%m%d-%H%M}.xlsx", data


def conditions(wanted: Wanted, rows: list[Dispatch]) -> str:
    """What was asked for, in words."""
    titles = {row.kind: row.title for row in rows}
    told = [
        f"年度：{wanted.year}" if wanted.year else "",
        f"文种：{titles.get(wanted.kind, wanted.kind)}" if wanted.kind else "",
        f"状态：{CHOICE_NAMES[wanted.state]}" if wanted.state in CHOICE_NAMES else "",
        f"包含：{wanted.text}" if wanted.text else "",
    ]
    return "；".join(part for part in told if part) or "全部"


def _readable(installation: Installation, transaction: Transaction, actor: Actor) -> list[str]:
    """The processes whose documents the actor may list; `Forbidden` where there is none."""
    found = _processes(installation, transaction, actor)
    if not found:
        raise Forbidden("你的岗位不能查看发文登记簿。", code="case.authority", verb="register")
    return found


def _processes(installation: Installation, transaction: Transaction, actor: Actor) -> list[str]:
    query = sa.select(process_in_force.c.package_key, process_in_force.c.version_id)
    return [
        row.package_key
        for row in transaction.execute(query)
        if authorised(installation.package(transaction, row.version_id), actor, "register")
    ]


def _joined(query: sa.Select[Any], mine: list[str], wanted: Wanted) -> sa.Select[Any]:
    """The query over numbered documents of these processes, with the reader's conditions."""
    source = document.join(case, case.c.id == document.c.case_id).join(
        organisation, organisation.c.id == case.c.organisation_id
    )
    query = query.select_from(source).where(document.c.number.is_not(None), case.c.package_key.in_(mine))
    if wanted.year:
        query = query.where(document.c.year == wanted.year)
    if wanted.kind:
        query = query.where(document.c.kind == wanted.kind)
    if wanted.state in CHOICES:
        query = query.where(document.c.state.in_(CHOICES[wanted.state]))
    if wanted.text.strip():
        looked = (document.c.number, document.c.title, case.c.number, case.c.title, organisation.c.name)
        text = wanted.text.strip()
        query = query.where(sa.or_(*(column.icontains(text, autoescape=True) for column in looked)))
    return query


def _rows(mine: list[str], wanted: Wanted) -> sa.Select[Any]:
    """Every column that a row shows; persons and the numbers of other documents by small queries within."""

    def person_of(column: sa.Column[Any]) -> Any:
        return sa.select(person.c.name).where(person.c.id == column).scalar_subquery()

    before, after = document.alias("before"), document.alias("after")
    in_effect = sa.and_(after.c.replaces == document.c.id, after.c.issued_at.is_not(None))
    query = sa.select(
        document,
        case.c.number.label("case_number"),
        case.c.title.label("case_title"),
        organisation.c.name.label("organisation_name"),
        person_of(document.c.drafted_by).label("drafter"),
        person_of(document.c.signed_by).label("signer"),
        person_of(document.c.sealed_by).label("sealer"),
        sa.select(before.c.number).where(before.c.id == document.c.replaces).scalar_subquery().label("old_number"),
        sa.select(sa.func.max(after.c.number)).where(in_effect).scalar_subquery().label("new_number"),
    )
    latest = document.c.year.desc(), document.c.authority, document.c.serial.desc()
    return _joined(query, mine, wanted).order_by(*latest)


def _dispatch(row: Any) -> Dispatch:
    ended = row["state"] in {"revoked", "superseded", "voided"}
    signer, sealer = hands(row["signature"], row["signer"], row["sealer"])
    return Dispatch(
        id=row["id"],
        case_id=row["case_id"],
        number=row["number"],
        kind=row["kind"],
        title=row["title"],
        addressee=decode(row["content"])["to"].rstrip("：") or "（不写主送）",
        case_number=row["case_number"] or "",
        case_title=row["case_title"],
        drafted_by=row["drafter"] or "",
        signed_by=signer,
        sealed_by=sealer,
        reserved_at=row["reserved_at"],
        dated=row["dated"],
        issued_at=row["issued_at"],
        ended_at=row["ended_at"],
        state=row["state"],
        state_name=name(DOCUMENT_STATES, row["state"]),
        reason=row["reason"] if ended else "",
        replaces=row["old_number"] or "",
        replaced_by=row["new_number"] or "",
    )


def _under_way(transaction: Transaction, mine: list[str]) -> Iterator[Underway]:
    old = document.alias("old")
    source = document.join(old, old.c.id == document.c.replaces).join(case, case.c.id == document.c.case_id)
    query = sa.select(document.c.id, document.c.title, old.c.number).select_from(source)
    query = query.where(document.c.state == "drafted", case.c.package_key.in_(mine)).order_by(document.c.id)
    return (Underway(row.id, row.title, row.number) for row in transaction.execute(query))


def _runs(transaction: Transaction, mine: list[str]) -> Iterator[NumberRun]:
    """Numbers taken against numbers that have a row; of every 机关代字 that these processes use."""
    used = _joined(sa.select(document.c.authority).distinct(), mine, Wanted())
    counted = (
        sa.select(
            document.c.authority,
            document.c.year,
            sa.func.count().label("present"),
            sa.func.sum(sa.case((document.c.state == "voided", 1), else_=0)).label("voided"),
        )
        .where(document.c.number.is_not(None), document.c.authority.in_(used))
        .group_by(document.c.authority, document.c.year)
        .subquery()
    )
    both = sa.and_(number_sequence.c.authority == counted.c.authority, number_sequence.c.year == counted.c.year)
    query = sa.select(number_sequence, counted.c.present, counted.c.voided).join(counted, both)
    ordered = query.order_by(number_sequence.c.year.desc(), number_sequence.c.authority)
    for row in transaction.execute(ordered):
        yield NumberRun(row.authority, row.year, row.last, int(row.voided), row.last - row.present)
