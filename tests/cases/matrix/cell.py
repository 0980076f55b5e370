"""Plays one cell by the commands of a case; after each of them the rows must be what the model says."""

import dataclasses
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from engine import audit, cases, identity, packages, store
from engine.calendar import local_date
from engine.errors import HuishenError
from engine.identity import Actor
from engine.keys import audit_trust
from engine.packages import compiled, parts
from engine.store import new_id, tables
from engine.store.values import decode
from tests.cases.matrix.model import Model, Row, Values
from tests.cases.matrix.package import SEATS, key_of, package_of
from tests.cases.playing import LOGINS
from tests.installations import START, Office
from tests.workflow.ballots import SEQUENTIAL, Ballot, Seat

VERBS = (
    "claim",
    "release",
    "complete",
    "return to an earlier node",
    "return to the ballot",
    "return to the applicant",
    "withdraw",
    "transfer",
    "delegate and hand back",
    "add a reviewer before",
    "add a reviewer beside",
    "add a reviewer after",
    "add and drop a reviewer",
    "add a member",
    "add and drop a member",
    "suspend and resume",
    "terminate",
    "extend a limit",
    "extend a member's limit",
)
OF_SUMMARY = {
    "return to the ballot",
    "delegate and hand back",
    "add a reviewer before",
    "add a reviewer beside",
    "add a reviewer after",
    "add and drop a reviewer",
    "extend a limit",
}
FORMS = ("as it was read", "read afresh")
WHY = "按规定办理"

_KEY = sa.bindparam("case", type_=sa.String)
_TASKS = sa.select(tables.task).where(tables.task.c.case_id == _KEY, tables.task.c.state.in_(("open", "waiting")))
_SCOPES = sa.select(tables.scope.c.path, tables.scope.c["values"]).where(tables.scope.c.case_id == _KEY)
_TIMERS = sa.select(tables.timer.c.node_id, tables.timer.c.due_at, tables.timer.c.state).where(
    tables.timer.c.case_id == _KEY, tables.timer.c.state.in_(("armed", "stopped"))
)
_CASE = sa.select(
    tables.case.c.state, tables.case.c.outcome, tables.case.c.suspended_at, tables.case.c.review_count
).where(tables.case.c.id == _KEY)


class Desk:
    """An office with the packages of the matrix, and its people by role; any number of cells are played at it."""

    def __init__(self, office: Office) -> None:
        self.office, self.installation, self.clock = office, office.installation, office.clock
        self.actors = {role: office.actor(login) for role, login in LOGINS.items()}
        with store.reading(self.installation.database) as transaction:
            roles = [role for role in self.actors if role != "applicant"]
            self.posts = dict(zip(roles, identity.find_posts(transaction, roles).values(), strict=True))
        (own,) = self.actors["applicant"].post_ids
        self.role_of = {post: role for role, post in (self.posts | {"applicant": own}).items()}
        self._deployed: set[str] = set()

    def deployed(self, sequential: bool, timer: str, nesting: str) -> str:
        key = key_of(sequential, timer, nesting)
        if key not in self._deployed:
            with store.writing(self.installation.database) as transaction:
                packages.deploy(transaction, package_of(sequential, timer, nesting), by=None, at=START)
            self._deployed.add(key)
        return key

    def read_afresh(self) -> None:
        """As another process would: no package that was read before is known any more."""
        compiled._compiled.clear()
        parts._parts.clear()
        self.installation = dataclasses.replace(
            self.installation, _cache=dataclasses.replace(self.installation._cache, packages={})
        )

    def faults(self) -> list[audit.Fault]:
        with store.reading(self.installation.database) as transaction:
            return audit.verify(transaction, audit_trust(self.installation))


