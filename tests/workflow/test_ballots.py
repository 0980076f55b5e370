"""Ballots end exactly when their rule says so, whatever is voted, added, dropped, recused or voted again meanwhile."""

import re
from itertools import permutations, product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import Conflict
from tests.thoroughness import examples

from .ballots import CONDITIONS, RULES, SEQUENTIAL, Ballot, Seat
from .drawing import Draw, document, many
from .driver import Driver
from .test_random_diagrams import FEW

VOTES = ("yes", "no", "recuse")


def ballot_of(kind):
    d = Draw()
    loop = many("=seats", "seat", "votes", "=vote", condition=CONDITIONS[kind], sequential=kind in SEQUENTIAL)
    d.flow(d.start(), d.task("mi", ["vote"], loop=loop), d.task("after"), d.end())
    return document(d)


def begun(kind, weights, **forms):
    ballot = Ballot(kind, {index: Seat(weight) for index, weight in enumerate(weights)})
    return ballot, Driver(ballot_of(kind), {"seats": [{"weight": weight} for weight in weights]}, **forms)


def agree(ballot, driver):
    assert (driver.open() == ["after"]) is ballot.over(), (ballot, driver.open())
    if ballot.over():
        assert driver.data()["votes"] == ballot.votes
    return not ballot.over()


@pytest.mark.parametrize("kind", RULES)
def test_a_ballot_ends_when_its_rule_says_so(kind):
    for votes in product(("yes", "no"), repeat=3):
        for order in [range(3)] if kind in SEQUENTIAL else permutations(range(3)):
            ballot, driver = begun(kind, [1, 2, 4], reread=False)
            for index in order:
                driver.do(f"mi#{index}", vote=votes[index])
                ballot.seats[index].vote = votes[index]
                if not agree(ballot, driver):
                    break
            else:
                raise AssertionError("it did not end")


def test_recusals_lower_the_base():
    _, driver = begun("recusal", [1] * 4)
    driver.do("mi#0", vote="yes"), driver.do("mi#1", vote="recuse")
    assert driver.open() == ["mi#2", "mi#3"]
    driver.do("mi#2", vote="recuse")
    assert driver.open() == ["mi#3"]
    driver.do("mi#3", vote="yes")
    assert driver.open() == ["after"]


def test_a_dropped_seat_lowers_the_base_and_may_decide():
    _, driver = begun("percentage", [1] * 4)
    driver.do("mi#0", vote="yes"), driver.do("mi#1", vote="yes")
    assert driver.open() == ["mi#2", "mi#3"]
    driver.call("drop_item", "mi#3")
    assert driver.open() == ["after"]


def test_an_added_seat_raises_the_base():
    _, driver = begun("weighted", [3, 2])
    assert driver.call("add_item", "mi", {"weight": 2}) == "mi#2"
    driver.do("mi#0", vote="yes")
    assert driver.open() == ["mi#1", "mi#2"]
    driver.do("mi#2", vote="yes")
    assert driver.open() == ["after"]


def play(kind, weights, moves):
    """Votes, adds, drops and votes again at random, in three forms; the rule in Python goes along."""
    ballot, first = begun(kind, weights, store=False)
    drivers = [first, begun(kind, weights, reread=False)[1], begun(kind, weights)[1]]
    for move, where, vote in moves:
        if [agree(ballot, driver) for driver in drivers] != [True] * 3:
            return
        waiting = [index for index, seat in ballot.seats.items() if seat.vote is None]
        waiting = waiting[:1] if kind in SEQUENTIAL else waiting
        index = waiting[where % len(waiting)]
        if move == "add":
            index = max(int(driver.call("add_item", "mi", {"weight": where}).rpartition("#")[2]) for driver in drivers)
            ballot.seats[index] = Seat(where)
        elif move == "drop":
            del ballot.seats[index]
            for driver in drivers:
                driver.call("drop_item", f"mi#{index}")
        elif move == "again" and (done := [i for i, seat in ballot.seats.items() if seat.vote is not None]):
            ballot.seats[done[where % len(done)]].vote = None
            for driver in drivers:
                driver.call("return_to", f"mi#{done[where % len(done)]}")
        else:
            ballot.seats[index].vote = vote
            for driver in drivers:
                driver.do(f"mi#{index}", vote=vote)
    for driver in drivers:
        agree(ballot, driver)
        if driver.open() == ["after"]:
            with pytest.raises(Conflict):
                driver.run.add_item("mi", {"weight": 1})
        assert driver.finish()


PLAYS = (
    st.sampled_from(sorted(RULES)),
    st.lists(st.integers(1, 5), min_size=1, max_size=5),
    st.lists(
        st.tuples(
            st.sampled_from(["vote", "vote", "vote", "add", "drop", "again"]), st.integers(0, 9), st.sampled_from(VOTES)
        ),
        max_size=15,
    ),
)


@examples(40, 3000, **FEW)
@given(*PLAYS)
def test_any_play_of_a_ballot_agrees_with_its_rule(kind, weights, moves):
    play(kind, weights, moves)


def test_the_conditions_of_the_page_are_those_of_the_tests():
    page = (Path(__file__).parents[2] / "docs/bpmn.md").read_text().partition("## Ballots")[2].partition("\n## ")[0]
    shown = set(re.findall(r"\| `(=[^`]+)` \|", page))
    assert shown <= {*CONDITIONS.values(), "=count(results) >= quorum"}
    assert len(shown) == 6
