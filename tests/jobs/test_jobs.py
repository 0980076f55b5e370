from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from engine import jobs, store
from engine.errors import Conflict, NotFound
from engine.jobs import running
from engine.jobs.rows import ATTEMPTS
from engine.store.tables import job
from tests.crowds import all_at_once
from tests.databases import Statements
from tests.jobs.hosts import HANDLERS, MINUTE, START, Host, count


@pytest.fixture
def host(database: Engine) -> Host:
    return Host(database)


def queued(database: Engine) -> int:
    """How many jobs procrastinate's workers are told of."""
    with store.reading(database) as transaction:
        return int(transaction.exec_driver_sql("SELECT count(*) FROM procrastinate_jobs").scalar_one())


def test_a_job_runs_once_and_is_gone(host: Host) -> None:
    host.defer("count", "a", {"name": "letter"})
    assert jobs.run_due(host, HANDLERS) == 1
    assert host.results() == {"letter": 1}
    assert host.rows() == []
    assert jobs.run_due(host, HANDLERS) == 0


def test_a_rollback_leaves_no_job(host: Host) -> None:
    with pytest.raises(Conflict), store.writing(host.database) as transaction:
        jobs.defer(transaction, [jobs.row("count", "a", {"name": "letter"}, START)])
        raise Conflict("已被他人办理。")
    assert host.rows() == []
    assert host.database.dialect.name == "sqlite" or queued(host.database) == 0


def test_the_same_key_is_one_job(host: Host) -> None:
    with store.writing(host.database) as transaction:
        jobs.defer(transaction, [jobs.row("count", "a", {"name": "letter"}, START) for _ in range(2)])
    host.defer("count", "a", {"name": "letter"})
    assert len(host.rows()) == 1
    assert host.database.dialect.name == "sqlite" or queued(host.database) == 1
    assert jobs.run_due(host, HANDLERS) == 1
    assert host.results() == {"letter": 1}


def test_a_key_that_is_done_may_come_again(host: Host) -> None:
    for _ in range(2):
        host.defer("count", "a", {"name": "letter"})
        jobs.run_due(host, HANDLERS)
    assert host.results() == {"letter": 2}


def test_many_jobs_are_stored_by_one_statement(host: Host) -> None:
    rows = [jobs.row("count", f"k{n}", {"name": f"n{n}"}, START) for n in range(50)]
    with Statements(host.database) as statements, store.writing(host.database) as transaction:
        jobs.defer(transaction, rows)
        jobs.defer(transaction, [])
    assert len(statements) == 1
    assert jobs.run_due(host, HANDLERS) == 50


def test_payloads_come_back_as_they_were(host: Host) -> None:
    seen: list[object] = []
    payload = {"name": "甲", "at": START, "on": START.date(), "list": [None, True, {"$": "x"}]}
    host.defer("look", "a", payload)
    jobs.run_due(host, {"look": lambda _host, given, _done: seen.append(given)})
    assert seen == [payload]


def test_a_job_waits_for_its_moment(host: Host) -> None:
    host.defer("count", "a", {"name": "letter"}, at=START + MINUTE)
    assert jobs.run_due(host, HANDLERS) == 0
    host.clock.advance(MINUTE)
    assert jobs.run_due(host, HANDLERS) == 1


def test_jobs_run_in_the_order_of_their_moments(host: Host) -> None:
    order: list[str] = []
    for name, minutes in (("late", 2), ("early", 0), ("middle", 1)):
        host.defer("note", name, {"name": name}, at=START + minutes * MINUTE)
    host.clock.advance(2 * MINUTE)
    jobs.run_due(host, {"note": lambda _host, payload, _done: order.append(payload["name"])})
    assert order == ["early", "middle", "late"]


def test_a_handler_that_has_nothing_to_store_ends_its_job(host: Host) -> None:
    host.defer("nothing", "a")
    assert jobs.run_due(host, HANDLERS) == 1
    assert host.rows() == []


def test_a_failed_job_is_tried_again_later_each_time_and_then_parked(host: Host) -> None:
    host.defer("fail", "a", {"name": "letter"})
    waits = []
    for _ in range(ATTEMPTS - 1):
        assert jobs.run_due(host, HANDLERS) == 0
        row = host.rows()[0]
        waits.append(row.run_at - host.clock.now())
        host.clock.set(row.run_at - timedelta(microseconds=1))
        assert jobs.run_due(host, HANDLERS) == 0
        assert host.rows()[0].attempts == row.attempts
        host.clock.set(row.run_at)
    assert waits == [timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360)]
    assert host.parked() == []
    jobs.run_due(host, HANDLERS)
    assert host.parked() == [jobs.ParkedJob("fail", "a", 6, "RuntimeError: no printer for letter")]


def test_a_parked_job_is_never_lost_and_begins_anew_when_asked(host: Host) -> None:
    host.defer("fail", "a", {"name": "letter"})
    for _ in range(ATTEMPTS):
        jobs.run_due(host, HANDLERS)
        host.clock.advance(timedelta(days=1))
    host.clock.advance(timedelta(days=1000))
    assert jobs.run_due(host, HANDLERS) == 0
    assert len(host.parked()) == 1
    host.defer("fail", "a", {"name": "letter"})
    assert len(host.rows()) == 1
    with store.writing(host.database) as transaction:
        jobs.retry(transaction, "a", host.clock.now())
    assert jobs.run_due(host, {"fail": count}) == 1
    assert host.results() == {"letter": 1}


