"""Who sees what of a case."""

from collections.abc import Callable

import pytest

from engine import cases
from engine.cases import Sight
from engine.errors import Forbidden, HuishenError, NotFound
from engine.store import tables
from tests.cases.playing import Play

STRANGERS = ["packaging", "joint-court", "party-general"]


def attachment_of(play: Play, case_id: str) -> str:
    return str(play.rows(tables.attachment, tables.attachment.c.case_id == case_id)[0]["id"])


def document_of(play: Play, case_id: str) -> str:
    return str(play.rows(tables.document, tables.document.c.case_id == case_id)[0]["id"])


LOOKS: list[Callable[[Play, str, str], object]] = [
    lambda play, login, case: cases.case_view(play.installation, play.office.actor(login), case),
    lambda play, login, case: cases.task_view(play.installation, play.office.actor(login), play.open(case)[0].id),
    lambda play, login, case: cases.attachment_file(
        play.installation, play.office.actor(login), attachment_of(play, case)
    ),
    lambda play, login, case: cases.document_file(play.installation, play.office.actor(login), document_of(play, case)),
    lambda play, login, case: cases.receive_document(
        play.installation, play.office.actor(login), document_of(play, case)
    ),
    lambda play, login, case: cases.withdraw(play.installation, play.office.actor(login), case, "不再申请"),
    lambda play, login, case: cases.reveal(
        play.installation, play.office.actor(login), case, play.rows(tables.personal)[0]["hash"], "核对身份"
    ),
]


@pytest.mark.parametrize("login", STRANGERS)
def test_a_stranger_is_told_that_there_is_no_such_case(play: Play, login: str) -> None:
    case_id = play.until("Task_party_initial")
    play.office.work_off()
    before = play.row(case_id)
    for look in LOOKS:
        with pytest.raises(NotFound):
            look(play, login, case_id)
    assert play.row(case_id) == before


def test_lists_hold_what_is_ones_own(play: Play) -> None:
    case_id = play.until("Task_accept")
    place = play.installation
    assert [row.id for row in cases.my_cases(place, play.actor("applicant"))] == [case_id]
    assert [row.case_id for row in cases.done(place, play.actor("applicant")).rows] == [case_id]
    assert [row.case_id for row in cases.inbox(place, play.actor("acceptor")).rows] == [case_id]
    for login in STRANGERS:
        stranger = play.office.actor(login)
        assert cases.my_cases(place, stranger) == ()
        assert cases.inbox(place, stranger).rows == cases.done(place, stranger).rows == ()
        assert cases.notifications(place, stranger) == ()


def test_the_association_reads_nothing_of_the_letters_that_go_to_others(play: Play) -> None:
    case_id = play.until("MI_joint_check")
    play.office.work_off()
    requests = play.rows(tables.document, tables.document.c.kind == "D04")
    assert requests and {row["state"] for row in requests} == {"issued"}
    view = cases.case_view(play.installation, play.actor("applicant"), case_id)
    assert [one.title for one in view.documents] == ["受理通知书"]
    assert [line.text for line in view.history if "生效" in line.text] == ["受理通知书：生效"]
    seen = cases.case_view(play.installation, play.actor("handler_a"), case_id)
    assert sum(line.text == "征求意见函：生效" for line in seen.history) == len(requests)


def test_nobody_but_the_association_sees_its_draft(play: Play) -> None:
    case_id = play.begin()
    assert cases.case_view(play.installation, play.actor("applicant"), case_id).state == "draft"
    for login in ("acceptor", "leader", *STRANGERS):
        with pytest.raises(NotFound):
            cases.case_view(play.installation, play.office.actor(login), case_id)


def test_a_consulted_unit_sees_its_own_request_and_nothing_else(play: Play) -> None:
    case_id = play.until("MI_joint_check")
    play.complete(play.task(case_id, "MI_joint_check", "discipline"))
    court, task = play.office.actor("joint-court"), play.task(case_id, "MI_joint_check", "court")
    view = cases.case_view(play.installation, court, case_id)
    assert view.sight is Sight.REQUEST
    assert (view.entries, view.attachments, view.findings, view.history, view.steps) == ((),) * 5
    addressed = {
        row["id"] for row in play.rows(tables.document) if row["addressee_id"] == court.posts[0].organisation_id
    }
    assert {one.id for one in view.documents} <= addressed
    assert [one.findings for one in view.items] == [()] * 3
    assert [one.result for one in view.items] == [None] * 3
    assert view.clocks is None
    assert [one.id for one in view.tasks] == [task.id]
    with pytest.raises(NotFound):
        cases.attachment_file(play.installation, court, attachment_of(play, case_id))


def test_a_consulted_unit_is_told_only_of_those_whom_it_is_asked_about(play: Play) -> None:
    case_id = play.until("MI_joint_check")

    def told(login: str) -> list[str]:
        view = cases.case_view(play.installation, play.office.actor(login), case_id)
        return [str(one.facts["post"]) for one in view.items]

    assert told("joint-court") == ["会长", "副会长", "秘书长"]
    assert told("joint-tax") == ["会长", "秘书长"]
    play.complete(play.task(case_id, "MI_joint_check", "tax"))
    assert told("joint-tax") == ["会长", "秘书长"]


