"""Jobs as rows of the step's own transaction: a rollback leaves none, a commit keeps them until they are done."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from engine.errors import NotFound
from engine.jobs.bell import bell_of
from engine.jobs.queue import announce, announcing
from engine.store import Transaction, insert_into, new_id
from engine.store.tables import job
from engine.store.values import encode

ATTEMPTS = 6  # after which a job is parked: kept with its error until somebody asks for it again
_ADDING = sqlite.insert(job).on_conflict_do_nothing()  # one statement for any number, so that it is compiled once


@dataclass(frozen=True)
class ParkedJob:
    """A job that failed too often. `error` is empty where every attempt was cut off with its process."""

    name: str
    key: str
    attempts: int
    error: str


def row(name: str, key: str, payload: dict[str, Any], at: datetime) -> dict[str, Any]:
    """A job for handler `name`, from the moment `at`; equal keys are the same job."""
    return {
        "id": new_id(),
        "key": key,
        "name": name,
        "payload": encode(payload),
        "run_at": at,
        "lease_until": None,
        "attempts": 0,
        "error": "",
    }


def defer(transaction: Transaction, rows: Iterable[dict[str, Any]]) -> None:
    """Store jobs in the caller's transaction, in one statement; one whose key is there already is not added again."""
    fresh = {one["key"]: one for one in rows}
    if not fresh:
        return
    if transaction.dialect.name == "sqlite":
        transaction.execute(_ADDING, list(fresh.values()))
        bell_of(transaction.engine).ring()
        return
    statement = insert_into(transaction, job).values(list(fresh.values())).on_conflict_do_nothing()
    transaction.execute(announcing(statement.returning(job.c.id, job.c.run_at).cte("added")))


def parked(transaction: Transaction, now: datetime) -> list[ParkedJob]:
    """The jobs that are not tried any more, oldest first."""
    query = sa.select(job).where(job.c.attempts >= ATTEMPTS, is_free(now)).order_by(job.c.id)
    return [ParkedJob(one.name, one.key, one.attempts, one.error) for one in transaction.execute(query)]


@dataclass(frozen=True)
class FailedJob:
    """A job that failed at least once: `next_at` is its next run, none where it is parked."""

    name: str
    key: str
    attempts: int
    error: str
    next_at: datetime | None


def failed(transaction: Transaction, limit: int = 200) -> list[FailedJob]:
    """The jobs with an error, the parked ones first."""
    query = sa.select(job).where(job.c.error != "").order_by(job.c.attempts.desc(), job.c.id).limit(limit)
    return [
        FailedJob(one.name, one.key, one.attempts, one.error, None if one.attempts >= ATTEMPTS else one.run_at)
        for one in transaction.execute(query)
    ]


def retry(transaction: Transaction, key: str, now: datetime) -> None:
    """Let a parked job begin anew. `NotFound` with `job.not-parked` where no parked job has the key."""
    values = {"attempts": 0, "run_at": now, "lease_until": None}
    which = (job.c.key == key, job.c.attempts >= ATTEMPTS, is_free(now))
    found = transaction.execute(sa.update(job).where(*which).values(values).returning(job.c.id)).scalar()
    if found is None:
        raise NotFound(f"没有搁置的任务 {key}，它可能已完成或正在执行。", code="job.not-parked", key=key)
    if transaction.dialect.name == "sqlite":
        bell_of(transaction.engine).ring()
    else:
        announce(transaction, [(found, now)])


def is_free(now: datetime) -> sa.ColumnElement[bool]:
    """No process works on it, or the one that did has not been heard of for the length of a lease."""
    return sa.or_(job.c.lease_until.is_(None), job.c.lease_until <= now)
