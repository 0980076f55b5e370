"""Runs a job: leases its row by the clock, calls the handler, and removes the row with the handler's result.

A process that is killed leaves a lease that ends; then the job runs again. So every job runs at least once, its
result is stored exactly once (`done` takes the row away in the transaction that stores it), and whatever a handler
does outside the database must bear being done twice.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import sqlalchemy as sa
import structlog
from sqlalchemy import Engine

from engine.calendar import Clock
from engine.errors import HuishenError
from engine.jobs.queue import announce
from engine.jobs.rows import ATTEMPTS, is_free
from engine.store import Transaction, writing
from engine.store.tables import job
from engine.store.values import decode

LEASE = timedelta(minutes=5)  # longer than any handler takes
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360))
LONGEST_ERROR = 2000

Done = Callable[[Transaction], None]
Handler = Callable[[Any, dict[str, Any], Done], None]
Handlers = Mapping[str, Handler]
log = structlog.get_logger()


class Host(Protocol):
    """What running needs of an installation."""

    @property
    def clock(self) -> Clock: ...

    @property
    def database(self) -> Engine: ...


class AlreadyDone(Exception):
    """Raised by `done` where another run of the job has stored its result: this transaction must not store it again."""


@dataclass(frozen=True)
class Lease:
    """A job that this process works on."""

    id: str
    name: str
    key: str
    payload: str
    attempt: int


def run_due(installation: Host, handlers: Handlers) -> int:
    """Run everything that is due, one after the other, in this thread; how many succeeded."""
    succeeded = 0
    while lease := take(installation):
        succeeded += run(installation, handlers, lease)
    return succeeded


def take(installation: Host, job_id: str | None = None) -> Lease | None:
    """Lease the job that is due longest, or the one of that id if it is due; None where there is none to take."""
    now = installation.clock.now()
    due = [job.c.attempts < ATTEMPTS, job.c.run_at <= now, is_free(now)]
    if job_id is not None:
        due.append(job.c.id == job_id)
    candidate = sa.select(job.c.id).where(*due).order_by(job.c.run_at, job.c.id).limit(1)
    # SQLite has one writer; PostgreSQL passes over rows that another worker is taking at this moment.
    candidate = candidate.with_for_update(skip_locked=True)
    statement = (
        sa.update(job)
        .where(job.c.id == candidate.scalar_subquery())
        .values(lease_until=now + LEASE, attempts=job.c.attempts + 1)
        .returning(job.c.id, job.c.name, job.c.key, job.c.payload, job.c.attempts)
    )
    with writing(installation.database) as transaction:
        row = transaction.execute(statement).one_or_none()
    return Lease(*row) if row else None


def run(installation: Host, handlers: Handlers, lease: Lease) -> bool:
    """Run a leased job; whether it is done. A failure is kept in the row and tried again later."""

    def done(transaction: Transaction) -> None:
        if transaction.execute(sa.delete(job).where(job.c.id == lease.id)).rowcount != 1:
            raise AlreadyDone

    try:
        _handler(handlers, lease)(installation, decode(lease.payload), done)
        with writing(installation.database) as transaction:  # a handler that had nothing to store
            transaction.execute(sa.delete(job).where(job.c.id == lease.id))
    except AlreadyDone:
        log.info("job.done-twice", job=lease.name, key=lease.key)
    except Exception as error:
        log.error("job.failed", job=lease.name, key=lease.key, attempt=lease.attempt, exc_info=True)
        _fail(installation, lease, error)
        return False
    return True


def _handler(handlers: Handlers, lease: Lease) -> Handler:
    if lease.name not in handlers:
        raise LookupError(f"no handler for jobs named {lease.name!r}")
    return handlers[lease.name]


def _fail(installation: Host, lease: Lease, error: Exception) -> None:
    """Give the lease back with the error; the next run is later each time, until the job is parked."""
    now = installation.clock.now()
    values: dict[str, Any] = {"lease_until": None, "error": _describe(error)}
    if lease.attempt < ATTEMPTS:
        values["run_at"] = now + BACK_OFF[lease.attempt - 1]
    with writing(installation.database) as transaction:
        mine = sa.and_(job.c.id == lease.id, job.c.attempts == lease.attempt)  # nobody took it over since
        if transaction.execute(sa.update(job).where(mine).values(values)).rowcount == 1:
            _announce_again(transaction, lease.id, values.get("run_at"))


def _announce_again(transaction: Transaction, job_id: str, at: datetime | None) -> None:
    if at is not None and transaction.dialect.name != "sqlite":
        announce(transaction, [(job_id, at)])


def _describe(error: Exception) -> str:
    text = f"{error.code}: {error.message}" if isinstance(error, HuishenError) else f"{type(error).__name__}: {error}"
    return text.replace("\0", "")[:LONGEST_ERROR]
