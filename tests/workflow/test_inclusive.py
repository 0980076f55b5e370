"""Inclusive gateways join what can still come, in loops too; tasks may have conditions on their flows."""

from itertools import chain, combinations

import pytest

from engine import workflow

from .drawing import Draw, document, event
from .driver import Driver

BRANCHES = "xyz"


def conditions(d, gate, targets):
    for name in targets:
        d.flow(gate, name, when=f'=list contains(chosen, "{name}")')


def block(kind="gateway"):
    """A choice of several branches, joined again; in a loop that a decision ends."""
    d = Draw()
    d.start(), d.xor("m", "again"), d.task("first", ["chosen"]), d.either("j"), d.task("d", ["more"]), d.end()
    gate = d.either("g") if kind == "gateway" else "first"
    d.flow("s", "m", "first", *([gate] if kind == "gateway" else []))
    for name in BRANCHES:
        d.task(name, ["v"]), d.flow(name, "j")
    conditions(d, gate, BRANCHES)
    d.task("none", ["v"]), d.flow(gate, "none", default=True), d.flow("none", "j")
    d.flow("j", "d", "again"), d.flow("again", "m", when="=more"), d.flow("again", "e", default=True)
    return document(d)


def subsets(names):
    return chain.from_iterable(combinations(names, size) for size in range(len(names) + 1))


@pytest.mark.parametrize("kind", ["gateway", "task"])
def test_every_set_of_branches_is_joined_in_every_round(kind):
    driver, rounds = Driver(block(kind)), list(subsets(BRANCHES))
    for number, chosen in enumerate(rounds, start=1):
        driver.do("first", chosen=list(chosen))
        assert driver.open() == (list(chosen) or ["none"])
        for name in reversed(driver.open()):
            assert "d" not in driver.open()
            driver.do(name, v=number)
        assert driver.open() == ["d"]
        driver.do("d", more=number < len(rounds))
    assert driver.run.finished
    assert driver.taken.count("f_j_d") == len(rounds)


def test_a_join_waits_for_who_is_still_on_the_way_however_far_back():
    d = Draw()
    (
        d.start(),
        d.either("g", "h", "j"),
        d.task("a", ["chosen"]),
        d.task("x"),
        d.task("y"),
        d.task("z"),
        d.task("w"),
        d.end(),
    )
    d.flow("s", "a", "g"), conditions(d, "g", ["x", "y"]), d.flow("g", "j", default=True)
    d.flow("x", "h"), conditions(d, "h", ["z", "w"]), d.flow("h", "j", default=True)
    d.flow("z", "j"), d.flow("w", "j"), d.flow("y", "j", "e")
    driver = Driver(document(d))
    driver.do("a", chosen=["x", "y", "z", "w"])
    driver.do("y")
    assert driver.open() == ["x"]
    driver.do("x")
    driver.do("w")
    assert not driver.run.finished
    driver.do("z")
    assert driver.run.finished
    assert driver.taken.count("f_j_e") == 1


def test_a_join_does_not_wait_for_who_has_ended_elsewhere_or_was_interrupted():
    d = Draw()
    d.start(), d.both("g"), d.either("j"), d.end(), d.task("x"), d.task("y"), d.xor("out"), d.task("after")
    d.flow("s", "g"), d.flow("g", "x", "j"), d.flow("g", "y", "out")
    d.flow("out", "j", when="=stay"), d.flow("out", d.end("e2"), default=True), d.flow("j", "after", "e")
    d.flow(d.timer("late", "y"), d.task("r"), d.end("e3"))
    driver = Driver(document(d), {"stay": False})
    driver.do("x")
    assert driver.open() == ["y"]
    driver.do("y")
    assert driver.open() == ["after"]
    driver = Driver(document(d), {"stay": True})
    driver.do("x"), driver.wait(hours=1)
    assert driver.open() == ["after", "r"]


def test_a_reminder_beside_a_branch_keeps_no_join_waiting_that_it_cannot_reach():
    d = Draw()
    d.start(), d.either("g", "j"), d.task("x"), d.task("y"), d.end()
    (
        d.flow("s", "g"),
        d.flow("g", "x", when="=true"),
        d.flow("g", "y", default=True),
        d.flow("x", "j", "e"),
        d.flow("y", "j"),
    )
    d.flow(d.timer("late", "x", interrupt=False), d.task("r"), d.end("e2"))
    driver = Driver(document(d))
    driver.wait(hours=1), driver.do("x")
    assert driver.open() == ["r"]
    assert driver.finish()


def test_return_into_a_branch_of_a_choice_keeps_the_others_and_gives_nothing_back():
    driver = Driver(block())
    driver.do("first", chosen=["x", "y"])
    driver.do("x", v=1)
    driver.call("return_to", "x")
    assert driver.open() == ["x", "y"]
    driver.do("y", v=1), driver.do("x", v=2)
    assert driver.open() == ["d"]
    driver.call("return_to", "z")
    driver.do("z", v=3)
    assert driver.open() == ["d"]


def test_a_jump_into_a_branch_of_a_choice_is_joined():
    driver = Driver(block())
    driver.call("jump", "y")
    driver.do("y", v=1)
    assert driver.open() == ["d"]


def test_no_flow_to_take_is_a_fault_at_its_gateway():
    d = Draw()
    d.start(), d.either("g"), d.end(), d.end("e2")
    d.flow("s", "g"), d.flow("g", "e", when="=k = 1"), d.flow("g", "e2", default=True)
    driver = Driver(document(d))
    assert driver.run.end_node == "e2"


def test_two_flows_between_the_same_nodes_are_two_tokens():
    d = Draw()
    d.start(), d.both("split", "join"), d.task("a"), d.end(), d.flow("s", "split"), d.flow("split", "join", "a", "e")
    twin = b'<sequenceFlow id="twin" sourceRef="split" targetRef="join"/></process>'
    driver = Driver(document(d).replace(b"</process>", twin))
    assert driver.open() == ["a"]
    assert driver.taken == ["f_s_split", "f_split_join", "twin", "f_join_a"]
    assert driver.finish()


def test_a_case_that_could_never_go_on_says_so_and_where():
    """A diagram that `huishen check` would have refused: one branch never comes to the join."""
    d = Draw()
    d.start(), d.task("a", ["k"]), d.xor("g"), d.both("j"), d.task("x"), d.task("y"), d.end()
    d.flow("s", "a", "g"), d.flow("g", "x", when="=k"), d.flow("g", "y", default=True)
    d.flow("x", "j", "e"), d.flow("y", "j")
    driver = Driver(document(d))
    driver.do("a", k=True)
    with pytest.raises(workflow.WorkflowFault) as fault:
        driver.do("x")
    assert (fault.value.code, fault.value.element) == ("workflow.stuck", "j")


def test_events_may_have_several_flows_too():
    d = Draw()
    d.start(), d.throw("m"), d.catch("c", event("timer", "P1D")), d.end(), d.end("e2")
    d.flow("s", "m", d.task("x"), "e"), d.flow("m", "c", d.task("y"), "e2"), d.flow("c", "x")
    driver = Driver(document(d))
    driver.wait(days=1)
    assert driver.open() == ["x", "x", "y"]
    assert driver.finish()
