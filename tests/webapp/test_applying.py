"""An applicant fills in, checks and submits; what was typed is never lost."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from engine.walkthrough import sample_page
from tests.cases.playing import Play
from tests.installations import Office
from tests.webapp.visitor import Page, Visitor

Enter = Callable[[str], Visitor]


@pytest.fixture
def applicant(signed_in: Enter) -> Visitor:
    """At the task list of a fresh application."""
    someone = signed_in("coldchain")
    someone.follow("申报全省性行业协会商会负责人人选审核")
    someone.press("开始申报")
    return someone


def fields(values: dict[str, Any]) -> dict[str, Any]:
    """Answers as inputs: dates in their three parts."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        if hasattr(value, "year"):
            parts = {"year": value.year, "month": value.month, "day": value.day}
            found |= {f"{name}-{part}": str(number) for part, number in parts.items()}
        elif isinstance(value, bool):
            found[name] = "true" if value else None
        elif value is not None:
            found[name] = str(value)
    return found


def answered(page: Page, values: dict[str, Any]) -> dict[str, Any]:
    """Of these answers the ones that the page asks for."""
    asked = {one.get("name") for one in page.tree.iter("input", "textarea", "select")}
    return {name: value for name, value in fields(values).items() if name in asked}


def fill_page(someone: Visitor, values: dict[str, Any], files: dict[str, Any] | None = None) -> Page:
    """Answer the page, and what the answers call for, and go on."""
    before = someone.page.url
    chosen = {name: file for name, file in (files or {}).items() if someone.page.tree.xpath("//*[@name=$n]", n=name)}
    page = someone.press("保存并继续", chosen, **answered(someone.page, values))
    for _ in range(2):
        if page.url == before and not page.errors:
            page = someone.press("保存并继续", **answered(page, values))
    assert not page.errors, page.errors
    return page


def flat_rows(values: dict[str, Any]) -> dict[str, Any]:
    """Answers with the rows of their lists under the names of the inputs."""
    found = {name: value for name, value in values.items() if not isinstance(value, list)}
    for name, rows in values.items():
        if isinstance(rows, list) and rows and isinstance(rows[0], dict):
            for number, row in enumerate(rows):
                found |= {f"{name}-{number}-{key}": value for key, value in row.items() if not key.startswith("_")}
    return found


def fill_in(someone: Visitor, play: Play) -> None:
    """The whole application of the scenario, page by page, from the task list."""
    answers, names = play.values("Task_submit"), play.answers["Task_submit"]["attachments"]
    files = {name: (file, sample_page(file)) for name, file in names.items() if "/" not in name}
    home = someone.page.url
    someone.follow("协会基本信息")
    while someone.page.url != home:
        fill_page(someone, answers, files)
    for candidate in answers["candidates"]:
        fill_candidate(someone, home, candidate, names)
    someone.open(home)
    someone.follow("协会出具的材料")
    while someone.page.url != home:
        fill_page(someone, answers, files)


def fill_candidate(someone: Visitor, home: str, candidate: dict[str, Any], names: dict[str, str]) -> None:
    someone.open(home)
    someone.follow("人选")
    someone.press("添加一名")
    own = {name.rsplit("/", 1)[1]: file for name, file in names.items() if f"/{candidate['_key']}/" in name}
    files = {name: (file, sample_page(file)) for name, file in own.items()}
    while "/candidates/" in someone.page.url:
        for name, rows in candidate.items():
            if isinstance(rows, list) and someone.page.tree.xpath("//*[@id=$n]", n=name):
                for number in range(len(rows)):
                    if not someone.page.tree.xpath("//*[@name=$n]", n=f"{name}-{number}-_row"):
                        someone.press("添加一", **answered(someone.page, flat_rows(candidate)))
        fill_page(someone, flat_rows(candidate), files)


def test_the_double_click_on_begin_gives_one_application(signed_in: Enter) -> None:
    someone = signed_in("coldchain")
    someone.follow("申报全省性行业协会商会负责人人选审核")
    form = someone.page
    first = someone.press("开始申报").url
    someone.page = form
    assert someone.press("开始申报").url == first


def test_another_association_begins_nothing_in_this_name(signed_in: Enter) -> None:
    reviewer = signed_in("acceptor")
    reviewer.open("/portal/start/leader_review")
    assert reviewer.press("开始申报").status == 403


