"""Scenarios run through the real commands: what passes, what fails, and how a failure is told."""

from pathlib import Path

import pytest

from engine import scenarios
from engine.errors import Invalid
from engine.packages import load_files
from engine.scenarios import Report
from tests.scenarios.small import package, scenario

BPMN = Path(__file__).parents[2] / "bpmn"
LEADER_REVIEW = BPMN / "leader_review"
SMALL = "  - do: Task_ask\n    values: {amount: 5}\n"
LARGE = "  - do: Task_ask\n    values: {amount: 20}\n"


def report(*steps: str, **more: str) -> Report:
    files = {f"s{number}": scenario(text, f"S{number}") for number, text in enumerate(steps, 1)}
    return scenarios.run(package(files | more))


def failure(steps: str) -> str:
    failures = report(steps).failures
    assert len(failures) == 1
    return str(failures[0])


def test_every_flow_taken_and_every_expectation_met_passes():
    done = report(
        SMALL + "    state: closed\n    outcome: approved\n    open: []\nend: {path: [Task_ask], outcome: approved}\n",
        LARGE
        + "    notices: [clerk, {to: clerk@department, contains: 核对}]\n"
        + "    open: [Task_check]\n    due: {Task_check: 2026-11-30}\n    variables: {amount: 20}\n"
        + "  - do: Task_check\n    values: {good: true}\n    outcome: approved\n",
        LARGE + "  - wait: 8 working days\n    outcome: lapsed\nend: {path: [Task_ask]}\n",
    )
    assert done.passed
    assert list(done.lines()) == [
        "通过 S1 试一试",
        "通过 S2 试一试",
        "通过 S3 试一试",
        "覆盖 节点 8/8，连线 7/7，规则行 0/0，文书 0/0",
        "scenarios 3/3 flows 7/7",
    ]


def test_a_case_may_be_begun_by_the_department_itself():
    files = dict(package({"s1": scenario(SMALL + "    state: closed\n").replace("assoc\n", "department\n")}).files)
    files["package.toml"] = files["package.toml"].replace(b'start = "applicant"', b'start = "clerk"')
    files["process.bpmn"] = files["process.bpmn"].replace(b'candidateGroups="applicant"', b'candidateGroups="clerk"')
    assert scenarios.run(load_files(files), only={"S1"}).passed


def test_flows_that_nobody_took_are_named_and_do_not_pass():
    done = report(SMALL)
    assert not done.passed
    assert done.untaken == ("Flow_checked", "Flow_large", "Flow_late", "Flow_rested")
    *_, nodes, flows, counts, last = done.lines()
    assert nodes == "没有经过的节点：End_late、Task_check、Timer_late、Timer_rest"
    assert flows == "没有走到的连线：Flow_checked、Flow_large、Flow_late、Flow_rested"
    assert counts == "覆盖 节点 4/8，连线 3/7，规则行 0/0，文书 0/0"
    assert last == "scenarios 1/1 flows 3/7"


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        (SMALL + "    open: [Task_check]\n", "第 1 步（do Task_ask），第 6 行，open：应为 [Task_check]，实际 []"),
        (LARGE + "    state: closed\n", "第 1 步（do Task_ask），第 6 行，state：应为 closed，实际 submitted"),
        (LARGE + "    variables: {amount: 21}\n", "variables amount：应为 21，实际 20"),
        (LARGE + "    variables: {none.such: 1}\n", "variables none.such：应为 1，实际 空"),
        (LARGE + "    documents: [D01]\n", "documents：应为 [D01]，实际 []"),
        (LARGE + "    findings: [E01]\n", "findings：应为 E01，实际 []"),
        (LARGE + "    due: {Task_check: 2026-12-01}\n", "due Task_check：应为 2026-12-01，实际 [2026-11-30]"),
        (LARGE + "    notices: [applicant]\n", "notices：应为 applicant，实际 [clerk@department：小流程：核对]"),
        (LARGE + "    notices: [{to: clerk, contains: 退回}]\n", "notices：应为 clerk：写有“退回”，实际 ["),
        (LARGE + "    clocks: {remaining: 5}\n", "clocks remaining：应为 5，实际 空"),
        (LARGE + "    refused: task.invalid\n", "refused：应为 task.invalid，实际 办理成功"),
        (SMALL + "    outcome: rejected\n", "outcome：应为 rejected，实际 approved"),
        (
            SMALL + "  - do: Task_check\n",
            "第 2 步（do Task_check），第 8 行，待办：应为 Task_check，实际 没有；现有 无",
        ),
        (LARGE + "  - do: Task_check\n    item: a\n", "待办：应为 Task_check（a），实际 没有；现有 Task_check"),
        ("  - do: Task_ask\n    values: {amuont: 5}\n", "values：应为 表单 ask 的字段，实际 没有 amuont"),
        (SMALL + "end: {path: [Task_check]}\n", "结束时，第 8 行，path：应为 [Task_check]，实际 [Task_ask]"),
        (SMALL + "end: {documents: {D06: {}}}\n", "结束时，第 8 行，documents：应为 [D06]，实际 []"),
        (SMALL + "end: {items: {甲: approved}}\n", "items：应为 {甲: approved}，实际 {}"),
    ],
)
def test_a_failure_says_where_what_was_expected_and_what_was(steps, told):
    assert failure(steps).startswith("scenarios/s1.yaml ")
    assert told in failure(steps)


