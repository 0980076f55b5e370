"""Organisations, posts and people, and who holds what: for administration and the demonstration."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from argon2 import PasswordHasher

from engine.errors import Conflict, Invalid, NotFound
from engine.identity.passwords import STANDARD, hash_password
from engine.identity.posts import DEPARTMENT, find_post
from engine.store import Transaction, insert_into, new_id
from engine.store.tables import organisation, person, post, post_holder

KINDS = frozenset({DEPARTMENT, "party", "consulted", "association", "external"})


def add_organisation(transaction: Transaction, *, key: str, name: str, kind: str, uscc: str | None = None) -> str:
    """Its id. `Conflict` where the key is taken, `Invalid` for a kind that does not exist."""
    if kind not in KINDS:
        raise Invalid(f"没有“{kind}”这类单位，可用：{'、'.join(sorted(KINDS))}。", code="identity.kind", kind=kind)
    row = {"id": new_id(), "key": key, "name": name, "kind": kind, "uscc": uscc}
    return _add(transaction, organisation, row, f"单位标识 {key} 已被使用，请换一个。")


def add_post(transaction: Transaction, *, role: str, organisation_id: str, title: str) -> str:
    """Its id. `Conflict` where the organisation has a post of that role."""
    row = {"id": new_id(), "role": role, "organisation_id": organisation_id, "title": title}
    return _add(transaction, post, row, f"该单位已有 {role} 岗位。")


def add_person(
    transaction: Transaction, *, login: str, name: str, password: str, hasher: PasswordHasher = STANDARD
) -> str:
    """Its id. `Conflict` where the login is taken, `Invalid` for a password that is too short."""
    row = {
        "id": new_id(),
        "login": login,
        "name": name,
        "password_hash": hash_password(password, hasher),
        "active": True,
        "failed_attempts": 0,
        "session_epoch": 0,
    }
    return _add(transaction, person, row, f"登录名 {login} 已被使用，请换一个。")


def assign(transaction: Transaction, *, post_id: str, person_id: str, since: date, until: date | None = None) -> None:
    """Give a post to a person from `since` to `until`, both included; once more for the same pair changes the days."""
    row = {"post_id": post_id, "person_id": person_id, "since": since, "until": until}
    statement = insert_into(transaction, post_holder)
    changes = {name: statement.excluded[name] for name in ("since", "until")}
    transaction.execute(statement.on_conflict_do_update(index_elements=["post_id", "person_id"], set_=changes), row)


def post_of(transaction: Transaction, assignment: str, *, title: str = "") -> str:
    """The id of a post; with a title it is set up where it does not exist. `NotFound` otherwise."""
    try:
        return find_post(transaction, assignment)
    except NotFound:
        if not title:
            raise
    role, _, key = assignment.partition("@")
    where = organisation.c.key == key if key else organisation.c.kind == DEPARTMENT
    organisation_id = transaction.execute(sa.select(organisation.c.id).where(where).limit(1)).scalar()
    if organisation_id is None:
        raise NotFound(
            f"没有标识为 {key or DEPARTMENT} 的单位，请先新增单位。", code="identity.no-organisation", key=key
        )
    return add_post(transaction, role=role, organisation_id=organisation_id, title=title)


def set_password(transaction: Transaction, login: str, password: str, hasher: PasswordHasher = STANDARD) -> None:
    """A new password: every session of the person ends, and a lock after failures is lifted."""
    values = {
        "password_hash": hash_password(password, hasher),
        "session_epoch": person.c.session_epoch + 1,
        "failed_attempts": 0,
        "locked_until": None,
    }
    _change(transaction, login, values)


def set_active(transaction: Transaction, login: str, active: bool) -> None:
    """Close or reopen an account; closing ends every session of the person."""
    _change(transaction, login, {"active": active, "session_epoch": person.c.session_epoch + 1})


@dataclass(frozen=True)
class PersonLine:
    """One person of the list. `posts` are for reading: `受理岗（中共南屿省委社会工作部）`."""

    id: str
    login: str
    name: str
    active: bool
    roles: tuple[str, ...]
    posts: tuple[str, ...]


@dataclass(frozen=True)
class OrganisationLine:
    """One organisation of the list."""

    key: str
    name: str
    kind: str
    uscc: str | None


def organisations(transaction: Transaction) -> list[OrganisationLine]:
    """All of them, by kind and key."""
    table = organisation.c
    query = sa.select(table.key, table.name, table.kind, table.uscc).order_by(table.kind, table.key)
    return [OrganisationLine(*row) for row in transaction.execute(query)]


def people(transaction: Transaction) -> list[PersonLine]:
    """Everybody by login, with every post that is or was or will be theirs; in one statement."""
    source = (
        person.outerjoin(post_holder, post_holder.c.person_id == person.c.id)
        .outerjoin(post, post.c.id == post_holder.c.post_id)
        .outerjoin(organisation, organisation.c.id == post.c.organisation_id)
    )
    columns = [person.c.id, person.c.login, person.c.name, person.c.active, post.c.role, post.c.title]
    query = sa.select(*columns, organisation.c.name.label("organisation")).select_from(source)
    rows = transaction.execute(query.order_by(person.c.login, post.c.id)).all()
    return [_line(list(group)) for _, group in groupby(rows, key=lambda row: row.id)]


def _line(rows: list[Any]) -> PersonLine:
    first, held = rows[0], [row for row in rows if row.role is not None]
    roles = tuple(row.role for row in held)
    posts = tuple(f"{row.title}（{row.organisation}）" for row in held)
    return PersonLine(first.id, first.login, first.name, first.active, roles, posts)


def _add(transaction: Transaction, table: sa.Table, row: Mapping[str, object], taken: str) -> str:
    statement = insert_into(transaction, table).values(row).on_conflict_do_nothing().returning(table.c.id)
    if transaction.execute(statement).one_or_none() is None:
        raise Conflict(taken, code="identity.taken")
    return str(row["id"])


def _change(transaction: Transaction, login: str, values: dict[str, object]) -> None:
    statement = sa.update(person).where(person.c.login == login).values(values)
    if transaction.execute(statement).rowcount != 1:
        raise NotFound(f"没有登录名为 {login} 的人员，请用 huishen user list 查看。", code="identity.no-person")
