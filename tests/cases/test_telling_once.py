"""In every package a supplement is told once; the head allows another time, and only what was allowed counts."""

import pytest

from engine import cases
from engine.store import new_id
from tests.cases.playing import Play, steps_of
from tests.installations import Office

APPLICANTS = {"leader_review": "coldchain", "party_dual_filing": "coldchain", "federation_formation": "formation"}


@pytest.mark.parametrize("package", APPLICANTS)
def test_another_time_that_is_granted_counts_once_and_one_that_is_denied_does_not(
    package: str, sqlite_office: Office
) -> None:
    play = Play(sqlite_office, "told-twice", package)
    applicant = sqlite_office.actor(APPLICANTS[package])
    case_id = cases.start(play.installation, applicant, package, new_id()).case_id
    decided = []
    for node, values in steps_of("told-twice", package):
        play.answers = {node: values}
        play.do(case_id, node)
        noted = [body for kind, body in play.events(case_id) if kind == "case.noted"]
        if node == "Task_second_notice":
            decided.append(values["decision"])
        assert len(noted) <= decided.count("grant")
    assert decided == ["deny", "grant"]
    assert noted == [{"node": "Task_issue_supplement", "reason": "经授权再次出具补正通知书"}]
    assert play.faults() == []
