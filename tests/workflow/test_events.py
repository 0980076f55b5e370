"""Messages, signals, errors and escalations find who waits for them; what is interrupted is gone."""

from datetime import timedelta

import pytest

from engine import workflow
from engine.errors import Conflict

from .drawing import Draw, define, document, event, line, many
from .driver import MONDAY, Driver

M, S, E, X = (
    define("message", "M", "缴费", key="=number"),
    define("signal", "S", "停办"),
    define("error", "E", "42"),
    define("escalation", "X", "7"),
)


def waits_for_message():
    d, inner = Draw(), Draw()
    paid = inner.catch("paid", event("message", "M"), outputs=[("=sum * 2", "twice")])
    inner.flow(inner.start("is"), paid, inner.task("t", ["v"]), inner.end("ie"))
    d.flow(d.start(), d.sub("each", inner, loop=many(element="number", value="=twice")), d.end())
    return document(d, before=M)


def test_a_message_reaches_the_one_that_waits_for_its_key():
    driver = Driver(waits_for_message(), {"units": ["A1", "A2"]})
    assert driver.open() == []
    assert driver.call("receive", "缴费", {"sum": 5}, "A2") == "paid"
    assert driver.open() == ["each#1/t"]
    assert driver.data("each#1")["twice"] == 10
    with pytest.raises(Conflict) as refused:
        driver.run.receive("缴费", {"sum": 5}, "A2")
    assert refused.value.code == "workflow.not-waiting"
    driver.call("receive", "缴费", {"sum": 1}, "A1")
    assert driver.finish()
    assert driver.data()["opinions"] == [2, 10]


def test_the_state_holds_no_key_of_a_message():
    from zstandard import ZstdDecompressor

    driver = Driver(waits_for_message(), {"units": ["990101197001010011"]})
    assert "990101197001010011" not in ZstdDecompressor().decompress(driver.run.state()[1:]).decode()


def two_branches(sender, receiver, before=""):
    """One branch throws after `x`, the other waits after `y`; each ends by itself."""
    d = Draw()
    d.start(), d.both("g"), d.end(), d.end("e2")
    d.flow("s", "g")
    d.flow("g", d.task("x", ["number"]), sender(d), "e")
    d.flow("g", d.task("y", ["number"]), receiver(d), d.task("z", ["k"]), "e2")
    return document(d, before=before)


def sends(d):
    return d.throw("send", event("message", "M"), inputs=[("=number", "sum")])


def gets(d):
    return d.catch("get", event("message", "M"), outputs=["sum"])


def test_a_message_thrown_inside_goes_to_who_waits_inside_with_its_values():
    driver = Driver(two_branches(sends, gets, M))
    driver.do("y", number=3)
    driver.do("x", number=3)
    assert driver.open() == ["z"]
    assert driver.data()["sum"] == 3
    assert driver.run.sent == []


def test_a_message_for_which_nobody_waits_leaves_the_case():
    driver = Driver(two_branches(sends, gets, M), store=False)
    driver.do("x", number=3)
    (sent,) = driver.run.sent
    assert (sent.kind, sent.name, sent.key, sent.values, sent.node_id) == ("message", "缴费", 3, {"sum": 3}, "send")
    driver.do("y", number=3)
    assert [event.name for event in driver.run.expected()] == ["缴费"]
    assert driver.open() == []


def test_a_message_finds_who_begins_to_wait_in_the_same_step():
    d = Draw()
    d.flow(d.start(), d.task("x", ["number"]), d.both("g"))
    d.flow("g", sends(d), d.end()), d.flow("g", d.xor("late"), d.xor("later"), gets(d), d.task("z", ["k"]), d.end("e2"))
    driver = Driver(document(d, before=M))
    driver.do("x", number=1)
    assert driver.open() == ["z"]


