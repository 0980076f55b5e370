"""Reviewers: the inbox, a case on one screen, decisions, sending back, masked numbers."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine import cases, identity, store
from engine.calendar import local_date
from engine.errors import Conflict, Forbidden, HuishenError
from engine.store import new_id, tables
from engine.store.tables import post
from engine.walkthrough import sample_page
from tests.cases.playing import Play
from tests.installations import Office
from tests.webapp.visitor import Visitor
from webapp.desk.tasks import is_unproved

Enter = Callable[[str], Visitor]
TITLE = "南屿省冷链物流行业协会换届负责人人选审核"


def at(play: Play, signed_in: Enter, node: str, login: str) -> Visitor:
    """Somebody at the page of the first open task of a node."""
    case_id = play.until(node)
    someone = signed_in(login)
    someone.open(f"/desk/tasks/{play.task(case_id, node).id}")
    return someone


def colleague(office: Office, role: str, login: str) -> None:
    """Give one more person a post of the department."""
    with store.writing(office.installation.database) as transaction:
        post_id = identity.find_post(transaction, role)
        person = office.actor(login).person_id
        today = local_date(office.clock.now())
        identity.assign(transaction, post_id=post_id, person_id=person, since=today)
        assert transaction.execute(sa.select(post.c.id).where(post.c.id == post_id)).scalar()


def test_the_inbox_shows_what_is_due_with_a_light_in_words(play: Play, signed_in: Enter, office: Office) -> None:
    play.until("Task_accept")
    someone = signed_in("acceptor")
    assert TITLE in someone.page.text
    assert "剩余 5 个工作日" in someone.page.text
    office.clock.advance(timedelta(days=4))
    assert "剩余 1 个工作日" in someone.sign_in("acceptor", someone_password(office)).text


def someone_password(office: Office) -> str:
    from engine.demonstration import read_accounts

    return read_accounts(office.installation.folder)["acceptor"]


def test_a_case_is_on_one_screen(play: Play, signed_in: Enter) -> None:
    someone = at(play, signed_in, "Task_accept", "acceptor")
    page = someone.page
    people = page.section("people")
    for words in ["陈海澜", "拟任会长", "990***********0015", "规则核验没有提示"]:
        assert words in people
    assert "990000196805120015" not in page.response.get_data(as_text=True)
    assert "138****0026" in page.section("application")
    assert "章程.pdf" in page.section("files")
    assert "陈海澜 人选登记表" in page.section("files")
    assert "形式审查：现在在这里" in page.section("route")
    assert "填报申请：提交" in page.section("history")
    assert "结论" in page.section("decide")


def test_attachments_are_shown_and_kept(play: Play, signed_in: Enter) -> None:
    someone = at(play, signed_in, "Task_accept", "acceptor")
    someone.follow("章程：章程.pdf")
    frame = someone.page.tree.find(".//object")
    answer = someone.client.get(frame.get("data"))
    assert answer.mimetype == "application/pdf"
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "object-src 'self'" in someone.page.response.headers["Content-Security-Policy"]
    assert "attachment" in someone.client.get(frame.get("data") + "?download=1").headers["Content-Disposition"]


def test_a_notice_needs_the_password_of_the_person_who_sends_it(
    play: Play, signed_in: Enter, passwords: dict[str, str]
) -> None:
    someone = at(play, signed_in, "Task_accept", "acceptor")
    missing = someone.press("提交意见", decision="accept")
    assert missing.status == 403
    assert "口令" in missing.errors[0]
    assert missing.value("decision") == "accept"
    wrong = someone.press("提交意见", password="wrong")
    assert wrong.status == 403
    done = someone.press("提交意见", password=passwords["acceptor"])
    assert done.heading.startswith("待办")
    assert "LR-2026-0001 形式审查：已办理" in done.text


def test_nothing_chosen_is_said_at_the_top(play: Play, signed_in: Enter, passwords: dict[str, str]) -> None:
    someone = at(play, signed_in, "Task_accept", "acceptor")
    page = someone.press("提交意见", password=passwords["acceptor"])
    assert page.status == 422
    assert page.title.startswith("错误：")
    assert page.errors


def test_a_supplement_goes_out_item_by_item_and_comes_back(
    play: Play, signed_in: Enter, passwords: dict[str, str]
) -> None:
    from engine.walkthrough import sample_page

    someone = at(play, signed_in, "Task_accept", "acceptor")
    someone.press("提交意见", decision="supplement", password=passwords["acceptor"])
    assert someone.page.errors == ["请至少列出一项需要补正的内容"]
    someone.press("添加一项")
    asked = {
        "material": "财务审计报告",
        "problem": "未附审计报告",
        "requirement": "提交审计报告",
        "basis": "条例第二十七条",
    }
    item = {f"supplement_items-0-{name}": text for name, text in asked.items()}
    someone.press("提交意见", password=passwords["acceptor"], **item)
    assert "已办理" in someone.page.text
    play.office.work_off()

    applicant = signed_in("coldchain")
    assert "等你办理" in applicant.page.text
    applicant.follow(TITLE)
    assert "一次性补正通知书" in applicant.page.text
    applicant.follow("补正材料")
    page = applicant.page
    for words in ["第 1 项 财务审计报告", "问题未附审计报告", "要求提交审计报告", "2026年12月7日前补齐 1 项", "待补"]:
        assert words in page.text
    answers = {one.get("name"): "已补交" for one in page.tree.iter("textarea") if one.get("name")}
    upload = page.tree.xpath("//input[@type='file']/@name")[0]
    applicant.press("保存并核对", {upload: ("换届审计报告.pdf", sample_page("审计报告"))}, **answers)
    assert "换届审计报告.pdf" in applicant.page.text
    applicant.press("声明并提交", declared="yes")
    assert "现在不需要你做什么" in applicant.follow("查看办理进度").text

    someone.open("/desk/")
    someone.follow(TITLE)
    assert "已补交" in someone.page.section("supplements")


def test_a_supplement_may_ask_for_the_application_itself_to_be_put_right(
    play: Play, signed_in: Enter, passwords: dict[str, str]
) -> None:
    someone = at(play, signed_in, "Task_accept", "acceptor")
    someone.press("提交意见", decision="supplement", password=passwords["acceptor"])
    someone.press("添加一项")
    asked = {"material": "届次", "problem": "与章程不一致", "requirement": "改为本届", "basis": "章程第二十条"}
    item = {f"supplement_items-0-{name}": text for name, text in asked.items()}
    someone.press("提交意见", password=passwords["acceptor"], **item, **{"supplement_items-0-amends": "true"})
    play.office.work_off()

    applicant = signed_in("coldchain")
    applicant.follow(TITLE)
    applicant.follow("补正材料")
    answers = {one.get("name"): "已改" for one in applicant.page.tree.iter("textarea") if one.get("name")}
    applicant.press("保存并核对", **answers)
    applicant.press("声明并提交", declared="yes")
    applicant.open("/portal/")
    applicant.follow(TITLE)
    applicant.follow("修改填报内容")
    assert "在原来填报的基础上修改" in applicant.page.text
    assert "提交没有通过规则核验" not in applicant.page.text
    url = applicant.page.url
    applicant.follow("换届安排")
    assert applicant.page.value("term_no") == "4"
    applicant.press("保存并继续", term_no="5")
    applicant.open(url)
    applicant.follow("核对并提交")
    applicant.press("提交")

    someone.open("/desk/")
    someone.follow(TITLE)
    assert "5 原来是4" in someone.page.text
    assert play.rows(tables.case)[0]["state"] == "submitted"
    assert [one.node for one in play.open(play.rows(tables.case)[0]["id"])] == ["Task_accept"]


def test_a_task_is_taken_and_put_back(play: Play, signed_in: Enter, office: Office) -> None:
    colleague(office, "acceptor", "clerk")
    someone = at(play, signed_in, "Task_accept", "acceptor")
    url = someone.page.url
    someone.press("认领，由我办理")
    other = signed_in("clerk")
    refused = other.open(url)
    assert refused.status == 409
    assert "已被他人认领" in refused.text
    assert other.follow("看这件申请").heading == TITLE
    someone.press("放回待办")
    assert other.open(url).status == 200


def test_the_second_of_two_deciders_is_told(
    play: Play, signed_in: Enter, office: Office, passwords: dict[str, str]
) -> None:
    colleague(office, "acceptor", "clerk")
    first = at(play, signed_in, "Task_accept", "acceptor")
    second = signed_in("clerk")
    second.open(first.page.url)
    first.press("提交意见", decision="accept", password=passwords["acceptor"])
    late = second.press("提交意见", decision="accept", password=passwords["clerk"])
    assert late.status == 409
    assert "已被他人办理" in late.text
    assert "形式审查：办理完成" in second.follow("看这件申请").section("history")


def test_the_second_click_of_the_same_person_shows_what_was_done(
    play: Play, signed_in: Enter, passwords: dict[str, str]
) -> None:
    someone = at(play, signed_in, "Task_accept", "acceptor")
    form = someone.page
    someone.press("提交意见", decision="accept", password=passwords["acceptor"])
    someone.page = form
    again = someone.press("提交意见", decision="accept", password=passwords["acceptor"])
    assert again.status == 200
    assert "形式审查：办理完成" in again.section("history")


def test_a_colleague_saving_first_loses_nobody_their_words(play: Play, signed_in: Enter, office: Office) -> None:
    colleague(office, "acceptor", "clerk")
    first = at(play, signed_in, "Task_accept", "acceptor")
    second = signed_in("clerk")
    second.open(first.page.url)
    first.press("暂存", note_internal="材料基本齐全")
    late = second.press("暂存", note_internal="缺审计报告")
    assert late.status == 409
    assert "内部备注：已保存的是“材料基本齐全”，本页是“缺审计报告”" in late.text
    assert late.value("note_internal") == "缺审计报告"
    second.press("暂存")
    assert second.page.value("note_internal") == "缺审计报告"


def test_a_decision_survives_the_end_of_the_session(play: Play, signed_in: Enter, passwords: dict[str, str]) -> None:
    someone = at(play, signed_in, "Task_accept", "acceptor")
    url = someone.page.url
    someone.forget_session()
    someone.press("提交意见", decision="accept", note_internal="齐全", password=passwords["acceptor"])
    assert passwords["acceptor"] not in someone.page.response.get_data(as_text=True)
    someone.press("登录", login="acceptor", password=passwords["acceptor"])
    page = someone.press("回到刚才的页面")
    assert page.url == url
    assert page.value("decision") == "accept"
    assert page.value("note_internal") == "齐全"
    assert play.task(play.rows(store.tables.case)[0]["id"], "Task_accept")


def test_a_consulted_unit_sees_the_people_and_nobody_elses_answer(play: Play, signed_in: Enter) -> None:
    case_id = play.until("MI_joint_check")
    court, police = signed_in("joint-court"), signed_in("joint-police")
    court.follow(TITLE)
    page = court.page
    assert "陈海澜" in page.section("people")
    for hidden in ["党组织初审", "联系人", "规则核验"]:
        assert hidden not in page.text
    names = sorted({one.get("name") for one in page.tree.iter("input") if (one.get("name") or "").endswith("-opinion")})
    assert len(names) == 3
    court.press("提交意见", **{names[0]: "object"}, **dict.fromkeys(names[1:], "none"))
    reason = names[0].removesuffix("opinion") + "reason_public"
    court.press("提交意见", **{reason: "现为失信被执行人"})
    assert "已办理" in court.page.text
    police.follow(TITLE)
    assert "失信被执行人" not in police.page.text
    assert play.task(case_id, "MI_joint_check", "police")

    handler = signed_in("handler-a")
    handler.open(f"/desk/cases/{case_id}")
    matrix = handler.page.section("matrix-1")
    assert "现为失信被执行人" in matrix
    assert "已回 1 家" in matrix


def test_each_candidate_has_a_decision_of_their_own(play: Play, signed_in: Enter) -> None:
    someone = at(play, signed_in, "Task_summary", "handler-a")
    page = someone.page
    assert "陈海澜，拟任会长" in page.section("decide")
    names = [one.get("name") for one in page.tree.iter("input") if (one.get("name") or "").endswith("-suggestion")]
    chosen = dict.fromkeys(names, "approved") | {names[-1]: "rejected"}
    someone.press("提交意见", **chosen, summary_internal="建议不同意黎若川")
    assert "公开理由" in someone.page.text
    prefix = names[-1].removesuffix("suggestion")
    someone.press(
        "提交意见",
        **{f"{prefix}reason_public": "现任其他社会团体秘书长", f"{prefix}clause": "MZ166-4"},
    )
    assert "已办理" in someone.page.text


def test_findings_stand_with_their_clause_and_how_sure_it_is(play: Play, signed_in: Enter) -> None:
    case_id = play.begin()
    play.files(case_id)
    values = play.candidates(terms_served=2) | {"explain_requested": True, "explanation": "另有批准"}
    play.complete(play.task(case_id, "Task_submit"), values)
    if any(task.node == "Task_submit" for task in play.open(case_id)):
        raise AssertionError("an unconfirmed rule must not send the application back")
    someone = signed_in("acceptor")
    someone.follow(TITLE)
    people = someone.page.section("people")
    assert "E03" in people
    assert "参数待确认" in people
    assert "系统不据此作出不同意" in people
    assert "依据 MZ166" in people
    assert "原因：" in people
    assert "连任届数为 2（要求不小于 2）" in people


def test_sending_back_needs_a_reason_and_keeps_the_opinions(play: Play, signed_in: Enter) -> None:
    someone = at(play, signed_in, "Task_sign", "leader")
    someone.follow("退回")
    refused = someone.press("退回")
    assert refused.status == 422
    assert refused.title.startswith("错误：")
    done = someone.press("退回", reason="文字需修改")
    assert "已退回" in done.text
    secretary = signed_in("secretary")
    secretary.follow(TITLE)
    assert "文字需修改" in secretary.page.section("returned")
    assert "文字需修改" in secretary.page.section("history")
    assert "建议同意" in secretary.page.section("opinions")


@pytest.mark.parametrize(
    ("node", "login", "said"),
    [
        ("Task_meeting", "secretary", "登记会议结果"),
        ("Task_head_review", "head", "提交意见"),
        ("Task_serve", "clerk", "登记送达"),
    ],
)
def test_what_is_submitted_is_called_what_it_is(play: Play, signed_in: Enter, node: str, login: str, said: str) -> None:
    foot = at(play, signed_in, node, login).page.tree.find_class("hs-decide__foot")[0]
    assert foot.xpath(".//button[1]")[0].text_content() == said


def test_long_opinions_are_folded_and_the_version_is_told_to_those_who_publish(play: Play, signed_in: Enter) -> None:
    clerk = at(play, signed_in, "Task_publicise", "clerk").page
    folds = clerk.tree.xpath("//section[@aria-labelledby='opinions']//details")
    said = [(fold.xpath("string(summary)").partition("：")[0], "open" in fold.attrib) for fold in folds]
    assert said[:2] == [("部务会集体研究", False), ("处长审核", True)]
    assert not any(is_open for _, is_open in said[2:])
    assert "流程版本" not in clerk.text


def test_a_masked_number_opens_for_a_reason_that_is_recorded(play: Play, signed_in: Enter) -> None:
    someone = at(play, signed_in, "Task_accept", "acceptor")
    case_url = someone.page.url
    someone.follow("陈海澜的证件号码")
    assert someone.press("查看并记录").errors == ["请填写查看完整号码的事由。"]
    page = someone.press("查看并记录", reason="与登记机关核对")
    assert "990000196805120015" in page.text
    history = someone.open(case_url).section("history")
    assert "查看完整号码" in history
    assert "与登记机关核对" in history
    assert "周明敏" in history


def test_done_work_can_be_looked_at_again(play: Play, signed_in: Enter) -> None:
    play.closed()
    someone = signed_in("acceptor")
    someone.follow("已办")
    page = someone.follow(TITLE)
    assert "已办结：同意" in page.text
    assert "正在办理" not in page.part("hs-route")
    assert not page.tree.xpath("//*[@aria-labelledby='decide']")


def test_an_association_never_sees_the_desk_of_its_case(play: Play, signed_in: Enter) -> None:
    case_id = play.until("Task_summary")
    own = signed_in("coldchain")
    assert own.open(f"/desk/cases/{case_id}").url == f"/portal/cases/{case_id}"
    assert "建议" not in own.page.text
    other = signed_in("packaging")
    for url in [f"/portal/cases/{case_id}", f"/desk/cases/{case_id}", f"/portal/cases/{case_id}/answers"]:
        assert other.open(url).status == 404
    task = play.task(case_id, "Task_summary").id
    assert other.open(f"/desk/tasks/{task}").status == 404
    assert own.open(f"/desk/tasks/{task}").status == 403


def test_the_inbox_is_filtered_and_the_filter_is_kept(play: Play, signed_in: Enter) -> None:
    play.until("Task_accept")
    someone = signed_in("acceptor")
    assert TITLE in someone.press("筛选", words="陈海澜", light="green").text
    assert "待办中没有符合条件的" in someone.press("筛选", words="包装").text
    someone.press("筛选", words="冷链", light="")
    page = someone.press("保存这个筛选", name="冷链协会")
    assert "已保存筛选" in page.text
    assert someone.page.value("words") == "冷链"
    someone.open("/desk/")
    assert someone.follow("冷链协会").title.startswith("待办")
    assert someone.page.value("words") == "冷链"
    assert "冷链协会" not in someone.press("删除筛选“冷链协会”").text


def test_a_wrong_day_of_the_filter_is_told_and_the_list_stays(play: Play, signed_in: Enter) -> None:
    play.until("Task_accept")
    page = signed_in("acceptor").open("/desk/?since=gestern")
    assert (page.status, page.errors) == (422, ["日期请写成 2026-11-23 的样子。"])
    assert TITLE in page.text


def test_cases_are_found_by_a_name(play: Play, signed_in: Enter) -> None:
    play.until("Task_accept")
    someone = signed_in("leader")
    someone.follow("查找")
    assert "1 件" in someone.press("查找", words="海澜").heading
    assert "形式审查" in someone.page.text
    assert "没有符合条件的案件" in someone.press("查找", words="海澜", state="closed").text
    assert someone.open("/desk/cases/?after=x").status == 422


def test_files_of_a_decision_are_taken_refused_and_taken_out_again(
    office: Office, signed_in: Enter, passwords: dict[str, str]
) -> None:
    play = Play(office, "JC01", "joint_conference")
    secretary = play.actor("conference")
    case_id = cases.start(play.installation, secretary, play.package, new_id()).case_id
    for node in ("Task_submit", "Task_agenda"):
        play.do(case_id, node)
    someone = signed_in("conference")
    someone.open(f"/desk/tasks/{play.task(case_id, 'Task_invite').id}")
    refused = someone.press("发会议通知", {"papers": ("议题.pdf", b"MZ no pdf")}, confirmed="true")
    assert refused.status == 422
    assert "PDF" in refused.errors[0]
    someone.press("暂存", {"papers": ("议题.pdf", sample_page("议题"))})
    assert "议题.pdf" in someone.page.section("decide")
    someone.press("删除")
    assert "议题.pdf" not in someone.page.section("decide")
    files = {"papers": ("会议材料.pdf", sample_page("材料"))}
    done = someone.press("发会议通知", files, confirmed="true", password=passwords["conference"])
    assert "发会议通知：已办理" in done.text
    kept = [row["name"] for row in play.rows(tables.attachment, tables.attachment.c.removed_at.is_(None))]
    assert kept == ["会议材料.pdf"]


def test_who_serves_finds_the_letters_and_the_day_before_them(play: Play, signed_in: Enter) -> None:
    play.until("Task_serve")
    play.office.work_off()
    clerk = signed_in("clerk")
    page = clerk.follow(TITLE)
    said = page.section("decide")
    assert "审核意见函" in said
    assert "材料移交函" in said
    assert "部务会纪要" not in said, "it stays inside"
    assert page.tree.xpath("//input[@name='served_on-day']/@value") == ["1"]


def test_units_are_asked_in_the_way_that_the_table_says(play: Play, signed_in: Enter) -> None:
    play.until("Task_send_requests")
    page = signed_in("handler-a").follow(TITLE)
    chosen = page.tree.xpath("//input[@type='radio'][@checked]/@value")
    assert chosen == ["system"] * 8


def test_who_has_no_tasks_is_shown_where_their_work_is(signed_in: Enter) -> None:
    assert "看电子监察" in signed_in("supervisor").page.text
    assert "到流程版本迁移" in signed_in("publisher").page.text


@pytest.mark.parametrize(
    ("fault", "about"),
    [
        (Forbidden("口令不对", code="identity.wrong"), True),
        (Conflict("信用代码已经是别的单位的", code="identity.uscc-taken"), False),
        (Forbidden("你的岗位不能办", code="case.authority"), False),
    ],
)
def test_only_a_wrong_proof_leads_to_the_password(fault: HuishenError, about: bool) -> None:
    assert is_unproved(fault) is about
