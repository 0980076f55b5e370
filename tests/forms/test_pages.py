from datetime import date
from decimal import Decimal

import pytest

from engine import forms
from engine.errors import NotFound

from .schemas import (
    COMPLETE,
    PEOPLE,
    PERSON,
    SEALED,
    UPLOADED,
    application,
    component,
    context,
    decision,
    group,
    options,
    read,
    required,
)

TYPED = {
    "trigger": "换届",
    "election_date-year": "2026",
    "election_date-month": "12",
    "election_date-day": "28",
    "term_no": "4",
    "note": " 第一行\r\n第二行 ",
}


def election(formdata, values=None, **given):
    return forms.bind(application(), "election", values=values or {}, formdata=formdata, context=context(**given))


def messages(bound):
    return {error.field: error.message for error in bound.errors}


def test_a_page_gives_typed_values():
    bound = election(TYPED)
    assert bound.validate()
    assert bound.values() == {
        "trigger": "换届",
        "election_date": date(2026, 12, 28),
        "term_no": Decimal(4),
        "note": "第一行\n第二行",
    }


def test_hidden_fields_are_neither_asked_nor_kept():
    bound = election({**TYPED, "extension_no": "屿民〔2026〕1号"}, {"extension_no": "旧", "other": "别页"})
    assert bound.validate()
    assert bound.merged() == {**bound.values(), "other": "别页"}
    assert [item.field.key for item in bound.items] == ["trigger", "election_date", "term_no", "note"]


def test_a_condition_shows_a_field():
    bound = election({**TYPED, "trigger": "延任"})
    assert not bound.validate()
    assert messages(bound) == {"extension_no": "请填写批准文件号"}


def test_a_field_that_an_answer_reveals_is_asked_before_it_is_demanded():
    bound = election({**TYPED, "trigger": "延任", "_shown": "trigger election_date term_no note"})
    assert not bound.validate()
    assert (bound.errors, bound.revealed) == ([], ("extension_no",))
    again = election({**TYPED, "trigger": "延任", "_shown": "trigger extension_no election_date term_no note"})
    assert not again.validate()
    assert messages(again) == {"extension_no": "请填写批准文件号"}


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"trigger": ""}, "trigger", "请选择事由"),
        ({"trigger": "别的"}, "trigger", "请重新选择事由"),
        ({"election_date-month": "13"}, "election_date", "月份须在 1 到 12 之间"),
        ({"election_date-year": "2025"}, "election_date", "选举日期不能早于今天"),
        ({"term_no": ""}, "term_no", "请填写届次"),
        ({"term_no": "四"}, "term_no", "届次须为数字，例如 12"),
        ({"term_no": "4.5"}, "term_no", "届次须为整数"),
        ({"term_no": "100"}, "term_no", "届次须在 1 到 99 之间"),
        ({"note": "长" * 21}, "note", "说明不能超过 20 个字，现在有 21 个"),
    ],
)
def test_an_error_says_what_to_mend(change, field, message):
    bound = election({**TYPED, **change})
    assert not bound.validate()
    assert messages(bound) == {field: message}
    assert bound.form[field].errors == [message]


def test_an_error_leads_to_the_wrong_part_of_a_date():
    bound = election({**TYPED, "election_date-month": "13"})
    bound.validate()
    assert bound.errors[0].anchor == "election_date-month"
    assert [(part.text, part.wrong) for part in bound.form["election_date"].parts] == [
        ("2026", False),
        ("13", True),
        ("28", False),
    ]


def test_unread_text_survives_in_a_draft():
    bound = election({**TYPED, "election_date-month": "13", "term_no": "四"})
    draft = bound.merged()
    again = election(None, draft)
    assert [part.text for part in again.form["election_date"].parts] == ["2026", "13", "28"]
    assert again.form["term_no"]._value() == "四"
    assert {error.field for error in application().problems(draft, context())} >= {"election_date", "term_no"}


