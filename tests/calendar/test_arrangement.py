"""Files of days off and make-up days: what is read, and how each fault of one is told."""

from datetime import date

import pytest

from engine.calendar import ArrangementProblems, Day, read_arrangement

SOURCE = "国办发明电〔2026〕7号"
TOML = f"""\
year = 2027
source = "{SOURCE}"

[[off]]
name = "元旦"
from = 2026-12-31
to = 2027-01-02

[[work]]
name = "元旦调休上班"
from = 2027-01-03
"""
CSV = f"""\
日期,类别,名称,文号
2026-12-31,休,元旦,{SOURCE}
2027-01-01,休,元旦,{SOURCE}
2027-01-02,休,元旦,{SOURCE}

2027-01-03,班,元旦调休上班,{SOURCE}
"""
DAYS = {
    date(2026, 12, 31): Day(working=False, note="元旦"),
    date(2027, 1, 1): Day(working=False, note="元旦"),
    date(2027, 1, 2): Day(working=False, note="元旦"),
    date(2027, 1, 3): Day(working=True, note="元旦调休上班"),
}


@pytest.mark.parametrize(("text", "name"), [(TOML, "2027.toml"), (CSV, "2027.csv"), ("\ufeff" + CSV, "2027.CSV")])
def test_both_forms_say_the_same(text: str, name: str) -> None:
    read = read_arrangement(text.encode(), name)
    assert (read.year, read.source, dict(read.days)) == (2027, SOURCE, DAYS)


def told(text: str | bytes, name: str) -> list[str]:
    with pytest.raises(ArrangementProblems) as caught:
        read_arrangement(text if isinstance(text, bytes) else text.encode(), name)
    return [str(finding) for finding in caught.value.findings]


@pytest.mark.parametrize(
    ("old", "new", "place", "code"),
    [
        ("year = 2027", 'year = "2027"', "year", "calendar.year"),
        ("year = 2027", "year = 2028", "2026-12-31", "calendar.year"),
        (f'source = "{SOURCE}"', "", "source", "calendar.source"),
        ("[[off]]", "[off]", "off", "calendar.entry"),
        ("[[off]]", "[[of]]", "of", "calendar.unknown"),
        ("from = 2026-12-31", 'from = "2026-12-31"', "第 1 个 [[off]]", "calendar.date"),
        ("to = 2027-01-02", "to = 2026-12-30", "第 1 个 [[off]]", "calendar.span"),
        ("to = 2027-01-02", "until = 2027-01-02", "第 1 个 [[off]]", "calendar.unknown"),
        ("from = 2027-01-03", "from = 2027-01-04", "第 1 个 [[work]]", "calendar.weekday"),
        ("from = 2027-01-03", "from = 2027-01-02", "第 1 个 [[work]]", "calendar.twice"),
        ('name = "元旦"', 'name = ""', "第 1 个 [[off]]", "calendar.name"),
        ("year = 2027", "year = [", "-", "calendar.syntax"),
    ],
)
def test_a_fault_of_toml_is_told_with_its_entry(old: str, new: str, place: str, code: str) -> None:
    assert old in TOML
    found = told(TOML.replace(old, new, 1), "2027.toml")
    assert any(line.startswith(f"2027.toml: {place}: {code}: ") for line in found), found


@pytest.mark.parametrize(
    ("old", "new", "place", "code"),
    [
        ("日期,类别", "天,类别", "第 1 行", "calendar.heading"),
        ("2027-01-01,休", "2027-13-01,休", "第 3 行", "calendar.date"),
        ("2027-01-01,休", "2027-01-01,假", "第 3 行", "calendar.kind"),
        ("2027-01-01,休", "2026-12-31,休", "第 3 行", "calendar.twice"),
        ("2027-01-01,休,", "2027-01-01,休,,", "第 3 行", "calendar.cells"),
        (f"2027-01-02,休,元旦,{SOURCE}", "2027-01-02,休,元旦,另一个", "第 4 行", "calendar.source"),
        ("2027-01-03,班", "2027-01-04,班", "第 6 行", "calendar.weekday"),
    ],
)
def test_a_fault_of_csv_is_told_with_its_line(old: str, new: str, place: str, code: str) -> None:
    assert old in CSV
    found = told(CSV.replace(old, new, 1), "2027.csv")
    assert any(line.startswith(f"2027.csv: {place}: {code}: ") for line in found), found


def test_every_fault_is_told_at_once() -> None:
    text = CSV.replace("2026-12-31,休", "x,休").replace("2027-01-01,休", "2027-01-01,y")
    assert [line.split(": ")[1] for line in told(text, "a.csv")] == ["第 2 行", "第 3 行"]


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"\0" * 20, bytes(range(256)), b"a" * 2_000_000, CSV[:12].encode()])
@pytest.mark.parametrize("name", ["x.toml", "x.csv"])
def test_what_is_no_arrangement_is_refused_with_a_sentence(data: bytes, name: str) -> None:
    assert told(data, name)
