"""Types: which values are of them, which stand for which, and what is converted unasked (DMN 1.5 section 10.3.2.9)."""

import pytest

from tests.feel.language import value

#: A value of each type, with all the names of the type.
SIMPLE = {
    "1": ("number",),
    '"a"': ("string",),
    "true": ("boolean",),
    '@"2026-01-01"': ("date",),
    '@"10:00:00"': ("time",),
    '@"2026-01-01T10:00:00"': ("date and time", "dateTime"),
    '@"P1D"': ("days and time duration", "dayTimeDuration"),
    '@"P1M"': ("years and months duration", "yearMonthDuration"),
    "[1]": ("list<number>",),
    "{a: 1}": ("context<a: number>",),
    "[1..2]": ("range<number>",),
    "function(x: number) x": ("function<number> -> Any",),
    "null": ("Null",),
}
NAMES = [name for names in SIMPLE.values() for name in names]


@pytest.mark.parametrize("text", SIMPLE)
def test_a_value_is_of_its_type_and_of_no_other(text):
    of = {name for name in NAMES if value(f"({text}) instance of {name}") is True}
    assert of == set(SIMPLE[text])
    assert value(f"({text}) instance of Any") is (text != "null")


#: (value, type, whether it is of it)
MADE = [
    ("[]", "list<number>", True),
    ("[1, null]", "list<number>", True),
    ('[1, "a"]', "list<number>", False),
    ('[1, "a"]', "list<Any>", True),
    ("[[1], [2]]", "list<list<number>>", True),
    ("[[1], 2]", "list<list<number>>", False),
    ("[{a: 1}]", "list<context<a: number>>", True),
    ('{a: 1, b: "x"}', "context<a: number, b: string>", True),
    ('{a: 1, b: "x"}', "context<a: number>", True),
    ('{a: 1, b: "x"}', "context<b: Any>", True),
    ("{a: 1}", "context<a: number, b: string>", False),
    ("{a: null}", "context<a: number>", True),
    ("{}", "context<a: number>", False),
    ("{a: {b: 1}}", "context<a: context<b: number>>", True),
    ("{a: {b: 1}}", "context<a: context<b: string>>", False),
    ('["a".."b"]', "range<string>", True),
    ('["a".."b"]', "range<number>", False),
    ("(> 1)", "range<number>", True),
    ("[1..2]", "range<Any>", True),
    ("function(x: number, y: string) x", "function<number, string> -> Any", True),
    ("function(x: number, y: string) x", "function<number> -> Any", False),
    ("function(x: Any) x", "function<number> -> Any", True),
    ("function(x: number) x", "function<string> -> Any", False),
    ("function() 1", "function<> -> Any", True),
    ("function(f: function<number> -> Any) 1", "function<function<number> -> Any> -> Any", True),
    ("null", "list<number>", False),
    ("null", "Any", False),
]


@pytest.mark.parametrize(("text", "wanted", "expected"), MADE)
def test_a_type_made_of_others_asks_for_all_its_parts(text, wanted, expected):
    assert value(f"({text}) instance of {wanted}") is expected


#: (type of the parameter, argument, what the function sees)
CONVERTED = [
    ("number", "1", "1"),
    ("number", "[1]", "1"),
    ("number", "[[1]]", "null"),
    ("number", "[1, 2]", "null"),
    ("number", "[]", "null"),
    ("number", '"1"', "null"),
    ("number", "null", "null"),
    ("string", '["a"]', '"a"'),
    ("list<number>", "1", "[1]"),
    ("list<number>", "[1]", "[1]"),
    ("list<number>", '"a"', "null"),
    ("list<Any>", "{a: 1}", "[{a: 1}]"),
    ("list<list<number>>", "[1]", "null"),
    ("Any", "[1]", "[1]"),
    ("context<a: number>", "[{a: 1, b: 2}]", "{a: 1, b: 2}"),
    ("context<a: number>", '{a: "x"}', "null"),
    ("date and time", '@"2026-01-01"', '@"2026-01-01T00:00:00Z"'),
    ("date", '@"2026-01-01T00:00:00Z"', "null"),
    ("years and months duration", '@"P1D"', "null"),
    ("function<number> -> Any", "function(x: Any) 7", "7"),
    ("function<number> -> Any", "1", "null"),
    ("range<number>", "[1..2]", "[1..2]"),
]


@pytest.mark.parametrize(("wanted", "given", "seen"), CONVERTED)
def test_an_argument_is_converted_to_the_type_of_its_parameter_or_null(wanted, given, seen):
    body = "x(1)" if wanted.startswith("function") else "x"
    assert value(f"string((function(x: {wanted}) {body})({given}))") == value(f"string({seen})")


#: (call with one value where a list is asked for, or a list of one where a value is; the call it stands for)
ARGUMENTS = [
    ("count(5)", "count([5])"),
    ("list contains(5, 5)", "list contains([5], 5)"),
    ("concatenate(1, [2])", "concatenate([1], [2])"),
    ("append(1, 2)", "append([1], 2)"),
    ("reverse(1)", "reverse([1])"),
    ("flatten(1)", "flatten([1])"),
    ("abs([-1])", "abs(-1)"),
    ('string length(["abc"])', 'string length("abc")'),
    ('contains(["abc"], ["b"])', 'contains("abc", "b")'),
    ("modulo([5], [3])", "modulo(5, 3)"),
    ("sublist([1, 2], [2])", "sublist([1, 2], 2)"),
    ('day of week([@"2026-11-23"])', 'day of week(@"2026-11-23")'),
    ("get entries([{a: 1}])", "get entries({a: 1})"),
    ('abs([@"-P1D"])', '@"P1D"'),
    ("not([true])", "not(true)"),
    ('date(["2026-11-23"])', '@"2026-11-23"'),
    ('duration(["P1D"])', '@"P1D"'),
    ('number(["1"])', "1"),
]


@pytest.mark.parametrize(("call", "same"), ARGUMENTS)
def test_the_arguments_of_built_in_functions_are_converted_too(call, same):
    assert value(call) == value(same)
    assert value(call) is not None
