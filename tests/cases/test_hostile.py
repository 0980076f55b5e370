"""Packages that mean harm, or went wrong, through the check, putting in force and the commands: they stop with a sentence
at whoever acts on them, leave their case as it was, and hold up no other."""

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pytest

from engine import cases, packages
from engine.errors import HuishenError
from engine.packages import Package, PackageProblems
from engine.store import new_id
from tests.cases.called import Two, end, inner, made, submit
from tests.cases.playing import Play
from tests.packages.small_package import extensions, flow, person

CHAIN = [f"Task_{number}" for number in range(1000)]


def hostile(part: str, *flows: str, last: str = "Part", first: str = "Part", more: str = "") -> Package:
    """The association fills in, then comes the part that means harm, then the department ends the case."""
    body = submit() + part + person("Task_after", "check", "acceptor", ("=verdict", "verdict"), state="reviewing")
    body += '<exclusiveGateway id="Way" default="Way-End" />\n' + end("End", "approved") + flow("Start", "Task_fill")
    body += "".join(flows) + more
    body += flow("Task_fill", first) + flow(last, "Task_after") + flow("Task_after", "Way") + flow("Way", "End")
    return made("hostile", "有害", "YH", body)


def script(identity: str, expression: str) -> str:
    held = extensions(f'<zeebe:script expression="{expression}" resultVariable="x" />')
    return f'<scriptTask id="{identity}">{held}</scriptTask>\n'


def many(collection: str) -> str:
    return (
        "<multiInstanceLoopCharacteristics><extensionElements><zeebe:loopCharacteristics"
        f' inputCollection="{collection}" inputElement="unit" outputCollection="answers" outputElement="=verdict" />'
        "</extensionElements></multiInstanceLoopCharacteristics>"
    )


def refused(package: Package, *codes: str) -> None:
    """By the check, by name of the element and in Chinese; never put in force."""
    found = [one for one in packages.check(package, packages.default_vocabulary()) if one.severity == "error"]
    assert {one.code for one in found} >= set(codes)
    assert all(re.search("[一-鿿]", one.message) for one in found)


ENDLESS = (
    hostile(
        '<exclusiveGateway id="Part" />\n<exclusiveGateway id="Round" default="Round-Task_after" />\n',
        flow("Part", "Round"),
        flow("Round", "Part", '=note = "round"'),
        last="Round",
    ),
    {"note": "round"},
    "workflow.endless",
)
REVIEWERS = (
    hostile(person("Part", "check", "acceptor", more=many("=for a in 1..number(note) return a"))),
    {"note": "2000"},
    "workflow.too-many-items",
)
SWELLING = (
    hostile(script("Part", "=for a in 1..number(note), b in 1..number(note) return a * b")),
    {"note": "1000"},
    "workflow.expression-limit",
)


@pytest.mark.parametrize("harm", [ENDLESS, REVIEWERS, SWELLING], ids=["endless", "reviewers", "swelling"])
def test_what_only_shows_when_it_runs_stops_whoever_acts_and_holds_up_no_other(
    play: Play, harm: tuple[Package, Mapping[str, Any], str]
) -> None:
    package, values, code = harm
    two = Two(play, inner(), package)
    good = two.begin("inner")
    harmless = two.begin("hostile", note="1")
    case_id = cases.start(two.place, play.actor("applicant"), "hostile", new_id()).case_id
    before = play.row(case_id)
    with pytest.raises(HuishenError) as stopped:
        two.do(case_id, "Task_fill", {"org_name": "冷链协会", **values})
    assert stopped.value.code == code
    assert re.search("[一-鿿]", stopped.value.message)
    assert (play.row(case_id), two.open(case_id)) == (before, ["Task_fill"])
    two.do(case_id, "Task_fill", {"org_name": "冷链协会", "note": "1"})
    assert two.open(case_id) == two.open(harmless)
    two.do(good, "Task_check", {"verdict": "approved"})
    assert play.row(good)["state"] == "closed"
    assert (play.differences(), play.faults()) == ([], [])


def test_a_timer_that_leads_into_harm_holds_up_no_other_timer(play: Play) -> None:
    late = (
        '<boundaryEvent id="Late" name="逾期" attachedToRef="Task_after" cancelActivity="false">'
        '<timerEventDefinition id="t"><timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent>\n'
        + script("Swell", "=for a in 1..number(note), b in 1..number(note) return a * b")
        + '<endEvent id="End_late" />'
        + flow("Late", "Swell")
        + flow("Swell", "End_late")
    )
    two = Two(play, hostile(person("Part", "check", "acceptor"), more=late))
    bad, good = two.begin("hostile", note="1000"), two.begin("hostile", note="1")
    for case_id in (bad, good):
        two.do(case_id, "Part", {"verdict": ""})
    play.later(hours=2)
    assert cases.fire_timers(two.place) == 1
    assert ("timer.fired" in two.kinds(bad), "timer.fired" in two.kinds(good)) == (False, True)
    for case_id in (bad, good):
        two.do(case_id, "Task_after", {"verdict": ""})
        assert play.row(case_id)["state"] == "closed"
    assert (play.differences(), play.faults()) == ([], [])


def test_ten_parallel_sections_in_a_row_are_gone_through(play: Play) -> None:
    parts, flows = "", ""
    for number in range(10):
        parts += f'<parallelGateway id="Split_{number}" />\n<parallelGateway id="Join_{number}" />\n'
        for branch in "abc":
            name = f"Task_{branch}{number}"
            parts += person(name, "check", "acceptor")
            flows += flow(f"Split_{number}", name) + flow(name, f"Join_{number}")
        flows += flow(f"Join_{number - 1}", f"Split_{number}") if number else ""
    two = Two(play, hostile(parts, flows, first="Split_0", last="Join_9"))
    case_id, largest = two.begin("hostile"), 0
    while two.open(case_id) != ["Task_after"]:
        two.do(case_id, two.open(case_id)[0], {"verdict": ""})
        largest = max(largest, len(play.row(case_id)["engine_state"]))
    assert largest < 600


def test_what_the_diagram_shows_is_refused_and_never_put_in_force(sqlite_office: Any) -> None:
    chain = "".join(person(name, "check", "acceptor") for name in CHAIN)
    long = hostile(chain, *(flow(*pair) for pair in pairwise(CHAIN)), first=CHAIN[0], last=CHAIN[-1])
    piling = hostile(
        '<exclusiveGateway id="Part" />\n<parallelGateway id="Fork" />\n' + script("Work", "=1"),
        flow("Part", "Fork"),
        flow("Fork", "Part"),
        flow("Fork", "Work"),
        flow("Work", "Part"),
        last="Fork",
    )
    two = Two(Play(sqlite_office), inner())
    good = two.begin("inner")
    for package, code in ((long, "workflow.too-many-nodes"), (piling, "workflow.tokens-pile-up")):
        refused(package, code)
        with pytest.raises(PackageProblems):
            two.deploy(package)
    two.do(good, "Task_check", {"verdict": "approved"})
    assert two.play.row(good)["state"] == "closed"
