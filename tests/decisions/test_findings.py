"""Fired rows as findings: nothing unconfirmed ever blocks, and each finding quotes its clause."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import decisions
from tests.decisions.tables import only, table

REGISTER = """
[[clause]]
id = "REG-12"
text = "法定代表人不得同时任其他社团法定代表人"
source = "社会团体登记管理条例第12条"
certainty = "A"
binding = "本省确认"

[[clause]]
id = "ZZ11-1"
text = "限1个社团"
source = "中组发〔2014〕11号"
certainty = "A"
binding = "本省确认"
effective_from = 2014-06-25

[[clause]]
id = "MZ166-4"
text = "年龄界限70周岁"
source = "民发〔2015〕166号第4条"
certainty = "B"
binding = "参照"

[[clause]]
id = "OLD-1"
text = "已经废止"
source = "旧办法"
certainty = "A"
binding = "本省确认"
effective_to = 2020-12-31
"""
CLAUSES = decisions.Clauses.read(REGISTER.encode(), "clauses.toml")
TODAY = date(2026, 11, 23)


def finding(
    clause: str, sev: str = "block", confirmed: frozenset[str] = frozenset(), on: date = TODAY
) -> decisions.Finding:
    logic = table(
        ["x"], ["code", "sev", "reason", "clause"], [["-", '"E01"', f'"{sev}"', '"理由"', f'"{clause}"']], "COLLECT"
    )
    [found] = decisions.findings(only(logic).evaluate({"x": 1}), CLAUSES, on, confirmed)
    return found


SEVERITIES = [
    # clause, declared, confirmed, severity, unconfirmed
    ("REG-12", "block", (), "block", False),
    ("REG-12", "manual", (), "manual", False),
    ("REG-12", "warn", (), "warn", False),
    ("MZ166-4", "block", (), "manual", True),
    ("MZ166-4", "manual", (), "manual", True),
    ("MZ166-4", "warn", (), "warn", True),
    ("MZ166-4", "block", ("MZ166-4",), "block", False),
    ("MZ166-4", "block", ("E01",), "block", False),
    ("MZ166-4", "block", ("E02", "REG-12"), "manual", True),
    ("REG-12/ZZ11-1", "block", (), "block", False),
    ("REG-12 / MZ166-4", "block", (), "manual", True),
    ("REG-12/MZ166-4", "block", ("MZ166-4",), "block", False),
    ("NOBODY-1", "block", (), "manual", True),
    ("REG-12/NOBODY-1", "block", (), "manual", True),
    ("NOBODY-1", "block", ("NOBODY-1",), "manual", True),
    ("NOBODY-1", "block", ("E01",), "manual", True),
    ("", "block", (), "manual", True),
    ("OLD-1", "block", (), "manual", True),
    ("OLD-1", "block", ("E01",), "manual", True),
    ("REG-12", "blok", (), "manual", False),
]


@pytest.mark.parametrize(("clause", "declared", "confirmed", "severity", "unconfirmed"), SEVERITIES)
def test_what_is_not_confirmed_is_demoted(clause, declared, confirmed, severity, unconfirmed):
    found = finding(clause, declared, frozenset(confirmed))
    assert (found.severity, found.declared_severity, found.unconfirmed) == (severity, declared, unconfirmed)


def test_a_clause_is_flagged_outside_its_dates():
    assert finding("OLD-1").in_effect is False
    assert finding("OLD-1", on=date(2020, 12, 31)).in_effect is True
    assert finding("OLD-1", on=date(2020, 12, 31)).severity == "block"
    assert finding("ZZ11-1", on=date(2014, 6, 24)).severity == "manual"
    assert finding("ZZ11-1", on=date(2014, 6, 25)).severity == "block"


def test_a_finding_is_plain_data_that_quotes_its_clauses():
    assert finding("REG-12/MZ166-4").to_dict() == {
        "code": "E01",
        "severity": "manual",
        "declared_severity": "block",
        "reason": "理由",
        "clause_id": "REG-12/MZ166-4",
        "clause_text": "法定代表人不得同时任其他社团法定代表人；年龄界限70周岁",
        "source": "社会团体登记管理条例第12条；民发〔2015〕166号第4条",
        "certainty": "B",
        "binding": "参照",
        "unconfirmed": True,
        "in_effect": True,
        "rule_id": "r1",
        "table_id": "d",
        "why": "",
    }
    assert finding("NOBODY-1").certainty == "D"


def test_clause_and_reason_may_be_annotations():
    logic = table(["x"], ["code"], [["-", '"E09"', "REG-12", "因为"]], annotations=["clause", "reason"])
    [found] = decisions.findings(only(logic).evaluate({"x": 1}), CLAUSES, TODAY)
    assert (found.clause_id, found.reason, found.severity) == ("REG-12", "因为", "warn")


IDS = st.lists(st.sampled_from(["REG-12", "ZZ11-1", "MZ166-4", "OLD-1", "NOBODY", ""]), max_size=4)


@settings(derandomize=True, max_examples=100, deadline=None)
@given(IDS, st.sets(st.sampled_from(["REG-12", "MZ166-4", "OLD-1", "NOBODY", "E01", "E02"])))
def test_only_what_is_confirmed_known_and_in_force_blocks(ids, confirmed):
    found = finding("/".join(ids), "block", frozenset(confirmed))
    named = [one for one in ids if one]
    clauses = [CLAUSES.get(one) for one in named]
    allowed = all(clause is not None and clause.holds_on(TODAY) for clause in clauses) and (
        "E01" in confirmed
        or (
            bool(named)
            and all(clause and (clause.binding == "本省确认" or clause.id in confirmed) for clause in clauses)
        )
    )
    assert (found.severity == "block") == allowed
    assert found.unconfirmed is (not allowed)


def test_a_register_is_read_with_its_clauses():
    assert CLAUSES.ids == {"REG-12", "ZZ11-1", "MZ166-4", "OLD-1"}
    assert [clause.id for clause in CLAUSES.all()] == ["REG-12", "ZZ11-1", "MZ166-4", "OLD-1"]
    assert CLAUSES.get("ZZ11-1").effective_from == date(2014, 6, 25)
    assert CLAUSES.get("NOBODY") is None
    assert decisions.Clauses.read(b"", "clauses.toml").ids == frozenset()


ENTRY = 'id = "A"\ntext = "t"\nsource = "s"\ncertainty = "A"\nbinding = "参照"\n'
REGISTER_FAULTS = [
    ("[[clause]", "clauses.toml"),
    ('[[clause]]\nid = "A"', "clauses.missing"),
    ("[[clause]]\n" + ENTRY.replace('"参照"', '"可能"'), "clauses.binding"),
    ("[[clause]]\n" + ENTRY.replace('"参照"', "[]"), "clauses.binding"),
    ("[[clause]]\n" + ENTRY.replace('certainty = "A"', 'certainty = "E"'), "clauses.certainty"),
    ("[[clause]]\n" + ENTRY + 'effective_from = "2026-01-01"', "clauses.date"),
    ("[[clause]]\n" + ENTRY + "effective_from = 2026-01-02\neffective_to = 2026-01-01", "clauses.date"),
    ("[[clause]]\n" + ENTRY + "bindng = 1", "clauses.unknown"),
    (("[[clause]]\n" + ENTRY) * 2, "clauses.twice"),
    (f"[[clause]]\n{ENTRY}effective_to = 2027-01-01\n[[clause]]\n{ENTRY}effective_from = 2027-01-01", "clauses.twice"),
    ("[clause]\n" + ENTRY, "clauses.row"),
    ("clause = 5", "clauses.row"),
    ("clause = [5]", "clauses.row"),
    ("rules = 5", "clauses.unknown"),
]


@pytest.mark.parametrize(("text", "code"), REGISTER_FAULTS, ids=lambda part: part[-20:])
def test_a_fault_of_the_register_has_its_code(text, code):
    with pytest.raises(decisions.DecisionProblems) as caught:
        decisions.Clauses.read(text.encode(), "clauses.toml")
    assert code in {problem.code for problem in caught.value.problems}


def test_a_register_that_is_no_text_is_refused():
    with pytest.raises(decisions.DecisionProblems):
        decisions.Clauses.read(b"\xff\xfe", "clauses.toml")
    with pytest.raises(decisions.DecisionProblems):
        decisions.Clauses.read(b"#" * (1024 * 1024 + 1), "clauses.toml")


def test_a_clause_has_another_text_from_its_day_on():
    old = "[[clause]]\n" + ENTRY + "effective_to = 2026-12-31\n"
    new = "[[clause]]\n" + ENTRY.replace('"t"', '"new"') + "effective_from = 2027-01-01\n"
    register = decisions.Clauses.read((new + old).encode(), "clauses.toml")
    told = {day: register.on(day).get("A").text for day in (date(2026, 12, 31), date(2027, 1, 1), date(2030, 1, 1))}
    assert told == {date(2026, 12, 31): "t", date(2027, 1, 1): "new", date(2030, 1, 1): "new"}
    assert [one.text for one in register.texts("A")] == ["t", "new"]
    assert register.ids == {"A"}


def test_between_two_texts_the_one_that_has_ended_no_longer_holds():
    old = "[[clause]]\n" + ENTRY + "effective_to = 2026-12-31\n"
    new = "[[clause]]\n" + ENTRY + "effective_from = 2027-03-01\n"
    between = date(2027, 2, 1)
    clause = decisions.Clauses.read((old + new).encode(), "clauses.toml").on(between).get("A")
    assert clause.effective_to == date(2026, 12, 31)
    assert not clause.holds_on(between)
