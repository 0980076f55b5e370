"""A case moves to another version of its diagram by node id: what waits goes on waiting, and what cannot is told."""

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import workflow
from tests.thoroughness import examples

from .diagrams import each, journey, loop, one_round, timed
from .drawing import Draw, document, event, line, many, zeebe
from .driver import MONDAY, Driver
from .oracle import SHAPE, Oracle, Plan, length
from .test_random_diagrams import FEW, STEPS, seen, values_for


def move(driver, xml, began=lambda task_ids: None):
    """The case on the other diagram; the migration that brought it there."""
    moved = workflow.migrate(driver.run, workflow.read(xml, "p.bpmn"), driver.runtime, began)
    if moved.run is not None:
        driver.xml, driver.definition, driver.run = xml, moved.run.definition, moved.run
        driver.keep()
    return moved


def refused(driver, xml):
    """Why the case cannot move: the elements that the reasons are about."""
    before = driver.run.state(), driver.run.scopes()
    moved = workflow.migrate(driver.run, workflow.read(xml, "p.bpmn"), driver.runtime)
    assert moved.run is None
    assert all(re.search(r"[\u4e00-\u9fff]", one.message) for one in moved.obstacles)
    assert (driver.run.state(), driver.run.scopes()) == before
    return {one.element for one in moved.obstacles}


def renamed(xml):
    """The same diagram with a label at every task, gateway and boundary event."""
    kinds = rb"(?:\w+Task|subProcess|callActivity|\w+Gateway|boundaryEvent)"
    labelled = re.sub(rb"<(" + kinds + rb') id="([^"]+)"', rb'<\1 id="\2" name="new \2"', xml)
    assert labelled != xml
    return labelled


def everything(run):
    return run.state(), run.scopes(), run.open_tasks(), run.timers(), run.expected()


# --- nothing changes -------------------------------------------------------------------------------------------------


def test_moving_to_the_same_diagram_changes_nothing():
    driver = Driver(journey(), {"units": ["a", "b"]})
    while driver.open():
        moved = workflow.migrate(driver.run, workflow.read(journey(), "p.bpmn"), driver.runtime)
        assert everything(moved.run) == everything(driver.run)
        assert (moved.armed, moved.dropped, moved.reassigned) == ((), (), ())
        driver.do(driver.open()[0])


def wander_and_move(shape, choices):
    """Moves to and fro between two labellings after every step; the oracle knows nothing of it."""
    plan = Plan(shape)
    oracle, stays, moves = Oracle(plan.tree), Driver(plan.xml), Driver(plan.xml)
    labels, feed, heard = [renamed(plan.xml), plan.xml], iter(choices), 0
    for step in range(400 + 2 * length(shape)):
        assert moves.open() == oracle.open() == stays.open()
        assert moves.run.finished is oracle.done
        assert seen(moves) == seen(stays)
        assert sorted(moves.due()) == sorted(stays.due())
        if oracle.done:
            break
        before = everything(moves.run)
        assert move(moves, labels[step % 2]).obstacles == ()
        assert everything(moves.run) == before
        pick, again = next(feed, (0, False))
        names, said = oracle.open(), sorted(set(oracle.expected()))
        if said and (pick == 8 or not names):
            name, heard = said[heard % len(said)], heard + 1  # by turns, so that each is heard some time
            assert oracle.receive(name)
            for driver in (stays, moves):
                driver.call("receive", name, {})
        elif pick == 9 or not names:
            oracle.fire()
            for driver in (stays, moves):
                driver.wait(hours=2)
        else:
            name = names[pick % len(names)]
            oracle.do(name, again, step)
            for driver in (stays, moves):
                driver.do(name, **values_for(name, again, step))
        oracle.settle()
    assert oracle.done
    assert moves.data() == stays.data()
    assert moves.run.end_node == stays.run.end_node


@examples(25, 300, **FEW)
@given(SHAPE, STEPS)
def test_moving_random_cases_at_every_point_to_a_diagram_with_other_labels_gives_the_same_end(shape, choices):
    wander_and_move(shape, choices)


# --- what the new version draws is what follows ----------------------------------------------------------------------


def test_a_step_inserted_after_the_open_task_is_reached():
    driver = Driver(document(line("a", "b")))
    driver.do("a", k=7)
    before = driver.run.open_tasks()
    move(driver, document(line("a", "b", "inserted")))
    assert driver.run.open_tasks() == before
    assert driver.data() == {"k": 7}
    driver.do("b")
    assert driver.open() == ["inserted"]
    assert driver.finish()


