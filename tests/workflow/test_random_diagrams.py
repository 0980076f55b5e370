"""Random diagrams do what their structure says: in memory, stored after each step, and on a definition read afresh."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import Conflict
from tests.thoroughness import examples

from .driver import Driver
from .oracle import SHAPE, Oracle, Plan, chosen_of, length, places

FEW = {"deadline": None, "derandomize": True, "database": None, "suppress_health_check": list(HealthCheck)}
STEPS = st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=40)
#: Instances within instances, with what may cut them short inside: returns lead into one of several.
INSIDE = st.one_of(
    st.just(("task",)),
    st.tuples(st.just("mi"), st.integers(2, 3), st.booleans()),
    st.tuples(st.just("fail"), st.just(("task",))),
    st.tuples(st.just("escalate"), st.just(("mi", 2, False))),
    st.tuples(st.just("link"), st.just(("task",)), st.just(("task",))),
    st.tuples(st.just("guard"), st.sampled_from(["timer", "message"]), st.booleans(), st.just(("task",))),
    st.tuples(st.just("and"), st.just([("task",), ("mi", 2, True)])),
)
WITHIN = st.tuples(
    st.just("many"),
    st.integers(2, 3),
    st.booleans(),
    st.booleans(),
    st.tuples(st.just("seq"), st.lists(INSIDE, min_size=1, max_size=2)),
)
NESTED = st.tuples(
    st.just("many"), st.just(2), st.booleans(), st.booleans(), st.tuples(st.just("seq"), st.tuples(INSIDE, WITHIN))
)
MOVES = st.lists(st.tuples(st.integers(0, 9), st.booleans(), st.integers(0, 99)), max_size=30)


def forms(plan):
    return [Driver(plan.xml, store=False), Driver(plan.xml, reread=False), Driver(plan.xml)]


def seen(driver):
    tasks = {(task.node_id, task.path): driver.run.scope(task.id) for task in driver.run.open_tasks()}
    return driver.run.scopes(), tasks


def values_for(name, again, step):
    node = name.split("/")[-1].split("#")[0]
    if node.startswith("d"):
        return {"c" + node[1:]: again}
    if node.startswith("o"):
        return {"c" + node[1:]: chosen_of(step, 4)}
    return {"w": step} if node.startswith("mi") else {"v": step}


def follow(shape, choices):
    plan = Plan(shape)
    oracle, drivers = Oracle(plan.tree), forms(plan)
    feed, heard = iter(choices), 0
    for step in range(400 + 2 * length(shape)):
        names = oracle.open()
        for driver in drivers:
            assert driver.open() == names
            assert driver.run.finished is oracle.done
            assert sorted(event.name for event in driver.run.expected()) == sorted(oracle.expected())
            assert Counter(driver.taken) == oracle.taken
            assert seen(driver) == seen(drivers[0])
            assert sorted(driver.due()) == sorted(drivers[0].due())
        if oracle.done:
            break
        pick, again = next(feed, (0, False))
        said = sorted(set(oracle.expected()))
        if said and (pick == 8 or not names):
            name, heard = said[heard % len(said)], heard + 1  # by turns, so that each is heard some time
            assert oracle.receive(name)
            oracle.settle()
            for driver in drivers:
                driver.call("receive", name, {})
            continue
        if pick == 9 or not names:
            oracle.fire(), oracle.settle()
            for driver in drivers:
                driver.wait(hours=2)
            continue
        name = names[pick % len(names)]
        oracle.do(name, again, step), oracle.settle()
        for driver in drivers:
            driver.do(name, **values_for(name, again, step))
    assert oracle.done
    assert all(list(driver.run.scopes()) == [""] and not driver.run.timers() for driver in drivers)


def wander(shape, choices, command="return_to"):
    plan = Plan(shape)
    paths, drivers = list(places(plan.tree)), forms(plan)
    feed = iter(choices)
    for step in range(600):
        names = drivers[0].open()
        for driver in drivers[1:]:
            assert driver.open() == names
            assert driver.run.finished is drivers[0].run.finished
            assert Counter(driver.taken) == Counter(drivers[0].taken)
            assert seen(driver) == seen(drivers[0])
            assert sorted(driver.due()) == sorted(drivers[0].due())
        if drivers[0].run.finished:
            return
        pick, again, where = next(feed, (0, False, 0))
        said = [event.name for event in drivers[0].run.expected()]
        assert names or said
        if said and (pick == 8 or (not names and step % 2)):
            for driver in drivers:
                driver.call("receive", said[(where + step) % len(said)], {})
            continue
        name = names[pick % len(names)] if names else ""
        if pick == 9 or not names:
            for driver in drivers:
                driver.wait(hours=2)
        elif pick > 6:
            go(drivers, command, paths[where % len(paths)])
        else:
            for driver in drivers:
                driver.do(name, **values_for(name, again, step))
    raise AssertionError("it did not end")


def go(drivers, command, target):
    """Sends every form to the target, or finds it refused by all without a trace."""
    before, refused = (drivers[0].open(), seen(drivers[0])), []
    for driver in drivers:
        try:
            driver.call(command, target)
        except Conflict as refusal:
            refused.append(refusal.code)
    if refused:
        assert refused == [refused[0]] * len(drivers)
        assert (drivers[0].open(), seen(drivers[0])) == before
        return
    opened = drivers[0].open()
    arrived = [each for each in opened if each == target or each.startswith((target + "#", target + "/"))]
    empty = any(kind in target for kind in ("m", "call", "sub", "race", "rep", "guard", "stop", "fail", "esc"))
    assert arrived or empty
    if command == "jump" and arrived and "esc" not in target:
        assert arrived == opened


@examples(60, 1500, **FEW)
@given(SHAPE, STEPS)
def test_random_diagrams_do_what_the_oracle_says(shape, choices):
    follow(shape, choices)


@examples(40, 1500, **FEW)
@given(SHAPE, MOVES)
def test_random_returns_do_the_same_in_any_form_and_the_case_always_ends(shape, choices):
    wander(shape, choices)


@examples(30, 1000, **FEW)
@given(SHAPE, MOVES)
def test_random_jumps_do_the_same_in_any_form_and_the_case_always_ends(shape, choices):
    wander(shape, choices, "jump")


@examples(6, 300, **FEW)
@given(NESTED, MOVES)
def test_returns_inside_one_of_several_instances_do_the_same_in_any_form(shape, choices):
    wander(shape, choices)


@pytest.mark.full
@settings(max_examples=200, **FEW)
@given(NESTED, STEPS)
def test_many_instances_within_instances_do_what_the_oracle_says(shape, choices):
    follow(shape, choices)
