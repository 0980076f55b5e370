"""The decision tables of the leader review: who is stopped, who is only shown to a person, and who is asked."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine import decisions, feel
from engine.cases.names import full_years

FOLDER = Path(__file__).parents[2] / "bpmn" / "leader_review" / "decisions"
CLAUSES = decisions.Clauses.read((FOLDER.parents[1] / "clauses.toml").read_bytes(), "clauses.toml")
TABLES = {
    path.stem: decisions.read(path.read_bytes(), path.name).decisions[path.stem] for path in sorted(FOLDER.iterdir())
}
RETIRED = "退（离）休领导干部"
CASE: Mapping[str, Any] = {
    "trigger": "换届",
    "uscc": "51990000MJ000000XN",
    "reg_type": "直接登记",
    "industry": "物流",
    "party_relation": "省属行业党委",
    "election_date": date(2026, 12, 28),
    "term_start": date(2026, 12, 28),
    "term_end": date(2031, 12, 27),
    "extension_vote": None,
    "extension_approval_no": None,
    "incumbents": None,
}
PERSON: Mapping[str, Any] = {
    "name": "甲",
    "birth": date(1970, 1, 1),
    "id_no": {"$personal": "a"},
    "id_type": "居民身份证",
    "post": "副会长",
    "is_legal_rep": "否",
    "terms_served": Decimal(0),
    "employer_kind": "其他",
    "is_employer_head": "否",
    "member_unit_uscc": None,
    "concurrent_posts": None,
    "cadre_type": "非公职",
    "cadre_approval": None,
    "retire_date": None,
    "public_office": "无",
    "criminal_status": "无",
    "credit_status": "无",
    "full_capacity": "是",
    "paid": "否",
    "relatives": None,
}


def scope(case: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    parameters = {"age_mode": "le70", "age_mode_confirmed": False} | dict(case.get("parameters", {}))
    names = {"周岁": feel.Function(("birth", "on"), full_years), "parameters": parameters}
    return {**CASE, **case, **names, **more}


def person_codes(person: Mapping[str, Any], case: Mapping[str, Any] | None = None) -> list[str]:
    fired = TABLES["DT-L1a"].evaluate(scope(case or {}, candidate={**PERSON, **person})).fired
    return [f"{rule.outputs['code']} {rule.outputs['sev']}" for rule in fired]


def case_codes(people: list[Mapping[str, Any]], case: Mapping[str, Any] | None = None) -> list[str]:
    given = scope(case or {}, candidates=[{**PERSON, **person} for person in people])
    return [rule.outputs["code"] for rule in TABLES["DT-L1b"].evaluate(given).fired]


def units(*people: Mapping[str, Any]) -> set[str]:
    given = scope({}, candidates=[{**PERSON, **person} for person in people])
    return {unit["key"] for unit in TABLES["DT-L4"].evaluate(given).result}


def elsewhere(position: str, **more: str) -> dict[str, Any]:
    post = {"society": "他会", "society_uscc": "51990000500000015J", "position": position, "is_legal": "否"}
    return {"concurrent_posts": [{**post, **more}]}


def test_a_person_without_anything_remarkable_fires_no_rule():
    assert person_codes({}) == []


@pytest.mark.parametrize(
    ("person", "case", "codes"),
    [
        ({"birth": date(1955, 11, 23)}, {}, ["E01 block"]),
        ({"terms_served": Decimal(2)}, {}, ["E03 block"]),
        ({"terms_served": Decimal(1)}, {}, []),
        ({"terms_served": Decimal(2)}, {"trigger": "延任", "extension_vote": "是", "extension_approval_no": "9号"}, []),
        ({}, {"trigger": "延任", "extension_vote": "否", "extension_approval_no": "9号"}, ["E04 block"]),
        ({}, {"trigger": "延任", "extension_vote": "是", "extension_approval_no": ""}, ["E04 block"]),
        ({"cadre_type": "在职公务员或参公人员"}, {}, ["E05 block"]),
        ({"cadre_type": RETIRED, "retire_date": date(2024, 1, 1), "cadre_approval": "没有"}, {}, ["E06 block"]),
        ({"cadre_type": RETIRED, "retire_date": date(2024, 1, 1), "cadre_approval": "已备案"}, {}, ["E06 block"]),
        ({"cadre_type": RETIRED, "retire_date": date(2024, 1, 1), "cadre_approval": "已审批"}, {}, []),
        ({"cadre_type": RETIRED, "retire_date": date(2023, 12, 28), "cadre_approval": "没有"}, {}, ["E07 block"]),
        ({"cadre_type": RETIRED, "retire_date": date(2023, 12, 28), "cadre_approval": "已备案"}, {}, []),
        (elsewhere("会长"), {}, []),
        (elsewhere("会长") | {"post": "秘书长"}, {}, ["E11 block"]),
        (elsewhere("会长", society_uscc="51990000MJ000000XN") | {"post": "秘书长"}, {}, []),
        (elsewhere("理事", is_legal="是") | {"post": "会长", "is_legal_rep": "是"}, {}, ["E14 block"]),
        ({"criminal_status": "被剥夺政治权利"}, {}, ["E15 block"]),
        ({"full_capacity": "否"}, {}, ["E15 block"]),
        ({"criminal_status": "其他刑事处罚"}, {}, ["E16 manual"]),
        ({"credit_status": "曾经"}, {}, ["E16 manual"]),
        ({"is_legal_rep": "是"}, {}, ["E18 manual"]),
        ({"id_type": "护照"}, {}, ["E20 manual"]),
    ],
)
def test_each_rule_about_one_person(person, case, codes):
    assert person_codes(person, case) == codes


def test_a_retired_official_may_hold_one_post_unpaid_and_not_lead():
    official = {"cadre_type": RETIRED, "retire_date": date(2020, 1, 1), "cadre_approval": "已审批"}
    assert person_codes(official | elsewhere("理事")) == ["E08 block"]
    assert person_codes(official | {"post": "会长", "is_legal_rep": "是"}) == ["E09 manual"]
    assert person_codes(official, {"trigger": "成立"}) == ["E09 manual"]
    assert person_codes(official | {"paid": "是"}) == ["E10 block"]


@pytest.mark.parametrize(
    ("mode", "blocked"),
    [
        ("lt70", [True, True, True]),
        ("birthday70", [False, True, True]),
        ("le70", [False, False, True]),
    ],
)
def test_the_readings_of_the_age_limit_differ_at_the_seventieth_birthday(mode, blocked):
    """Born on 1956-11-23; elected on the seventieth birthday, the day after, and on the seventy-first."""
    confirmed = {"parameters": {"age_mode": mode, "age_mode_confirmed": True}}
    born = {"birth": date(1956, 11, 23)}
    days = [date(2026, 11, 23), date(2026, 11, 24), date(2027, 11, 23)]
    assert ["E01 block" in person_codes(born, {**confirmed, "election_date": day}) for day in days] == blocked


def test_the_whole_term_must_end_by_the_seventieth_birthday_where_that_is_the_reading():
    whole = {"parameters": {"age_mode": "whole_term", "age_mode_confirmed": True}}
    assert person_codes({"birth": date(1961, 12, 27)}, whole) == []
    assert person_codes({"birth": date(1961, 12, 26)}, whole) == ["E01 block"]


def test_where_the_readings_differ_and_none_is_confirmed_a_person_is_asked():
    assert person_codes({"birth": date(1956, 11, 23)}) == ["E01 manual"]
    assert person_codes({"birth": date(1960, 6, 1)}) == ["E01 manual", "E02 warn"]
    settled = {"parameters": {"age_mode_confirmed": True}}
    assert person_codes({"birth": date(1956, 11, 23)}, settled) == []
    assert person_codes({"birth": date(1960, 6, 1)}, settled) == ["E02 warn"]


def test_president_and_secretary_are_two_people_of_two_units():
    president = {"post": "会长", "id_no": {"$personal": "a"}, "member_unit_uscc": "U1"}
    secretary = {"post": "秘书长", "id_no": {"$personal": "b"}, "member_unit_uscc": "U2"}
    assert case_codes([president, secretary]) == []
    assert case_codes([president, {**secretary, "id_no": {"$personal": "a"}}]) == ["E12"]
    assert case_codes([president, {**secretary, "member_unit_uscc": "U1"}]) == ["E13"]
    assert case_codes([president], {"incumbents": [{**secretary, "member_unit_uscc": "U1"}]}) == ["E13"]
    assert case_codes([{**president, "member_unit_uscc": None}, {**secretary, "member_unit_uscc": None}]) == []


def test_a_term_is_at_most_five_years():
    assert case_codes([{}], {"term_end": date(2031, 12, 28)}) == []
    assert case_codes([{}], {"term_end": date(2031, 12, 29)}) == ["E17"]


def test_close_relatives_in_leading_posts_are_shown():
    relatives = {"relatives": [{"name": "乙", "relation": "配偶", "position": "财务负责人"}]}
    assert case_codes([{"post": "会长", **relatives}]) == ["E19"]
    assert case_codes([{"post": "副会长", **relatives}]) == []


def test_only_confirmed_clauses_block():
    def severities(person: Mapping[str, Any], confirmed: frozenset[str] = frozenset()) -> list[str]:
        evaluation = TABLES["DT-L1a"].evaluate(scope({}, candidate={**PERSON, **person}))
        return [row.severity for row in decisions.findings(evaluation, CLAUSES, date(2026, 11, 23), confirmed)]

    assert severities({"full_capacity": "否"}) == ["block"]
    assert severities({"birth": date(1955, 11, 23)}) == ["manual"]
    assert severities({"birth": date(1955, 11, 23)}, frozenset({"MZ166-4"})) == ["block"]


def test_every_rule_quotes_clauses_of_the_register():
    for path in sorted(FOLDER.iterdir()):
        for table in decisions.read(path.read_bytes(), path.name).decisions.values():
            assert "clause" in table.output_names
    for rows in ({"birth": date(1955, 1, 1)}, {"full_capacity": "否"}, {"is_legal_rep": "是"}):
        for rule in TABLES["DT-L1a"].evaluate(scope({}, candidate={**PERSON, **rows})).fired:
            assert set(rule.clause.split("/")) <= CLAUSES.ids


@pytest.mark.parametrize(
    ("relation", "registered", "industry", "body"),
    [
        ("主管单位党组织", "双重管理", "物流", "party_transport"),
        ("主管单位党组织", "直接登记", "物流", "party_general"),
        ("省属行业党委", "直接登记", "物流", "party_logistics"),
        ("省属行业党委", "直接登记", "旅游", "party_general"),
        ("尚未明确", "筹备中", "其他", "party_general"),
    ],
)
def test_the_first_review_goes_to_the_responsible_party_body(relation, registered, industry, body):
    given = scope({"party_relation": relation, "reg_type": registered, "industry": industry})
    assert TABLES["DT-L3"].evaluate(given).result["org"] == body


def test_the_consulted_units_follow_from_the_candidates():
    always = {"discipline", "police", "court", "market", "civil"}
    firm = {"tax", "hrss", "emergency"}
    assert units({}) == always
    assert units({"post": "会长", "employer_kind": "国有企业", "is_employer_head": "是"}) == always | firm
    assert units({"post": "副会长", "employer_kind": "国有企业", "is_employer_head": "是"}) == always
    private = {"post": "秘书长", "employer_kind": "民营企业", "is_employer_head": "是"}
    assert units(private) == always | firm | {"united", "acfic"}
    assert units({}, {"cadre_type": RETIRED}) == always | {"orgdept"}
    assert units({"id_type": "护照"}) == always | {"foreign", "security"}