def test_the_task_list_says_what_is_done_and_what_is_lacking(applicant: Visitor) -> None:
    assert "已完成 0 项" in applicant.page.text
    applicant.follow("协会基本信息")
    applicant.press("保存并离开", org_name="南屿省冷链物流行业协会")
    assert "进行中" in applicant.page.text
    assert "还差：" in applicant.page.text
    assert "暂不能开始" in applicant.page.text


def test_what_the_department_knows_of_the_association_is_there_already(applicant: Visitor) -> None:
    page = applicant.follow("协会基本信息")
    assert (page.value("org_name"), page.value("uscc")) == ("南屿省冷链物流行业协会", "51990000MJ000000XN")


def test_a_wrong_answer_is_named_at_the_top_and_beside_the_field_and_stays(applicant: Visitor) -> None:
    applicant.follow("选举日期")
    typed = {"election_date-year": "2026", "election_date-month": "13", "election_date-day": "28"}
    page = applicant.press("保存并继续", **typed)
    assert page.status == 422
    assert page.title.startswith("错误：")
    assert page.part("hs-error").removeprefix("错误：") == page.errors[0]
    assert page.value("election_date-month") == "13"
    link = page.tree.find_class("hs-errors")[0].find(".//a").get("href")
    assert page.tree.get_element_by_id(link.removeprefix("#")).get("aria-invalid") == "true"


def test_one_question_is_the_title_of_its_page(applicant: Visitor) -> None:
    page = applicant.follow("选举日期")
    assert page.heading == "拟在哪一天选举"
    assert page.tree.find(".//h1").getparent().tag == "legend"


def test_leaving_saves_even_what_does_not_hold_yet(applicant: Visitor) -> None:
    applicant.follow("选举日期")
    applicant.press("保存并离开", **{"election_date-year": "2026", "election_date-month": "13"})
    assert "有问题" in applicant.page.text
    assert applicant.follow("选举日期").value("election_date-month") == "13"


def test_answers_that_call_for_others_show_them(applicant: Visitor) -> None:
    applicant.follow("协会基本信息")
    page = applicant.press("保存并继续", org_name="南屿省冷链物流行业协会", reg_type="筹备中", industry="物流")
    assert page.status == 200
    assert "还要填写：同意筹备文件号" in page.text
    assert page.value("approval_no") == ""


def test_a_file_is_judged_by_its_content(applicant: Visitor) -> None:
    applicant.follow("协会出具的材料")
    page = applicant.press("保存并继续", {"charter": ("章程.pdf", b"MZ not a pdf at all, whatever its name")})
    assert page.status == 422
    assert any("章程.pdf" in error for error in page.errors)
    page = applicant.press("保存并离开", {"charter": ("章程.pdf", sample_page("章程"))})
    assert "章程.pdf" in applicant.follow("协会出具的材料").text


def test_an_uploaded_file_can_be_opened_and_taken_out(applicant: Visitor) -> None:
    applicant.follow("协会出具的材料")
    data = sample_page("章程")
    applicant.press("保存并离开", {"charter": ("章程.pdf", data)})
    applicant.follow("协会出具的材料")
    here = applicant.page
    assert applicant.follow("章程.pdf").data == data
    applicant.page = here
    assert "章程.pdf" not in applicant.press("删除章程.pdf").text


def test_items_are_added_and_removed_by_buttons(applicant: Visitor) -> None:
    applicant.follow("添加人选")
    applicant.press("添加一名")
    home = applicant.page.url
    applicant.press("保存并离开", name="陈海澜")
    applicant.follow("添加或删除人选")
    assert "陈海澜" in applicant.page.text
    assert applicant.open(home).value("name") == "陈海澜"
    applicant.follow("返回填报目录")
    applicant.follow("添加或删除人选")
    assert "陈海澜" not in applicant.press("删除：陈海澜").text


def test_a_personal_number_comes_back_masked_only(applicant: Visitor) -> None:
    applicant.follow("联系人")
    applicant.press("保存并继续", contact_name="罗知夏", contact_mobile="13800000026")
    page = applicant.follow("联系人")
    assert "138****0026" in page.text
    assert "13800000026" not in page.response.get_data(as_text=True)
    applicant.press("保存并继续", contact_name="罗知夏")
    assert "138****0026" in applicant.follow("联系人").text


