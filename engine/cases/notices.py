"""What the posts of a person were told: unread first in the bell, a list to page through, marks, and who wants e-mail."""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from engine.cases.inbox import Notice
from engine.cases.mailing import KINDS
from engine.errors import Invalid
from engine.forms import mail_address
from engine.identity import Actor
from engine.installation import Installation
from engine.store import reading, writing
from engine.store.tables import case, notification, person

MOST_COUNTED = 100  # beyond this the bell says "99+"


@dataclass(frozen=True)
class NoticePage:
    """A page of notices, the newest first; `more` is the key of the next page."""

    rows: tuple[Notice, ...]
    more: str | None
    unread: int


@dataclass(frozen=True)
class Preference:
    """Where a person wants which kinds of notices by e-mail; no address, or no kind: none."""

    email: str
    kinds: frozenset[str]


def _mine(actor: Actor) -> sa.ColumnElement[bool]:
    return notification.c.post_id.in_(sorted(actor.post_ids))


def unread(installation: Installation, actor: Actor) -> int:
    """How many notices nobody of the posts has read; counting stops at `MOST_COUNTED`."""
    inner = sa.select(notification.c.id).where(_mine(actor), notification.c.read_at.is_(None)).limit(MOST_COUNTED)
    with reading(installation.database) as transaction:
        return int(transaction.execute(sa.select(sa.func.count()).select_from(inner.subquery())).scalar_one())


def notices(
    installation: Installation, actor: Actor, only_unread: bool = False, before: str | None = None, limit: int = 50
) -> NoticePage:
    """All of them, or those that nobody of the posts has read."""
    if before and not (len(before) == 32 and before.isalnum()):
        raise Invalid("这个分页地址不完整，请从列表首页重新进入。", code="list.place")
    query = sa.select(notification, case.c.number).join(case, case.c.id == notification.c.case_id).where(_mine(actor))
    if only_unread:
        query = query.where(notification.c.read_at.is_(None))
    if before:
        query = query.where(notification.c.id < before)
    with reading(installation.database) as transaction:
        rows = transaction.execute(query.order_by(notification.c.id.desc()).limit(limit + 1)).mappings().all()
    found = tuple(
        Notice(row["id"], row["case_id"], row["text"], row["at"], row["read_at"] is not None, row["kind"], row["key"])
        for row in rows[:limit]
    )
    return NoticePage(found, rows[limit - 1]["id"] if len(rows) > limit else None, unread(installation, actor))


def mark_notices(installation: Installation, actor: Actor, ids: Collection[str] | None) -> int:
    """Read, for everybody who holds the posts; no ids: all of them. How many were unread."""
    which = [_mine(actor), notification.c.read_at.is_(None)]
    if ids is not None:
        which.append(notification.c.id.in_(list(ids)))
    values = {"read_at": installation.clock.now(), "read_by": actor.person_id}
    with writing(installation.database) as transaction:
        return int(transaction.execute(sa.update(notification).where(*which).values(**values)).rowcount)


def preference(installation: Installation, actor: Actor) -> Preference:
    """The person's own."""
    query = sa.select(person.c.email, person.c.mail_kinds).where(person.c.id == actor.person_id)
    with reading(installation.database) as transaction:
        row = transaction.execute(query).one()
    return Preference(row.email or "", frozenset(one for one in row.mail_kinds.split(",") if one))


def set_preference(installation: Installation, actor: Actor, email: str, kinds: Collection[str]) -> None:
    """`Invalid` for an address that is none, and for kinds without an address."""
    wanted = [kind for kind in KINDS if kind in kinds]
    address = mail_address(email) if email.strip() else None
    if wanted and address is None:
        raise Invalid("要用邮件提醒，请填写电子邮箱。", code="mail.address")
    statement = sa.update(person).where(person.c.id == actor.person_id)
    with writing(installation.database) as transaction:
        transaction.execute(statement.values(email=address, mail_kinds=",".join(wanted)))
