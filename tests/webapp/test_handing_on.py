"""Pages of deputies, of hand-over and of the pool of vacant posts."""

from collections.abc import Callable
from datetime import timedelta

from engine import identity
from engine.calendar import local_date
from tests.cases.playing import Play
from tests.webapp.visitor import Visitor

Enter = Callable[[str], Visitor]


def option(visitor: Visitor, name: str, words: str) -> str:
    """The value of the option with these words in it."""
    options = visitor.page.tree.xpath("//select[@name=$name]/option", name=name)
    return next(str(one.get("value")) for one in options if words in one.text_content())


def test_a_deputy_is_appointed_sees_the_work_and_is_ended(play: Play, signed_in: Enter) -> None:
    play.until("Task_head_review")
    head = signed_in("head")
    head.follow("代理")
    until = (local_date(play.clock.now()) + timedelta(days=3)).isoformat()
    wrong = head.press("请此人代理", deputy=option(head, "deputy", "沈亦言"), until="", reason="出差")
    assert wrong.errors == ["请填写结束日期，写成 2026-11-23 的样子。"]
    done = head.press("请此人代理", deputy=option(head, "deputy", "沈亦言"), until=until, reason="出差")
    assert "代理已生效" in done.text
    clerk = signed_in("clerk")
    assert "行业协会商会处处长（代林予安）" in clerk.page.text
    assert "处长审核" in clerk.page.text
    assert "代理已结束" in head.press("结束").text


def test_the_work_of_somebody_who_leaves_is_handed_over_with_a_receipt(play: Play, signed_in: Enter) -> None:
    play.new_person("new-one", "typist")
    head = signed_in("head")
    head.follow("离岗交接")
    assert head.press("交接并停用账号").status == 422
    page = head.press(
        "交接并停用账号",
        leaving=option(head, "leaving", "韩立舟"),
        successor=option(head, "successor", "new-one"),
        reason="调任",
    )
    assert page.heading == "交接回执"
    assert "待签收" in page.text
    assert signed_in("acceptor").open(page.url).status == 404
    assert signed_in("acceptor").open("/desk/handover").status == 200


def test_the_head_gives_a_task_of_an_empty_post_away(play: Play, signed_in: Enter) -> None:
    play.until("Task_summary")
    holder = play.actor("handler_a")
    day = local_date(play.clock.now()) - timedelta(days=1)
    with play.writing() as transaction:
        identity.assign(transaction, post_id=holder.posts[0].id, person_id=holder.person_id, since=day, until=day)
    head = signed_in("head")
    assert "空岗" in head.page.section("pool")
    head.follow("指派")
    assert head.press("指派", reason="空岗").errors
    to = head.page.tree.xpath("//label[text()='承办岗B']/@for")[0]
    value = head.page.tree.xpath("//input[@id=$to]/@value", to=to)[0]
    assert "已指派" in head.press("指派", to=value, reason="空岗，请代办").text
    assert "综合意见" in signed_in("handler-b").page.text
