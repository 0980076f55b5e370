"""Who could be in a group: read from a workbook by credit codes, found by words and by the end of a term."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from openpyxl import Workbook

from engine import cases, store
from engine.errors import Invalid
from engine.store import tables
from tests.cases.grouped import COLD, PACK, ids
from tests.cases.playing import PACKAGE, Play


def book(*codes: object) -> bytes:
    made = Workbook()
    page: Any = made.active
    page.append(["协会名称", "统一社会信用代码"])
    for code in codes:
        page.append(["随便写的", code])
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def test_a_workbook_names_associations_by_their_codes(sqlite_play: Play) -> None:
    play, handler = sqlite_play, sqlite_play.office.actor("handler-a")
    data = book("51990000mj000000xn", "51990000500000015J", "51990000MJ000000XN", "没有", "=1+1")
    listed = cases.read_list(play.installation, handler, PACKAGE, data)
    assert listed.organisations == ids(play, "assoc_coldchain", "assoc_packaging")
    assert [row for row, _ in listed.faults] == [5, 6]
    with pytest.raises(Invalid, match="没有找到表头"):
        cases.read_list(play.installation, handler, PACKAGE, book_without_heads())


def book_without_heads() -> bytes:
    made, out = Workbook(), BytesIO()
    made.save(out)
    return out.getvalue()


def test_candidates_are_found_by_words_and_by_the_end_of_their_term(sqlite_play: Play) -> None:
    play, handler = sqlite_play, sqlite_play.office.actor("handler-a")
    case_id = play.begin()
    term = {"case_id": case_id, "organisation_id": ids(play, "assoc_coldchain")[0], "term_no": 2}
    with store.writing(play.installation.database) as transaction:
        row = term | {"since": date(2021, 12, 1), "until": date(2026, 11, 30)}
        transaction.execute(sa.insert(tables.association_term), [row])

    def found(**asked: Any) -> list[tuple[str, bool]]:
        listed = cases.candidates(play.installation, handler, PACKAGE, **asked)
        return [(one.name, one.running) for one in listed]

    assert (COLD, True) in found() and (PACK, False) in found()
    assert found(words="包装") == [(PACK, False)]
    assert found(until=date(2026, 12, 31)) == [(COLD, True)]
    assert found(until=date(2026, 11, 29)) == []
