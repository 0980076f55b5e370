"""The bell, the list of notices, e-mail on request, and what failed in the background."""

from collections.abc import Callable

from engine import cases, jobs, store
from engine.store import tables
from tests.cases.playing import Play
from tests.installations import Office
from tests.webapp.visitor import Visitor

Enter = Callable[[str], Visitor]


def test_the_bell_counts_and_a_click_marks(play: Play, signed_in: Enter) -> None:
    play.until("Task_accept")
    someone = signed_in("acceptor")
    page = someone.follow("消息 1")
    assert "1 条未读" in page.heading
    assert "形式审查" in page.text
    assert "已标为已读 1 条" in someone.press("标为已读").text
    assert "0 条未读" in someone.page.heading
    assert "没有未读消息" in someone.follow("未读").text


def test_what_one_holder_of_a_post_has_read_rings_for_the_other(play: Play, signed_in: Enter) -> None:
    play.also("handler-a", "acceptor")
    play.until("Task_accept")
    first, second = signed_in("acceptor"), signed_in("handler-a")
    first.follow("消息 1")
    first.press("标为已读")
    assert "0 条未读" in first.page.heading
    assert "1 条未读" in second.follow("消息 1").heading
    assert "已标为已读 1 条" in second.press("标为已读").text


def test_an_applicant_has_the_bell_too(play: Play, signed_in: Enter) -> None:
    play.until("Task_accept")
    page = signed_in("coldchain").open("/notices/")
    assert page.status == 200
    assert "消息" in page.heading


def test_the_messages_of_an_application_are_folded_and_marked(play: Play, signed_in: Enter) -> None:
    case_id = play.until("Task_accept")
    place, key = play.installation, play.actor("applicant").posts[0].id
    with play.writing() as transaction:
        row = {"post_id": key, "case_id": case_id, "at": play.clock.now(), "kind": "told"}
        told = [row | {"id": str(n) * 32, "key": f"k{n}", "text": f"第{n}条消息"} for n in (7, 8, 9)]
        transaction.execute(tables.notification.insert(), told)
    waiting = len(cases.threads(place, play.actor("applicant"))[0].unread)
    someone = signed_in("coldchain")
    page = someone.open("/portal/")
    (message,) = [one for one in page.tree.find_class("hs-message") if "第9条消息" in one.text_content()]
    assert f"未读 {waiting} 条" in message.text_content()
    assert "第8条消息" in message.find("details").text_content()
    assert f"已标为已读 {waiting} 条" in someone.press("标为已读：第9条消息").text
    assert someone.page.heading == "我的申请"
    assert "未读" not in someone.page.section("messages")
    assert cases.threads(place, play.actor("applicant"))[0].unread == ()


def test_e_mail_is_asked_for(play: Play, signed_in: Enter) -> None:
    someone = signed_in("acceptor")
    someone.open("/notices/mail")
    assert "还没有设置邮件服务器" in someone.page.text
    assert someone.press("保存", kind=["told"], email="nobody").errors == ["电子邮箱须像 name@example.cn 这样填写"]
    assert "已保存邮件提醒" in someone.press("保存", kind=["told", "slip"], email="zhou@example.cn").text
    someone.follow("邮件提醒")
    assert someone.page.value("email") == "zhou@example.cn"


def test_jobs_that_failed_are_shown_to_who_runs_the_machines(office: Office, signed_in: Enter) -> None:
    with store.writing(office.installation.database) as transaction:
        row = jobs.row("send-mail", "send-mail:1", {}, office.clock.now())
        jobs.defer(transaction, [row])
        transaction.execute(tables.job.update().values(attempts=6, error="mail.failed: 没有发出"))
    assert signed_in("head").open("/notices/background").status == 403
    someone = signed_in("sysadmin")
    assert "已搁置" in someone.follow("后台任务").text
    assert "已重新开始" in someone.press("重新开始").text