def test_a_signal_reaches_everybody_who_waits_now_and_leaves_the_case():
    d, q = Draw(), line("in1", process="q")
    d.start(), d.both("g"), d.end("e1"), d.end("e2"), d.end("e3"), d.end("e4")
    d.flow("s", "g"), d.flow("g", d.call("call", "q"), "e1"), d.flow("g", d.task("a", ["k"]), "e2")
    d.flow("g", d.task("x"), d.throw("shout", event("signal", "S")), d.task("after"), "e3")
    d.flow("g", d.task("w"), d.catch("late", event("signal", "S")), "e4")
    q.boundary("b", "in1", event("signal", "S")), q.flow("b", q.task("r", ["k"]), q.end("qe2"))
    d.boundary("c", "a", event("signal", "S"), interrupt=False), d.flow("c", d.task("extra"), d.end("e5"))
    driver = Driver(document(d, q, before=S), store=False)
    driver.do("x")
    assert driver.open() == ["a", "after", "call/r", "extra", "w"]
    assert [(sent.kind, sent.name) for sent in driver.run.sent] == [("signal", "停办")]
    driver.do("w")
    assert [event.node_id for event in driver.run.expected()] == ["c", "late"]
    assert driver.call("broadcast", "停办", {}) == 2
    assert driver.open().count("extra") == 2


def test_a_signal_that_interrupts_its_own_scope_takes_its_thrower_along():
    d = Draw()
    d.flow(d.start(), d.task("a"), d.throw("shout", event("signal", "S")), d.task("never"), d.end())
    d.event_sub("h", event("signal", "S"), "t")
    driver = Driver(document(d, before=S))
    driver.do("a")
    assert driver.open() == ["h/t"]
    assert driver.finish()
    assert driver.run.end_node == "e_h"


def nested(*catchers):
    """A call in a sub-process in the process; the called process throws error 42. `catchers` say who catches."""
    d, inner, q = Draw(), Draw(), Draw("q")
    q.flow(q.start("qs"), q.task("t", ["v"]), q.throw("qe", event("error", "E"), inputs=["v"], tag="endEvent"))
    inner.flow(inner.start("is"), inner.call("call", "q"), inner.end("ie"))
    if "inner" in catchers:
        inner.event_sub("h1", event("error", "E"), "t1", outputs=[("=v", "why")])
    if "any" in catchers:
        inner.boundary("b0", "call", event("error")), inner.flow("b0", inner.task("t0", ["k"]), inner.end("ie0"))
    d.flow(d.start(), d.sub("sub", inner), d.end())
    if "boundary" in catchers:
        d.boundary("b", "sub", event("error", "E"), outputs=[("=v", "why")])
        d.flow("b", d.task("r", ["k"]), d.end("e2"))
    if "outer" in catchers:
        d.event_sub("h2", event("error", "E"), "t2", outputs=[("=v", "why")])
    return document(d, q, before=E)


@pytest.mark.parametrize(
    ("catchers", "opened"),
    [
        (["any", "inner", "boundary", "outer"], ["sub/t0"]),
        (["inner", "boundary", "outer"], ["sub/h1/t1"]),
        (["boundary", "outer"], ["r"]),
        (["outer"], ["h2/t2"]),
    ],
)
def test_an_error_is_caught_by_the_nearest(catchers, opened):
    driver = Driver(nested(*catchers))
    driver.do("sub/call/t", v="why not")
    assert driver.open() == opened
    if "any" not in catchers:
        assert driver.run.scope(opened[0].rpartition("/")[0])["why"] == "why not"
    assert driver.finish()


def test_an_error_of_one_item_ends_the_whole_multi_instance():
    d, inner = Draw(), Draw()
    inner.flow(inner.start("is"), inner.task("t", ["bad"]), inner.xor("g"))
    inner.flow("g", inner.throw("fail", event("error", "E"), tag="endEvent"), when="=bad")
    inner.flow("g", inner.end("ie"), default=True)
    d.flow(d.start(), d.sub("sub", inner, loop=many(value="=u")), d.end())
    d.boundary("b", "sub", event("error", "E")), d.flow("b", d.task("r"), d.end("e2"))
    driver = Driver(document(d, before=E), {"units": [1, 2, 3]})
    driver.do("sub#0/t", bad=False), driver.do("sub#2/t", bad=True)
    assert driver.open() == ["r"]
    assert list(driver.run.scopes()) == [""]


