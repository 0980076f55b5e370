"""Worker threads in the one process that serves an installation on SQLite."""

import threading

import sqlalchemy as sa
import structlog

from engine.jobs.bell import bell_of
from engine.jobs.rows import ATTEMPTS, is_free
from engine.jobs.running import Handlers, Host, run, take
from engine.store import reading
from engine.store.tables import job

LOOK = 1.0  # seconds between two looks for jobs whose moment comes, or that another process stored
log = structlog.get_logger()


def work_embedded(installation: Host, handlers: Handlers, stop: threading.Event, threads: int) -> None:
    """Run jobs until `stop` is set; returns when the last handler has ended."""
    bodies = [
        threading.Thread(target=_work, args=(installation, handlers, stop), name=f"huishen-job-{n}", daemon=True)
        for n in range(threads)
    ]
    for body in bodies:
        body.start()
    for body in bodies:
        body.join()


def _work(installation: Host, handlers: Handlers, stop: threading.Event) -> None:
    bell, heard = bell_of(installation.database), -1
    while not stop.is_set():
        rings = bell.rings
        try:
            # A ring comes before its commit: only the write lock, which `take` waits for, shows what was stored.
            lease = take(installation) if rings != heard or _anything_due(installation) else None
            heard = rings
            if lease is not None:
                run(installation, handlers, lease)
                continue
        except sa.exc.SQLAlchemyError:
            log.error("job.database", exc_info=True)  # a full disk or a locked file: look again later
        bell.wait(heard, LOOK)


def _anything_due(installation: Host) -> bool:
    """Looked up without the write lock, so that idle workers do not hold up steps."""
    now = installation.clock.now()
    query = sa.select(job.c.id).where(job.c.attempts < ATTEMPTS, job.c.run_at <= now, is_free(now)).limit(1)
    with reading(installation.database) as transaction:
        return transaction.execute(query).first() is not None
