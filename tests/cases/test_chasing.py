"""A task that is not done in time: its post is reminded, then one above is told, then another; nothing is decided by it."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest

from engine import cases, packages
from engine.calendar import ZONE, local_date
from engine.packages import Package
from engine.store import tables
from tests.cases.called import Two, outer
from tests.cases.playing import Play
from tests.packages.small_package import person

ROLES = 'acceptor = "department"\ndivision_head = "department"\nbureau_leader = "department"'


def watched(remind: str = "-1, 1", escalate: str = "division_head: 2, bureau_leader: 4", due: int = 5) -> Package:
    """A task of five working days; from Monday 2026-11-23 on it is due on Monday 30."""
    given = {"remindAt": remind, "escalateTo": escalate, "state": "reviewing"}
    calling = person("Call", "check", "acceptor", ("=verdict", "verdict"), due=due, **given)
    files = dict(outer(calling).files)
    files["package.toml"] = files["package.toml"].replace(b'acceptor = "department"', ROLES.encode())
    files["package.toml"] = files["package.toml"].replace(b"terminate =", b'extend = ["acceptor"]\nterminate =')
    return packages.load_files(files)


@pytest.fixture
def two(play: Play) -> Two:
    return Two(play, watched())


@pytest.fixture
def desk(sqlite_office: Any) -> Two:
    return Two(Play(sqlite_office), watched())


def go_to(two: Two, day: date) -> None:
    """To the afternoon of a day; what comes on the way is done when it comes."""
    two.play.clock.set(datetime(day.year, day.month, day.day, 15, tzinfo=ZONE))
    two.work()


def told(two: Two, case_id: str) -> list[tuple[str, str, str]]:
    """Whom, on which day of the month and about what; without the message of the new task."""
    rows = two.play.rows(tables.notification, tables.notification.c.case_id == case_id)
    posts = {row["id"]: row["role"] for row in two.play.rows(tables.post)}
    rows = [row for row in rows if row["key"].startswith("chase:")]
    return [
        (posts[row["post_id"]], f"{local_date(row['at']):%m-%d}", row["text"].partition("：")[0])
        for row in sorted(rows, key=lambda row: row["at"])
    ]


def days(two: Two, *numbers: int) -> Iterator[None]:
    for number in numbers:
        yield go_to(two, date(2026, 11 if number > 20 else 12, number))


def test_reminders_come_before_and_after_the_limit_and_then_it_goes_up_post_by_post(two: Two) -> None:
    case_id = two.begin()
    task = two.play.task(case_id, "Call").id
    list(days(two, 26))
    assert told(two, case_id) == []
    list(days(two, 27, 30, 1, 2, 4, 7))
    assert told(two, case_id) == [
        ("acceptor", "11-27", "期限提醒"),
        ("acceptor", "12-01", "期限提醒"),
        ("division_head", "12-02", "逾期升级"),
        ("bureau_leader", "12-04", "逾期升级"),
    ]
    assert [one.id for one in two.play.open(case_id)] == [task]
    lines = cases.case_view(two.place, two.play.actor("head"), case_id).history
    shown = [(line.text, line.detail) for line in lines if "升级" in line.text or "提醒" in line.text]
    assert shown[0] == ("逾期升级", "已逾期 4 个工作日，报分管部领导")
    assert shown[-1] == ("期限提醒", "还有 1 个工作日到期")
    inbox = cases.notifications(two.place, two.play.actor("head"))
    assert "由受理岗办理，请督促" in inbox[0].text


def test_a_task_that_is_done_is_not_chased(desk: Two) -> None:
    case_id = desk.begin()
    desk.do(case_id, "Call", {"verdict": "approved"})
    list(days(desk, 27, 4))
    assert told(desk, case_id) == []
    assert (desk.play.differences(), desk.play.rows(tables.job)) == ([], [])


def test_a_longer_limit_moves_the_steps_and_what_was_told_is_not_told_again(desk: Two) -> None:
    case_id = desk.begin()
    list(days(desk, 27))
    task = desk.play.task(case_id, "Call").id
    cases.extend(desk.place, desk.play.actor("acceptor"), task, 5, "材料复杂")
    list(days(desk, 1, 4))
    assert told(desk, case_id) == [("acceptor", "11-27", "期限提醒")]
    list(days(desk, 8))
    assert told(desk, case_id)[1:] == [("acceptor", "12-08", "期限提醒")]
    assert desk.play.differences() == []


def test_a_case_that_stands_still_is_left_alone_and_goes_on_later_by_those_days(desk: Two) -> None:
    case_id, acceptor = desk.begin(), desk.play.actor("acceptor")
    list(days(desk, 24))
    cases.suspend(desk.place, acceptor, case_id, "等文件")
    list(days(desk, 30, 1))
    assert told(desk, case_id) == []
    cases.resume(desk.place, acceptor, case_id, "文件已到")
    list(days(desk, 4))
    assert told(desk, case_id) == [("acceptor", "12-04", "期限提醒")]
    assert desk.play.differences() == []


def test_after_a_long_stop_every_step_is_taken_once(desk: Two) -> None:
    case_id = desk.begin()
    list(days(desk, 7, 8))
    assert [(role, text) for role, _, text in told(desk, case_id)] == [
        ("acceptor", "期限提醒"),
        ("acceptor", "期限提醒"),
        ("division_head", "逾期升级"),
        ("bureau_leader", "逾期升级"),
    ]


@pytest.mark.parametrize(
    ("package", "code"),
    [
        (watched(remind="bald"), "package.property-value"),
        (watched(escalate="division_head"), "package.property-value"),
        (watched(escalate="applicant: 3"), "package.unknown-post"),
        (watched(due=0), "package.property-value"),
    ],
)
def test_what_cannot_be_read_is_told_by_the_check(package: Package, code: str) -> None:
    found = packages.check(package, packages.default_vocabulary())
    assert ("Call", code) in {(one.element, one.code) for one in found}
