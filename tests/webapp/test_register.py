"""The register on its pages: found, filtered, taken out, revoked, corrected, and what whoever verifies is told."""

import io
from collections.abc import Callable
from typing import Any

from openpyxl import load_workbook

from engine.store import tables
from tests.cases.playing import Play
from tests.webapp.visitor import Visitor

Enter = Callable[[str], Visitor]


def served(play: Play) -> tuple[dict[str, Any], bytes]:
    """A letter in effect and its bytes."""
    play.until("Task_serve")
    play.office.work_off()
    letter = next(row for row in play.rows(tables.document) if row["kind"] == "D06")
    return letter, play.installation.files.get(letter["issued_sha256"])


def test_a_letter_is_corrected_by_three_people_and_everybody_who_verifies_the_old_one_is_told(
    play: Play, signed_in: Enter, visitor: Visitor, passwords: dict[str, str]
) -> None:
    old, data = served(play)
    drafter = signed_in("handler-a")
    drafter.follow("发文登记簿")
    drafter.follow(old["number"])
    drafter.follow("更正或重发这份文书")
    assert drafter.press("起草更正件", password=passwords["handler-a"]).status == 422
    typed = {"reason": "期限写法有误", "was-1": "选举后10个工作日内", "now-1": "选举后十个工作日内"}
    kept = drafter.press("起草更正件", **typed)
    assert kept.status == 403
    assert kept.value("was-1") == "选举后10个工作日内"
    assert "已起草更正" in drafter.press("起草更正件", password=passwords["handler-a"]).text

    leader = signed_in("leader")
    leader.follow("发文登记簿")
    leader.follow("更正件（审核意见函）")
    leader.press("取号并生成待签文本")
    assert leader.press("签名", password="wrong").status == 403
    assert "已签名" in leader.press("签名", password=passwords["leader"]).text
    number = next(row["number"] for row in play.rows(tables.document) if row["replaces"] == old["id"])
    keeper = signed_in("seal")
    keeper.follow("发文登记簿")
    keeper.follow(number)
    assert "新文书生效" in keeper.press("用印", password=passwords["seal"]).text

    by_code = visitor.open(f"/verify/{old['code']}")
    assert by_code.heading.endswith(f"已被{number}更正代替")
    assert "期限写法有误" in by_code.text
    assert "现在有效" in visitor.follow(number).heading
    visitor.open("/verify")
    by_file = visitor.press("开始验真", files={"file": ("函.pdf", data)})
    assert by_file.heading.endswith("已被新文书代替")
    assert f"被{number}更正代替" in by_file.text


def test_a_letter_is_revoked_with_a_reason_by_who_may(
    play: Play, signed_in: Enter, visitor: Visitor, passwords: dict[str, str]
) -> None:
    old, _ = served(play)
    clerk = signed_in("clerk")
    clerk.follow("发文登记簿")
    clerk.follow(old["number"])
    assert "撤销这份文书" not in clerk.page.links()
    assert clerk.open(f"{clerk.page.url}/revoke").status == 403
    leader = signed_in("leader")
    leader.follow("发文登记簿")
    leader.follow(old["number"])
    leader.follow("撤销这份文书")
    assert leader.press("撤销文书", password=passwords["leader"]).errors == ["请填写撤销的理由，验真的人会看到。"]
    assert "已撤销" in leader.press("撤销文书", reason="依据有误", password=passwords["leader"]).text
    assert "依据有误" in visitor.open(f"/verify/{old['code']}").text


def test_the_register_is_filtered_and_taken_out(play: Play, signed_in: Enter) -> None:
    letter, _ = served(play)
    clerk = signed_in("clerk")
    clerk.follow("发文登记簿")
    assert "没有缺号" in clerk.page.section("runs")
    clerk.press("查找", kind="D01", q="冷链")
    notice = next(row for row in play.rows(tables.document) if row["kind"] == "D01")
    assert notice["number"] in clerk.page.links()
    assert letter["number"] not in clerk.page.links()
    book = load_workbook(io.BytesIO(clerk.follow("导出 Excel").data)).active
    assert book is not None
    assert book["A2"].value == "筛选条件：文种：受理通知书；包含：冷链"
    assert clerk.open("/desk/register?state=void&year=x&page=99").status == 200


def test_who_may_not_see_the_register_is_not_offered_it(play: Play, signed_in: Enter) -> None:
    secretary = signed_in("secretary")
    assert "发文登记簿" not in secretary.page.links()
    assert secretary.open("/desk/register").status == 403
