"""What the posts of a person were told: unread first in the bell, a list to page through, marks, and who wants e-mail."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.cases.mailing import KINDS
from engine.cases.marks import marked, mine, unread_by, unread_ids
from engine.errors import Invalid
from engine.forms import mail_address
from engine.identity import Actor
from engine.installation import Installation
from engine.store import reading, writing
from engine.store.tables import notification, person

MOST_COUNTED = 100  # beyond this the bell says "99+"


@dataclass(frozen=True)
class Notice:
    """What a post was told. `unread`: the person is still to read it; what calls to a task that is over is not."""

    id: str
    case_id: str
    text: str
    at: datetime
    unread: bool
    kind: str
    key: str

    @property
    def slip_id(self) -> str:
        """Of a notice about a slip: where it can be read."""
        return self.key.split(":")[2] if self.kind == "slip" else ""


@dataclass(frozen=True)
class Thread:
    """What was told of one case, the newest first."""

    case_id: str
    notices: tuple[Notice, ...]

    @property
    def unread(self) -> tuple[str, ...]:
        """The ids of those that the person is still to read."""
        return tuple(one.id for one in self.notices if one.unread)


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


def unread(installation: Installation, actor: Actor) -> int:
    """How many notices the person is still to read; counting stops at `MOST_COUNTED`."""
    inner = unread_ids(actor).limit(MOST_COUNTED)
    with reading(installation.database) as transaction:
        return int(transaction.execute(sa.select(sa.func.count()).select_from(inner.subquery())).scalar_one())


def notices(
    installation: Installation, actor: Actor, only_unread: bool = False, before: str | None = None, limit: int = 50
) -> NoticePage:
    """All of them, or those that the person is still to read."""
    if before and not (len(before) == 32 and before.isalnum()):
        raise Invalid("这个分页地址不完整，请从列表首页重新进入。", code="list.place")
    which: list[sa.ColumnElement[bool]] = []
    if only_unread:
        which.append(notification.c.id.in_(unread_ids(actor)))
    if before:
        which.append(notification.c.id < before)
    found = _newest(installation, actor, limit + 1, *which)
    more = found[limit - 1].id if len(found) > limit else None
    return NoticePage(found[:limit], more, unread(installation, actor))


def notifications(installation: Installation, actor: Actor, limit: int = 20) -> tuple[Notice, ...]:
    """What the actor's posts were told, the newest first."""
    return _newest(installation, actor, limit)


def threads(installation: Installation, actor: Actor, limit: int = 60) -> tuple[Thread, ...]:
    """The newest notices by their cases, the case of which something was told last at the front."""
    found: dict[str, list[Notice]] = {}
    for one in _newest(installation, actor, limit):
        found.setdefault(one.case_id, []).append(one)
    return tuple(Thread(case_id, tuple(some)) for case_id, some in found.items())


def _newest(installation: Installation, actor: Actor, limit: int, *which: sa.ColumnElement[bool]) -> tuple[Notice, ...]:
    query = sa.select(notification, unread_by(actor.person_id).label("unread")).where(mine(actor), *which)
    with reading(installation.database) as transaction:
        rows = transaction.execute(query.order_by(notification.c.id.desc()).limit(limit)).all()
    return tuple(Notice(row.id, row.case_id, row.text, row.at, bool(row.unread), row.kind, row.key) for row in rows)


def mark_notices(installation: Installation, actor: Actor, ids: Collection[str] | None) -> int:
    """The person has read these; no ids: all of them. How many were unread."""
    which = [] if ids is None else [notification.c.id.in_(list(ids))]
    with writing(installation.database) as transaction:
        return marked(transaction, actor, installation.clock.now(), *which)


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
