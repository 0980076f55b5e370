"""Files beside a form."""

import pytest

from engine import cases
from engine.errors import HuishenError, Invalid, NotFound
from engine.identity import Actor
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


def supplement_asked(play: Play) -> tuple[str, str]:
    """A case that waits for a supplement, and the key of its one item's file."""
    case_id = play.until("Task_accept")
    items = [{"material": "财务审计报告", "problem": "未附", "requirement": "提交报告", "basis": "第二十七条"}]
    play.complete(play.open(case_id)[0], {"decision": "supplement", "supplement_items": items})
    task = play.task(case_id, "Task_supplement")
    asked = cases.task_view(play.installation, play.actor("applicant"), task.id).context.scope["supplement_items"]
    return case_id, f"answers/{asked[0]['_key']}/file"


def test_a_file_beside_a_supplement_is_the_associations_own_until_it_is_sent(play: Play) -> None:
    case_id, field = supplement_asked(play)
    task, applicant, acceptor = play.task(case_id, "Task_supplement"), play.actor("applicant"), play.actor("acceptor")
    file = play.attach(applicant, task, field, "审计报告.pdf")

    def seen_by(actor: Actor) -> set[str]:
        return {one.id for one in cases.case_view(play.installation, actor, case_id).attachments}

    assert file.id in seen_by(applicant)
    assert cases.attachment_file(play.installation, applicant, file.id)[0] == "审计报告.pdf"
    assert file.id not in seen_by(acceptor)
    with pytest.raises(NotFound):
        cases.attachment_file(play.installation, acceptor, file.id)
    row = {"key": field.split("/")[1], "answer": "已补交"}
    play.complete(task, {"answers": [row]})
    assert file.id in seen_by(acceptor)
    assert cases.attachment_file(play.installation, acceptor, file.id)[0] == "审计报告.pdf"


def test_a_file_that_was_submitted_stays_evidence_when_a_later_form_drops_it(play: Play) -> None:
    """Every entry keeps the files with which it was submitted."""
    case_id, field = supplement_asked(play)
    task, applicant, acceptor = play.task(case_id, "Task_supplement"), play.actor("applicant"), play.actor("acceptor")
    first = play.attach(applicant, task, field, "审计报告.pdf")
    row = {"key": field.split("/")[1], "answer": "已补交"}
    play.complete(task, {"answers": [row]})
    items = [{"material": "财务审计报告", "problem": "缺页", "requirement": "重交", "basis": "第二十七条"}]
    play.complete(play.task(case_id, "Task_accept"), {"decision": "supplement", "supplement_items": items})
    entries = cases.case_view(play.installation, acceptor, case_id).entries
    (supplement,) = [one for one in entries if one.node_id == "Task_supplement"]
    names = [file["name"] for section in supplement.sections for row in section.rows for file in row.files]
    assert names == ["审计报告.pdf"]
    assert first.id in {one.id for one in cases.case_view(play.installation, acceptor, case_id).attachments}