def test_only_a_parked_job_can_be_asked_to_begin_anew(host: Host) -> None:
    host.defer("count", "a", {"name": "letter"})
    with pytest.raises(NotFound) as caught, store.writing(host.database) as transaction:
        jobs.retry(transaction, "a", START)
    assert caught.value.code == "job.not-parked"


def test_a_failure_leaves_nothing_of_what_the_handler_stored(host: Host) -> None:
    def breaks(host: Host, payload: dict[str, str], done: jobs.Done) -> None:
        count(host, payload, lambda transaction: 1 / 0)

    host.defer("breaks", "a", {"name": "letter"})
    assert jobs.run_due(host, {"breaks": breaks}) == 0
    assert host.results() == {}
    assert host.rows()[0].error.startswith("ZeroDivisionError")


def test_one_failing_job_does_not_hold_up_the_others(host: Host) -> None:
    for n in range(3):
        host.defer("fail" if n == 0 else "count", f"k{n}", {"name": f"n{n}"})
    assert jobs.run_due(host, HANDLERS) == 2
    assert host.results() == {"n1": 1, "n2": 1}


def test_a_job_without_a_handler_is_kept_with_its_error(host: Host) -> None:
    host.defer("unknown", "a")
    assert jobs.run_due(host, HANDLERS) == 0
    assert "unknown" in host.rows()[0].error


def test_an_error_that_speaks_keeps_its_code(host: Host) -> None:
    def refuse(host: Host, payload: object, done: jobs.Done) -> None:
        raise NotFound("没有这份文书。", code="document.missing")

    host.defer("refuse", "a")
    jobs.run_due(host, {"refuse": refuse})
    assert host.rows()[0].error == "document.missing: 没有这份文书。"


def test_a_job_that_is_being_run_is_not_taken_by_another(host: Host) -> None:
    host.defer("count", "a", {"name": "letter"})
    assert running.take(host) is not None
    assert running.take(host) is None
    assert jobs.run_due(host, HANDLERS) == 0


def test_the_job_of_a_lost_process_runs_again_when_its_lease_ends(host: Host) -> None:
    host.defer("count", "a", {"name": "letter"})
    assert running.take(host) is not None  # and never heard of again
    host.clock.advance(running.LEASE - timedelta(microseconds=1))
    assert jobs.run_due(host, HANDLERS) == 0
    host.clock.advance(timedelta(microseconds=1))
    assert jobs.run_due(host, HANDLERS) == 1
    assert host.results() == {"letter": 1}


def test_a_job_that_kills_its_process_every_time_is_parked(host: Host) -> None:
    host.defer("count", "a", {"name": "letter"})
    for _ in range(ATTEMPTS):
        assert running.take(host) is not None
        host.clock.advance(running.LEASE)
    assert running.take(host) is None
    assert host.parked() == [jobs.ParkedJob("count", "a", ATTEMPTS, "")]


def test_two_runs_of_one_job_store_one_result(host: Host) -> None:
    host.defer("count", "a", {"name": "letter"})
    slow = running.take(host)
    host.clock.advance(running.LEASE)
    fast = running.take(host)
    assert slow is not None and fast is not None
    assert running.run(host, HANDLERS, fast)
    assert running.run(host, HANDLERS, slow)
    assert host.results() == {"letter": 1}


def test_a_slow_failure_does_not_take_the_job_from_the_one_who_has_it_now(host: Host) -> None:
    host.defer("fail", "a", {"name": "letter"})
    slow = running.take(host)
    host.clock.advance(running.LEASE)
    assert slow is not None and running.take(host) is not None
    assert not running.run(host, HANDLERS, slow)
    assert host.rows()[0].lease_until == host.clock.now() + running.LEASE


def test_the_result_and_the_end_of_the_job_are_one_transaction(host: Host) -> None:
    host.defer("count", "a", {"name": "letter"})
    lease = running.take(host)
    assert lease is not None
    with store.writing(host.database) as transaction:
        transaction.execute(sa.delete(job))  # somebody else ended it
    assert running.run(host, HANDLERS, lease)
    assert host.results() == {}


def test_the_same_key_stored_at_once_is_one_job(host: Host) -> None:
    assert all_at_once([lambda: host.defer("count", "a", {"name": "letter"})] * 4) == [None] * 4
    assert len(host.rows()) == 1
    assert host.database.dialect.name == "sqlite" or queued(host.database) == 1


def test_rounds_that_run_at_once_share_the_jobs(host: Host) -> None:
    for n in range(12):
        host.defer("count", f"k{n}", {"name": f"n{n}"})
    results = all_at_once([lambda: jobs.run_due(host, HANDLERS)] * 3)
    assert sum(done for done in results if isinstance(done, int)) == 12
    assert host.results() == {f"n{n}": 1 for n in range(12)}
