"""Laws of the logic with null, and of comparison, over generated expressions."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from engine import feel
from tests.feel.language import value

SETTINGS = settings(derandomize=True, max_examples=150, deadline=None)
TRUTH = st.sampled_from([True, False, None])
LEAVES = {"t": True, "f": False, "u": None, "true": True, "false": False, "null": None}
TEXTS = st.recursive(
    st.sampled_from(sorted(LEAVES)),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda parts: f"({' '.join(parts)})"),
        inner.map(lambda text: f"not({text})"),
        st.lists(inner, min_size=2, max_size=4).map(" and ".join).map(lambda text: f"({text})"),
        st.lists(inner, min_size=2, max_size=4).map(" or ".join).map(lambda text: f"({text})"),
    ),
    max_leaves=12,
)
RANK = {False: 0, None: 1, True: 2}


def truth(text: str, **scope: object) -> bool | None:
    found = value(text, scope={**LEAVES, **scope})
    assert found is None or isinstance(found, bool)
    return found


@SETTINGS
@given(TRUTH, TRUTH)
def test_and_is_the_lesser_and_or_the_greater_of_false_null_true(a, b):
    assert RANK[truth("a and b", a=a, b=b)] == min(RANK[a], RANK[b])
    assert RANK[truth("a or b", a=a, b=b)] == max(RANK[a], RANK[b])


@SETTINGS
@given(TEXTS, TEXTS)
def test_de_morgan_holds(left, right):
    assert truth(f"not({left} and {right})") is truth(f"not({left}) or not({right})")
    assert truth(f"not(not({left}))") is truth(left)


@SETTINGS
@given(st.lists(TRUTH, min_size=2, max_size=6))
def test_chains_quantifiers_and_functions_agree(values):
    names = {f"v{index}": one for index, one in enumerate(values)}
    for word, quantifier, function in (("and", "every", "all"), ("or", "some", "any")):
        chain = truth(f" {word} ".join(names), **names)
        assert chain is truth(f"{quantifier} v in vs satisfies v", vs=values)
        assert chain is truth(f"{function}(vs)", vs=values)


NUMBERS = st.one_of(st.none(), st.integers(-5, 5), st.decimals(-5, 5, places=2))


@SETTINGS
@given(NUMBERS, NUMBERS, NUMBERS)
def test_between_in_and_comparison_agree(x, low, high):
    scope = {"x": x, "low": low, "high": high}
    by_comparison = value("x >= low and x <= high", scope=scope)
    assert value("x between low and high", scope=scope) is by_comparison
    if low is not None and high is not None and low <= high:
        assert value("x in [low..high]", scope=scope) is by_comparison
        assert feel.compile_unary_tests("[low..high]").matches(x, scope) is by_comparison
        assert feel.compile_unary_tests("not([low..high])").matches(x, scope) is value("not(b)", b=by_comparison)


@SETTINGS
@given(NUMBERS, NUMBERS)
def test_the_six_comparisons_fit_each_other(a, b):
    scope = {"a": a, "b": b}
    less, equal, greater = (value(f"a {sign} b", scope=scope) for sign in ("<", "=", ">"))
    if a is None or b is None:
        assert (less, greater) == (None, None)
        assert equal is (a is b)
    else:
        assert [less, equal, greater].count(True) == 1
    assert value("a != b", scope=scope) is (not equal)
    assert value("a <= b", scope=scope) is value(
        "less or (equal and known)", less=less, equal=equal, known=less is not None or None
    )


@SETTINGS
@given(st.integers(-(10**20), 10**20), st.integers(-(10**20), 10**20))
def test_whole_numbers_are_exact(a, b):
    for sign, expected in (("+", a + b), ("-", a - b)):
        assert value(f"a {sign} b", a=a, b=b) == Decimal(expected)


@SETTINGS
@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text):
    for compile_text in (feel.compile_expression, feel.compile_unary_tests):
        try:
            compile_text(text)
        except feel.FeelSyntaxError as error:
            assert 0 <= error.position <= len(text)


@SETTINGS
@given(st.text(max_size=30))
def test_a_string_literal_stands_for_its_text(text):
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    assert value(f'"{escaped}"') == text
