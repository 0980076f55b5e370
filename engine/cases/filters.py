"""Filters that somebody keeps under a name, for the inbox and for the list of cases."""

from dataclasses import dataclass

import sqlalchemy as sa

from engine.cases.criteria import Criteria
from engine.errors import Conflict, Invalid
from engine.identity import Actor
from engine.installation import Installation
from engine.store import new_id, reading, writing
from engine.store.tables import saved_filter

PLACES = frozenset({"inbox", "cases"})
MOST = 12
LONGEST_NAME = 20


@dataclass(frozen=True)
class SavedFilter:
    """A name, and the address of the list that it stands for."""

    id: str
    name: str
    query: str


def saved_filters(installation: Installation, actor: Actor, place: str) -> tuple[SavedFilter, ...]:
    """The person's own for one list, in the order in which they were kept."""
    query = (
        sa.select(saved_filter.c.id, saved_filter.c.name, saved_filter.c.query)
        .where(saved_filter.c.person_id == actor.person_id, saved_filter.c.place == place)
        .order_by(saved_filter.c.id)
    )
    with reading(installation.database) as transaction:
        return tuple(SavedFilter(*row) for row in transaction.execute(query))


def save_filter(installation: Installation, actor: Actor, place: str, name: str, criteria: Criteria) -> None:
    """Keep a filter; one of the same name is replaced. `Invalid` without a name or a condition, `Conflict` when full."""
    name = " ".join(name.split())[:LONGEST_NAME]
    if not name:
        raise Invalid("请给这个筛选起个名字。", code="filter.name")
    if criteria.is_empty or place not in PLACES:
        raise Invalid("没有筛选条件，无需保存。请先筛选。", code="filter.empty")
    mine = sa.and_(saved_filter.c.person_id == actor.person_id, saved_filter.c.place == place)
    with writing(installation.database) as transaction:
        found = transaction.execute(sa.select(saved_filter.c.name, saved_filter.c.id).where(mine))
        kept = {row.name: row.id for row in found}
        if name in kept:
            which = saved_filter.c.id == kept[name]
            transaction.execute(sa.update(saved_filter).where(which).values(query=criteria.query()))
            return
        if len(kept) >= MOST:
            raise Conflict(f"最多保存 {MOST} 个筛选，请先删去不用的。", code="filter.full")
        row = {"id": new_id(), "person_id": actor.person_id, "place": place, "name": name, "query": criteria.query()}
        transaction.execute(sa.insert(saved_filter), row)


def drop_filter(installation: Installation, actor: Actor, filter_id: str) -> None:
    """Forget one of the own; one that is gone already is no fault."""
    which = sa.and_(saved_filter.c.id == filter_id, saved_filter.c.person_id == actor.person_id)
    with writing(installation.database) as transaction:
        transaction.execute(sa.delete(saved_filter).where(which))
