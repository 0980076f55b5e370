"""The legal clock of a case: promised working days that stop while somebody else's turn lasts."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

import orjson

from engine.calendar.workdays import Deadline, WorkingDays
from engine.errors import Conflict

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Pause:
    """The clock stands from the day after `since` up to and including `until`; open while `until` is None.

    So both days that somebody worked on keep the rule of the acceptance day: the day of the act is not counted again.
    """

    reason: str  # supplement | publicity | verification | external_reg | force_majeure
    since: date
    until: date | None = None
    by: str = ""
    basis: str = ""

    def covers(self, day: date) -> bool:
        return self.since < day and (self.until is None or day <= self.until)


@dataclass(frozen=True)
class Promise:
    """`working_days` counted from the day after `started_on`, the day of acceptance, to `ended_on`, the day on which what
    was promised was done; never changed, only replaced.

    Pauses may overlap (two candidates are verified at once); a day that several cover is left out once.
    """

    working_days: int
    started_on: date
    pauses: tuple[Pause, ...] = ()
    ended_on: date | None = None

    @property
    def open_pauses(self) -> tuple[Pause, ...]:
        return tuple(pause for pause in self.pauses if pause.until is None)

    @property
    def is_paused(self) -> bool:
        return bool(self.open_pauses)

    def pause(self, reason: str, on: date, by: str = "", basis: str = "") -> "Promise":
        """Stop the clock after the day `on`; `by` approved it, on the ground of `basis`.

        The same reason may be open several times, once for each node that waits; each needs a `resume` of its own.
        """
        return replace(self, pauses=(*self.pauses, Pause(reason, max(on, self.started_on), None, by, basis)))

    def resume(self, reason: str, on: date) -> "Promise":
        """End the oldest open pause of a reason; the day after `on` counts again unless another pause is open.

        `Conflict` with `promise.not-paused` where the clock does not stand for that reason.
        """
        place = next((i for i, p in enumerate(self.pauses) if p.until is None and p.reason == reason), None)
        if place is None:
            raise Conflict(
                "承诺时限并未因此停表，无法恢复计时。请刷新页面查看停表记录。", code="promise.not-paused", reason=reason
            )
        ended = replace(self.pauses[place], until=max(on, self.pauses[place].since))
        return replace(self, pauses=(*self.pauses[:place], ended, *self.pauses[place + 1 :]))

    def end(self, on: date) -> "Promise":
        """What was promised is done: no later day counts, and no pause is open."""
        settled = self
        for pause in self.open_pauses:
            settled = settled.resume(pause.reason, on)
        return replace(settled, ended_on=max(on, self.started_on))

    def due(self, calendar: WorkingDays) -> Deadline:
        """The last day of the promise.

        While a pause is open there is none yet: the answer is the earliest possible day, as if the clock went on at
        once, and is marked estimated.
        """
        settled = replace(self, pauses=tuple(p for p in self.pauses if p.until is not None), ended_on=None)
        day, left = self.started_on, self.working_days
        while left > 0:
            day += _DAY
            left -= settled._counts(day, calendar)
        return Deadline(day, self.is_paused or calendar.is_estimated(self.started_on, day))

    def used(self, calendar: WorkingDays, today: date) -> int:
        """Working days spent up to and including `today`; paused ones are not."""
        return sum(self._counts(day, calendar) for day in _days_after(self.started_on, today))

    def remaining(self, calendar: WorkingDays, today: date) -> int:
        """Working days left after `today`; 0 on the last day, negative when overdue."""
        return self.working_days - self.used(calendar, today)

    def _counts(self, day: date, calendar: WorkingDays) -> bool:
        ended = self.ended_on is not None and day > self.ended_on
        return not ended and calendar.is_working(day) and not any(pause.covers(day) for pause in self.pauses)

    def to_json(self) -> str:
        pauses = [
            {"reason": p.reason, "from": p.since, "until": p.until, "by": p.by, "basis": p.basis} for p in self.pauses
        ]
        data = {"working_days": self.working_days, "started_on": self.started_on, "pauses": pauses}
        data |= {"ended_on": self.ended_on} if self.ended_on else {}
        return orjson.dumps(data, option=orjson.OPT_SORT_KEYS).decode()

    @classmethod
    def from_json(cls, text: str) -> "Promise | None":
        """What `to_json` gave; None for the empty object, by which a case says that its clock has not started."""
        data = orjson.loads(text)
        if not data:
            return None
        pauses = tuple(
            Pause(p["reason"], date.fromisoformat(p["from"]), _date(p["until"]), p["by"], p["basis"])
            for p in data["pauses"]
        )
        ended_on = _date(data.get("ended_on"))
        return cls(data["working_days"], date.fromisoformat(data["started_on"]), pauses, ended_on)


def is_kept(text: str) -> bool:
    """Whether the promise of a case, as it is stored, is done: no day of it is waited for any more."""
    promise = Promise.from_json(text)
    return promise is not None and promise.ended_on is not None


def _days_after(start: date, end: date) -> Iterator[date]:
    return (start + timedelta(days=i) for i in range(1, (end - start).days + 1))


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