def test_a_date_of_one_input_is_read_too():
    typed = {key: text for key, text in TYPED.items() if not key.startswith("election_date")}
    assert election({**typed, "election_date": "2026-12-28"}).values()["election_date"] == date(2026, 12, 28)


def test_saved_values_are_shown():
    bound = election(None, COMPLETE)
    assert bound.form["term_no"]._value() == "4"
    assert [part.text for part in bound.form["election_date"].parts] == ["2026", "12", "28"]
    assert [(option.value, option.chosen) for option in bound.form["trigger"].options] == [
        ("换届", True),
        ("延任", False),
    ]


def test_a_default_is_proposed_from_the_scope_and_a_readonly_field_ignores_what_is_sent():
    schema = read(
        group(
            "org",
            "协会",
            component("textfield", "org_name", "名称", properties={"default": "=organisation"}, readonly=True),
            component("checklist", "kinds", "类型", valuesKey="kinds"),
        )
    )
    given = context(scope={"organisation": "冷链协会"}, options={"kinds": [("a", "甲"), ("b", "乙")]})
    bound = forms.bind(schema, "org", values={}, formdata={"org_name": "别的", "kinds": ["a", "b"]}, context=given)
    assert bound.validate()
    assert bound.values() == {"org_name": "冷链协会", "kinds": ["a", "b"]}
    bad = forms.bind(schema, "org", values={}, formdata={"kinds": ["c"]}, context=given)
    assert not bad.validate()
    assert messages(bad) == {"kinds": "请重新选择类型"}


def test_options_keep_their_type():
    schema = read(
        group("g", "组", component("radio", "paid", "取酬", **options((True, "是"), (False, "否")), **required()))
    )
    bound = forms.bind(schema, "g", values={}, formdata={"paid": "false"}, context=context())
    assert bound.validate()
    assert bound.values() == {"paid": False}


def person(formdata, values=None, inner="person", index=0, **given):
    return forms.bind(
        application(),
        "candidates",
        values=values if values is not None else {"candidates": [{}]},
        formdata=formdata,
        context=context(**given),
        index=index,
        inner=inner,
    )


WHO = {"name": "陈海澜", "id_type": "身份证", "id_no": "990000196805120015"}


def seal(typed):
    return {"$personal": f"h-{typed.kind}", "kind": typed.kind, "mask": typed.mask}


def test_a_typed_identity_number_is_sealed_and_tells_birth_and_gender():
    bound = person(WHO)
    assert bound.validate(), bound.errors
    typed = bound.values()["id_no"]
    assert (typed.kind, typed.text, typed.mask) == ("id_no", "990000196805120015", "990***********0015")
    assert "990000196805120015" not in repr(typed)
    sealed = forms.seal_personal(bound.merged(), bound.schema, seal)
    item = sealed["candidates"][0]
    assert item["id_no"]["$personal"] == "h-id_no"
    assert (item["birth"], item["gender"]) == (date(1968, 5, 12), "男")


def test_birth_is_not_asked_beside_an_identity_card_but_beside_a_passport():
    assert [item.field.key for item in person(WHO).items] == ["name", "id_type", "id_no"]
    passport = {**WHO, "id_type": "护照", "id_no": "E12345678"}
    bound = person(passport)
    assert not bound.validate()
    assert messages(bound) == {"birth": "请填写出生日期", "gender": "请选择性别"}
    by_hand = {"birth-year": "1968", "birth-month": "5", "birth-day": "12", "gender": "男"}
    whole = person({**passport, **by_hand})
    assert whole.validate(), whole.errors
    assert whole.values()["id_no"].kind == "other_id"
    assert whole.values()["birth"] == date(1968, 5, 12)


