"""A sound diagram with random damage is refused with problems, or accepted and then runs without a surprise."""

import copy

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from engine import workflow
from tests.thoroughness import examples

from .diagrams import journey, loop, timed
from .driver import Driver
from .test_random_diagrams import FEW
from .test_reading import full

SOURCES = [journey(), loop("call"), loop("each"), timed(), full()]
TAGS = sorted({element.tag for xml in SOURCES for element in etree.fromstring(xml).iter()})
VALUES = sorted(
    {value for xml in SOURCES for e in etree.fromstring(xml).iter() for value in e.attrib.values()} | {"", "=", "=1"}
)
DAMAGE = st.lists(
    st.tuples(st.integers(0, 7), st.integers(0, 999), st.integers(0, 999), st.integers(0, 999)), min_size=1, max_size=4
)


def damage(xml, blows):
    root = etree.fromstring(xml)
    for kind, where, which, what in blows:
        elements = list(root.iter())[1:]
        if not elements:
            break
        element, other = elements[where % len(elements)], elements[what % len(elements)]
        names = sorted(element.attrib)
        name = names[which % len(names)] if names else "id"
        if kind == 0:
            element.getparent().remove(element)
        elif kind == 1:
            element.getparent().append(copy.deepcopy(element))
        elif kind == 2:
            element.tag = TAGS[what % len(TAGS)]
        elif kind == 3:
            element.attrib.pop(name, None)
        elif kind == 4:
            element.set(name, VALUES[what % len(VALUES)])
        elif kind == 5 and element not in other.iterancestors() and other is not element:
            other.append(element)
        elif kind == 6:
            element.text = VALUES[what % len(VALUES)]
        elif kind == 7:
            element.set(name, other.get("id") or "")
    return etree.tostring(root)


def survive(source, blows):
    xml = damage(source, blows)
    try:
        definition = workflow.read(xml, "p.bpmn")
    except workflow.WorkflowProblems as refused:
        assert refused.problems
        assert all(problem.element and problem.code and problem.message for problem in refused.problems)
        return
    given = {"units": [1, 2], "again": False}
    try:
        driver = Driver(
            xml,
            given,
            actions=dict.fromkeys(actions(definition), nothing),
            decide=nothing,
        )
        for _ in range(30):
            if not driver.open():
                break
            driver.do(driver.open()[0])
            driver.wait(minutes=50)
    except workflow.WorkflowFault as fault:
        assert fault.element in definition.nodes


def actions(definition):
    return {node.action for node in definition.nodes.values() if node.action}


def nothing(*_):
    return {}


@examples(150, 6000, **FEW)
@given(st.sampled_from(SOURCES), DAMAGE)
def test_a_damaged_diagram_is_refused_or_runs(source, blows):
    survive(source, blows)


@settings(max_examples=100, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(SOURCES), st.lists(st.tuples(st.integers(0, 9999), st.binary(max_size=4)), min_size=1, max_size=5)
)
def test_a_file_with_damaged_bytes_is_refused_or_runs(source, blows):
    xml = bytearray(source)
    for where, what in blows:
        at = where % len(xml)
        xml[at : at + len(what)] = what
    try:
        workflow.read(bytes(xml), "p.bpmn")
    except workflow.WorkflowProblems as refused:
        assert refused.problems
