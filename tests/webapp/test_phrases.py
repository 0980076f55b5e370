"""Phrases for opinions, put into a text without a script."""

from collections.abc import Callable

from tests.cases.playing import Play
from tests.webapp.visitor import Visitor

Enter = Callable[[str], Visitor]


def test_a_phrase_is_kept_put_into_an_opinion_and_dropped(play: Play, signed_in: Enter) -> None:
    case_id = play.until("Task_accept")
    someone = signed_in("acceptor")
    someone.open("/desk/phrases")
    assert someone.press("保存常用语").errors == ["常用语须为 1 到 500 字。"]
    assert "已保存常用语" in someone.press("保存常用语", text="材料齐全，予以受理。").text
    post = play.actor("acceptor").posts[0].id
    assert "受理岗共用" in someone.press("保存常用语", text="请按清单补正。", post=post).text
    task = play.task(case_id, "Task_accept")
    someone.open(f"/desk/tasks/{task.id}")
    name = someone.page.tree.xpath("//textarea/@name")[0]
    page = someone.press("插入常用语", **{name: "已核对。"})
    assert page.value(name) == "已核对。\n材料齐全，予以受理。"
    assert play.task(case_id, "Task_accept")
    someone.open("/desk/phrases")
    assert "材料齐全" not in someone.press("删除").text
    head = signed_in("head")
    assert "请按清单补正" not in head.open("/desk/phrases").text
