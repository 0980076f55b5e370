from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendar import Deadline, Promise, WorkingDays, light
from engine.errors import Conflict

WEEKDAYS = WorkingDays({}, frozenset(range(2020, 2031)))
MONDAY = date(2026, 11, 23)


def day(offset: int) -> date:
    return MONDAY + timedelta(days=offset)


def test_the_day_of_acceptance_is_not_counted() -> None:
    promise = Promise(5, MONDAY)
    assert promise.due(WEEKDAYS) == Deadline(day(7), estimated=False)
    assert promise.used(WEEKDAYS, MONDAY) == 0
    assert promise.remaining(WEEKDAYS, day(1)) == 4
    assert promise.remaining(WEEKDAYS, day(7)) == 0
    assert promise.remaining(WEEKDAYS, day(8)) == -1


def test_paused_working_days_do_not_count() -> None:
    promise = Promise(5, MONDAY).pause("publicity", day(1), by="p1", basis="章程").resume("publicity", day(3))
    assert promise.used(WEEKDAYS, day(3)) == 1  # Tuesday; Wednesday and Thursday stood still
    assert promise.used(WEEKDAYS, day(4)) == 2
    assert promise.due(WEEKDAYS) == Deadline(day(9), estimated=False)


def test_a_pause_that_ends_the_same_day_changes_nothing() -> None:
    promise = Promise(5, MONDAY).pause("supplement", day(1)).resume("supplement", day(1))
    assert promise.due(WEEKDAYS) == Promise(5, MONDAY).due(WEEKDAYS)


def test_while_paused_the_clock_stands_and_its_end_is_only_an_estimate() -> None:
    promise = Promise(5, MONDAY).pause("supplement", day(1))
    assert promise.is_paused
    assert promise.used(WEEKDAYS, day(100)) == 1
    assert promise.due(WEEKDAYS).estimated
    assert not promise.resume("supplement", day(2)).due(WEEKDAYS).estimated


def test_days_that_two_pauses_cover_are_left_out_once() -> None:
    one = Promise(5, MONDAY).pause("publicity", MONDAY).resume("publicity", day(3))
    two = one.pause("verification", day(1)).resume("verification", day(4))
    assert two.used(WEEKDAYS, day(4)) == 0
    assert two.due(WEEKDAYS).date == day(4 + 7)


def test_the_same_reason_twice_needs_two_endings() -> None:
    promise = Promise(5, MONDAY).pause("verification", day(1)).pause("verification", day(2))
    once = promise.resume("verification", day(3))
    assert once.is_paused
    assert [pause.since for pause in once.open_pauses] == [day(2)]
    assert not once.resume("verification", day(4)).is_paused


def test_resuming_what_does_not_stand_is_a_conflict() -> None:
    paused = Promise(5, MONDAY).pause("publicity", day(1))
    with pytest.raises(Conflict) as caught:
        paused.resume("supplement", day(2))
    assert caught.value.code == "promise.not-paused"


def test_a_promise_is_never_changed() -> None:
    promise = Promise(5, MONDAY)
    promise.pause("publicity", day(1))
    assert promise == Promise(5, MONDAY)


def test_a_promise_over_an_unpublished_year_is_estimated() -> None:
    assert Promise(30, date(2030, 12, 20)).due(WEEKDAYS).estimated


def test_a_case_without_a_promise_yet() -> None:
    assert Promise.from_json("{}") is None


PAUSES = st.lists(st.tuples(st.sampled_from(["publicity", "verification"]), st.integers(0, 30), st.integers(0, 20)))


def promised(days: int, pauses: list[tuple[str, int, int]]) -> Promise:
    promise = Promise(days, MONDAY)
    for reason, start, length in pauses:
        promise = promise.pause(reason, day(start), by="p", basis="b").resume(reason, day(start + length))
    return promise


@given(days=st.integers(1, 60), pauses=PAUSES)
def test_on_the_due_day_nothing_is_left_and_the_day_before_something_was(
    days: int, pauses: list[tuple[str, int, int]]
) -> None:
    promise = promised(days, pauses)
    due = promise.due(WEEKDAYS).date
    assert promise.remaining(WEEKDAYS, due) == 0
    assert promise.remaining(WEEKDAYS, due - timedelta(days=1)) == 1


@given(days=st.integers(1, 60), pauses=PAUSES, today=st.integers(-5, 90))
def test_used_is_every_working_day_that_no_pause_covers(
    days: int, pauses: list[tuple[str, int, int]], today: int
) -> None:
    standing = {start + i for _, start, length in pauses for i in range(1, length + 1)}
    expected = [i for i in range(1, today + 1) if day(i).weekday() < 5 and i not in standing]
    assert promised(days, pauses).used(WEEKDAYS, day(today)) == len(expected)


@given(days=st.integers(1, 60), pauses=PAUSES, open_pause=st.booleans())
def test_json_gives_the_same_promise_back(days: int, pauses: list[tuple[str, int, int]], open_pause: bool) -> None:
    promise = promised(days, pauses)
    promise = promise.pause("supplement", day(1)) if open_pause else promise
    assert Promise.from_json(promise.to_json()) == promise


@pytest.mark.parametrize(
    ("total", "remaining", "colour"),
    [
        (30, 30, "green"),
        (30, 13, "green"),
        (30, 12, "yellow"),
        (30, 1, "yellow"),
        (30, 0, "yellow"),
        (30, -1, "red"),
        (5, 3, "green"),
        (5, 2, "yellow"),
        (3, 2, "yellow"),
        (1, 1, "yellow"),
    ],
)
def test_light(total: int, remaining: int, colour: str) -> None:
    assert light(total, remaining) == colour
