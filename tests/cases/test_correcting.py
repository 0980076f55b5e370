"""A document in effect is corrected or issued anew: a new one by new signatures takes its place, and both stay."""

from collections.abc import Iterator
from typing import Any

import pytest

from engine import cases, documents
from engine.cases import Change
from engine.documents import filters
from engine.errors import Conflict, Forbidden, Invalid
from engine.store import tables
from tests.cases.playing import Play
from tests.cases.snapshots import brought
from tests.installations import Office

# The databases differ in locks and statements, which the first test and those of refusals go through on both.
WRONG, RIGHT = "选举后10个工作日内", "选举后十个工作日内"
REASON = "报送期限的写法有误"


@pytest.fixture
def desk(sqlite_office: Office) -> Iterator[Play]:
    """Where nothing depends on the database; the events alone give back every row afterwards."""
    made = Play(sqlite_office)
    yield made
    assert made.faults() == []
    assert made.differences() == []


def issued(play: Play, kind: str = "D06") -> dict[str, Any]:
    """The letter of a case that waits for its service, and its notice."""
    brought(play.installation, "served", lambda: _served(play))
    return next(row for row in play.rows(tables.document) if row["kind"] == kind)


def _served(play: Play) -> str:
    case_id = play.until("Task_serve")
    play.office.work_off()
    return case_id


def drafted(play: Play, old: dict[str, Any], changes: tuple[Change, ...] = (Change(WRONG, RIGHT),)) -> str:
    return cases.correct(
        play.installation, play.actor("handler_a"), old["id"], REASON, changes, play.office.proof("handler-a")
    )


def signed(play: Play, new: str) -> None:
    leader = play.actor("leader")
    cases.prepare_correction(play.installation, leader, new)
    shown = cases.dispatch_view(play.installation, leader, new).document.digest or ""
    cases.sign_correction(play.installation, leader, new, shown, play.office.proof("leader"))


def sealed(play: Play, new: str) -> None:
    cases.seal_correction(play.installation, play.actor("seal"), new, play.office.proof("seal"))


def rows(play: Play) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in play.rows(tables.document)}


def test_the_corrected_letter_takes_the_place_of_the_old_one_when_it_is_sealed(play: Play) -> None:
    old = issued(play)
    new = drafted(play, old)
    signed(play, new)
    assert rows(play)[old["id"]]["state"] == "issued", "until then the old one is in effect"
    sealed(play, new)
    after = rows(play)
    assert (after[old["id"]]["state"], after[new]["state"]) == ("superseded", "issued")
    assert after[new]["serial"] == max(row["serial"] for row in after.values() if row["authority"] == old["authority"])
    facts = cases.verify_code(play.installation, old["code"])
    assert facts is not None
    assert (facts.state, facts.replaced_by, facts.replaced_code, facts.reason) == (
        "superseded",
        after[new]["number"],
        after[new]["code"],
        REASON,
    )
    verdict = cases.verify_bytes(play.installation, play.installation.files.get(old["issued_sha256"]))
    assert verdict.code == "superseded"
    day = filters.day(play.clock.now())
    assert f"已于{day}被{after[new]['number']}更正代替，原因：报送期限的写法有误" in verdict.sentence
    assert cases.verify_bytes(play.installation, play.installation.files.get(after[new]["issued_sha256"])).code == (
        "ours.valid"
    )


def corrected(play: Play) -> tuple[dict[str, Any], dict[str, Any]]:
    """The old letter and the new one, which is in effect."""

    def brought_about() -> str:
        old = issued(play)
        new = drafted(play, old)
        signed(play, new)
        sealed(play, new)
        return str(old["case_id"])

    brought(play.installation, "corrected", brought_about)
    new = next(row for row in play.rows(tables.document) if row["replaces"])
    return rows(play)[new["replaces"]], new


def test_away_from_the_installation_the_signed_list_tells_what_took_over(desk: Play) -> None:
    old, new = corrected(desk)
    root = desk.installation.vault.root()
    listed = documents.read_register(cases.register_list(desk.installation), root)
    verdict = documents.verify_offline(desk.installation.files.get(old["issued_sha256"]), root, listed)
    assert verdict.code == "superseded"
    assert f"被{new['number']}更正代替" in verdict.sentence


def test_the_association_keeps_the_old_letter_and_gets_the_new_one(desk: Play) -> None:
    old, new = corrected(desk)
    applicant = desk.actor("applicant")
    view = cases.case_view(desk.installation, applicant, old["case_id"])
    found = {one.id: one.state for one in view.documents if one.kind == "D06"}
    assert found == {old["id"]: "superseded", new["id"]: "issued"}
    for one in (old, new):
        assert cases.document_file(desk.installation, applicant, one["id"])[1].startswith(b"%PDF")


def test_the_signer_and_the_sealer_are_told(desk: Play) -> None:
    corrected(desk)
    assert any("更正件等待签发" in one.text for one in cases.notifications(desk.installation, desk.actor("leader")))
    assert any("更正件等待用印" in one.text for one in cases.notifications(desk.installation, desk.actor("seal")))