def test_an_empty_number_keeps_the_sealed_one():
    bound = person({**WHO, "id_no": ""}, {"candidates": [PERSON]})
    assert bound.validate(), bound.errors
    assert bound.values()["id_no"] == SEALED
    assert bound.form["id_no"].mask == "990***********0015"
    assert bound.form["id_no"]._value() == ""
    assert bound.merged()["candidates"][0]["birth"] == date(1968, 5, 12)


def test_a_sealed_number_of_another_kind_is_asked_again():
    bound = person({**WHO, "id_type": "护照", "id_no": ""}, {"candidates": [PERSON]})
    assert not bound.validate()
    assert messages(bound)["id_no"] == "证件类型改了，请重新填写证件号码"


def test_a_wrong_number_is_shown_again_but_never_saved_in_the_clear():
    bound = person({**WHO, "id_no": "990000196805120016"})
    assert not bound.validate()
    assert messages(bound) == {"id_no": "身份证号码有一位不对，请对照证件逐位核对"}
    assert bound.form["id_no"]._value() == "990000196805120016"
    assert "990000196805120016" not in repr(bound.merged())


def posts(formdata, values=None):
    return person(formdata, values, inner="posts", attachments=UPLOADED)


RESUME = {
    "post": "会长",
    "is_legal_rep": "true",
    "resume-0-org": "甲公司",
    "resume-0-since-year": "2010",
    "resume-0-since-month": "x",
    "resume-1-org": "乙公司",
    "resume-1-years": "3.5",
}


def test_rows_of_a_list_are_typed_values_with_keys():
    typed = {**RESUME, "resume-0-since-month": "1", "resume-0-since-day": "1"}
    bound = posts(typed)
    assert bound.validate(), bound.errors
    assert bound.values()["resume"] == [
        {"_key": "1", "org": "甲公司", "since": date(2010, 1, 1), "years": None},
        {"_key": "2", "org": "乙公司", "since": None, "years": Decimal("3.5")},
    ]


def shown_texts(bound):
    rows = bound.form["resume"].rows
    return [[row.form["org"]._value(), row.form["since"].parts[1].text] for row in rows]


def test_adding_a_row_keeps_what_was_typed():
    bound = posts({**RESUME, "action": "add:resume"})
    assert (bound.action.verb, bound.action.name) == ("add", "resume")
    assert shown_texts(bound) == [["甲公司", "x"], ["乙公司", ""], ["", ""]]
    assert bound.form["resume"].rows[2].key == "3"


def test_removing_a_row_keeps_the_others():
    bound = posts({**RESUME, "remove:resume:0": ""})
    assert shown_texts(bound) == [["乙公司", ""]]
    assert [row["org"] for row in bound.merged()["candidates"][0]["resume"]] == ["乙公司"]


def test_the_last_row_can_be_removed():
    bound = posts(
        {"post": "会长", "resume-0-org": "甲", "action": "remove:resume:0", "_shown": "post resume resume-0-org"}
    )
    assert bound.values()["resume"] == []


def test_an_error_in_a_row_leads_to_its_input():
    bound = posts({**RESUME, "resume-1-org": ""})
    assert not bound.validate()
    assert [(error.field, error.anchor, error.page, error.index, error.inner) for error in bound.errors] == [
        ("resume[0].since", "resume-0-since-month", "candidates", 0, "posts"),
        ("resume[1].org", "resume-1-org", "candidates", 0, "posts"),
    ]
    assert bound.form["resume"].rows[1].form["org"].errors == ["请填写单位"]


def test_hidden_inputs_say_which_inputs_the_page_has():
    names = dict(posts(None, {"candidates": [PERSON]}).hidden_inputs)
    assert names["_shown"].split() == [
        "post", "is_legal_rep", "resume", "resume-0-org", "resume-0-since", "resume-0-years", "id_copy",
    ]  # fmt: skip
    assert names["resume-0-_row"] == "1"


def test_an_item_that_is_gone_is_not_found():
    with pytest.raises(NotFound):
        person({}, {"candidates": []})
    with pytest.raises(NotFound):
        forms.bind(application(), "nowhere", values={}, context=context())


