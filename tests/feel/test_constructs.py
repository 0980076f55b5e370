"""Paths, filters, loops, conditions, functions and types."""

import datetime as dt

import pytest

from engine import feel
from tests.feel.language import date, n, numbers, value

PEOPLE = [
    {"name": "甲", "age": 71, "posts": [{"title": "会长"}]},
    {"name": "乙", "age": 40, "posts": []},
    {"name": "丙", "age": None, "posts": [{"title": "秘书长"}, {"title": "理事"}]},
]

CASES = [
    # paths
    ("people.name", ["甲", "乙", "丙"]),
    ("people[1].name", "甲"),
    ("people[-1].name", "丙"),
    ("people[4]", None),
    ("people[0]", None),
    ("{a: {b: 1}}.a.b", n(1)),
    ("null.a", None),
    ('@"2026-11-23".year', n(2026)),
    ('@"2026-11-23".weekday', n(1)),
    ('@"2026-11-23T10:20:30".minute', n(20)),
    ('@"2026-11-23T10:20:30+08:00".time offset', dt.timedelta(hours=8)),
    ('@"10:20:30@Asia/Shanghai".timezone', "Asia/Shanghai"),
    ('@"P1Y6M".months', n(6)),
    ('@"-P1DT2H".hours', n(-2)),
    ("[1..5).end included", False),
    ("(> 5).start", n(5)),
    ('"text".length', None),
    # filters
    ("people[age > 60].name", ["甲"]),
    ('people[item.name = "乙"].age', numbers(40)),
    ("people[age > limit].name", ["甲"]),
    ('people[some p in posts satisfies p.title = "会长"].name', ["甲"]),
    ("people[count(posts) = 0].name", ["乙"]),
    ("people[true]", [{**p, "age": n(p["age"]) if p["age"] else None} for p in PEOPLE]),
    ("[1, 2, 3][item > 1]", numbers(2, 3)),
    ("[1, 2, 3][-1]", n(3)),
    ("[1, 2, 3][index]", n(2)),
    ("[][index]", None),
    ("[][item > 1]", []),
    ("5[item > 1]", numbers(5)),
    ("null[true]", None),
    ("null[item > 1]", None),
    ('[1, 2]["a"]', None),
    ("[{item: 1}, {item: 5}][item > 2]", [{"item": n(5)}]),
    ("[[1, 2], [3]][count(item) = 1]", [numbers(3)]),
    ("people[posts[title = name] != []].name", []),
    # loops
    ("for i in 1..3 return i * i", numbers(1, 4, 9)),
    ("for i in 3..1 return i", numbers(3, 2, 1)),
    ("for i in [1..3) return i", numbers(1, 2)),
    ("for x in [1, 2], y in [x, 10] return x * y", numbers(1, 10, 4, 20)),
    ("for i in 1..5 return if i < 3 then 1 else partial[-1] + partial[-2]", numbers(1, 1, 2, 3, 5)),
    ('for d in @"2026-02-27"..@"2026-03-01" return d.day', numbers(27, 28, 1)),
    ('for d in @"2026-02-27T00:00:00"..@"2026-03-01T00:00:00" return d', None),
    ("for i in null return i", None),
    ("for i in [] return i", []),
    ("for i in 7 return i", numbers(7)),
    ("count(for a in 1..3, b in 1..a return {a: a, b: b})", n(6)),
    ("some x in [1, 5] satisfies x > 3", True),
    ("every x in [1, 5] satisfies x > 3", False),
    ("some x in [] satisfies true", False),
    ("every x in [] satisfies false", True),
    ("some x in [1, null] satisfies x > 3", None),
    ("some x in [null, 5] satisfies x > 3", True),
    ("every x in [5, null] satisfies x > 3", None),
    ("every x in [1, null] satisfies x > 3", False),
    ("some x in [1, 2], y in [2, 3] satisfies x = y", True),
    ("every x in null satisfies x", None),
    # conditions
    ('if 1 > 2 then "a" else if 2 > 1 then "b" else "c"', "b"),
    ('if null then "a" else "b"', "b"),
    ('if 1 then "a" else "b"', "b"),
    ("if true then 1 else 2 + 3", n(1)),
    # contexts
    ("{a: 1, b: a + 1, c: {d: b + a}}.c.d", n(3)),
    ("{a: 1, a: 2}", None),
    # functions
    ("(function(x, y) x + y)(1, 2)", n(3)),
    ("{add: function(x: number, y: number) x + y, r: add(y: 1, x: 2)}.r", n(3)),
    ('{f: function(x: number) x, r: f("a")}.r', None),
    ("{f: function(x: number) x, r: f([7])}.r", n(7)),
    ("{f: function(x) x, r: f(1, 2)}.r", None),
    ("{f: function(x) x, r: f(z: 2)}.r", None),
    ("{fac: function(n) if n < 2 then 1 else n * fac(n - 1), r: fac(20)}.r", n(2432902008176640000)),
    ("{fs: for i in 1..3 return function() i * 10, r: fs[2]()}.r", n(20)),
    ("{make: function(a) function(b) a - b, r: make(10)(4)}.r", n(6)),
    ("5(1)", None),
    ("unknown(1)", None),
    ("double(21)", n(42)),
    ("double(n: 4)", n(8)),
    ("fails(1)", None),
    # types
    ("1 instance of number", True),
    ('"a" instance of number', False),
    ("null instance of number", False),
    ("null instance of Null", True),
    ("1 instance of Any", True),
    ("[1, 2] instance of list<number>", True),
    ('[1, "a"] instance of list<number>', False),
    ("{a: 1} instance of context<a: number>", True),
    ("{a: 1} instance of context<b: number>", False),
    ('@"P1D" instance of days and time duration', True),
    ('@"P1D" instance of years and months duration', False),
    ("[1..2] instance of range<number>", True),
    ("(function(a: number) a) instance of function<number> -> number", True),
    ("(function(a: Any) a) instance of function<number> -> Any", True),
    ("(function(a: number) a) instance of function<Any> -> Any", False),
    ("(function(a: list<Any>) a) instance of function<list<number>> -> Any", True),
    ("(function(a: context<k: number>) a) instance of function<context<k: number, l: string>> -> Any", True),
    ("(function(a: context<k: number>) a) instance of function<context<l: string>> -> Any", False),
    ('(function(a: date and time) string(a))(@"2026-11-23")', "2026-11-23T00:00:00Z"),
    ("sum instance of function<list> -> number", None),
    ("1 instance of Unheard", None),
    ("-1 instance of number", None),
]


