"""Signing in, and proving identity once more before signing and sealing.

A refusal must be remembered even though it raises: so what was counted and recorded is committed before the error.
Hashing takes tens of milliseconds, so `authenticate` and `prove_apart` do it outside of any transaction; pages use
these. `sign_in` and `prove` do all of it in a transaction that the caller has.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from argon2 import PasswordHasher
from sqlalchemy import Engine

from engine import audit
from engine.calendar import local_date
from engine.errors import Forbidden
from engine.identity.actors import Actor, load_actor
from engine.identity.passwords import STANDARD, matches, needs_rehash
from engine.store import Transaction, reading, writing
from engine.store.tables import person

FAILURES = 5  # in a row, before the lock
LOCK = timedelta(minutes=15)

# One sentence for both refusals: a lock of its own words would tell that the login exists.
REFUSED = "登录名或口令不对，或因连续输错被暂停登录。请核对后重试；连续输错 5 次的，15 分钟后再试或请管理员重设口令。"
NOT_PROVED = "口令不对，未能确认你的身份。请重新输入；连续输错 5 次的，15 分钟后再试或请管理员重设口令。"


@dataclass(frozen=True)
class Proof:
    """Somebody proved who they are at a moment, to sign or seal."""

    person_id: str
    at: datetime


@dataclass(frozen=True)
class _Attempt:
    """An attempt after hashing and before it is settled: who it was for, if anybody, and whether it was right."""

    person_id: str | None
    stored: str | None
    is_right: bool
    renewed: str | None  # the password at today's cost, where the stored hash was made at another


def sign_in(
    transaction: Transaction, login: str, password: str, now: datetime, *, hasher: PasswordHasher = STANDARD
) -> Actor:
    """The person with today's posts; recorded in the chain of the installation.

    `Forbidden` with `identity.wrong`, alike for an unknown login, a wrong password and a closed account; with
    `identity.locked` after five failures in a row, for 15 minutes, even with the right password. Both commit the
    transaction first.
    """
    attempt = _try(_stored(transaction, person.c.login == login), password, hasher)
    return _signed_in(transaction, attempt, now)


def authenticate(
    database: Engine, login: str, password: str, now: datetime, *, hasher: PasswordHasher = STANDARD
) -> Actor:
    """`sign_in` in transactions of its own, none of which is open while the password is hashed."""
    with reading(database) as transaction:
        found = _stored(transaction, person.c.login == login)
    attempt = _try(found, password, hasher)
    with writing(database) as transaction:
        return _signed_in(transaction, attempt, now)


def sign_out(transaction: Transaction, person_id: str, now: datetime) -> None:
    """End every session of the person, also one whose cookie was copied; recorded."""
    _update(transaction, person_id, session_epoch=person.c.session_epoch + 1)
    audit.record(transaction, "sign-out", now, person_id, {})


def prove(
    transaction: Transaction, actor: Actor, password: str, now: datetime, *, hasher: PasswordHasher = STANDARD
) -> Proof:
    """Identity once more, recorded. `Forbidden` as in `sign_in`; failures of both count together."""
    attempt = _try(_stored(transaction, person.c.id == actor.person_id), password, hasher)
    return _proved(transaction, attempt, now)


def prove_apart(
    database: Engine, actor: Actor, password: str, now: datetime, *, hasher: PasswordHasher = STANDARD
) -> Proof:
    """`prove` in transactions of its own, none of which is open while the password is hashed."""
    with reading(database) as transaction:
        found = _stored(transaction, person.c.id == actor.person_id)
    attempt = _try(found, password, hasher)
    with writing(database) as transaction:
        return _proved(transaction, attempt, now)


def _stored(transaction: Transaction, which: sa.ColumnElement[bool]) -> Any:
    query = sa.select(person.c.id, person.c.password_hash).where(which, person.c.active)
    return transaction.execute(query).one_or_none()


def _try(found: Any, password: str, hasher: PasswordHasher) -> _Attempt:
    stored = found.password_hash if found else None
    is_right = matches(stored, password, hasher)
    renewed = hasher.hash(password) if stored and is_right and needs_rehash(stored, hasher) else None
    return _Attempt(found.id if found else None, stored, is_right, renewed)


def _signed_in(transaction: Transaction, attempt: _Attempt, now: datetime) -> Actor:
    person_id = _settle(transaction, attempt, now, "sign-in", REFUSED)
    actor = load_actor(transaction, person_id, local_date(now))
    assert actor is not None  # _settle found the account open, and holds its row
    return actor


def _proved(transaction: Transaction, attempt: _Attempt, now: datetime) -> Proof:
    return Proof(_settle(transaction, attempt, now, "proof", NOT_PROVED), now)


def _settle(transaction: Transaction, attempt: _Attempt, now: datetime, what: str, message: str) -> str:
    """Count and record an attempt. The lock is judged here, under the row's lock, so that guesses at once help nobody."""
    row = _lock_row(transaction, attempt)
    if row is None:
        raise _refusal(transaction, what, "wrong", None, now, message)
    if row.locked_until is not None and now < row.locked_until:
        raise _refusal(transaction, what, "locked", row.id, now, message)
    if not attempt.is_right or row.password_hash != attempt.stored:
        failures = (0 if row.locked_until is not None else row.failed_attempts) + 1
        locked = failures >= FAILURES
        _update(transaction, row.id, failed_attempts=failures, locked_until=now + LOCK if locked else None)
        raise _refusal(transaction, what, "locked" if locked else "wrong", row.id, now, message)
    changes = {"password_hash": attempt.renewed} if attempt.renewed else {}
    if changes or row.failed_attempts or row.locked_until is not None:
        _update(transaction, row.id, failed_attempts=0, locked_until=None, **changes)
    audit.record(transaction, f"{what}.succeeded", now, row.id, {})
    return str(row.id)


def _lock_row(transaction: Transaction, attempt: _Attempt) -> Any:
    if attempt.person_id is None:
        return None
    columns = (person.c.id, person.c.password_hash, person.c.failed_attempts, person.c.locked_until)
    query = sa.select(*columns).where(person.c.id == attempt.person_id, person.c.active)
    return transaction.execute(query.with_for_update()).one_or_none()


def _refusal(
    transaction: Transaction, what: str, why: str, person_id: str | None, now: datetime, message: str
) -> Forbidden:
    """Record the failure, commit it, and give the error to raise.

    What was typed as an unknown login is not kept: it is often a password.
    """
    audit.record(transaction, f"{what}.failed", now, person_id, {"why": why})
    transaction.commit()
    return Forbidden(message, code=f"identity.{why}")


def _update(transaction: Transaction, person_id: str, **values: Any) -> None:
    transaction.execute(sa.update(person).where(person.c.id == person_id).values(**values))