@pytest.mark.parametrize("votes", [0, 1, 2, 3])
def test_a_step_inserted_after_a_multi_instance_is_reached_and_no_vote_is_lost(votes):
    d = Draw()
    d.flow(d.start(), d.task("mi", ["opinion"], loop=many()), d.task("inserted"), d.task("after", ["z"]), d.end())
    driver = Driver(each(), {"units": ["a", "b", "c", "d"]})
    for index in range(votes):
        driver.do(f"mi#{index}", opinion=index)
    items = {path: dict(values) for path, values in driver.run.scopes().items()}
    move(driver, document(d))
    assert driver.run.scopes() == items
    for index in range(votes, 4):
        driver.do(f"mi#{index}", opinion=index)
    assert [one["opinion"] for one in driver.data()["opinions"]] == [0, 1, 2, 3]
    assert driver.open() == ["inserted"]
    assert driver.finish()


def test_a_branch_added_before_its_block_begins_is_taken():
    def block(*branches):
        d = Draw()
        d.start(), d.task("first"), d.end()
        d.block(*[d.task(name) for name in branches])
        d.flow("s", "first", "split"), d.flow("join", "e")
        return document(d)

    driver = Driver(block("x", "y"))
    move(driver, block("x", "y", "z"))
    driver.do("first")
    assert driver.open() == ["x", "y", "z"]
    assert driver.finish()


def test_a_second_round_of_a_loop_goes_by_the_new_version():
    driver = Driver(loop("block"))
    one_round(driver, "block", True)
    d = Draw()
    d.start(), d.xor("m", "g"), d.end(), d.task("d", ["again"])
    d.block(d.task("x", ["vx"]), (d.task("y", ["vy"]), d.task("y2")))
    d.flow("s", "m", "split"), d.flow("join", "d", "g")
    d.flow("g", "m", when="=again = true"), d.flow("g", "e", default=True)
    driver.do("x", vx=1)
    move(driver, document(d))
    driver.do("y", vy=1)
    assert driver.open() == ["y2"]
    driver.do("y2")
    assert driver.open() == ["d"]


def test_what_runs_inside_a_called_process_and_a_sub_process_stays_inside():
    def diagram(*tasks):
        d, inner, q = Draw(), Draw(), line(*tasks, process="q")
        inner.flow(inner.start("is"), inner.call("call", "q"), inner.end("ie"))
        d.flow(d.start(), d.sub("sub", inner, loop=many(value="=u")), d.end())
        return document(d, q)

    driver = Driver(diagram("in1"), {"units": ["a", "b"]})
    driver.do("sub#0/call/in1", k=1)
    scopes = driver.run.scopes()
    move(driver, diagram("in1", "in2"))
    assert driver.run.scopes() == scopes
    driver.do("sub#1/call/in1")
    assert driver.open() == ["sub#1/call/in2"]
    assert driver.finish()


FLOW = re.compile(rb'<sequenceFlow id="([^"]+)" sourceRef="([^"]+)" targetRef="([^"]+)">(.*?)</sequenceFlow>')


def with_step_on(xml, number):
    """A version with one more task on a flow; with one more branch instead where the flow leaves a parallel split."""
    flows = list(FLOW.finditer(xml))
    splits = [flow for flow in flows if flow[2].startswith(b"split")]
    chosen = splits if splits and number % 2 else flows
    flow = chosen[number // 2 % len(chosen)]
    name, source, target, condition = flow.groups()
    step, new = b'<userTask id="inserted"/>', b'<sequenceFlow id="%s" sourceRef="%s" targetRef="%s">%s</sequenceFlow>'
    if source.startswith(b"split"):
        join = b"join%d" % (int(source[len(b"split") :]) + 1)
        parts = flow[0] + step + new % (b"f_in", source, b"inserted", b"") + new % (b"f_out", b"inserted", join, b"")
    elif condition or b'default="%s"' % name in xml:
        parts = step + new % (name, source, b"inserted", condition) + new % (b"f_out", b"inserted", target, b"")
    else:
        parts = step + new % (b"f_in", source, b"inserted", b"") + new % (name, b"inserted", target, b"")
    return xml[: flow.start()] + parts + xml[flow.end() :]


def move_once_and_end(shape, choices, number):
    """Wherever the case stands: it moves and comes to its end, or it stays, says why, and comes to its end."""
    driver = Driver(Plan(shape).xml)
    for step, (pick, again) in enumerate([*choices, *[(0, False)] * 300]):
        if driver.run.finished:
            break
        if step == len(choices):
            try:
                definition = workflow.read(with_step_on(driver.xml, number), "p.bpmn")
            except workflow.WorkflowProblems:
                return  # no version that anybody could deploy
            if workflow.soundness(definition).problems:
                return
            moved = move(driver, with_step_on(driver.xml, number))
            assert bool(moved.run) is not bool(moved.obstacles)
        names, said = driver.open(), sorted({one.name for one in driver.run.expected()})
        if said and (pick == 8 or not names):
            driver.call("receive", said[step % len(said)], {})
        elif pick == 9 or not names:
            driver.wait(hours=2)
        else:
            name = names[pick % len(names)]
            driver.do(name, **({} if name.endswith("inserted") else values_for(name, again, step)))
    assert driver.run.finished


FEW_STEPS = st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=4)


