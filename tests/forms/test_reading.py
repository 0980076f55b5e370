import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import forms
from tests.thoroughness import examples

from .schemas import (
    CANDIDATES,
    application,
    component,
    context,
    decision,
    group,
    options,
    read,
    required,
    rows,
    source,
    text,
)


def codes(data):
    with pytest.raises(forms.FormProblems) as refused:
        forms.read(data if isinstance(data, bytes) else source(data), "x.form")
    return sorted({problem.code for problem in refused.value.problems})


def field(**rest):
    return group("g", "组", component("textfield", "a", "甲", **rest))


def test_pages_have_kinds():
    schema = application()
    assert [(page.key, page.kind, page.title) for page in schema.pages] == [
        ("election", "group", "换届安排"),
        ("candidates", "list", "人选"),
        ("files", "files", "材料"),
    ]
    assert [page.key for page in schema.pages[1].pages] == ["person", "posts"]
    assert schema.title == "换届申报"


def test_fields_are_found_by_path():
    fields = application().fields
    assert {"term_no", "candidates", "candidates[].id_no", "candidates[].resume[].org"} <= fields.keys()
    assert [(entry.path, entry.kind, entry.derive) for entry in application().personal] == [
        ("candidates[].id_no", "id_no", ("birth", "gender"))
    ]


def test_components_outside_groups_make_one_page():
    assert [(page.key, page.kind) for page in decision().pages] == [("main", "group")]
    assert [(page.key, page.kind) for page in read(component("filepicker", "a", "甲")).pages] == [
        ("attachments", "files")
    ]


def test_a_list_without_groups_has_one_inner_page():
    page = read(rows("people", "人员", component("textfield", "who", "姓名"))).pages[0]
    assert (page.kind, [inner.key for inner in page.pages]) == ("list", ["main"])


def test_a_nested_group_lends_its_condition_and_its_legend():
    inner = group("inner", "小组", component("textfield", "b", "乙", **required()), conditional={"hide": '=a = "x"'})
    schema = read(group("g", "组", component("textfield", "a", "甲"), inner))
    bound = forms.bind(schema, "g", values={}, formdata={"a": "x"}, context=context())
    assert bound.validate()
    shown = forms.bind(schema, "g", values={}, formdata={"a": "y"}, context=context())
    assert [item.legend for item in shown.items] == ["", "小组"]
    assert not shown.validate()


def test_expressions_can_be_listed():
    found = {(condition.element, condition.attribute) for condition in application().conditions}
    assert ("c_extension_no", "conditional.hide") in found
    assert ("c_audit", "requiredWhen") in found


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"{", "form.json"),
        (b"\xff\xfe", "form.json"),
        (b"[" * 100_000, "form.json"),
        (b"[]", "form.frame"),
        (b'{"components": 1}', "form.frame"),
        (b'{"id": "a", "components": []}', "form.empty"),
        (b'{"id": "a", "components": [3]}', "form.component"),
        (b'{"id": "a", "schemaVersion": "x", "components": []}', "form.version"),
        (b" " * (512 * 1024 + 1), "form.size"),
    ],
)
def test_what_is_no_form_is_refused(data, code):
    assert code in codes(data)


def test_too_many_components_and_too_deep_groups_are_refused():
    many = json.dumps({"id": "a", "components": [component("textfield", f"k{n}") for n in range(601)]}).encode()
    assert codes(many) == ["form.count"]
    deep = component("textfield", "a")
    for level in range(25):
        deep = group(f"g{level}", "组", deep)
    assert codes(deep) == ["form.depth"]


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (group("g", "组", component("image", "a")), "form.type"),
        (group("g", "组", component("textfield", "a-b")), "form.key"),
        (group("g", "组", component("textfield", "_a")), "form.key"),
        (group("g", "组", component("textfield", "errors")), "form.key-reserved"),
        (group("g", "组", {"type": "textfield", "id": "x", "label": "甲"}), "form.key-missing"),
        (group("g", "组", component("textfield", "a"), component("number", "a")), "form.key-twice"),
        (group("g", "组", {"type": "textfield", "id": "x", "key": "a"}), "form.label"),
        (group("g", "组", component("datetime", "a", subtype="time")), "form.datetime"),
        (field(conditional={"hide": "=1 +"}), "form.feel"),
        (field(properties={"check": "nothing"}), "form.check"),
        (field(properties={"check": "id_no"}), "form.id-not-personal"),
        (field(properties={"personal": "face"}), "form.personal"),
        (field(properties={"personal": "id_no", "derive": "age"}), "form.derive"),
        (field(properties={"rule": "=a = 1"}), "form.rule"),
        (field(properties={"visibility": "secret"}), "form.visibility"),
        (field(properties=[1]), "form.properties"),
        (field(properties={"requireWhen": "=true"}), "form.property"),
        (field(validate={"pattern": "("}), "form.pattern"),
        (field(validate={"pattern": "(a+)+$"}), "form.pattern"),
        (field(validate={"minLength": 5, "maxLength": 2}), "form.limits"),
        (field(validate={"maxLength": "many"}), "form.limits"),
        (field(validate={"required": "=true"}), "form.flag"),
        (group("g", "组", component("number", "a", validate={"min": 5, "max": 2})), "form.limits"),
        (group("g", "组", component("radio", "a")), "form.values"),
        (group("g", "组", component("radio", "a", **options(("x", "1"), ("x", "2")))), "form.values"),
        (group("g", "组", component("filepicker", "a", accept=".exe")), "form.accept"),
        (rows("l", "列", component("textfield", "a"), group("g", "组", component("textfield", "b"))), "form.loose"),
        (rows("l", "列", rows("m", "列", rows("n", "列", component("textfield", "a")))), "form.nesting"),
        (rows("l", "列", rows("m", "列", component("filepicker", "a"))), "form.nesting"),
        (rows("l", "列", component("textfield", "key"), properties={"over": "=x"}), "form.key-twice"),
    ],
)
def test_a_fault_of_a_component_has_its_code(entry, code):
    assert code in codes(entry)


