"""Returns, withdrawal, and what time makes due."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from engine import cases
from engine.errors import Conflict, Forbidden, Invalid, NotFound
from engine.store import tables
from tests.cases.playing import Play
from tests.cases.together import together
from tests.installations import Office


def documents(play: Play, kind: str) -> list[tuple[str, str | None, str]]:
    rows = play.rows(tables.document, tables.document.c.kind == kind)
    return [(row["state"], row["number"], row["reason"]) for row in rows]


def next_timer(play: Play) -> datetime:
    moments: list[datetime] = [row["due_at"] for row in play.rows(tables.timer, tables.timer.c.state == "armed")]
    return min(moments)


# --- returns ---


def test_a_return_goes_to_the_node_and_voids_the_letter_with_its_number_and_the_reason(play: Play) -> None:
    case_id = play.until("Task_sign")
    task, leader = play.task(case_id, "Task_sign"), play.actor("leader")
    letter = next(one for one in cases.prepare_documents(play.installation, leader, task.id) if one.kind == "D06")
    cases.return_task(play.installation, leader, task.id, "Task_meeting", "登记有误")
    assert [one.node for one in play.open(case_id)] == ["Task_meeting"]
    assert documents(play, "D06") == [("voided", letter.number, "退回：登记有误")]
    assert ("document.voided", letter.number) in [(kind, body.get("number")) for kind, body in play.events(case_id)]
    play.do(case_id, "Task_meeting")
    prepared = cases.prepare_documents(play.installation, leader, play.task(case_id, "Task_sign").id)
    again = next(one for one in prepared if one.kind == "D06")
    assert again.number and again.number != letter.number
    assert play.faults() == []


def test_a_return_needs_a_reason_and_a_way(play: Play) -> None:
    case_id = play.until("Task_sign")
    task, leader = play.task(case_id, "Task_sign"), play.actor("leader")
    with pytest.raises(Invalid):
        cases.return_task(play.installation, leader, task.id, "Task_summary", " ")
    with pytest.raises(Forbidden):
        cases.return_task(play.installation, leader, task.id, "Task_accept", "重新受理")
    with pytest.raises(Forbidden):
        cases.return_task(play.installation, play.actor("seal_keeper"), task.id, "Task_meeting", "登记有误")
    assert [one.id for one in play.open(case_id)] == [task.id]


def test_what_was_returned_cannot_be_completed(play: Play) -> None:
    case_id = play.until("Task_sign")
    task, leader = play.task(case_id, "Task_sign"), play.actor("leader")
    cases.return_task(play.installation, leader, task.id, "Task_meeting", "登记有误")
    with pytest.raises(Conflict) as refused:
        cases.complete(play.installation, leader, task.id, {"confirmed": True}, 0, play.office.proof("leader"))
    assert refused.value.code == "task.done"


# --- withdrawal ---


def test_a_withdrawal_ends_every_open_task_and_leads_to_the_closing(play: Play) -> None:
    case_id = play.until("MI_joint_check")
    asked = {task.id for task in play.open(case_id)}
    cases.withdraw(play.installation, play.actor("applicant"), case_id, "协会调整人选")
    rows = play.rows(tables.task, tables.task.c.id.in_(asked))
    assert {row["state"] for row in rows} == {"cancelled"}
    assert {row["state"] for row in play.rows(tables.timer)} == {"dropped"}
    assert [task.node for task in play.open(case_id)] == ["Task_close"]
    assert play.rows(tables.scope, tables.scope.c.case_id == case_id, tables.scope.c.path != "") == []
    play.complete(play.open(case_id)[0], {"confirmed": True})
    case = play.row(case_id)
    assert (case["state"], case["outcome"], documents(play, "D13")[0][0]) == ("closed", "withdrawn", "reserved")
    play.office.work_off()
    assert documents(play, "D13")[0][0] == "issued"
    assert play.faults() == []


def test_a_withdrawal_after_the_decision_is_refused(play: Play) -> None:
    case_id = play.until("Task_sign")
    with pytest.raises(Conflict) as refused:
        cases.withdraw(play.installation, play.actor("applicant"), case_id, "协会调整人选")
    assert refused.value.code == "case.not-withdrawable"
    assert not cases.case_view(play.installation, play.actor("applicant"), case_id).withdrawable


def test_only_the_association_withdraws(play: Play) -> None:
    case_id = play.until("Task_accept")
    for login in ("acceptor", "packaging"):
        with pytest.raises(NotFound):
            cases.withdraw(play.installation, play.office.actor(login), case_id, "协会调整人选")
    assert cases.case_view(play.installation, play.actor("applicant"), case_id).withdrawable


def test_of_an_answer_and_a_withdrawal_at_the_same_time_both_count_or_the_answer_is_told(play: Play) -> None:
    case_id = play.until("MI_joint_check")
    task = play.open(case_id)[0]

    def answer() -> str:
        try:
            play.complete(task)
        except Conflict as error:
            return error.code
        return "answered"

    def withdraw() -> str:
        cases.withdraw(play.installation, play.actor("applicant"), case_id, "协会调整人选")
        return "withdrawn"

    answered, withdrawn = together(answer, withdraw)
    (row,) = play.rows(tables.task, tables.task.c.id == task.id)
    assert withdrawn == "withdrawn"
    assert (answered, row["state"]) in {("answered", "completed"), ("task.cancelled", "cancelled")}
    assert [one.node for one in play.open(case_id)] == ["Task_close"]
    assert play.faults() == []


# --- timers ---


def test_nothing_fires_before_its_time(play: Play) -> None:
    play.until("MI_joint_check")
    play.clock.set(next_timer(play) - timedelta(seconds=1))
    assert cases.fire_timers(play.installation) == 0


def test_what_is_due_fires_once_and_reminds_whoever_has_not_answered(play: Play) -> None:
    case_id = play.until("MI_joint_check")
    play.complete(play.task(case_id, "MI_joint_check", "court"))
    late = {task.post for task in play.open(case_id)}
    play.clock.set(next_timer(play))
    assert cases.fire_timers(play.installation) == 1
    assert cases.fire_timers(play.installation) == 0
    assert [state for state, _, _ in documents(play, "D14")] == ["issued"]
    reminded = [row["post_id"] for row in play.rows(tables.notification) if row["text"].startswith("催办单")]
    assert sorted(reminded) == sorted(late)
    assert [row["state"] for row in play.rows(tables.timer)].count("fired") == 1


def test_clocks_of_several_processes_fire_once(play: Play) -> None:
    play.until("MI_joint_check")
    play.clock.set(next_timer(play))
    assert sum(together(*[lambda: cases.fire_timers(play.installation)] * 3)) == 1
    assert len(documents(play, "D14")) == 1
    assert play.faults() == []


def test_a_case_that_cannot_go_on_holds_up_no_other(play: Play) -> None:
    damaged, whole = play.until("MI_joint_check"), play.until("MI_joint_check")
    play.tampered = True
    with play.writing() as transaction:
        transaction.execute(tables.case.update().where(tables.case.c.id == damaged).values(engine_state=b"\x01damaged"))
    play.clock.set(next_timer(play) + timedelta(days=1))
    assert cases.fire_timers(play.installation) == 1
    (slip,) = play.rows(tables.document, tables.document.c.kind == "D14")
    assert slip["case_id"] == whole
    assert play.rows(tables.timer, tables.timer.c.case_id == damaged, tables.timer.c.state == "armed")


def test_no_more_cases_than_asked_for_are_fired_in_one_look(play: Play) -> None:
    for _ in range(3):
        play.until("MI_joint_check")
    play.clock.set(next_timer(play) + timedelta(days=1))
    assert [cases.fire_timers(play.installation, limit=2) for _ in range(3)] == [2, 1, 0]


def test_timers_are_dropped_when_everybody_has_answered(play: Play) -> None:
    case_id = play.until("MI_joint_check")
    play.do(case_id, "MI_joint_check")
    assert {row["state"] for row in play.rows(tables.timer)} == {"dropped"}
    play.later(days=60)
    assert cases.fire_timers(play.installation) == 0


def test_a_supplement_that_never_came_lets_the_case_lapse(play: Play) -> None:
    case_id = play.until("Task_accept")
    items = [{"material": "财务审计报告", "problem": "未附", "requirement": "提交报告", "basis": "第二十七条"}]
    play.complete(play.open(case_id)[0], {"decision": "supplement", "supplement_items": items})
    assert [task.node for task in play.open(case_id)] == ["Task_supplement"]
    play.clock.set(next_timer(play))
    assert cases.fire_timers(play.installation) == 1
    play.complete(play.task(case_id, "Task_close"), {"confirmed": True})
    assert play.row(case_id)["outcome"] == "lapsed"


def test_due_timers_are_found_by_an_index(sqlite_office: Office) -> None:
    play = Play(sqlite_office)
    play.until("MI_joint_check")
    seen: list[tuple[str, Any]] = []
    with play.watching(lambda statement, parameters: seen.append((statement, parameters))):
        cases.fire_timers(play.installation)
    (look,) = [one for one in seen if "FROM timer" in one[0]]
    with play.reading() as transaction:
        plan = transaction.exec_driver_sql(f"EXPLAIN QUERY PLAN {look[0]}", look[1]).all()
    assert [row[-1] for row in plan] == ["SEARCH timer USING INDEX ix_timer_due (due_at<?)"]
