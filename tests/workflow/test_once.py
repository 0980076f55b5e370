"""A node that may be passed once: refused the second time, unless a person has allowed it."""

import pytest

from engine import workflow

from .drawing import Draw, document, ext, many, mapping, properties, zeebe
from .driver import Driver


def diagram(kind="serviceTask"):
    d = Draw()
    action = zeebe("taskDefinition", type="tell") if kind == "serviceTask" else ""
    d.node(kind, "tell", ext(action, properties(once="told")))
    d.task("ask", ["to"]), d.task("mend"), d.start(), d.end(), d.xor("m", "g")
    d.node("userTask", "allow", ext(mapping(outputs=[("=told", "told")])))
    d.flow("s", "m", "ask", "g"), d.flow("g", "e", default=True)
    d.flow("g", "tell", when='=to = "tell"'), d.flow("tell", "mend", "m")
    d.flow("g", "allow", when='=to = "allow"'), d.flow("allow", "m")
    return document(d)


def driver(kind="serviceTask", **given):
    return Driver(diagram(kind), actions={"tell": lambda _step: {}}, **given)


def test_the_first_time_is_noted_in_the_variable():
    play = driver()
    play.do("ask", to="tell")
    assert (play.open(), play.data()["told"]) == (["mend"], True)


def test_the_second_time_is_refused_to_whoever_leads_there_and_nothing_stored_changes():
    play = driver()
    play.do("ask", to="tell"), play.do("mend")
    state, scopes = play.run.state(), play.run.scopes()
    with pytest.raises(workflow.WorkflowFault) as fault:
        play.do("ask", to="tell")
    assert (fault.value.code, fault.value.element) == ("workflow.once", "tell")
    again = workflow.restore(play.definition, play.runtime, state, scopes)
    assert [task.node_id for task in again.open_tasks()] == ["ask"]


def test_a_person_allows_one_more_time_each_time():
    play = driver(store=False)
    play.do("ask", to="tell"), play.do("mend")
    assert play.run.again == []
    play.do("ask", to="allow"), play.do("allow", told=False)
    play.do("ask", to="tell"), play.do("mend")
    assert play.run.again == ["tell"]
    with pytest.raises(workflow.WorkflowFault):
        play.do("ask", to="tell")


def test_who_does_not_allow_it_leaves_it_refused():
    play = driver()
    play.do("ask", to="tell"), play.do("mend")
    play.do("ask", to="allow"), play.do("allow", told=True)
    with pytest.raises(workflow.WorkflowFault):
        play.do("ask", to="tell")


def test_a_task_of_a_person_is_passed_when_it_is_completed_and_not_while_it_waits():
    play = driver("userTask")
    play.do("ask", to="tell")
    assert "told" not in play.data()
    play.do("tell"), play.do("mend")
    with pytest.raises(workflow.WorkflowFault):
        play.do("ask", to="tell")


def test_each_item_of_a_multi_instance_is_told_by_itself():
    inside = Draw("sub")
    inside.node("serviceTask", "tell", ext(zeebe("taskDefinition", type="tell"), properties(once="told")))
    inside.flow(inside.start("s2"), inside.task("in", ["k"]), "tell", inside.end("e2"))
    d = Draw()
    d.flow(d.start(), d.sub("each", inside, loop=many()), d.task("after"), d.end())
    play = Driver(document(d), {"units": ["a", "b"]}, actions={"tell": lambda _step: {}})
    play.do("each#0/in", k=1), play.do("each#1/in", k=2)
    assert play.open() == ["after"]


def test_a_return_does_not_forget_that_it_was_told():
    play = driver()
    play.do("ask", to="tell")
    play.call("return_to", "ask")
    with pytest.raises(workflow.WorkflowFault):
        play.do("ask", to="tell")
