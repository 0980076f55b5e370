"""After an application ended without what was asked for, a new one begins with what it said."""

import pytest

from engine import cases
from engine.errors import Conflict, NotFound
from engine.store import tables
from tests.cases.called import Two, outer
from tests.cases.playing import Play
from tests.installations import Office
from tests.packages.small_package import person


def test_answers_files_and_numbers_go_along_and_a_second_click_finds_the_same_draft(play: Play) -> None:
    applicant, case_id = play.actor("applicant"), play.until("Task_accept")
    cases.withdraw(play.installation, applicant, case_id, "材料有变")
    play.complete(play.task(case_id, "Task_close"), {"confirmed": True})
    first, second = (cases.start_again(play.installation, applicant, case_id, "d" * 32) for _ in range(2))
    assert first == second
    view = cases.task_view(play.installation, applicant, first.task_id)
    answers = play.values("Task_submit")["candidates"]
    assert [one["name"] for one in view.values["candidates"]] == [one["name"] for one in answers]
    assert "***" in view.values["candidates"][0]["id_no"]["mask"]
    new, old = (
        {row["field"] for row in play.rows(tables.attachment, tables.attachment.c.case_id == one)}
        for one in (first.case_id, case_id)
    )
    assert new == old != set()
    started = play.events(first.case_id)[0][1]
    assert started["like"] == {"case": case_id, "number": play.row(case_id)["number"]}


def test_a_case_that_runs_and_a_case_of_others_are_refused(sqlite_office: Office) -> None:
    two = Two(Play(sqlite_office), outer(person("Call", "check", "acceptor")))
    case_id = two.begin()
    with pytest.raises(Conflict) as refused:
        cases.start_again(two.place, two.play.actor("applicant"), case_id, "d" * 32)
    assert refused.value.code == "case.not-ended"
    with pytest.raises(NotFound):
        cases.start_again(two.place, two.play.actor("packaging"), case_id, "d" * 32)
