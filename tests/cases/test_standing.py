"""What stands still with a case: its timers, the promise, and the cases that it waits for."""

from datetime import datetime, timedelta

import pytest

from engine import cases
from engine.cases.followups import HANDLERS
from engine.errors import Conflict
from engine.packages import Package
from engine.store import tables
from tests.cases.called import CALL, Two, call, end, made, outer, submit
from tests.cases.playing import Play
from tests.packages.small_package import flow, person, service


def boundary(due: str) -> str:
    """A timer at the check of the called process; when it fires the case lapses."""
    return (
        '<boundaryEvent id="Late" name="逾期" attachedToRef="Task_check">'
        f"<timerEventDefinition id='t'><timeDuration>{due}</timeDuration></timerEventDefinition></boundaryEvent>\n"
        + end("End_late", "lapsed")
        + flow("Late", "End_late")
    )


def limited(due: str = "PT6H", *, more: str = CALL, key: str = "inner", prefix: str = "NH") -> Package:
    body = submit() + person("Task_check", "check", "acceptor", ("=verdict", "verdict"), state="reviewing")
    body += '<exclusiveGateway id="Way" default="Way-End" />\n' + end("End", "=verdict")
    body += (
        flow("Start", "Task_fill") + flow("Task_fill", "Task_check") + flow("Task_check", "Way") + flow("Way", "End")
    )
    return made(key, "核验事项", prefix, body + boundary(due), more)


@pytest.fixture
def two(play: Play) -> Two:
    return Two(play, limited(), outer())


def stop(two: Two, case_id: str) -> None:
    cases.suspend(two.place, two.play.actor("acceptor"), case_id, "等文件")
    two.work()


def go_on(two: Two, case_id: str) -> None:
    cases.resume(two.place, two.play.actor("acceptor"), case_id, "文件已到")
    two.work()


def is_still(two: Two, case_id: str) -> bool:
    return two.play.row(case_id)["suspended_at"] is not None


def checked(two: Two) -> tuple[str, str]:
    """A calling case, and its called case at the check."""
    parent = two.begin()
    two.work()
    child = two.child(parent)
    two.do(child, "Task_fill", {"org_name": "冷链协会", "note": ""})
    return parent, child


def due_of(two: Two, case_id: str) -> datetime:
    (row,) = two.play.rows(tables.timer, tables.timer.c.case_id == case_id, tables.timer.c.state != "dropped")
    due: datetime = row["due_at"]
    return due


def held(two: Two) -> None:
    assert (two.play.differences(), two.play.faults()) == ([], [])


# --- timers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stood", [timedelta(hours=3), timedelta(hours=30), timedelta(days=3, hours=1)])
def test_a_term_by_the_clock_keeps_what_was_left_of_it(two: Two, stood: timedelta) -> None:
    alone = two.begin("inner")
    two.play.clock.advance(timedelta(hours=4))
    stop(two, alone)
    left = due_of(two, alone) - two.play.clock.now()
    two.play.clock.advance(stood)
    assert cases.fire_timers(two.place) == 0
    go_on(two, alone)
    assert due_of(two, alone) - two.play.clock.now() == left == timedelta(hours=2)
    assert cases.fire_timers(two.place) == 0
    two.play.clock.advance(left)
    assert cases.fire_timers(two.place) == 1
    assert two.play.row(alone)["outcome"] == "lapsed"
    held(two)


def test_a_term_by_the_day_keeps_its_working_days(play: Play) -> None:
    two = Two(play, limited("=工作日后(3)"))
    alone = two.begin("inner")
    assert str(due_of(two, alone))[:10] == "2026-11-26"
    stop(two, alone)
    play.clock.advance(timedelta(hours=5))
    go_on(two, alone)
    assert str(due_of(two, alone))[:10] == "2026-11-26"
    stop(two, alone)
    play.clock.advance(timedelta(days=7))
    go_on(two, alone)
    assert str(due_of(two, alone))[:10] == "2026-12-03"
    held(two)


def test_what_was_due_before_the_case_stood_fires_when_it_goes_on(two: Two) -> None:
    alone = two.begin("inner")
    two.play.clock.advance(timedelta(hours=7))
    stop(two, alone)
    two.play.clock.advance(timedelta(days=2))
    go_on(two, alone)
    assert cases.fire_timers(two.place) == 1
    held(two)


# --- called cases ----------------------------------------------------------------------------------------------------


def test_a_called_case_stands_and_goes_on_with_the_one_that_waits_for_it(two: Two) -> None:
    parent, child = checked(two)
    two.play.clock.advance(timedelta(hours=4))
    stop(two, parent)
    assert is_still(two, child)
    kind, body = two.play.events(child)[-1]
    assert (kind, body["reason"]) == ("case.suspended", f"上级案件 {two.play.row(parent)['number']} 中止办理")
    with pytest.raises(Conflict) as refused:
        two.do(child, "Task_check", {"verdict": "approved"})
    assert refused.value.code == "case.suspended"
    two.play.clock.advance(timedelta(days=30))
    assert cases.fire_timers(two.place) == 0
    go_on(two, parent)
    assert not is_still(two, child)
    assert cases.fire_timers(two.place) == 0
    two.do(child, "Task_check", {"verdict": "approved"})
    two.work()
    assert two.open(parent) == ["Task_after"]
    held(two)


