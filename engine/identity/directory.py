"""Set up organisations, posts and people; each act stands in the installation's chain by its caller."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from engine.errors import Conflict, Invalid, NotFound
from engine.identity.passwords import hash_password
from engine.store import Transaction, new_id
from engine.store.tables import organisation, person, post, post_holder


def add_organisation(transaction: Transaction, *, key: str, name: str, kind: str, uscc: str | None = None) -> str:
    row = {"id": new_id(), "key": key, "name": name, "kind": kind, "uscc": uscc}
    transaction.execute(sa.insert(organisation), row)
    return str(row["id"])


def add_post(transaction: Transaction, *, role: str, organisation_id: str, title: str) -> str:
    row = {"id": new_id(), "role": role, "organisation_id": organisation_id, "title": title}
    transaction.execute(sa.insert(post), row)
    return row["id"]


def add_person(transaction: Transaction, *, login: str, name: str, password: str) -> str:
    """`Conflict` where the login is taken, `Invalid` for a weak password."""
    if transaction.execute(sa.select(person.c.id).where(person.c.login == login)).first():
        raise Conflict(f"登录名“{login}”已有人使用，请换一个。", code="identity.login-taken")
    row = {"id": new_id(), "login": login, "name": name, "password_hash": hash_password(password)}
    empty = {"active": True, "failed_attempts": 0, "locked_until": None, "session_epoch": 0}
    transaction.execute(sa.insert(person), {**row, **empty})
    return row["id"]


def assign(transaction: Transaction, *, post_id: str, person_id: str, since: date, until: date | None = None) -> None:
    row = {"post_id": post_id, "person_id": person_id, "since": since, "until": until}
    transaction.execute(sa.insert(post_holder), row)


def post_of(transaction: Transaction, assignment: str, *, title: str = "") -> str:
    """The post of an assignment; made where it does not exist and a title is given."""
    role, _, key = assignment.partition("@")
    owner = transaction.execute(
        sa.select(organisation.c.id).where(organisation.c.key == (key or "department"))
    ).scalar()
    if owner is None:
        raise NotFound(f"没有标识为“{key}”的单位，请先核对。", code="identity.no-organisation")
    query = sa.select(post.c.id).where(post.c.role == role, post.c.organisation_id == owner)
    found = transaction.execute(query).scalar()
    if found is not None:
        return str(found)
    if not title:
        raise Invalid(f"还没有岗位“{assignment}”，请用 --title 写明岗位名称。", code="identity.no-post")
    return add_post(transaction, role=role, organisation_id=owner, title=title)


def set_password(transaction: Transaction, login: str, password: str) -> None:
    """Change a password and end the person's other sessions."""
    values = {
        "password_hash": hash_password(password),
        "session_epoch": person.c.session_epoch + 1,
        "failed_attempts": 0,
        "locked_until": None,
    }
    if transaction.execute(sa.update(person).where(person.c.login == login).values(**values)).rowcount != 1:
        raise NotFound(f"没有登录名“{login}”。", code="identity.no-person")


@dataclass(frozen=True)
class Listed:
    id: str
    login: str
    name: str
    active: bool
    posts: tuple[str, ...]
    roles: tuple[str, ...]


def people(transaction: Transaction) -> Iterator[Listed]:
    """Everybody with their posts, by login."""
    source = person.outerjoin(post_holder, post_holder.c.person_id == person.c.id)
    source = source.outerjoin(post, post.c.id == post_holder.c.post_id)
    source = source.outerjoin(organisation, organisation.c.id == post.c.organisation_id)
    query = sa.select(
        person.c.id,
        person.c.login,
        person.c.name,
        person.c.active,
        post.c.role,
        post.c.title,
        organisation.c.name.label("o"),
    )
    rows = transaction.execute(query.select_from(source).order_by(person.c.login)).all()
    for login in dict.fromkeys(row.login for row in rows):
        mine = [row for row in rows if row.login == login]
        held = [row for row in mine if row.role]
        yield Listed(
            mine[0].id,
            login,
            mine[0].name,
            mine[0].active,
            tuple(f"{row.o} {row.title}" for row in held),
            tuple(row.role for row in held),
        )