class Cell:
    """One case from the application to its end, with one verb on the way."""

    def __init__(self, desk: Desk, verb: str, kind: str, timer: str, nesting: str, form: str) -> None:
        self.desk, self.verb, self.form = desk, verb, form
        self.model, self.count, self.held = Model(kind, timer, nesting, START), 0, 0
        desk.clock.set(START)
        key = desk.deployed(kind in SEQUENTIAL, timer, nesting)
        self.case_id = cases.start(desk.installation, desk.actors["applicant"], key, new_id()).case_id
        self.check()

    # --- what there is ---

    def check(self) -> None:
        model = self.model
        with store.reading(self.desk.installation.database) as transaction:
            same("tasks", self._rows(transaction), model.rows())
            same("variables", self._scopes(transaction), model.scopes())
            same("timers", self._timers(transaction), model.timers())
            same("case", self._case(transaction), (model.state, model.outcome, model.suspended, len(model.reviews)))

    def _rows(self, transaction: store.Transaction) -> list[Row]:
        self.open = [dict(row) for row in transaction.execute(_TASKS, {"case": self.case_id}).mappings()]
        return sorted(
            (_place(row), self.desk.role_of[row["post_id"]], _noted(row), _day(row["due_at"])) for row in self.open
        )

    def _scopes(self, transaction: store.Transaction) -> dict[str, Values]:
        return {
            path: {name: value for name, value in decode(text).items() if not name.startswith("=")}
            for path, text in transaction.execute(_SCOPES, {"case": self.case_id})
        }

    def _timers(self, transaction: store.Transaction) -> list[tuple[str, datetime]]:
        rows = transaction.execute(_TIMERS, {"case": self.case_id}).all()
        assert {row.state for row in rows} <= {"stopped" if self.model.suspended else "armed"}
        return sorted((row.node_id, row.due_at) for row in rows)

    def _case(self, transaction: store.Transaction) -> tuple[str, str | None, bool, int]:
        row = transaction.execute(_CASE, {"case": self.case_id}).one()
        return row.state, row.outcome, row.suspended_at is not None, row.review_count

    def abandon(self) -> None:
        """After a failure: what this case still waits for must not fire in the next one."""
        left = sa.update(tables.timer).where(tables.timer.c.case_id == self.case_id)
        with store.writing(self.desk.installation.database) as transaction:
            transaction.execute(left.values(state="dropped"))

    def replayed(self) -> None:
        """The events alone give back every row."""
        installation = self.desk.installation
        with store.reading(installation.database) as transaction:
            told = list(audit.replay(transaction, cases.readable(installation), self.case_id))
        same("replay", [str(one) for _, differences in told for one in differences], [])

    # --- what people do ---

    def actor(self, role: str) -> Actor:
        return self.desk.actors[role]

    def task(self, place: str, kind: str = "task") -> str:
        found = [row["id"] for row in self.open if _place(row) == place and row["kind"] == kind]
        assert found, f"{place} is not open"
        return str(sorted(found)[0])

    def act(self, verb: Callable[..., Any], role: str, *arguments: Any) -> Any:
        return verb(self.desk.installation, self.actor(role), *arguments)

    def complete(self, place: str, role: str, **values: Any) -> None:
        self.act(cases.complete, role, self.task(place), values, 0)

    def refused(self, code: str, verb: Callable[..., Any], role: str, *arguments: Any) -> None:
        """Told why, and nothing changed."""
        with pytest.raises(HuishenError) as refusal:
            self.act(verb, role, *arguments)
        assert refusal.value.code == code
        self.check()

    def number(self) -> int:
        """A value that was never written before."""
        self.count += 1
        return self.count

    def write(self, place: str, role: str, name: str, *, inside: bool = True) -> None:
        value = self.number()
        self.complete(place, role, **{name: value})
        self.model.write(name, value, inside=inside)

    def apply(self) -> None:
        value = self.number()
        self.complete("first", "applicant", k=value, kind=self.model.kind)
        self.model.root |= {"k": value, "kind": self.model.kind}
        self.model.enter()
        self.check()
        self.prepare()

    def prepare(self) -> None:
        self.write(f"{self.model.at}prep", "handler_a", "p")
        self.model.begin_ballot()
        self.check()

    def vote(self, index: int, vote: str = "yes") -> None:
        self.complete(f"{self.model.at}mi#{index}", self.model.roles[index], vote=vote)
        self.model.vote(index, vote)
        self.check()

    def votes(self) -> None:
        while self.model.stage == "ballot":
            self.vote(self.model.waiting()[0])

    def undecided(self) -> str | None:
        """A vote that does not end the ballot yet, where there is one."""
        for vote in ("yes", "no", "recuse"):
            seats = {index: Seat(seat["weight"]) for index, seat in enumerate(SEATS)}
            seats[0].vote = vote
            if not Ballot(self.model.kind, seats).over():
                return vote
        return None

    def later(self, **delta: float) -> None:
        self.model.now += timedelta(**delta)
        self.desk.clock.set(self.model.now)

    def wait(self, **delta: float) -> None:
        self.later(**delta)
        fired = cases.fire_timers(self.desk.installation)
        same("fired", fired, self.model.fire())
        self.check()

    # --- the way ---

    def run(self) -> None:
        self.apply()
        if self.verb in OF_SUMMARY:
            self.votes()
        elif (vote := self.undecided()) is not None:
            self.vote(0, vote)
        self.wait(hours=29 if self.model.timer == "cycle" else 5)
        DOES[self.verb](self)
        self.check()
        self.replayed()
        if self.form == "read afresh":
            self.desk.read_afresh()
        self.wait(hours=20)
        self.wait(hours=30)
        self.end()
        self.replayed()

    def end(self) -> None:
        model = self.model
        if model.stage == "close":
            self.close()
            return
        if model.stage == "first":
            self.apply()
        again = model.nesting == "loop"
        while model.stage != "after":
            self.beside()
            self.go_on(again)
            again = again and model.stage != "prep"
        self.beside()
        self.complete("after", "bureau_leader", good=True)
        model.root["good"], model.stage, model.outcome = True, "closed", "approved"
        self.check()

    def beside(self) -> None:
        """Whatever is open beside the way."""
        model = self.model
        if model.side:
            self.write("side", "document_clerk", "w", inside=False)
            model.side = False
            model.settle()
            self.check()
        for name, written in (("r", "rv"), ("q", "qv")):
            while model.reminders[name]:
                self.write(f"{model.at}{name}", "acceptor", written)
                model.reminders[name] -= 1
                model.settle()
                self.check()

    def go_on(self, again: bool) -> None:
        model = self.model
        match model.stage:
            case "prep":
                self.prepare()
                return
            case "ballot":
                self.vote(model.waiting()[0])
                return
            case "late":
                self.write(f"{model.at}r", "acceptor", "rv")
                model.begin_sum()
            case "sum":
                self.sum_up()
            case "later":
                self.write(f"{model.at}q", "acceptor", "qv")
                model.leave()
            case "decide":
                self.complete("d", "division_head", more=again)
                model.root["more"] = again
                model.stage = "prep" if again else "after"
        self.check()

    def sum_up(self) -> None:
        """The summary is done once every reviewer has answered."""
        model, place = self.model, f"{self.model.at}sum"
        held = model.notes.get("sum") == "held"
        if model.reviews and not held:
            self.refused("task.reviews-open", cases.complete, "handler_a", self.task(place), {"s": 0}, 0)
            self.answer()
        if held:
            self.answer()
            model.write("s", self.held)
        else:
            self.write(place, "handler_a", "s")
        model.leave()

    def answer(self) -> None:
        review = self.task(f"{self.model.at}sum", "review")
        self.act(cases.complete, "handler_b", review, {"opinion": "agree"}, 0)
        del self.model.reviews["handler_b"]
        if self.model.notes.get("sum") != "held":
            self.check()

    def close(self) -> None:
        value, model = self.number(), self.model
        self.complete("close", "acceptor", c=value)
        model.root["c"] = value
        model.stage, model.outcome = "closed", model.root["termination"]
        self.check()

    # --- the verbs ---

    def voter(self) -> tuple[int, str, str]:
        """A seat that waits, its role and its task."""
        index = self.model.waiting()[-1]
        return index, self.model.roles[index], self.task(f"{self.model.at}mi#{index}")

    def claim(self) -> None:
        index, role, task = self.voter()
        self.act(cases.claim, role, task)
        self.model.notes[f"mi#{index}"] = "claimed"

    def release(self) -> None:
        self.claim()
        self.check()
        index, role, task = self.voter()
        self.act(cases.release, role, task)
        del self.model.notes[f"mi#{index}"]
        self.check()
        self.refused("task.not-claimed", cases.release, role, task)

    def return_from_ballot(self, to: str) -> None:
        _, role, task = self.voter()
        self.act(cases.return_task, role, task, to, WHY)
        if to == "first":
            self.model.all_over("first")
        else:
            self.model.go_back(to)

    def return_to_ballot(self) -> None:
        self.act(cases.return_task, "handler_a", self.task(f"{self.model.at}sum"), "mi", WHY)
        self.model.go_back("mi")

    def ends(self, verb: Callable[..., Any], role: str, outcome: str) -> None:
        self.act(verb, role, self.case_id, WHY)
        self.model.root["termination"] = outcome
        self.model.all_over("close")

    def transfer(self) -> None:
        index, role, task = self.voter()
        self.act(cases.transfer, role, task, self.desk.posts["seal_keeper"], WHY)
        self.model.roles[index] = "seal_keeper"
        self.check()
        self.refused("task.other-post", cases.complete, role, task, {"vote": "no"}, 0)

    def delegate(self) -> None:
        task = self.task(f"{self.model.at}sum")
        self.act(cases.delegate, "handler_a", task, self.desk.posts["handler_b"], WHY)
        self.model.notes["sum"] = "delegated"
        self.check()
        self.refused("task.delegated", cases.complete, "handler_b", task, {"s": 0}, 0)
        self.act(cases.hand_back, "handler_b", task, WHY)
        del self.model.notes["sum"]

    def review(self, position: str) -> str:
        task = self.task(f"{self.model.at}sum")
        self.act(cases.add_review, "handler_a", task, self.desk.posts["handler_b"], position, WHY)
        self.model.reviews["handler_b"] = f"{position}, waiting" if position == "after" else position
        self.check()
        return task

    def review_before(self) -> None:
        self.review("before")
        self.sum_up()

    def review_after(self) -> None:
        task = self.review("after")
        self.held = self.number()
        self.act(cases.complete, "handler_a", task, {"s": self.held}, 0)
        self.model.notes["sum"] = "held"
        self.model.reviews["handler_b"] = "after"
        self.check()
        self.refused("task.held", cases.complete, "handler_a", task, {"s": 0}, 1)

    def review_dropped(self) -> None:
        self.review("beside")
        self.act(cases.drop_review, "handler_a", self.task(f"{self.model.at}sum", "review"), WHY)
        del self.model.reviews["handler_b"]

    def add_member(self) -> None:
        self.act(cases.add_member, "division_head", self.case_id, "mi", "d", WHY)
        self.model.add_seat()

    def drop_member(self) -> None:
        self.add_member()
        self.check()
        while self.model.waiting() != [3] and self.model.kind in SEQUENTIAL:
            self.vote(self.model.waiting()[0])
        self.act(cases.drop_member, "division_head", self.task(f"{self.model.at}mi#3"), WHY)
        self.model.drop_seat()

    def suspend(self) -> None:
        _, role, task = self.voter()
        self.act(cases.suspend, "division_head", self.case_id, WHY)
        self.model.suspended = True
        self.check()
        self.refused("case.suspended", cases.complete, role, task, {"vote": "no"}, 0)
        self.later(days=2)
        assert cases.fire_timers(self.desk.installation) == 0
        self.act(cases.resume, "division_head", self.case_id, WHY)
        self.model.suspended = False
        self.model.postpone(2)

    def extend(self) -> None:
        self.act(cases.extend, "division_head", self.task(f"{self.model.at}sum"), 5, WHY)
        self.model.postpone(5)

    def extend_member(self) -> None:
        index, _, task = self.voter()
        self.act(cases.extend, "division_head", task, 5, WHY)
        due = self.model.due
        self.model.due_of, kept = {f"mi#{index}": self.model.due_of[f"mi#{index}"]}, self.model.due_of
        self.model.postpone(5)
        self.model.due, self.model.due_of = due, kept | self.model.due_of


