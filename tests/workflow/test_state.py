"""The state of a case: small, exact, versioned, and apart from variables and diagrams."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from engine import workflow
from engine.errors import Conflict, Invalid

from .diagrams import each, journey, loop, one_round
from .drawing import Draw, document, line, many
from .driver import Driver


def test_the_first_byte_is_the_version_of_the_format():
    driver = Driver(journey(), {"units": []})
    state, scopes = driver.run.state(), driver.run.scopes()
    assert state[0] == 2
    for other in (b"", b"\x03" + state[1:], b"\x00" + state[1:]):
        with pytest.raises(Invalid) as refused:
            workflow.restore(driver.definition, driver.runtime, other, scopes)
        assert refused.value.code == "workflow.state-format"


@pytest.mark.parametrize("damage", [lambda s: s[:-5], lambda s: s[:1] + b"garbage" + s[1:], lambda s: s[:1]])
def test_a_damaged_state_is_refused(damage):
    driver = Driver(journey(), {"units": []})
    with pytest.raises(Invalid) as refused:
        workflow.restore(driver.definition, driver.runtime, damage(driver.run.state()), driver.run.scopes())
    assert refused.value.code == "workflow.state-damaged"


def test_task_ids_are_hexadecimal_and_stay_the_same_when_stored():
    driver = Driver(each(), {"units": ["a", "b"]})
    ids = [task.id for task in driver.run.open_tasks()]
    assert all(len(key) == 32 and set(key) <= set("0123456789abcdef") for key in ids)
    driver.keep()
    assert [task.id for task in driver.run.open_tasks()] == ids


def test_timer_ids_stay_the_same_when_stored():
    driver = Driver(journey(), {"units": ["a"]})
    for name in ("first", "x", "x2", "y", "mid"):
        driver.do(name)
    before = driver.run.timers()
    driver.keep()
    assert driver.run.timers() == before
    assert len(before) == 1


def test_restoring_and_storing_again_gives_the_same_case():
    driver = Driver(journey(), {"units": ["a", "b"]})
    while driver.open():
        state, scopes = driver.run.state(), driver.run.scopes()
        again = workflow.restore(driver.definition, driver.runtime, state, scopes)
        assert (again.state(), again.scopes()) == (state, scopes)
        assert (again.open_tasks(), again.timers()) == (driver.run.open_tasks(), driver.run.timers())
        driver.do(driver.open()[0])
    assert driver.run.finished
    assert driver.run.end_node == "e"


def test_the_state_holds_no_variable():
    large = Driver(loop("block"), {"vx": "x" * 5000, "more": list(range(500))})
    small = Driver(loop("block"), {"vx": "x"})
    assert abs(large.size - small.size) < 16


def test_a_state_of_another_diagram_is_refused_by_the_node_that_is_missing():
    driver = Driver(document(line("a", "b")))
    other = workflow.read(document(line("b", "c")), "p.bpmn")
    with pytest.raises(Conflict) as refused:
        workflow.restore(other, driver.runtime, driver.run.state(), driver.run.scopes())
    assert (refused.value.code, refused.value.details["element"]) == ("workflow.state-node", "a")


def test_a_case_goes_on_with_a_new_version_that_still_has_its_nodes():
    driver = Driver(document(line("a", "b")))
    driver.xml = document(line("a", "inserted", "b"))
    driver.keep()
    driver.do("a")
    assert driver.open() == ["inserted"]
    assert driver.finish()


def plain(name):
    return line(name, "b")


def with_timer(name):
    d = line(name, "b")
    d.flow(d.timer("late", name), d.task("r"), d.end("e2"))
    return d


def as_items(name):
    d = Draw()
    d.flow(d.start("sp"), d.task(name, ["opinion"], loop=many()), d.task("b"), d.end("ep"))
    return d


def as_sub_process(name):
    d, inner = Draw(), Draw()
    inner.flow(inner.start("is"), inner.task("t"), inner.end("ie"))
    d.flow(d.start("sp"), d.sub(name, inner), d.task("b"), d.end("ep"))
    return d


def as_pause(name):
    d = Draw()
    timer = "<timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition>"
    d.flow(d.start("sp"), d.node("intermediateCatchEvent", name, timer), d.task("b"), d.end("ep"))
    return d


def as_gateway(name):
    d = Draw()
    d.flow(d.start("sp"), d.xor(name), d.task("b"), d.end("ep"))
    return d


KINDS = [plain, with_timer, as_items, as_sub_process, as_pause]


@pytest.mark.parametrize("after", [*KINDS, as_gateway])
@pytest.mark.parametrize("before", KINDS)
def test_a_state_is_refused_where_its_node_has_become_another_kind(before, after):
    driver = Driver(document(before("a")), {"units": [1]})
    driver.xml = document(after("a"))
    if before is after:
        driver.keep()
        return
    with pytest.raises(Conflict) as refused:
        driver.keep()
    assert refused.value.code == "workflow.state-node"


def test_a_token_that_waits_at_a_join_for_a_flow_that_is_gone_is_refused():
    def block(branch):
        d = Draw()
        d.start(), d.task("x"), d.task("y"), d.task(branch), d.both("split", "join"), d.end()
        d.flow("s", "split", "x", "join", "e"), d.flow("split", "y", branch, "join")
        return document(d)

    driver = Driver(block("old"))
    driver.do("y"), driver.do("old")
    driver.xml = block("new")
    with pytest.raises(Conflict) as refused:
        driver.keep()
    assert (refused.value.code, refused.value.details["element"]) == ("workflow.state-node", "join")


def test_a_missing_item_is_told_and_not_made_up():
    driver = Driver(each(), {"units": ["a", "b"]})
    driver.do("mi#0", opinion=1)
    for gone in ("mi#0", "mi#1"):
        scopes = driver.run.scopes()
        del scopes[gone]
        with pytest.raises(Conflict) as refused:
            workflow.restore(driver.definition, driver.runtime, driver.run.state(), scopes)
        assert (refused.value.code, refused.value.details["path"]) == ("workflow.scope-missing", gone)


def test_a_dropped_item_needs_no_scope():
    driver = Driver(each(), {"units": ["a", "b"]})
    driver.call("drop_item", "mi#0")
    assert sorted(driver.run.scopes()) == ["", "mi#1"]
    driver.do("mi#1", opinion=1)
    assert driver.open() == ["after"]


def test_a_reminder_in_every_round_does_not_make_the_state_grow():
    d = Draw()
    d.start(), d.xor("m", "g"), d.end(), d.task("a", ["again"]), d.task("r")
    d.flow("s", "m", "a", "g"), d.flow("g", "m", when="=again"), d.flow("g", "e", default=True)
    d.flow(d.timer("late", "a", interrupt=False), "r", d.end("e2"))
    driver, sizes = Driver(document(d), reread=False), []
    for number in range(60):
        driver.wait(hours=1)
        driver.do("r"), driver.do("a", again=number < 59)
        sizes.append(driver.size)
    assert driver.run.finished
    assert max(sizes[:-1]) - min(sizes[:-1]) < 30


def test_scopes_have_the_paths_of_what_runs():
    d, inner, q = Draw(), Draw(), line("in1", process="q")
    inner.flow(inner.start("is"), inner.call("call", "q"), inner.end("ie"))
    d.flow(d.start(), d.sub("sub", inner, loop=many(value="=u")), d.end())
    driver = Driver(document(d, q), {"units": ["a", "b"]})
    assert sorted(driver.run.scopes()) == ["", "sub#0", "sub#0/call", "sub#1", "sub#1/call"]
    assert driver.open() == ["sub#0/call/in1", "sub#1/call/in1"]
    driver.do("sub#0/call/in1", k=1)
    assert sorted(driver.run.scopes()) == ["", "sub#0", "sub#1", "sub#1/call"]


def test_threads_share_one_definition():
    """Eight threads run cases on one definition; each gets what it would have got alone."""
    definitions = {kind: workflow.read(loop(kind), "p.bpmn") for kind in ("tasks", "block", "each", "call")}
    alone = {kind: Driver(loop(kind), {"units": ["a", "b"]}) for kind in definitions}

    def work(number):
        kind = list(definitions)[number % 4]
        driver = Driver.__new__(Driver)
        driver.__dict__.update(alone[kind].__dict__ | {"definition": definitions[kind], "reread": False, "taken": []})
        driver.run = workflow.start(definitions[kind], driver.runtime, {"units": ["a", "b"]})
        driver.keep()
        for round_ in range(10):
            one_round(driver, kind, round_ < 9, round_)
        return kind, driver.run.finished, driver.data(), driver.taken

    with ThreadPoolExecutor(8) as threads:
        results = list(threads.map(work, range(48)))
    for kind in definitions:
        of_kind = [result for result in results if result[0] == kind]
        assert of_kind == [of_kind[0]] * 12
        assert of_kind[0][1]
