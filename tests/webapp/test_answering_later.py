"""What an association is asked after its application: a page of its own, and back to the progress of its case."""

from collections.abc import Callable

import pytest

from tests.cases.playing import Play
from tests.webapp.test_applying import fields, flat_rows
from tests.webapp.visitor import Visitor

Enter = Callable[[str], Visitor]
TITLE = "南屿省冷链物流行业协会换届负责人人选审核"


@pytest.fixture
def asked(play: Play, signed_in: Enter) -> Visitor:
    """An association that is to say how its election went, at its applications."""
    play.until("Task_election")
    return signed_in("coldchain")


def test_a_later_task_is_a_page_of_the_portal_and_leads_back_to_the_progress(asked: Visitor, play: Play) -> None:
    asked.follow(TITLE)
    page = asked.follow("报送选举结果")
    assert page.heading.endswith("报送选举结果")
    assert "待办" not in page.text
    assert "认领" not in page.text
    kept = asked.press("暂存", due_voters="80")
    assert "上次保存" in kept.text
    fault = asked.press("报送选举结果")
    assert (fault.status, fault.title[:3]) == (422, "错误：")
    values = play.values("Task_election")
    names = {one.get("value") for one in asked.page.tree.iter("input")}
    assert {"陈海澜", "符明远", "黎若川"} <= names, "who was agreed to need not be typed again"
    done = asked.press("报送选举结果", **fields(flat_rows(values)))
    assert "报送选举结果：已办理" in done.text
    assert "现在不需要你做什么" in done.text


def test_the_promise_is_over_once_the_letter_is_served(asked: Visitor) -> None:
    listed = asked.page.text
    assert "报送选举结果" not in listed.split("站内消息")[0]
    assert "最晚" not in listed.split("可以申报的事项")[0]
    page = asked.follow(TITLE)
    assert "用时0 个工作日，承诺 30 个" in page.text
    assert "最晚办结" not in page.text


def test_what_waits_for_the_association_stands_first(play: Play, signed_in: Enter) -> None:
    waiting = play.begin()
    play.files(waiting)
    play.complete(play.task(waiting, "Task_submit"))
    items = [{"_key": "1", "material": "章程", "problem": "没有盖章", "requirement": "盖章", "basis": "材料清单"}]
    play.complete(play.task(waiting, "Task_accept"), {"decision": "supplement", "supplement_items": items})
    newer = play.begin()
    play.files(newer)
    play.complete(play.task(newer, "Task_submit"))
    page = signed_in("coldchain").page
    listed = page.tree.xpath("//main//ul[@class='hs-tasks'][1]/li//a/@href")
    assert [href.rsplit("/", 1)[1] for href in listed[:2]] == [waiting, newer]


def test_a_draft_in_the_list_of_running_cases_is_named_once(play: Play, signed_in: Enter) -> None:
    play.begin()
    someone = signed_in("coldchain")
    page = someone.follow("申报全省性行业协会商会负责人人选审核")
    assert page.section("running").count("草稿") == 1
