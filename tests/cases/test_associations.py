"""一会一档: filled by what was approved, read by whom it concerns, carried into the next application, reminded of once."""

from datetime import UTC, date, datetime

import pytest

from engine import cases
from engine.cases.associations import before
from engine.errors import NotFound
from engine.store import new_id, tables
from tests.cases.playing import WAY, Play


def closed(play: Play) -> str:
    """A case that was approved, its jobs run; the file's organisation."""
    play.closed()
    return str(play.rows(tables.case)[0]["organisation_id"])


def test_an_approved_case_fills_the_file_and_running_the_job_again_changes_nothing(play: Play) -> None:
    organisation = closed(play)
    found = cases.association_file(play.installation, play.actor("leader"), organisation)
    assert [(one.term_no, one.until and one.until.year) for one in found.terms] != []
    assert [one.name for one in found.leaders] == ["陈海澜", "符明远", "黎若川"]
    assert found.leaders[0].post == "会长"
    assert any(letter.title == "审核意见函" for letter in found.letters)
    assert any("届满" in one.text for one in found.ahead)
    case_id = play.rows(tables.case)[0]["id"]
    cases.HANDLERS["file-association"](play.installation, {"case": case_id}, lambda _: None)
    assert cases.association_file(play.installation, play.actor("applicant"), organisation) == found
    groups = dict(cases.people(play.installation, play.actor("supervisor")))
    assert sum(count for _, count in groups["职务"]) == sum(count for _, count in groups["年龄"]) == 3


def test_the_file_is_for_the_department_and_the_association_itself(play: Play) -> None:
    own = play.actor("applicant").posts[0].organisation_id
    assert len(cases.associations(play.installation, play.actor("leader"))) == 3
    assert [one.name for one in cases.associations(play.installation, play.actor("leader"), "冷链")] == [
        "南屿省冷链物流行业协会"
    ]
    assert [one.id for one in cases.associations(play.installation, play.actor("applicant"))] == [own]
    for login in ("packaging", "joint-police", "party-logistics", "sysadmin"):
        with pytest.raises(NotFound):
            cases.association_file(play.installation, play.office.actor(login), own)


def test_the_next_application_begins_with_what_was_told_and_its_numbers_are_its_own(play: Play) -> None:
    play.until("Task_accept")
    case_id = play.begin(new_id())
    task = play.task(case_id, "Task_submit")
    view = cases.task_view(play.installation, play.actor("applicant"), task.id)
    assert [one["name"] for one in view.values["candidates"]] == ["陈海澜", "符明远", "黎若川"]
    assert view.values["candidates"][0]["id_no"]["mask"] == "990***********0015"
    assert view.values["contact_mobile"]["mask"] == "138****0026"
    assert view.values["org_name"] == "南屿省冷链物流行业协会"
    for about_one_case in ("trigger", "term_no", "term_start", "election_date", "declaration", "extension_vote"):
        assert about_one_case not in view.values
    play.files(case_id)
    rest = {name: value for name, value in play.values("Task_submit").items() if name not in view.values}
    kept = {name: value for name, value in view.values.items() if name not in rest}
    play.complete(task, kept | rest)
    assert play.row(case_id)["state"] != "draft"
    assert cases.find_cases(play.installation, play.actor("leader"), cases.Criteria(words="陈海澜")).total == 2


def test_another_association_begins_with_nothing(play: Play) -> None:
    play.until("Task_accept")
    ref = cases.start(play.installation, play.office.actor("packaging"), "leader_review", new_id())
    view = cases.task_view(play.installation, play.office.actor("packaging"), ref.task_id)
    assert "candidates" not in view.values
    assert play.rows(tables.personal, tables.personal.c.case_id == ref.case_id) == []


def test_the_end_of_a_term_is_reminded_of_six_three_and_one_month_before_and_each_once(play: Play) -> None:
    organisation = closed(play)
    until = play.rows(tables.association_term)[0]["until"]
    assert cases.remind_of_terms(play.installation) == 0
    for months in (6, 3, 1):
        day = before(until, months)
        play.clock.set(datetime(day.year, day.month, day.day, 1, tzinfo=UTC))
        assert [cases.remind_of_terms(play.installation) for _ in range(2)] == [1, 0]
    told = play.rows(tables.notification, tables.notification.c.kind == "term")
    assert len(told) == 3 * 3
    assert {row["months"] for row in play.rows(tables.term_reminder)} == {6, 3, 1}
    assert "还有 1 个月" in cases.notices(play.installation, play.actor("applicant")).rows[0].text
    assert organisation == play.rows(tables.term_reminder)[0]["organisation_id"]
    play.clock.set(datetime(until.year + 1, 1, 1, tzinfo=UTC))
    assert cases.remind_of_terms(play.installation) == 0


@pytest.mark.parametrize(
    "day, months, wanted",
    [
        (date(2027, 5, 31), 3, date(2027, 2, 28)),
        (date(2028, 5, 31), 3, date(2028, 2, 29)),
        (date(2027, 1, 15), 1, date(2026, 12, 15)),
        (date(2027, 6, 30), 6, date(2026, 12, 30)),
    ],
)
def test_months_are_counted_back_by_the_calendar(day: date, months: int, wanted: date) -> None:
    assert before(day, months) == wanted


def test_a_promise_is_a_coming_day_with_its_case_until_it_is_kept(sqlite_play: Play) -> None:
    case_id = sqlite_play.until("Task_summary")
    organisation = str(sqlite_play.row(case_id)["organisation_id"])
    leader = sqlite_play.actor("leader")
    found = cases.association_file(sqlite_play.installation, leader, organisation).ahead
    assert [(one.case_id, one.text) for one in found] == [(case_id, "LR-2026-0001 承诺办结")]
    for node in WAY[WAY.index("Task_summary") : WAY.index("Task_election")]:
        sqlite_play.go(case_id, node)
    assert cases.association_file(sqlite_play.installation, leader, organisation).ahead == ()
