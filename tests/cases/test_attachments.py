"""Files beside a form."""

import pytest

from engine import cases
from engine.errors import HuishenError, Invalid
from engine.store import tables
from tests.cases.playing import Play


def test_the_same_bytes_twice_are_one_file(play: Play) -> None:
    task, applicant = play.task(play.begin(), "Task_submit"), play.actor("applicant")
    first = play.attach(applicant, task, "request", "申请.pdf")
    second = play.attach(applicant, task, "request", "申请.pdf")
    assert (first.added, second.added, first.id) == (True, False, second.id)
    assert len(play.rows(tables.attachment)) == 1


def test_a_file_taken_out_and_put_in_again_is_there(play: Play) -> None:
    case_id = play.begin()
    task, applicant = play.task(case_id, "Task_submit"), play.actor("applicant")
    file = play.attach(applicant, task, "request", "申请.pdf")
    cases.detach(play.installation, applicant, task.id, file.id)
    assert cases.case_view(play.installation, applicant, case_id).attachments == ()
    play.attach(applicant, task, "request", "申请.pdf")
    (view,) = cases.case_view(play.installation, applicant, case_id).attachments
    assert (view.id, view.name, view.media_type) == (file.id, "申请.pdf", "application/pdf")


@pytest.mark.parametrize(
    ("field", "data"),
    [("no_such_field", b"%PDF-1.4\n"), ("request", b"MZ\x90\x00"), ("request", b""), ("org_name", b"%PDF-1.4\n")],
)
def test_what_the_form_does_not_ask_for_is_refused(play: Play, field: str, data: bytes) -> None:
    task, applicant = play.task(play.begin(), "Task_submit"), play.actor("applicant")
    with pytest.raises(Invalid):
        cases.attach(play.installation, applicant, task.id, field, "申请.pdf", data)
    assert play.rows(tables.attachment) == []


def test_nobody_changes_the_files_of_a_form_that_was_submitted(play: Play) -> None:
    case_id = play.begin()
    task, applicant = play.task(case_id, "Task_submit"), play.actor("applicant")
    play.do(case_id, "Task_submit")
    file = play.rows(tables.attachment)[0]
    with pytest.raises(HuishenError):
        play.attach(applicant, task, "request", "另一份.pdf")
    with pytest.raises(HuishenError):
        cases.detach(play.installation, applicant, task.id, file["id"])
    assert play.rows(tables.attachment)[0] == file


def test_a_file_of_another_case_stays(play: Play) -> None:
    first, second = play.begin(), play.begin()
    applicant = play.actor("applicant")
    file = play.attach(applicant, play.task(first, "Task_submit"), "request", "申请.pdf")
    cases.detach(play.installation, applicant, play.task(second, "Task_submit").id, file.id)
    assert play.rows(tables.attachment)[0]["removed_at"] is None
