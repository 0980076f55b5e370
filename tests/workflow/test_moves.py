"""Going back: the return rule, the jump, and what both refuse."""

from datetime import timedelta

import pytest

from engine.errors import Conflict

from .diagrams import each, journey, timed
from .drawing import Draw, document, line, many
from .driver import MONDAY, Driver

STEPS = ["first", "x", "x2", "y", "mid", "mi#0", "mi#1", "call/in1", "call/in2", "last"]
AFTER = {
    "first": ["first"],
    "split": ["x", "y"],
    "x": ["x"],
    "x2": ["x2"],
    "y": ["y"],
    "mid": ["mid"],
    "mi": ["mi#0", "mi#1"],
    "call": ["call/in1"],
    "call/in2": ["call/in2"],
    "last": ["last"],
}
BLOCK = {"x": ["y"], "x2": ["y"], "y": ["x", "x2"]}  # the other branch goes on where it was still open


def advance(driver, steps):
    for name in STEPS[:steps]:
        driver.do(name)


@pytest.mark.parametrize("target", AFTER)
@pytest.mark.parametrize("at", range(len(STEPS)))
def test_return_from_everywhere_to_everywhere(at, target):
    driver = Driver(journey(), {"units": ["a", "b"]})
    advance(driver, at)
    before = driver.open()
    driver.call("return_to", target)
    others = [name for name in before if name in BLOCK.get(target, ())]
    assert driver.open() == sorted(AFTER[target] + others)
    assert len(driver.due()) == (target == "mi")
    assert sorted(driver.run.scopes()) == sorted(["", *scopes_at(target)])
    assert driver.finish()


def scopes_at(target):
    return ["mi#0", "mi#1"] if target == "mi" else ["call"] if "call" in target else []


@pytest.mark.parametrize("target", [name for name in AFTER if name not in BLOCK])
@pytest.mark.parametrize("at", range(len(STEPS)))
def test_jump_from_everywhere_leaves_one_fresh_token(at, target):
    driver = Driver(journey(), {"units": ["a", "b"]})
    advance(driver, at)
    ids = {task.id for task in driver.run.open_tasks()}
    driver.call("jump", target)
    assert driver.open() == AFTER[target]
    assert not ids & {task.id for task in driver.run.open_tasks()}
    assert len(driver.due()) == (target == "mi")
    assert driver.finish()


@pytest.mark.parametrize("target", BLOCK)
def test_a_jump_into_a_block_is_refused_because_its_join_would_wait_for_ever(target):
    driver = Driver(journey(), {"units": []})
    with pytest.raises(Conflict) as refused:
        driver.run.jump(target)
    assert refused.value.code == "workflow.jump-into-block"
    assert driver.open() == ["first"]


@pytest.mark.parametrize("command", ["return_to", "jump"])
@pytest.mark.parametrize(
    "target", ["nowhere", "", "join", "b", "first/x", "call/nowhere", "mi#0", "mi#0/x", "call~2/in1", "call/in1/x"]
)
def test_what_is_no_place_to_go_is_refused_and_changes_nothing(command, target):
    driver = Driver(journey(), {"units": ["a"]})
    with pytest.raises(Conflict) as refused:
        getattr(driver.run, command)(target)
    assert refused.value.code == "workflow.no-way"
    assert driver.open() == ["first"]
    assert driver.finish()


@pytest.mark.parametrize(("command", "argument"), [("return_to", ["first"]), ("jump", ["first"]), ("cancel", [])])
def test_a_finished_case_stays_finished(command, argument):
    driver = Driver(journey(), {"units": []})
    assert driver.finish()
    with pytest.raises(Conflict) as refused:
        getattr(driver.run, command)(*argument)
    assert refused.value.code == "workflow.finished"


@pytest.mark.parametrize("command", ["return_to", "jump"])
def test_timers_are_armed_afresh_and_no_stale_one_is_left(command):
    driver = Driver(timed())
    driver.wait(hours=20)
    driver.call(command, "a")
    assert driver.due() == [("late", MONDAY + timedelta(hours=44))]
    driver.do("a", k=1)
    assert (driver.open(), driver.due()) == (["b"], [])
    driver.call(command, "a")
    assert driver.wait(hours=25) == ["late"]
    assert driver.open() == ["r"]
    driver.call(command, "a")
    assert driver.open() == ["a"]
    assert len(driver.due()) == 1


def test_variables_stay_as_they_are_when_a_case_goes_back():
    driver = Driver(each(), {"units": ["a", "b"]})
    driver.do("mi#0", opinion=1), driver.do("mi#1", opinion=2)
    before = driver.data()
    driver.call("return_to", "mi")
    assert driver.data() == before
    assert driver.data("mi#0") == {"loopCounter": 1, "u": "a"}


