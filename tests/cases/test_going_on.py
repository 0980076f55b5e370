"""A clock that moves, as a real one does, between any two looks at it."""

from dataclasses import replace
from datetime import datetime, timedelta

from engine import audit, cases
from engine.calendar import FixedClock
from tests.cases.playing import Play
from tests.installations import Office


class Ticking(FixedClock):
    """Every look at it is a little later than the one before."""

    def now(self) -> datetime:
        self.advance(timedelta(microseconds=7))
        return super().now()


def test_rows_and_record_tell_the_same_moments_however_time_goes_on(sqlite_office: Office) -> None:
    clock = Ticking(sqlite_office.clock.now())
    play = Play(Office(replace(sqlite_office.installation, clock=clock), clock))
    play.whole()
    waiting = play.until("MI_joint_check")
    task, head = play.task(waiting, "MI_joint_check"), play.actor("division_head")
    cases.claim(play.installation, play.holder(task.post), task.id)
    cases.release(play.installation, play.holder(task.post), task.id)
    cases.extend(play.installation, head, task.id, 3, "材料较多")
    cases.suspend(play.installation, head, waiting, "等省里答复")
    play.later(days=7)
    cases.resume(play.installation, head, waiting, "省里已答复")
    cases.withdraw(play.installation, play.actor("applicant"), waiting, "协会调整人选")
    reviewed = play.until("Task_head_review")
    held = play.task(reviewed, "Task_head_review")
    post = next(one for one in cases.task_view(play.installation, head, held.id).askable if one.title == "承办岗B")
    cases.add_review(play.installation, head, held.id, post.post_id, "after", "请看一看")
    play.complete(held)
    play.complete(next(one for one in play.open(reviewed) if one.id != held.id), {"opinion": "agree"})
    with play.reading() as transaction:
        found = [str(one) for _, differences in audit.replay(transaction) for one in differences]
    assert found == []
    assert play.faults() == []
