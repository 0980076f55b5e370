"""What the tables of materials demand, of the case and of each candidate, and which of it is not there."""

from copy import deepcopy
from typing import Any

import pytest

from engine import cases, packages
from engine.cases.required import missing_materials
from engine.decisions import Clauses
from tests.cases.playing import Play
from tests.installations import BPMN

PACKAGE = packages.compile(packages.load_folder(BPMN / "leader_review"))
CLAUSES = Clauses.read((BPMN / "clauses.toml").read_bytes(), "clauses.toml")
RETIRED = "退（离）休领导干部"
PERSON = {"_key": "a", "name": "甲", "cadre_type": "非公职", "is_legal_rep": "否", "cadre_approval": None}
OWN = {"registration", "identity", "pledge", "employer_view"}


def lacking(trigger: str, files: tuple[str, ...] = (), relation: str = "省属行业党委", **person: Any) -> list[Any]:
    scope = {"trigger": trigger, "party_relation": relation, "candidates": [{**PERSON, **person}]}
    return missing_materials(PACKAGE, scope, CLAUSES, {field: [{"id": field}] for field in files})[0]


def fields(*given: Any, **person: Any) -> set[str]:
    return {row["field"] for row in lacking(*given, **person)}


def of_the_case(*given: Any, **person: Any) -> set[str]:
    return {field for field in fields(*given, **person) if "/" not in field}


@pytest.mark.parametrize(
    ("trigger", "wanted"),
    [
        ("换届", {"plan", "origin", "charter", "audit"}),
        ("届中调整", {"plan", "origin", "charter"}),
        ("法定代表人变更", {"charter", "audit"}),
        ("延任", {"plan", "origin", "charter", "extension_minutes", "extension_approval"}),
        ("成立", {"plan", "origin", "charter", "preparation_approval"}),
    ],
)
def test_each_occasion_demands_its_own_papers(trigger, wanted):
    assert of_the_case(trigger) == wanted | {"request", "resolution", "party_view"}


def test_an_audit_is_demanded_where_the_legal_representative_changes_within_a_term():
    assert "audit" in fields("届中调整", is_legal_rep="是")


def test_no_view_of_a_party_organisation_is_demanded_where_there_is_none():
    assert "party_view" not in fields("换届", (), "尚未明确")


def test_each_candidate_has_papers_of_its_own_and_an_official_one_more():
    assert {f"candidates/a/{one}" for one in OWN} <= fields("换届")
    approved = "candidates/a/cadre_approval_file"
    assert approved not in fields("换届")
    assert approved in fields("换届", cadre_type=RETIRED, cadre_approval="已审批")
    assert approved in fields("换届", cadre_type="事业单位或国有企业领导", cadre_approval="已备案")
    assert approved not in fields("换届", cadre_type=RETIRED, cadre_approval="没有")


def test_what_is_there_is_not_demanded_and_what_lacks_says_what_to_hand_in_and_why():
    others = tuple(fields("换届") - {"audit", "candidates/a/pledge"})
    audit, pledge = lacking("换届", others)
    assert audit["material"] == "财务审计报告"
    assert audit["problem"] == "没有提交财务审计报告"
    assert audit["basis"].endswith("第二十七条")
    assert pledge["material"] == "甲：人选承诺书"


def test_before_submission_the_applicant_sees_what_the_rules_will_say_and_nothing_is_stored(play: Play) -> None:
    case_id = play.begin()
    task = play.task(case_id, "Task_submit")
    values = deepcopy(play.values("Task_submit"))
    values["candidates"][1]["id_no"] = play.typed("id_no", "990000195511230038")
    cases.save_draft(play.installation, play.actor("applicant"), task.id, values, 0)
    seen = cases.preview(play.installation, play.actor("applicant"), task.id)
    assert [(who, row["code"], row["severity"]) for who, row in seen.findings] == [("符明远", "E01", "manual")]
    assert "财务审计报告" in {row["material"] for row in seen.missing}
    assert cases.case_view(play.installation, play.actor("applicant"), case_id).findings == ()
