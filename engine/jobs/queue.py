"""Tells procrastinate's workers about jobs, in the transaction that stores them (PostgreSQL only)."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import Any

import procrastinate
import sqlalchemy as sa

from engine.store import Transaction

TASK = "huishen.job"
QUEUE = "huishen"

# Never opened: it only writes through the connections of callers.
_app = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())


def announcing(added: sa.CTE) -> sa.Select[Any]:
    """A statement that stores the rows of `added` (columns id, run_at) and queues their ids for their moments.

    It calls the function that the library's own `defer_jobs` calls: deferring through the library would cost a command
    a second statement.
    """
    entry = sa.func.row(
        sa.literal(QUEUE),
        sa.literal(TASK),
        0,
        None,
        None,
        sa.func.jsonb_build_object("job_id", added.c.id),
        added.c.run_at,
    )
    entries = sa.func.array_agg(sa.cast(entry, _JobToDefer))
    return sa.select(sa.func.procrastinate_defer_jobs_v1(entries)).select_from(added).having(sa.func.count() > 0)


class _JobToDefer(sa.types.UserDefinedType[Any]):
    """The library's type of a job to be queued."""

    cache_ok = True

    def get_col_spec(self, **_options: Any) -> str:
        return "procrastinate_job_to_defer_v1"


def announce(transaction: Transaction, jobs: Iterable[tuple[str, datetime]]) -> None:
    """Queue the ids of job rows for their moments; a statement for each different moment."""
    connection = transaction.connection.driver_connection
    for at, group in groupby(sorted(jobs, key=lambda one: one[1]), key=lambda one: one[1]):
        task = _app.configure_task(TASK, queue=QUEUE, schedule_at=at, connection=connection)
        task.batch_defer(*({"job_id": job_id} for job_id, _ in group))
