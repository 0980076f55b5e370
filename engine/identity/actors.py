"""Who acts: a person with the posts held on a day."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from engine.store import Transaction
from engine.store.tables import organisation, person, post, post_holder


@dataclass(frozen=True)
class Post:
    """A role in an organisation; tasks are given to posts, never to people."""

    id: str
    role: str
    title: str
    organisation_id: str
    organisation_key: str
    organisation_name: str
    organisation_kind: str
    organisation_uscc: str | None = None


@dataclass(frozen=True)
class Actor:
    """Somebody who is signed in. A session with another `session_epoch` has been ended."""

    person_id: str
    login: str
    name: str
    posts: tuple[Post, ...]
    session_epoch: int

    @property
    def post_ids(self) -> frozenset[str]:
        return frozenset(post.id for post in self.posts)

    @property
    def is_department(self) -> bool:
        return any(post.organisation_kind == "department" for post in self.posts)

    def holds(self, role: str) -> bool:
        return any(post.role == role for post in self.posts)

    def organisations(self, role: str) -> tuple[str, ...]:
        """The ids of the organisations in which the role is held, each once, in the order of the posts."""
        return tuple(dict.fromkeys(post.organisation_id for post in self.posts if post.role == role))


def load_actor(transaction: Transaction, person_id: str, on: date) -> Actor | None:
    """The person with the posts held on a local date; None where there is none, or not any more."""
    return _load(transaction, person.c.id == person_id, on)


def find_actor(transaction: Transaction, login: str, on: date) -> Actor | None:
    """By login, for the command line; proves nothing."""
    return _load(transaction, person.c.login == login, on)


def held_on(on: date) -> sa.ColumnElement[bool]:
    """A post is held from `since` up to and including `until`."""
    return sa.and_(post_holder.c.since <= on, sa.or_(post_holder.c.until.is_(None), post_holder.c.until >= on))


def _load(transaction: Transaction, which: sa.ColumnElement[bool], on: date) -> Actor | None:
    source = (
        person.outerjoin(post_holder, sa.and_(post_holder.c.person_id == person.c.id, held_on(on)))
        .outerjoin(post, post.c.id == post_holder.c.post_id)
        .outerjoin(organisation, organisation.c.id == post.c.organisation_id)
    )
    columns = [
        person.c.id,
        person.c.login,
        person.c.name,
        person.c.session_epoch,
        post.c.id.label("post_id"),
        post.c.role,
        post.c.title,
        post.c.organisation_id,
        organisation.c.key.label("organisation_key"),
        organisation.c.name.label("organisation_name"),
        organisation.c.kind.label("organisation_kind"),
        organisation.c.uscc.label("organisation_uscc"),
    ]
    query = sa.select(*columns).select_from(source).where(which, person.c.active).order_by(post.c.id)
    rows = transaction.execute(query).all()
    if not rows:
        return None
    first = rows[0]
    posts = tuple(_post(row) for row in rows if row.post_id is not None)
    return Actor(first.id, first.login, first.name, posts, first.session_epoch)


def _post(row: Any) -> Post:
    return Post(
        row.post_id,
        row.role,
        row.title,
        row.organisation_id,
        row.organisation_key,
        row.organisation_name,
        row.organisation_kind,
        row.organisation_uscc,
    )
