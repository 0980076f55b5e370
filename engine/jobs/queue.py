"""Tells procrastinate's workers about jobs, in the transaction that stores them (PostgreSQL only)."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby

import procrastinate

from engine.store import Transaction

TASK = "huishen.job"
QUEUE = "huishen"

# Never opened: it only writes through the connections of callers.
_app = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())


def announce(transaction: Transaction, jobs: Iterable[tuple[str, datetime]]) -> None:
    """Queue the ids of job rows for their moments; a statement for each different moment."""
    connection = transaction.connection.driver_connection
    for at, group in groupby(sorted(jobs, key=lambda one: one[1]), key=lambda one: one[1]):
        task = _app.configure_task(TASK, queue=QUEUE, schedule_at=at, connection=connection)
        task.batch_defer(*({"job_id": job_id} for job_id, _ in group))
