"""Who may put files beside a form and take them away again, and under which names they are kept."""

import pytest

from engine import cases
from engine.errors import Forbidden, Invalid
from engine.store import tables
from tests.cases.playing import Play
from tests.installations import Office


def test_a_reviewer_cannot_remove_what_was_submitted(office: Office) -> None:
    play = Play(office)
    case_id = play.until("Task_accept")
    evidence = play.rows(tables.attachment, tables.attachment.c.case_id == case_id)
    task = play.task(case_id, "Task_accept")
    with pytest.raises(Forbidden) as refused:
        cases.detach(play.installation, play.holder(task.post), task.id, evidence[0]["id"])
    assert refused.value.code == "attachment.other-form"
    assert play.rows(tables.attachment, tables.attachment.c.case_id == case_id) == evidence


def test_an_applicant_who_removes_a_file_leaves_a_record(office: Office) -> None:
    play = Play(office)
    case_id = play.begin()
    task = play.task(case_id, "Task_submit")
    kept = play.attach(play.holder(task.post), task, "charter", "章程.pdf")
    cases.detach(play.installation, play.holder(task.post), task.id, kept.id)
    kind, body = play.events(case_id)[-1]
    assert (kind, body["sha256"]) == ("attachment.removed", kept.sha256)
    assert play.faults() == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../a/章程.pdf", "章程.pdf"),
        ("a\r\nb.pdf", "ab.pdf"),
        ("甲\u202e乙.pdf", "甲乙.pdf"),
        ("..\\x.pdf", "x.pdf"),
    ],
)
def test_names_of_files_are_kept_without_paths_and_control_characters(office: Office, given: str, kept: str) -> None:
    play = Play(office)
    task = play.task(play.begin(), "Task_submit")
    assert play.attach(play.holder(task.post), task, "charter", given).name == kept


def test_a_file_for_a_row_with_a_strange_key_is_refused(office: Office) -> None:
    play = Play(office)
    task = play.task(play.begin(), "Task_submit")
    with pytest.raises(Invalid):
        play.attach(play.holder(task.post), task, 'candidates/"><script>/registration', "a.pdf")


@pytest.mark.parametrize("place", ["2026-01-01~x", "x~y", "9999-12-31T23:59:59-23:59~" + "0" * 32])
def test_an_address_that_no_list_has_is_refused(office: Office, place: str) -> None:
    with pytest.raises(Invalid):
        cases.inbox(office.installation, office.actor("acceptor"), place)