def test_an_action_throws_an_error_that_its_boundary_catches():
    d = Draw()
    d.flow(d.start(), d.service("call", "ask"), d.task("b"), d.end())
    d.boundary("failed", "call", event("error", "E"), outputs=["why"]), d.flow("failed", d.task("r"), d.end("e2"))

    def ask(step):
        raise workflow.Raised("42", {"why": "无应答"})

    driver = Driver(document(d, before=E), actions={"ask": ask})
    assert driver.open() == ["r"]
    assert driver.data() == {"why": "无应答"}
    with pytest.raises(workflow.WorkflowFault) as fault:
        Driver(document(d, before=define("error", "E", "43")), actions={"ask": ask})
    assert (fault.value.code, fault.value.element) == ("workflow.uncaught-error", "call")


def test_an_escalation_that_does_not_interrupt_lets_both_go_on():
    d, inner = Draw(), Draw()
    inner.flow(inner.start("is"), inner.throw("up", event("escalation", "X")), inner.task("t"), inner.end("ie"))
    d.flow(d.start(), d.sub("sub", inner), d.end())
    d.boundary("b", "sub", event("escalation"), interrupt=False), d.flow("b", d.task("boss"), d.end("e2"))
    driver = Driver(document(d, before=X))
    assert driver.open() == ["boss", "sub/t"]
    assert driver.finish()


def test_an_interrupting_escalation_takes_the_rest_of_the_scope_away():
    d, inner = Draw(), Draw()
    inner.flow(
        inner.start("is"),
        inner.task("a"),
        inner.throw("up", event("escalation", "X")),
        inner.task("never"),
        inner.end("ie"),
    )
    d.flow(d.start(), d.sub("sub", inner), d.end())
    d.boundary("b", "sub", event("escalation", "X")), d.flow("b", d.task("boss"), d.end("e2"))
    driver = Driver(document(d, before=X))
    driver.do("sub/a")
    assert driver.open() == ["boss"]
    assert driver.finish()


# --- event sub-processes ----------------------------------------------------------------------------------------------


def guarded(*, interrupt=True, text="P3D", tag="timeDuration"):
    d = Draw()
    d.flow(d.start(), d.task("a", ["k"]), d.task("b", ["k"]), d.end())
    d.event_sub("h", event("timer", text, tag), "t", interrupt=interrupt)
    return document(d)


def test_the_timer_of_a_scope_runs_from_its_beginning_and_goes_with_it():
    driver = Driver(guarded())
    assert driver.due() == [("s_h", MONDAY + timedelta(days=3))]
    driver.do("a", k=1)
    assert driver.due() == [("s_h", MONDAY + timedelta(days=3))]
    assert driver.finish()
    assert driver.due() == []


def test_return_from_an_interrupting_event_sub_process_arms_it_afresh():
    driver = Driver(guarded())
    driver.wait(days=3)
    assert (driver.open(), driver.due()) == (["h/t"], [])
    driver.call("return_to", "b")
    assert (driver.open(), driver.due()) == (["b"], [("s_h", MONDAY + timedelta(days=6))])
    assert driver.finish()


def test_return_leaves_the_timer_of_the_scope_as_it_is():
    driver = Driver(guarded())
    driver.do("a", k=1), driver.wait(days=1)
    driver.call("return_to", "a")
    assert driver.due() == [("s_h", MONDAY + timedelta(days=3))]
    driver.call("jump", "b")
    assert driver.due() == [("s_h", MONDAY + timedelta(days=4))]


def test_what_does_not_interrupt_keeps_its_scope_open_until_it_is_done():
    driver = Driver(guarded(interrupt=False))
    driver.wait(days=3), driver.do("a", k=1), driver.do("b", k=2)
    assert (driver.open(), driver.run.finished) == (["h/t"], False)
    driver.do("h/t", k=3)
    assert driver.run.finished


def test_a_cycle_fires_so_often_and_catches_up_after_a_long_stop():
    driver = Driver(guarded(interrupt=False, text="R3/P1D", tag="timeCycle"))
    assert driver.wait(hours=25) == ["s_h"]
    assert driver.due() == [("s_h", MONDAY + timedelta(days=2))]
    assert driver.wait(days=30) == ["s_h", "s_h"]
    assert driver.open() == ["a", "h/t", "h~2/t", "h~3/t"]
    assert driver.due() == []


