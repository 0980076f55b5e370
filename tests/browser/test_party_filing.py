"""A party filing through every hand, in a real browser: from the application to the yearly report and the archive."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from engine.store import tables
from tests.browser.conftest import Enter
from tests.browser.hands import Hands, declare
from tests.cases.playing import Play
from tests.installations import Office

pytestmark = pytest.mark.browser
TITLE = "党建工作“双管”备案"


def test_from_the_application_to_the_yearly_report(
    enter: Enter, office: Office, passwords: dict[str, str], tmp_path: Path
) -> None:
    play = Play(office, "PS01", "party_dual_filing")
    hands = Hands(enter, play, passwords, tmp_path)
    applicant = hands.desk("coldchain")
    applicant.open("/guide/party_dual_filing")
    applicant.shoot("party-guide")
    applicant.follow("开始申报")
    applicant.press("开始申报")
    answers = play.answers["Task_file"]
    hands.apply(applicant, play.values("Task_file"), answers["attachments"])
    applicant.shoot("party-task-list")
    declare(applicant, "party-check-answers")
    expect(applicant.page.get_by_role("heading", level=1)).to_have_text("申请已提交")
    applicant.shoot("party-submitted")
    hands.case_id = str(play.rows(tables.case)[0]["id"])
    hands.do("Task_lead", {"decision": "agree"}, shot="party-lead")
    hands.do("Task_co_review", {"decision": "agree"}, shot="party-co-review")
    hands.do("Task_approve", {"decision": "agree", "note": "集体研究同意。"}, shot="party-approve")
    hands.do("Task_register", shot="party-register")
    hands.sign("party-sign")
    hands.seal()
    hands.do("Task_serve", {"confirmed": True}, shot="party-serve")
    hands.days_pass(60)
    hands.do("Task_report", shot="party-report")
    hands.do("Task_report_check", {"decision": "accept"}, shot="party-report-check")
    hands.do("Task_archive", {"confirmed": True}, shot="party-archive")
    assert play.row(hands.case_id)["outcome"] == "approved"
    applicant = hands.desk("coldchain")
    applicant.open("/portal/")
    applicant.follow("党建工作备案")
    applicant.shoot("party-closed")
