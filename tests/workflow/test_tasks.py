"""What automatic nodes do, how a case ends, and what spoils a run."""

from datetime import timedelta
from decimal import Decimal

import pytest

from engine import workflow
from engine.errors import Conflict, NotFound

from .diagrams import each, loop, timed
from .drawing import Draw, document, ext, many, mapping, zeebe
from .driver import Driver


def with_service(kind="sum", outputs=("total",), **settings):
    d = Draw()
    d.flow(d.start(), d.task("a", ["k"]), d.service("sum", kind, outputs, **settings), d.task("b"), d.end())
    return document(d)


def test_an_action_reads_the_scope_and_gives_what_the_node_declares():
    driver = Driver(with_service(), actions={"sum": lambda step: {"total": step.scope["k"] + Decimal("0.10")}})
    driver.do("a", k=Decimal("1.00"))
    assert driver.data() == {"k": Decimal("1.00"), "total": Decimal("1.10")}


def test_an_action_is_told_its_node_its_place_and_its_settings():
    steps = []
    xml = with_service(outputs=(), document="D06", **{"when.D06": "=k > 1", "to": "=upper case(name)"})
    driver = Driver(xml, {"name": "abc"}, actions={"sum": lambda step: steps.append(step) or {}})
    driver.do("a", k=2)
    (step,) = steps
    assert (step.node_id, step.path) == ("sum", "")
    assert step.properties == {"document": "D06", "when.D06": True, "to": "ABC"}


def test_an_action_sees_the_inputs_of_its_node_which_are_not_stored():
    d = Draw()
    extra = ext(zeebe("taskDefinition", type="show"), mapping([("=k * 2", "twice")], [("=shown + 1", "result")]))
    d.flow(d.start(), d.task("a", ["k"]), d.node("serviceTask", "n", extra), d.task("b"), d.end())
    driver = Driver(document(d), actions={"show": lambda step: {"shown": step.scope["twice"]}})
    driver.do("a", k=5)
    assert driver.data() == {"k": 5, "result": 11}


@pytest.mark.parametrize(
    ("actions", "code"),
    [
        ({}, "workflow.unknown-action"),
        ({"sum": lambda step: {"total": 1, "other": 2}}, "workflow.undeclared"),
        ({"sum": lambda step: {"total": 1.5}}, "workflow.bad-value"),
    ],
)
def test_a_fault_names_the_element_and_spoils_the_run_but_not_the_stored_case(actions, code):
    driver = Driver(with_service(), actions=actions)
    state, scopes = driver.run.state(), driver.run.scopes()
    with pytest.raises(workflow.WorkflowFault) as fault:
        driver.do("a", k=1)
    assert (fault.value.code, fault.value.element) == (code, "sum")
    for spoilt in (driver.run.state, driver.run.scopes, driver.run.settle, driver.run.fire_due):
        with pytest.raises(RuntimeError):
            spoilt()
    driver.run = workflow.restore(driver.definition, driver.runtime, state, scopes)
    assert driver.open() == ["a"]


def test_an_error_of_an_action_goes_through_as_it_is():
    def missing(step):
        raise NotFound("没有这份文书。")

    driver = Driver(with_service(), actions={"sum": missing})
    with pytest.raises(NotFound):
        driver.do("a", k=1)


def with_rule(outputs=()):
    d = Draw()
    extra = ext(zeebe("calledDecision", decisionId="DT-L5", resultVariable="verdict"), mapping((), outputs))
    d.flow(d.start(), d.node("businessRuleTask", "rule", extra), d.task("a"), d.end())
    return document(d)


def test_a_decision_goes_to_its_variable():
    asked = []

    def decide(decision_id, scope):
        asked.append((decision_id, scope["age"]))
        return {"result": "reject", "score": 7}

    driver = Driver(with_rule(), {"age": 71}, decide=decide)
    assert asked == [("DT-L5", 71)]
    assert driver.data() == {"age": 71, "verdict": {"result": "reject", "score": Decimal(7)}}


