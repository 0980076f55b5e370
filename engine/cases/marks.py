"""Who has read what a post was told: each person who holds it has a mark of their own.

A notice that calls to a task calls while its post has that task to do; then it is over for everybody, read or not.
Nothing need be written at the end of a task: what has ended is seen from the task itself.
"""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from engine.calendar import local_date
from engine.identity import Actor, held_posts
from engine.store import Transaction, insert_into
from engine.store.tables import case, notification, person, task
from engine.store.tables import notification_reading as mark

Condition = sa.ColumnElement[bool]


_CALLS = sa.and_(
    task.c.id == notification.c.task_id,
    task.c.post_id == notification.c.post_id,
    task.c.state == "open",
    task.c.held_by.is_(None),
)


def mine(actor: Actor) -> Condition:
    """What the posts of the actor were told; of a post that a deputy has for one process what is about its cases."""
    whole = sorted(post.id for post in actor.posts if not post.package_key)
    narrow = [post for post in actor.posts if post.package_key]
    parts = [sa.and_(notification.c.post_id == one.id, _process() == one.package_key) for one in narrow]
    return sa.or_(notification.c.post_id.in_(whole), *parts)


def is_told(held: sa.Subquery) -> Condition:
    """Whether a notice is for somebody who holds its post (`held_posts`): of a deputy, within the process of theirs."""
    within = sa.or_(held.c.package_key == "", held.c.package_key == _process())
    return sa.and_(held.c.post_id == notification.c.post_id, within)


def _process() -> sa.ScalarSelect[str]:
    """The process of the case that a notice is about."""
    return (
        sa.select(case.c.package_key)
        .where(case.c.id == notification.c.case_id)
        .correlate(notification)
        .scalar_subquery()
    )


def unread_by(person_id: Any) -> Condition:
    """Whether somebody who holds the post is still to read a notice."""
    calls = sa.select(task.c.id).where(_CALLS).correlate(notification).exists()
    return sa.and_(_unmarked_by(person_id), sa.or_(notification.c.task_id.is_(None), calls))


def _unmarked_by(person_id: Any) -> Condition:
    read = sa.select(mark.c.person_id).where(mark.c.notification_id == notification.c.id, mark.c.person_id == person_id)
    return sa.and_(notification.c.read_at.is_(None), ~read.correlate_except(mark).exists())


def unread_ids(actor: Actor) -> sa.CompoundSelect[Any]:
    """The notices that the actor is still to read: by the open tasks, however many notices of ended ones there are."""
    unmarked = _unmarked_by(actor.person_id)
    news = sa.select(notification.c.id).where(mine(actor), notification.c.task_id.is_(None), unmarked)
    calls = sa.select(notification.c.id).join(task, _CALLS)
    return sa.union_all(news, calls.where(task.c.post_id.in_(sorted(actor.post_ids)), mine(actor), unmarked))


def marked(transaction: Transaction, actor: Actor, now: datetime, *which: Condition) -> int:
    """Mark what the actor is still to read; how many notices that were. Those that all who hold the post have read now
    leave the index of the unread."""
    chosen = sa.select(
        notification.c.id,
        sa.literal(actor.person_id, mark.c.person_id.type),
        sa.literal(now, mark.c.read_at.type),
    ).where(mine(actor), unread_by(actor.person_id), *which)
    insert = insert_into(transaction, mark).from_select(["notification_id", "person_id", "read_at"], chosen)
    insert = insert.on_conflict_do_nothing().returning(mark.c.notification_id)
    count = len(transaction.execute(insert).all())
    if count:
        _close(transaction, actor, now, which)
    return count


def _close(transaction: Transaction, actor: Actor, now: datetime, which: tuple[Condition, ...]) -> None:
    held, read = held_posts(local_date(now)), mark.alias("read")
    has_read = sa.select(read.c.person_id).where(
        read.c.notification_id == notification.c.id, read.c.person_id == held.c.person_id
    )
    missing = (
        sa.select(held.c.person_id)
        .join(person, person.c.id == held.c.person_id)
        .where(is_told(held), person.c.active, ~has_read.correlate(notification, held).exists())
    )
    read_by_me = sa.select(mark.c.person_id).where(
        mark.c.notification_id == notification.c.id, mark.c.person_id == actor.person_id
    )
    done = (
        mine(actor),
        notification.c.read_at.is_(None),
        read_by_me.correlate(notification).exists(),
        ~missing.correlate(notification).exists(),
    )
    transaction.execute(sa.update(notification).where(*done, *which).values(read_at=now))


def readers_of(which: Condition, on: date) -> sa.Subquery:
    """By notice: who has read it and when, and who holds the post on a day and is still to read it."""
    held, read = held_posts(on), mark.alias("read")
    readers = sa.select(mark.c.notification_id, mark.c.person_id).join(notification).where(which)
    holders = (
        sa.select(notification.c.id, held.c.person_id)
        .select_from(notification.join(held, is_told(held)).join(person, person.c.id == held.c.person_id))
        .where(which, notification.c.read_at.is_(None), person.c.active)
    )
    people = sa.union(readers, holders).subquery("people")
    is_mark = sa.and_(read.c.notification_id == people.c.notification_id, read.c.person_id == people.c.person_id)
    return (
        sa.select(people.c.notification_id, people.c.person_id, person.c.name, read.c.read_at)
        .select_from(people.join(person, person.c.id == people.c.person_id).outerjoin(read, is_mark))
        .subquery("readers")
    )