def test_all_faults_come_at_once_with_their_component():
    bad = group("g", "组", component("textfield", "errors"), component("radio", "b"), component("image", "c"))
    with pytest.raises(forms.FormProblems) as refused:
        forms.read(source(bad), "x.form")
    found = [(problem.element, problem.code) for problem in refused.value.problems]
    assert found == [("c_errors", "form.key-reserved"), ("c_b", "form.values"), ("c_c", "form.type")]
    assert "x.form" in refused.value.message


def test_two_pages_of_one_key_are_refused():
    with pytest.raises(forms.FormProblems) as refused:
        read(group("g", "组", component("textfield", "a")), group("g", "组", component("textfield", "b")))
    assert [problem.code for problem in refused.value.problems] == ["form.page-key"]


def test_the_same_key_may_stand_in_different_lists():
    other = rows("others", "其他人", component("textfield", "name", "姓名"))
    assert {"candidates[].name", "others[].name"} <= read(CANDIDATES, other).fields.keys()


def test_a_page_without_fields_is_no_page():
    assert [page.key for page in read(group("about", "说明", text("请先看这里")), field()).pages] == ["g"]


@pytest.mark.parametrize(
    ("pattern", "typed", "holds"),
    [
        (r"^[A-Z]{2}-\d{4}$", "LR-2026", True),
        (r"^[A-Z]{2}-\d{4}$", "LR-２０２６", False),
        ("协会$", "物流协会", True),
        (r"^(第[一二三四五]届|筹备)$", "第四届", True),
    ],
)
def test_a_pattern_is_tried_as_in_a_browser(pattern, typed, holds):
    schema = read(field(validate={"pattern": pattern, "maxLength": 20}, properties={"patternMessage": "请改"}))
    bound = forms.bind(schema, "g", values={}, formdata={"a": typed}, context=context())
    assert bound.validate() is holds
    assert [error.message for error in bound.errors] == ([] if holds else ["请改"])


@pytest.mark.parametrize(
    "pattern", ["(a|a)*$", "(a*)*", r"(\w+\s?)+$", "(.*)(.*)(.*)x", "(?=(a+))a*b", r"(a)\1", "a" * 201]
)
def test_a_pattern_that_could_keep_the_server_busy_is_refused(pattern):
    assert codes(field(validate={"pattern": pattern})) == ["form.pattern"]


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=8)),
    lambda inside: st.one_of(st.lists(inside, max_size=3), st.dictionaries(st.text(max_size=8), inside, max_size=3)),
    max_leaves=8,
)
KINDS = ["textfield", "number", "datetime", "radio", "checkbox", "group", "dynamiclist", "filepicker", "text", "image"]
ATTRIBUTES = [
    "id", "key", "path", "label", "validate", "properties", "conditional", "values", "valuesKey", "valuesExpression",
    "components", "appearance", "decimalDigits", "accept", "readonly", "multiple", "defaultValue", "description",
    "disallowPassedDates", "allowAddRemove", "text",
]  # fmt: skip
ODD = st.builds(
    lambda kind, rest: {**rest, "type": kind},
    st.sampled_from(KINDS),
    st.dictionaries(st.sampled_from(ATTRIBUTES), JSON, max_size=6),
)


@examples(60, 300)
@given(entries=st.lists(st.one_of(ODD, JSON, st.builds(lambda one: group("g", "组", one), ODD)), max_size=3))
def test_whatever_stands_in_a_file_is_read_or_told(entries):
    try:
        schema = forms.read(json.dumps({"id": "f", "components": entries}).encode(), "f.form")
    except forms.FormProblems as refused:
        assert refused.problems
    else:
        schema.sections({}, context())


def test_properties_of_other_tools_are_left_alone():
    assert read(field(properties={"colour": "blue"})).fields["a"].properties == {"colour": "blue"}


def test_a_page_that_asks_nothing_is_not_on_the_task_list():
    schema = read(
        field(), group("h", "页", component("textfield", "b", "乙", conditional={"hide": '=a = "x"'}, **required()))
    )
    assert [task.title for section in schema.sections({"a": "x"}, context()) for task in section.tasks] == ["组"]
    assert schema.problems({"a": "x"}, context()) == []
