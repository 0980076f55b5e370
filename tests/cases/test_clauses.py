"""A clause's new text takes effect on its day, in every process that rests on it, without a new version of any."""

import re
from datetime import UTC, date, datetime

import pytest

from engine import cases, packages
from engine.errors import Forbidden, NotFound
from engine.store import tables
from tests.cases.playing import Play
from tests.installations import BPMN

DAY = date(2026, 12, 10)
BEFORE, ON_THE_DAY = datetime(2026, 12, 9, 8, tzinfo=UTC), datetime(2026, 12, 9, 16, 30, tzinfo=UTC)  # 00:30 in China


def renewed(play: Play) -> None:
    """A register in which MZ166-T is confirmed from the day on, with another text."""
    text = (BPMN / "clauses.toml").read_text(encoding="utf-8")
    entry = next(one for one in re.split(r"(?=\[\[clause\]\])", text) if 'id = "MZ166-T"' in one)
    new = re.sub(r"effective_from = .*", f"effective_from = {DAY}", entry)
    new = re.sub(r'text = ".*"', 'text = "连任不超过两届。"', new).replace("参照", "本省确认")
    old = entry.rstrip() + f"\neffective_to = {DAY.replace(day=DAY.day - 1)}\n\n"
    with play.writing() as transaction:
        packages.deploy_clauses(transaction, text.replace(entry, old + new).encode(), at=play.clock.now())


def severity(play: Play, task_id: str) -> dict[str, str]:
    told = cases.preview(play.installation, play.actor("applicant"), task_id)
    return {row["code"]: row["severity"] for _, row in told.findings}


def test_nothing_changes_before_the_day_and_on_the_day_the_new_text_holds(play: Play) -> None:
    version = play.rows(tables.process_in_force)
    case_id = play.begin()
    task = play.task(case_id, "Task_submit")
    cases.save_draft(play.installation, play.actor("applicant"), task.id, play.candidates(terms_served=2), 0)
    assert severity(play, task.id)["E03"] == "manual"
    renewed(play)
    assert severity(play, task.id)["E03"] == "manual"
    play.clock.set(BEFORE)
    assert severity(play, task.id)["E03"] == "manual"
    page = cases.clause_page(play.installation, play.actor("handler_a"), "MZ166-T")
    assert page.line.coming is not None
    assert page.line.coming.effective_from == DAY
    assert not page.line.confirmed
    play.clock.set(ON_THE_DAY)
    assert severity(play, task.id)["E03"] == "block"
    page = cases.clause_page(play.installation, play.actor("handler_a"), "MZ166-T")
    assert (page.line.clause.text, page.line.confirmed, page.line.coming) == ("连任不超过两届。", True, None)
    assert play.rows(tables.process_in_force) == version


def test_a_running_case_is_judged_by_the_text_of_its_day(play: Play) -> None:
    case_id = play.begin()
    play.files(case_id)
    renewed(play)
    play.clock.set(BEFORE)
    play.complete(play.task(case_id, "Task_submit"), play.candidates(terms_served=2))
    told = cases.case_view(play.installation, play.actor("handler_a"), case_id)
    rows = [row for item in told.items for row in item.findings if row["code"] == "E03"]
    assert [row["severity"] for row in rows] == ["manual"]
    play.clock.set(ON_THE_DAY)
    later = cases.case_view(play.installation, play.actor("handler_a"), case_id)
    assert later.items == told.items  # a judgement that was made stays


def test_a_clause_tells_everything_that_rests_on_it(sqlite_play: Play) -> None:
    play = sqlite_play
    play.until("Task_accept")
    page = cases.clause_page(play.installation, play.actor("handler_a"), "MZ166-4")
    (resting,) = [one for one in page.resting if one.package == "leader_review"]
    assert resting.open_cases == 1
    assert {"E01", "E11", "E12", "E13"} <= {one.code for one in resting.blocking}
    assert {(one.kind, one.key) for one in resting.others} >= {
        ("parameter", "age_mode"),
        ("form", "summary"),
        ("document", "D07"),
    }
    material = cases.clause_page(play.installation, play.actor("handler_a"), "REG-27").resting[0]
    assert [one.text for one in material.others if one.kind == "form"] == ["要交的材料：财务审计报告"]
    assert cases.clause_page(play.installation, play.actor("handler_a"), "PIPL").resting == ()
    nodes = cases.clause_page(play.installation, play.actor("handler_a"), "SH-DUAL").resting
    assert "改定初审主体" in {one.title for each in nodes for one in each.others if one.kind == "node"}


def test_the_register_is_for_those_who_review(sqlite_play: Play) -> None:
    play = sqlite_play
    for login in ("handler-a", "joint-police", "party-logistics"):
        assert cases.clause_list(play.installation, play.office.actor(login)).total > 30
    outside = cases.clause_page(play.installation, play.office.actor("joint-police"), "MZ166-4")
    assert {one.open_cases for one in outside.resting} == {None}
    with pytest.raises(Forbidden):
        cases.clause_list(play.installation, play.actor("applicant"))
    with pytest.raises(NotFound):
        cases.clause_page(play.installation, play.actor("handler_a"), "MZ166-9")
    for kind, key in (("row", "DT-L9"), ("form", "none"), ("document", "none")):
        with pytest.raises(NotFound):
            cases.clause_part(play.installation, play.actor("handler_a"), "leader_review", kind, key)
