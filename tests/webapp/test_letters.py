"""Official letters: numbered, looked at, signed, sealed, served, received; withdrawal and its notice."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

from PIL import Image

from engine import cases
from tests.cases.playing import Play
from tests.installations import Office
from tests.webapp.visitor import Visitor

Enter = Callable[[str], Visitor]
TITLE = "南屿省冷链物流行业协会换届负责人人选审核"


def test_a_letter_is_signed_sealed_served_and_verified(
    play: Play, signed_in: Enter, visitor: Visitor, passwords: dict[str, str]
) -> None:
    case_id = play.until("Task_sign")
    leader = signed_in("leader")
    leader.follow(TITLE)
    assert "先生成今天的待签文本" in leader.page.text
    leader.press("取号并生成待签文本")
    page = leader.page
    letter = next(
        one for one in cases.case_view(play.installation, play.actor("leader"), case_id).documents if one.kind == "D06"
    )
    assert letter.number in page.text
    assert letter.digest in page.text
    picture = leader.client.get(page.tree.find_class("hs-sheet")[0].find("img").get("src"))
    assert Image.open(BytesIO(picture.data)).size[0] > 900
    unproved = leader.press("签名", confirmed="true")
    assert unproved.status == 403
    leader.press("签名", confirmed="true", password=passwords["leader"])
    assert "已办理" in leader.page.text

    keeper = signed_in("seal")
    keeper.follow(TITLE)
    assert letter.number in keeper.page.text
    keeper.press("用印", confirmed="true", password=passwords["seal"])
    clerk = signed_in("clerk")
    clerk.follow(TITLE)
    today = {"served_on-year": "2026", "served_on-month": "11", "served_on-day": "23"}
    clerk.press("登记送达", served_by="站内送达", **today)

    applicant = signed_in("coldchain")
    applicant.follow(TITLE)
    status = applicant.page
    assert "已送达，待备案归档" in status.text
    received = applicant.press("确认签收审核意见函")
    assert "签收" in received.text
    data = applicant.follow("下载 审核意见函").data
    visitor.open("/verify")
    assert visitor.press("开始验真", files={"file": ("函.pdf", data)}).heading.endswith("真实有效")


def test_a_text_of_yesterday_is_not_signed(
    play: Play, signed_in: Enter, office: Office, passwords: dict[str, str]
) -> None:
    play.until("Task_sign")
    leader = signed_in("leader")
    leader.follow(TITLE)
    old = leader.press("取号并生成待签文本")
    office.clock.advance(timedelta(hours=24))
    leader.sign_in("leader", passwords["leader"])
    leader.follow(TITLE)
    assert "不是今天的" in leader.page.text
    number = old.part("hs-mono")
    leader.press("取号并生成待签文本")
    assert leader.page.part("hs-mono") != number
    leader.press("签名", confirmed="true", password=passwords["leader"])
    assert "已办理" in leader.page.text


def test_bytes_that_were_not_shown_are_not_signed(play: Play, signed_in: Enter, passwords: dict[str, str]) -> None:
    case_id = play.until("Task_sign")
    leader = signed_in("leader")
    leader.follow(TITLE)
    leader.press("取号并生成待签文本")
    shown = next(
        one.get("name") for one in leader.page.tree.iter("input") if (one.get("name") or "").startswith("shown-")
    )
    page = leader.press("签名", confirmed="true", password=passwords["leader"], **{shown: "0" * 64})
    assert page.status == 409
    assert "请查看新的文本" in page.text
    assert play.task(case_id, "Task_sign")


def test_a_draft_is_previewed_as_a_draft(play: Play, signed_in: Enter) -> None:
    play.until("Task_sign")
    leader = signed_in("leader")
    leader.follow(TITLE)
    page = leader.follow("预览审核意见函")
    assert "这是草稿预览" in page.text
    assert "陈海澜" in page.text


def test_the_association_sees_no_letter_before_it_takes_effect(play: Play, signed_in: Enter) -> None:
    case_id = play.until("Task_sign")
    play.office.work_off()
    letter = next(
        one for one in cases.case_view(play.installation, play.actor("leader"), case_id).documents if one.kind == "D06"
    )
    applicant = signed_in("coldchain")
    applicant.open(f"/portal/cases/{case_id}")
    assert "审核意见函" not in applicant.page.text
    assert "受理通知书：生效" in applicant.page.text
    assert applicant.open(f"/portal/documents/{letter.id}.pdf").status == 404
    assert applicant.open(f"/desk/documents/{letter.id}/pages/1.png").status == 404


def test_an_application_is_withdrawn_with_a_reason(play: Play, signed_in: Enter, passwords: dict[str, str]) -> None:
    case_id = play.until("MI_joint_check")
    applicant = signed_in("coldchain")
    applicant.open(f"/portal/cases/{case_id}")
    applicant.follow("撤回申请")
    refused = applicant.press("撤回申请")
    assert refused.status == 422
    page = applicant.press("撤回申请", reason="人选有调整")
    assert "人选有调整" in page.text
    assert "撤回申请（决定" not in page.text
    acceptor = signed_in("acceptor")
    acceptor.follow(TITLE)
    acceptor.press("终止办理", confirmed="true", password=passwords["acceptor"])
    play.office.work_off()
    assert "终止办理通知书" in applicant.open(f"/portal/cases/{case_id}").text
    assert "已办结：已撤回" in applicant.page.text


def test_one_candidate_is_withdrawn_and_the_reviewer_is_told(play: Play, signed_in: Enter) -> None:
    case_id = play.until("Task_summary")
    applicant = signed_in("coldchain")
    applicant.open(f"/portal/cases/{case_id}")
    applicant.follow("单独撤回黎若川")
    refused = applicant.press("撤回黎若川")
    assert refused.status == 422
    page = applicant.press("撤回黎若川", reason="本人提出不再参加选举")
    assert "单独撤回：黎若川 本人提出不再参加选举" in page.text
    assert "黎若川已撤回" in page.text
    assert "单独撤回黎若川" not in page.text
    handler = signed_in("handler-a")
    told = handler.follow(TITLE).text
    assert "黎若川已由申请人单独撤回" in told
    assert "黎若川，拟任秘书长" not in told


def test_after_the_decision_nothing_is_withdrawn(play: Play, signed_in: Enter) -> None:
    case_id = play.until("Task_sign")
    applicant = signed_in("coldchain")
    assert "撤回申请" not in applicant.open(f"/portal/cases/{case_id}").text
    applicant.open(f"/portal/cases/{case_id}/withdraw")
    assert applicant.press("撤回申请", reason="不想要了").status == 409
