"""党建责任台账: filled by an approved filing, out as a workbook and in from one, every row or none."""

import zipfile
from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from engine import cases, spreadsheet, store
from engine.cases import LedgerWanted
from engine.cases.ledger import HEADS, fill_ledger
from engine.errors import Forbidden, Invalid
from engine.store import tables
from engine.store.values import decode
from tests.cases.playing import Play

COLD, PACK = "南屿省冷链物流行业协会", "南屿省包装行业协会"
LOGISTICS = "南屿省物流行业综合党委"
GOOD: tuple[Any, ...] = (
    COLD,
    "51990000MJ000000XN",
    LOGISTICS,
    "党建2026-001",
    "支部（只设书记）",
    "罗知夏",
    4,
    "2026-11-16",
    date(2029, 11, 15),
    2026,
)


def book(*rows: tuple[Any, ...], heads: tuple[str, ...] = HEADS) -> bytes:
    made = Workbook()
    page: Any = made.active
    page.append(["党建责任台账"])
    page.append(list(heads))
    for row in rows:
        page.append(list(row))
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def lines(play: Play, login: str = "handler-a", **wanted: str) -> list[tuple[Any, ...]]:
    found = cases.party_ledger(play.installation, play.office.actor(login), LedgerWanted(**wanted))
    return [one.cells for one in found.lines]


def taken(play: Play, data: bytes, login: str = "handler-a") -> cases.Taken:
    return cases.import_ledger(play.installation, play.office.actor(login), data)


def test_what_goes_out_comes_in_again_and_says_who_took_it(play: Play) -> None:
    assert taken(play, book(GOOD)).rows == 1
    name, data = cases.export_ledger(play.installation, play.actor("handler_a"), LedgerWanted(), "季度通报用")
    page: Any = load_workbook(BytesIO(data)).active
    text = "\n".join(str(cell.value) for row in page.iter_rows() for cell in row if cell.value is not None)
    assert name == "党建责任台账-20261123.xlsx"
    assert "筛选条件：全部协会。共 3 行。" in text
    assert "导出人：吴秋澄" in text
    assert "事由：季度通报用" in text
    body = decode(play.rows(tables.event, tables.event.c.kind == "ledger-exported")[-1]["body"])
    assert (body["reason"], body["count"], body["conditions"]) == ("季度通报用", 3, "全部协会")
    before = lines(play)
    assert taken(play, data).rows == 1  # the others have nobody who answers for it
    assert lines(play) == before
    assert before[0][:4] == GOOD[:4]
    assert before[0][7:] == (date(2026, 11, 16), date(2029, 11, 15), 2026)
    assert lines(play, lead=cases.NO_LEAD) == before[1:]
    assert play.rows(tables.event, tables.event.c.kind == "ledger-imported") != []


WRONG: list[tuple[dict[int, Any], str]] = [
    ({1: "51990000MJ0000009X"}, "没有统一社会信用代码为“51990000MJ0000009X”的协会"),
    ({0: "别的协会"}, "协会名称与信用代码不符"),
    ({2: "省公安厅"}, "没有归口管理单位“省公安厅”"),
    ({2: None}, "没有归口管理单位"),
    ({5: "=HYPERLINK(1)"}, "“党组织书记”是公式"),
    ({5: "@SUM(1)"}, "“党组织书记”是公式"),
    ({6: "四个"}, "“正式党员数”须是"),
    ({6: -1}, "“正式党员数”须是"),
    ({7: "2026年13月1日"}, "“登记日期”须是日期"),
    ({9: 26}, "“最近年报年度”须是四位年份"),
    ({3: "号" * 65}, "“党建编号”超过 64 个字"),
]