def test_a_consulted_unit_still_reads_its_own_answer_later(play: Play) -> None:
    case_id = play.closed()
    view = cases.case_view(play.installation, play.office.actor("joint-court"), case_id)
    assert [(entry.node_id, entry.own) for entry in view.entries] == [("MI_joint_check", True)]
    assert [one.result for one in view.items] == [None] * 3
    assert [line.text for line in view.history] == ["逐人提出联审意见：办理完成"]
    with pytest.raises(HuishenError):
        cases.task_view(play.installation, play.office.actor("joint-court"), view.entries[0].id)


def test_a_consulted_unit_cannot_open_the_request_of_another(play: Play) -> None:
    case_id = play.until("MI_joint_check")
    other = play.task(case_id, "MI_joint_check", "discipline")
    with pytest.raises(HuishenError) as refused:
        cases.task_view(play.installation, play.office.actor("joint-court"), other.id)
    assert refused.value.code in {"case.not-found", "task.other-post"}


def test_the_party_organisation_sees_the_application_and_its_materials(play: Play) -> None:
    case_id = play.until("Task_party_initial")
    party = play.holder(play.open(case_id)[0].post)
    view = cases.case_view(play.installation, party, case_id)
    assert view.sight is Sight.MATERIALS
    assert [entry.node_id for entry in view.entries] == ["Task_submit"]
    assert len(view.attachments) == len(play.rows(tables.attachment))
    assert (view.documents, view.findings, view.clocks) == ((), (), None)
    assert cases.attachment_file(play.installation, party, view.attachments[0].id)[2].startswith(b"%PDF")


def test_the_association_learns_results_from_the_letter_in_effect_and_never_inner_reasons(play: Play) -> None:
    applicant = play.actor("applicant")
    case_id = play.until("Task_sign")
    before = cases.case_view(play.installation, applicant, case_id)
    assert [one.result for one in before.items] == [None] * 3
    assert {entry.node_id for entry in before.entries} == {"Task_submit"}
    assert {one.kind for one in before.documents} <= {"D01", "D08"}
    play.do(case_id, "Task_sign")
    signed = cases.case_view(play.installation, applicant, case_id)
    assert [one.result for one in signed.items] == [None] * 3
    play.do(case_id, "Task_seal")
    after = cases.case_view(play.installation, applicant, case_id)
    assert [one.result for one in after.items] == ["approved"] * 3
    texts = [line.text for line in after.history]
    assert not [text for text in texts if any(word in text for word in ("处长", "部务会", "联审", "拟办"))]
    assert all(line.by in {"", "系统", "罗知夏"} for line in after.history)


def test_the_department_sees_everything(play: Play) -> None:
    case_id = play.closed()
    view = cases.case_view(play.installation, play.actor("leader"), case_id)
    assert view.sight is Sight.FULL
    assert len(view.entries) == len(play.rows(tables.entry, tables.entry.c.case_id == case_id))
    assert len(view.history) == play.row(case_id)["event_seq"]
    assert {one.kind for one in view.documents} == {"D01", "D04", "D05", "D06", "D08", "D09", "D12"}
    assert view.clocks is not None


def test_a_post_that_runs_the_installation_sees_no_case(play: Play) -> None:
    case_id = play.until("Task_accept")
    play.new_person("keeper", "sysadmin")
    with pytest.raises(NotFound):
        cases.case_view(play.installation, play.office.actor("keeper"), case_id)


def test_the_form_of_a_task_is_for_its_post(play: Play) -> None:
    case_id = play.until("Task_accept")
    with pytest.raises(Forbidden) as refused:
        cases.task_view(play.installation, play.actor("handler_a"), play.open(case_id)[0].id)
    assert refused.value.code == "task.other-post"


def test_a_copy_tells_the_department_who_has_read_it_when_and_who_has_not(play: Play) -> None:
    case_id, place = play.until("Task_summary"), play.installation
    head, handler = play.also("clerk", "division_head"), play.actor("handler_a")
    both = {play.actor("division_head").name, head.name}
    post = next(one.id for one in head.posts if one.role == "division_head")
    cases.send_copy(place, handler, case_id, [post], "请阅")
    (copy,) = cases.case_view(place, handler, case_id).copies
    assert (copy.read, set(copy.unread)) == ((), both)
    assert cases.case_view(place, head, case_id).unread == 1
    play.later(minutes=5)
    assert cases.mark_read(place, head, case_id) == 1
    (copy,) = cases.case_view(place, handler, case_id).copies
    assert (copy.read, set(copy.unread)) == (((head.name, play.clock.now()),), both - {head.name})
    assert cases.case_view(place, head, case_id).unread == 0
    assert cases.case_view(place, play.actor("division_head"), case_id).unread == 1
    assert cases.case_view(place, play.actor("applicant"), case_id).copies == ()
