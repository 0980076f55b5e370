"""Terms that were estimated are counted again when the working days of their year are imported."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from engine import audit, cases, store
from engine.calendar import Arrangement, Day, end_of, local_date
from engine.cases import Imported, sentences
from engine.store import tables
from tests.cases.playing import Play
from tests.installations import Office

SOURCE = "国办发明电〔2026〕7号"
OFF = {date(2027, 1, day): Day(working=False, note="元旦") for day in (1, 2, 3)}
WORK = {date(2027, 1, 9): Day(working=True, note="元旦调休上班")}
YEAR = Arrangement(2027, SOURCE, {**OFF, **WORK})


@pytest.fixture
def office(sqlite_office: Office) -> Office:
    """Counting is the same on both databases; that its statements are, one test of its own shows."""
    return sqlite_office


@pytest.fixture
def late(play: Play) -> Play:
    """Monday 21 December 2026: ten working days lead into a year whose holidays nobody knows yet."""
    play.clock.set(datetime(2026, 12, 21, 1, tzinfo=UTC))
    return play


def imported(play: Play, arrangement: Arrangement = YEAR) -> Imported:
    done = cases.import_calendar(play.installation, arrangement)
    assert play.differences() == []
    assert play.faults() == []
    return done


def dues(play: Play, case_id: str) -> dict[str, tuple[date, bool]]:
    """By node: the day and whether it is estimated, of open tasks."""
    rows = play.rows(tables.task, tables.task.c.case_id == case_id, tables.task.c.state == "open")
    return {row["node_id"]: (local_date(row["due_at"]), row["due_estimated"]) for row in rows}


def timers(play: Play, case_id: str) -> dict[str, date]:
    rows = play.rows(tables.timer, tables.timer.c.case_id == case_id, tables.timer.c.state == "armed")
    return {row["node_id"]: local_date(row["due_at"]) for row in rows}


def test_an_import_moves_the_promise_the_tasks_and_the_timers_of_open_cases(late: Play) -> None:
    case_id = late.until("MI_joint_check")
    assert dues(late, case_id)["MI_joint_check"] == (date(2027, 1, 4), True)
    assert timers(late, case_id) == {"Timer_remind": date(2027, 1, 4)}
    assert (late.row(case_id)["due_on"], late.row(case_id)["due_estimated"]) == (date(2027, 2, 1), True)
    imported(late)
    assert dues(late, case_id)["MI_joint_check"] == (date(2027, 1, 5), False)
    assert timers(late, case_id) == {"Timer_remind": date(2027, 1, 5)}
    assert (late.row(case_id)["due_on"], late.row(case_id)["due_estimated"]) == (date(2027, 2, 1), False)


def test_on_postgresql_the_same_terms_move(postgres_office: Office) -> None:
    play = Play(postgres_office)
    play.clock.set(datetime(2026, 12, 21, 1, tzinfo=UTC))
    case_id = play.until("MI_joint_check")
    imported(play)
    assert dues(play, case_id)["MI_joint_check"] == (date(2027, 1, 5), False)
    assert timers(play, case_id) == {"Timer_remind": date(2027, 1, 5)}


def test_each_change_is_an_event_of_its_case_with_the_old_and_the_new_day(late: Play) -> None:
    case_id = late.until("MI_joint_check")
    done = imported(late)
    kind, body = late.events(case_id)[-1]
    assert (kind, body["source"]) == ("case.recounted", SOURCE)
    assert {(one["before"], one["due"]) for one in body["tasks"]} == {
        (end_of(date(2027, 1, 4)).astimezone(UTC), end_of(date(2027, 1, 5)).astimezone(UTC))
    }
    lines = list(sentences(done))
    number = late.row(case_id)["number"]
    assert f"{number}：到期未复 2027-01-04 改为 2027-01-05" in lines
    assert f"{number}：承诺时限 2027-02-01 不变" in lines
    view = cases.case_view(late.installation, late.actor("head"), case_id)
    assert view.history[0].text == "按新的工作日安排重算期限"


def test_what_fires_fires_at_its_new_moment(late: Play) -> None:
    case_id = late.until("MI_joint_check")
    imported(late)
    late.clock.set(end_of(date(2027, 1, 4)) + timedelta(hours=1))
    assert cases.fire_timers(late.installation) == 0
    late.clock.set(end_of(date(2027, 1, 5)) + timedelta(hours=1))
    assert cases.fire_timers(late.installation) == 1
    assert "Timer_remind" not in timers(late, case_id)
    assert imported(late).cases == ()


def test_the_same_import_again_changes_nothing_and_a_correction_moves_the_terms_again(late: Play) -> None:
    case_id = late.until("MI_joint_check")
    imported(late)
    again = imported(late)
    assert (again.changes, again.cases) == ((), ())
    more = {**OFF, date(2027, 1, 4): Day(working=False, note="元旦"), **WORK}
    imported(late, Arrangement(2027, "国办发明电〔2026〕8号", more))
    assert dues(late, case_id)["MI_joint_check"] == (date(2027, 1, 6), False)


def test_terms_that_end_before_the_year_and_closed_cases_are_left_alone(late: Play) -> None:
    closed = late.whole()
    draft = late.begin()
    before = late.events(closed), late.events(draft)
    assert imported(late).cases == ()
    assert (late.events(closed), late.events(draft)) == before


def test_a_term_that_somebody_set_otherwise_stays_and_is_named(late: Play) -> None:
    case_id = late.until("Task_summary")
    late.clock.set(datetime(2026, 12, 31, 1, tzinfo=UTC))
    extended, late.tampered = end_of(date(2027, 1, 20)), True
    with store.writing(late.installation.database) as transaction:
        which = (tables.task.c.case_id == case_id, tables.task.c.state == "open")
        transaction.execute(sa.update(tables.task).where(*which).values(due_at=extended))
    done = cases.import_calendar(late.installation, YEAR)
    assert dues(late, case_id)["Task_summary"][0] == date(2027, 1, 20)
    assert any("综合意见" in line and "保持不变" in line for line in sentences(done))


def test_the_import_stands_in_the_chain_of_the_installation(late: Play) -> None:
    imported(late)
    rows = late.rows(tables.event, tables.event.c.chain == audit.INSTALLATION)
    assert [row["kind"] for row in rows][-1] == "calendar.imported"
    assert SOURCE in rows[-1]["body"]


def test_a_pause_says_who_brought_it_about_and_on_what_ground(office: Office) -> None:
    play = Play(office, "LS09")
    case_id = play.until("MI_joint_check")
    opinions = {"court": "object"}
    for task in play.open(case_id):
        answer = opinions.get(task.item or "", "none")
        row = {"key": "chen", "label": "陈海澜，拟任会长", "opinion": answer, "reason_public": "现为失信被执行人"}
        play.complete(task, {"opinions": [row]})
    (paused,) = [body for kind, body in play.events(case_id) if kind == "promise.paused"]
    (pause,) = cases.case_view(play.installation, play.actor("head"), case_id).clocks.pauses
    assert (paused["reason"], paused["basis"], bool(paused["by"])) == ("verification", "逐条核实", True)
    assert (pause.reason, pause.by) == ("verification", paused["by"])
    play.do(case_id, "Task_verify")
    play.do(case_id, "Task_verify_confirm")
    assert [body["by"] for kind, body in play.events(case_id) if kind == "promise.resumed"] == ["韩立舟"]
    assert play.differences() == []
