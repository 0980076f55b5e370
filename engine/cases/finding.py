"""Find cases: those that a person may know of, by words and conditions, the newest first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from engine.calendar import ZONE
from engine.cases.criteria import Criteria, with_words
from engine.cases.door import BLIND_ROLES
from engine.cases.inbox import MOST_COUNTED
from engine.cases.lights import light_of
from engine.cases.words import OUTCOMES, STATES, name
from engine.errors import Invalid
from engine.identity import Actor
from engine.installation import Installation
from engine.store import Transaction, reading
from engine.store.tables import case, organisation, post, task


@dataclass(frozen=True)
class FoundCase:
    """One case of a list; `steps` are the names of what is open in it, as far as the person may know."""

    id: str
    number: str
    title: str
    organisation: str
    package_key: str
    state_name: str
    outcome_name: str
    submitted_at: datetime | None
    due_on: date | None
    due_estimated: bool
    steps: tuple[str, ...]
    light: str


@dataclass(frozen=True)
class FoundCases:
    """A page of cases; `more` is the key of the next page, `total` stops at `MOST_COUNTED`."""

    rows: tuple[FoundCase, ...]
    more: str | None
    total: int


def find_cases(
    installation: Installation, actor: Actor, criteria: Criteria, before: str | None = None, limit: int = 50
) -> FoundCases:
    """The submitted cases that a person may know of and that the criteria describe; days are those of submission."""
    if before and not (len(before) == 32 and before.isalnum()):
        raise Invalid("这个分页地址不完整，请从列表首页重新进入。", code="list.place")
    with reading(installation.database) as transaction:
        wanted = [
            within_reach(actor),
            case.c.number.is_not(None),
            *asked_of_cases(installation, transaction, actor, criteria),
        ]
        query = sa.select(case, organisation.c.name.label("organisation_name")).select_from(
            case.join(organisation, organisation.c.id == case.c.organisation_id)
        )
        ids, total = _found_ids(transaction, wanted, before, limit + 1)
        page = query.where(case.c.id.in_(ids)).order_by(case.c.id.desc())
        rows = transaction.execute(page).mappings().all()
        steps = open_steps(installation, transaction, actor, [row["id"] for row in rows[:limit]])
    found = tuple(_found(row, steps.get(row["id"], [])) for row in rows[:limit])
    return FoundCases(found, rows[limit - 1]["id"] if len(rows) > limit else None, total)


def _found_ids(
    transaction: Transaction, wanted: list[Any], before: str | None, limit: int
) -> tuple[Sequence[str], int]:
    """The ids of a page, the newest first, and how many there are in all, where counting stops at `MOST_COUNTED`.

    The first page is the beginning of what is counted: whether a text has a word is looked at once for both.
    """
    query = sa.select(case.c.id).where(*wanted).order_by(case.c.id.desc()).limit(MOST_COUNTED)
    if not before:
        found = transaction.execute(query).scalars().all()
        return found[:limit], len(found)
    counted = sa.select(sa.func.count()).select_from(query.subquery())
    page = transaction.execute(query.where(case.c.id < before).limit(limit)).scalars().all()
    return page, int(transaction.execute(counted).scalar_one())


def within_reach(actor: Actor) -> sa.ColumnElement[bool]:
    """The cases of which the door (`engine.cases.door.sight`) lets a person know."""
    posts = [post for post in actor.posts if post.role not in BLIND_ROLES]
    own = sorted({post.organisation_id for post in posts})
    asked = sorted(post.id for post in posts if post.organisation_kind != "department")
    reach: list[sa.ColumnElement[bool]] = [
        case.c.organisation_id.in_(own),
        case.c.id.in_(sa.select(task.c.case_id).where(task.c.post_id.in_(asked))),
    ]
    if any(post.organisation_kind == "department" for post in posts):
        reach.append(case.c.state != "draft")
    return sa.or_(*reach)


def asked_of_cases(installation: Installation, transaction: Transaction, actor: Actor, criteria: Criteria) -> list[Any]:
    """The conditions of a filter on cases; days are those of submission."""
    found: list[Any] = []
    if criteria.words:
        found.append(with_words(transaction, actor, criteria.words, case.c.id))
    if criteria.package:
        found.append(case.c.package_key == criteria.package)
    if criteria.state:
        found.append(case.c.state == criteria.state)
    if criteria.since:
        found.append(case.c.submitted_at >= datetime.combine(criteria.since, time(), ZONE))
    if criteria.until:
        found.append(case.c.submitted_at < datetime.combine(criteria.until + timedelta(days=1), time(), ZONE))
    if criteria.node or criteria.light or criteria.unit:
        opened = sa.select(task.c.case_id).where(task.c.state == "open", _readable(actor))
        if criteria.node:
            opened = opened.where(task.c.node_id == criteria.node)
        if criteria.unit:
            unit = sa.select(post.c.id).where(post.c.organisation_id == criteria.unit)
            opened = opened.where(task.c.post_id.in_(unit))
        if criteria.light:
            calendar, now = installation.calendar(), installation.clock.now()
            opened = opened.where(light_of(calendar, now, task.c.created_at, task.c.due_at) == criteria.light)
        found.append(case.c.id.in_(opened))
    return found


def _readable(actor: Actor) -> sa.ColumnElement[bool]:
    """Open tasks that the person sees in a case: the department all, others their own."""
    return sa.true() if actor.is_department else task.c.post_id.in_(sorted(actor.post_ids))


def open_steps(
    installation: Installation, transaction: Transaction, actor: Actor, ids: Iterable[str]
) -> dict[str, list[tuple[str, str]]]:
    """Case -> (name, light) of its open tasks, in one statement."""
    light = light_of(installation.calendar(), installation.clock.now(), task.c.created_at, task.c.due_at)
    query = (
        sa.select(task.c.case_id, task.c.name, light)
        .where(task.c.case_id.in_(list(ids)), task.c.state == "open", _readable(actor))
        .order_by(task.c.due_at, task.c.id)
    )
    found: dict[str, list[tuple[str, str]]] = {}
    for case_id, step, lit in transaction.execute(query):
        found.setdefault(case_id, []).append((step, lit))
    return found


WORST_FIRST = ("red", "yellow", "green", "none")


def _found(row: Any, steps: list[tuple[str, str]]) -> FoundCase:
    lights = {light for _, light in steps}
    return FoundCase(
        id=row["id"],
        number=row["number"],
        title=row["title"],
        organisation=row["organisation_name"],
        package_key=row["package_key"],
        state_name=name(STATES, row["state"]),
        outcome_name=name(OUTCOMES, row["outcome"]),
        submitted_at=row["submitted_at"],
        due_on=row["due_on"],
        due_estimated=row["due_estimated"],
        steps=tuple(dict.fromkeys(step for step, _ in steps)),
        light=next((one for one in WORST_FIRST if one in lights), ""),
    )
