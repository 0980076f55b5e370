"""A scenario drives a case and those that it calls."""

import pytest

from engine import packages, scenarios
from engine.packages import Package
from engine.scenarios import ScenarioProblems, read_all
from tests.cases.called import MANY, call, inner, outer, waiter

HEAD = "id: S1\ntitle: 试一试\nnow: 2026-11-23T09:00:00+08:00\norganisation: assoc_coldchain\nsteps:\n"
FILLED = "values: {org_name: 冷链协会, note: ''}"
WHOLE = f"""
  - do: Task_fill
    {FILLED}
    open: []
    state: reviewing
  - case: Call
    do: Task_fill
    {FILLED}
    open: [Task_check]
  - case: Call
    do: Task_check
    values: {{verdict: rejected}}
    state: closed
    outcome: rejected
  - do: Task_after
    values: {{verdict: ''}}
    variables: {{answer: rejected}}
end: {{path: [Task_fill, Task_after], outcome: approved, state: closed}}
"""


def with_scenario(package: Package, steps: str) -> Package:
    return packages.load_files({**package.files, "scenarios/S1.yaml": (HEAD + steps).encode()})


def failures(package: Package, *others: Package) -> list[str]:
    report = scenarios.run(package, others=others)
    return [str(failure) for outcome in report.outcomes for failure in outcome.failures]


def test_steps_act_in_the_called_case_and_expectations_look_at_it() -> None:
    assert failures(with_scenario(outer(), WHOLE), inner()) == []


def test_an_item_of_a_multi_instance_is_named_by_its_key() -> None:
    calling = call("Call", "inner", taken=(("=outcome", "answer"),), loop=MANY)
    steps = f"\n  - do: Task_fill\n    {FILLED}\n"
    for key, verdict in (("b", "rejected"), ("a", "approved")):
        steps += f"  - case: Call#{key}\n    do: Task_fill\n    {FILLED}\n"
        steps += f"  - case: Call#{key}\n    do: Task_check\n    values: {{verdict: {verdict}}}\n"
    steps += "  - do: Task_after\n    values: {verdict: ''}\n    variables: {answers: [approved, rejected]}\n"
    assert failures(with_scenario(outer(calling), steps), inner()) == []


def test_a_case_that_nobody_called_ends_the_scenario_with_its_call() -> None:
    steps = f"\n  - case: Call\n    do: Task_fill\n    {FILLED}\n"
    (told,) = failures(with_scenario(outer(), steps), inner())
    assert "由 Call 调用的案件" in told


@pytest.mark.parametrize("step", ["case: '#a'\n    do: Task_fill", "case: Call\n    wait: P1D"])
def test_a_place_that_cannot_be_is_told_by_its_line(step: str) -> None:
    with pytest.raises(ScenarioProblems) as refused:
        read_all({"scenarios/S1.yaml": f"{HEAD}  - {step}\n".encode()})
    assert [problem.line for problem in refused.value.problems] == [6]


def test_the_check_knows_the_tasks_of_the_called_package() -> None:
    known = [one for one in [packages.interface_of(inner())] if one is not None]
    vocabulary = packages.default_vocabulary(packages=known)

    def told(steps: str) -> list[tuple[str, str]]:
        found = packages.check(with_scenario(outer(), steps), vocabulary)
        return [(one.element, one.code) for one in found if one.code.startswith("package.scenario")]

    assert told(WHOLE) == []
    assert told("\n  - case: Call\n    do: Task_after\n") == [("steps[0].do", "package.scenario-node")]
    assert told("\n  - case: Task_fill\n    do: Task_check\n") == [("steps[0].case", "package.scenario-node")]


MESSAGE = """
  - do: Task_fill
    values: {org_name: 冷链协会, note: 甲}
  - message: {name: 缴费到账, key: 乙, values: {payer: 别人}}
    refused: workflow.not-waiting
    open: []
  - message: {name: 缴费到账, key: 甲, values: {payer: 本会}}
    open: [Task_after]
    variables: {payer: 本会}
"""


def test_a_message_from_outside_comes_to_who_waits_for_its_key() -> None:
    assert failures(with_scenario(waiter(), MESSAGE)) == []


def test_without_a_key_a_message_bears_the_number_of_the_case() -> None:
    steps = MESSAGE.partition("  - message")[0] + "  - message: {name: 缴费到账, values: {payer: 本会}}\n"
    (told,) = failures(with_scenario(waiter(), steps))
    assert "workflow.not-waiting" in told


@pytest.mark.parametrize(
    "wrong", ["缴费到账", "{values: {a: 1}}", "{name: 到账, to: 某处}", "{name: 到账, values: [1]}"]
)
def test_a_message_that_is_written_wrongly_is_told_by_its_line(wrong: str) -> None:
    with pytest.raises(ScenarioProblems) as refused:
        read_all({"scenarios/S1.yaml": (HEAD + f"  - message: {wrong}\n").encode()})
    assert {problem.line for problem in refused.value.problems} == {6}
