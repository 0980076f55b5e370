"""Supervision: lights and figures that add up, slips that urge, an export that says who took it and why."""

import re
from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook

from engine import cases
from engine.cases import Criteria
from engine.errors import Conflict, Forbidden, Invalid, NotFound
from engine.store import new_id, tables
from engine.store.values import decode
from tests.cases.playing import Play


def cells(data: bytes) -> list[list[str]]:
    """The texts and numbers of the sheet, row by row."""
    (sheet,) = load_workbook(BytesIO(data)).worksheets
    return [[str(cell.value) for cell in row if cell.value is not None] for row in sheet.iter_rows()]


def test_lights_by_unit_and_step_and_the_list_behind_them(play: Play) -> None:
    play.until("MI_joint_check")
    waiting = len(play.open(play.rows(tables.case)[0]["id"]))
    supervisor = play.actor("supervisor")
    view = cases.supervision(play.installation, supervisor, Criteria())
    assert (view.open_cases, view.paused, view.lights) == (1, 0, {"green": waiting})
    assert sum(line.total for line in view.units) == waiting
    assert [(line.name, line.total, line.worst) for line in view.steps] == [("逐人提出联审意见", waiting, "green")]
    play.later(days=30)
    view = cases.supervision(play.installation, supervisor, Criteria())
    police = next(line for line in view.units if line.name == "省公安厅")
    assert (police.worst, police.lights, police.oldest > 0) == ("red", {"red": 1}, True)
    listed = cases.overseen(play.installation, supervisor, Criteria(unit=police.key, light="red"))
    assert [row.holder for row in listed.rows] == ["省公安厅 联审经办岗"]
    assert cases.supervision(play.installation, supervisor, Criteria(package="other")).units == ()


def test_figures_of_what_was_submitted_closed_mended_and_late(play: Play) -> None:
    play.closed()
    (row,) = play.rows(tables.case)
    assert row["used_days"] is not None
    view = cases.supervision(play.installation, play.actor("leader"), Criteria())
    figures = view.figures
    assert (figures.received, figures.closed, figures.supplemented) == (1, 1, 0)
    assert figures.average_days == row["used_days"]
    assert (figures.late, figures.late_share, figures.done > 5) == (0, 0.0, True)
    assert (view.months[0].name, view.months[0].received) == ("2026年11月", 1)
    assert sum(month.closed for month in view.months) == 1
    assert sum(line.done for line in view.step_lines) == figures.done
    before = cases.supervision(play.installation, play.actor("leader"), Criteria(until=date(2026, 10, 31)))
    assert (before.figures.received, before.figures.average_days, before.figures.late_share) == (0, None, None)


def test_a_supplement_counts_and_what_is_done_late_counts(play: Play) -> None:
    case_id = play.until("Task_accept", new_id())
    item = {"_key": "1", "material": "审计报告", "problem": "未附", "requirement": "提交", "basis": "第二十七条"}
    play.later(days=30)
    play.complete(play.task(case_id, "Task_accept"), {"decision": "supplement", "supplement_items": [item]})
    figures = cases.supervision(play.installation, play.actor("supervisor"), Criteria()).figures
    assert (figures.supplement_share, figures.late, figures.late_share) == (100.0, 1, 100.0)


def test_only_those_who_supervise_see_it_and_only_the_supervisor_acts(play: Play) -> None:
    case_id = play.until("Task_accept")
    task, place = play.task(case_id, "Task_accept"), play.installation
    for login in ("acceptor", "joint-police", "applicant"):
        for look in (cases.supervision, cases.overseen):
            with pytest.raises(Forbidden):
                look(place, play.actor(login), Criteria())
    for login in ("head", "leader", "acceptor"):
        with pytest.raises(Forbidden):
            cases.urge(place, play.actor(login), task.id, 3, "请尽快办理")
        with pytest.raises(Forbidden):
            cases.export_cases(place, play.actor(login), Criteria(), ["number"], "季度通报")
    assert cases.supervision(place, play.actor("head"), Criteria()).open_cases == 1


def test_a_slip_reaches_the_post_and_the_head_and_can_be_read_and_printed(play: Play) -> None:
    case_id = play.until("MI_joint_check")
    task, place, supervisor = (
        play.task(case_id, "MI_joint_check", "police"),
        play.installation,
        play.actor("supervisor"),
    )
    play.later(days=30)
    slip_id = cases.urge(place, supervisor, task.id, 3, "联审超期，请答复")
    slip = cases.slip(place, play.actor("joint-police"), slip_id)
    assert (slip.level, slip.unit, slip.reason) == ("红色", "省公安厅 联审经办岗", "联审超期，请答复")
    assert slip.late > 0
    assert slip.until == date(2026, 12, 28)
    for login in ("joint-police", "head"):
        (notice, *_) = cases.notifications(place, play.actor(login))
        assert notice.text.startswith("红色督办单：")
    with pytest.raises(NotFound):
        cases.slip(place, play.actor("joint-court"), slip_id)
    with pytest.raises(NotFound):
        cases.slip(place, supervisor, f"{case_id}-x")
    assert play.events(case_id)[-1][0] == "task.supervised"
    with pytest.raises(Conflict, match="今天已经督办"):
        cases.urge(place, supervisor, task.id, 3, "再催")
    play.later(days=1)
    assert cases.urge(place, supervisor, task.id, 3, "再催一次") != slip_id
    with pytest.raises(Invalid, match="1 到 30"):
        cases.urge(place, supervisor, task.id, 31, "再催")


def test_an_export_says_who_when_why_and_masks_numbers(play: Play) -> None:
    play.until("Task_accept")
    wanted = ["number", "title", "people", "numbers", "mobile", "submitted", "light"]
    made = cases.export_cases(
        play.installation, play.actor("supervisor"), Criteria(words="冷链"), wanted, "报部领导的季度通报"
    )
    rows = cells(made.data)
    text = "\n".join("|".join(row) for row in rows)
    assert rows[0] == ["案件清单"]
    assert "筛选条件：含“冷链”。共 1 件。" in text
    assert "导出人：贺闻笛（监察岗）；导出时间：2026-11-23 09:00；事由：报部领导的季度通报" in text
    assert "内部资料，不得外传" in text
    heading = rows.index(["案号", "事项", "灯", "提交日期", "人选", "证件号码（脱敏）", "联系手机（脱敏）"])
    (line,) = rows[heading + 1 :]
    assert line[0] == "LR-2026-0001"
    assert "990***********0015" in line[5]
    assert line[6] == "138****0026"
    assert not re.search(r"(?<![0-9a-f])\d{17}[\dX](?![0-9a-f])", text)
    recorded = play.rows(tables.event, tables.event.c.kind == "cases-exported")
    body = decode(recorded[-1]["body"])
    assert (body["reason"], body["count"], body["conditions"]) == ("报部领导的季度通报", 1, "含“冷链”")


def test_an_export_needs_a_reason_and_a_column(play: Play) -> None:
    supervisor = play.actor("supervisor")
    with pytest.raises(Invalid, match="事由"):
        cases.export_cases(play.installation, supervisor, Criteria(), ["number"], " 用 ")
    with pytest.raises(Invalid, match="至少选择一列"):
        cases.export_cases(play.installation, supervisor, Criteria(), ["nothing"], "季度通报用")
    assert play.rows(tables.event, tables.event.c.kind == "cases-exported") == []
