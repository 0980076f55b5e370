"""One member of the list is taken back alone; the others go on."""

import pytest

from engine import cases
from engine.errors import Conflict, Invalid, NotFound
from engine.store import tables
from tests.cases.playing import Play

REASON = "本人提出不再参加选举"


def withdraw(play: Play, case_id: str, key: str, login: str = "coldchain") -> None:
    cases.withdraw_item(play.installation, play.office.actor(login), case_id, key, REASON)


def names(play: Play, case_id: str, role: str) -> list[str]:
    return [one.label for one in cases.case_view(play.installation, play.actor(role), case_id).items]


def test_one_candidate_is_taken_back_and_the_others_go_on(play: Play) -> None:
    case_id = play.until("MI_joint_check")
    waiting = play.open(case_id)
    withdraw(play, case_id, "li")
    assert play.open(case_id) == waiting
    assert names(play, case_id, "handler_a") == names(play, case_id, "applicant") == ["陈海澜", "符明远"]
    for role in ("handler_a", "applicant"):
        view = cases.case_view(play.installation, play.actor(role), case_id)
        assert view.withdrawn_items == ("黎若川",)
        assert ("单独撤回：黎若川", REASON) in [(line.text, line.detail) for line in view.history]
    results = {row["item_key"]: row["result"] for row in play.rows(tables.outcome)}
    assert results == {"li": "withdrawn"}
    assert play.faults() == []


def test_whoever_is_last_is_not_taken_back_alone(play: Play) -> None:
    case_id = play.until("Task_accept")
    withdraw(play, case_id, "li")
    withdraw(play, case_id, "fu")
    view = cases.case_view(play.installation, play.actor("applicant"), case_id)
    assert (view.withdrawable, view.withdrawable_items) == (True, ())
    with pytest.raises(Conflict) as refused:
        withdraw(play, case_id, "chen")
    assert refused.value.code == "item.not-withdrawable"


@pytest.mark.parametrize("node", ["Task_publicise", "Task_sign"])
def test_after_the_decision_nobody_is_taken_back_alone(play: Play, node: str) -> None:
    case_id = play.until(node)
    assert cases.case_view(play.installation, play.actor("applicant"), case_id).withdrawable_items == ()
    with pytest.raises(Conflict):
        withdraw(play, case_id, "li")


def test_only_the_association_takes_back_and_says_why_and_once(play: Play) -> None:
    case_id = play.until("Task_accept")
    before = play.row(case_id)
    for login in ("acceptor", "packaging"):
        with pytest.raises(NotFound):
            withdraw(play, case_id, "li", login)
    with pytest.raises(Invalid):
        cases.withdraw_item(play.installation, play.actor("applicant"), case_id, "li", " ")
    with pytest.raises(Conflict):
        withdraw(play, case_id, "nobody")
    assert play.row(case_id) == before
    withdraw(play, case_id, "li")
    with pytest.raises(Conflict):
        withdraw(play, case_id, "li")
