"""The supervisor's pages: figures with their tables, the tasks behind them, a slip, a workbook."""

from collections.abc import Callable
from datetime import timedelta

from tests.cases.playing import Play
from tests.installations import Office
from tests.webapp.visitor import Visitor

Enter = Callable[[str], Visitor]


def test_from_a_red_light_to_the_slip(play: Play, office: Office, signed_in: Enter) -> None:
    play.until("MI_joint_check")
    office.clock.advance(timedelta(days=30))
    someone = signed_in("supervisor")
    page = someone.follow("电子监察")
    assert "省公安厅" in page.section("units")
    assert "逐人提出联审意见" in page.section("steps")
    assert "逾期" in page.section("overdue")
    assert "1 件" in page.text
    someone.follow("省公安厅")
    assert "监察：待办清单 1 项" in someone.page.heading
    someone.follow("发督办单")
    assert someone.press("发出督办单", days="0", reason="请答复").errors == ["办结的工作日须在 1 到 30 之间。"]
    assert someone.press("发出督办单", days="3", reason="").status == 422
    slip = someone.press("发出督办单", days="3", reason="联审超期，请答复")
    assert "红色督办单" in slip.heading
    assert "省公安厅 联审经办岗" in slip.text


def test_a_workbook_is_handed_out_for_a_reason(play: Play, signed_in: Enter) -> None:
    play.until("Task_accept")
    someone = signed_in("supervisor")
    someone.open("/desk/supervision/")
    someone.follow("导出 Excel")
    assert someone.press("导出并记录").errors == ["请填写导出的事由，写明用在哪里。"]
    page = someone.press("导出并记录", reason="报部领导的季度通报", words="冷链")
    assert page.response.mimetype.endswith("spreadsheetml.sheet")
    assert page.data.startswith(b"PK")
    assert "attachment" in page.response.headers["Content-Disposition"]


def test_others_have_no_way_in(play: Play, signed_in: Enter) -> None:
    play.until("Task_accept")
    someone = signed_in("acceptor")
    assert "电子监察" not in someone.page.links()
    for path in ("/desk/supervision/", "/desk/supervision/tasks", f"/desk/supervision/tasks/{'0' * 32}/urge"):
        assert someone.open(path).status == 403
    head = signed_in("head")
    assert "导出 Excel" not in head.follow("电子监察").links()
    assert head.open("/desk/slips/none").status == 404
