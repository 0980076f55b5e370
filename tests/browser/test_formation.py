"""A federation in a real browser: the intent, the application, consultation, the decision, and a preparation begun."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from engine.store import tables
from tests.browser.conftest import Enter
from tests.browser.hands import Hands, declare
from tests.cases.playing import Play
from tests.installations import Office

pytestmark = pytest.mark.browser


def test_from_the_intent_to_the_preparation(
    enter: Enter, office: Office, passwords: dict[str, str], tmp_path: Path
) -> None:
    play = Play(office, "FS01", "federation_formation")
    hands = Hands(enter, play, passwords, tmp_path)
    group = hands.desk("formation")
    group.open("/guide/federation_formation")
    group.shoot("formation-guide")
    group.follow("开始申报")
    group.press("开始申报")
    hands.case_id = str(play.rows(tables.case)[0]["id"])
    hands.do("Task_intent", shot="formation-intent")
    expect(group.page.get_by_text("填报组建意向：已办理")).to_be_visible()
    answers: Mapping[str, Any] = play.answers["Task_apply"]
    hands.apply(group, play.values("Task_apply"), answers["attachments"])
    group.shoot("formation-task-list")
    declare(group, "formation-check-answers")
    expect(group.page.get_by_role("heading", level=1)).to_have_text("申请已提交")
    hands.do("Task_accept", shot="formation-accept")
    hands.do("Task_send", shot="formation-send")
    hands.do("MI_consult", {"opinion": "agree"}, "development", shot="formation-consult")
    for task in [one for one in play.open(hands.case_id) if one.node == "MI_consult"]:
        play.complete(task, {"opinion": "agree"})  # as the one above did, without the browser
    hands.do("Task_summary", shot="formation-summary")
    hands.do("Task_meeting", shot="formation-meeting")
    hands.sign("formation-sign")
    hands.seal()
    hands.do("Task_serve", shot="formation-serve")
    hands.do("Task_members", shot="formation-members")
    hands.do("Task_charter")
    group.open(f"/portal/cases/{hands.case_id}")
    group.shoot("formation-preparing")
