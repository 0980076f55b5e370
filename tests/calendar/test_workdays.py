from datetime import UTC, date, datetime, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from engine import calendar
from engine.calendar import Arrangement, Change, Day, Deadline, FixedClock, WorkingDays
from engine.calendar.table import SOURCE
from engine.store import reading, writing
from tests.databases import Statements


@pytest.fixture(scope="module")
def china(tmp_path_factory: pytest.TempPathFactory) -> WorkingDays:
    from engine.store import migrate, open_database

    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('calendar') / 'huishen.db'}")
    migrate(engine)
    with writing(engine) as transaction:
        calendar.seed(transaction)
    with reading(engine) as transaction:
        return calendar.load(transaction)


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        ("2026-01-30", 20, "2026-03-05"),
        ("2026-02-13", 5, "2026-02-27"),
        ("2026-04-30", 5, "2026-05-11"),
        ("2026-06-18", 5, "2026-06-26"),
        ("2026-09-18", 15, "2026-10-15"),
        ("2026-09-24", 7, "2026-10-12"),
        ("2026-09-30", 5, "2026-10-13"),
        ("2026-11-23", 20, "2026-12-21"),
    ],
)
def test_golden_dates_of_2026(china: WorkingDays, start: str, n: int, end: str) -> None:
    assert china.add(date.fromisoformat(start), n) == Deadline(date.fromisoformat(end), estimated=False)


def test_a_term_into_an_unpublished_year_is_counted_on_weekdays_and_marked(china: WorkingDays) -> None:
    assert china.add(date(2026, 12, 10), 20) == Deadline(date(2027, 1, 7), estimated=True)


def test_the_last_published_day_is_certain(china: WorkingDays) -> None:
    assert china.add(date(2026, 12, 30), 1) == Deadline(date(2026, 12, 31), estimated=False)
    assert china.add(date(2026, 12, 31), 0) == Deadline(date(2026, 12, 31), estimated=False)
    assert china.add(date(2026, 12, 31), 1).estimated


def test_a_start_before_the_published_years_is_no_fault_when_it_is_not_counted() -> None:
    days = WorkingDays({}, frozenset({2026}))
    assert not days.add(date(2025, 12, 31), 3).estimated
    assert not days.add(date(2027, 1, 1), -3).estimated
    assert days.add(date(2026, 1, 2), -3).estimated


def test_make_up_days_of_2026_are_worked(china: WorkingDays) -> None:
    weekend_work = [day for day, working in china.days.items() if day.year == 2026 and working and day.weekday() > 4]
    assert sorted(weekend_work) == [date(2026, *m) for m in [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)]]


def test_2026_has_248_working_days(china: WorkingDays) -> None:
    assert china.between(date(2025, 12, 31), date(2026, 12, 31)) == 248


def test_the_stored_exceptions_say_the_same_as_the_library_on_every_day(china: WorkingDays) -> None:
    day = date(2004, 1, 1)
    while day.year <= 2026:
        assert china.is_working(day) == chinese_calendar.is_workday(day), day
        day += timedelta(days=1)
    assert china.published == frozenset(range(2004, 2027))


DAYS = st.dates(date(2004, 1, 1), date(2028, 12, 31))


@given(start=DAYS, n=st.integers(0, 120))
def test_between_gives_back_what_was_added(china: WorkingDays, start: date, n: int) -> None:
    assert china.between(start, china.add(start, n).date) == n


@given(start=DAYS, n=st.integers(1, 120))
def test_a_term_ends_on_a_working_day_and_no_earlier_day_would_do(china: WorkingDays, start: date, n: int) -> None:
    end = china.add(start, n).date
    assert china.is_working(end)
    assert china.between(start, end - timedelta(days=1)) == n - 1


@given(a=DAYS, b=DAYS, c=DAYS)
def test_spans_add_up(china: WorkingDays, a: date, b: date, c: date) -> None:
    assert china.between(a, b) + china.between(b, c) == china.between(a, c)


@given(start=DAYS, n=st.integers(1, 60))
def test_counting_back_undoes_counting_forward_from_a_working_day(china: WorkingDays, start: date, n: int) -> None:
    first = china.add(start, 1).date
    assert china.add(china.add(first, n).date, -n).date == first


def arranged(source: str, off: dict[date, str]) -> Arrangement:
    return Arrangement(max(off).year, source, {day: Day(working=False, note=name) for day, name in off.items()})


