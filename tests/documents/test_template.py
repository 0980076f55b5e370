"""Templates: what they may say, what they become, and what a hostile one cannot do."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from engine import documents
from engine.documents import ComposeError, Content, TemplateProblems
from engine.documents.wording import type_of
from tests.documents import samples

FRONT = """---
kind = "D99"
form = "notice"
title = "通知书"
issuer = "中共南屿省委社会工作部"
variables = {{ {variables} }}
---
"""
Types = dict[str, str]


def source(body: str, types: Types, inside: bool = True) -> bytes:
    front = FRONT.format(variables=", ".join(f'{name} = "{kind}"' for name, kind in types.items()))
    if inside:
        body = f"<公文><标题>通知书</标题><主送>甲</主送>{body}</公文>"
    return (front + body).encode()


def read(body: str, types: Types | None = None, inside: bool = True) -> documents.Template:
    return documents.read_template(source(body, types or {}, inside=inside), "documents/D99.html")


def composed(body: str, **values: Any) -> Content:
    return read(body, {name: type_of(value) or "text" for name, value in values.items()}).compose(values)


def faults(body: str, inside: bool = True, **types: str) -> list[tuple[int, str]]:
    with pytest.raises(TemplateProblems) as caught:
        read(body, types, inside=inside)
    assert all(problem.message for problem in caught.value.problems)
    return [(problem.line, problem.code) for problem in caught.value.problems]


def codes(body: str, inside: bool = True, **types: str) -> set[str]:
    return {code for _, code in faults(body, inside, **types)}


# What becomes of a template


@pytest.mark.parametrize("kind", samples.KINDS)
def test_the_examples_compose_and_come_back_from_the_store_the_same(kind: str) -> None:
    content = samples.content(kind)
    assert Content.from_dict(content.to_dict()) == content


def test_a_letter_says_who_was_approved_and_nothing_internal() -> None:
    text = samples.content("D06").text()
    assert "同意王䶮、陈静姝、" in text
    assert "等7名同志" in text
    assert "孙立言" not in text
    assert "内部情况" not in text


def test_a_rejection_gives_each_person_a_numbered_paragraph_with_reason_and_clause() -> None:
    lines = samples.content("D07").text().split("\n")
    assert [line[:5] for line in lines if line[0].isdigit()] == ["1.孙立言", "2.周启帆"]
    assert "第十一条" in "".join(lines)


def test_headings_are_numbered_in_order_whatever_was_written_by_hand() -> None:
    body = (
        "<一级>五、甲</一级><二级>乙</二级><二级>丙</二级><一级>丁</一级><二级>戊</二级><三级>己</三级><四级>庚</四级>"
    )
    text = composed(body).text()
    for line in ("一、甲", "（一）乙", "（二）丙", "二、丁", "（一）戊", "1.己", "（1）庚"):
        assert line in text.split("\n")


def test_line_breaks_of_the_file_vanish_and_those_of_a_value_make_paragraphs() -> None:
    content = composed("<段>甲\n      乙{{ x }}</段>", x="丙\n丁\r\n戊")
    assert [block.text for block in content.blocks if isinstance(block, documents.Paragraph)] == ["甲乙丙", "丁", "戊"]


def test_latin_words_keep_their_space_over_a_line_break_of_the_file() -> None:
    assert "Smart Logistics" in composed("<段>Smart\n   Logistics</段>").text()


def test_values_print_as_an_office_writes_them() -> None:
    values = {
        "day": date(2026, 1, 5),
        "moment": datetime(2026, 1, 5, 17, 0, tzinfo=UTC),
        "number": Decimal("12.500"),
        "large": Decimal("1E+3"),
        "yes": True,
        "names": ["甲", "乙"],
        "card": "990101199001011234",
    }
    body = (
        "<段>{{ day }}，{{ moment | 日期 }}，{{ day | 年月 }}，{{ number }}，{{ large }}，{{ yes }}，"
        "{{ names | 顿号 }}，{{ names | 个数 | 中文数字 }}，{{ card | 脱敏 }}</段>"
    )
    wanted = "2026年1月5日，2026年1月6日，2026.01，12.5，1000，是，甲、乙，二，9901************34"
    assert wanted in composed(body, **values).text()


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "〇"),
        (3, "三"),
        (10, "十"),
        (12, "十二"),
        (20, "二十"),
        (105, "一百〇五"),
        (110, "一百一十"),
        (1000, "一千"),
        (2026, "二千〇二十六"),
    ],
)
def test_numbers_in_words(number: int, words: str) -> None:
    assert f"第{words}届" in composed("<段>第{{ n | 中文数字 }}届</段>", n=Decimal(number)).text()


def test_a_table_and_an_attachment_take_their_place() -> None:
    body = (
        '<清单><列 宽="12">序号</列><列 齐="左">事项</列>{% for x in items %}<行><格>{{ loop.index }}</格><格>{{ x }}</格></行>'
        '{% endfor %}</清单><附件 名="甲"/><名单 名="乙"><列>姓名</列><行><格>丙</格></行></名单>'
    )
    content = composed(body, items=["一事", "二事\n另起"])
    table = content.blocks[0]
    assert isinstance(table, documents.Table)
    assert table.rows == (("1", "一事"), ("2", "二事\n另起"))
    assert [attachment.name for attachment in content.attachments] == ["甲", "乙"]
    assert "附件：1.甲\n2.乙" in content.text()


# What a value cannot do


@pytest.mark.parametrize("text", ["</段><名单/>", "<script>", "&amp;", "{{ 7 * 7 }}", "{% for %}", "]]>", '" 题="x'])
def test_a_value_is_only_ever_text(text: str) -> None:
    content = composed('<段>甲{{ x }}乙</段><附件 名="丙{{ x }}"/>', x=text)
    assert f"甲{text}乙" in content.text()
    assert content.attachments[0].name == f"丙{text}"


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\u202e", "\u200b", "\ud800", "\ufeff", "\ue000"])
def test_an_invisible_character_is_refused(character: str) -> None:
    with pytest.raises(ComposeError) as caught:
        composed("<段>{{ x }}</段>", x=f"甲{character}乙")
    assert caught.value.code == "document.character"


def test_a_sealed_personal_number_prints_as_its_mask_and_in_no_other_way() -> None:
    card = {"$personal": "0" * 64, "kind": "id_no", "mask": "990***********0015"}
    assert "甲990***********0015" in composed("<段>甲{{ x | 脱敏 }}</段>", x=card).text()
    with pytest.raises(ComposeError):
        composed("<段>{{ x }}</段>", x=card)


def test_internal_members_are_not_handed_over() -> None:
    with pytest.raises(ComposeError):
        composed("<段>{% for p in people %}{{ p }}{% endfor %}</段>", people=[{"a_internal": "机密"}])
    assert "机密" not in composed("<段>{{ people | 个数 }}</段>", people=[{"a_internal": "机密"}]).text()


# Values that do not fit


@pytest.mark.parametrize(
    ("body", "values", "words"),
    [
        ("<段>{{ x.y }}</段>", {"x": {}}, "没有给出“y”"),
        ("<段>{{ x }}</段>", {"x": None}, "空"),
        ("<段>{{ x }}</段>", {"x": [1]}, "列表"),
        ("<段>{{ x.y | 日期 }}</段>", {"x": {"y": "昨天"}}, "日期"),
        ("<段>{% for y in x.z %}{{ y }}{% endfor %}</段>", {"x": {"z": "甲乙"}}, "列表"),
        ("<段>{{ x > 3 }}</段>", {"x": "甲"}, "类型"),
        ("<段>{{ x }}</段>", {"x": object()}, "其他类型"),
        ("<段>{% if x.a %}甲{% endif %}</段>", {"x": {}}, "没有给出“a”"),
        ("<主送>再来一个</主送>", {}, "只能有一个"),
        ("<清单><列>甲</列><行><格>一</格><格>二</格></行></清单>", {}, "表头有 1 列"),
        ('<清单><列 宽="100">甲</列><列 宽="100">乙</列></清单>', {}, "156"),
        ("<段>{{ x }}</段>", {"x": "长" * 5000}, "最多 4000 字"),
    ],
)
def test_a_value_that_does_not_fit_is_told_in_words(body: str, values: dict[str, Any], words: str) -> None:
    with pytest.raises(ComposeError) as caught:
        composed(body, **values)
    assert words in caught.value.message


def test_a_missing_value_is_told_with_the_line_of_the_template() -> None:
    with pytest.raises(ComposeError, match="第 10 行"):
        read("<段>甲</段>\n<段>乙</段>\n<段>{{ x }}</段>", {"x": "text"}).compose({})


# Faults of a template, each at its line


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("<表格/>", "template.unknown-element"),
        ("<段 style='x'>甲</段>", "template.attribute"),
        ("<段><清单/></段>", "template.misplaced"),
        ("<清单>甲</清单>", "template.text"),
        ("<附件/>", "template.attribute"),
        ('<清单><列 宽="很宽">甲</列></清单>', "template.attribute"),
        ('<清单><列 齐="右">甲</列></清单>', "template.attribute"),
        ("<段>甲", "template.xml"),
        ("<段>{% if x %}</段>{% endif %}", "template.crossing"),
        ("{% if x %}<段>{% else %}<段>{% endif %}甲</段>", "template.xml"),
        ("<段>{{ y }}</段>", "template.undeclared-variable"),
        ("<段>{{ x.health_internal }}</段>", "template.internal"),
        ("<段>{{ x['health_internal'] }}</段>", "template.internal"),
        ("<段>{{ x | upper }}</段>", "template.filter"),
        ("<段>{% if x is mapping %}甲{% endif %}</段>", "template.test"),
        ("<段>{{ x }</段>", "template.jinja"),
        ("<!-- 注 -->", "template.declaration"),
        ("<?php 甲 ?>", "template.declaration"),
        ("<![CDATA[甲]]>", "template.declaration"),
    ],
)
def test_a_fault_is_found_before_the_template_is_used(body: str, code: str) -> None:
    found = faults("\n\n" + body, x="context")
    assert code in {one for _, one in found}
    assert all(line >= 10 for line, one in found if one == code)


def test_every_fault_is_reported_at_once_with_its_line() -> None:
    found = faults("<表格/>\n<段>{{ y }}</段>\n<段 宽='1'>甲</段>")
    assert found == [(8, "template.unknown-element"), (9, "template.undeclared-variable"), (10, "template.attribute")]


def test_an_element_that_the_form_needs_must_be_there() -> None:
    assert "template.required" in codes("<公文><标题>甲</标题></公文>", inside=False)


@pytest.mark.parametrize(
    "front",
    [
        b"",
        b"---\nkind = \n---\n<x/>",
        b'---\nkind = "D1"\n---\n<x/>',
        b'---\nkind = "D1"\nform = "poster"\ntitle = "x"\nvariables = {}\n---\n<x/>',
        b'---\nkind = "D1"\nform = "slip"\ntitle = "x"\nvariables = { a_internal = "text" }\n---\n<x/>',
        b'---\nkind = "D1"\nform = "slip"\ntitle = "x"\nvariables = {}\nextra = 1\n---\n<x/>',
        b"\xff\xfe",
        b"---\n" + b"x" * 70_000,
    ],
)
def test_a_wrong_front_matter_is_a_problem_not_a_crash(front: bytes) -> None:
    with pytest.raises(TemplateProblems):
        documents.read_template(front, "documents/D1.html")


# What the package says already


HEAD = documents.Head("D99", "notice", "通知书", "中共南屿省委社会工作部", {"case": "context", "items": "list"})
BODY = "<公文><标题>通知书</标题><主送>甲</主送><段>{{ case.number }}</段></公文>"


def test_a_template_says_nothing_that_the_package_says() -> None:
    template = documents.read_template(BODY.encode(), "documents/D99.html", HEAD)
    assert (template.kind, template.form, template.title, template.issuer) == ("D99", "notice", "通知书", HEAD.issuer)
    assert template.types == {"case": "context"}
    assert "CX-1" in template.compose({"case": {"number": "CX-1"}}).text()


def test_what_a_template_says_itself_goes_before() -> None:
    said = '---\nform = "letter"\nissuer = "南屿省民政厅"\nvariables = { case = "context", x = "text" }\n---\n'
    template = documents.read_template((said + BODY.replace("甲", "{{ x }}")).encode(), "documents/D99.html", HEAD)
    assert (template.form, template.issuer, template.kind) == ("letter", "南屿省民政厅", "D99")
    assert template.types == {"case": "context", "x": "text"}


def test_what_neither_says_is_a_fault() -> None:
    with pytest.raises(TemplateProblems, match="变量 other 没有在开头的 variables 里列出"):
        documents.read_template(BODY.replace("case.number", "other").encode(), "documents/D99.html", HEAD)
    with pytest.raises(TemplateProblems, match="开头应当是两行"):
        documents.read_template(BODY.encode(), "documents/D99.html")
    with pytest.raises(TemplateProblems, match="开头应当是两行"):
        documents.read_template(f"---\n{BODY}".encode(), "documents/D99.html", HEAD)


# What a template may quote


@pytest.mark.parametrize(
    ("body", "types"),
    [
        ("<段>{{ x.y }}</段>", {"x": "text"}),
        ("<段>{{ x | 日期 }}</段>", {"x": "text"}),
        ("<段>{{ x | 顿号 }}</段>", {"x": "context"}),
        ("<段>{% for y in x %}{{ y }}{% endfor %}</段>", {"x": "date"}),
    ],
)
def test_a_variable_used_as_another_type_is_a_fault(body: str, types: Types) -> None:
    assert codes(body, **types) == {"template.type"}


@pytest.mark.parametrize(
    ("kind", "value"),
    [("text", 1), ("number", True), ("date", datetime(2026, 1, 5, tzinfo=UTC)), ("list", "甲"), ("context", [])],
)
def test_a_value_of_another_type_than_declared_is_told_by_name(kind: str, value: Any) -> None:
    with pytest.raises(ComposeError, match="变量 x 应当是") as caught:
        read("<段>甲</段>", {"x": kind}).compose({"x": value})
    assert caught.value.code == "document.type"


@pytest.mark.parametrize(
    ("contact", "printed"),
    [
        ({"name": "林予安", "telephone": "0990-55501268"}, "联系人：林予安，电话：0990-55501268"),
        ({"name": "林予安", "telephone": None}, "联系人：林予安"),
        ({"name": "林予安"}, "联系人：林予安"),
    ],
)
def test_whom_to_ask_is_one_line(contact: dict[str, Any], printed: str) -> None:
    assert composed("<联系>{{ x | 联系人 }}</联系>", x=contact).contact == (printed,)


def test_whom_to_ask_needs_a_name() -> None:
    with pytest.raises(ComposeError, match="“联系人”只用于有 name 的上下文"):
        composed("<联系>{{ x | 联系人 }}</联系>", x={"telephone": "0990-55501268"})


def publicity(body: str, variables: str) -> bytes:
    front = FRONT.replace('form = "notice"', 'form = "notice"\naudience = "public"').format(variables=variables)
    return f"{front}<公文><标题>公示</标题>{body}</公文>".encode()


def test_a_publicity_notice_needs_no_addressee() -> None:
    template = documents.read_template(publicity("<段>甲</段>", ""), "documents/D08.html")
    assert template.compose({}).to == ""


@pytest.mark.parametrize(
    "body",
    [
        "<段>{% for p in items %}{{ p.id_no }}{% endfor %}</段>",
        "<段>{% for p in items %}{{ p['mobile'] }}{% endfor %}</段>",
        '<段>{{ items | 顿号("address") }}</段>',
        "<段>{{ items[0].findings }}</段>",
        "<段>{{ case.reporter }}</段>",
        "<段>{% for p in items if p.id_no %}甲{% endfor %}</段>",
        "<段>{% for p in items %}{{ p | 联系人 }}{% endfor %}</段>",
    ],
)
def test_a_publicity_notice_quotes_nothing_that_is_not_public(body: str) -> None:
    with pytest.raises(TemplateProblems) as caught:
        documents.read_template(publicity(body, 'items = "list", case = "context"'), "documents/D08.html")
    assert [problem.code for problem in caught.value.problems] == ["template.not-public"]


def test_a_publicity_notice_has_no_variables_of_its_own() -> None:
    with pytest.raises(TemplateProblems, match="objector"):
        documents.read_template(publicity("<段>甲</段>", 'objector = "text"'), "documents/D08.html")


@pytest.mark.parametrize("body", ["<段>可以申请行政复议。</段>", "<段>{{ '向法院提起诉讼' }}</段>"])
def test_a_party_organ_offers_neither_appeal_nor_lawsuit(body: str) -> None:
    assert codes(body) == {"template.remedy"}
    civil = source(body, {}).replace("中共南屿省委社会工作部".encode(), "南屿省民政厅".encode())
    assert documents.read_template(civil, "documents/D99.html").kind == "D99"


def test_a_reason_may_speak_of_a_lawsuit() -> None:
    assert "诉讼" in composed("<段>{{ x }}</段>", x="所在企业涉及未决诉讼").text()


def test_no_template_of_the_repository_reads_an_internal_field_or_offers_an_appeal() -> None:
    """Reading each refuses both."""
    assert [samples.template(kind).kind for kind in samples.KINDS] == samples.KINDS


def test_names_of_people_are_kept_whole_and_others_are_not() -> None:
    people = [{"name": "王䶮", "mobile": "13900000000"}, {"name": "阿依古丽·买买提"}, {"name": "没有印出的人"}]
    content = composed('<段>{{ x | 顿号("name") }}</段>', x=[*people[:2], {"name": "南屿省现代物流业协会"}])
    assert content.whole == ("王䶮", "阿依古丽·买买提")


# Forms


@pytest.mark.parametrize(
    ("form", "element"),
    [
        ("notice", "<签发人>甲</签发人>"),
        ("letter", "<出席>甲</出席>"),
        ("notice", '<意见 名="甲"/>'),
        ("letter", "<等级>黄</等级>"),
    ],
)
def test_an_element_of_another_form_is_misplaced(form: str, element: str) -> None:
    data = source(element, {}).replace(b'form = "notice"', f'form = "{form}"'.encode())
    with pytest.raises(TemplateProblems) as caught:
        documents.read_template(data, "documents/D99.html")
    assert [problem.code for problem in caught.value.problems] == ["template.misplaced"]


@pytest.mark.parametrize("element", ["<份号>12</份号>", "<紧急程度>火急</紧急程度>"])
def test_a_head_that_no_document_has_is_refused(element: str) -> None:
    data = source(element, {}).replace(b'form = "notice"', b'form = "document"')
    with pytest.raises(ComposeError):
        documents.read_template(data, "documents/D99.html").compose({})


# Hostile templates


@pytest.mark.parametrize(
    "body",
    [
        "<段>{{ x.__class__ }}</段>",
        "<段>{{ x['__class__'] }}</段>",
        "<段>{{ x.items() }}</段>",
        "<段>{{ x() }}</段>",
        "<段>{{ 'a' * 1000000000 }}</段>",
        "<段>{{ 10 ** 100000 }}</段>",
        "<段>{{ '%99999999d' % 1 }}</段>",
        "<段>{{ x ~ x }}</段>",
        "<段>{{ range(10) }}</段>",
        "<段>{% for i in range(10) %}{% endfor %}</段>",
        "{% include 'secret' %}",
        "{% import 'x' as y %}",
        "{% from 'x' import y %}",
        "{% extends 'x' %}",
        "{% block x %}{% endblock %}",
        "{% macro f() %}{% endmacro %}",
        "{% set y = x %}",
        "{% with y = x %}{% endwith %}",
        "{% filter upper %}{% endfilter %}",
        "{% for a in x recursive %}{{ loop(a) }}{% endfor %}",
        "{% autoescape false %}{{ x }}{% endautoescape %}",
        "<段>{{ x | safe }}</段>",
        "<段>{{ x | attr('y') }}</段>",
        "<段>{{ self }}</段>",
        "<段>{{ config }}</段>",
        "<段>{{ lipsum }}</段>",
        "<段>{{ " + "(" * 3000 + "x" + ")" * 3000 + " }}</段>",
        "<段>{{ " + "9" * 5000 + " }}</段>",
        "{% for a in x %}" * 30 + "{% endfor %}" * 30,
        "<段>" * 5000,
    ],
)
def test_a_hostile_template_is_refused_when_it_is_read(body: str) -> None:
    assert codes(body, x="context") - {"template.type"}


def test_a_document_type_cannot_bring_in_files_or_entities() -> None:
    body = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><公文><标题>&e;</标题><主送>甲</主送></公文>'
    assert codes(body, inside=False) == {"template.declaration"}


def test_an_undefined_entity_is_a_fault() -> None:
    assert "template.xml" in codes("<段>&nbsp;</段>")


def test_python_is_out_of_reach_of_keys() -> None:
    for key in ("items", "keys", "mro", "append"):
        with pytest.raises(ComposeError):
            composed(f"<段>{{{{ x.{key} }}}}</段>", x={})
    with pytest.raises(ComposeError):
        composed("<段>{{ ''.join }}</段>")


def test_nested_loops_end_at_the_budget() -> None:
    body = "<段>" + "{% for a in x %}" * 4 + "{% endfor %}" * 4 + "</段>"
    with pytest.raises(ComposeError) as caught:
        composed(body, x=[0] * 200)
    assert caught.value.code == "document.limit"


def test_the_result_has_a_largest_size() -> None:
    body = "<段>{% for a in x %}{{ y }}{% endfor %}</段>"
    with pytest.raises(ComposeError, match="KiB"):
        composed(body, x=[0] * 2000, y="长" * 1000)
