"""A federation in a real browser: from the intent to the preparation, and from there to the registered association."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from engine import cases
from engine.store import new_id, tables
from tests.browser.conftest import Enter
from tests.browser.hands import Hands, declare
from tests.cases.playing import Play, steps_of
from tests.installations import Office

pytestmark = pytest.mark.browser
NAME = "南屿省现代物流产业联合会"
FEW = {"members_unit": 28}  # fewer than thirty
FILLED = [{"key": "F201", "note": "又有7家单位入会，共35家。"}]
ROLL = {"members_list": "会员名册.pdf"}
UNKNOWN = {
    "term_end": date(2032, 1, 19),
    "attachments": {"certificate": "登记证书.pdf", "seal_sample": "印章式样.pdf"},
}
REGISTERED = {
    "reg_result": "granted",
    "reg_name": NAME,
    "reg_uscc": "51990000500000023D",
    "reg_no": "屿社证字第7号",
    "reg_date": date(2027, 2, 1),
}


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
    unit = hands.open("Task_summary").page.get_by_role("row", name="省交通运输厅")
    expect(unit.get_by_text("同意", exact=True)).to_be_visible()
    hands.do("Task_summary", shot="formation-summary")
    hands.do("Task_meeting", shot="formation-meeting")
    hands.sign("formation-sign")
    hands.seal()
    hands.do("Task_serve", shot="formation-serve")
    group.open(f"/portal/cases/{hands.case_id}")
    group.shoot("formation-preparing")


def test_from_the_preparation_to_the_registered_association(
    enter: Enter, office: Office, passwords: dict[str, str], tmp_path: Path
) -> None:
    play = Play(office, "FS01", "federation_formation")
    hands = Hands(enter, play, passwords, tmp_path)
    hands.aside(lambda: prepare(hands))
    hands.do("Task_members", play.values("Task_members") | FEW | {"attachments": ROLL}, shot="formation-members")
    hands.do("Task_charter", shot="formation-charter")
    hands.do("Task_funds", shot="formation-funds")
    hands.do("Task_premises", shot="formation-premises")
    hands.aside(lambda: play_called(hands, "Call_leaders"))
    hands.aside(lambda: play_called(hands, "Call_party"))
    hands.days_pass(1)
    hands.do("Task_gaps", {"gap_notes": FILLED, "members_unit": 35}, shot="formation-gaps")
    hands.days_pass(39)  # the tenth of January, ten days before the assembly
    hands.do("Task_plan", shot="formation-plan")
    hands.days_pass(11)
    hands.do("Task_assembly", shot="formation-assembly")
    hands.do("Task_assembly_check", shot="formation-assembly-check")
    hands.days_pass(12)
    hands.do("Task_registration", REGISTERED, shot="formation-registration")
    known = hands.open("Task_filing").page.locator("[name=party_no]")
    expect(known).to_have_value("党建〔2026〕7号")  # as the registration and the assembly: not typed again
    hands.do("Task_filing", UNKNOWN, shot="formation-filing")
    hands.do("Task_filing_check", shot="formation-filing-check")
    hands.do("Task_archive", shot="formation-archive")
    assert play.row(hands.case_id)["outcome"] == "approved"
    (made,) = play.rows(tables.organisation, tables.organisation.c.id == play.row(hands.case_id)["organisation_id"])
    assert (made["kind"], made["name"], made["uscc"]) == ("association", NAME, REGISTERED["reg_uscc"])
    group = hands.desk("formation")
    group.open(f"/portal/cases/{hands.case_id}")
    group.shoot("formation-closed")


def prepare(hands: Hands) -> None:
    """The case as it stands when the preparation begins, by the commands."""
    play = hands.play
    actor = play.actor("formation")
    hands.case_id = cases.start(play.installation, actor, play.package, new_id()).case_id
    for node, _ in steps_of(play.scenario, play.package):
        if node == "Task_members":
            break
        play.do(hands.case_id, node)
        play.office.work_off()


def play_called(hands: Hands, call: str) -> None:
    """A called case from its beginning to what it tells the federation, by the commands: it has a walk of its own."""
    office, scenario, package = hands.play.office, hands.play.scenario, hands.play.package
    played = Play(office, scenario, package, call)
    case_id = called_case(hands, call)
    for node, _ in steps_of(scenario, package, call):
        played.do(case_id, node)
        if node == "Task_publicise":
            played.follow(case_id, node)
        office.work_off()


def called_case(hands: Hands, call: str) -> str:
    (row,) = hands.play.rows(tables.call, tables.call.c.case_id == hands.case_id, tables.call.c.node_id == call)
    return str(row["child_id"])
