"""The register: every number with its document or the reason for its void, looked through and taken out."""

import io

import pytest
from openpyxl import load_workbook

from engine import cases
from engine.cases import Dispatch, Wanted
from engine.errors import Forbidden
from engine.store import new_id, tables
from engine.store.values import decode
from tests.cases.playing import Play
from tests.cases.snapshots import brought


@pytest.fixture
def held(play: Play) -> Play:
    """A notice in effect, a void number and a letter that waits for its signature."""
    brought(play.installation, "register", lambda: _filled(play))
    return play


def _filled(play: Play) -> str:
    case_id = play.until("Task_sign")
    play.office.work_off()
    leader = play.actor("leader")
    cases.prepare_documents(play.installation, leader, play.task(case_id, "Task_sign").id)
    other = play.task(play.until("Task_sign", new_id()), "Task_sign")
    cases.prepare_documents(play.installation, leader, other.id)
    cases.return_task(play.installation, leader, other.id, "Task_meeting", "结论要重议")
    return case_id


def all_of(play: Play) -> tuple[Dispatch, ...]:
    return cases.register(play.installation, play.actor("clerk"), Wanted()).rows


def test_a_number_is_in_the_register_with_its_document_or_as_a_void_with_the_reason(held: Play) -> None:
    found = cases.register(held.installation, held.actor("clerk"), Wanted())
    stored = held.rows(tables.document, tables.document.c.number.is_not(None))
    assert {row.number: row.state for row in found.rows} == {row["number"]: row["state"] for row in stored}
    assert {row.state for row in found.rows} >= {"issued", "rendered", "voided"}
    voided = [row for row in found.rows if row.state == "voided"]
    assert {row.reason for row in voided} == {"退回：结论要重议"}
    assert sum(run.voided for run in found.runs) == len(voided)
    assert {run.missing for run in found.runs} == {0}
    assert sum(run.last for run in found.runs) == len(found.rows)
    notice = next(row for row in found.rows if row.kind == "D01")
    assert (notice.addressee, notice.title) == ("南屿省冷链物流行业协会", "受理通知书")
    assert notice.drafted_by == notice.sealed_by != ""
    minutes = next(row for row in found.rows if row.kind == "D09")
    assert (minutes.signed_by, minutes.sealed_by) == (minutes.drafted_by, "")


def test_a_number_that_nobody_accounts_for_is_told(held: Play) -> None:
    held.tampered = True
    with held.writing() as transaction:
        transaction.execute(tables.document.delete().where(tables.document.c.state == "voided"))
    assert sum(run.missing for run in cases.register(held.installation, held.actor("clerk"), Wanted()).runs) > 0


def test_the_register_is_narrowed_by_year_kind_state_and_words(held: Play) -> None:
    rows = all_of(held)
    first = rows[-1].number
    wanted = {
        Wanted(year=2026): [row.number for row in rows],
        Wanted(year=2025): [],
        Wanted(kind="D01"): [row.number for row in rows if row.kind == "D01"],
        Wanted(state="issued"): [row.number for row in rows if row.state == "issued"],
        Wanted(state="voided"): [row.number for row in rows if row.state == "voided"],
        Wanted(state="pending"): [row.number for row in rows if row.state in {"reserved", "rendered", "signed"}],
        Wanted(text="冷链物流"): [row.number for row in rows],
        Wanted(text=first): [first],
        Wanted(text="100%"): [],
        Wanted(year=2026, kind="D06", state="voided", text="LR-2026"): [
            row.number for row in rows if (row.kind, row.state) == ("D06", "voided")
        ],
    }
    for asked, numbers in wanted.items():
        found = cases.register(held.installation, held.actor("clerk"), asked).rows
        assert [row.number for row in found] == numbers, asked


def test_who_has_no_post_for_it_sees_no_register(held: Play) -> None:
    for login in ("coldchain", "secretary"):
        with pytest.raises(Forbidden, match="发文登记簿"):
            cases.register(held.installation, held.office.actor(login), Wanted())
        assert not cases.menu(held.installation, held.office.actor(login)).register


def test_the_workbook_says_who_took_it_out_under_which_conditions_and_that_is_recorded(held: Play) -> None:
    clerk = held.actor("clerk")
    name, data = cases.export_sheet(held.installation, clerk, Wanted(year=2026, state="voided"))
    assert name.startswith("发文登记簿2026")
    sheet = load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][0] == "发文登记簿"
    assert rows[1][0] == "筛选条件：年度：2026；状态：已作废"
    assert f"导出人：{clerk.name}" in str(rows[2][0])
    assert clerk.name in str(sheet.oddFooter.center.text)
    columns = dict(zip(rows[4], rows[5], strict=True))
    voided = [row for row in all_of(held) if row.state == "voided"]
    assert (columns["发文字号"], columns["撤销、更正或作废的理由"]) == (voided[0].number, "退回：结论要重议")
    assert len(rows) == 5 + len(voided)
    last = held.rows(tables.event, tables.event.c.kind == "register.exported")[-1]
    assert decode(last["body"])["rows"] == len(voided)
    assert last["actor"] == clerk.person_id


def test_a_text_that_looks_like_a_formula_stays_text(held: Play) -> None:
    held.tampered = True
    with held.writing() as transaction:
        transaction.execute(tables.document.update().where(tables.document.c.state == "voided").values(reason="=1+1"))
    _, data = cases.export_sheet(held.installation, held.actor("clerk"), Wanted(state="voided"))
    sheet = load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    cell = next(cell for row in sheet.iter_rows(min_row=6) for cell in row if cell.value == "=1+1")
    assert cell.data_type == "s"
