"""Workers for real: threads on SQLite, procrastinate on PostgreSQL. They are waited for, never timed."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from engine import jobs, store
from engine.jobs import distributed, running
from engine.store.tables import job
from tests.jobs.hosts import HANDLERS, Host, count

PATIENCE = 60.0  # seconds until a test gives up on a worker that does nothing
ROOT = Path(__file__).parents[2]


@contextmanager
def worker(host: Host, handlers: jobs.Handlers, **options: Any) -> Iterator[threading.Thread]:
    stop = threading.Event()
    body = distributed.work_distributed if options else jobs.work
    thread = threading.Thread(target=body, args=(host, handlers, stop), kwargs={"threads": 2, **options})
    thread.start()
    try:
        yield thread
    finally:
        stop.set()
        thread.join(PATIENCE)
        assert not thread.is_alive(), "the worker did not stop"


class Counter:
    """A handler that tells when it has run so many times."""

    def __init__(self, wanted: int) -> None:
        self._left = threading.Semaphore(0)
        self._wanted = wanted

    def __call__(self, host: Host, payload: dict[str, Any], done: jobs.Done) -> None:
        count(host, payload, done)
        self._left.release()

    def wait(self) -> None:
        for _ in range(self._wanted):
            assert self._left.acquire(timeout=PATIENCE), "the worker did nothing"


@pytest.fixture
def host(database: Engine) -> Host:
    return Host(database)


def test_a_worker_runs_what_was_stored_before_it_and_while_it_works(host: Host) -> None:
    handler = Counter(4)
    for n in range(2):
        host.defer("count", f"before{n}", {"name": f"before{n}"})
    with worker(host, {"count": handler}):
        for n in range(2):
            host.defer("count", f"while{n}", {"name": f"while{n}"})
        handler.wait()
    assert host.results() == {"before0": 1, "before1": 1, "while0": 1, "while1": 1}
    assert host.rows() == []


def test_a_worker_outlives_a_failing_job(host: Host) -> None:
    handler = Counter(1)
    host.defer("fail", "a", {"name": "letter"})
    with worker(host, {"fail": HANDLERS["fail"], "count": handler}):
        host.defer("count", "b", {"name": "other"})
        handler.wait()
    assert host.results() == {"other": 1}
    assert [row.error for row in host.rows()] == ["RuntimeError: no printer for letter"]


def test_jobs_run_at_the_same_time(host: Host) -> None:
    meeting = threading.Barrier(2)

    def meet(host: Host, payload: dict[str, Any], done: jobs.Done) -> None:
        meeting.wait(PATIENCE)
        handler(host, payload, done)

    handler = Counter(2)
    for n in range(2):
        host.defer("meet", f"k{n}", {"name": f"n{n}"})
    with worker(host, {"meet": meet}):
        handler.wait()
    assert host.results() == {"n0": 1, "n1": 1}


def test_two_workers_share_the_jobs_and_none_runs_twice(host: Host) -> None:
    handler = Counter(20)
    with worker(host, {"count": handler}), worker(host, {"count": handler}):
        for n in range(20):
            host.defer("count", f"k{n}", {"name": f"n{n}"})
        handler.wait()
    assert host.results() == {f"n{n}": 1 for n in range(20)}


def test_a_stopped_worker_ends_what_it_is_doing(host: Host) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(host: Host, payload: dict[str, Any], done: jobs.Done) -> None:
        begun.set()
        assert go_on.wait(PATIENCE)
        count(host, payload, done)

    host.defer("slow", "a", {"name": "letter"})
    with worker(host, {"slow": slow}):
        assert begun.wait(PATIENCE)
        threading.Timer(0, go_on.set).start()
    assert host.results() == {"letter": 1}
    assert host.rows() == []


KILLED = """
import os, sys
from sqlalchemy import Engine
from engine import jobs, store
from tests.jobs.hosts import Host
import threading

def die(host, payload, done):
    print("running", flush=True)
    threading.Event().wait()

jobs.work(Host(store.open_database(sys.argv[1])), {"count": die}, threading.Event(), threads=1)
"""


def kill_a_worker_at_work(host: Host) -> None:
    """Start a worker as a process, wait until it runs a job, and kill it."""
    url = host.database.url.render_as_string(hide_password=False)
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, url],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"running\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()


def test_the_job_of_a_killed_process_runs_again_when_its_lease_ends(host: Host) -> None:
    host.defer("count", "a", {"name": "letter"})
    kill_a_worker_at_work(host)
    assert jobs.run_due(host, HANDLERS) == 0
    host.clock.advance(running.LEASE)
    assert jobs.run_due(host, HANDLERS) == 1
    assert host.results() == {"letter": 1}


def test_another_worker_takes_the_job_of_a_killed_one_by_its_missing_heartbeat(postgres_database: Engine) -> None:
    host, handler = Host(postgres_database), Counter(1)
    host.defer("count", "a", {"name": "letter"})
    kill_a_worker_at_work(host)
    with worker(host, {"count": handler}, lost_after=0.5):
        handler.wait()
    assert host.results() == {"letter": 1}
    assert host.rows() == []


def test_a_queue_entry_without_its_row_does_no_harm(postgres_database: Engine) -> None:
    host, handler = Host(postgres_database), Counter(1)
    host.defer("count", "a", {"name": "letter"})
    with store.writing(host.database) as transaction:
        transaction.execute(job.delete())
    with worker(host, {"count": handler}):
        host.defer("count", "b", {"name": "other"})
        handler.wait()
    assert host.results() == {"other": 1}


def test_nothing_stays_in_the_queue_when_all_is_done(postgres_database: Engine) -> None:
    host, handler = Host(postgres_database), Counter(3)
    for n in range(3):
        host.defer("count", f"k{n}", {"name": f"n{n}"})
    with worker(host, {"count": handler}):
        handler.wait()
    with store.reading(host.database) as transaction:
        left = transaction.exec_driver_sql("SELECT count(*) FROM procrastinate_jobs").scalar_one()
    assert left == 0


def test_a_job_that_the_queue_forgot_is_run_all_the_same(postgres_database: Engine) -> None:
    host, handler = Host(postgres_database), Counter(1)
    host.defer("count", "a", {"name": "letter"})
    with store.writing(host.database) as transaction:
        transaction.exec_driver_sql("DELETE FROM procrastinate_jobs")
    with worker(host, {"count": handler}):
        handler.wait()
    assert host.results() == {"letter": 1}
