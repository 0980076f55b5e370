"""One behaviour of one kind of component a test."""

from datetime import date
from decimal import Decimal

import pytest

from engine import forms

from .schemas import SEALED, application, component, context, decision, group, options, read, required, rows, text


def fill(fields, sent, values=None, **given):
    schema = read(group("g", "组", *fields))
    bound = forms.bind(schema, "g", values=values or {}, formdata=sent, context=context(**given))
    bound.validate()
    return bound


def errors(bound):
    return [(error.field, error.message) for error in bound.errors]


@pytest.mark.parametrize(
    ("field", "sent", "value"),
    [
        (component("textfield", "a"), {"a": "  字 "}, "字"),
        (component("textfield", "a"), {"a": " "}, None),
        (component("textarea", "a"), {"a": "一\r\n二"}, "一\n二"),
        (component("number", "a", decimalDigits=2), {"a": "１，２３４．５０"}, Decimal("1234.50")),
        (component("number", "a"), {"a": "-3"}, Decimal(-3)),
        (component("checkbox", "a"), {}, False),
        (component("checkbox", "a"), {"a": "on"}, True),
        (component("checklist", "a", **options((1, "一"), (2, "二"))), {"a": ["2", "1"]}, [Decimal(2), Decimal(1)]),
        (component("checklist", "a", **options((1, "一"))), {}, []),
        (component("select", "a", **options(("x", "一"))), {"a": ""}, None),
        (component("textfield", "a", properties={"check": "uscc"}), {"a": "51990000mj000000xn"}, "51990000MJ000000XN"),
        (component("textfield", "a", properties={"check": "org_name"}), {"a": "物流协会(筹)"}, "物流协会（筹）"),
        (component("textfield", "a", validate={"validationType": "email"}), {"a": "a@b.cn"}, "a@b.cn"),
    ],
)
def test_typed_text_becomes_a_value(field, sent, value):
    bound = fill([field], sent)
    assert errors(bound) == []
    assert bound.values() == {"a": value}


