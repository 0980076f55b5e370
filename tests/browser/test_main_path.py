"""One application through every hand, in a real browser: from the guide to the verified letter."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from engine import cases
from engine.store import tables
from tests.browser.conftest import Desk, Enter
from tests.browser.hands import choose, declare, fill, go_on
from tests.cases.playing import Play

pytestmark = pytest.mark.browser
TITLE = "南屿省冷链物流行业协会换届负责人人选审核"


def fill_application(desk: Desk, play: Play, folder: Path) -> None:
    answers, names = play.values("Task_submit"), play.answers["Task_submit"]["attachments"]
    home = desk.page.url
    desk.follow("协会基本信息")
    while desk.page.url != home:
        go_on(desk, answers, {}, folder)
    for candidate in answers["candidates"]:
        fill_candidate(desk, home, candidate, names, folder)
    desk.page.goto(home)
    desk.shoot("task-list")
    desk.follow("协会出具的材料")
    desk.shoot("materials")
    go_on(desk, answers, {name: file for name, file in names.items() if "/" not in name}, folder)


def fill_candidate(desk: Desk, home: str, candidate: dict[str, Any], names: dict[str, str], folder: Path) -> None:
    desk.page.goto(home)
    desk.page.get_by_role("link", name="人选").and_(desk.page.get_by_text("添加")).first.click()
    desk.press("添加一名", exact=False)
    own = {key.rsplit("/", 1)[1]: file for key, file in names.items() if f"/{candidate['_key']}/" in key}
    while "/candidates/" in desk.page.url:
        go_on(desk, candidate, own, folder)


def choose_all(page: Page, ending: str, value: str) -> None:
    """The same answer for every person of a decision form."""
    for control in page.locator(f"main input[name$='{ending}'][value='{value}']").all():
        choose(control)


def object_in_public(nobody: Desk) -> None:
    """Somebody without an account reads what is made public, and objects."""
    nobody.open("/public")
    nobody.shoot("publicities")
    nobody.follow(TITLE)
    nobody.shoot("publicity")
    nobody.follow("对符明远提出异议")
    nobody.press("提交异议")
    expect(nobody.page.locator(".hs-errors")).to_be_focused()
    nobody.shoot("objection-errors")
    nobody.page.get_by_label("异议的事实和理由").fill("反映其任职期间有违规报销的情况，请组织核实。")
    nobody.press("提交异议")
    expect(nobody.page.get_by_role("heading", level=1)).to_have_text("异议已收到")
    nobody.shoot("objected")


def handle_objection(enter: Enter) -> None:
    """The handler opens the sealed objection for a reason and judges it, a second person confirms."""
    handler = enter("handler-a")
    handler.follow(TITLE)
    handler.follow("查看内容")
    handler.page.get_by_label("为什么要查看").fill("核实异议")
    handler.press("查看并记录")
    expect(handler.page.get_by_text("违规报销")).to_be_visible()
    handler.shoot("objection-read")
    handler.open("/desk/")
    handler.follow(TITLE)
    choose(handler.page.get_by_label("不成立", exact=True))
    handler.page.get_by_label("核实经过和依据").fill("已函询原单位，查无此事。")
    handler.shoot("case-objection")
    handler.press("提交核实结果")
    second = enter("handler-b")
    second.follow(TITLE)
    choose(second.page.locator("main input[value='confirm']"))
    second.press("提交意见")


def test_from_the_guide_to_the_verified_letter(
    enter: Enter, play: Play, passwords: dict[str, str], tmp_path: Path
) -> None:
    nobody = enter(None)
    nobody.open("/")
    nobody.shoot("offers")
    nobody.follow("全省性行业协会商会负责人人选审核")
    nobody.shoot("guide")
    nobody.follow("登录")
    nobody.shoot("sign-in")
    nobody.press("登录")
    nobody.shoot("sign-in-errors")

    applicant = enter("coldchain")
    applicant.shoot("applications-empty")
    applicant.follow("申报全省性行业协会商会负责人人选审核")
    applicant.shoot("start")
    applicant.press("开始申报")
    applicant.shoot("task-list-empty")
    home = applicant.page.url
    applicant.follow("选举日期")
    applicant.page.get_by_label("年").fill("2026")
    applicant.page.get_by_label("月").fill("13")
    applicant.press("保存并继续")
    expect(applicant.page.locator(".hs-errors")).to_be_focused()
    applicant.shoot("question-error")
    applicant.page.goto(home)
    fill_application(applicant, play, tmp_path)
    applicant.page.goto(home)
    applicant.shoot("task-list-done")
    applicant.follow("添加或删除人选")
    applicant.shoot("list-of-candidates")
    applicant.page.goto(home)
    applicant.follow("陈海澜")
    applicant.shoot("candidate-page")
    applicant.page.goto(home)
    declare(applicant, "check-answers")
    expect(applicant.page.get_by_role("heading", level=1)).to_have_text("申请已提交")
    applicant.shoot("confirmation")

    acceptor = enter("acceptor")
    acceptor.shoot("inbox")
    acceptor.follow(TITLE)
    acceptor.shoot("case-accept")
    fill(acceptor.page, {"decision": "accept"}, {}, tmp_path)
    acceptor.page.get_by_label("登录口令").fill(passwords["acceptor"])
    acceptor.press("提交意见")
    expect(acceptor.page.get_by_text("已办理")).to_be_visible()
    with ThreadPoolExecutor(1) as aside:  # the browser's loop runs in this thread, and signing needs one of its own
        aside.submit(play.office.work_off).result()

    party = enter("party-logistics")
    party.follow(TITLE)
    party.shoot("case-party")
    fill(party.page, play.values("Task_party_initial"), {}, tmp_path)
    party.press("提交意见")
    case_id = str(play.rows(tables.case)[0]["id"])
    sender = enter("handler-a")
    sender.follow(TITLE)
    choose_all(sender.page, "-channel", "system")
    sender.page.get_by_label("登录口令").fill(passwords["handler-a"])
    sender.press("发出征求意见")
    with ThreadPoolExecutor(1) as aside:
        aside.submit(play.office.work_off).result()
    checker = enter("joint-court")
    checker.follow(TITLE)
    choose_all(checker.page, "-opinion", "none")
    checker.shoot("case-joint")
    checker.press("提交意见")
    for task in play.open(case_id):
        other = enter(play.holder(task.post).login)
        other.open(f"/desk/tasks/{task.id}")
        choose_all(other.page, "-opinion", "none")
        other.press("提交意见")

    handler = enter("handler-a")
    handler.follow(TITLE)
    choose_all(handler.page, "-suggestion", "approved")
    fill(handler.page, {"summary_internal": "经核验和联审，建议同意。"}, {}, tmp_path)
    handler.shoot("case-summary")
    handler.press("提交意见")
    expect(handler.page.get_by_text("已办理")).to_be_visible()
    applicant.open(f"/portal/cases/{case_id}")
    applicant.shoot("status-waiting")

    head = enter("head")
    head.follow(TITLE)
    fill(head.page, {"decision": "agree"}, {}, tmp_path)
    head.shoot("case-head")
    head.press("提交意见")
    secretary = enter("secretary")
    secretary.follow(TITLE)
    fill(secretary.page, play.values("Task_meeting"), {}, tmp_path)
    for ending, votes in [("-agree", "8"), ("-against", "0"), ("-abstain", "0")]:
        for control in secretary.page.locator(f"main input[name$='{ending}']").all():
            control.fill(votes)
    choose_all(secretary.page, "-result", "approved")
    secretary.shoot("case-meeting")
    secretary.page.get_by_label("登录口令").fill(passwords["secretary"])
    secretary.press("登记会议结果")
    expect(secretary.page.get_by_text("已办理")).to_be_visible()

    with ThreadPoolExecutor(1) as aside:
        aside.submit(play.office.work_off).result()

    clerk = enter("clerk")
    clerk.follow(TITLE)
    clerk.page.get_by_role("checkbox").press("Space")
    clerk.page.get_by_label("登录口令").fill(passwords["clerk"])
    clerk.shoot("case-publicise")
    clerk.press("发布公示")
    object_in_public(nobody)
    handle_objection(enter)
    play.later(days=8)
    cases.fire_timers(play.installation)

    leader = enter("leader")
    leader.follow(TITLE)
    leader.shoot("sign-before")
    leader.press("取号并生成待签文本")
    leader.page.get_by_role("checkbox").press("Space")
    leader.shoot("sign")
    leader.page.get_by_label("登录口令").fill(passwords["leader"])
    leader.press("签名", exact=False)
    leader.page.wait_for_url("**/desk/")

    keeper = enter("seal")
    keeper.follow(TITLE)
    keeper.page.get_by_role("checkbox").press("Space")
    keeper.page.get_by_label("登录口令").fill(passwords["seal"])
    keeper.shoot("seal")
    keeper.press("用印", exact=False)
    keeper.page.wait_for_url("**/desk/")

    clerk = enter("clerk")  # whoever was signed in eight days ago is so no longer
    clerk.follow(TITLE)
    fill(clerk.page, {"served_by": "站内送达"}, {}, tmp_path)
    for label, text in [("年", "2026"), ("月", "12"), ("日", "1")]:
        clerk.page.get_by_label(label, exact=True).fill(text)
    clerk.shoot("case-serve")
    clerk.press("登记送达")
    clerk.follow("已办")
    clerk.shoot("done")
    clerk.follow(TITLE)
    clerk.shoot("case-served")

    applicant = enter("coldchain")
    applicant.page.wait_for_url("**/portal/")
    applicant.shoot("applications")
    applicant.follow(TITLE)
    applicant.shoot("status-closed")
    with applicant.page.expect_download() as coming:
        applicant.follow("下载 审核意见函")
    letter = tmp_path / "letter.pdf"
    coming.value.save_as(letter)
    applicant.press("审核意见函", exact=False)
    expect(applicant.page.get_by_text("签收").first).to_be_visible()

    nobody.open("/verify")
    nobody.shoot("verify")
    nobody.page.get_by_label("选择要验的 PDF 文件").set_input_files(letter)
    nobody.press("开始验真")
    expect(nobody.page.get_by_role("heading", level=1)).to_contain_text("真实有效")
    nobody.shoot("verdict")