DOES: dict[str, Callable[[Cell], None]] = {
    "claim": Cell.claim,
    "release": Cell.release,
    "complete": lambda cell: cell.vote(cell.model.waiting()[-1]),
    "return to an earlier node": lambda cell: cell.return_from_ballot("prep"),
    "return to the ballot": Cell.return_to_ballot,
    "return to the applicant": lambda cell: cell.return_from_ballot("first"),
    "withdraw": lambda cell: cell.ends(cases.withdraw, "applicant", "withdrawn"),
    "transfer": Cell.transfer,
    "delegate and hand back": Cell.delegate,
    "add a reviewer before": Cell.review_before,
    "add a reviewer beside": lambda cell: cell.review("beside"),
    "add a reviewer after": Cell.review_after,
    "add and drop a reviewer": Cell.review_dropped,
    "add a member": Cell.add_member,
    "add and drop a member": Cell.drop_member,
    "suspend and resume": Cell.suspend,
    "terminate": lambda cell: cell.ends(cases.terminate, "bureau_leader", "terminated"),
    "extend a limit": Cell.extend,
    "extend a member's limit": Cell.extend_member,
}


def same(what: str, found: object, wanted: object) -> None:
    """Equal, or told with what differs alone."""
    if isinstance(found, dict) and isinstance(wanted, dict) and found.keys() == wanted.keys():
        for key in found:
            same(f"{what}, {key}" if key else what, found[key], wanted[key])
    assert found == wanted, f"{what}: found {found}, wanted {wanted}"


def _place(row: dict[str, Any]) -> str:
    if row["item_key"] is not None:
        return str(row["path"])
    return f"{row['path']}/{row['node_id']}" if row["path"] else str(row["node_id"])


def _noted(row: dict[str, Any]) -> str:
    if row["kind"] == "review":
        return f"{row['position']}, waiting" if row["state"] == "waiting" else str(row["position"])
    notes = {"claimed_by": "claimed", "held_by": "held", "owner_post_id": "delegated"}
    return ", ".join(note for column, note in notes.items() if row[column] is not None)


def _day(moment: datetime | None) -> str:
    return local_date(moment).isoformat() if moment else ""
