"""What falls due by the ledger: told once to each, listed with its light, decided by nobody."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from engine import cases
from engine.errors import Forbidden
from engine.store import tables
from tests.cases.playing import Play
from tests.cases.test_ledger import COLD, GOOD, LOGISTICS, PACK, book, taken


def at(play: Play, day: date) -> None:
    play.clock.set(datetime(day.year, day.month, day.day, 1, tzinfo=UTC))


def kept(play: Play, **changed: Any) -> None:
    """The association of the demonstration in the ledger, and a case that notices can lead to."""
    play.until("Task_accept")
    places = {"org_form": 4, "registered_on": 7, "until": 8, "report_year": 9}
    row = list(GOOD)
    for name, value in changed.items():
        row[places[name]] = value
    assert taken(play, book(tuple(row))).faults == ()


def told(play: Play) -> list[str]:
    rows = play.rows(tables.notification, tables.notification.c.kind == "term")
    return sorted({row["text"] for row in rows})


def test_a_report_that_is_late_is_red_in_the_list_and_told_once_to_those_whom_it_concerns(play: Play) -> None:
    kept(play, report_year=2025)
    at(play, date(2027, 3, 31))
    listed = cases.annual_reports(play.installation, play.actor("handler_a"))
    assert [(one.line.name, one.light, one.days) for one in listed.lines] == [(COLD, "yellow", 0)]
    assert cases.remind_of_party_work(play.installation) == 0
    at(play, date(2027, 4, 1))
    listed = cases.annual_reports(play.installation, play.actor("handler_a"))
    assert (listed.year, listed.due, listed.late, listed.filed) == (2026, date(2027, 3, 31), 1, 0)
    assert [cases.remind_of_party_work(play.installation) for _ in range(2)] == [1, 0]
    assert told(play) == [f"{COLD}2026年度党建工作报告到期没有报送，列入逾期清单"]
    posts = {row["post_id"] for row in play.rows(tables.notification, tables.notification.c.kind == "term")}
    logins = ("coldchain", "party-logistics", "handler-a", "head")
    assert posts == {play.office.actor(one).posts[0].id for one in logins}
    taken(play, book(GOOD))  # reported
    assert cases.annual_reports(play.installation, play.actor("handler_a")).filed == 1
    assert cases.remind_of_party_work(play.installation) == 0


def test_the_term_of_a_party_organisation_is_reminded_of_three_times(sqlite_play: Play) -> None:
    play = sqlite_play
    kept(play, until=date(2027, 11, 15), report_year=2030)
    for day in (date(2027, 5, 15), date(2027, 8, 15), date(2027, 10, 15)):
        at(play, day)
        assert [cases.remind_of_party_work(play.installation) for _ in range(2)] == [1, 0]
    assert len(told(play)) == 3
    at(play, date(2027, 11, 16))
    assert cases.remind_of_party_work(play.installation) == 0


def test_half_a_year_without_a_party_organisation_is_told_once(sqlite_play: Play) -> None:
    play = sqlite_play
    kept(play, org_form="暂无", registered_on="2026-11-16", until=None, report_year=2030)
    at(play, date(2027, 5, 15))
    assert cases.remind_of_party_work(play.installation) == 0
    at(play, date(2027, 5, 16))
    assert [cases.remind_of_party_work(play.installation) for _ in range(2)] == [1, 0]
    assert told(play) == [f"{COLD}登记满 6 个月还没有设立党组织，请指导设立"]


def test_the_list_is_of_those_whom_the_reader_answers_for_and_who_were_registered(sqlite_play: Play) -> None:
    play = sqlite_play
    taken(play, book(GOOD, (PACK, "51990000500000015J", LOGISTICS, *(None,) * 4, "2027-02-01", None, None)))
    at(play, date(2027, 4, 1))
    names = {
        login: [one.line.name for one in cases.annual_reports(play.installation, play.office.actor(login)).lines]
        for login in ("handler-a", "party-logistics", "party-general")
    }
    assert names == {"handler-a": [COLD], "party-logistics": [COLD], "party-general": []}
    assert len(cases.annual_reports(play.installation, play.actor("handler_a"), 2027).lines) == 2
    with pytest.raises(Forbidden):
        cases.annual_reports(play.installation, play.actor("applicant"))
