"""What reviewers do beside deciding, on their pages."""

from collections.abc import Callable

import pytest

from tests.cases.playing import Play
from tests.webapp.test_desk import TITLE, at
from tests.webapp.visitor import Visitor

Enter = Callable[[str], Visitor]


def test_a_task_is_transferred_from_the_menu_of_its_page(play: Play, signed_in: Enter) -> None:
    someone = at(play, signed_in, "Task_accept", "acceptor")
    someone.follow("转办")
    refused = someone.press("转办", reason="")
    assert refused.status == 422
    assert refused.errors == ["请填写转办的原因。"]
    someone.press("转办", reason="受理岗外出")
    assert "已转办" in someone.page.text
    other = signed_in("handler-b")
    assert TITLE in other.page.text
    assert "转办：受理岗外出" in other.page.text


def test_a_reviewer_is_asked_answers_and_the_holder_goes_on(play: Play, signed_in: Enter) -> None:
    head = at(play, signed_in, "Task_head_review", "head")
    head.follow("加签")
    to = next(one.get("value") for one in head.page.tree.xpath("//input[@name='to']") if "承办岗B" in label(head, one))
    head.press("加签", to=[to], position="before", reason="请核对依据")
    head.open("/desk/")
    head.follow(TITLE)
    waits = head.press("提交意见", decision="agree")
    assert any("前加签意见没有答复" in error for error in waits.errors)
    reviewer = signed_in("handler-b")
    reviewer.follow(TITLE)
    assert "请核对依据" in reviewer.page.text
    reviewer.press("提交意见", opinion="disagree")
    reviewer.press("提交意见", opinion="disagree", disagreement="依据不足")
    head.open("/desk/")
    head.follow(TITLE)
    assert "加签意见：处长审核" in head.page.section("opinions")
    assert "依据不足" in head.page.section("opinions")
    assert "已办理" in head.press("提交意见", decision="agree").text


def label(someone: Visitor, control: object) -> str:
    identity = control.get("id")  # type: ignore[attr-defined]
    return "".join(someone.page.tree.xpath("//label[@for=$id]", id=identity)[0].itertext())


def test_the_head_reminds_extends_and_stops_from_the_page_of_the_case(play: Play, signed_in: Enter) -> None:
    case_id = play.until("Task_summary")
    head = signed_in("head")
    head.open(f"/desk/cases/{case_id}")
    head.follow("催办")
    head.press("催办", reason="下周一要上会")
    assert "已催办" in head.open("/desk/").text or "催办" in head.open(f"/desk/cases/{case_id}").section("history")
    head.open(f"/desk/cases/{case_id}")
    head.follow("延长期限")
    assert head.press("延长", days="x", reason="材料较多").errors == ["延长的工作日须在 1 到 60 之间。"]
    assert head.page.value("days") == "x"
    head.press("延长", days="5", reason="材料较多")
    head.open(f"/desk/cases/{case_id}")
    assert "延长期限" in head.page.section("history")
    head.follow("中止办理")
    head.press("中止", reason="等省里答复")
    assert "已中止办理" in head.open(f"/desk/cases/{case_id}").text
    assert "已中止办理" in signed_in("coldchain").open(f"/portal/cases/{case_id}").text
    head.follow("恢复办理")
    head.press("恢复", reason="省里已答复")
    assert "自 2026" not in head.open(f"/desk/cases/{case_id}").section("open")


def test_a_copy_is_read_and_marked(play: Play, signed_in: Enter) -> None:
    case_id = play.until("Task_summary")
    handler = signed_in("handler-a")
    handler.open(f"/desk/cases/{case_id}")
    handler.follow("抄送")
    to = next(
        one.get("value")
        for one in handler.page.tree.xpath("//input[@name='to']")
        if "分管部领导" in label(handler, one)
    )
    handler.press("抄送", to=[to], reason="请领导先阅")
    leader = signed_in("leader")
    assert "抄送：" in leader.page.text
    leader.open(f"/desk/cases/{case_id}")
    leader.press("标为已阅")
    assert "郑怀远" in leader.page.section("copies")
    assert "已阅 1 人，未阅 0 人" in leader.page.section("copies")


def test_a_unit_is_added_to_the_joint_check(play: Play, signed_in: Enter) -> None:
    case_id = play.until("MI_joint_check")
    head = signed_in("head")
    head.open(f"/desk/cases/{case_id}")
    head.follow("增加会签单位")
    head.press("增加", to=["MI_joint_check/united"], reason="有政协委员")
    assert "省委统战部" in head.open(f"/desk/cases/{case_id}").section("open")
    assert TITLE in signed_in("joint-united").page.text


@pytest.mark.parametrize("login", ["handler-a", "joint-court", "coldchain"])
def test_who_has_no_authority_sees_no_button_and_is_refused(play: Play, signed_in: Enter, login: str) -> None:
    case_id = play.until("MI_joint_check")
    someone = signed_in(login)
    page = someone.open(f"/desk/cases/{case_id}")
    assert "中止办理" not in page.text
    someone.open(f"/desk/cases/{case_id}/do/suspend/case")
    assert someone.press("中止", reason="等一等").status in {404, 422}
    assert play.row(case_id)["suspended_at"] is None


def test_a_verb_that_does_not_exist_is_not_found(play: Play, signed_in: Enter) -> None:
    case_id = play.until("Task_summary")
    someone = signed_in("head")
    assert someone.open(f"/desk/cases/{case_id}/do/bribe/case").status == 404
    assert someone.open(f"/desk/cases/{case_id}/do/remind/{'0' * 32}").status == 404
