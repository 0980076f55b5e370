"""What every expression of a case may read beside its variables: functions, parameters and facts of the case."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from engine import feel
from engine.calendar import WorkingDays, end_of, local_date
from engine.packages import CompiledPackage


def case_names(package: CompiledPackage, case: Mapping[str, Any], calendar: WorkingDays, today: date) -> dict[str, Any]:
    """`工作日后`, `工作日自`, `自然日后`, `周岁`, `parameters` and `case`: the same for diagrams, rules and forms."""
    return {
        "工作日后": feel.Function(("n",), lambda n: _end(calendar.add(today, int(n)).date)),
        "工作日自": feel.Function(("day", "n"), lambda day, n: _end(calendar.add(_day(day), int(n)).date)),
        "自然日后": feel.Function(("n",), lambda n: _end(today.fromordinal(today.toordinal() + int(n)))),
        "周岁": feel.Function(("birth", "on"), full_years),
        "parameters": package.manifest.parameter_values,
        "case": case,
    }


def _day(value: date | datetime) -> date:
    """`ValueError`, which is null in FEEL, for what is no day."""
    if isinstance(value, datetime):
        return local_date(value)
    if not isinstance(value, date):
        raise ValueError("工作日自：第一个参数要是日期或时间")
    return value


def _end(day: date) -> datetime:
    return end_of(day)


def full_years(birth: date | None, on: date | None) -> int | None:
    """Full years of age; the day of the birthday counts (born on 29 February: from 1 March in common years)."""
    if not isinstance(birth, date) or not isinstance(on, date):
        return None
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))
