"""package.toml: every fault at once, each at its key."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.packages import Parameter, Promise, Withdrawal, read_manifest
from tests.thoroughness import examples

GOOD = """
[package]
key = "small"
title = "小流程"
process = "small"
case_prefix = "SM"
start = "applicant"
case_title = "=org_name"
submit = "Task_submit"

[promise]
working_days = 30
clause = "XK-42"
certainty = "C"

[posts]
applicant = "organisation"
acceptor = "department"

[separation]
exclusive = [["accept", "draft"], ["draft", "sign", "seal"]]

[documents.D06]
title = "审核意见函"
template = "documents/D06.html"
authority = "屿社工函"
signature = "two"

[documents.D14]
title = "催办单"
template = "documents/D14.html"
signature = "slip"

[withdraw]
to = "Task_close"
reason = "termination"

[parameters.validity]
value = 6
title = "有效期"
clause = "MZ166-5"
certainty = "C"
"""
NO_SUCH_DAYS = """[publicity]
message = "objection"
days = "such_days"

[parameters.validity]"""


def findings(text: str | bytes) -> list[tuple[str, str]]:
    data = text if isinstance(text, bytes) else text.encode()
    return [(finding.element, finding.code) for finding in read_manifest(data)[1]]


def test_nobody_opens_cases_for_associations_where_the_department_begins_them():
    given = GOOD + '\n[authority]\ngroup = ["acceptor"]\n'
    assert findings(given) == []
    inside = given.replace('start = "applicant"', 'start = "acceptor"')
    assert findings(inside) == [("package.start", "manifest.authority")]


def test_the_template_of_a_document_is_the_file_of_its_kind_where_nothing_is_said():
    manifest, found = read_manifest(GOOD.replace('template = "documents/D06.html"\n', "").encode())
    assert not found and manifest is not None
    assert manifest.documents["D06"].template == "documents/D06.html"


def test_a_whole_manifest_becomes_values():
    manifest, found = read_manifest(GOOD.encode())
    assert not found and manifest is not None
    assert (manifest.key, manifest.note, manifest.items, manifest.rules) == ("small", "", "", ())
    assert manifest.promise == Promise(30, "XK-42", "C")
    assert manifest.exclusive == (("accept", "draft"), ("draft", "sign", "seal"))
    assert manifest.documents["D06"].seal == "authority"
    assert manifest.documents["D14"].authority == ""
    assert manifest.withdraw == Withdrawal("Task_close", "termination")
    assert manifest.parameters == {"validity": Parameter("validity", Decimal(6), "有效期", "MZ166-5", "C", "")}
    with pytest.raises(TypeError):
        manifest.posts["x"] = "department"  # type: ignore[index]


def test_parameters_are_values_of_feel():
    text = GOOD + (
        "[parameters.p]\ntitle='x'\nclause='c'\ncertainty='A'\n"
        "value = {part = 2, days = [2026-11-23, 1.5], yes = true}\n"
    )
    manifest, found = read_manifest(text.encode())
    assert not found and manifest is not None
    expected = {"part": Decimal(2), "days": [date(2026, 11, 23), Decimal("1.5")], "yes": True}
    assert manifest.parameter_values["p"] == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('key = "small"', "", ("package.key", "manifest.missing")),
        ('key = "small"', 'key = "Small"', ("package.key", "manifest.value")),
        ('key = "small"', "key = 5", ("package.key", "manifest.type")),
        ('title = "小流程"', 'title = " "', ("package.title", "manifest.value")),
        ('title = "小流程"', 'title = "小流程"\ncolour = "red"', ("package.colour", "manifest.unknown-key")),
        ('start = "applicant"', 'start = "nobody"', ("package.start", "manifest.start")),
        ('submit = "Task', 'items = "people"\nsubmit = "Task', ("package.item_label", "manifest.missing")),
        ('submit = "Task', 'rules = "DT-1"\nsubmit = "Task', ("package.rules", "manifest.type")),
        ('submit = "Task', 'rules = ["a", "a"]\nsubmit = "Task', ("package.rules", "manifest.value")),
        ("working_days = 30", "working_days = true", ("promise.working_days", "manifest.type")),
        ("working_days = 30", "working_days = 0", ("promise.working_days", "manifest.value")),
        ('"XK-42"\ncertainty = "C"', '"XK-42"\ncertainty = "E"', ("promise.certainty", "manifest.value")),
        ('acceptor = "department"', 'acceptor = "ministry"', ("posts.acceptor", "manifest.value")),
        ('["accept", "draft"]', '["accept"]', ("separation.exclusive", "manifest.type")),
        ('signature = "two"', 'signature = "three"', ("documents.D06.signature", "manifest.value")),
        ('authority = "屿社工函"', "", ("documents.D06.authority", "manifest.missing")),
        ('"documents/D06.html"', '"../D06.html"', ("documents.D06.template", "manifest.value")),
        ("[documents.D06]", "[documents.06]", ("documents.06", "manifest.value")),
        ('to = "Task_close"', "", ("withdraw.to", "manifest.missing")),
        ('reason = "termination"', 'reason = "a b"', ("withdraw.reason", "manifest.value")),
        ("[parameters.validity]", NO_SUCH_DAYS, ("publicity.days", "manifest.value")),
        ("value = 6", "", ("parameters.validity.value", "manifest.missing")),
        ("value = 6", "value = nan", ("parameters.validity.value", "manifest.value")),
        ("value = 6", "value = 1e999", ("parameters.validity.value", "manifest.value")),
        ("[parameters.validity]", "[limits]\n[parameters.validity]", ("limits", "manifest.unknown-key")),
    ],
)
def test_each_fault_is_told_at_its_key(old, new, expected):
    assert old in GOOD
    assert findings(GOOD.replace(old, new, 1)) == [expected]


def test_all_faults_are_told_at_once():
    text = GOOD.replace('key = "small"', "").replace("working_days = 30", "").replace('"two"', '"three"')
    assert findings(text) == [
        ("package.key", "manifest.missing"),
        ("promise.working_days", "manifest.missing"),
        ("documents.D06.signature", "manifest.value"),
    ]


@pytest.mark.parametrize(
    "data",
    [b"[package", b"\xff\xfe", b"a = " + b"[" * 100_000, b"a = " + b"9" * 5_000, b"a = 1\na = 2", b"\x00"],
)
def test_what_is_not_toml_is_one_finding(data):
    manifest, found = read_manifest(data)
    assert manifest is None
    assert [finding.code for finding in found] == ["manifest.syntax"]


def test_a_finding_reads_as_one_line():
    _, found = read_manifest(GOOD.replace("[posts]", "[post]").encode())
    assert str(found[0]) == "package.toml: posts: manifest.missing: 缺少这一项；请补上。"


def test_the_package_in_the_repository_is_read_without_a_finding():
    path = Path(__file__).parents[2] / "bpmn/leader_review/package.toml"
    assert read_manifest(path.read_bytes())[1] == []


TOML = st.recursive(
    st.sampled_from(['"x"', "1", "true", "1.5", "2026-01-01", '""', "-0", "inf", '"a.b"']),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: "[" + ", ".join(items) + "]"),
        st.dictionaries(st.sampled_from(["a", "to", "value"]), inner, max_size=2).map(
            lambda pairs: "{" + ", ".join(f"{key} = {value}" for key, value in pairs.items()) + "}"
        ),
    ),
    max_leaves=5,
)


@examples(80, 400)
@given(st.data())
def test_any_value_in_any_place_gives_findings_and_never_an_error(data):
    lines = GOOD.splitlines()
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        name, equals, _ = lines[at].partition(" = ")
        lines[at] = f"{name} = {data.draw(TOML)}" if equals else data.draw(st.sampled_from(["", "[a.b]", "[[posts]]"]))
    for finding in read_manifest("\n".join(lines).encode())[1]:
        assert finding.file == "package.toml" and finding.message.endswith("。")


@examples(40, 200)
@given(st.binary(max_size=200))
def test_any_bytes_give_findings_and_never_an_error(data):
    assert read_manifest(data)[1]
