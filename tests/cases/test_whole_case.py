"""One case from the application to the service of the letter, and what its record says of it."""

import pytest

from engine import cases
from engine.cases import HANDLERS
from engine.store import tables
from engine.store.values import decode
from tests.cases.playing import WAY, Play


def test_a_case_goes_from_the_application_to_the_letter_that_is_served(play: Play) -> None:
    case = play.row(play.whole())
    assert (case["state"], case["outcome"]) == ("closed", "approved")
    documents = play.rows(tables.document, tables.document.c.case_id == case["id"])
    assert {row["kind"] for row in documents} == {"D01", "D04", "D05", "D06", "D08", "D09", "D12"}
    assert {row["state"] for row in documents} == {"issued"}


def test_every_chain_holds_after_a_whole_case(play: Play) -> None:
    play.closed()
    assert play.faults() == []


def test_a_whole_case_is_rebuilt_from_its_events(play: Play) -> None:
    """Letters signed and sealed, a notice issued and received, a task taken and put back, a file taken out."""
    case_id = play.begin()
    task, applicant = play.task(case_id, "Task_submit"), play.actor("applicant")
    file = play.attach(applicant, task, "request", "误传.pdf")
    cases.detach(play.installation, applicant, task.id, file.id)
    cases.claim(play.installation, applicant, task.id)
    cases.release(play.installation, applicant, task.id)
    for node in WAY:
        if node == "Task_sign":  # its page is opened a day before
            cases.prepare_documents(play.installation, play.actor("leader"), play.task(case_id, node).id)
            play.later(days=1)
        play.go(case_id, node)
    play.office.work_off()
    letter = next(row for row in play.rows(tables.document) if row["kind"] == "D06")
    cases.receive_document(play.installation, applicant, letter["id"])
    cases.revoke_document(play.installation, None, letter["number"], "内容有误")
    sent_back = play.until("Task_sign")
    cases.prepare_documents(play.installation, play.actor("leader"), play.task(sent_back, "Task_sign").id)
    back = play.task(sent_back, "Task_sign")
    cases.return_task(play.installation, play.actor("leader"), back.id, "Task_meeting", "登记有误")
    assert play.differences() == []


def test_a_changed_event_of_the_case_is_found(play: Play) -> None:
    case_id = play.until("Task_accept")
    play.tampered = True
    with play.writing() as transaction:
        transaction.execute(tables.event.update().where(tables.event.c.seq == 2).values(body="{}"))
    assert {(fault.chain, fault.seq, fault.code) for fault in play.faults()} == {(case_id, 2, "audit.changed")}


def test_the_events_alone_give_back_the_variables_the_open_tasks_and_the_state(play: Play) -> None:
    asked_again = play.until("Task_head_review")
    play.do(asked_again, "Task_head_review", {"decision": "redo_joint", "note_internal": "重新征求意见"})
    for case_id in (play.until("MI_joint_check"), asked_again, play.whole()):
        variables, opened, state = replayed(play, case_id)
        scopes = play.rows(tables.scope, tables.scope.c.case_id == case_id)
        assert variables == {row["path"]: decode(row["values"]) for row in scopes}
        assert opened == {task.id for task in play.open(case_id)}
        assert state == play.row(case_id)["state"]


def replayed(play: Play, case_id: str) -> tuple[dict[str, dict[str, object]], set[str], str]:
    variables: dict[str, dict[str, object]] = {}
    opened: set[str] = set()
    state = "draft"
    for _, body in play.events(case_id):
        for path in body.get("ended_scopes", ()):
            del variables[path]
        for path, written in body.get("variables", {}).items():
            variables.setdefault(path, {}).update(written)
        opened |= {one["task"] for one in body.get("opened", ())}
        opened -= {one["task"] for one in body.get("closed", ())}
        state = body.get("state", state)
    return variables, opened, state


def test_whoever_has_a_new_task_finds_a_notice_at_once(play: Play) -> None:
    case_id = play.until("Task_accept")
    acceptor = play.actor("acceptor")
    (post,) = acceptor.post_ids
    texts = [row["text"] for row in play.rows(tables.notification, tables.notification.c.post_id == post)]
    assert texts == [f"{play.row(case_id)['title']}：形式审查"]


def test_jobs_that_ran_leave_nothing_behind(play: Play) -> None:
    play.until("Task_party_initial")
    assert [row["name"] for row in play.rows(tables.job)] == ["issue-notice"]
    assert play.office.work_off() == 1
    assert play.rows(tables.job) == []


@pytest.mark.parametrize("again", [1, 2])
def test_a_notice_that_is_issued_already_is_left_alone(play: Play, again: int) -> None:
    play.until("Task_party_initial")
    play.office.work_off()
    (notice,) = play.rows(tables.document)
    for _ in range(again):
        HANDLERS["issue-notice"](play.installation, {"document": notice["id"]}, lambda _transaction: None)
    assert play.rows(tables.document) == [notice]
