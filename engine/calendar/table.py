"""The working days that an installation knows: first data, import of a year, loading."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache

import chinese_calendar
import sqlalchemy as sa
from sqlalchemy import Engine

from engine.calendar.workdays import WorkingDays
from engine.store import Transaction, insert_into, reading, writing
from engine.store.tables import calendar_day

FIRST_YEAR = 2004
SOURCE = "国务院办公厅关于部分节假日安排的通知（chinesecalendar 整理）"
LOCAL_PREFIX = "地方"  # a local holiday adds a day, but does not publish its year

_SATURDAY = 5
Row = dict[str, object]


def seed(transaction: Transaction) -> None:
    """Store the known arrangements, as far as the library goes; days that are there already stay as they are."""
    statement = insert_into(transaction, calendar_day).on_conflict_do_nothing()
    transaction.execute(statement, list(_known_days()))


def ensure(database: Engine) -> None:
    """First data for an installation that has no working days yet."""
    with reading(database) as transaction:
        known = transaction.execute(sa.select(calendar_day.c.day).limit(1)).first()
    if known is None:
        with writing(database) as transaction:
            seed(transaction)


def publish(transaction: Transaction, days: Mapping[date, bool], source: str, notes: Mapping[date, str]) -> None:
    """Take over an arrangement: `days` off work and make-up days, `source` the document that says so.

    A day that is there already is replaced. Clocks that ran over the year are the caller's to count again.
    """
    if not days:
        return
    rows = [{"day": d, "working": w, "note": notes.get(d, ""), "source": source} for d, w in sorted(days.items())]
    statement = insert_into(transaction, calendar_day)
    changes = {name: statement.excluded[name] for name in ("working", "note", "source")}
    transaction.execute(statement.on_conflict_do_update(index_elements=["day"], set_=changes), rows)


def load(transaction: Transaction) -> WorkingDays:
    """The working days as stored; a year is published when it has rows that are not only local holidays."""
    query = sa.select(calendar_day.c.day, calendar_day.c.working, calendar_day.c.source)
    days: dict[date, bool] = {}
    published: set[int] = set()
    for day, working, source in transaction.execute(query):
        days[day] = working
        if not source.startswith(LOCAL_PREFIX):
            published.add(day.year)
    return WorkingDays(days, frozenset(published))


@cache
def _known_days() -> tuple[Row, ...]:
    rows: list[Row] = []
    year = FIRST_YEAR
    while days := _year(year):
        rows += days
        year += 1
    return tuple(rows)


def _year(year: int) -> list[Row]:
    """The days of a year on which weekdays mislead; none for a year that the library does not know."""
    rows: list[Row] = []
    day = date(year, 1, 1)
    try:
        while day.year == year:
            working = chinese_calendar.is_workday(day)
            _, holiday = chinese_calendar.get_holiday_detail(day)
            if holiday is not None or working != (day.weekday() < _SATURDAY):
                rows.append({"day": day, "working": working, "note": _note(holiday, working), "source": SOURCE})
            day += timedelta(days=1)
    except NotImplementedError:
        return []
    return rows


def _note(holiday: str | None, working: bool) -> str:
    chinese = {item.value: item.chinese for item in chinese_calendar.Holiday}
    name = chinese.get(holiday, "") if holiday else ""
    return f"{name}调休上班" if working else name