def fail(_: object) -> None:
    raise ValueError("没有这一年的日历")


SCOPE = {
    "people": PEOPLE,
    "limit": 50,
    "index": 2,
    "double": feel.Function(("n",), lambda given: given * 2),
    "fails": feel.Function(("n",), fail),
}


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_a_construct_has_its_value(text, expected):
    assert value(text, scope=SCOPE) == expected


def test_entries_of_the_filtered_element_come_before_variables_of_the_same_name():
    assert value("people[age = 40].name", scope={**SCOPE, "age": 71}) == ["乙"]


def test_locals_come_before_entries_of_the_element():
    assert value("people[some age in [40] satisfies age = 40].name", scope=SCOPE) == ["甲", "乙", "丙"]


def test_a_function_that_left_its_evaluation_keeps_the_scope_it_was_made_in():
    add = value("function(x) x + base", base=100)
    assert value("f(1)", f=add, base=5) == n(101)


def test_the_scope_may_be_any_mapping():
    from collections import ChainMap
    from types import MappingProxyType

    scope = ChainMap({"a": 1}, MappingProxyType({"b": 2}))
    assert value("a + b", scope=scope) == n(3)


def test_the_scope_is_not_changed():
    given = {"xs": [3, 1, 2], "c": {"k": [1]}}
    value('{a: append(xs, 4), b: sort(xs), d: context put(c, "k", 2), e: concatenate(c.k, xs)}', scope=given)
    assert given == {"xs": [3, 1, 2], "c": {"k": [1]}}


def test_an_error_of_an_extension_function_is_not_hidden():
    class Broken(Exception):
        pass

    def call() -> None:
        raise Broken

    with pytest.raises(Broken):
        value("f()", f=feel.Function((), call))


def test_dates_of_the_scope_that_are_of_a_subclass_are_dates():
    class Day(dt.date):
        pass

    assert value("d.year", d=Day(2026, 1, 1)) == n(2026)
    assert type(value("d", d=Day(2026, 1, 1))) is dt.date
    assert value("d", d=Day(2026, 1, 1)) == date("2026-01-01")