@pytest.mark.parametrize(
    ("field", "sent", "message"),
    [
        (component("checkbox", "a", "我已阅读", **required()), {}, "请勾选“我已阅读”"),
        (component("checklist", "a", "领域", **options(("x", "一")), **required()), {}, "请选择领域"),
        (component("number", "a", "会费", decimalDigits=2), {"a": "1.234"}, "会费最多保留 2 位小数"),
        (component("number", "a", "会费", validate={"min": 30000}, appearance={"suffixAdorner": "元"}), {"a": "1"}, "会费不能小于 30000 元"),
        (component("textfield", "a", "简称", validate={"minLength": 2}), {"a": "甲"}, "简称至少写 2 个字，现在有 1 个"),
        (component("textfield", "a", "简称"), {"a": "甲\x07"}, "简称中有看不见的字符，请重新输入"),
        (component("datetime", "a", "日期", subtype="date", disallowPassedDates=True), {"a": "2026-11-22"}, "日期不能早于今天"),
        (component("textfield", "a", "代码", properties={"check": "uscc-association"}), {"a": "91990000500000015E"},
         "社会团体的统一社会信用代码以 51 开头，请对照登记证书核对"),
        (component("textfield", "a", "邮箱", properties={"check": "email"}), {"a": "a@b"}, "电子邮箱须像 name@example.cn 这样填写"),
        (component("select", "a", "单位", valuesKey="units", **required()), {"a": "x"}, "单位暂时没有可选的内容，请联系工作人员"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_told(field, sent, message):
    assert errors(fill([field], sent)) == [("a", message)]


def test_options_may_come_from_an_expression():
    field = component("select", "a", "单位", valuesExpression="=units", **required())
    scope = {"units": [{"value": "u1", "label": "一处"}, {"value": "u2", "label": "二处"}]}
    bound = fill([field], {"a": "u2"}, scope=scope)
    assert errors(bound) == []
    assert [(option.label, option.chosen) for option in bound.form["a"].options] == [("一处", False), ("二处", True)]


def test_a_condition_may_ask_for_an_answer():
    fields = [
        component("textfield", "a", "甲"),
        component("textfield", "b", "乙", properties={"requiredWhen": '=a = "x"'}),
    ]
    assert errors(fill(fields, {"a": "x", "b": ""})) == [("b", "请填写乙")]
    assert errors(fill(fields, {"a": "y", "b": ""})) == []
    assert [item.required for item in fill(fields, {"a": "x", "b": ""}).items] == [False, True]


def test_what_is_hidden_by_a_hidden_answer_is_hidden_too():
    fields = [
        component("textfield", "a", "甲"),
        component("textfield", "b", "乙", conditional={"hide": '=a = "x"'}),
        component("textfield", "c", "丙", conditional={"hide": '=b != "y"'}, **required()),
    ]
    assert errors(fill(fields, {"a": "", "b": "y", "c": ""})) == [("c", "请填写丙")]
    assert fill(fields, {"a": "x", "b": "y", "c": ""}).values() == {"a": "x"}


def test_a_doubt_warns_and_refuses_nothing():
    bound = fill([component("textfield", "a", "证号", properties={"personal": "id_no"})], {"a": "990000196805120015"})
    assert errors(bound) == []
    assert [error.message for error in bound.warnings] == ["身份证号码的地区代码不常见，请对照证件核对"]


MEMBERS = rows(
    "members",
    "现任负责人",
    component("textfield", "who", "姓名"),
    component("textfield", "id_no", "证号", properties={"personal": "id_no", "derive": "birth"}),
    component("datetime", "birth", "出生日期", subtype="date"),
)
OTHER = {"$personal": "other", "kind": "id_no", "mask": "990***********0019"}
TWO = {
    "members": [
        {"_key": "1", "who": "甲", "id_no": SEALED, "birth": date(1968, 5, 12)},
        {"_key": "2", "who": "乙", "id_no": OTHER, "birth": date(1956, 11, 23)},
    ]
}


def test_a_sealed_number_stays_with_its_row_when_another_goes():
    sent = {
        "members-0-_row": "1", "members-0-who": "甲", "members-0-id_no": "",
        "members-1-_row": "2", "members-1-who": "乙丙", "members-1-id_no": "",
        "action": "remove:members:0",
    }  # fmt: skip
    bound = fill([MEMBERS], sent, TWO)
    assert bound.values()["members"] == [{"_key": "2", "who": "乙丙", "id_no": OTHER, "birth": date(1956, 11, 23)}]
    assert bound.form["members"].rows[0].form["id_no"].mask == "990***********0019"


def test_nobody_types_what_a_number_tells():
    sent = {"members-0-_row": "1", "members-0-who": "甲", "members-0-id_no": "", "members-0-birth": "1999-01-01"}
    assert fill([MEMBERS], sent, TWO).values()["members"][0]["birth"] == date(1968, 5, 12)


def test_a_row_key_that_was_not_given_out_takes_nothing_along():
    sent = {"members-0-_row": "x'; --", "members-0-who": "丁", "members-0-id_no": ""}
    assert fill([MEMBERS], sent, TWO).values()["members"] == [{"_key": "3", "who": "丁", "id_no": None}]


def test_rows_may_be_fixed():
    fixed = rows("lines", "事项", component("textfield", "what", "事项", readonly=True), component("textfield", "answer", "说明"),
                 allowAddRemove=False)  # fmt: skip
    saved = {"lines": [{"_key": "1", "what": "章程"}, {"_key": "2", "what": "决议"}]}
    sent = {"lines-0-what": "改", "lines-0-answer": "已补", "lines-5-answer": "多", "action": "add:lines"}
    bound = fill([fixed], sent, saved)
    assert bound.values()["lines"] == [
        {"_key": "1", "what": "章程", "answer": "已补"},
        {"_key": "2", "what": "决议", "answer": None},
    ]
    assert (bound.action, bound.form["lines"].add_action) == (None, "")


def test_a_list_within_a_page_has_a_least_and_a_most():
    members = {**MEMBERS, "properties": {"min": "2", "max": "2", "itemNoun": "人"}}
    assert errors(fill([members], {})) == [("members", "请填写现任负责人")]
    assert errors(fill([members], {"members-0-who": "甲"})) == [("members", "现任负责人至少填写 2 人")]
    three = {f"members-{place}-who": "甲" for place in range(3)}
    assert errors(fill([members], three)) == [("members", "现任负责人最多填写 2 人，请删去多余的")]


def test_rows_within_rows_are_kept_on_the_whole_page():
    sent = {
        "candidates-0-name": "甲", "candidates-0-resume-0-org": "一", "candidates-0-resume-4-org": "二",
        "candidates-2-name": "乙", "action": "remove:candidates-0-resume:0",
    }  # fmt: skip
    bound = forms.bind(application(), forms.WHOLE, values={}, formdata=sent, context=context())
    people = bound.values()["candidates"]
    assert [(person["name"], [row["org"] for row in person["resume"]]) for person in people] == [
        ("甲", ["二"]),
        ("乙", []),
    ]


def test_plain_data_is_read_as_typed_values():
    schema = application()
    plain = {
        "trigger": "换届", "election_date": "2026-12-28", "term_no": 4, "unknown": 1,
        "candidates": [{"_key": "chen", "name": "陈海澜", "id_type": "身份证", "id_no": "990000196805120015", "extra": 1}],
    }  # fmt: skip
    typed = schema.clean(plain, context())
    assert (typed["election_date"], typed["term_no"]) == (date(2026, 12, 28), Decimal(4))
    assert "unknown" not in typed
    item = typed["candidates"][0]
    assert item.keys() == {"_key", "name", "id_type", "id_no"}
    assert item["id_no"].text == "990000196805120015"


def test_only_the_case_says_what_its_rows_are_called():
    scope = {"candidates": [{"key": "a", "name": "陈海澜"}]}
    forged = {"decisions": [{"key": "a", "label": "别人", "result": "approved"}, {"key": "z", "result": "approved"}]}
    assert decision().clean(forged, context(scope=scope))["decisions"] == [
        {"key": "a", "label": "陈海澜", "result": "approved"}
    ]


def test_static_text_may_be_hidden():
    note = {**text("延任须附批准件"), "conditional": {"hide": '=a != "延任"'}}
    assert [item.text for item in fill([component("textfield", "a"), note], {"a": "延任"}).items] == [
        "",
        "延任须附批准件",
    ]
    assert len(fill([component("textfield", "a"), note], {"a": "换届"}).items) == 1


def test_pages_of_one_section_stand_together():
    schema = read(
        group("a", "甲页", component("textfield", "x"), properties={"section": "一、协会"}),
        group("b", "乙页", component("textfield", "y"), properties={"section": "一、协会"}),
        group("c", "丙页", component("textfield", "z"), conditional={"hide": '=x = "无"'}),
        title="申报",
    )
    found = [(section.title, [task.title for task in section.tasks]) for section in schema.sections({}, context())]
    assert found == [("一、协会", ["甲页", "乙页"]), ("申报", ["丙页"])]
    assert len(schema.sections({"x": "无"}, context())) == 1


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        (component("checkbox", "a"), False, "否"),
        (component("number", "a", appearance={"suffixAdorner": "元"}), Decimal("30000.50"), "30,000.50 元"),
        (component("checklist", "a", **options(("x", "一"), ("y", "二"))), ["y", "x"], "二、一"),
        (component("datetime", "a", subtype="date"), date(2026, 1, 2), "2026年1月2日"),
        (component("datetime", "a", subtype="date"), {"$typed": {"year": "2026", "month": "13", "day": ""}}, "2026 13"),
        (component("textfield", "a"), None, "未填写"),
    ],
)
def test_every_value_has_words(field, value, words):
    schema = read(group("g", "组", field))
    assert [row.text for row in schema.summary({"a": value}, context())[0].rows] == [words]
