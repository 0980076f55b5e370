"""A call activity that names another package waits for whoever runs the called case, and tells what it hands in."""

from datetime import timedelta

import pytest

from engine import workflow
from engine.errors import Conflict

from .drawing import Draw, document, event, many
from .driver import MONDAY, Driver


def calling(*, loop="", inputs=("name",), outputs=(("=outcome", "answer"),)):
    d = Draw()
    d.start(), d.task("ask", ["name"]), d.call("call", "other_package", inputs=inputs, outputs=outputs, loop=loop)
    d.task("after", ["k"]), d.end(), d.flow("s", "ask", "call", "after", "e")
    return d


def calls(driver):
    return [(call.node_id, call.path, call.package) for call in driver.run.calls()]


@pytest.mark.parametrize("store", [False, True])
def test_the_token_waits_and_goes_on_with_what_the_outputs_read(store):
    driver = Driver(document(calling()), store=store)
    driver.do("ask", name="冷链")
    assert calls(driver) == [("call", "", "other_package")]
    (call,) = driver.run.calls()
    driver.call("answer", call.id, {"outcome": "approved", "results": [], "number": "LR-2026-0001"})
    assert driver.open() == ["after"]
    assert driver.data() == {"name": "冷链", "answer": "approved"}


def test_what_is_handed_in_is_told_once_when_the_token_comes():
    driver = Driver(document(calling()), store=False)
    driver.do("ask", name="冷链")
    assert driver.run.calls()[0].inputs == {"name": "冷链"}
    kept = Driver(document(calling()))
    kept.do("ask", name="冷链")
    assert kept.run.calls()[0].inputs is None


def test_each_item_of_a_multi_instance_calls_by_itself_and_its_answers_keep_the_order_of_the_items():
    loop = many("=units", "unit", "answers", "=answer")
    driver = Driver(
        document(calling(loop=loop, inputs=(("=unit.key", "key"),))), {"units": [{"key": "a"}, {"key": "b"}]}
    )
    driver.do("ask", name="冷链")
    first, second = driver.run.calls()
    assert [call.element["key"] for call in (first, second)] == ["a", "b"]
    driver.call("answer", second.id, {"outcome": "rejected"})
    driver.call("answer", first.id, {"outcome": "approved"})
    assert driver.data()["answers"] == ["approved", "rejected"]


def test_a_boundary_timer_takes_the_call_away():
    d = calling()
    d.boundary("late", "call", event("timer", "P1D")), d.task("instead", ["k"]), d.flow("late", "instead", d.end("e2"))
    driver = Driver(document(d))
    driver.do("ask", name="冷链")
    (call,) = driver.run.calls()
    driver.clock.set(MONDAY + timedelta(days=1))
    driver.call("fire_due")
    assert (driver.open(), calls(driver)) == (["instead"], [])
    with pytest.raises(Conflict) as refused:
        driver.run.answer(call.id, {})
    assert refused.value.code == "workflow.not-open"


def test_a_return_to_the_call_calls_afresh():
    driver = Driver(document(calling()))
    driver.do("ask", name="冷链")
    (before,) = driver.run.calls()
    driver.call("return_to", "call")
    (after,) = driver.run.calls()
    assert before.id != after.id


def test_an_error_cannot_be_caught_at_a_call_of_another_package():
    d = calling()
    d.boundary("failed", "call", event("error", "E")), d.flow("failed", d.end("e2"))
    found = workflow.survey(document(d, before='<error id="E" errorCode="x"/>'), "p.bpmn").problems
    assert [problem.code for problem in found] == ["workflow.no-thrower"]


def test_a_name_that_no_package_can_have_is_refused():
    d = Draw()
    d.start(), d.call("call", "Other"), d.end(), d.flow("s", "call", "e")
    assert [p.code for p in workflow.survey(document(d), "p.bpmn").problems] == ["workflow.unknown-process"]
