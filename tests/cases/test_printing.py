"""Forms that are printed from what a case holds (套打): by the association from its draft, by the department all along."""

from typing import Any

import pytest

from engine import cases
from engine.documents import Entries, Opinion, Table
from engine.errors import NotFound
from engine.store import tables
from tests.cases.playing import Open, Play


def printed(play: Play, login: str, case_id: str, kind: str, place: int | None = None) -> str:
    return cases.sheet_content(play.installation, play.actor(login), case_id, kind, place).text()


def save(play: Play, task: Open, values: dict[str, Any]) -> None:
    cases.save_draft(play.installation, play.actor("applicant"), task.id, values, 0)


def kinds(play: Play, login: str, case_id: str) -> list[str]:
    return [sheet.kind for sheet in cases.printable(play.installation, play.actor(login), case_id)]


def boxes(play: Play, case_id: str) -> dict[str, tuple[str, str, str]]:
    """The levels of the review sheet: what was said, by whom, on which day."""
    content = cases.sheet_content(play.installation, play.actor("head"), case_id, "S02")
    found = [block for block in content.blocks if isinstance(block, Opinion)]
    return {one.label: (one.text, one.person, one.day) for one in found}


def test_the_association_prints_its_registration_before_it_applies(sqlite_play: Play) -> None:
    play = sqlite_play
    case_id = play.begin()
    task = play.task(case_id, "Task_submit")
    applicant = play.actor("applicant")
    (empty, pledge) = cases.printable(play.installation, applicant, case_id)
    assert (empty.kind, empty.members, pledge.kind) == ("S01", (), "S06")
    save(play, task, play.values("Task_submit"))
    (registration, _) = cases.printable(play.installation, applicant, case_id)
    assert registration.members == ("陈海澜", "符明远", "黎若川")
    text = printed(play, "applicant", case_id, "S01", 0)
    assert "陈海澜" in text
    assert "1968.05" in text
    assert "990000" not in text, "the number is written by hand"
    assert "陈海澜、符明远、黎若川" in printed(play, "applicant", case_id, "S06")
    name, data = cases.print_sheet(play.installation, applicant, case_id, "S01", 2)
    assert (name, data[:5]) == ("负责人人选登记表.pdf", b"%PDF-")
    with pytest.raises(NotFound):
        printed(play, "applicant", case_id, "S01", 3)
    with pytest.raises(NotFound):
        printed(play, "handler_a", case_id, "S01", 0)


def test_a_registration_with_nothing_in_it_but_a_person_is_printed_to_be_filled_in(sqlite_play: Play) -> None:
    play = sqlite_play
    case_id = play.begin()
    save(play, play.task(case_id, "Task_submit"), {"candidates": [{"name": None}]})
    content = cases.sheet_content(play.installation, play.actor("applicant"), case_id, "S01", 0)
    filled = [entry.text for block in content.blocks if isinstance(block, Entries) for entry in block.entries]
    assert set(filled) == {"", "南屿省冷链物流行业协会"}


def test_the_department_prints_the_rest_and_the_association_does_not(sqlite_play: Play) -> None:
    play = sqlite_play
    case_id = play.until("Task_summary")
    assert kinds(play, "clerk", case_id) == ["S01", "S06", "S02", "S03", "S04", "S05"]
    assert kinds(play, "applicant", case_id) == ["S01", "S06"]
    for kind in ("S02", "S03", "S04", "S05"):
        with pytest.raises(NotFound):
            printed(play, "applicant", case_id, kind)
    unit = play.holder(next(row["post_id"] for row in play.rows(tables.task) if row["node_id"] == "MI_joint_check"))
    with pytest.raises(NotFound):
        cases.printable(play.installation, unit, case_id)


def test_the_review_sheet_has_a_box_for_every_level_with_what_was_said_there(sqlite_play: Play) -> None:
    play = sqlite_play
    case_id = play.until("Task_summary")
    levels = boxes(play, case_id)
    assert list(levels) == ["党组织初审意见", "承办人意见", "处室意见", "部务会意见", "部领导签发"]
    assert levels["党组织初审意见"][0] == "同意。"
    assert levels["承办人意见"] == ("", "", "")
    play.go(case_id, "Task_summary")
    play.go(case_id, "Task_head_review")
    levels = boxes(play, case_id)
    assert "陈海澜，拟任会长：同意" in levels["承办人意见"][0]
    assert levels["处室意见"] == ("同意。", play.actor("head").name, "2026年11月23日")
    assert levels["部领导签发"] == ("", "", "")
    assert "经核验" not in printed(play, "head", case_id, "S02"), "what is internal stays off the paper"


def test_an_opinion_no_longer_stands_once_an_earlier_level_has_spoken_again(sqlite_play: Play) -> None:
    play = sqlite_play
    case_id = play.until("Task_head_review")
    play.do(case_id, "Task_head_review", {"decision": "redo_summary", "note_internal": "请补充理由"})
    assert boxes(play, case_id)["处室意见"][0] == "退回。"
    play.go(case_id, "Task_summary")
    assert boxes(play, case_id)["处室意见"] == ("", "", "")


def test_receipt_and_contents_list_what_went_out_and_what_came_in(sqlite_play: Play) -> None:
    play = sqlite_play
    case_id = play.until("Task_serve")
    play.office.work_off()
    receipt = printed(play, "clerk", case_id, "S03")
    assert "审核意见函" in receipt
    assert "受理通知书" in receipt
    assert "征求意见函" not in receipt, "that went to others"
    assert "部务会纪要" not in receipt
    content = cases.sheet_content(play.installation, play.actor("clerk"), case_id, "S04")
    (table,) = [block for block in content.blocks if isinstance(block, Table)]
    names = [row[3] for row in table.rows]
    assert {"章程.pdf", "受理通知书", "征求意见函", "部务会纪要", "审核意见函"} <= set(names)
    pages = [int(row[5]) for row in table.rows]
    assert pages[0] == 1
    assert pages == sorted(pages)
    closing = printed(play, "clerk", case_id, "S05")
    assert f"{len(names)}件" in closing