@examples(80, 500, **FEW)
@given(SHAPE, FEW_STEPS, st.integers(0, 99))
def test_random_cases_move_to_a_version_with_one_more_step_or_stay_and_always_end(shape, choices, number):
    move_once_and_end(shape, choices, number)


# --- terms and timers ------------------------------------------------------------------------------------------------


def test_a_timer_keeps_its_moment_though_its_term_was_changed():
    driver = Driver(timed("P5D"))
    due = driver.due()
    driver.wait(days=2)
    move(driver, timed("P30D"))
    assert driver.due() == due
    driver.wait(days=3)
    assert driver.open() == ["r"]


def test_an_open_task_keeps_its_term_though_its_formula_was_changed():
    def diagram(term):
        d = Draw()
        d.flow(d.start(), d.task("a", extra=zeebe("taskSchedule", dueDate=term)), d.end())
        return document(d)

    driver = Driver(diagram("P3D"))
    due = driver.run.open_tasks()[0].due
    driver.wait(days=1)
    move(driver, diagram("P9D"))
    assert driver.run.open_tasks()[0].due == due == MONDAY + timedelta(days=3)


def test_a_new_timer_counts_from_when_the_task_was_opened_where_that_is_known():
    def at_first(task_ids):
        assert task_ids == [driver.run.open_tasks()[0].id]
        return workflow.Began(MONDAY, {})

    driver = Driver(document(line("a", "b")))
    driver.wait(days=2)
    moved = move(driver, timed("P5D"), at_first)
    assert [(timer.node_id, timer.due) for timer in moved.armed] == [("late", MONDAY + timedelta(days=5))]
    driver.wait(days=3)
    assert driver.open() == ["r"]


def test_a_new_timer_counts_from_now_where_the_beginning_is_not_known_or_it_repeats():
    driver = Driver(document(line("a", "b")))
    driver.wait(days=2)
    move(driver, timed("P5D"))
    assert driver.due() == [("late", MONDAY + timedelta(days=7))]
    repeating = Driver(document(line("a", "b")))
    repeating.wait(days=20)
    cycle = timed("R/P5D", tag="timeCycle", interrupt=False)
    move(repeating, cycle, lambda task_ids: workflow.Began(MONDAY, {}))
    assert repeating.due() == [("late", MONDAY + timedelta(days=25))]


def test_a_new_timer_that_is_due_already_fires_with_the_next_and_not_by_moving():
    driver = Driver(document(line("a", "b")))
    driver.wait(days=9)
    move(driver, timed("P5D"), lambda task_ids: workflow.Began(MONDAY, {}))
    assert driver.open() == ["a"]
    assert driver.call("fire_due") == ["late"]
    assert driver.open() == ["r"]


def test_a_new_timer_at_a_multi_instance_takes_all_its_tasks_away_together():
    d = Draw()
    d.flow(d.start(), d.task("mi", ["opinion"], loop=many()), d.task("after", ["z"]), d.end())
    d.flow(d.timer("late", "mi", "P1D"), d.task("r"), d.end("e2"))
    driver = Driver(each(), {"units": ["a", "b"]})
    asked = []
    move(driver, document(d), lambda task_ids: asked.append(sorted(task_ids)))
    assert asked == [sorted(task.id for task in driver.run.open_tasks())]
    driver.wait(days=2)
    assert driver.open() == ["r"]


def test_a_timer_that_the_new_version_lacks_is_dropped_and_told():
    driver = Driver(timed("P5D"))
    (timer,) = driver.run.timers()
    moved = move(driver, document(line("a", "b")))
    assert moved.dropped == (timer,)
    assert driver.wait(days=9) == []
    assert driver.open() == ["a"]
    assert driver.finish()


