"""Form files used by the tests, built from short lines."""

import json
from datetime import date
from decimal import Decimal

from engine import forms

TODAY = date(2026, 11, 23)


def component(kind, key, label="", **rest):
    return {"type": kind, "id": f"c_{key}", "key": key, "label": label or key, **rest}


def required(**limits):
    return {"validate": {"required": True, **limits}}


def options(*pairs):
    return {"values": [{"value": value, "label": label} for value, label in pairs]}


def group(identifier, label, *components, **rest):
    return {"type": "group", "id": identifier, "label": label, "components": list(components), **rest}


def rows(key, label, *components, **rest):
    return {
        "type": "dynamiclist",
        "id": f"l_{key}",
        "path": key,
        "label": label,
        "components": list(components),
        **rest,
    }


def text(sentence):
    return {"type": "text", "id": "t", "text": sentence}


def source(*components, **rest):
    frame = {"type": "default", "id": "form", "schemaVersion": 18, "components": list(components), **rest}
    return json.dumps(frame, ensure_ascii=False).encode()


def read(*components, **rest):
    return forms.read(source(*components, **rest), "test.form")


def context(**given):
    return forms.FormContext(**{"today": TODAY, **given})


YES_NO = options((True, "是"), (False, "否"))
POSTS = options(("会长", "会长"), ("副会长", "副会长"), ("秘书长", "秘书长"))
ID_TYPES = options(("身份证", "身份证"), ("护照", "护照"))

ELECTION = group(
    "election",
    "换届安排",
    component("select", "trigger", "事由", **options(("换届", "换届"), ("延任", "延任")), **required()),
    component(
        "textfield",
        "extension_no",
        "批准文件号",
        conditional={"hide": '=trigger != "延任"'},
        **required(maxLength=20),
    ),
    component(
        "datetime",
        "election_date",
        "选举日期",
        subtype="date",
        properties={"rule": "=election_date >= today", "ruleMessage": "选举日期不能早于今天"},
        **required(),
    ),
    component("number", "term_no", "届次", decimalDigits=0, **required(min=1, max=99)),
    component("textarea", "note", "说明", **{"validate": {"maxLength": 20}}),
    properties={"section": "一、协会和换届情况"},
)

CANDIDATES = rows(
    "candidates",
    "人选",
    group(
        "person",
        "基本情况",
        component("textfield", "name", "姓名", properties={"check": "name"}, **required()),
        component("radio", "id_type", "证件类型", **ID_TYPES, **required()),
        component(
            "textfield",
            "id_no",
            "证件号码",
            properties={"personal": "id_no", "derive": "birth,gender", "personalWhen": '=id_type = "身份证"'},
            **required(),
        ),
        component("datetime", "birth", "出生日期", subtype="date", **required()),
        component("radio", "gender", "性别", **options(("男", "男"), ("女", "女")), **required()),
    ),
    group(
        "posts",
        "任职",
        component("select", "post", "拟任职务", **POSTS, **required()),
        component("checkbox", "is_legal_rep", "拟任法定代表人"),
        rows(
            "resume",
            "简历",
            component("textfield", "org", "单位", **required()),
            component("datetime", "since", "开始日期", subtype="date"),
            component("number", "years", "年数", decimalDigits=1),
        ),
        component("filepicker", "id_copy", "证件复印件", accept=".pdf,.jpg", **required()),
    ),
    properties={"itemLabel": "=name", "itemNoun": "人", "min": "1", "max": "3", "section": "二、人选"},
)

FILES = group(
    "files",
    "材料",
    component("filepicker", "plan", "换届方案", accept=".pdf", **required()),
    component(
        "filepicker",
        "audit",
        "审计报告",
        accept=".pdf",
        properties={"requiredWhen": '=trigger = "换届"', "maxSize": "5"},
    ),
    component("filepicker", "charter", "章程", accept=".pdf,.jpg"),
)

DECISIONS = rows(
    "decisions",
    "逐人表决",
    component("radio", "result", "结论", **options(("approved", "同意"), ("rejected", "不同意")), **required()),
    component("number", "votes", "同意票", **required(min=0)),
    component(
        "textarea",
        "reason_public",
        "公开理由",
        conditional={"hide": '=result != "rejected"'},
        **required(maxLength=200),
    ),
    properties={"over": "=candidates", "rowKey": "=key", "rowLabel": "=name"},
)
OPINION = component("textarea", "opinion", "综合意见", properties={"visibility": "internal"}, **required())


def application():
    return read(ELECTION, CANDIDATES, FILES, properties={"title": "换届申报"})


def decision():
    return read(text("请逐人作出结论"), DECISIONS, OPINION, properties={"title": "部务会"})


PEOPLE = {"candidates": [{"key": "a", "name": "陈海澜"}, {"key": "b", "name": "黎若川"}]}
SEALED = {"$personal": "hash", "kind": "id_no", "mask": "990***********0015"}
PERSON = {
    "_key": "1",
    "name": "陈海澜",
    "id_type": "身份证",
    "id_no": SEALED,
    "birth": date(1968, 5, 12),
    "gender": "男",
    "post": "会长",
    "is_legal_rep": True,
    "resume": [{"_key": "1", "org": "恒溯冷链", "since": date(2010, 1, 1), "years": Decimal("16.5")}],
}
COMPLETE = {
    "trigger": "换届",
    "election_date": date(2026, 12, 28),
    "term_no": Decimal(4),
    "note": None,
    "candidates": [PERSON],
}
UPLOADED = {"plan": ["方案.pdf"], "audit": ["审计.pdf"], "candidates/1/id_copy": ["身份证.jpg"]}