def test_a_decision_goes_through_the_outputs_where_there_are_any():
    driver = Driver(with_rule([("=verdict.result", "result")]), decide=lambda key, scope: {"result": "reject"})
    assert driver.data() == {"result": "reject"}


@pytest.mark.parametrize(
    ("condition", "opened"),
    [("=k", "x"), ("=k = true", "x"), ("=not(k)", "y"), ("=missing", "y"), ("=1", "y"), ('="true"', "y")],
)
def test_a_flow_is_taken_where_its_condition_is_exactly_true(condition, opened):
    d = Draw()
    d.start(), d.task("x"), d.task("y"), d.xor("g", "m"), d.flow("s", "g"), d.flow("g", "y", default=True)
    d.flow("g", "x", when=condition), d.flow("x", "m"), d.flow("y", "m", d.end())
    assert Driver(document(d), {"k": True}).open() == [opened]


def test_the_first_condition_that_holds_wins_in_the_order_of_the_file():
    d = Draw()
    d.start(), d.xor("g", "m"), d.flow("s", "g")
    for name, when in (("x", "=k > 1"), ("y", "=k > 2"), ("z", None)):
        d.flow("g", d.task(name), when=when, default=when is None), d.flow(name, "m")
    d.flow("m", d.end())
    assert Driver(document(d), {"k": 3}).open() == ["x"]


def test_a_loop_that_no_person_stops_is_a_fault_at_its_element():
    d = Draw()
    d.start(), d.xor("m", "g"), d.service("n", "note"), d.end()
    d.flow("s", "m", "n", "g"), d.flow("g", "m", when="=again"), d.flow("g", "e", default=True)
    with pytest.raises(workflow.WorkflowFault) as fault:
        Driver(document(d), {"again": True}, actions={"note": lambda step: {}})
    assert fault.value.code == "workflow.endless"
    assert fault.value.element in ("m", "n", "g")
    rounds = iter([True] * 150 + [False])
    d.nodes = [each for each in d.nodes if each[1] != "n"]
    d.service("n", "note", ["again"])
    driver = Driver(document(d), actions={"note": lambda step: {"again": next(rounds)}})
    assert driver.run.finished


def test_an_endless_loop_inside_a_sub_process_is_found_too():
    d, inner = Draw(), Draw()
    inner.start("is"), inner.xor("m", "g"), inner.end("ie")
    inner.flow("is", "m", "g"), inner.flow("g", "m", when="=again"), inner.flow("g", "ie", default=True)
    d.flow(d.start(), d.sub("sub", inner), d.end())
    with pytest.raises(workflow.WorkflowFault) as fault:
        Driver(document(d), {"again": True})
    assert fault.value.code == "workflow.endless"


def test_a_budget_counts_for_one_command_only():
    driver = Driver(loop("tasks"), store=False)
    for number in range(400):
        driver.do("a", k=number), driver.do("d", again=number < 399)
    assert driver.run.finished


def test_terminate_ends_its_own_scope_only():
    d, inner = Draw(), Draw()
    inner.start("is"), inner.both("split"), inner.node("endEvent", "t", "<terminateEventDefinition/>"), inner.end("ie")
    inner.flow("is", "split", inner.task("x"), "t"), inner.flow("split", inner.task("y"), "ie")
    d.flow(d.start(), d.sub("sub", inner), d.task("after"), d.end())
    driver = Driver(document(d))
    driver.do("sub/x")
    assert driver.open() == ["after"]
    driver.do("after")
    assert driver.run.end_node == "e"


