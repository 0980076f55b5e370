"""The publisher's pages: versions, a dry run of a move, its confirmation, its record."""

import re
from collections.abc import Callable

from tests.cases.playing import PACKAGE, Play
from tests.cases.test_moving import HURRY, NEW_LABEL, deploy, holds, rename_node, task_row
from tests.webapp.visitor import Visitor

Enter = Callable[[str], Visitor]


def simulated(visitor: Visitor) -> list[str]:
    """The rows of the dry run that is open, or of its record."""
    return [" ".join(row.text_content().split()) for row in visitor.page.tree.xpath("//main//tbody/tr")]


def test_from_the_versions_by_a_dry_run_to_the_record(play: Play, signed_in: Enter) -> None:
    case_id = play.until("Task_summary")
    row = play.row(case_id)
    before = task_row(play, case_id, "Task_summary")["due_at"]
    deploy(play, NEW_LABEL, HURRY)
    someone = signed_in("publisher")
    page = someone.follow("流程版本")
    assert "没有迁移过案件" in page.section("orders")
    assert "在用0" in page.section(f"process-{PACKAGE}")
    page = someone.press("模拟迁移：全省性行业协会商会负责人人选审核")
    assert "可以迁移 1 件，不能迁移 0 件" in page.text
    (line,) = simulated(someone)
    assert line.startswith(f"{row['number']} 可以迁移 提出综合意见 保留（名称改为 起草综合意见）")
    assert "计时 2 个工作日未拟 新设" in line
    assert play.row(case_id) == row
    assert someone.press("迁移所选案件").errors == ["请填写迁移的原因，写明依据和批准人。"]
    page = someone.press("迁移所选案件", reason="按处务会意见统一到新版")
    assert page.heading.startswith("迁移记录")
    assert "唐以诚" in page.text
    assert "按处务会意见统一到新版" in page.text
    assert simulated(someone)[0].startswith(f"{row['number']} 已迁移 提出综合意见 保留")
    assert play.row(case_id)["version_id"] != row["version_id"]
    assert task_row(play, case_id, "Task_summary")["due_at"] == before
    holds(play)
    told = signed_in("head").open(f"/desk/cases/{case_id}").text
    assert "迁移到新版流程" in told
    assert "按处务会意见统一到新版" in told
    assert "已迁移 1 件" in someone.open("/desk/versions/").section("orders")
    assert "没有要迁移的案件" in someone.press("模拟迁移：全省性行业协会商会负责人人选审核").text


def test_only_the_chosen_move_and_what_cannot_says_why(play: Play, signed_in: Enter) -> None:
    stuck, goes, stays = play.until("Task_head_review"), play.until("Task_accept"), play.until("Task_accept")
    version = play.row(stuck)["version_id"]
    rename_node(play, "Task_head_review", "Task_chief_review")
    someone = signed_in("publisher")
    someone.follow("流程版本")
    someone.press("模拟迁移：全省性行业协会商会负责人人选审核")
    lines = simulated(someone)
    assert "不能迁移 案件停在“处长审核”" in next(line for line in lines if play.row(stuck)["number"] in line)
    assert someone.press("迁移所选案件", case=[], reason="试行新版").errors == ["请选择要迁移的案件。"]
    assert someone.page.value("reason") == "试行新版"
    someone.press("迁移所选案件", case=[goes], reason="试行新版")
    assert play.row(goes)["version_id"] != version
    assert {play.row(one)["version_id"] for one in (stuck, stays)} == {version}


def test_a_case_that_went_on_meanwhile_stays_and_the_record_says_so(play: Play, signed_in: Enter) -> None:
    case_id = play.until("Task_summary")
    version = play.row(case_id)["version_id"]
    deploy(play, NEW_LABEL)
    someone = signed_in("publisher")
    someone.follow("流程版本")
    someone.press("模拟迁移：全省性行业协会商会负责人人选审核")
    play.do(case_id, "Task_summary")
    someone.press("迁移所选案件", reason="统一到新版")
    assert "模拟以后案件又有办理" in simulated(someone)[0]
    assert "留在原版本 1 件" in someone.page.text
    assert play.row(case_id)["version_id"] == version


def test_cases_go_to_the_version_that_was_chosen(play: Play, signed_in: Enter) -> None:
    case_id = play.until("Task_accept")
    first = play.row(case_id)["version_id"]
    second, _ = deploy(play, NEW_LABEL), deploy(play, HURRY)
    someone = signed_in("publisher")
    someone.follow("流程版本")
    someone.press("模拟迁移：全省性行业协会商会负责人人选审核", **{"from": first, "to": second})
    someone.press("迁移所选案件", reason="先到中间一版")
    assert play.row(case_id)["version_id"] == second
    assert someone.open(f"/desk/versions/{PACKAGE}/move?to=nothing").heading == "流程版本"


def test_a_move_of_many_cases_goes_page_by_page(play: Play, signed_in: Enter, monkeypatch) -> None:
    monkeypatch.setattr("engine.cases.publishing.MOST", 1)
    numbers = {play.row(play.until("Task_accept"))["number"] for _ in range(2)}
    deploy(play, NEW_LABEL)
    someone = signed_in("publisher")
    someone.follow("流程版本")
    someone.press("模拟迁移：全省性行业协会商会负责人人选审核")
    shown = {re.split(" ", simulated(someone)[0])[0]}
    someone.follow("下一批")
    shown.add(re.split(" ", simulated(someone)[0])[0])
    assert shown == numbers
    someone.press("迁移所选案件", reason="分批迁移")
    assert len(simulated(someone)) == 1


def test_others_have_no_way_in(play: Play, signed_in: Enter) -> None:
    deploy(play, NEW_LABEL)
    someone = signed_in("head")
    assert "流程版本" not in someone.page.links()
    for path in ("", f"{PACKAGE}/move?to=x", "moves/1"):
        assert someone.open(f"/desk/versions/{path}").status == 403
    publisher = signed_in("publisher")
    assert publisher.open("/desk/versions/nothing/move").status == 404
    assert publisher.open("/desk/versions/moves/1").status == 404
