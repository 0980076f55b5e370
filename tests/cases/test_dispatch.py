"""The register: every number with its document or the reason for its void, looked through and taken out."""

import io

import pytest
from openpyxl import load_workbook

from engine import cases
from engine.cases import Wanted
from engine.errors import Forbidden
from engine.store import tables
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
    task = play.task(case_id, "Task_sign")
    cases.prepare_documents(play.installation, leader, task.id)
    cases.return_task(play.installation, leader, task.id, "Task_summary", "建议要重拟")
    for node in ("Task_summary", "Task_head_review", "Task_meeting"):
        play.do(case_id, node)
    cases.prepare_documents(play.installation, leader, play.task(case_id, "Task_sign").id)
    return case_id


def numbers(play: Play, wanted: Wanted) -> list[tuple[str, str]]:
    found = cases.register(play.installation, play.actor("clerk"), wanted)
    return [(row.number, row.state) for row in found.rows]


def test_a_number_is_in_the_register_with_its_document_or_as_a_void_with_the_reason(held: Play) -> None:
    found = cases.register(held.installation, held.actor("clerk"), Wanted())
    assert [(row.number, row.state, row.reason) for row in found.rows] == [
        ("屿社工函〔2026〕3号", "rendered", ""),
        ("屿社工函〔2026〕2号", "voided", "退回：建议要重拟"),
        ("屿社工函〔2026〕1号", "issued", ""),
    ]
    assert [(run.authority, run.last, run.voided, run.missing) for run in found.runs] == [("屿社工函", 3, 1, 0)]
    notice = found.rows[-1]
    assert (notice.addressee, notice.title) == ("南屿省冷链物流行业协会", "受理通知书")
    assert notice.drafted_by == notice.sealed_by != ""


def test_a_number_that_nobody_accounts_for_is_told(held: Play) -> None:
    held.tampered = True
    with held.writing() as transaction:
        transaction.execute(tables.document.delete().where(tables.document.c.serial == 2))
    (run,) = cases.register(held.installation, held.actor("clerk"), Wanted()).runs
    assert run.missing == 1


def test_the_register_is_narrowed_by_year_kind_state_and_words(held: Play) -> None:
    wanted = {
        Wanted(year=2026): [3, 2, 1],
        Wanted(year=2025): [],
        Wanted(kind="D01"): [1],
        Wanted(state="issued"): [1],
        Wanted(state="voided"): [2],
        Wanted(state="pending"): [3],
        Wanted(text="冷链物流"): [3, 2, 1],
        Wanted(text="〔2026〕2号"): [2],
        Wanted(text="100%"): [],
        Wanted(year=2026, kind="D06", state="pending", text="LR-2026"): [3],
    }
    for asked, serials in wanted.items():
        assert [number for number, _ in numbers(held, asked)] == [f"屿社工函〔2026〕{one}号" for one in serials], asked


def test_who_has_no_post_for_it_sees_no_register(held: Play) -> None:
    for login in ("coldchain", "secretary"):
        with pytest.raises(Forbidden, match="发文登记簿"):
            cases.register(held.installation, held.office.actor(login), Wanted())
        assert not cases.reads_register(held.installation, held.office.actor(login))


def test_the_workbook_says_who_took_it_out_under_which_conditions_and_that_is_recorded(held: Play) -> None:
    clerk = held.actor("clerk")
    name, data = cases.export_sheet(held.installation, clerk, Wanted(year=2026, state="voided"))
    assert name.startswith("发文登记簿20261123")
    sheet = load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][0] == "发文登记簿"
    assert rows[1][0] == "筛选条件：年度：2026；状态：已作废"
    assert f"导出人：{clerk.name}" in str(rows[2][0])
    assert clerk.name in str(sheet.oddFooter.center.text)
    columns = dict(zip(rows[4], rows[5], strict=True))
    assert (columns["发文字号"], columns["撤销、更正或作废的理由"]) == ("屿社工函〔2026〕2号", "退回：建议要重拟")
    assert len(rows) == 6
    last = held.rows(tables.event, tables.event.c.kind == "register.exported")[-1]
    assert decode(last["body"])["rows"] == 1
    assert last["actor"] == clerk.person_id


def test_a_text_that_looks_like_a_formula_stays_text(held: Play) -> None:
    held.tampered = True
    with held.writing() as transaction:
        transaction.execute(tables.document.update().where(tables.document.c.serial == 2).values(reason="=1+1"))
    _, data = cases.export_sheet(held.installation, held.actor("clerk"), Wanted(state="voided"))
    sheet = load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    cell = next(cell for row in sheet.iter_rows(min_row=6) for cell in row if cell.value == "=1+1")
    assert cell.data_type == "s"