def test_a_failure_in_steps_of_another_scenario_is_told_where_they_stand():
    first = scenario(LARGE + "    open: [Task_none]\n  - do: Task_check\n", "S1")
    second = scenario("  - do: Task_check\n    state: open\n", "S2").replace(
        "steps:", "begins: {as: S1, until: Task_ask}\nsteps:"
    )
    done = scenarios.run(package({"s1": first, "s2": second}), only={"S2"})
    assert [str(one).partition("，open")[0].partition("，state")[0] for one in done.failures] == [
        "scenarios/s1.yaml 第 1 步（do Task_ask），第 6 行",
        "scenarios/s2.yaml 第 2 步（do Task_check），第 7 行",
    ]


def test_a_refusal_that_nobody_expected_is_told_with_the_faults_of_the_form():
    told = failure("  - do: Task_ask\n    values: {amount: 500}\n")
    assert "办理：应为 成功，实际 task.invalid" in told
    assert "数额须在 1 到 100 之间" in told


def test_a_refusal_that_was_expected_lets_the_scenario_go_on():
    refused = "  - do: Task_ask\n    values: {amount: 500}\n    refused: task.invalid\n    open: [Task_ask]\n"
    assert not report(refused + SMALL + "    state: closed\n").failures
    other = failure(refused.replace("task.invalid", "case.stale"))
    assert "refused：应为 case.stale，实际 task.invalid" in other


def test_the_files_of_a_form_are_exactly_those_of_the_step():
    asked = "  - do: Task_ask\n    values: {amount: 60%s}\n"
    missing = asked % "" + "    refused: task.invalid\n"
    given = asked % ", attachments: {proof: 证明.pdf}"
    dropped = asked % ", attachments: {}" + "    refused: task.invalid\n"
    assert not report(missing + given + "    open: [Task_check]\n").failures
    assert not report(given.replace("60", "500") + "    refused: task.invalid\n" + dropped).failures


def test_timers_on_the_way_fire_at_their_own_moments():
    """Five working days end on Monday 11-30; two days later is 12-02, although the wait ends on 12-01 or 12-03."""
    assert not report(LARGE + "  - wait: 6 working days\n    open: []\n    state: submitted\n").failures
    assert not report(LARGE + "  - wait: 7 working days\n    outcome: lapsed\n").failures


def test_a_case_is_sent_back_and_withdrawn():
    back = "  - return: {from: Task_check, to: Task_ask, reason: 数额有误}\n    open: [Task_ask]\n"
    assert not report(LARGE + back + SMALL + "    state: closed\n").failures
    taken = "  - withdraw: 不再需要\n    open: [Task_check]\n    variables: {termination: withdrawn}\n"
    assert not report(LARGE + taken).failures
    assert "case.not-withdrawable" in failure(SMALL + taken)


def test_nothing_of_one_scenario_is_seen_by_the_next():
    numbered = LARGE + "    state: submitted\n"
    done = report(numbered, numbered, SMALL)
    assert not done.failures


def test_a_scenario_may_give_a_parameter_another_value_which_the_next_does_not_see():
    files = {"a": scenario("  - do: Task_ask\n    values: {amount: 20}\n    state: closed\n", "A")}
    files["a"] = files["a"].replace("steps:", "parameters: {most: 30}\nsteps:")
    files["b"] = scenario(LARGE + "    open: [Task_check]\n", "B")
    assert not scenarios.run(package(files)).failures


def test_single_scenarios_can_be_chosen_by_their_id():
    files = package({"a": scenario(SMALL, "A"), "b": scenario(LARGE + "    state: closed\n", "B")})
    chosen = scenarios.run(files, only=["A"])
    assert chosen.passed
    assert list(chosen.lines()) == ["通过 A 试一试", "scenarios 1/1 flows 3/7"]
    with pytest.raises(Invalid, match="现有：A、B") as raised:
        scenarios.run(files, only=["C"])
    assert raised.value.code == "scenario.unknown"


def test_the_leader_review_passes_with_every_flow_taken():
    done = scenarios.run_package(LEADER_REVIEW)
    assert not [str(failed) for failed in done.failures]
    assert done.untaken == ()
    assert done.passed


def test_rendered_letters_are_signed_sealed_and_verified():
    """A notice, a letter of consent and a letter of refusal; the association fetches each, and each verifies."""
    done = scenarios.run_package(LEADER_REVIEW, only=["LS04"], render=True)
    assert not [str(failed) for failed in done.failures]


@pytest.mark.full
@pytest.mark.parametrize("key", ["joint_conference", "party_dual_filing", "federation_formation"])
def test_the_other_packages_pass_with_every_flow_taken(key):
    done = scenarios.run_package(BPMN / key)
    assert not [str(failed) for failed in done.failures]
    assert done.untaken == ()


def test_a_dispute_between_party_organisations_is_settled_by_a_conference_that_it_calls():
    assert scenarios.run_package(BPMN / "party_dual_filing", only=["PS05"]).passed


@pytest.mark.full
@pytest.mark.parametrize("key", ["joint_conference", "party_dual_filing", "federation_formation"])
def test_every_document_of_the_other_packages_can_be_rendered(key):
    done = scenarios.run_package(BPMN / key, render=True)
    assert not [str(failed) for failed in done.failures]


@pytest.mark.full
def test_every_document_of_the_leader_review_can_be_rendered():
    done = scenarios.run_package(LEADER_REVIEW, render=True)
    assert not [str(failed) for failed in done.failures]
