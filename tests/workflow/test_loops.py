"""Standard loops repeat in the scope round them; a multi-instance may have a number, be entered twice, begun again."""

import pytest

from engine import workflow
from engine.errors import Conflict

from .drawing import Draw, again, document, line, many, zeebe
from .driver import Driver

SCRIPT = zeebe("script", expression="=n + 1", resultVariable="n")


def repeated(loop, kind="task"):
    d, others, inner = Draw(), [], Draw()
    if kind == "task":
        d.task("n", ["k"], loop=loop)
    elif kind == "call":
        d.call("n", "q", outputs=["k"], loop=loop)
        others = [line("in1", process="q")]
    else:
        inner.flow(inner.start("is"), inner.task("in1", ["k"]), inner.end("ie"))
        d.sub("n", inner, loop=loop)
    d.flow(d.start(), "n", d.task("after"), d.end())
    d.flow(d.timer("late", "n", "P1D"), d.task("r"), d.end("e2"))
    return document(d, *others)


INSIDE = {"task": "n", "call": "n/in1", "sub": "n/in1"}


@pytest.mark.parametrize("kind", INSIDE)
def test_an_activity_repeats_while_its_condition_holds_and_writes_into_the_scope_round_it(kind):
    driver = Driver(repeated(again("=k < 3 and loopCounter < 10"), kind))
    for number in (1, 2, 3):
        assert driver.open() == [INSIDE[kind]]
        driver.do(INSIDE[kind], k=number)
        assert driver.data()["k"] == number
    assert driver.open() == ["after"]


@pytest.mark.parametrize("kind", INSIDE)
def test_a_boundary_event_holds_for_all_rounds_together(kind):
    driver = Driver(repeated(again("=true"), kind))
    driver.wait(hours=20), driver.do(INSIDE[kind], k=1), driver.wait(hours=3)
    assert driver.open() == [INSIDE[kind]]
    driver.wait(hours=1)
    assert driver.open() == ["r"]
    assert list(driver.run.scopes()) == [""]


@pytest.mark.parametrize("kind", INSIDE)
def test_the_maximum_ends_a_loop(kind):
    driver = Driver(repeated(again("=true", most="2"), kind))
    driver.do(INSIDE[kind], k=1), driver.do(INSIDE[kind], k=1)
    assert driver.open() == ["after"]


def test_the_condition_may_be_looked_at_first():
    assert Driver(repeated(again("=false", before=True))).open() == ["after"]
    assert Driver(repeated(again("=loopCounter = 0", before=True))).open() == ["n"]


def test_an_automatic_loop_runs_through_and_one_without_end_is_stopped_by_name():
    d = Draw()
    d.flow(d.start(), d.task("n", extra=SCRIPT, tag="scriptTask", loop=again("=n < 100")), d.end())
    driver = Driver(document(d), {"n": 0})
    assert driver.run.finished
    assert driver.data()["n"] == 100
    d = Draw()
    d.flow(d.start(), d.task("n", extra=SCRIPT, tag="scriptTask", loop=again("=true")), d.end())
    with pytest.raises(workflow.WorkflowFault) as fault:
        Driver(document(d), {"n": 0})
    assert (fault.value.code, fault.value.element) == ("workflow.endless", "n")


@pytest.mark.parametrize("target", ["n", "n/in1"])
def test_return_into_a_loop_begins_or_stays_in_it(target):
    driver = Driver(repeated(again("=k < 3"), "sub"))
    driver.do("n/in1", k=1), driver.do("n/in1", k=3)
    assert driver.open() == ["after"]
    driver.call("return_to", target)
    assert driver.open() == ["n/in1"]
    driver.do("n/in1", k=1), driver.do("n/in1", k=3)
    assert driver.open() == ["after"]
    driver.call("jump", target)
    assert driver.open() == ["n/in1"]
    assert driver.due()


# --- multi-instance ---------------------------------------------------------------------------------------------------


def cardinality(text):
    loop = "<multiInstanceLoopCharacteristics isSequential='false'><loopCardinality>{}</loopCardinality></multiInstanceLoopCharacteristics>"
    d = Draw()
    d.flow(d.start(), d.task("mi", ["k"], loop=loop.format(text)), d.task("after"), d.end())
    return document(d)


def test_a_number_of_instances():
    driver = Driver(cardinality("=n"), {"n": 3})
    assert driver.open() == ["mi#0", "mi#1", "mi#2"]
    assert driver.data("mi#2") == {"loopCounter": 3}
    assert Driver(cardinality("=n"), {"n": 0}).open() == ["after"]


@pytest.mark.parametrize(
    ("value", "code"), [(-1, "no-count"), ("3", "no-count"), (None, "no-count"), (501, "too-many-items")]
)
def test_a_number_of_instances_that_is_none_is_a_fault(value, code):
    with pytest.raises(workflow.WorkflowFault) as fault:
        Driver(cardinality("=n"), {"n": value})
    assert (fault.value.code, fault.value.element) == ("workflow." + code, "mi")


def entered_twice(loop=""):
    d = Draw()
    d.start(), d.both("g"), d.xor("m"), d.end(), d.task("mi", ["opinion"], loop=loop or many(output="", element="u"))
    d.flow("s", "g"), d.flow("g", d.task("x"), "m"), d.flow("g", d.task("y"), "m", "mi", "e")
    return document(d)


def test_a_second_token_at_a_multi_instance_has_items_of_its_own():
    driver = Driver(entered_twice(), {"units": ["a", "b"]})
    driver.do("x"), driver.do("y")
    assert driver.open() == ["mi#0", "mi#1", "mi~2#0", "mi~2#1"]
    assert driver.call("add_item", "mi~2", "c") == "mi~2#2"
    driver.do("mi#0", opinion=1), driver.do("mi#1", opinion=2)
    assert driver.open() == ["mi~2#0", "mi~2#1", "mi~2#2"]
    assert driver.finish()


@pytest.mark.parametrize("sequential", [False, True])
def test_an_item_is_begun_again_whether_it_runs_or_has_ended(sequential):
    d = Draw()
    d.flow(d.start(), d.task("mi", ["opinion"], loop=many(sequential=sequential)), d.task("after"), d.end())
    driver = Driver(document(d), {"units": ["a", "b"]})
    driver.do("mi#0", opinion="hasty")
    driver.call("return_to", "mi#0")
    assert driver.open() == (["mi#0"] if sequential else ["mi#0", "mi#1"])
    driver.do("mi#0", opinion="better")
    first = driver.task("mi#1").id
    driver.call("return_to", "mi#1")
    assert driver.task("mi#1").id != first
    driver.do("mi#1", opinion="fine")
    assert [each["opinion"] for each in driver.data()["opinions"]] == ["better", "fine"]
    with pytest.raises(Conflict):
        driver.run.return_to("mi#0")


def test_an_item_that_is_a_sub_process_is_begun_again_from_its_start():
    d, inner = Draw(), Draw()
    inner.flow(inner.start("is"), inner.task("t1", ["v"]), inner.task("t2", ["v"]), inner.end("ie"))
    d.flow(d.start(), d.sub("sub", inner, loop=many(value="=v")), d.end())
    driver = Driver(document(d), {"units": [1, 2]})
    driver.do("sub#0/t1", v=1), driver.do("sub#0/t2", v=2)
    driver.call("return_to", "sub#0")
    assert driver.open() == ["sub#0/t1", "sub#1/t1"]
    driver.do("sub#1/t1", v=5)
    driver.call("return_to", "sub#1/t2")
    assert driver.open() == ["sub#0/t1", "sub#1/t2"]
    assert driver.finish()
