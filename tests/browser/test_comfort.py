"""What the script adds, and what must hold for everybody: keyboard, large text, paper, forms that grow as they are filled."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import RESULTS, Desk, Enter
from tests.cases.playing import Play

pytestmark = pytest.mark.browser
TITLE = "南屿省冷链物流行业协会换届负责人人选审核"


def at_page(enter: Enter, play: Play, link: str) -> Desk:
    """An applicant at a page of a fresh application."""
    case_id = play.begin()
    applicant = enter("coldchain")
    applicant.open(f"/portal/tasks/{play.task(case_id, 'Task_submit').id}")
    applicant.follow(link)
    return applicant


def test_questions_appear_as_answers_call_for_them_and_typed_text_stays(enter: Enter, play: Play) -> None:
    applicant = at_page(enter, play, "协会基本信息")
    page = applicant.page
    page.get_by_label("协会名称").fill("南屿省冷链物流行业协会")
    expect(page.get_by_label("同意筹备文件号")).to_have_count(0)
    page.get_by_label("筹备中").check(force=True)
    expect(page.get_by_label("同意筹备文件号")).to_be_visible()
    expect(page.get_by_label("统一社会信用代码")).to_have_count(0)
    expect(page.get_by_label("协会名称")).to_have_value("南屿省冷链物流行业协会")
    expect(page.get_by_label("筹备中")).to_be_focused()
    page.get_by_label("直接登记").check(force=True)
    expect(page.get_by_label("统一社会信用代码")).to_be_visible()
    applicant.shoot("question-revealed")


def test_a_form_that_was_typed_comes_back_by_itself_after_signing_in(
    enter: Enter, play: Play, passwords: dict[str, str]
) -> None:
    applicant = at_page(enter, play, "联系人")
    page, url = applicant.page, applicant.page.url
    page.get_by_label("联系人姓名").fill("罗知夏")
    page.context.clear_cookies()
    applicant.press("保存并继续")
    applicant.shoot("sign-in-again")
    page.get_by_label("登录名").fill("coldchain")
    page.get_by_label("口令").fill(passwords["coldchain"])
    applicant.press("登录")
    expect(page.get_by_label("联系人姓名")).to_have_value("罗知夏")
    assert page.url == url
    applicant.shoot("question-restored")


def test_a_reviewer_decides_by_the_keyboard_alone(enter: Enter, play: Play) -> None:
    play.until("Task_summary")
    handler = enter("handler-a")
    page = handler.page
    expect(page.get_by_role("heading", level=1)).to_contain_text("待办")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    for number in ["1", "1", "2"]:
        page.keyboard.press("j")
        page.keyboard.press(number)
    expect(page.get_by_label("公开理由", exact=False)).to_have_count(1)
    assert page.locator("[data-person] input:checked").count() == 3
    page.keyboard.press("Control+Enter")
    expect(page.locator(".hs-errors")).to_be_focused()


def test_an_attachment_is_shown_beside_the_list(enter: Enter, play: Play) -> None:
    play.until("Task_accept")
    acceptor = enter("acceptor")
    acceptor.follow(TITLE)
    acceptor.follow("章程：章程.pdf")
    frame = acceptor.page.locator("object.hs-pdf")
    expect(frame).to_be_visible()
    assert not acceptor.faults
    acceptor.shoot("case-attachment")


def test_findings_and_a_supplement_are_readable_at_every_width(enter: Enter, play: Play) -> None:
    case_id = play.begin()
    play.files(case_id)
    values = play.candidates(terms_served=2) | {"explain_requested": True, "explanation": "另有批准"}
    play.complete(play.task(case_id, "Task_submit"), values)
    acceptor = enter("acceptor")
    acceptor.follow(TITLE)
    acceptor.shoot("case-findings")
    items = [
        {
            "_key": "1",
            "material": "财务审计报告",
            "problem": "未附审计报告",
            "requirement": "提交审计报告",
            "basis": "条例第二十七条",
        },
        {
            "_key": "2",
            "material": "理事会决议",
            "problem": "没有写明到会人数",
            "requirement": "重新提交决议",
            "basis": "材料清单第三项",
        },
    ]
    play.complete(play.task(case_id, "Task_accept"), {"decision": "supplement", "supplement_items": items})
    applicant = enter("coldchain")
    applicant.follow(TITLE)
    applicant.shoot("status-supplement")
    applicant.follow("补正材料")
    applicant.shoot("supplement")


def test_large_text_fits_the_narrowest_screen(enter: Enter, play: Play) -> None:
    play.until("Task_accept")
    acceptor = enter("acceptor")
    acceptor.page.wait_for_url("**/desk/")  # the page before has the same link
    acceptor.page.get_by_role("link", name="大字版").click()
    expect(acceptor.page.locator("html")).to_have_class(re.compile("hs-text-large"))
    acceptor.page.reload()
    expect(acceptor.page.locator("html")).to_have_class(re.compile("hs-text-large"))
    acceptor.shoot("inbox-large")
    acceptor.follow(TITLE)
    acceptor.shoot("case-large")


def test_on_paper_only_the_content_is_left(enter: Enter, play: Play) -> None:
    case_id = play.until("Task_accept")
    applicant = enter("coldchain")
    applicant.open(f"/portal/cases/{case_id}/answers")
    applicant.page.emulate_media(media="print")
    expect(applicant.page.locator(".hs-header")).to_be_hidden()
    expect(applicant.page.locator(".hs-back")).to_be_hidden()
    expect(applicant.page.get_by_text("陈海澜").first).to_be_visible()
    if applicant.pictures:
        applicant.page.screenshot(path=RESULTS / "answers-print.png", full_page=True)


def test_without_scripts_every_button_works(
    browser: object, enter: Enter, play: Play, passwords: dict[str, str]
) -> None:
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")  # type: ignore[attr-defined]
    plain = Desk(context, enter(None).site, pictures=False)
    plain.open("/session/sign-in")
    plain.page.get_by_label("登录名").fill("coldchain")
    plain.page.get_by_label("口令").fill(passwords["coldchain"])
    plain.press("登录")
    plain.follow("申报全省性行业协会商会负责人人选审核")
    plain.press("开始申报")
    plain.follow("协会基本信息")
    plain.page.get_by_label("协会名称").fill("南屿省冷链物流行业协会")
    plain.page.get_by_label("筹备中").check(force=True)
    plain.press("保存并继续")
    expect(plain.page.get_by_label("同意筹备文件号")).to_be_visible()
    context.close()


def test_what_one_does_beside_deciding_holds_on_every_width(enter: Enter, play: Play) -> None:
    case_id = play.until("MI_joint_check")
    head = enter("head")
    head.open(f"/desk/cases/{case_id}")
    expect(head.page.get_by_role("heading", name="正在办理")).to_be_visible()
    head.shoot("case-open")
    head.follow("增加会签单位")
    head.press("增加")
    expect(head.page.locator(".hs-errors")).to_be_focused()
    head.shoot("verb-error")
