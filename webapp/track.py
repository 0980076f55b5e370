"""The bar of the promised days: what was used, what stood still, what is left, in their order."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from engine.calendar import WorkingDays
from engine.cases import Clocks
from engine.cases.views import PauseView

WIDTH = 1000  # of the picture's own coordinates


@dataclass(frozen=True)
class Stretch:
    """One piece of the bar: used, paused or left; `x` and `width` within WIDTH, `days` working days."""

    kind: str
    x: int
    width: int
    days: int


def track(clocks: Clocks, calendar: WorkingDays, end: date) -> tuple[Stretch, ...]:
    """The pieces from the acceptance to the last day; `end` is today, or the day the case was closed."""
    pieces = list(_pieces(clocks, calendar, end))
    if clocks.remaining > 0:
        pieces.append(("left", clocks.remaining))
    whole = sum(days for _, days in pieces) or 1
    stretches, x = [], 0
    for kind, days in pieces:
        width = round(WIDTH * days / whole)
        stretches.append(Stretch(kind, x, width, days))
        x += width
    return tuple(stretches)


def _pieces(clocks: Clocks, calendar: WorkingDays, end: date) -> Iterator[tuple[str, int]]:
    """Runs of equal kind over the working days that have passed."""
    kind, days = "used", 0
    day = clocks.accepted_on
    while day < end:
        day += timedelta(days=1)
        if not calendar.is_working(day):
            continue
        found = "paused" if any(_covers(pause, day) for pause in clocks.pauses) else "used"
        if found != kind and days:
            yield kind, days
            days = 0
        kind, days = found, days + 1
    if days:
        yield kind, days


def _covers(pause: PauseView, day: date) -> bool:
    return pause.since < day and (pause.until is None or day <= pause.until)
