"""What stands in a group of cases, and reminders to those who are late."""

import sqlalchemy as sa

from engine import cases
from engine.store import tables
from tests.cases.grouped import PACK, both, line, start, view
from tests.cases.playing import Play
from tests.installations import START


def test_the_group_tells_who_has_begun_submitted_and_is_late(play: Play) -> None:
    group_id = both(play).group_id
    assert {one.state for one in view(play, group_id).members} == {"untouched"}
    task = play.task(line(play, group_id, PACK).case_id, "Task_submit")
    cases.save_draft(play.installation, play.actor("packaging"), task.id, {"org_name": PACK}, 0)
    filling = line(play, group_id, PACK)
    assert (filling.state, filling.step, filling.light, filling.days) == ("filling", "正在填", "green", 14)
    play.do(line(play, group_id).case_id, "Task_submit")
    sent = line(play, group_id)
    assert (sent.state, sent.number, sent.days, sent.light) == ("submitted", "LR-2026-0001", 5, "green")
    play.later(days=21)
    late = line(play, group_id, PACK)
    assert (late.light, late.days) == ("red", -1)
    (listed,) = cases.groups(play.installation, play.office.actor("head"))
    assert (listed.count, listed.submitted, listed.closed) == (2, 1, 0)
    assert view(play, group_id).members[0].light == "red"


def test_a_group_without_a_day_has_no_light_before_submission(sqlite_play: Play) -> None:
    group_id = start(sqlite_play, "assoc_coldchain", due=None).group_id
    assert (line(sqlite_play, group_id).light, line(sqlite_play, group_id).days) == ("", 0)


def test_the_case_of_an_ended_application_is_told_with_its_result(sqlite_play: Play) -> None:
    play = sqlite_play
    group_id = start(play, "assoc_coldchain").group_id
    statement = sa.update(tables.case).values(state="closed", outcome="withdrawn", submitted_at=START)
    with play.writing() as transaction:
        transaction.execute(statement)
    assert line(play, group_id).step == "已办结：已撤回"
    assert view(play, group_id).counted("closed") == 1


def test_those_who_have_not_submitted_are_reminded_once_a_day(play: Play) -> None:
    group_id = both(play).group_id
    play.do(line(play, group_id).case_id, "Task_submit")
    handler = play.office.actor("handler-a")
    assert cases.remind_group(play.installation, handler, group_id) == 1
    assert cases.remind_group(play.installation, handler, group_id) == 0
    (told,) = [row for row in play.rows(tables.notification) if row["kind"] == "reminder"]
    assert told["case_id"] == line(play, group_id, PACK).case_id
    assert "还没有提交，2026年度换届，请填报，2026年12月11日前提交" in told["text"]
    play.later(days=21)
    assert cases.remind_group(play.installation, handler, group_id) == 1
    assert "已经过期" in play.rows(tables.notification)[-1]["text"]
    assert play.faults() == []
