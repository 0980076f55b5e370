"""What is made public, and what the public says of it: sealed, read by few, and on the record."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import Engine

from engine import cases
from engine.cases import Statement
from engine.errors import Conflict, Forbidden, Invalid, NotFound
from engine.store import tables
from engine.walkthrough import sample_page
from tests.cases.playing import Play

NAMED = Statement("反映其任职期间有违规报销，请核实。", "李某某", "020-0000000", (("凭证.pdf", sample_page("凭证")),))


@pytest.fixture
def office(sqlite_office: object) -> Iterator[object]:
    """One database is enough: what differs between them is not used here."""
    yield sqlite_office


@pytest.fixture
def shown(play: Play) -> cases.PublicityView:
    case_id = play.until("Task_publicise")
    play.do(case_id, "Task_publicise")
    (found,) = cases.publicities(play.installation)
    return found


def case_of(play: Play) -> str:
    (row,) = play.rows(tables.case)
    return str(row["id"])


def test_everybody_reads_the_fields_of_the_notice_and_no_others(play: Play, shown: cases.PublicityView) -> None:
    assert (shown.opened_on, shown.closes_on) == (date(2026, 11, 23), date(2026, 11, 30))
    assert shown.members[0] == {
        "key": "chen",
        "label": "陈海澜",
        "gender": "男",
        "birth": "1968年5月",
        "employer": "南屿恒溯冷链集团有限公司",
        "title": "董事长",
        "post": "会长",
    }
    play.later(days=8)
    cases.fire_timers(play.installation)
    assert cases.publicities(play.installation) == ()
    with pytest.raises(NotFound):
        cases.publicity_view(play.installation, shown.id)


def test_an_objection_is_sealed_and_opens_a_task_for_its_member(play: Play, shown: cases.PublicityView) -> None:
    cases.object_to(play.installation, shown.id, "fu", NAMED)
    case_id = case_of(play)
    assert [one.node for one in play.open(case_id)] == ["Task_objection"]
    (row,) = play.rows(tables.objection)
    assert (row["item_key"], row["named"], row["files"], row["state"]) == ("fu", True, 1, "open")
    engine: Engine = play.installation.database
    with engine.connect() as connection:
        everything = "\n".join(connection.connection.driver_connection.iterdump())  # type: ignore[union-attr]
    assert "李某某" not in everything
    assert "违规报销" not in everything
    files = [file.read_bytes() for file in (play.installation.folder / "files").rglob("*") if file.is_file()]
    assert files
    assert sample_page("凭证") not in files


def test_only_those_who_handle_objections_read_them_with_a_reason_on_record(
    play: Play, shown: cases.PublicityView
) -> None:
    identity = cases.object_to(play.installation, shown.id, "fu", NAMED)
    with pytest.raises(Forbidden):
        cases.read_objection(play.installation, play.actor("division_head"), identity, "想看看")
    with pytest.raises(NotFound):
        cases.read_objection(play.installation, play.actor("applicant"), identity, "想看看")
    handler = play.actor("handler_a")
    with pytest.raises(Invalid):
        cases.read_objection(play.installation, handler, identity, " ")
    said = cases.read_objection(play.installation, handler, identity, "核实异议")
    assert (said.name, said.text, [file.name for file in said.files]) == ("李某某", NAMED.text, ["凭证.pdf"])
    assert cases.objection_file(play.installation, handler, identity, 0)[2] == sample_page("凭证")
    assert [kind for kind, _ in play.events(case_of(play))].count("objection.read") == 2
    view = cases.case_view(play.installation, play.actor("division_head"), case_of(play))
    assert [(one.label, one.state_name) for one in view.objections] == [("符明远", "核实中")]
    assert not view.reads_objections


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (Statement("太短"), "objection.text"),
        (Statement("字" * 2001), "objection.text"),
        (Statement("反映其有违规报销的情况。", "李某某"), "objection.contact"),
        (Statement("反映其有违规报销的情况。", files=(("a.pdf", b"MZ"),)), "attachment.kind"),
        (Statement("反映其有违规报销的情况。", files=(("a.pdf", b"%PDF-1.4"),) * 4), "objection.files"),
    ],
)
def test_an_objection_that_says_nothing_or_too_much_is_refused(
    play: Play, shown: cases.PublicityView, said: Statement, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        cases.object_to(play.installation, shown.id, "fu", said)
    assert refused.value.code == code
    assert play.rows(tables.objection) == []


def test_after_the_last_day_nobody_can_object(play: Play, shown: cases.PublicityView) -> None:
    play.later(days=8)
    cases.fire_timers(play.installation)
    with pytest.raises(NotFound):
        cases.object_to(play.installation, shown.id, "fu", NAMED)


def test_a_case_that_is_terminated_is_not_public_any_more(play: Play, shown: cases.PublicityView) -> None:
    cases.terminate(play.installation, play.actor("bureau_leader"), case_of(play), "协会已注销")
    assert cases.publicities(play.installation) == ()


def test_each_lot_is_signed_by_itself(play: Play) -> None:
    case_id = play.until("Task_meeting")
    values = play.values("Task_meeting")
    votes = [dict(row) for row in values["resolutions"]]
    votes[1] |= {
        "result": "rejected",
        "agree": 0,
        "against": 8,
        "abstain": 0,
        "reason_public": "情况不实",
        "clause": "MZ166-4",
    }
    play.complete(play.task(case_id, "Task_meeting"), {**values, "resolutions": votes})
    first = play.task(case_id, "Task_sign")
    assert first.item == "1-不同意"
    play.complete(first)
    play.go(case_id, "Task_publicise")
    second = play.task(case_id, "Task_sign")
    leader = play.actor("bureau_leader")
    assert sorted(one.kind for one in cases.prepare_documents(play.installation, leader, second.id)) == ["D06", "D12"]
    play.do(case_id, "Task_seal")
    states = {row["kind"]: row["state"] for row in play.rows(tables.document) if row["signature"] == "two"}
    assert states == {"D07": "issued", "D06": "rendered", "D12": "rendered"}
    with pytest.raises(Conflict):
        play.complete(first)
