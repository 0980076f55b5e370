"""Who acts: a person with the posts held on a day."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from engine.store import Transaction
from engine.store.tables import delegation, organisation, person, post, post_holder


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
    acting_for: str = ""  # name of the holder whose deputy the person is; empty: the post is the person's own
    acting_for_id: str | None = None
    package_key: str = ""  # of a deputy: the one process that it is for; empty: every one
    signs: bool = True  # of a deputy: whether signing and sealing are included

    @property
    def is_department(self) -> bool:
        return self.organisation_kind == "department"


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

    def post(self, post_id: str) -> Post | None:
        """The post by which the person may act, if there is one."""
        return next((post for post in self.posts if post.id == post_id), None)

    @property
    def own_posts(self) -> tuple[Post, ...]:
        """Without those of which the person is the deputy."""
        return tuple(post for post in self.posts if not post.acting_for)

    @property
    def is_department(self) -> bool:
        return any(post.is_department for post in self.posts)

    def holds(self, role: str) -> bool:
        return any(post.role == role for post in self.posts)

    def organisations(self, role: str) -> tuple[str, ...]:
        """The ids of the organisations in which the role is held, each once, in the order of the posts."""
        return tuple(dict.fromkeys(post.organisation_id for post in self.posts if post.role == role))


def load_actor(transaction: Transaction, person_id: str, on: date) -> Actor | None:
    """The person with the posts held on a local date; None where there is none, or not any more."""
    return _load(transaction, _BY_ID, person_id, on)


def find_actor(transaction: Transaction, login: str, on: date) -> Actor | None:
    """By login, for the command line; proves nothing."""
    return _load(transaction, _BY_LOGIN, login, on)


def held_on(on: date | sa.BindParameter[date]) -> sa.ColumnElement[bool]:
    """A post is held from `since` up to and including `until`."""
    return sa.and_(post_holder.c.since <= on, sa.or_(post_holder.c.until.is_(None), post_holder.c.until >= on))


def held_posts(on: date | sa.BindParameter[date]) -> sa.Subquery:
    """Posts that people hold on a day, and those of which they are the deputy while the holder holds them."""
    empty = sa.literal("", sa.String)
    own = sa.select(
        post_holder.c.post_id,
        post_holder.c.person_id,
        sa.null().cast(sa.String).label("owner_id"),
        empty.label("package_key"),
        sa.true().label("signs"),
    ).where(held_on(on))
    deputies = (
        sa.select(
            delegation.c.post_id,
            delegation.c.deputy_id,
            delegation.c.owner_id,
            delegation.c.package_key,
            delegation.c.signs,
        )
        .join(
            post_holder,
            sa.and_(post_holder.c.post_id == delegation.c.post_id, post_holder.c.person_id == delegation.c.owner_id),
        )
        .where(held_on(on), delegation.c.since <= on, delegation.c.until >= on, delegation.c.ended_at.is_(None))
    )
    return sa.union_all(own, deputies).subquery("held")


def _statement(which: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """A person with its posts; built once, since building costs several times what sending does."""
    held, owner = held_posts(sa.bindparam("on", type_=sa.Date)), person.alias("owner")
    source = (
        person.outerjoin(held, held.c.person_id == person.c.id)
        .outerjoin(post, post.c.id == held.c.post_id)
        .outerjoin(organisation, organisation.c.id == post.c.organisation_id)
        .outerjoin(owner, owner.c.id == held.c.owner_id)
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
        owner.c.name.label("acting_for"),
        held.c.owner_id,
        held.c.package_key,
        held.c.signs,
    ]
    query = sa.select(*columns).select_from(source).where(which, person.c.active)
    return query.order_by(held.c.owner_id.is_not(None), post.c.id, held.c.package_key)


_WHO = sa.bindparam("who", type_=sa.String)
_BY_ID, _BY_LOGIN = _statement(person.c.id == _WHO), _statement(person.c.login == _WHO)


def _load(transaction: Transaction, statement: sa.Select[Any], who: str, on: date) -> Actor | None:
    rows = transaction.execute(statement, {"who": who, "on": on}).all()
    if not rows:
        return None
    first = rows[0]
    posts: dict[str, Post] = {}  # the own before those of others, the wider before the narrower
    for row in rows:
        if row.post_id is not None:
            posts.setdefault(row.post_id, _post(row))
    return Actor(first.id, first.login, first.name, tuple(posts.values()), first.session_epoch)


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
        row.acting_for or "",
        row.owner_id,
        row.package_key,
        bool(row.signs),
    )
