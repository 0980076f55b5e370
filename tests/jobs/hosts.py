"""What running jobs needs, and handlers that leave a trace in the database."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine

from engine import jobs, store
from engine.calendar import FixedClock
from engine.store.tables import job, number_sequence

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Host:
    database: Engine
    clock: FixedClock = field(default_factory=lambda: FixedClock(START))

    def defer(self, name: str, key: str, payload: dict[str, Any] | None = None, at: datetime | None = None) -> None:
        with store.writing(self.database) as transaction:
            jobs.defer(transaction, [jobs.row(name, key, payload or {}, at or self.clock.now())])

    def rows(self) -> list[Any]:
        with store.reading(self.database) as transaction:
            return list(transaction.execute(sa.select(job).order_by(job.c.id)))

    def results(self) -> dict[str, int]:
        """How often the result of each job was stored."""
        with store.reading(self.database) as transaction:
            return {row.authority: row.last for row in transaction.execute(sa.select(number_sequence))}

    def parked(self) -> list[jobs.ParkedJob]:
        with store.reading(self.database) as transaction:
            return jobs.parked(transaction, self.clock.now())


def count(host: Host, payload: dict[str, Any], done: jobs.Done) -> None:
    """A handler: adds one to the number of its name, in the transaction that ends the job."""
    with store.writing(host.database) as transaction:
        statement = store.insert_into(transaction, number_sequence).values(authority=payload["name"], year=0, last=1)
        changes = {"last": number_sequence.c.last + 1}
        transaction.execute(statement.on_conflict_do_update(index_elements=["authority", "year"], set_=changes))
        done(transaction)


def fail(host: Host, payload: dict[str, Any], done: jobs.Done) -> None:
    raise RuntimeError(f"no printer for {payload.get('name', 'anybody')}")


def nothing(host: Host, payload: dict[str, Any], done: jobs.Done) -> None:
    """A handler that finds its work done already."""


HANDLERS: jobs.Handlers = {"count": count, "fail": fail, "nothing": nothing}