def overview(formdata, values, **given):
    return forms.bind(application(), "candidates", values=values, formdata=formdata, context=context(**given))


def test_items_are_added_and_removed_by_buttons():
    bound = overview({"action": "add:candidates"}, COMPLETE)
    assert (bound.added, [item.label for item in bound.items]) == (1, ["陈海澜", "第 2 人"])
    assert [row["_key"] for row in bound.merged()["candidates"]] == ["1", "2"]
    less = overview({"action": "remove:candidates:0"}, bound.merged())
    assert [row["_key"] for row in less.merged()["candidates"]] == ["2"]


def test_no_more_items_than_the_most():
    three = {"candidates": [{}, {}, {}]}
    bound = overview({"action": "add:candidates"}, three)
    assert (len(bound.items), bound.add_action) == (3, "")


def test_the_key_of_a_removed_item_with_files_is_not_given_again():
    bound = overview({"action": "add:candidates"}, {"candidates": []}, attachments={"candidates/4/id_copy": ["a.pdf"]})
    assert bound.merged()["candidates"] == [{"_key": "5"}]


def test_an_empty_list_misses_its_least():
    bound = overview(None, {})
    assert not bound.validate()
    assert messages(bound) == {"candidates": "请填写人选"}


def decide(formdata, values=None, scope=PEOPLE):
    return forms.bind(decision(), "main", values=values or {}, formdata=formdata, context=context(scope=scope))


def block(bound, index, key):
    return bound.form["decisions"].rows[index].form[key].name


def test_a_decision_has_a_block_for_each_row_of_the_case():
    bound = decide(None)
    blocks = bound.items[1].rows
    assert [row.label for row in blocks] == ["陈海澜", "黎若川"]
    assert [item.field.key for item in blocks[0].items] == ["result", "votes"]
    assert (bound.items[0].text, bound.form["decisions"].add_action) == ("请逐人作出结论", "")


def test_a_decision_gives_rows_with_the_keys_of_the_case():
    empty = decide(None)
    typed = {
        block(empty, 0, "result"): "approved",
        block(empty, 0, "votes"): "9",
        block(empty, 1, "result"): "rejected",
        block(empty, 1, "votes"): "2",
        block(empty, 1, "reason_public"): "兼任未消除",
        "opinion": "见各人结论",
    }
    bound = decide(typed)
    assert bound.validate(), bound.errors
    assert bound.values()["decisions"] == [
        {"key": "a", "label": "陈海澜", "result": "approved", "votes": Decimal(9)},
        {"key": "b", "label": "黎若川", "result": "rejected", "votes": Decimal(2), "reason_public": "兼任未消除"},
    ]
    assert bound.schema.problems(bound.merged(), bound.context) == []


def test_a_decision_asks_for_every_row():
    bound = decide({"opinion": "好"})
    assert not bound.validate()
    assert [error.field for error in bound.errors] == [
        "decisions[0].result", "decisions[0].votes", "decisions[1].result", "decisions[1].votes",
    ]  # fmt: skip
    problems = decision().problems({"opinion": "好"}, context(scope=PEOPLE))
    assert [error.message for error in problems] == ["请填写陈海澜、黎若川的逐人表决"]


def test_what_was_typed_stays_with_its_person_when_the_list_changes():
    name = block(decide(None), 1, "votes")
    fewer = {"candidates": PEOPLE["candidates"][1:]}
    bound = decide({name: "7"}, scope=fewer)
    assert bound.values()["decisions"][0]["votes"] == Decimal(7)


def test_the_whole_form_can_be_one_page():
    bound = forms.bind(application(), forms.WHOLE, values=COMPLETE, context=context(attachments=UPLOADED))
    assert [(item.field.key, item.legend) for item in bound.items][:2] == [
        ("trigger", "换届安排"),
        ("election_date", ""),
    ]
    assert bound.validate(), bound.errors
