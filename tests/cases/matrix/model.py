"""What the rules of a case say must be open, due and written, without tokens and without a database."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from engine.calendar import local_date
from tests.cases.matrix.package import DAYS, EXTRA, PREFIX, SEATS, WORK
from tests.workflow.ballots import SEQUENTIAL, Ballot, Seat

DAY = timedelta(days=1)
LATE = {"ballot": ("mi", "r", "late"), "sum": ("sum", "q", "later")}  # stage: node with the timer, what it leads to
REMINDERS = ("r", "q")
Values = dict[str, Any]
Row = tuple[str, str, str, str]  # where, the post's role, what is noted of it, the day on which it is due


def working_days_later(moment: datetime, days: int) -> datetime:
    """Without holidays: there are none in these weeks."""
    while days:
        moment += DAY
        days -= local_date(moment).weekday() < 5
    return moment


@dataclass
class Model:
    """One case: where it stands, what it holds, and what time will do to it."""

    kind: str
    timer: str
    nesting: str
    now: datetime
    stage: str = "first"  # then prep, ballot, late, sum, later, left, decide, after, close, closed
    root: Values = field(default_factory=dict)
    called: Values | None = None
    ballot: Ballot | None = None
    seats: dict[int, Any] = field(default_factory=dict)
    roles: dict[int, str] = field(default_factory=dict)  # who votes, by seat
    notes: dict[str, str] = field(default_factory=dict)  # by the last part of a task's place
    due_of: dict[str, datetime] = field(default_factory=dict)
    due: list[datetime] = field(default_factory=list)
    fired: int = 0
    reminders: dict[str, int] = field(default_factory=lambda: dict.fromkeys(REMINDERS, 0))
    side: bool = False
    reviews: dict[str, str] = field(default_factory=dict)  # who was asked, and where
    suspended: bool = False
    outcome: str | None = None

    @property
    def at(self) -> str:
        return PREFIX.get(self.nesting, "")

    @property
    def state(self) -> str:
        """What the case says of itself."""
        return "closed" if self.stage == "closed" else "submitted" if "k" in self.root else "draft"

    # --- what must be there ---

    def waiting(self) -> list[int]:
        assert self.ballot is not None
        waiting = [index for index, seat in self.ballot.seats.items() if seat.vote is None]
        return waiting[:1] if self.kind in SEQUENTIAL else waiting

    def rows(self) -> list[Row]:
        """Every open task and every question that waits for an answer."""
        found = [self._row(f"{self.at}{name}", WORK[name]) for name in REMINDERS for _ in range(self.reminders[name])]
        found += [self._row("side", WORK["side"])] * self.side
        match self.stage:
            case "ballot":
                found += [self._row(f"{self.at}mi#{index}", self.roles[index]) for index in self.waiting()]
            case "late" | "later":
                found.append(self._row(self.at + {"late": "r", "later": "q"}[self.stage], "acceptor"))
            case "sum":
                role = "handler_b" if self.notes.get("sum") == "delegated" else WORK["sum"]
                found.append(self._row(f"{self.at}sum", role))
                found += [(f"{self.at}sum", role, note, "") for role, note in self.reviews.items()]
            case "prep":
                found.append(self._row(f"{self.at}prep", WORK["prep"]))
            case "first" | "after" | "close":
                found.append(self._row(self.stage, WORK[self.stage]))
            case "decide":
                found.append(self._row("d", WORK["d"]))
        return sorted(found)

    def _row(self, place: str, role: str) -> Row:
        last = place.rpartition("/")[2]
        due = self.due_of.get(last)
        return place, role, self.notes.get(last, ""), local_date(due).isoformat() if due else ""

    def timers(self) -> list[tuple[str, datetime]]:
        return [(f"late_{LATE[self.stage][0]}", due) for due in self.due] if self.stage in LATE else []

    def scopes(self) -> dict[str, Values]:
        found = {"": self.root}
        if self._inside():
            found |= {"sub": {}} if self.called is None else {"call": self.called}
        if self.stage == "ballot":
            assert self.ballot is not None
            for index, seat in self.ballot.seats.items():
                voted = {} if seat.vote is None else {"vote": seat.vote}
                found[f"{self.at}mi#{index}"] = {"seat": self.seats[index], "loopCounter": index + 1} | voted
        return found

    def _inside(self) -> bool:
        return bool(self.at) and self.stage in {"prep", "ballot", "late", "sum", "later", "left"}

    # --- what happens ---

    def write(self, name: str, value: Any, *, inside: bool = True) -> None:
        (self.root if self.called is None or not inside else self.called)[name] = value

    def enter(self) -> None:
        """The application is in: the preparation begins."""
        self.root["seats"] = list(SEATS)
        self.stage = "prep"
        self.side = self.nesting == "parallel block"
        if self.nesting == "called process":
            self.called = {"seats": list(SEATS), "kind": self.kind}

    def begin_ballot(self) -> None:
        self.stage, self.seats = "ballot", dict(enumerate(self._members()))
        self.roles = {index: seat["post"] for index, seat in self.seats.items()}
        self.ballot = Ballot(self.kind, {index: Seat(seat["weight"]) for index, seat in self.seats.items()})
        self.notes.clear()
        self._limit()
        self._arm()

    def add_seat(self) -> None:
        assert self.ballot is not None
        self.seats[3], self.roles[3] = EXTRA, EXTRA["post"]
        self.ballot.seats[3] = Seat(EXTRA["weight"])
        self.write("seats", [*self._members(), EXTRA])
        if self.kind not in SEQUENTIAL:
            self.due_of["mi#3"] = working_days_later(self.now, DAYS["mi"])
        self.settle()

    def drop_seat(self) -> None:
        assert self.ballot is not None
        del self.ballot.seats[3]
        self.write("seats", self._members()[:-1])
        self.settle()

    def _members(self) -> list[Any]:
        """Who is asked, as the variable says it: those who were added stay."""
        return list((self.root if self.called is None else self.called)["seats"])

    def _limit(self) -> None:
        """What opens now is due in so many days."""
        places = [f"mi#{index}" for index in self.waiting()] if self.stage == "ballot" else ["sum"]
        self.due_of = dict.fromkeys(places, working_days_later(self.now, DAYS["mi"]))

    def _arm(self) -> None:
        self.fired, self.due = 0, [] if self.timer == "none" else [self.now + DAY]

    def vote(self, index: int, vote: str) -> None:
        assert self.ballot is not None
        self.ballot.seats[index].vote = vote
        for name in (f"mi#{index}",):
            self.notes.pop(name, None), self.due_of.pop(name, None)
        self.settle()

    def settle(self) -> None:
        if self.stage == "ballot":
            assert self.ballot is not None
            if self.ballot.over():
                self.write("votes", self.ballot.votes)
                self.begin_sum()
            elif self.kind in SEQUENTIAL:
                for index in self.waiting():
                    self.due_of.setdefault(f"mi#{index}", working_days_later(self.now, DAYS["mi"]))
        if self.stage == "left" and not self.side and not (self.at and any(self.reminders.values())):
            self.stage = "after"
            if self.called is not None:
                self.root |= {name: self.called.get(name) for name in ("votes", "s")}
                self.called = None

    def begin_sum(self) -> None:
        self.stage = "sum"
        self.notes.clear()
        self._limit()
        self._arm()

    def leave(self) -> None:
        """The summary is done, or was given up."""
        self.reviews.clear(), self.notes.clear(), self.due_of.clear(), self.due.clear()
        self.stage = "decide" if self.nesting == "loop" else "left"
        self.settle()

    def fire(self) -> int:
        """Whatever is due by now; how many that were."""
        count = 0
        while self.due and self.due[0] <= self.now:
            count += 1
            self.fired += 1
            _, leads_to, stage = LATE[self.stage]
            if self.timer == "interrupting":
                if self.stage == "ballot" and self.ballot is not None:
                    self.write("votes", self.ballot.votes)  # those that have come
                self.reviews.clear(), self.notes.clear(), self.due_of.clear()
                self.stage, self.due = stage, []
            else:
                self.reminders[leads_to] += 1
                again = self.timer == "cycle" and self.fired < 2
                self.due = [self.due[0] + DAY] if again else []
        return count

    def go_back(self, to: str) -> None:
        """To a task of the same scope: what waits beside it there ends, the other branch of a block goes on."""
        self.reminders = dict.fromkeys(REMINDERS, 0)
        self.reviews.clear(), self.notes.clear(), self.due_of.clear(), self.due.clear()
        if to == "mi":
            self.begin_ballot()
        else:
            self.stage = to

    def all_over(self, stage: str) -> None:
        """One task of the case's own process alone goes on."""
        self.go_back(stage)
        self.side, self.called, self.suspended = False, None, False

    def postpone(self, days: int) -> None:
        """The case stood still: everything is due later."""
        self.due = [working_days_later(due, days) for due in self.due]
        self.due_of = {place: working_days_later(due, days) for place, due in self.due_of.items()}