def test_terminate_takes_multi_instances_timers_and_called_processes_along():
    d, q = Draw(), Draw("q")
    d.start(), d.both("split"), d.node("endEvent", "t", "<terminateEventDefinition/>"), d.end(), d.end("e2")
    d.flow("s", "split"), d.flow("split", d.task("stop"), "t")
    d.flow("split", d.task("mi", ["opinion"], loop=many()), "e"), d.flow("split", d.call("call", "q"), "e")
    d.flow(d.timer("late", "mi"), "e2")
    q.flow(q.start("qs"), q.task("in1"), q.end("qe"))
    driver = Driver(document(d, q), {"units": [1, 2]})
    driver.do("stop")
    assert driver.run.finished
    assert (driver.due(), list(driver.run.scopes())) == ([], [""])


def test_what_was_cancelled_in_the_same_step_does_not_run():
    d, seen = Draw(), []
    d.start(), d.both("split"), d.node("endEvent", "t", "<terminateEventDefinition/>"), d.end()
    d.flow("s", "split", "t"), d.flow("split", d.service("n", "note"), "e")
    driver = Driver(document(d), actions={"note": lambda step: seen.append(step.node_id) or {}})
    assert driver.run.finished
    assert (seen, driver.run.end_node) == ([], "t")


@pytest.mark.parametrize("loop_", ["", many(output="")])
def test_an_interrupting_timer_that_is_due_on_arrival_comes_before_the_automatic_task_it_is_on(loop_):
    d, seen = Draw(), []
    extra = ext(zeebe("taskDefinition", type="note"))
    d.flow(d.start(), d.node("serviceTask", "n", extra + loop_), d.task("b"), d.end())
    d.flow(d.timer("late", "n", "PT0S"), d.task("r"), d.end("e2"))
    driver = Driver(document(d), {"units": [1, 2]}, actions={"note": lambda step: seen.append(step.path) or {}})
    assert (driver.open(), seen) == (["r"], [])
    assert driver.taken == ["f_s_n", "f_late_r"]


def test_a_timer_that_does_not_interrupt_and_is_due_on_arrival_lets_the_automatic_task_run():
    d, seen = Draw(), []
    d.flow(d.start(), d.service("n", "note"), d.task("b"), d.end())
    d.flow(d.timer("late", "n", "PT0S", interrupt=False), d.task("r"), d.end("e2"))
    driver = Driver(document(d), actions={"note": lambda step: seen.append(step.path) or {}})
    assert (driver.open(), seen) == (["b", "r"], [""])


def test_the_end_that_states_an_outcome_counts_before_one_that_states_none():
    d = Draw()
    (
        d.start(),
        d.task("a"),
        d.task("r"),
        d.end("approved", outcome='=if k then "approved" else "rejected"'),
        d.end("told"),
    )
    d.flow("s", "a", "approved"), d.flow(d.timer("late", "a", interrupt=False), "r", "told")
    driver = Driver(document(d), {"k": True})
    driver.wait(hours=1)
    driver.do("a")
    assert (driver.run.finished, driver.run.end_node) == (False, None)
    driver.do("r")
    assert (driver.run.finished, driver.run.end_node) == (True, "approved")
    assert driver.run.property_of("approved", "outcome") == "approved"


def test_a_task_is_completed_once():
    driver = Driver(loop("tasks"))
    task = driver.task("a").id
    driver.do("a", k=1)
    for gone in (task, "0" * 32, "nonsense", ""):
        with pytest.raises(Conflict) as refused:
            driver.run.complete(gone, {})
        assert refused.value.code == "workflow.not-open"
    assert driver.open() == ["d"]


def test_what_is_not_there_is_not_found():
    driver = Driver(each(), {"units": [1]})
    for place in ("nowhere", "mi#9", "nowhere#0", "call/x"):
        with pytest.raises((NotFound, Conflict)):
            driver.run.scope(place)
    with pytest.raises(NotFound):
        driver.run.property_of("nowhere", "outcome")


def test_functions_of_the_installation_are_read_after_all_variables():
    driver = Driver(timed("=pause"), {"pause": timedelta(days=2)}, functions={"pause": None})
    assert len(driver.due()) == 1
    assert "pause" in driver.data()
