from datetime import date

from engine import forms

from .schemas import COMPLETE, PEOPLE, PERSON, UPLOADED, application, context, decision


def problems(values, **given):
    return [
        (error.page, error.index, error.inner, error.field, error.message)
        for error in application().problems(values, context(**given))
    ]


def test_a_complete_form_has_no_problems():
    assert problems(COMPLETE, attachments=UPLOADED) == []


def test_each_problem_says_where_it_is():
    values = {**COMPLETE, "term_no": None, "candidates": [PERSON, {"_key": "2", "name": "黎若川"}]}
    found = problems(values, attachments={"candidates/1/id_copy": ["a.pdf"]})
    assert ("election", None, None, "term_no", "请填写届次") in found
    assert ("candidates", 1, "person", "id_type", "请选择证件类型") in found
    assert ("candidates", 1, "posts", "id_copy", "请上传证件复印件，不超过 20 MB 的 PDF 或 JPG") in found
    assert ("files", None, None, "audit", "请上传审计报告，不超过 5 MB 的 PDF") in found
    assert not any(index == 0 for _, index, *_ in found)


def test_an_attachment_is_required_only_when_its_condition_holds():
    later = {**COMPLETE, "trigger": "延任", "extension_no": "1号"}
    without_audit = {key: files for key, files in UPLOADED.items() if key != "audit"}
    assert problems(later, attachments=without_audit) == []
    assert [field for _, _, _, field, _ in problems(COMPLETE, attachments=without_audit)] == ["audit"]


def test_the_values_to_submit_have_nothing_hidden():
    values = {**COMPLETE, "extension_no": "旧", "note": {"$typed": {"text": "?"}}}
    cleaned = application().clean(values, context())
    assert "extension_no" not in cleaned
    assert cleaned["note"] is None
    assert cleaned["candidates"][0]["birth"] == date(1968, 5, 12)


def tasks(values, **given):
    return [
        (section.title, [(task.title, task.status, task.hint) for task in section.tasks])
        for section in application().sections(values, context(**given))
    ]


def test_the_task_list_of_a_fresh_form():
    assert tasks({}) == [
        ("一、协会和换届情况", [("换届安排", "未开始", "")]),
        ("二、人选（0 人）", []),
        ("材料", [("材料", "未开始", "")]),
    ]


def test_the_task_list_says_what_is_lacking_and_what_is_wrong():
    values = {
        **COMPLETE,
        "election_date": {"$typed": {"year": "2026", "month": "13", "day": "1"}},
        "candidates": [PERSON, {"_key": "2", "name": "黎若川", "post": "秘书长"}],
    }
    found = dict(tasks(values, attachments=UPLOADED))
    assert found["一、协会和换届情况"] == [("换届安排", "有问题", "月份须在 1 到 12 之间")]
    assert found["二、人选（2 人）"] == [
        ("陈海澜", "已完成", ""),
        ("黎若川", "进行中", "还差：证件类型、证件号码、出生日期等 5 项"),
    ]
    assert found["材料"] == [("材料", "已完成", "")]


def test_the_summary_speaks_in_words():
    sections = application().summary(COMPLETE, context(attachments=UPLOADED))
    rows = {(section.title, row.label): row for section in sections for row in section.rows}
    assert rows["换届安排", "选举日期"].text == "2026年12月28日"
    assert rows["换届安排", "说明"].text == "未填写"
    assert rows["陈海澜", "证件号码"].text == "990***********0015"
    assert rows["陈海澜", "出生日期"].text == "1968年5月12日"
    assert rows["陈海澜", "拟任法定代表人"].text == "是"
    assert rows["陈海澜", "简历"].lines == ("恒溯冷链，2010年1月1日，16.5",)
    assert rows["材料", "换届方案"].text == "方案.pdf"
    link = rows["陈海澜", "简历"]
    assert (link.page, link.index, link.inner, link.anchor) == ("candidates", 0, "posts", "resume")


def test_the_summary_marks_what_is_internal():
    values = {
        "opinion": "内部意见",
        "decisions": [{"key": "a", "label": "陈海澜", "result": "rejected", "votes": 3, "reason_public": "兼任"}],
    }
    sections = decision().summary(values, context(scope=PEOPLE))
    assert {row.label: row.visibility for section in sections for row in section.rows}["综合意见"] == "internal"
    shown = forms.public_only(sections)
    assert [(section.title, [row.text for row in section.rows]) for section in shown] == [
        ("陈海澜", ["不同意", "3", "兼任"])
    ]