def test_a_reminder_that_has_been_sent_is_not_sent_again():
    driver = Driver(timed("P1D", interrupt=False))
    driver.wait(days=2)
    assert driver.open() == ["a", "r"]
    moved = move(driver, renamed(driver.xml))
    assert (moved.armed, driver.due()) == ((), [])


def test_a_message_added_at_an_open_task_is_heard():
    d = Draw()
    d.flow(d.start("sp"), d.task("a", ["k"]), d.end())
    d.boundary("heard", "a", event("message", "m1"))
    d.flow("heard", d.task("told"), d.end("e2"))
    xml = document(d, before='<message id="m1" name="paid"/>')
    driver = Driver(document(line("a")))
    moved = move(driver, xml)
    assert [one.node_id for one in moved.armed] == ["heard"]
    driver.call("receive", "paid", {})
    assert driver.open() == ["told"]


def test_an_event_sub_process_added_to_a_running_scope_is_armed_and_one_taken_out_is_dropped():
    def diagram(*, guarded):
        d = Draw()
        d.flow(d.start(), d.task("a", ["k"]), d.end())
        if guarded:
            d.event_sub("h", event("timer", "P2D"), "late")
        return document(d)

    driver = Driver(diagram(guarded=False))
    move(driver, diagram(guarded=True))
    assert driver.due() == [("s_h", MONDAY + timedelta(days=2))]
    assert [one.node_id for one in move(driver, diagram(guarded=False)).dropped] == ["s_h"]
    move(driver, diagram(guarded=True))
    driver.wait(days=3)
    assert driver.open() == ["h/late"]
    assert move(driver, renamed(driver.xml)).armed == ()
    assert driver.finish()


# --- posts -----------------------------------------------------------------------------------------------------------


def assigned(post):
    d = Draw()
    d.flow(d.start("sp"), d.task("a", ["k"], extra=zeebe("assignmentDefinition", candidateGroups=post)), d.end("ep"))
    return document(d)


def test_a_post_is_kept_unless_the_node_names_another():
    driver = Driver(assigned('=if vip then "chief" else "clerk"'), {"vip": False})
    assert move(driver, renamed(driver.xml)).reassigned == ()
    assert driver.run.open_tasks()[0].assignment == "clerk"
    task = driver.run.open_tasks()[0]
    assert move(driver, assigned("handler")).reassigned == (task.id,)
    assert driver.run.open_tasks()[0].assignment == "handler"


def test_a_post_that_cannot_be_computed_keeps_the_case_where_it_is():
    driver = Driver(assigned("clerk"))
    assert refused(driver, assigned("=unknown_name")) == {"a"}


# --- what cannot move ------------------------------------------------------------------------------------------------


def plain(name="a"):
    return document(line(name, "b"))


def drawn(tag):
    d = Draw()
    inner = {"intermediateCatchEvent": event("timer", "P1D")}.get(tag, "")
    d.flow(d.start("sp"), d.node(tag, "a", inner), d.task("b"), d.end("ep"))
    return document(d)


def inside():
    d, inner = Draw(), Draw()
    inner.flow(inner.start("is"), inner.task("a", ["k"]), inner.end("ie"))
    d.flow(d.start("sp"), d.sub("sub", inner), d.task("b"), d.end("ep"))
    return document(d)


def called(process="q"):
    d, others = Draw(), [line("t", process="q"), line("t2", process="q2")]
    d.flow(d.start("sp"), d.call("a", process), d.call("b", "q2" if process == "q" else "q"), d.end("ep"))
    return document(d, *others)


