"""The table of docs/bpmn.md, the reader and the engine say the same of every element."""

import re
from pathlib import Path

import pytest

from engine import workflow

from .driver import Driver
from .elements import ELEMENTS

PAGE = Path(__file__).parents[2] / "docs/bpmn.md"


def documented():
    table = PAGE.read_text().partition("## Elements")[2].partition("\n## ")[0]
    return {
        name: answer for name, answer in re.findall(r"^\| ([^|]+?) \| ([^|]+?) \|", table, re.M) if "--" not in name
    }


def test_the_page_has_a_row_for_each_element_and_no_other():
    assert set(documented()) - {"element"} == set(ELEMENTS)


@pytest.mark.parametrize("name", ELEMENTS)
def test_the_page_says_what_becomes_of_an_element(name):
    element, answer = ELEMENTS[name], documented()[name]
    if "codes" in element:
        assert answer.startswith("refused")
        assert set(re.findall(r"`(workflow\.[a-z-]+)`", answer)) <= element["codes"]
        assert re.findall(r"`(workflow\.[a-z-]+)`", answer)
    else:
        assert answer == "runs"


@pytest.mark.parametrize("name", [name for name, element in ELEMENTS.items() if "codes" in element])
def test_what_is_refused_is_refused_by_name_with_the_way_out(name):
    with pytest.raises(workflow.WorkflowProblems) as refused:
        workflow.read(ELEMENTS[name]["xml"], "p.bpmn")
    assert {problem.code for problem in refused.value.problems} == ELEMENTS[name]["codes"]
    assert all(re.search("请", problem.message) for problem in refused.value.problems)


FORMS = {"in memory": {"store": False}, "stored": {"reread": False}, "stored and read afresh": {}}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", [name for name, element in ELEMENTS.items() if "steps" in element])
def test_what_runs_runs_to_its_end_in_every_form(name, form):
    element = ELEMENTS[name]
    driver = Driver(element["xml"], element["variables"], **FORMS[form], **element["services"])
    for kind, *step in element["steps"]:
        assert not driver.run.finished, f"ended before {step}"
        if kind == "do":
            driver.do(step[0], **step[1])
        elif kind == "wait":
            assert driver.wait(**step[0])
        elif kind == "receive":
            assert driver.call("receive", *step)
        else:
            assert driver.call("broadcast", *step)
    assert driver.run.finished, driver.open()
    assert driver.run.end_node == element["end"]
    assert (driver.run.timers(), driver.run.expected(), list(driver.run.scopes())) == ([], [], [""])