@pytest.mark.parametrize(("changed", "said"), WRONG, ids=[said[:12] for _, said in WRONG])
def test_a_row_with_a_fault_keeps_every_row_out(sqlite_play: Play, changed: dict[int, Any], said: str) -> None:
    play = sqlite_play
    bad = tuple(changed.get(place, value) for place, value in enumerate(GOOD))
    good = (PACK, "51990000500000015J", LOGISTICS, *(None,) * 7)
    told = taken(play, book(good, bad))
    assert told.rows == 0
    assert [(one.row, said in one.message) for one in told.faults] == [(4, True)] * len(told.faults) != []
    assert play.rows(tables.association_party) == []
    assert play.rows(tables.event, tables.event.c.kind == "ledger-imported") == []


def test_every_fault_of_every_row_is_told_at_once_and_no_association_twice(sqlite_play: Play) -> None:
    told = taken(sqlite_play, book((*GOOD[:2], "无", *GOOD[3:6], "x", *GOOD[7:]), GOOD))
    assert [(one.row, one.message[:8]) for one in told.faults] == [
        (3, "没有归口管理单位"),
        (3, "“正式党员数”须"),
        (4, "与第 3 行是同"),
    ]


def bomb(_: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b" " * (spreadsheet.MOST_UNPACKED + 1))
    return out.getvalue()


def with_entities(data: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as packed, zipfile.ZipFile(out, "w") as made:
        for one in packed.infolist():
            text = packed.read(one)
            made.writestr(one, b'<!DOCTYPE a [<!ENTITY b "c">]>' + text if "sheet1" in one.filename else text)
    return out.getvalue()


HOSTILE: list[tuple[Callable[[bytes], bytes], str]] = [
    (lambda data: b"no workbook", "sheet.unreadable"),
    (lambda data: data[: len(data) // 2], "sheet.unreadable"),
    (lambda data: data + b" " * spreadsheet.MOST_BYTES, "sheet.size"),
    (bomb, "sheet.size"),
    (with_entities, "sheet.unreadable"),
    (lambda data: book(GOOD, heads=("协会", *HEADS[1:])), "sheet.heads"),
    (lambda data: book(*[GOOD] * (spreadsheet.MOST_ROWS + 1)), "sheet.rows"),
]


@pytest.mark.parametrize(("spoil", "code"), HOSTILE)
def test_a_file_that_cannot_be_read_is_refused(sqlite_play: Play, spoil: Callable[[bytes], bytes], code: str) -> None:
    with pytest.raises(Invalid) as caught:
        taken(sqlite_play, spoil(book(GOOD)))
    assert caught.value.code == code


def test_who_sees_and_who_changes(sqlite_play: Play) -> None:
    play = sqlite_play
    taken(play, book(GOOD))
    assert [row[0] for row in lines(play, "party-logistics")] == [COLD]
    assert lines(play, "party-general") == []
    assert len(lines(play, "supervisor")) == 3
    for login in ("coldchain", "joint-police", "sysadmin", "acceptor"):
        with pytest.raises(Forbidden):
            lines(play, login)
    for login in ("party-logistics", "supervisor", "acceptor", "coldchain"):
        with pytest.raises(Forbidden):
            taken(play, book(GOOD), login)
        with pytest.raises(Forbidden):
            cases.export_ledger(play.installation, play.office.actor(login), LedgerWanted(), "季度通报用")
    with pytest.raises(Invalid, match="事由"):
        cases.export_ledger(play.installation, play.actor("handler_a"), LedgerWanted(), " 用 ")


def test_an_approved_filing_fills_the_ledger_and_leaves_what_it_does_not_say(play: Play) -> None:
    taken(play, book(GOOD))
    case_id = play.begin()
    row = play.row(case_id)
    with store.writing(play.installation.database) as transaction:
        told = {"party_no": "党建2026-002", "lead": {"org": "party_general"}, "org_form": "党委"}
        fill_ledger(transaction, row, told, play.clock.now())
        fill_ledger(transaction, row, {"lead": {"org": "party_transport"}}, play.clock.now())  # of another process
    line = lines(play, words="冷链")[0]
    assert line[2:7] == ("南屿省属社会组织综合党委", "党建2026-002", "党委", "罗知夏", 4)