def test_return_inside_one_item_leaves_the_others_alone():
    d, inner = Draw(), Draw()
    inner.flow(inner.start("is"), inner.task("t1", ["v"]), inner.task("t2", ["v"]), inner.end("ie"))
    d.flow(d.start(), d.sub("sub", inner, loop=many(value="=v")), d.task("after"), d.end())
    driver = Driver(document(d), {"units": [1, 2, 3]})
    for index in range(3):
        driver.do(f"sub#{index}/t1", v=index)
    driver.call("return_to", "sub#1/t1")
    assert driver.open() == ["sub#0/t2", "sub#1/t1", "sub#2/t2"]
    assert driver.run.scope("sub#1")["v"] == 1
    driver.do("sub#0/t2", v="done")
    with pytest.raises(Conflict):
        driver.run.return_to("sub#0/t1")
    driver.do("sub#1/t1", v=10), driver.do("sub#1/t2", v=11), driver.do("sub#2/t2", v=2)
    assert driver.open() == ["after"]
    assert driver.data()["opinions"] == ["done", 11, 2]


def nested():
    """A task, a sub-process of two tasks in another, a process called once, two items of one, one called twice."""
    d, outer, inner, items = Draw(), Draw(), Draw(), Draw()
    inner.flow(inner.start("is"), inner.task("t1", ["v"]), inner.task("t2", ["v"]), inner.end("ie"))
    outer.flow(outer.start("os"), outer.task("o1", ["v"]), outer.sub("in", inner), outer.end("oe"))
    items.flow(items.start("ms"), items.task("m1", ["v"]), items.task("m2", ["v"]), items.end("me"))
    d.start(), d.task("first", ["v"]), d.sub("out", outer), d.call("call", "q")
    d.sub("each", items, loop=many(value="=v")), d.call("one", "twice"), d.call("two", "twice")
    d.flow("s", "first", "out", "call", "each", "one", "two", d.task("last", ["v"]), d.end())
    return document(d, line("c1", "c2", process="q"), line("w1", "w2", process="twice"))


NESTED = ["first", "out/o1", "out/in/t1", "out/in/t2", "call/c1", "call/c2"]
NESTED += ["each#0/m1", "each#1/m1", "each#0/m2", "each#1/m2", "one/w1", "one/w2", "two/w1", "two/w2", "last"]


@pytest.mark.parametrize(
    ("at", "node", "path"),
    [
        ("out/in/t2", "t1", "out/in/t1"),
        ("out/in/t2", "o1", "out/o1"),
        ("out/in/t2", "first", "first"),
        ("out/o1", "t2", "out/in/t2"),
        ("call/c2", "c1", "call/c1"),
        ("call/c2", "t1", "out/in/t1"),
        ("each#1/m2", "m1", "each#1/m1"),
        ("each#1/m2", "c2", "call/c2"),
        ("two/w2", "w1", "two/w1"),
        ("last", "c1", "call/c1"),
    ],
)
def test_the_way_back_begins_at_the_task_and_leads_outwards(at, node, path):
    driver = Driver(nested(), {"units": ["a", "b"]})
    for name in NESTED[: NESTED.index(at)]:
        driver.do(name)
    assert driver.run.way_to(node, driver.task(at).id) == path
    driver.call("return_to", path)
    assert path in driver.open()
    assert driver.finish()


@pytest.mark.parametrize(("at", "node"), [("last", "m1"), ("last", "w1"), ("call/c1", "m2"), ("last", "nowhere")])
def test_a_way_that_cannot_be_named_is_refused(at, node):
    driver = Driver(nested(), {"units": ["a", "b"]})
    for name in NESTED[: NESTED.index(at)]:
        driver.do(name)
    with pytest.raises(Conflict) as refused:
        driver.run.way_to(node, driver.task(at).id)
    assert refused.value.code == "workflow.no-way"


def test_a_used_up_branch_gets_its_token_back_so_that_the_join_can_fire():
    driver = Driver(journey(), {"units": []})
    advance(driver, 5)
    assert driver.open() == ["call/in1"]
    driver.call("return_to", "x2")
    assert driver.open() == ["x2"]
    driver.do("x2")
    assert driver.open() == ["mid"]


def test_a_jump_leads_into_a_fresh_sub_process():
    driver = Driver(journey(), {"units": []})
    driver.call("jump", "call/in2")
    assert driver.open() == ["call/in2"]
    assert driver.finish()


def test_a_jump_to_an_end_event_ends_the_case_there():
    driver = Driver(journey(), {"units": []})
    driver.do("first")
    driver.call("jump", "e2")
    assert driver.run.finished
    assert driver.run.end_node == "e2"


def test_a_cancelled_case_is_finished_without_an_end():
    driver = Driver(journey(), {"units": ["a"]})
    advance(driver, 5)
    driver.call("cancel")
    assert driver.run.finished
    assert driver.run.cancelled
    assert driver.run.end_node is None
    assert (driver.open(), driver.due(), list(driver.run.scopes())) == ([], [], [""])
