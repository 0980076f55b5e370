"""Scenario files: what they say, and how each mistake in them is told."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

import pytest

from engine.scenarios import Complete, Return, ScenarioProblems, Told, Wait, Withdraw, read_all

HEAD = """\
id: S1
title: 一个场景
now: 2026-11-23T09:00:00+08:00
organisation: assoc
"""


def read(steps: str, **values: str) -> object:
    files = {"scenarios/S1.yaml": (HEAD + steps).encode()}
    files |= {f"scenarios/values/{name}.yaml": text.encode() for name, text in values.items()}
    return read_all(files)[0]


def faults(files: Mapping[str, str]) -> list[tuple[str, int, str, str]]:
    with pytest.raises(ScenarioProblems) as raised:
        read_all({name: text.encode() for name, text in files.items()})
    return [(problem.file, problem.line, problem.key, problem.code) for problem in raised.value.problems]


def fault(steps: str, **values: str) -> tuple[int, str, str]:
    files = {"scenarios/S1.yaml": HEAD + steps}
    files |= {f"scenarios/values/{name}.yaml": text for name, text in values.items()}
    found = faults(files)
    assert len(found) == 1
    return found[0][1:]


def filled(text: str, **values: str) -> object:
    scenario = read(f"steps:\n  - do: Task_a\n    values: {text}\n", **values)
    return dict(scenario.steps[0].act.values)


def test_every_kind_of_step_is_read_with_its_line():
    scenario = read(
        "steps:\n"
        "  - do: Task_a\n"
        "    item: court\n"
        "    by: handler_a\n"
        "    values: {decision: accept}\n"
        "  - wait: 10 working days\n"
        "  - wait: P3DT2H\n"
        "  - withdraw: 协会调整人选\n"
        "  - return: {from: Task_b, to: Task_a, reason: 文字需修改}\n"
    )
    acts = [step.act for step in scenario.steps]
    assert acts == [
        Complete("Task_a", acts[0].values, "court", "handler_a"),
        Wait(working_days=10),
        Wait(span=timedelta(days=3, hours=2)),
        Withdraw("协会调整人选"),
        Return("Task_b", "Task_a", "文字需修改"),
    ]
    assert [step.line for step in scenario.steps] == [6, 10, 11, 12, 13]


def test_expectations_are_read():
    scenario = read(
        "steps:\n"
        "  - do: Task_a\n"
        "    open: [Task_b]\n"
        "    state: submitted\n"
        "    documents: []\n"
        "    findings: [E01, {code: E05, severity: block}]\n"
        '    variables: {"items[0].name": 甲}\n'
        "    due: {Task_b: 2026-11-30}\n"
        "    refused: task.invalid\n"
        "end: {path: [Task_a], outcome: approved, items: {甲: approved}, documents: {D06: {contains: [同意], lacks: [失信]}}}\n"
    )
    expected = scenario.steps[0].expected
    assert expected.open == ("Task_b",)
    assert expected.documents == ()
    assert expected.findings == ("E01", {"code": "E05", "severity": "block"})
    assert expected.due == {"Task_b": date(2026, 11, 30)}
    assert expected.outcome is None
    assert scenario.end.documents["D06"].lacks == ("失信",)


def test_numbers_are_decimal_and_dates_are_dates():
    assert filled("{a: 1, b: 2.50, c: 2026-11-23, d: '0123', e: true}") == {
        "a": Decimal(1),
        "b": Decimal("2.50"),
        "c": date(2026, 11, 23),
        "d": "0123",
        "e": True,
    }


def test_shared_values_are_used_then_dropped_then_set():
    shared = "people: [{name: 甲}, {name: 乙}]\nfiles: {audit: a.pdf, plan: b.pdf}\n"
    text = '{use: shared, drop: [files.audit], set: {"people[1].name": 丙, "people[2].name": 丁, note.by: 甲}}'
    assert filled(text, shared=shared) == {
        "people": [{"name": "甲"}, {"name": "丙"}, {"name": "丁"}],
        "files": {"plan": "b.pdf"},
        "note": {"by": "甲"},
    }


def test_shared_values_may_build_on_others_and_later_ones_win():
    assert filled("{use: [one, two]}", one="a: 1\nb: 1\n", two="{use: base, set: {b: 2}}", base="c: 3\n") == {
        "a": Decimal(1),
        "b": Decimal(2),
        "c": Decimal(3),
    }


def test_one_step_does_not_change_the_values_of_another():
    scenario = read(
        'steps:\n  - do: Task_a\n    values: {use: shared, set: {"people[0].name": 乙}}\n'
        "  - do: Task_a\n    values: {use: shared}\n",
        shared="people: [{name: 甲}]\n",
    )
    assert [step.act.values["people"][0]["name"] for step in scenario.steps] == ["乙", "甲"]


@pytest.mark.parametrize(
    ("steps", "line", "key", "code"),
    [
        ("", 1, "steps", "scenario.missing"),
        ("steps: []\n", 5, "steps", "scenario.missing"),
        ("steps:\n  - do: Task_a\n    opne: [Task_b]\n", 7, "steps[0].opne", "scenario.unknown-key"),
        ("steps:\n  - do: Task_a\n    wait: P1D\n", 6, "steps[0]", "scenario.step"),
        ("steps:\n  - open: [Task_a]\n", 6, "steps[0]", "scenario.step"),
        ("steps:\n  - wait: ten days\n", 6, "steps[0].wait", "scenario.value"),
        ("steps:\n  - wait: P1D\n    values: {a: 1}\n", 7, "steps[0].values", "scenario.unknown-key"),
        ("steps:\n  - return: {from: A, reason: 改}\n", 6, "steps[0].return.to", "scenario.missing"),
        ("steps:\n  - do: Task_a\n    open: Task_b\n", 7, "steps[0].open", "scenario.type"),
        ("steps:\n  - do: Task_a\n    due: {Task_b: soon}\n", 7, "steps[0].due.Task_b", "scenario.type"),
        ("steps:\n  - do: Task_a\n    values: {use: gone}\n", 7, "steps[0].values.use", "scenario.values"),
        ("steps:\n  - do: Task_a\n    values: {drop: [a.b]}\n", 7, "steps[0].values.drop[0]", "scenario.path"),
        ('steps:\n  - do: Task_a\n    values: {set: {"a[3]": 1}}\n', 7, "steps[0].values.set.a[3]", "scenario.path"),
        ("steps:\n  - do: Task_a\n    values: {use: x, a: 1}\n", 7, "steps[0].values.a", "scenario.unknown-key"),
        ("steps:\n  - do: &a Task_a\n  - do: *a\n", 6, "", "scenario.alias"),
        ("steps:\n  - do: Task_a\n    do: Task_b\n", 7, "", "scenario.key-twice"),
        ("steps:\n  - do: 2026-11-23T09:00:00\n", 6, "steps[0].do", "scenario.value"),
        ("steps: [\n", 6, "", "scenario.syntax"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_key(steps, line, key, code):
    assert fault(steps) == (line, key, code)


def test_values_that_use_each_other_in_a_circle_are_refused():
    assert (
        fault("steps:\n  - do: Task_a\n    values: {use: a}\n", a="{use: b}", b="{use: a}")[2]
        == "scenario.values-circle"
    )


def test_all_files_are_told_about_at_once():
    found = faults({"scenarios/a.yaml": "id: A\n", "scenarios/b.yaml": "- 1\n"})
    assert {file for file, *_ in found} == {"scenarios/a.yaml", "scenarios/b.yaml"}
    assert len(found) > 4


def test_two_files_cannot_have_the_same_id():
    text = HEAD + "steps:\n  - wait: P1D\n"
    assert faults({"scenarios/a.yaml": text, "scenarios/b.yaml": text}) == [
        ("scenarios/b.yaml", 1, "id", "scenario.id-twice")
    ]


def test_a_moment_without_its_zone_is_refused():
    text = HEAD.replace("+08:00", "") + "steps:\n  - wait: P1D\n"
    assert faults({"scenarios/a.yaml": text}) == [("scenarios/a.yaml", 3, "now", "scenario.value")]


def test_notices_and_clocks_are_read():
    scenario = read(
        "steps:\n"
        "  - do: Task_a\n"
        "    notices: [acceptor, {to: applicant@assoc, contains: 补正}]\n"
        "    clocks: {paused: [supplement], used: 3, remaining: -1, due: 2027-01-11, estimated: true, light: red}\n"
    )
    expected = scenario.steps[0].expected
    assert expected.notices == (Told("acceptor"), Told("applicant@assoc", "补正"))
    assert expected.clocks == {
        "paused": ["supplement"],
        "used": Decimal(3),
        "remaining": Decimal(-1),
        "due": date(2027, 1, 11),
        "estimated": True,
        "light": "red",
    }


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("notices: acceptor", "steps[0].notices"),
        ("notices: [{contains: 补正}]", "steps[0].notices[0].to"),
        ("notices: [{to: a, says: b}]", "steps[0].notices[0].says"),
        ("clocks: 5", "steps[0].clocks"),
        ("clocks: {stopped: true}", "steps[0].clocks.stopped"),
        ("clocks: {paused: verification}", "steps[0].clocks.paused"),
        ("clocks: {remaining: many}", "steps[0].clocks.remaining"),
        ("clocks: {due: 2027-01-11T00:00:00+08:00}", "steps[0].clocks.due"),
        ("clocks: {estimated: 1}", "steps[0].clocks.estimated"),
    ],
)
def test_a_fault_in_notices_and_clocks_is_told_with_its_key(line, key):
    found = fault(f"steps:\n  - do: Task_a\n    {line}\n")
    assert found[1] == key


BEGUN = HEAD.replace("S1", "S2") + "begins: {as: S1, until: Task_b}\nsteps:\n  - do: Task_d\n"
WHOLE = (
    HEAD
    + "steps:\n  - do: Task_a\n  - review: Task_b\n  - do: Task_b\n    open: [Task_c]\n  - do: Task_b\n  - do: Task_c\n"
)


def test_a_scenario_begins_as_another_does():
    files = {"scenarios/S1.yaml": WHOLE.encode(), "scenarios/S2.yaml": BEGUN.encode()}
    whole, begun = read_all(files)
    assert [step.act.title for step in begun.steps] == ["do Task_a", "review Task_b", "do Task_b", "do Task_d"]
    assert [(step.file, step.line) for step in begun.steps][1:] == [
        ("scenarios/S1.yaml", 7),
        ("scenarios/S1.yaml", 8),
        ("", 7),
    ]
    assert begun.steps[2].expected.open == ("Task_c",)
    assert [step.file for step in whole.steps] == [""] * 5


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("as: S1", "as: S9"), "没有编号为 S9 的另一个场景"),
        (("as: S1", "as: S2"), "没有编号为 S2 的另一个场景"),
        (("until: Task_b", "until: Task_z"), "S1 没有办理 Task_z 的步骤"),
        (("as: S1", "as: S3"), "S3 自己也写了 begins；请直接写它所指的 S1"),
    ],
)
def test_a_beginning_that_cannot_be_is_told(change, told):
    third = BEGUN.replace("S2", "S3")
    files = {"S1": WHOLE, "S2": BEGUN.replace(*change), "S3": third}
    with pytest.raises(ScenarioProblems, match=told) as raised:
        read_all({f"scenarios/{name}.yaml": text.encode() for name, text in files.items()})
    (problem,) = raised.value.problems
    assert (problem.file, problem.line, problem.key) == ("scenarios/S2.yaml", 5, "begins")
    assert problem.code == "scenario.begins"


def test_a_beginning_says_both_parts():
    assert fault("begins: {as: S1}\nsteps:\n  - do: Task_a\n") == (5, "begins.until", "scenario.missing")
    assert fault("begins: {as: S1, until: Task_a, more: 1}\nsteps:\n  - do: Task_a\n")[2] == "scenario.unknown-key"
