"""The relations of ranges over all small ranges, each beside the formula that DMN 1.5 section 10.3.4.7 gives for it."""

from itertools import combinations, product

import pytest

from engine import feel
from engine.feel import Range
from tests.feel.language import n

POINTS = [n(number) for number in range(1, 5)]
RANGES = [Range(*ends, *closed) for ends in combinations(POINTS, 2) for closed in product((True, False), repeat=2)]


def starts_first(a: Range, b: Range) -> bool:
    """Whether a holds all that b holds, as far as the beginnings go."""
    return a.start < b.start or (a.start == b.start and (a.start_included or not b.start_included))


def ends_last(a: Range, b: Range) -> bool:
    return a.end > b.end or (a.end == b.end and (a.end_included or not b.end_included))


def same_start(a: Range, b: Range) -> bool:
    return (a.start, a.start_included) == (b.start, b.start_included)


def same_end(a: Range, b: Range) -> bool:
    return (a.end, a.end_included) == (b.end, b.end_included)


def reaches(a: Range, b: Range) -> bool:
    """Whether a goes as far as into b."""
    return a.end > b.start or (a.end == b.start and a.end_included and b.start_included)


def before(a: Range, b: Range) -> bool:
    return not reaches(a, b)


def meets(a: Range, b: Range) -> bool:
    return a.end == b.start and a.end_included and b.start_included


def overlaps(a: Range, b: Range) -> bool:
    return reaches(a, b) and reaches(b, a)


def overlaps_before(a: Range, b: Range) -> bool:
    strictly = a.start < b.start or (a.start == b.start and a.start_included and not b.start_included)
    return strictly and reaches(a, b) and ends_last(b, a)


def finishes(a: Range, b: Range) -> bool:
    return same_end(a, b) and starts_first(b, a)


def includes(a: Range, b: Range) -> bool:
    return starts_first(a, b) and ends_last(a, b)


def starts(a: Range, b: Range) -> bool:
    return same_start(a, b) and ends_last(b, a)


def coincides(a: Range, b: Range) -> bool:
    return same_start(a, b) and same_end(a, b)


#: Each relation, its converse, and the formula.
RELATIONS = [
    ("before", "after", before),
    ("meets", "met by", meets),
    ("overlaps", "overlaps", overlaps),
    ("overlaps before", "overlaps after", overlaps_before),
    ("finishes", "finished by", finishes),
    ("includes", "during", includes),
    ("starts", "started by", starts),
    ("coincides", "coincides", coincides),
]


@pytest.mark.parametrize(("name", "converse", "formula"), RELATIONS)
def test_a_relation_of_two_ranges_is_its_formula_and_turns_with_its_converse(name, converse, formula):
    asked = feel.compile_expression(f"[{name}(a, b), {converse}(b, a)]")
    wrong = [
        (a, b) for a in RANGES for b in RANGES if asked.evaluate({"a": a, "b": b}) != [formula(a, b), formula(a, b)]
    ]
    assert wrong == []


def holds(a: Range, p: object) -> bool:
    point = Range(p, p, True, True)
    return starts_first(a, point) and ends_last(a, point)


#: What is asked of a point and a range.
OF_POINTS = [
    ("before(p, r)", lambda r, p: p < r.start or (p == r.start and not r.start_included)),
    ("after(p, r)", lambda r, p: p > r.end or (p == r.end and not r.end_included)),
    ("before(r, p)", lambda r, p: p > r.end or (p == r.end and not r.end_included)),
    ("after(r, p)", lambda r, p: p < r.start or (p == r.start and not r.start_included)),
    ("includes(r, p)", holds),
    ("during(p, r)", holds),
    ("p in r", holds),
    ("starts(p, r)", lambda r, p: p == r.start and r.start_included),
    ("started by(r, p)", lambda r, p: p == r.start and r.start_included),
    ("finishes(p, r)", lambda r, p: p == r.end and r.end_included),
    ("finished by(r, p)", lambda r, p: p == r.end and r.end_included),
]


@pytest.mark.parametrize(("text", "formula"), OF_POINTS)
def test_a_relation_of_a_point_and_a_range_is_its_formula(text, formula):
    asked = feel.compile_expression(text)
    wrong = [(r, p) for r in RANGES for p in POINTS if asked.evaluate({"r": r, "p": p}) is not formula(r, p)]
    assert wrong == []


#: A range with one end: what its other end would decide is not known.
HALF_OPEN = [
    ("before(1, (> 5))", True),
    ("before(5, (> 5))", True),
    ("before(5, (>= 5))", False),
    ("before((< 5), 9)", True),
    ("before((<= 5), [5..6])", False),
    ("after(9, (< 5))", True),
    ("after((> 5), 5)", True),
    ("after((>= 5), [1..5])", False),
    ("meets([1..5], (>= 5))", True),
    ("met by((>= 5), [1..5])", True),
    ("starts(5, (>= 5))", True),
    ("started by((> 5), 5)", False),
    ("finishes(5, (<= 5))", True),
    ("finished by((< 5), 5)", False),
    ("before(1, (< 5))", None),
    ("after(9, (> 5))", None),
    ("includes((< 5), 3)", None),
    ("overlaps((> 5), [1..6])", None),
    ("coincides((> 5), (> 5))", None),
    ("before(1, (= 5))", True),
    ("before(1, (!= 5))", None),
]


@pytest.mark.parametrize(("text", "expected"), HALF_OPEN)
def test_of_a_range_with_one_end_is_known_what_that_end_decides(text, expected):
    assert feel.compile_expression(text).evaluate({}) is expected


#: The examples of the standard for the ways of rounding (table 76), to whole numbers and to two places.
ROUNDED = {
    "round up": ("6", "-6", "1.13", "-1.13"),
    "round down": ("5", "-5", "1.12", "-1.12"),
    "round half up": ("6", "-6", "1.12", "-1.13"),
    "round half down": ("5", "-5", "1.12", "-1.13"),
    "decimal": ("6", "-6", "1.12", "-1.13"),
    "floor": ("5", "-6", "1.12", "-1.13"),
    "ceiling": ("6", "-5", "1.13", "-1.12"),
}


@pytest.mark.parametrize("name", ROUNDED)
def test_each_way_of_rounding_goes_its_way(name):
    texts = [f"{name}({number}, {scale})" for number, scale in (("5.5", 0), ("-5.5", 0), ("1.121", 2), ("-1.126", 2))]
    assert [feel.compile_expression(text).evaluate({}) for text in texts] == [n(text) for text in ROUNDED[name]]