def test_a_cycle_without_end_never_fires_without_end():
    driver = Driver(guarded(interrupt=False, text="R/PT1M", tag="timeCycle"))
    assert len(driver.wait(minutes=110)) == 100
    assert driver.due() == [("s_h", MONDAY + timedelta(minutes=101))]
    assert len(driver.call("fire_due")) == 10


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("R2/2026-12-01T09:00:00+08:00/P1D", MONDAY.replace(month=12, day=1, hour=1)),
        ("R/P1M", MONDAY.replace(month=12, day=23)),
        ('="R3/PT6H"', MONDAY + timedelta(hours=6)),
        ('=duration("PT90M")', MONDAY + timedelta(minutes=90)),
    ],
)
def test_a_cycle_may_have_a_start_months_or_an_expression(text, due):
    assert Driver(guarded(interrupt=False, text=text, tag="timeCycle")).due() == [("s_h", due)]


@pytest.mark.parametrize("text", ['="soon"', "=null", '=duration("PT1S")'])
def test_a_cycle_that_is_none_is_a_fault_at_its_element(text):
    with pytest.raises(workflow.WorkflowFault) as fault:
        Driver(guarded(interrupt=False, text=text, tag="timeCycle"))
    assert (fault.value.code, fault.value.element) == ("workflow.no-moment", "s_h")


def test_event_sub_processes_of_items_are_armed_each_for_itself():
    d, inner = Draw(), Draw()
    inner.flow(inner.start("is"), inner.task("t", ["v"]), inner.end("ie"))
    inner.event_sub("h", event("message", "M"), "t2")
    d.flow(d.start(), d.sub("sub", inner, loop=many(element="number", value="=number")), d.end())
    driver = Driver(document(d, before=M), {"units": [1, 2]})
    driver.call("receive", "缴费", {}, 2)
    assert driver.open() == ["sub#0/t", "sub#1/h/t2"]
    driver.do("sub#1/h/t2", k=1)
    assert driver.open() == ["sub#0/t"]
    assert driver.finish()


# --- event-based gateways ---------------------------------------------------------------------------------------------


def race():
    d = Draw()
    d.start(), d.xor("m"), d.node("eventBasedGateway", "g"), d.xor("again"), d.end(), d.end("e2")
    d.flow("s", "m", "g"), d.flow("g", d.catch("late", event("timer", "P1D")), d.task("remind", ["more"]), "again")
    d.flow("again", "m", when="=more"), d.flow("again", "e2", default=True)
    d.flow("g", d.task("paid", tag="receiveTask", messageRef="M"), "e")
    return document(d, before=define("message", "M", "缴费"))


def test_the_first_event_takes_the_others_away_in_each_round():
    driver = Driver(race())
    for number in (1, 2):
        assert driver.due() == [("late", MONDAY + timedelta(days=number))]
        driver.wait(days=1)
        assert (driver.run.expected(), driver.due()) == ([], [])
        driver.do("remind", more=True)
    driver.call("receive", "缴费", {})
    assert driver.run.finished
    assert driver.run.end_node == "e"


def test_an_event_gateway_whose_timer_is_due_already_waits_for_nothing():
    driver = Driver(race().replace(b"P1D", b"2020-01-01"))
    assert (driver.open(), driver.run.expected()) == (["remind"], [])


def test_return_keeps_what_another_branch_waits_for_together():
    d = Draw()
    d.start(), d.both("split", "join"), d.node("eventBasedGateway", "g"), d.xor("m"), d.end()
    d.flow("s", "split"), d.flow("split", d.task("x"), d.task("x2"), "join", "e"), d.flow("split", "g")
    (
        d.flow("g", d.catch("late", event("timer", "P1D")), "m", "join"),
        d.flow("g", d.catch("paid", event("message", "M")), "m"),
    )
    driver = Driver(document(d, before=define("message", "M", "缴费")))
    driver.do("x")
    driver.call("return_to", "x")
    assert (driver.open(), len(driver.due()), len(driver.run.expected())) == (["x"], 1, 1)
    driver.call("receive", "缴费", {})
    assert driver.due() == []
    assert driver.finish()
