"""A ballot with a timer somewhere in a process, and a model that says what must be open, due and written after a move."""

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import product

from .ballots import CONDITIONS, RULES, SEQUENTIAL, Ballot, Seat
from .drawing import Draw, document, event, many
from .driver import MONDAY, Driver

COMMANDS = ("complete", "return", "withdraw", "add", "drop")
TIMERS = ("interrupting", "non-interrupting", "cycle")
NESTINGS = ("none", "parallel block", "sub-process", "called process", "loop")
CELLS = list(product(COMMANDS, RULES, TIMERS, NESTINGS))
PREFIX = {"sub-process": "sub/", "called process": "call/"}
DAY = timedelta(days=1)


def ballot_in(d, kind, timer, before, after):
    """The ballot `mi` between two nodes; its timer leads to `r`, and that back to what comes after where it interrupts."""
    loop = many("=seats", "seat", "votes", "=vote", condition=CONDITIONS[kind], sequential=kind in SEQUENTIAL)
    d.task("mi", ["vote"], loop=loop), d.task("r", ["k"]), d.xor("mm")
    d.flow(before, "mi", "mm", after)
    text = event("timer", "R2/P1D", "timeCycle") if timer == "cycle" else event("timer", "P1D")
    d.boundary("late", "mi", text, interrupt=timer == "interrupting"), d.flow("late", "r")
    d.flow("r", "mm" if timer == "interrupting" else d.end("er"))


def process(kind, timer, nesting):
    d, others, inner = Draw(), [], Draw("q")
    d.start(), d.task("first", ["k"]), d.task("after", ["k"]), d.end(), d.flow("s", "first"), d.flow("after", "e")
    if nesting == "none":
        ballot_in(d, kind, timer, "first", "after")
    elif nesting == "parallel block":
        d.both("split", "join"), d.flow("first", "split"), d.flow("split", d.task("side", ["w"]), "join", "after")
        ballot_in(d, kind, timer, "split", "join")
    elif nesting == "loop":
        d.xor("m", "g"), d.task("d", ["more"]), d.flow("first", "m"), d.flow("d", "g")
        d.flow("g", "m", when="=more"), d.flow("g", "after", default=True)
        ballot_in(d, kind, timer, "m", "d")
    else:
        inner.start("is"), inner.end("ie")
        ballot_in(inner, kind, timer, "is", "ie")
        if nesting == "sub-process":
            d.sub("sub", inner)
        else:
            d.call("call", "q", inputs=["seats"], outputs=["votes"])
            others = [inner]
        d.flow("first", PREFIX[nesting].strip("/"), "after")
    return document(d, *others)


@dataclass
class Model:
    """What the rules of return, withdrawal, ballots and timers say, without tokens."""

    kind: str
    timer: str
    nesting: str
    stage: str = "first"  # then ballot, late, decide, after, closed
    ballot: Ballot = None
    votes: list | None = None
    due: list = field(default_factory=list)
    reminders: int = 0
    side: bool = False

    @property
    def at(self):
        return PREFIX.get(self.nesting, "")

    def begin(self, now):
        self.stage = "ballot"
        self.ballot = Ballot(self.kind, {0: Seat(1), 1: Seat(2), 2: Seat(4)})
        self.due, self.fired = [now + DAY], 0
        self.side = self.side or self.nesting == "parallel block"

    def waiting(self):
        waiting = [index for index, seat in self.ballot.seats.items() if seat.vote is None]
        return waiting[:1] if self.kind in SEQUENTIAL else waiting

    def settle(self):
        if self.stage == "ballot" and self.ballot.over():
            self.votes, self.due = self.ballot.votes, []
            self.go_on()

    def go_on(self):
        self.stage = "decide" if self.nesting == "loop" else "after"

    def open(self):
        found = [f"{self.at}r"] * self.reminders + ["side"] * self.side
        if self.stage == "ballot":
            found += [f"{self.at}mi#{index}" for index in self.waiting()]
        held = (self.at and self.reminders) or self.side
        found += {"first": ["first"], "late": [f"{self.at}r"], "decide": ["d"], "after": [] if held else ["after"]}.get(
            self.stage, []
        )
        return sorted(found)

    def fire(self, now):
        """Whatever is due by now."""
        while self.stage == "ballot" and self.due and self.due[0] <= now:
            self.fired += 1
            if self.timer == "interrupting":
                self.stage, self.due = "late", []
                self.votes = None if self.at == "call/" else self.ballot.votes
            else:
                self.reminders += 1
                self.due = [self.due[0] + DAY] if self.timer == "cycle" and self.fired < 2 else []


