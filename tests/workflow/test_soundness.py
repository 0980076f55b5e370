"""The checker walks a diagram: what it calls sound always ends, and where a case could get stuck it says on which way."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import feel, workflow
from engine.packages import check_diagram
from engine.workflow.soundness import MOST_MARKINGS
from tests.thoroughness import examples

from .diagrams import journey, loop
from .drawing import Draw, document, event, line
from .driver import Driver
from .elements import ELEMENTS
from .oracle import SHAPE, Plan
from .test_random_diagrams import FEW


def found(xml):
    return workflow.soundness(workflow.read(xml, "p.bpmn"))


def codes(xml):
    return {(problem.element, problem.code) for problem in found(xml).problems}


@pytest.mark.parametrize("xml", [journey(), *(loop(kind) for kind in ("tasks", "block", "each", "call"))])
def test_sound_diagrams_have_no_problem(xml):
    assert found(xml) == workflow.Soundness((), ())


@pytest.mark.parametrize("name", [name for name, element in ELEMENTS.items() if "steps" in element])
def test_every_element_that_runs_is_sound(name):
    assert found(ELEMENTS[name]["xml"]) == workflow.Soundness((), ())


def exclusive_into_parallel():
    d = Draw()
    d.start(), d.task("a", ["k"]), d.xor("g"), d.both("j"), d.task("x"), d.task("y"), d.end()
    d.flow("s", "a", "g"), d.flow("g", "x", when="=k"), d.flow("g", "y", default=True)
    d.flow("x", "j", "e"), d.flow("y", "j")
    return document(d)


def test_a_join_of_branches_that_exclude_each_other_leaves_a_token_and_the_way_is_told():
    (left,) = [
        problem for problem in found(exclusive_into_parallel()).problems if problem.code == "workflow.token-left"
    ]
    assert left.element == "j"
    assert "s → a → g → x" in left.message or "s → a → g → y" in left.message


def test_an_inclusive_join_there_is_sound():
    assert codes(exclusive_into_parallel().replace(b"parallelGateway", b"inclusiveGateway")) == set()


def test_a_loop_out_of_one_branch_of_a_block_is_found():
    d = Draw()
    d.start(), d.xor("m", "g"), d.both("split", "join"), d.task("x", ["k"]), d.task("y"), d.end()
    d.flow("s", "m", "split"), d.flow("split", "x", "g"), d.flow("split", "y", "join", "e")
    d.flow("g", "m", when="=k"), d.flow("g", "join", default=True)
    assert "workflow.tokens-pile-up" in {code for _, code in codes(document(d))}


def test_what_comes_after_a_join_that_never_fires_is_dead():
    d = Draw()
    d.start(), d.both("j"), d.xor("g"), d.task("a"), d.task("after"), d.end(), d.end("e2")
    d.flow("s", "a", "g"), d.flow("g", "j", when="=k"), d.flow("g", "e", default=True)
    d.flow("j", "after", "e2"), d.flow("after", "j")
    assert {("j", "workflow.token-left"), ("after", "workflow.dead-node")} <= codes(document(d))


def test_reminders_and_blocks_in_loops_are_sound():
    d = Draw()
    d.start(), d.xor("m", "g"), d.task("a", ["k"]), d.end(), d.end("e2")
    d.flow("s", "m", "a", "g"), d.flow("g", "m", when="=k"), d.flow("g", "e", default=True)
    d.boundary("b", "a", event("timer", "R/P1D", "timeCycle"), interrupt=False), d.flow("b", d.task("r"), "e2")
    assert codes(document(d)) == set()


def test_a_timer_out_of_one_branch_of_a_block_leaves_the_join_waiting():
    d = Draw()
    d.start(), d.block(d.task("x"), d.task("y")), d.end(), d.flow("s", "split"), d.flow("join", "e")
    d.flow(d.timer("late", "y"), d.end("e2"))
    assert codes(document(d)) == {("join", "workflow.token-left")}
    d.node("endEvent", "t", "<terminateEventDefinition/>")
    assert (
        codes(document(d).replace(b'targetRef="e2"', b'targetRef="t"').replace(b'<endEvent id="e2"></endEvent>', b""))
        == set()
    )


def test_twelve_parallel_branches_with_choices_are_explored_within_the_bound():
    d = Draw()
    d.start(), d.both("split", "join"), d.end(), d.flow("s", "split"), d.flow("join", "e")
    for number in range(12):
        names = [d.task(f"{letter}{number}", ["k"]) for letter in "abc"]
        d.xor(f"g{number}", f"m{number}"), d.flow("split", names[0], f"g{number}"), d.flow(f"m{number}", "join")
        d.flow(f"g{number}", names[1], when="=k"), d.flow(names[1], f"m{number}")
        d.flow(f"g{number}", names[2], default=True), d.flow(names[2], f"m{number}")
    assert found(document(d)) == workflow.Soundness((), ())


def test_too_many_markings_are_told_and_not_called_sound():
    d = Draw()
    d.start(), d.both("split"), d.end(), d.flow("s", "split")
    for number in range(16):
        d.xor(f"g{number}"), d.both(f"j{number}", f"k{number}"), d.both(f"w{number}")
        d.flow("split", f"g{number}"), d.flow(f"g{number}", f"j{number}", when="=k")
        d.flow(f"g{number}", f"k{number}", default=True), d.flow(f"j{number}", "e"), d.flow(f"k{number}", "e")
        d.flow("split", f"w{number}"), d.flow(f"w{number}", f"j{number}"), d.flow(f"w{number}", f"k{number}")
    assert found(document(d)).unexplored == ("p",)
    assert [finding.code for finding in check_diagram(document(d), "d.bpmn") if finding.severity == "warning"] == [
        "package.unexplored"
    ]
    assert MOST_MARKINGS == 10_000


def test_a_single_diagram_is_checked_by_name():
    assert check_diagram(document(line("a")), "d.bpmn") == []
    told = {(each.file, each.element, each.code) for each in check_diagram(exclusive_into_parallel(), "d.bpmn")}
    assert ("d.bpmn", "j", "workflow.token-left") in told


@examples(15, 800, **FEW)
@given(SHAPE)
def test_random_diagrams_made_of_blocks_are_sound(shape):
    assert found(Plan(shape).xml) == workflow.Soundness((), ())


# --- unstructured diagrams --------------------------------------------------------------------------------------------

KINDS = ["xor", "both", "either", "task"]
GRAPH = st.lists(
    st.tuples(st.sampled_from(KINDS), st.lists(st.integers(0, 7), min_size=1, max_size=3)), min_size=2, max_size=8
)


def drawn(graph):
    """Nodes with flows to any others; the way out of the last is the end. Conditions ask the function `take`."""
    d, names = Draw(), [f"n{number}" for number in range(len(graph))]
    for name, (kind, _) in zip(names, graph, strict=True):
        d.task(name, ["k"]) if kind == "task" else getattr(d, kind)(name)
    d.start(), d.end(), d.flow("s", names[0])
    for name, (kind, targets) in zip(names, graph, strict=True):
        goals = list(dict.fromkeys(names[t % len(names)] if t % len(names) else "e" for t in targets))
        if name == names[-1] and "e" not in goals:
            goals.append("e")
        for number, goal in enumerate(goals):
            choosing = kind in ("xor", "either") and len(goals) > 1
            last = number == len(goals) - 1
            d.flow(
                name, goal, when=f'=take("{name}{goal}")' if choosing and not last else None, default=choosing and last
            )
    return document(d)


def sound_ones_always_end(graph, seed):
    xml = drawn(graph)
    survey = workflow.survey(xml, "p.bpmn")
    if survey.definition is None:
        return False
    result = workflow.soundness(survey.definition)
    sound = result == workflow.Soundness((), ())
    dice = random.Random(seed)
    take = feel.Function(("flow",), lambda flow: dice.random() < 0.4)
    try:
        driver = Driver(xml, store=seed % 2 == 0, reread=False, functions={"take": take})
        for _ in range(300):
            if driver.run.finished:
                break
            driver.do(dice.choice(driver.open()))
    except workflow.WorkflowFault as fault:
        assert fault.code in ("workflow.stuck", "workflow.endless")
        assert not sound or fault.code == "workflow.endless", (xml, fault)
    return sound


@settings(max_examples=60, **FEW)
@given(GRAPH, st.integers(0, 99))
def test_what_is_called_sound_never_gets_stuck(graph, seed):
    sound_ones_always_end(graph, seed)


@pytest.mark.full
@settings(max_examples=8000, **FEW)
@given(GRAPH, st.integers(0, 9999))
def test_in_many_diagrams_what_is_called_sound_never_gets_stuck(graph, seed):
    sound_ones_always_end(graph, seed)
