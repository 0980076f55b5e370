"""The public page: read by anybody, objected to without an account, and the handler's way to what was said."""

import re
from collections.abc import Callable

import pytest

from engine.store import tables
from engine.walkthrough import sample_page
from tests.cases.playing import Play
from tests.webapp.visitor import Visitor

Enter = Callable[[str], Visitor]
TITLE = "南屿省冷链物流行业协会换届负责人人选审核"
SAID = "反映其任职期间有违规报销的情况，请组织核实。"


@pytest.fixture
def publicised(play: Play) -> Play:
    case_id = play.until("Task_publicise")
    play.do(case_id, "Task_publicise")
    return play


def test_anybody_reads_what_is_made_public_and_nothing_else(publicised: Play, visitor: Visitor) -> None:
    visitor.open("/public")
    visitor.follow(TITLE)
    page = visitor.page.text
    for told in ("陈海澜", "1968年5月", "南屿恒溯冷链集团有限公司董事长", "2026年11月30日"):
        assert told in page
    for hidden in ("990000", "13800000026", "罗知夏", "联审"):
        assert hidden not in page


def test_an_objection_needs_no_account_and_is_read_by_its_handler_alone(
    publicised: Play, visitor: Visitor, signed_in: Enter
) -> None:
    visitor.open("/public")
    visitor.follow(TITLE)
    visitor.follow("对符明远提出异议")
    assert visitor.press("提交异议", text="太短").status == 422
    assert "10 到 2000 字" in visitor.page.text
    files = {"files": ("凭证.pdf", sample_page("凭证"))}
    page = visitor.press("提交异议", text=SAID, name="李某某", contact="020-0000000", files=files)
    assert page.heading == "异议已收到"
    assert "核实期限 10 个工作日，从收到次日起算。 参数待确认" in visitor.page.text
    (receipt,) = re.findall(r"编号 ([0-9A-Z]{4}-[0-9A-Z]{4})", page.text)
    head = signed_in("head")
    head.open(f"/desk/cases/{publicised.rows(tables.case)[0]['id']}")
    assert f"编号 {receipt}，对符明远的实名异议" in head.page.text
    assert "违规报销" not in head.page.text
    assert "查看内容" not in head.page.text
    handler = signed_in("handler-a")
    handler.follow(TITLE)
    assert "李某某" not in handler.page.text
    handler.follow("查看内容")
    assert handler.press("查看并记录").status == 422
    said = handler.press("查看并记录", reason="核实异议")
    assert SAID in said.text
    assert "李某某" in said.text
    assert handler.follow("凭证.pdf").data == sample_page("凭证")