def test_it_is_resumed_with_its_caller_only(two: Two) -> None:
    parent, child = checked(two)
    stop(two, parent)
    acceptor = two.play.actor("acceptor")
    with pytest.raises(Conflict) as refused:
        cases.resume(two.place, acceptor, child, "先办这件")
    assert refused.value.code == "case.stands-with-caller"
    assert str(two.play.row(parent)["number"]) in refused.value.message
    cases.resume(two.place, acceptor, parent, "文件已到")
    cases.resume(two.place, acceptor, child, "文件已到")  # before the job came
    two.work()
    assert two.kinds(child).count("case.resumed") == 1
    held(two)


def test_one_that_stood_by_itself_goes_on_standing(two: Two) -> None:
    parent, child = checked(two)
    stop(two, child)
    stop(two, parent)
    go_on(two, parent)
    assert is_still(two, child)
    assert two.kinds(child).count("case.suspended") == 1
    go_on(two, child)
    assert not is_still(two, child)
    held(two)


def test_a_called_draft_stands_as_well_and_keeps_what_is_typed(two: Two) -> None:
    parent = two.begin()
    two.work()
    child = two.child(parent)
    stop(two, parent)
    task = two.play.task(child, "Task_fill")
    with pytest.raises(Conflict):
        two.do(child, "Task_fill", {"org_name": "冷链协会", "note": ""})
    cases.save_draft(two.place, two.play.actor("applicant"), task.id, {"org_name": "冷链协会", "note": "附后"}, 0)
    go_on(two, parent)
    assert cases.task_view(two.place, two.play.actor("applicant"), task.id).values["note"] == "附后"
    two.play.complete(two.play.task(child, "Task_fill"), {"org_name": "冷链协会", "note": "附后"}, revision=1)
    assert two.open(child) == ["Task_check"]
    held(two)


def test_all_the_way_down(play: Play) -> None:
    middle = outer(call("Call", "inner"), more=CALL, key="middle", prefix="ZJ")
    two = Two(play, limited(), middle, outer(call("Call", "middle")))
    top = two.begin()
    two.work()
    between = two.child(top)
    two.do(between, "Task_fill", {"org_name": "冷链协会", "note": ""})
    two.work()
    lowest = two.child(between)
    stop(two, top)
    assert [is_still(two, one) for one in (top, between, lowest)] == [True] * 3
    go_on(two, top)
    assert [is_still(two, one) for one in (top, between, lowest)] == [False] * 3
    held(two)


def test_what_had_not_begun_begins_when_its_caller_goes_on(two: Two) -> None:
    parent = two.begin()
    cases.suspend(two.place, two.play.actor("acceptor"), parent, "等文件")
    two.work()
    child = two.child(parent)
    assert two.play.rows(tables.case, tables.case.c.id == child) == []
    go_on(two, parent)
    assert two.open(child) == ["Task_fill"]
    held(two)


def test_jobs_that_come_late_or_twice_leave_it_as_its_caller_is(two: Two) -> None:
    parent, child = checked(two)
    acceptor, payload = two.play.actor("acceptor"), {"call": two.calls(parent)[0]["id"]}
    cases.suspend(two.place, acceptor, parent, "等文件")
    cases.resume(two.place, acceptor, parent, "文件已到")
    two.work()
    assert "case.suspended" not in two.kinds(child)
    stop(two, parent)
    for _ in range(2):
        HANDLERS["stand-call"](two.place, payload, lambda _transaction: None)
    assert two.kinds(child).count("case.suspended") == 1
    held(two)


def test_a_caller_that_ends_while_it_stands_ends_the_called_case(two: Two) -> None:
    parent, child = checked(two)
    stop(two, parent)
    cases.terminate(two.place, two.play.actor("acceptor"), parent, "协会已注销")
    two.work()
    assert not is_still(two, child)
    assert two.open(child) == ["Task_close"]
    held(two)


def test_one_that_ended_while_its_caller_stood_is_taken_when_that_goes_on(two: Two) -> None:
    parent, child = checked(two)
    cases.suspend(two.place, two.play.actor("acceptor"), parent, "等文件")
    two.do(child, "Task_check", {"verdict": "approved"})  # before the job came
    two.work()
    assert (two.play.row(child)["state"], two.calls(parent)[0]["state"]) == ("closed", "waiting")
    go_on(two, parent)
    assert two.open(parent) == ["Task_after"]
    held(two)


def test_one_that_has_told_its_outcome_is_on_its_own(play: Play) -> None:
    body = submit() + service("Tell", "answer-call", settings={"outcome": "=&quot;approved&quot;"})
    body += person("Task_rest", "check", "acceptor", state="served")
    body += '<exclusiveGateway id="Way" default="Way-End" />\n' + end("End", "rejected") + flow("Start", "Task_fill")
    body += flow("Task_fill", "Tell") + flow("Tell", "Task_rest") + flow("Task_rest", "Way") + flow("Way", "End")
    two = Two(play, made("inner", "核验事项", "NH", body, CALL), outer())
    parent = two.begin()
    two.work()
    child = two.child(parent)
    cases.suspend(two.place, play.actor("acceptor"), parent, "等文件")
    two.do(child, "Task_fill", {"org_name": "冷链协会", "note": ""})  # before the job came
    two.work()
    assert (is_still(two, child), two.open(child)) == (False, ["Task_rest"])
    go_on(two, parent)
    assert two.open(parent) == ["Task_after"]
    held(two)
