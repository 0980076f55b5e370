"""What every page asks for its head: how many notices wait, and which lists a person is offered; one statement."""

from dataclasses import dataclass

import sqlalchemy as sa

from engine.cases.authority import authorised
from engine.cases.group_rights import may_group
from engine.cases.marks import unread_ids
from engine.cases.notices import MOST_COUNTED
from engine.identity import Actor
from engine.installation import Installation
from engine.store import reading
from engine.store.tables import process_in_force


@dataclass(frozen=True)
class Menu:
    """`unread` stops at `MOST_COUNTED`; the others say whether there is anything in a list for the person to see."""

    unread: int
    groups: bool
    ledger: bool
    register: bool


def menu(installation: Installation, actor: Actor) -> Menu:
    """By the marks of the person, and by what the packages in force give to the person's posts."""
    waiting = sa.select(sa.func.count().label("unread")).select_from(
        unread_ids(actor).limit(MOST_COUNTED).subquery("waiting")
    )
    counted = waiting.subquery("counted")
    query = sa.select(counted.c.unread, process_in_force.c.version_id)
    query = query.select_from(counted.outerjoin(process_in_force, sa.true()))
    with reading(installation.database) as transaction:
        rows = transaction.execute(query).all()
        found = [installation.package(transaction, row.version_id) for row in rows if row.version_id is not None]
    answers = actor.holds("supervisor") or any(post.organisation_kind == "party" for post in actor.posts)
    department = actor.is_department
    return Menu(
        unread=rows[0].unread,
        groups=department and any(may_group(package, actor) for package in found),
        ledger=answers or (department and any(authorised(package, actor, "ledger") for package in found)),
        register=any(authorised(package, actor, "register") for package in found),
    )
