from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.feel import MonthsDuration
from engine.store.values import decode, encode

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
ZONES = OFFSETS | st.sampled_from([UTC, SHANGHAI, ZoneInfo("Europe/Berlin")])
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    TEXT,
    st.integers(-(10**40), 10**40),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.dates(),
    st.datetimes(),
    st.datetimes(timezones=ZONES, allow_imaginary=True),
    st.times(),
    st.times(timezones=OFFSETS),
    st.timedeltas(),
    st.integers(-(10**6), 10**6).map(MonthsDuration),
)
KEYS = TEXT | st.sampled_from(["$", "v", "z", "f"])
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4))


def shape(value: Any) -> Any:
    """A value with everything that `==` overlooks: types, digits after the point, zones, folds."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool):
        value = Decimal(value)
    if isinstance(value, datetime):
        return (
            value.replace(tzinfo=None),
            str(value.tzinfo or ""),
            value.utcoffset(),
            value.fold if value.tzinfo else 0,
        )
    if isinstance(value, time):
        return (value.replace(tzinfo=None), str(value.tzinfo or ""))
    if isinstance(value, Decimal):
        return (Decimal, str(value + 0 if value == 0 and not value.as_tuple().exponent else value))
    return (type(value), value)


@given(value=VALUES)
@example(value=datetime(1986, 5, 4, 2, 30, tzinfo=SHANGHAI))  # an hour that summer time left out
@example(value=datetime(1986, 9, 14, 1, 30, tzinfo=SHANGHAI, fold=1))  # an hour that came twice
@example(value=datetime(1, 1, 1, tzinfo=SHANGHAI))
@example(value=time(9, 0, tzinfo=SHANGHAI))
@example(value={"$": "d", "v": "2026-11-23"})  # looks like a tag
@example(value=[Decimal("1.50"), Decimal("1E+3"), Decimal("-0"), 2**53, -(2**53) + 1])
def test_a_value_comes_back_as_it_was(value: Any) -> None:
    assert shape(decode(encode(value))) == shape(value)


@given(value=VALUES)
def test_text_is_canonical(value: Any) -> None:
    assert encode(decode(encode(value))) == encode(value)


@given(items=st.dictionaries(KEYS, LEAVES, max_size=5))
def test_the_order_of_keys_does_not_matter(items: dict[str, Any]) -> None:
    assert encode(dict(reversed(items.items()))) == encode(items)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": "同意"}, '{"a":"同意","b":1}'),
        (Decimal("0.10"), '{"$":"n","v":"0.10"}'),
        (date(2026, 11, 23), '{"$":"d","v":"2026-11-23"}'),
        (MonthsDuration(14), '{"$":"ym","v":14}'),
        ([None, True], "[null,true]"),
    ],
)
def test_the_text_of_stored_values_does_not_change(value: Any, text: str) -> None:
    assert encode(value) == text


@pytest.mark.parametrize(
    "value",
    [1.5, b"bytes", {1: "x"}, {"a": {2}}, object(), "\ud800", [[float("nan")]]],
    ids=["float", "bytes", "key", "set", "object", "half a character", "nan inside"],
)
def test_what_could_not_come_back_the_same_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        encode(value)
