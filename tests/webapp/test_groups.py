"""批量发起 on its pages: chosen in a table or read from a workbook, followed in a table, reminded."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from engine.cases import starting_groups
from engine.store import new_id
from tests.cases.grouped import COLD, PACK
from tests.cases.test_group_candidates import book
from tests.installations import Office
from tests.webapp.visitor import Visitor

Enter = Callable[[str], Visitor]
NEW = "/desk/groups/new/leader_review"


def chosen(someone: Visitor) -> list[str]:
    rows = someone.page.tree.xpath("//tbody/tr[.//input[@checked]]/th")
    return sorted("".join(row.itertext()).strip() for row in rows)


def boxes(someone: Visitor) -> dict[str, str]:
    """What stands in the table: name of the association -> value of its box."""
    rows = someone.page.tree.xpath("//tbody/tr")
    return {row.xpath("string(.//th)").strip(): row.xpath(".//input")[0].get("value") for row in rows}


def test_a_group_is_started_followed_and_reminded(signed_in: Enter) -> None:
    someone = signed_in("handler-a")
    someone.follow("批量发起")
    someone.follow("发起全省性行业协会商会负责人人选审核")
    page = someone.press("发起", title="", due="")
    assert page.errors == ["请写这一批的名称，例如 2027年度换届。"]
    page = someone.press("发起", title="2026年度换届", due="2020-01-01", organisation=list(boxes(someone).values())[:1])
    assert page.errors == ["提交期限已经过去，请改成今天或以后的日期。"]
    assert len(chosen(someone)) == 1
    wanted = [boxes(someone)[name] for name in (COLD, PACK)]
    form = someone.page
    page = someone.press("发起", due="2026-12-11", organisation=wanted)
    assert "已发起 2 件。" in page.text
    assert page.heading.endswith("2026年度换届 2 个协会")
    assert page.text.count("还没有填") == 3  # the figure and two rows
    assert "剩余 14 个工作日" in page.text
    address = page.url
    someone.page = form
    assert someone.press("发起", title="2026年度换届", due="2026-12-11", organisation=wanted).url == address
    page = someone.press("催办还没有提交的")
    assert "已催办 2 个协会。" in page.text
    assert "没有要催办的" in someone.press("催办还没有提交的").text
    association = signed_in("coldchain")
    assert "2026年度换届，请填报，2026年12月11日前提交" in association.page.text
    association.follow(f"{COLD}全省性行业协会商会负责人人选审核")
    assert "填报申请" in association.page.heading


def test_a_large_group_tells_how_far_it_is(signed_in: Enter, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting_groups, "AT_ONCE", 1)
    monkeypatch.setattr(starting_groups, "PACE", 1)
    someone = signed_in("handler-a")
    someone.open(NEW)
    page = someone.press("发起", title="换届", organisation=[boxes(someone)[name] for name in (COLD, PACK)])
    assert "2 件正在发起，表里看得到进度。" in page.text
    assert "已发起 0 件，还有 2 件在等" in page.text
    assert page.text.count("等待发起") == 2
    assert "再次发起没有发起的" not in page.text
    office.work_off()
    page = someone.follow("刷新进度")
    assert "已发起 1 件，还有 1 件在等" in page.text
    office.clock.advance(timedelta(seconds=1))
    office.work_off()
    assert "正在发起" not in someone.follow("刷新进度").text


def test_a_list_is_read_from_a_workbook_and_starts_nothing(signed_in: Enter) -> None:
    someone = signed_in("handler-a")
    someone.open(NEW)
    assert someone.press("读取名单").errors == ["请选择要读取的 Excel 文件"]
    assert someone.press("读取名单", files={"file": ("a.xlsx", b"none")}).status == 422
    page = someone.press("读取名单", files={"file": ("名单.xlsx", book("51990000MJ000000XN", "没有"))}, title="换届")
    assert page.errors[0].startswith("第 3 行：没有统一社会信用代码为“没有”的协会")
    assert chosen(someone) == [COLD]
    assert someone.page.value("title") == "换届"
    page = someone.press("读取名单", files={"file": ("名单.xlsx", book("51990000500000015J"))})
    assert (page.status, chosen(someone)) == (200, [PACK])
    assert "0 批" in someone.open("/desk/groups/").heading


def test_the_associations_are_found_by_name(signed_in: Enter) -> None:
    someone = signed_in("head")
    someone.open(NEW)
    someone.press("查找", words="包装")
    assert list(boxes(someone)) == [PACK]
    assert someone.press("查找", until="2026-12-31", words="").text.count("没有符合条件的协会") == 1
    assert "请填写日期" in someone.open(f"{NEW}?until=2026-13-40").text


def test_who_may_not_is_not_offered_it_and_is_refused(signed_in: Enter, office: Office) -> None:
    for login in ("acceptor", "joint-court"):
        someone = signed_in(login)
        assert "批量发起" not in someone.page.links()
        assert someone.open(NEW).status == 403
        assert someone.open(f"/desk/groups/{new_id()}").status == 404
    handler = signed_in("handler-a")
    assert handler.open("/desk/groups/new/joint_conference").status == 403