def test_a_page_older_than_a_save_keeps_the_typed_text_and_says_what_differs(applicant: Visitor) -> None:
    applicant.follow("联系人")
    stale = applicant.page
    applicant.press("保存并继续", contact_name="罗知夏", contact_mobile="13800000026")
    applicant.page = stale
    page = applicant.press("保存并继续", contact_name="杜若溪", contact_mobile="13800000026")
    assert page.status == 409
    assert "联系人姓名：已保存的是“罗知夏”，本页是“杜若溪”" in page.text
    assert page.value("contact_name") == "杜若溪"
    applicant.press("保存并继续", contact_mobile="13800000026")
    assert applicant.follow("联系人").value("contact_name") == "杜若溪"


def test_what_was_typed_survives_the_end_of_the_session(applicant: Visitor, passwords: dict[str, str]) -> None:
    applicant.follow("联系人")
    url = applicant.page.url
    applicant.forget_session()
    asked = applicant.press("保存并继续", contact_name="罗知夏", contact_mobile="13800000026")
    assert asked.status == 401
    assert "没有丢失" in asked.text
    for place in [asked.response.get_data(as_text=True), str(asked.response.headers), asked.url]:
        assert "罗知夏" not in place
        assert "13800000026" not in place
    applicant.press("登录", login="coldchain", password="wrong")
    applicant.press("登录", login="coldchain", password=passwords["coldchain"])
    page = applicant.press("回到刚才的页面")
    assert page.url == url
    assert "刚才填的内容还在" in page.text
    assert page.value("contact_name") == "罗知夏"
    applicant.press("保存并继续")
    assert applicant.follow("联系人").value("contact_name") == "罗知夏"


def test_nobody_else_gets_what_was_typed(applicant: Visitor, passwords: dict[str, str]) -> None:
    applicant.follow("联系人")
    applicant.forget_session()
    applicant.press("保存并继续", contact_name="罗知夏", contact_mobile="13800000026")
    page = applicant.press("登录", login="packaging", password=passwords["packaging"])
    assert "罗知夏" not in page.response.get_data(as_text=True)


def test_what_was_typed_is_kept_for_an_hour(applicant: Visitor, passwords: dict[str, str], office: Office) -> None:
    applicant.follow("联系人")
    applicant.forget_session()
    applicant.press("保存并继续", contact_name="罗知夏", contact_mobile="13800000026")
    office.clock.advance(timedelta(hours=2))
    page = applicant.press("登录", login="coldchain", password=passwords["coldchain"])
    assert "回到刚才的页面" not in page.text


@pytest.fixture
def complete(applicant: Visitor, play: Play) -> Iterator[Visitor]:
    """At the task list of an application with everything filled in."""
    home = applicant.page.url
    fill_in(applicant, play)
    applicant.open(home)
    yield applicant


def test_a_whole_application_is_checked_declared_and_submitted(complete: Visitor) -> None:
    page = complete.follow("核对并提交")
    for words in ["南屿省冷链物流行业协会", "2027年1月15日", "陈海澜", "138****0026", "章程.pdf"]:
        assert words in page.text
    assert "990000196805120015" not in page.text
    undeclared = complete.press("声明并提交")
    assert undeclared.status == 422
    assert undeclared.errors
    page = complete.press("声明并提交", declaration="true")
    assert page.heading == "申请已提交"
    assert "LR-2026-0001" in page.part("hs-panel")
    assert "2026年11月30日前" in page.text
    assert "预估" in page.text
    assert "LR-2026-0001" in complete.follow("查看办理进度").text


def test_every_answer_can_be_changed_from_the_check_page(complete: Visitor) -> None:
    complete.follow("核对并提交")
    page = complete.follow("更改：联系人的联系人姓名")
    assert page.value("contact_name") == "罗知夏"
    complete.press("保存并继续", contact_name="杜若溪", contact_mobile="13800000026")
    assert "杜若溪" in complete.follow("核对并提交").text


def test_who_begins_a_second_application_of_a_kind_is_shown_the_one_that_runs(applicant: Visitor) -> None:
    applicant.open("/portal/")
    page = applicant.follow("申报全省性行业协会商会负责人人选审核")
    assert "你单位已有同类申请在办" in page.text
    assert "草稿" in page.text
    assert "已有同类申请" not in applicant.open("/portal/start/party_dual_filing").text
