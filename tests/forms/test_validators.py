from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import forms
from engine.errors import Invalid
from engine.forms.identity import check_character
from tests.thoroughness import examples

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("number", "birth", "gender"),
    [
        ("990000196805120015", date(1968, 5, 12), "男"),
        ("990000195611230019", date(1956, 11, 23), "男"),
        ("990000195611240022", date(1956, 11, 24), "女"),
        ("990000199001010041", date(1990, 1, 1), "女"),
    ],
)
def test_an_identity_number_tells_birth_and_gender(number, birth, gender):
    read = forms.identity_number(number, TODAY)
    assert (read.text, read.birth, read.gender) == (number, birth, gender)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("990000197702290016", "identity.date"),
        ("99000019680512001", "identity.length"),
        ("99000019680512001A", "identity.characters"),
        ("990000196805120016", "identity.check"),
    ],
)
def test_an_identity_number_that_does_not_hold_is_refused(number, code):
    with pytest.raises(Invalid) as refused:
        forms.identity_number(number, TODAY)
    assert refused.value.code == code


def made(body):
    return body + check_character(body)


@pytest.mark.parametrize(
    ("body", "code"), [("99000018991231001", "identity.year"), ("99000020261124001", "identity.future")]
)
def test_an_identity_number_lies_between_1900_and_today(body, code):
    with pytest.raises(Invalid) as refused:
        forms.identity_number(made(body), TODAY)
    assert refused.value.code == code
    assert forms.identity_number(made("99000020261123001"), TODAY).birth == TODAY


def test_full_width_digits_spaces_and_a_small_x_are_mended():
    body = next(made(f"990000196805120{n:02d}") for n in range(100) if made(f"990000196805120{n:02d}").endswith("X"))
    assert forms.identity_number(f" {body[:6]} {body[6:14]} {body[14:].lower()}", TODAY).text == body
    full_width = "".join(chr(ord(digit) + 0xFEE0) for digit in "990000196805120015")
    assert forms.identity_number(full_width, TODAY).text == "990000196805120015"


def test_an_unknown_region_only_warns():
    assert forms.identity_number("990000196805120015", TODAY).warnings
    assert not forms.identity_number(made("46000019680512001"), TODAY).warnings


@examples(40, 200)
@given(
    birth=st.dates(date(1900, 1, 1), TODAY),
    serial=st.integers(0, 999),
    place=st.integers(0, 17),
    other=st.sampled_from("0123456789X"),
)
def test_a_single_replaced_character_is_always_noticed(birth, serial, place, other):
    number = made(f"990000{birth:%Y%m%d}{serial:03d}")
    changed = number[:place] + other + number[place + 1 :]
    if changed == number:
        return
    with pytest.raises(Invalid):
        forms.identity_number(changed, TODAY)


@pytest.mark.parametrize("code", ["51990000MJ000000XN", "51990000500000015J"])
def test_a_credit_code_of_an_association_holds(code):
    assert forms.credit_code(code.lower(), association=True).text == code


def test_a_company_is_no_association():
    assert forms.credit_code("91990000500000015E").text == "91990000500000015E"
    with pytest.raises(Invalid) as refused:
        forms.credit_code("91990000500000015E", association=True)
    assert refused.value.code == "credit.association"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("51990000MJ000000X", "credit.length"),
        ("51990000MJ000000IN", "credit.characters"),
        ("00990000MJ000000XN", "credit.class"),
        ("51990000MJ000000XM", "credit.check"),
    ],
)
def test_a_credit_code_that_does_not_hold_is_refused(text, code):
    with pytest.raises(Invalid) as refused:
        forms.credit_code(text)
    assert refused.value.code == code


@examples(40, 200)
@given(place=st.integers(0, 17), other=st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
def test_a_single_replaced_character_of_a_credit_code_is_always_noticed(place, other):
    code = "51990000MJ000000XN"
    changed = code[:place] + other + code[place + 1 :]
    if changed != code:
        with pytest.raises(Invalid):
            forms.credit_code(changed)


def test_the_organisation_code_inside_only_warns():
    from engine.forms.credit import check_character as outer

    body = "51990000500000016"
    assert forms.credit_code(body + outer(body)).warnings
    assert not forms.credit_code("51990000500000015J").warnings


@pytest.mark.parametrize("text", ["13800000000", " 138 0000 0000 ", "+8613800000000", "１３８００００００００"])
def test_a_mobile_number_is_mended(text):
    assert forms.mobile(text) == "13800000000"


@pytest.mark.parametrize("text", ["12800000000", "1380000000", "138000000000", "abc", ""])
def test_what_is_no_mobile_number_is_refused(text):
    with pytest.raises(Invalid):
        forms.mobile(text)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("陈海澜", "陈海澜"),
        ("𬭚𫟼", "𬭚𫟼"),
        ("阿卜杜拉•买买提", "阿卜杜拉·买买提"),
        ("  欧阳　明 ", "欧阳 明"),
        ("Mary O'Neil-Li", "Mary O'Neil-Li"),
    ],
)
def test_a_name_is_kept_as_it_is_written(typed, name):
    assert forms.person_name(typed) == name


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "name.empty"),
        ("陈" * 51, "name.length"),
        ("陈2", "name.digit"),
        ("陈\u0007海", "name.character"),
        ("陈\ue000", "name.character"),
        ("陈@", "name.character"),
        ("·陈", "name.edge"),
    ],
)
def test_what_is_no_name_is_refused(typed, code):
    with pytest.raises(Invalid) as refused:
        forms.person_name(typed)
    assert refused.value.code == code


def test_clauses_are_separated_by_a_slash():
    assert forms.clause_list("MZ166-4、ZZ11-1") == "MZ166-4/ZZ11-1"
    with pytest.raises(Invalid):
        forms.clause_list("第四条")


@pytest.mark.parametrize(
    ("parts", "part", "message"),
    [
        (("2026", "13", "28"), "month", "月份须在 1 到 12 之间"),
        (("2026", "12", "32"), "day", "日须在 1 到 31 之间"),
        (("2026", "2", "30"), "day", "2026年2月只有 28 天，请核对日期"),
        (("26", "2", "3"), "year", "年份须写 4 位数字，例如 2026"),
        (("2026", "", "3"), "month", "选举日期缺少月份，请补上"),
        (("2026", "腊", "3"), "month", "月份须为数字"),
    ],
)
def test_a_wrong_date_names_its_wrong_part(parts, part, message):
    with pytest.raises(forms.Fault) as fault:
        forms.read_date(dict(zip(("year", "month", "day"), parts, strict=True)), "选举日期")
    assert (fault.value.part, fault.value.message) == (part, message)


def test_a_date_may_be_typed_with_its_words():
    assert forms.read_date({"year": "２０２６年", "month": " 12月", "day": "28日"}, "选举日期") == date(2026, 12, 28)
    assert forms.read_date({"year": "", "month": " "}, "选举日期") is None
