"""A component that stands for one of another form: taken over with what differs, never in a circle, never without end."""

import json

import pytest

from engine import forms
from engine.forms import FormProblems
from engine.forms.sharing import MOST
from tests.forms.schemas import YES_NO, component, group, read, required, rows, source


def same(kind, name, **rest):
    """A component that takes over `name`; only its type and id are its own."""
    return {
        "type": kind,
        "id": rest.pop("id", "own"),
        "properties": {"same": name, **rest.pop("properties", {})},
        **rest,
    }


ITEMS = rows("items", "补正事项", component("textfield", "problem", "问题", **required(maxLength=20)))
OTHER = source(
    group(
        "g", "意见", component("radio", "agreed", "同意", **required(), **YES_NO), component("textarea", "note", "说明")
    ),
    ITEMS | {"properties": {"min": "1", "itemNoun": "项"}},
    id="other",
)
LIBRARY = {"forms/other.form": OTHER}


def taken(*components, library=LIBRARY, **rest):
    return forms.read(source(*components, **rest), "forms/form.form", library)


def problems(*components, library=LIBRARY):
    with pytest.raises(FormProblems) as caught:
        taken(*components, library=library)
    return [(one.element, one.code, one.message) for one in caught.value.problems]


def test_a_whole_page_is_taken_over_under_a_name_of_its_own():
    page = taken(same("group", "other.g", id="mine", label="复核", components=[])).pages[0]
    assert (page.key, page.title) == ("mine", "复核")
    assert [entry.key for entry in page.fields] == ["agreed", "note"]
    assert page.fields[0].required


def test_a_list_is_taken_over_and_what_is_said_goes_before():
    page = taken(same("dynamiclist", "other.l_items", properties={"min": "2"})).pages[0]
    assert (page.kind, page.key, page.title) == ("list", "items", "补正事项")
    spec = page.list.rows
    assert (spec.min, spec.item_noun) == (2, "项")
    assert [entry.label for inner in page.pages for entry in inner.fields] == ["问题"]


def test_a_field_within_a_group_is_taken_over():
    schema = taken(group("g", "页", same("textarea", "other.c_note", label="理由", **required())))
    assert schema.fields["note"].label == "理由"
    assert schema.fields["note"].required


def test_a_taken_form_reads_as_if_it_were_written_out():
    written = read(group("g", "意见", component("textarea", "note", "说明")))
    short = taken(group("g", "意见", same("textarea", "other.c_note", id="c_note")))
    assert short.fields == written.fields


@pytest.mark.parametrize("name", ["other.none", "none.g", "other", "", "other.g.c_note", "form.g"])
def test_what_is_not_there_is_told(name):
    ((element, code, message),) = problems(group("g", "页", component("textfield", "a", "甲"), same("group", name)))
    assert (element, code) == ("own", "form.same")
    assert "没有找到" in message


def test_another_kind_of_component_is_not_taken():
    (found,) = problems(group("g", "页", same("textfield", "other.c_note", key="note")))
    assert found[1] == "form.same"
    assert "other.c_note”是 textarea，这里是 textfield" in found[2]


def test_nothing_is_taken_from_what_takes_itself():
    chain = source(group("h", "页", same("textarea", "other.c_note")), id="chain")
    for name in ("chain.h", "chain.own"):
        kind = "group" if name == "chain.h" else "textarea"
        library = {**LIBRARY, "forms/chain.form": chain}
        assert any("自己也用 same" in told for _, _, told in problems(same(kind, name, id="mine"), library=library))


def test_a_form_takes_nothing_of_itself():
    own = source(group("g", "页", component("textfield", "a", "甲"), same("textfield", "form.c_a", key="b")))
    with pytest.raises(FormProblems, match=r"没有找到“form\.c_a”"):
        forms.read(own, "forms/form.form", {"forms/form.form": own})


def test_a_library_that_cannot_be_read_is_told_where_it_is_read():
    library = {"forms/broken.form": b"{", "forms/list.form": b"[]", **LIBRARY}
    assert taken(same("group", "other.g"), library=library).pages[0].title == "意见"


def test_many_large_parts_do_not_come_in_by_one_line_each():
    large = source(group("g", "页", *(component("textfield", f"k{n}") for n in range(50))), id="large")
    many = [same("group", "large.g", id=f"g{n}") for n in range(MOST + 1)]
    found = problems(*many, library={"forms/large.form": large})
    assert {code for _, code, _ in found} == {"form.same", "form.count"}
    assert any(f"超过 {MOST} 次" in told for _, _, told in found)


def test_a_slip_of_the_property_is_told():
    slip = component("textfield", "a", "甲", properties={"sames": "other.c_note"})
    assert any(code == "form.property" for _, code, _ in problems(group("g", "页", slip)))


def test_what_is_no_name_is_left_to_the_reader():
    odd = json.loads(source(group("g", "页", component("textfield", "a", "甲", properties={"same": {"x": 1}}))))
    assert forms.read(json.dumps(odd).encode(), "forms/form.form", LIBRARY).fields["a"].label == "甲"