def test_the_text_is_changed_word_for_word_and_nothing_else(desk: Play) -> None:
    old = issued(desk)
    new = drafted(desk, old)
    before, after = (
        cases.dispatch_view(desk.installation, desk.actor("leader"), one).document.text for one in (old["id"], new)
    )
    assert after == before.replace(WRONG, RIGHT)
    kind, body = desk.events(old["case_id"])[-1]
    assert (kind, body["changes"], body["number"]) == ("document.redrafted", [[WRONG, RIGHT]], old["number"])


def test_without_changes_the_same_text_is_issued_anew(desk: Play) -> None:
    old = issued(desk)
    new = drafted(desk, old, ())
    leader = desk.actor("leader")
    texts = {cases.dispatch_view(desk.installation, leader, one).document.text for one in (old["id"], new)}
    assert len(texts) == 1


def test_a_corrected_notice_is_sealed_by_the_same_act(play: Play) -> None:
    old = issued(play, "D01")
    new = drafted(play, old, (Change("材料齐全", "材料完整"),))
    play.office.work_off()
    after = rows(play)
    assert (after[old["id"]]["state"], after[new]["state"]) == ("superseded", "issued")
    assert "材料完整" in cases.dispatch_view(play.installation, play.actor("leader"), new).document.text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ((Change("没有这样的字句", "甲"),), "没有找到“没有这样的字句”"),
        ((Change(WRONG, WRONG),), "两者不同"),
        ((Change("  ", "甲"),), "写明原文"),
    ],
)
def test_a_change_that_changes_nothing_is_refused(desk: Play, changes: tuple[Change, ...], words: str) -> None:
    old = issued(desk)
    with pytest.raises(Invalid, match=words):
        drafted(desk, old, changes)
    assert not [row for row in desk.rows(tables.document) if row["replaces"]]


def test_a_second_correction_waits_for_the_first(play: Play) -> None:
    old = issued(play)
    first = drafted(play, old)
    with pytest.raises(Conflict, match="正在办理"):
        drafted(play, old)
    cases.drop_correction(play.installation, play.actor("handler_a"), first, "先不更正")
    drafted(play, old)


def test_a_dropped_correction_leaves_its_number_with_the_reason(desk: Play) -> None:
    old = issued(desk)
    new = drafted(desk, old)
    cases.prepare_correction(desk.installation, desk.actor("leader"), new)
    cases.drop_correction(desk.installation, desk.actor("handler_a"), new, "原文无误")
    row = rows(desk)[new]
    assert (row["number"] is not None, row["state"], row["reason"]) == (True, "voided", "原文无误")
    assert rows(desk)[old["id"]]["state"] == "issued"


def test_drafter_signer_and_sealer_are_three_persons_of_the_right_posts(desk: Play) -> None:
    old = issued(desk)
    new = drafted(desk, old)
    desk.also("handler-a", "bureau_leader")
    desk.also("leader", "seal_keeper")
    for login in ("handler-a", "head", "seal"):
        with pytest.raises(Forbidden):
            cases.prepare_correction(desk.installation, desk.office.actor(login), new)
    signed(desk, new)
    with pytest.raises(Forbidden):
        cases.seal_correction(desk.installation, desk.actor("leader"), new, desk.office.proof("leader"))
    sealed(desk, new)


def test_only_who_has_the_authority_and_proved_identity_drafts_or_revokes(desk: Play) -> None:
    old = issued(desk)
    clerk, leader = desk.actor("clerk"), desk.actor("leader")
    with pytest.raises(Forbidden):
        cases.correct(desk.installation, clerk, old["id"], REASON, (), desk.office.proof("clerk"))
    with pytest.raises(Forbidden):
        cases.revoke_in_register(desk.installation, clerk, old["id"], REASON, desk.office.proof("clerk"))
    with pytest.raises(Forbidden) as refused:
        cases.revoke_in_register(desk.installation, leader, old["id"], REASON, desk.office.proof("clerk"))
    assert refused.value.code == "identity.proof"
    cases.revoke_in_register(desk.installation, leader, old["id"], REASON, desk.office.proof("leader"))
    assert rows(desk)[old["id"]]["state"] == "revoked"


def test_what_was_revoked_meanwhile_is_not_replaced(desk: Play) -> None:
    old = issued(desk)
    new = drafted(desk, old)
    cases.revoke_document(desk.installation, None, old["number"], "整件撤销")
    with pytest.raises(Conflict, match="已经不是现行有效"):
        cases.prepare_correction(desk.installation, desk.actor("leader"), new)


def test_a_correction_under_way_is_not_swept_up_by_the_case(desk: Play) -> None:
    """The letters of the process are signed, sealed and voided by its tasks; a correction is none of them."""
    case_id = desk.until("Task_sign")
    desk.office.work_off()
    notice = next(row for row in desk.rows(tables.document) if row["kind"] == "D01")
    new = drafted(desk, notice, (Change("材料齐全", "材料完整"),))
    task = desk.task(case_id, "Task_sign")
    prepared = cases.prepare_documents(desk.installation, desk.actor("leader"), task.id)
    assert "D06" in {one.kind for one in prepared}
    assert new not in {one.id for one in prepared}
    desk.office.work_off()
    assert rows(desk)[new]["state"] == "issued"
