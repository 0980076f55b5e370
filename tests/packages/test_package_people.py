"""The check on who acts: lanes, separation of duties, timers that would decide, and what nobody reads."""

import re

import pytest

from engine import packages
from tests.packages.small_package import FILES, VOCABULARY, extensions, field, flow, form, person, service, small

BPMN, TOML = "process.bpmn", "package.toml"
OURS, THEIRS = ("Task_accept", "Task_decide", "Task_sign", "Task_seal", "Task_close"), ("Task_submit", "Task_check")


def told(package, *codes):
    found = packages.check(package, VOCABULARY)
    return [(one.file, one.element, one.code) for one in found if one.code.removeprefix("package.") in codes]


def lanes(**listed):
    """The small package with lanes that list these nodes."""
    inner = "".join(
        f'<lane id="{name}" name="{name}">' + "".join(f"<flowNodeRef>{one}</flowNodeRef>" for one in nodes) + "</lane>"
        for name, nodes in listed.items()
    )
    start = '<startEvent id="Start" />'
    return small((BPMN, start, f'<laneSet id="L">{inner}</laneSet>{start}'))


def rest():
    """The nodes that no person holds."""
    kinds = "startEvent|endEvent|serviceTask|exclusiveGateway|businessRuleTask|boundaryEvent"
    return tuple(re.findall(rf'<(?:{kinds}) id="(\w+)"', FILES[BPMN]))


LANES = ("lane-stranger", "two-lanes", "no-lane", "mixed-lane")


def test_lanes_that_hold_every_node_of_one_side_have_no_finding():
    assert told(lanes(ours=(*OURS, *rest()), theirs=THEIRS), *LANES) == []


def test_a_node_in_no_lane_is_told_where_the_process_has_lanes():
    assert told(lanes(ours=(*OURS[1:], *rest()), theirs=THEIRS), *LANES) == [(BPMN, "Task_accept", "package.no-lane")]
    assert told(small(), *LANES) == []


def test_a_node_in_two_lanes_is_told():
    found = told(lanes(ours=(*OURS, *rest(), "Gw"), theirs=(*THEIRS, "Gw")), *LANES)
    assert set(found) == {(BPMN, "Gw", "package.two-lanes")}


def test_a_lane_that_lists_what_is_not_drawn_is_told():
    found = told(lanes(ours=(*OURS, *rest()), theirs=(*THEIRS, "Task_gone")), *LANES)
    assert found == [(BPMN, "theirs", "package.lane-stranger")]


def test_tasks_of_the_department_and_of_others_in_one_lane_are_told():
    found = told(lanes(ours=(*OURS, *rest(), "Task_submit"), theirs=THEIRS[1:]), *LANES)
    assert found == [(BPMN, "ours", "package.mixed-lane")]


def test_two_exclusive_duties_of_one_post_are_told():
    package = small((BPMN, "candidateGroups='keeper'", "candidateGroups='leader'"))
    assert told(package, "duties-of-one-post") == [(TOML, "separation.exclusive", "package.duties-of-one-post")]
    assert told(small(), "duties-of-one-post") == []


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (TOML, ', ["sign", "seal"]', ""),
        (BPMN, '<zeebe:property name="duty" value="seal" />', ""),
        (BPMN, 'name="duty" value="seal"', 'name="duty" value="sign"'),
    ],
)
def test_signing_and_sealing_that_are_not_kept_apart_are_refused(file, old, new):
    assert told(small((file, old, new)), "sign-and-seal") == [(BPMN, "Task_seal", "package.sign-and-seal")]


def after_the_timer(*nodes, cancel="true"):
    """What is late leads through these nodes."""
    names = [part.split('id="')[1].split('"')[0] for part in nodes]
    ways = "".join(flow(one, other) for one, other in zip(["Late", *names], names, strict=False))
    return small(
        (BPMN, flow("Late", "Remind"), ways + flow("Gw", "Remind", "=accept_decision = null")),
        (BPMN, '<exclusiveGateway id="Gw"', "".join(nodes) + '<exclusiveGateway id="Gw"'),
        (BPMN, 'cancelActivity="false"', f'cancelActivity="{cancel}"'),
    )


YES = '<endEvent id="Yes">' + extensions(outcome="approved") + "</endEvent>\n"
NO = '<endEvent id="No">' + extensions(outcome="lapsed") + "</endEvent>\n"
RECORD = service(
    "Record_late", "record-outcomes", settings={"from": "=[{key: &quot;a&quot;, result: &quot;approved&quot;}]"}
)


@pytest.mark.parametrize("cancel", ["true", "false"])
def test_a_timer_that_would_approve_is_refused(cancel):
    found = told(after_the_timer(YES, cancel=cancel), "silence-approves")
    assert found == [(BPMN, "Late", "package.silence-approves")]


def test_a_timer_that_records_an_approval_is_refused_too():
    found = told(after_the_timer(RECORD, NO), "silence-approves")
    assert found == [(BPMN, "Late", "package.silence-approves")]


def test_a_timer_that_approves_by_a_link_is_refused_too():
    link = '<{0} id="{1}"><linkEventDefinition id="{1}_link" name="逾期" /></{0}>\n'
    out, caught = link.format("intermediateThrowEvent", "Out"), link.format("intermediateCatchEvent", "In")
    found = told(
        small(
            (
                BPMN,
                flow("Late", "Remind"),
                flow("Late", "Out") + flow("In", "Yes") + flow("Gw", "Remind", "=accept_decision = null"),
            ),
            (BPMN, '<exclusiveGateway id="Gw"', out + caught + YES + '<exclusiveGateway id="Gw"'),
        ),
        "silence-approves",
    )
    assert found == [(BPMN, "Late", "package.silence-approves")]


def test_a_timer_may_end_a_case_otherwise_and_a_person_may_approve_after_it():
    assert told(after_the_timer(NO), "silence-approves") == []
    assert told(after_the_timer(person("Task_late", "close", "leader"), YES), "silence-approves") == []


def test_a_variable_that_nothing_reads_is_told_once_where_it_is_written():
    more = (
        BPMN,
        "<zeebe:output source='=decision' target='accept_decision' />",
        "<zeebe:output source='=decision' target='accept_decision' /><zeebe:output source='=note' target='accept_note' />",
    )
    assert told(small(more), "unused-variable") == [(BPMN, "Task_accept", "package.unused-variable")]
    templated = ("documents/L1.html", 'org_name = "text" }', 'org_name = "text", accept_note = "text" }')
    assert told(small(more, templated), "unused-variable") == []


def test_a_choice_that_makes_no_difference_is_told():
    choice = field("way", "radio", ', "values": [{"label": "甲", "value": "a"}, {"label": "乙", "value": "b"}]')
    added = {"forms/close.form": form("close", field("note"), choice)}
    assert told(small(add=added), "unused-choice") == [("forms/close.form", "f_way", "package.unused-choice")]
    read = (BPMN, "if termination = null then", 'if way = "a" then')
    assert told(small(read, add=added), "unused-choice") == []
