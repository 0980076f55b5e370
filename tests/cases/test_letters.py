"""Letters and notices: numbered, signed as they were shown, in effect, received, revoked."""

from datetime import timedelta

import pytest

from engine import cases
from engine.cases import DocumentView
from engine.errors import Conflict, Forbidden, HuishenError, NotFound
from engine.store import tables
from tests.cases.playing import Open, Play


def register(play: Play) -> list[tuple[str, str | None, str]]:
    """Kind, number and state of the notice of acceptance and of the letter."""
    rows = [row for row in play.rows(tables.document) if row["kind"] in ("D01", "D06")]
    return [(row["kind"], row["number"], row["state"]) for row in rows]


def opened(play: Play, task: Open) -> tuple[DocumentView, dict[str, str]]:
    """The letter on the signing page, and all that the page shows."""
    found = cases.prepare_documents(play.installation, play.actor("leader"), task.id)
    return next(one for one in found if one.kind == "D06"), {one.id: one.digest or "" for one in found}


def to_sign(play: Play) -> tuple[str, Open]:
    case_id = play.until("Task_sign")
    play.office.work_off()
    return case_id, play.task(case_id, "Task_sign")


def test_a_draft_is_there_before_it_has_a_number(play: Play) -> None:
    case_id, _ = to_sign(play)
    assert register(play) == [("D01", "屿社工函〔2026〕1号", "issued"), ("D06", None, "drafted")]
    (draft,) = [one for one in play.rows(tables.document) if one["kind"] == "D06"]
    name, data = cases.document_file(play.installation, play.actor("handler_a"), draft["id"])
    assert name == "审核意见函（未签发）.pdf"
    assert data.startswith(b"%PDF")
    with pytest.raises(NotFound):
        cases.document_file(play.installation, play.actor("applicant"), draft["id"])
    view = cases.case_view(play.installation, play.actor("leader"), case_id)
    assert "同意陈海澜" in next(one.text for one in view.documents if one.kind == "D06")


def test_a_draft_can_be_taken_out_as_a_word_file_by_the_department_alone(play: Play) -> None:
    to_sign(play)
    (draft,) = [one for one in play.rows(tables.document) if one["kind"] == "D06"]
    name, data = cases.draft_file(play.installation, play.actor("handler_a"), draft["id"])
    assert name == "审核意见函（草稿，未签发）.docx"
    assert data.startswith(b"PK")
    with pytest.raises(NotFound):
        cases.draft_file(play.installation, play.actor("applicant"), draft["id"])


def test_the_signing_page_opened_twice_shows_the_same_number_and_bytes(play: Play) -> None:
    _, task = to_sign(play)
    first = cases.prepare_documents(play.installation, play.actor("leader"), task.id)
    second = cases.prepare_documents(play.installation, play.actor("leader"), task.id)
    assert [(one.number, one.digest) for one in first] == [(one.number, one.digest) for one in second]
    assert {(one.number, "rendered") for one in first} & {row[1:] for row in register(play)}


def test_on_another_day_the_number_stays_and_the_text_is_made_anew(play: Play) -> None:
    _, task = to_sign(play)
    first, before = opened(play, task)
    play.later(days=1)
    with pytest.raises(Conflict) as refused:
        play.complete(task, shown=before)
    assert refused.value.code == "document.not-today"
    second, after = opened(play, task)
    assert (first.number, first.dated) == (second.number, second.dated - timedelta(days=1) if second.dated else None)
    assert first.digest != second.digest
    with pytest.raises(Conflict) as refused:
        play.complete(task, shown=before)
    assert refused.value.code == "document.changed"
    assert play.complete(task, shown=after).state == "issuing"
    assert play.faults() == []


def test_what_was_not_shown_is_not_signed(play: Play) -> None:
    case_id, task = to_sign(play)
    cases.prepare_documents(play.installation, play.actor("leader"), task.id)
    with pytest.raises(Conflict):
        play.complete(task, shown={})
    assert register(play)[1][2] == "rendered"
    assert [one.node for one in play.open(case_id)] == ["Task_sign"]


def test_only_the_signer_opens_the_signing_page(play: Play) -> None:
    case_id, task = to_sign(play)
    with pytest.raises(Forbidden):
        cases.prepare_documents(play.installation, play.actor("seal_keeper"), task.id)
    other = play.begin()
    with pytest.raises(Forbidden) as refused:
        cases.prepare_documents(play.installation, play.actor("applicant"), play.open(other)[0].id)
    assert refused.value.code == "task.no-signing"
    assert register(play)[1][2] == "drafted"
    assert play.row(case_id)["state"] == "issuing"


def test_a_letter_in_effect_verifies_and_is_received_once(play: Play) -> None:
    case_id, applicant = play.closed(), play.actor("applicant")
    letter = next(one for one in cases.case_view(play.installation, applicant, case_id).documents if one.kind == "D06")
    name, data = cases.document_file(play.installation, applicant, letter.id)
    assert name == f"{letter.number} 审核意见函.pdf"
    assert cases.verify_bytes(play.installation, data).code == "ours.valid"
    facts = cases.verify_code(play.installation, (letter.code or "").lower().replace("-", " "))
    assert facts is not None
    assert (facts.number, facts.state, facts.sha256) == (letter.number, "issued", letter.digest)
    for _ in range(2):
        cases.receive_document(play.installation, applicant, letter.id)
    told = [body["document"] for kind, body in play.events(case_id) if kind == "document.received"]
    assert told.count(letter.id) == 1
    assert play.faults() == []


def test_a_revoked_letter_keeps_its_number_and_says_so(play: Play) -> None:
    case_id, applicant = play.closed(), play.actor("applicant")
    letter = next(one for one in cases.case_view(play.installation, applicant, case_id).documents if one.kind == "D06")
    _, data = cases.document_file(play.installation, applicant, letter.id)
    cases.revoke_document(play.installation, play.actor("leader").person_id, letter.number or "", "依据有误")
    assert cases.verify_bytes(play.installation, data).code == "revoked"
    facts = cases.verify_code(play.installation, letter.code or "")
    assert facts is not None
    assert (facts.state, facts.reason) == ("revoked", "依据有误")
    with pytest.raises(Conflict):
        cases.revoke_document(play.installation, None, letter.number or "", "再次撤销")
    with pytest.raises(NotFound):
        cases.revoke_document(play.installation, None, "屿社工函〔2026〕99号", "没有这份")
    assert play.faults() == []


def test_numbers_of_the_register_have_no_holes(play: Play) -> None:
    for _ in range(2):
        case_id, task = to_sign(play)
        cases.prepare_documents(play.installation, play.actor("leader"), task.id)
        cases.return_task(play.installation, play.actor("leader"), task.id, "Task_meeting", "登记有误")
        with pytest.raises(HuishenError):
            play.complete(task)
        for node in ("Task_meeting", "Task_sign", "Task_seal"):
            play.do(case_id, node)
    serials = sorted(row["serial"] for row in play.rows(tables.document) if row["authority"] == "屿社工函")
    (sequence,) = play.rows(tables.number_sequence, tables.number_sequence.c.authority == "屿社工函")
    assert serials == list(range(1, sequence["last"] + 1))
