"""Posts that nobody holds: what waits for them lies in the pool of the head of the division, with a yellow light at least.

The head gives it to another post of the department; in another organisation nobody but that organisation fills a post,
so that its tasks are shown to be coordinated.
"""

from dataclasses import dataclass, replace
from datetime import date

import sqlalchemy as sa

from engine.calendar import local_date
from engine.cases.door import done_already, hidden
from engine.cases.handing import Choice, hand_to
from engine.cases.inbox import InboxRow, first_listed
from engine.cases.loading import load_task
from engine.cases.reasons import reason_of
from engine.cases.transactions import command
from engine.errors import Conflict, Forbidden
from engine.identity import Actor
from engine.identity.actors import held_on
from engine.installation import Installation
from engine.store import Transaction, reading
from engine.store.tables import case, organisation, person, post, post_holder, task

HEAD = "division_head"


@dataclass(frozen=True)
class Vacancy:
    """A task whose post nobody holds; `movable` where the head may give it to another post."""

    row: InboxRow
    movable: bool


def is_head(actor: Actor) -> bool:
    """Whose pool it is."""
    return any(one.role == HEAD and one.organisation_kind == "department" for one in actor.posts)


def vacant_posts(today: date) -> sa.Select[tuple[str]]:
    """Posts that no active person holds on a day, in any organisation but the associations."""
    held = sa.select(post_holder.c.post_id).join(person, person.c.id == post_holder.c.person_id)
    return (
        sa.select(post.c.id)
        .join(organisation, organisation.c.id == post.c.organisation_id)
        .where(organisation.c.kind != "association", post.c.id.not_in(held.where(held_on(today), person.c.active)))
    )


def pool(installation: Installation, actor: Actor, limit: int = 50) -> tuple[Vacancy, ...]:
    """What waits for vacant posts, the earliest due first; nothing for those who are not the head."""
    if not is_head(actor):
        return ()
    today = local_date(installation.clock.now())
    with reading(installation.database) as transaction:
        ours = sa.select(post.c.organisation_id).where(
            post.c.id.in_([one.id for one in actor.posts if one.role == HEAD])
        )
        vacant = {
            row.id: row.ours
            for row in transaction.execute(
                sa.select(post.c.id, post.c.organisation_id.in_(ours).label("ours")).where(
                    post.c.id.in_(vacant_posts(today))
                )
            )
        }
        whose = sa.and_(task.c.post_id.in_(sorted(vacant)), case.c.state != "draft")
        found = first_listed(installation, transaction, actor, whose, limit) if vacant else ()
    return tuple(Vacancy(_warned(row), vacant[row.post_id]) for row in found)


def _warned(row: InboxRow) -> InboxRow:
    """Nobody works on it, so that it is never green."""
    if row.due is not None and row.due.light == "green":
        return replace(row, due=replace(row.due, light="yellow"))
    return row


def assign_vacant(installation: Installation, actor: Actor, task_id: str, to: str, reason: str) -> None:
    """The head gives a task of a vacant post of the department to another post of it; recorded as 转办.

    `Forbidden` for everybody else and for posts elsewhere, `Conflict` where the post is not vacant or the task is over.
    """
    reason = reason_of(reason, "请填写指派的原因。")
    if not is_head(actor):
        raise hidden()

    def body(transaction: Transaction) -> None:
        loaded = load_task(transaction, task_id)
        if loaded.task["state"] != "open":
            raise done_already(loaded.task)
        if loaded.case["suspended_at"] is not None:
            raise Conflict("这件申请已中止办理，恢复以后才能指派。", code="case.suspended")
        today = local_date(installation.clock.now())
        if loaded.task["post_id"] not in set(transaction.execute(vacant_posts(today)).scalars()):
            raise Conflict("这个岗位现在有人，请由该岗位办理或转办。", code="task.not-vacant")
        target = next((one for one in takers(transaction, loaded.task["post_id"], today) if one.post_id == to), None)
        if target is None:
            raise Forbidden("请从列出的岗位中选择。", code="task.no-such-choice", to=to)
        hand_to(installation, transaction, actor, loaded, target, reason)

    command(installation, body)


def takers(transaction: Transaction, post_id: str, today: date) -> tuple[Choice, ...]:
    """The posts of the same organisation that somebody holds, by title."""
    here = sa.select(post.c.organisation_id).where(post.c.id == post_id).scalar_subquery()
    query = sa.select(post.c.id, post.c.title).where(
        post.c.organisation_id == here, post.c.id != post_id, post.c.id.not_in(vacant_posts(today))
    )
    return tuple(Choice(row.id, row.title) for row in transaction.execute(query.order_by(post.c.title, post.c.id)))


def takers_of(installation: Installation, actor: Actor, task_id: str) -> tuple[InboxRow, tuple[Choice, ...]]:
    """A task of the pool with those who could take it; `NotFound` for everybody but the head."""
    found = next((one for one in pool(installation, actor, 500) if one.row.task_id == task_id and one.movable), None)
    if found is None:
        raise hidden()
    with reading(installation.database) as transaction:
        today = local_date(installation.clock.now())
        return found.row, takers(transaction, found.row.post_id, today)
