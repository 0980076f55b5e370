"""The working days that an installation knows: first data, import of a year, loading."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import chinese_calendar
import sqlalchemy as sa
from sqlalchemy import Engine

from engine.calendar.arrangement import LOCAL_PREFIX, Arrangement
from engine.calendar.workdays import WorkingDays
from engine.store import Transaction, insert_into, reading, writing
from engine.store.tables import calendar_day

FIRST_YEAR = 2004
SOURCE = "国务院办公厅关于部分节假日安排的通知（chinesecalendar 整理）"

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


@dataclass(frozen=True)
class Change:
    """A day whose work changed by an import: None stands for what its weekday says."""

    day: date
    before: bool | None
    after: bool | None


def publish(transaction: Transaction, arrangement: Arrangement) -> tuple[Change, ...]:
    """Take over an arrangement; the days that changed.

    It replaces what was known of its year, but for local holidays; a local one only adds days. Terms that ran over
    these days are the caller's to count again.
    """
    before = _stored(transaction)
    if not arrangement.is_local:
        gone = sa.extract("year", calendar_day.c.day) == arrangement.year
        local = calendar_day.c.source.startswith(LOCAL_PREFIX)
        transaction.execute(sa.delete(calendar_day).where(gone, sa.not_(local)))
    rows = [
        {"day": day, "working": one.working, "note": one.note, "source": arrangement.source}
        for day, one in sorted(arrangement.days.items())
    ]
    statement = insert_into(transaction, calendar_day)
    changes = {name: statement.excluded[name] for name in ("working", "note", "source")}
    transaction.execute(statement.on_conflict_do_update(index_elements=["day"], set_=changes), rows)
    after = _stored(transaction)
    days = sorted(before.keys() | after.keys())
    return tuple(Change(d, before.get(d), after.get(d)) for d in days if before.get(d) != after.get(d))


def _stored(transaction: Transaction) -> dict[date, bool]:
    return {row.day: row.working for row in transaction.execute(sa.select(calendar_day.c.day, calendar_day.c.working))}


@dataclass(frozen=True)
class Listed:
    """A stored day, as it is shown."""

    day: date
    working: bool
    note: str
    source: str


def listed(transaction: Transaction, year: int) -> tuple[Listed, ...]:
    """The days of a year on which the weekday alone misleads, in order."""
    query = sa.select(calendar_day).where(sa.extract("year", calendar_day.c.day) == year).order_by(calendar_day.c.day)
    return tuple(Listed(**row) for row in transaction.execute(query).mappings())


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


def described(year: int, days: Iterable[Listed], known: WorkingDays) -> Iterator[str]:
    """The arrangement of a year in lines for a person: whether it is certain, its days, and on what they rest."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    count = known.between(first - timedelta(days=1), last)
    certain = "已公布" if year in known.published else "尚无正式安排，按周一至周五预估"
    yield f"{year} 年：{certain}，工作日 {count} 天"
    for one in days:
        kind = "班" if one.working else "休"
        yield f"{one.day} 周{'一二三四五六日'[one.day.weekday()]} {kind} {one.note}（{one.source}）"


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
