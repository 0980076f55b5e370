"""A worker of an installation on PostgreSQL: procrastinate brings the ids of job rows to whichever process is free.

The row stays the truth: it says whether the job is done, leased, waiting or parked, so an id that comes twice or late
does no harm. Procrastinate adds what rows cannot: waking workers of other machines at once, and heartbeats that tell
when one of them is lost.
"""

import asyncio
import contextlib
import threading

import procrastinate
import sqlalchemy as sa
import structlog
from sqlalchemy import Engine
from sqlalchemy.dialects.postgresql import JSONB

from engine.jobs.queue import QUEUE, TASK, announce
from engine.jobs.rows import ATTEMPTS, is_free
from engine.jobs.running import Handlers, Host, run, take
from engine.store import writing
from engine.store.tables import job

HEARTBEAT = 10.0  # seconds
LOST = 30.0  # seconds without a heartbeat after which a worker's jobs are given to another
LOOK = 5.0  # seconds between two looks of the worker, where a notification was missed
STOP_LOOK = 0.2
MANY = 500  # forgotten jobs queued at a time
log = structlog.get_logger()


def work_distributed(
    installation: Host, handlers: Handlers, stop: threading.Event, threads: int, lost_after: float = LOST
) -> None:
    """Run jobs until `stop` is set; begins again when the database was away."""
    while not stop.is_set():
        try:
            asyncio.run(_serve(installation, handlers, stop, threads, lost_after))
        except Exception:
            log.error("job.worker", exc_info=True)
            stop.wait(LOOK)


async def _serve(
    installation: Host, handlers: Handlers, stop: threading.Event, threads: int, lost_after: float
) -> None:
    app = worker_app(installation, handlers)
    async with app.open_async():
        worker = asyncio.create_task(
            app.run_worker_async(
                queues=[QUEUE],
                concurrency=threads,
                fetch_job_polling_interval=LOOK,
                delete_jobs="always",
                install_signal_handlers=False,
                update_heartbeat_interval=min(HEARTBEAT, lost_after / 3),
                stalled_worker_timeout=lost_after,
            )
        )
        rescuer = asyncio.create_task(_rescue(app, installation, lost_after))
        try:
            while not (stop.is_set() or worker.done() or rescuer.done()):
                await asyncio.sleep(STOP_LOOK)
        finally:
            for task in (rescuer, worker):
                task.cancel()  # the worker takes this as a wish to end, and lets its handlers finish
            with contextlib.suppress(asyncio.CancelledError):
                await rescuer
            with contextlib.suppress(asyncio.CancelledError):
                await worker


def worker_app(installation: Host, handlers: Handlers) -> procrastinate.App:
    """Procrastinate with the one task of this application."""
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=conninfo(installation.database)))

    def run_job(job_id: str) -> None:
        lease = take(installation, job_id)
        if lease is not None:
            run(installation, handlers, lease)
        else:
            _wait_for(installation, job_id)

    app.task(name=TASK, queue=QUEUE)(run_job)
    return app


def _wait_for(installation: Host, job_id: str) -> None:
    """Queue a job again that is not due yet: its lease runs on, or this machine's clock is behind."""
    query = sa.select(job.c.run_at, job.c.lease_until).where(job.c.id == job_id).with_for_update(skip_locked=True)
    with writing(installation.database) as transaction:
        row = transaction.execute(query).one_or_none()
        if row is not None and (row.lease_until or row.run_at) > installation.clock.now():
            announce(transaction, [(job_id, row.lease_until or row.run_at)])


async def _rescue(app: procrastinate.App, installation: Host, lost_after: float) -> None:
    """Give the jobs of lost workers to the others, for as long as this one lives."""
    while True:
        for stalled in await app.job_manager.get_stalled_jobs(queue=QUEUE, seconds_since_heartbeat=lost_after):
            log.warning("job.rescued", job=stalled.task_kwargs["job_id"])
            await asyncio.to_thread(_end_lease, installation.database, stalled.task_kwargs["job_id"])
            await app.job_manager.retry_job(stalled)
        await asyncio.to_thread(_queue_forgotten, installation)
        await asyncio.sleep(lost_after / 3)


def _end_lease(database: Engine, job_id: str) -> None:
    with writing(database) as transaction:
        transaction.execute(sa.update(job).where(job.c.id == job_id).values(lease_until=None))


def _queue_forgotten(installation: Host) -> None:
    """Queue the due jobs that no queue entry speaks of: the database was away when an entry should have been made."""
    now = installation.clock.now()
    entry = sa.table("procrastinate_jobs", sa.column("args", JSONB), sa.column("status", sa.Text))
    spoken_of = sa.exists().where(
        entry.c.args["job_id"].astext == job.c.id, sa.cast(entry.c.status, sa.Text).in_(["todo", "doing"])
    )
    query = sa.select(job.c.id).where(job.c.attempts < ATTEMPTS, job.c.run_at <= now, is_free(now), ~spoken_of)
    with writing(installation.database) as transaction:
        forgotten = transaction.execute(query.with_for_update(skip_locked=True).limit(MANY)).scalars().all()
        announce(transaction, [(job_id, now) for job_id in forgotten])


def conninfo(database: Engine) -> str:
    """The database's address as libpq wants it."""
    return database.url.set(drivername="postgresql").render_as_string(hide_password=False)