def test_seeding_again_leaves_corrections_alone(database: Engine) -> None:
    day = date(2026, 11, 24)
    with writing(database) as transaction:
        calendar.seed(transaction)
        calendar.publish(transaction, arranged("地方：南屿省人民政府公告", {day: "临时放假"}))
        calendar.seed(transaction)
        assert not calendar.load(transaction).is_working(day)


def test_publishing_a_year_replaces_the_estimate(database: Engine) -> None:
    new_year = date(2027, 1, 1)
    with writing(database) as transaction:
        calendar.seed(transaction)
        before = calendar.load(transaction)
        calendar.publish(transaction, arranged("国办发明电〔2026〕7号", {new_year: "元旦"}))
        after = calendar.load(transaction)
    assert before.add(date(2026, 12, 31), 1) == Deadline(new_year, estimated=True)
    assert after.add(date(2026, 12, 31), 1) == Deadline(date(2027, 1, 4), estimated=False)


def test_a_local_holiday_counts_but_does_not_publish_its_year(database: Engine) -> None:
    day = date(2027, 4, 9)
    with writing(database) as transaction:
        calendar.publish(transaction, arranged("地方：南屿省假日规定", {day: "三月三"}))
        days = calendar.load(transaction)
    assert not days.is_working(day)
    assert days.add(day, 1).estimated


def test_an_import_replaces_its_year_but_for_local_holidays(database: Engine) -> None:
    local, old, new = date(2027, 4, 9), date(2027, 1, 2), date(2027, 1, 4)
    with writing(database) as transaction:
        calendar.publish(transaction, arranged("地方：南屿省假日规定", {local: "三月三"}))
        calendar.publish(transaction, arranged("国办发明电〔2026〕7号", {old: "元旦"}))
        changes = calendar.publish(transaction, arranged("国办发明电〔2026〕8号", {new: "元旦"}))
        assert changes == (Change(old, before=False, after=None), Change(new, before=None, after=False))
        shown = [(one.day, one.note, one.source) for one in calendar.listed(transaction, 2027)]
    assert shown == [(new, "元旦", "国办发明电〔2026〕8号"), (local, "三月三", "地方：南屿省假日规定")]


def test_loading_is_one_statement(database: Engine) -> None:
    with writing(database) as transaction:
        calendar.seed(transaction)
    with Statements(database) as statements, reading(database) as transaction:
        assert calendar.load(transaction).published == frozenset(range(2004, 2027))
    assert len(statements) == 1


def test_the_seed_names_its_source_and_its_holidays(database: Engine) -> None:
    with writing(database) as transaction:
        calendar.seed(transaction)
        row = transaction.exec_driver_sql("SELECT note, source FROM calendar_day WHERE day = '2026-02-14'").one()
    assert tuple(row) == ("春节调休上班", SOURCE)


def test_the_local_date_is_that_of_shanghai() -> None:
    assert calendar.local_date(datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC)) == date(2026, 11, 23)
    assert calendar.local_date(datetime(2026, 11, 23, 16, 0, tzinfo=UTC)) == date(2026, 11, 24)
    with pytest.raises(TypeError):
        calendar.local_date(datetime(2026, 11, 23))


@given(day=st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_the_end_of_a_day_is_its_last_second_in_shanghai(day: date) -> None:
    end = calendar.end_of(day)
    assert calendar.local_date(end) == day
    assert calendar.local_date(end + timedelta(seconds=1)) == day + timedelta(days=1)


def test_a_fixed_clock_moves_only_when_told() -> None:
    clock = FixedClock(datetime(2026, 11, 23, 9, tzinfo=calendar.ZONE))
    assert clock.now() == clock.now() == datetime(2026, 11, 23, 1, tzinfo=UTC)
    assert clock.now().tzinfo is UTC
    clock.advance(timedelta(days=60))
    assert clock.now() == datetime(2027, 1, 22, 1, tzinfo=UTC)
    clock.set(datetime(2026, 1, 1, tzinfo=UTC))
    assert clock.now() == datetime(2026, 1, 1, tzinfo=UTC)
    with pytest.raises(TypeError):
        clock.set(datetime(2026, 1, 1))


def test_the_system_clock_is_aware_and_utc() -> None:
    assert calendar.SystemClock().now().utcoffset() == timedelta()
