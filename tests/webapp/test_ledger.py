"""The ledger on its pages: found, taken out for a reason, taken in row by row."""

from collections.abc import Callable

from tests.cases.test_ledger import GOOD, book
from tests.webapp.visitor import Visitor

Enter = Callable[[str], Visitor]


def test_a_workbook_goes_in_is_listed_and_comes_out(signed_in: Enter) -> None:
    someone = signed_in("handler-a")
    someone.follow("党建责任台账")
    assert someone.page.text.count("还没有") >= 2
    someone.follow("从 Excel 导入")
    assert someone.press("核对并导入").errors == ["请选择要导入的 Excel 文件"]
    assert someone.press("核对并导入", files={"file": ("a.xlsx", b"none")}).status == 422
    wrong = book(GOOD, (*GOOD[:2], "没有的单位", *GOOD[3:]))
    page = someone.press("核对并导入", files={"file": ("台账.xlsx", wrong)})
    assert page.status == 422
    assert page.errors[0].startswith("第 4 行：")
    assert "一行也没有导入" in page.text
    page = someone.press("核对并导入", files={"file": ("台账.xlsx", book(GOOD))})
    assert "已导入 1 行" in page.text
    assert "党建2026-001" in someone.press("查找", words="冷链").text
    reports = someone.follow("年度工作报告清单")
    assert "2025 年度" in reports.heading
    assert "应报 0 个" in reports.text  # registered later
    assert "剩余" not in someone.press("查看", year="2026").text
    assert "已报" in someone.page.text
    someone.open("/desk/ledger/")
    someone.follow("导出 Excel")
    assert someone.press("导出并记录").errors == ["请填写导出的事由，写明用在哪里。"]
    made = someone.press("导出并记录", reason="报两新工委的季度通报")
    assert made.response.mimetype.endswith("spreadsheetml.sheet")
    assert made.data.startswith(b"PK")


def test_a_body_of_the_party_sees_its_own_and_changes_nothing(signed_in: Enter) -> None:
    someone = signed_in("handler-a")
    someone.open("/desk/ledger/import")
    someone.press("核对并导入", files={"file": ("台账.xlsx", book(GOOD))})
    party = signed_in("party-logistics")
    assert "罗知夏" in party.follow("党建责任台账").text
    assert "导出 Excel" not in party.page.links()
    assert party.open("/desk/ledger/export").status == 403
    assert party.open("/desk/ledger/import").status == 403
    outside = signed_in("joint-police")
    assert "党建责任台账" not in outside.page.links()
    assert outside.open("/desk/ledger/").status == 403