ITEMS = {"units": [1]}
IMPOSSIBLE = {
    "the node is gone": (plain(), plain("c"), "a"),
    "a task became a pause": (plain(), drawn("intermediateCatchEvent"), "a"),
    "a pause became a task": (drawn("intermediateCatchEvent"), plain(), "a"),
    "a task became a gateway": (plain(), drawn("exclusiveGateway"), "a"),
    "a task became many": (plain(), each().replace(b'"mi"', b'"a"').replace(b"_mi", b"_a"), "a"),
    "many became one": (each(), document(line("mi", "after")), "mi"),
    "all at once became one after another": (each(), each(sequential=True), "mi"),
    "the item has another name": (each(), each().replace(b'inputElement="u"', b'inputElement="v"'), "mi"),
    "it moved into a sub-process": (plain(), inside(), "a"),
    "it moved out of a sub-process": (inside(), plain(), "sub"),
    "another process is called": (called(), called("q2"), "a"),
    "the main process has another id": (plain(), document(line("a", "b", process="other")), "p"),
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_a_case_stays_where_its_place_is_no_longer_the_same(name):
    before, after, element = IMPOSSIBLE[name]
    assert element in refused(Driver(before, ITEMS), after)


def test_every_reason_is_told_and_not_only_the_first():
    def block(x, y):
        d = Draw()
        d.start(), d.end(), d.block(d.task(x), d.task(y))
        d.flow("s", "split"), d.flow("join", "e")
        return document(d)

    assert refused(Driver(block("x", "y")), block("v", "w")) == {"x", "y"}


def test_a_timer_that_moved_to_another_task_keeps_the_case_where_it_is():
    d = line("a", "b")
    d.flow(d.timer("late", "b", "P1D"), d.task("r", ["k"]), d.end("e2"))
    assert refused(Driver(timed()), document(d)) == {"late"}


# --- joins -----------------------------------------------------------------------------------------------------------


def branches(*names, after=()):
    d = Draw()
    d.start(), d.end(), d.block(*[d.task(name) for name in names])
    d.flow("s", "split"), d.flow("join", *[d.task(name) for name in after], "e")
    return document(d)


def test_a_branch_added_while_its_block_runs_would_never_come():
    driver = Driver(branches("x", "y"))
    moved = workflow.migrate(driver.run, workflow.read(branches("x", "y", "z"), "p.bpmn"), driver.runtime)
    assert "汇合网关 join 会一直等连线 f_z_join" in moved.obstacles[0].message
    driver.do("x")
    assert refused(driver, branches("x", "y", "z"))


def test_a_token_at_a_join_whose_flow_is_gone_stays():
    driver = Driver(branches("x", "y"))
    driver.do("x")
    assert refused(driver, branches("w", "y")) == {"join"}


def test_a_task_that_was_drawn_into_a_new_block_would_wait_alone():
    driver = Driver(document(line("x", process="p")))
    assert refused(driver, branches("x", "z")) == {"p"}


def test_two_that_ran_beside_each_other_cannot_become_one_after_the_other():
    driver = Driver(branches("x", "y"))
    assert refused(driver, document(line("x", "y"))) == {"p"}
    assert refused(driver, branches("x", "w", after=["y"])) == {"p"}


def test_a_block_that_was_passed_may_change_and_one_ahead_as_well():
    d = Draw()
    for name in ("x", "y", "mid", "u", "v"):
        d.task(name)
    d.start(), d.end(), d.block("x", "y"), d.block("u", "v", before="split2", after="join2")
    d.flow("s", "split"), d.flow("join", "mid", "split2"), d.flow("join2", "e")
    driver = Driver(branches("x", "y", after=["mid"]))
    driver.do("x"), driver.do("y")
    assert move(driver, document(d)).obstacles == ()
    driver.do("mid")
    assert driver.open() == ["u", "v"]
    assert driver.finish()


def test_a_token_beside_the_block_does_not_hold_it_back():
    def guarded(*names):
        d = Draw()
        d.start(), d.end(), d.block(d.task("x"), d.task("y"))
        d.flow("s", "split"), d.flow("join", *[d.task(name) for name in names], "e")
        d.flow(d.timer("bell", "x", "PT1H", interrupt=False), d.task("r"), d.end("e2"))
        return document(d)

    driver = Driver(guarded())
    driver.wait(hours=2)
    assert driver.open() == ["r", "x", "y"]
    assert move(driver, guarded("inserted")).obstacles == ()
    assert driver.finish()


def test_after_a_return_into_a_block_the_case_still_moves():
    driver = Driver(branches("x", "y", after=["mid"]))
    driver.do("x"), driver.do("y")
    driver.call("return_to", "x")
    assert move(driver, branches("x", "y", after=["new", "mid"])).obstacles == ()
    driver.do("x")
    assert driver.open() == ["new"]


def test_an_end_that_told_the_outcome_must_stay():
    def two_ends(name):
        d = Draw()
        d.start(), d.end(name, outcome="approved"), d.end("e2")
        d.both("split"), d.task("x"), d.task("y")
        d.flow("s", "split", "x", name), d.flow("split", "y", "e2")
        return document(d)

    driver = Driver(two_ends("e"))
    driver.do("x")
    assert refused(driver, two_ends("other")) == {"e"}
    assert move(driver, renamed(two_ends("e"))).obstacles == ()
    driver.do("y")
    assert driver.run.end_node == "e"