class Cell:
    """Drives one cell of the matrix; after each step the case must be what the model says."""

    def __init__(self, command, kind, timer, nesting, **forms):
        self.command, self.model = command, Model(kind, timer, nesting)
        seats = [{"weight": weight} for weight in (1, 2, 4)]
        self.driver = Driver(process(kind, timer, nesting), {"seats": seats}, **forms)
        self.now = MONDAY
        self.check()

    def check(self):
        model, driver = self.model, self.driver
        model.settle()
        assert driver.open() == model.open()
        assert [due for _, due in driver.due()] == model.due
        assert driver.data().get("votes") == model.votes
        assert driver.run.finished is (model.stage == "closed")

    def later(self, **delta):
        self.now += timedelta(**delta)
        self.driver.clock.set(self.now)

    def vote(self, index, vote):
        self.driver.do(f"{self.model.at}mi#{index}", vote=vote)
        self.model.ballot.seats[index].vote = vote
        self.check()

    def undecided(self):
        """A vote that does not end the ballot yet, where there is one."""
        for vote in ("yes", "no", "recuse"):
            seats = {0: Seat(1, vote), 1: Seat(2), 2: Seat(4)}
            if not Ballot(self.model.kind, seats).over():
                return vote
        return None

    def run(self):
        self.driver.do("first", k=1)
        self.model.begin(self.now)
        self.check()
        if self.undecided():
            self.vote(0, self.undecided())
        self.later(hours=5)
        getattr(self, "do_" + self.command)()
        self.reload()
        self.wait(hours=20)
        self.wait(hours=30)
        self.end()

    def reload(self):
        """Stored, and restored on a definition that is read afresh."""
        self.driver.store, self.driver.reread, kept = True, True, (self.driver.store, self.driver.reread)
        self.driver.keep()
        self.driver.store, self.driver.reread = kept
        self.check()

    def do_complete(self):
        self.vote(self.model.waiting()[-1], "yes")

    def do_return(self):
        self.driver.call("return_to", f"{self.model.at}mi")
        self.model.begin(self.now)
        self.check()

    def do_withdraw(self):
        self.driver.call("jump", "first")
        self.model.stage, self.model.due, self.model.side = "first", [], False
        self.check()
        self.driver.do("first", k=2)
        self.model.begin(self.now)
        self.check()

    def do_add(self):
        path = self.driver.call("add_item", f"{self.model.at}mi", {"weight": 3})
        assert path == f"{self.model.at}mi#3"
        self.model.ballot.seats[3] = Seat(3)
        self.check()

    def do_drop(self):
        self.driver.call("drop_item", f"{self.model.at}mi#2")
        del self.model.ballot.seats[2]
        self.check()

    def wait(self, **delta):
        self.later(**delta)
        self.driver.call("fire_due")
        self.model.fire(self.now)
        self.check()

    def end(self):
        model, driver = self.model, self.driver
        if model.side:
            driver.do("side", w=1)
            model.side = False
            self.check()
        while model.reminders:
            driver.do(f"{model.at}r", k=1)
            model.reminders -= 1
            self.check()
        while model.stage == "ballot":
            self.vote(model.waiting()[0], "yes")
        if model.stage == "late":
            driver.do(f"{model.at}r", k=1)
            model.go_on()
            model.votes = model.ballot.votes  # those that had come; of a call when the call ends
            self.check()
        if model.stage == "decide":
            driver.do("d", more=False)
            model.stage = "after"
            self.check()
        driver.do("after", k=1)
        model.stage = "closed"
        self.check()
        assert driver.run.end_node == "e"
