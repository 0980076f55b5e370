"""A joint conference through every hand, in a real browser: topics, agenda, papers, replies, votes, minutes, what follows."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from engine.store import tables
from tests.browser.conftest import Enter
from tests.browser.hands import Hands, declare
from tests.cases.playing import Play, steps_of
from tests.installations import Office

pytestmark = pytest.mark.browser
TITLE = "行业协会商会改革发展联席会议"
PAPERS = {"papers": "会议材料.pdf"}


def test_from_the_topics_to_what_was_agreed(
    enter: Enter, office: Office, passwords: dict[str, str], tmp_path: Path
) -> None:
    play = Play(office, "JC01", "joint_conference")
    hands = Hands(enter, play, passwords, tmp_path)
    secretary = hands.desk("conference")
    secretary.follow(f"发起{TITLE}")
    secretary.shoot("conference-start")
    secretary.press("发起")
    hands.apply(secretary, play.values("Task_submit"), {})
    secretary.shoot("conference-task-list")
    declare(secretary)
    hands.case_id = str(play.rows(tables.case)[0]["id"])
    hands.do("Task_agenda", shot="conference-agenda")
    hands.do("Task_invite", {"confirmed": True, "attachments": PAPERS}, shot="conference-invite")
    unit = hands.open("MI_reply", "civil")
    expect(unit.page.get_by_text("会议材料.pdf").first).to_be_visible()
    hands.do_all("MI_reply", play.values("MI_reply"), shot="conference-reply")
    hands.days_pass(13)
    hands.do("Task_attendance", shot="conference-attendance")
    hands.do("Task_topic", answers(play, 0), shot="conference-votes")
    hands.do("Task_topic", answers(play, 1), shot="conference-heard")
    hands.do("Task_minutes", shot="conference-minutes")
    hands.do_all("MI_countersign", {"opinion": "agree"}, shot="conference-countersign")
    hands.sign("conference-sign")
    hands.do("Task_dispatch", {"confirmed": True}, shot="conference-dispatch")
    hands.do_all("Task_do", play.answers["Task_do"], shot="conference-do")
    closes = {"decision": "close", "rating": "满意", "note": "材料齐全。"}
    hands.do_all("Task_verify", closes, shot="conference-verify")
    hands.do("Task_archive", {"confirmed": True})
    assert play.row(hands.case_id)["outcome"] == "approved"


def answers(play: Play, turn: int) -> Mapping[str, Any]:
    """What is decided on one topic after the other."""
    return [values for node, values in steps_of(play.scenario, play.package) if node == "Task_topic"][turn]
