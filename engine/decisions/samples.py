"""Values that stand for all others of a column: every constant of its cells, and what lies between, below and above."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from itertools import pairwise
from typing import Any

from engine import feel
from engine.feel import MonthsDuration

ANY_VALUE = object()
_DAY, _SECOND = dt.timedelta(days=1), dt.timedelta(seconds=1)
_UNITS: dict[str, Any] = {
    "number": Decimal(1),
    "date": _DAY,
    "date and time": _SECOND,
    "days and time duration": _SECOND,
    "years and months duration": MonthsDuration(1),
}
_ADD, _SUBTRACT = feel.compile_expression("a + b"), feel.compile_expression("a - b")
_MIDDLE = feel.compile_expression("a + (b - a) / 2")
_OTHER = "其他"


def samples(constants: Iterable[Any], type_name: str) -> list[Any]:
    """One value for each part into which the constants divide the values of a column; `ANY_VALUE` is any but null."""
    distinct: dict[str, dict[Any, None]] = {}
    for constant in constants:
        distinct.setdefault(feel.kind(constant), {})[constant] = None
    by_kind = {kind: list(known) for kind, known in distinct.items()}
    if type_name == "boolean":
        by_kind.setdefault("boolean", [])
    found: list[Any] = []
    for kind, known in by_kind.items():
        if kind == "boolean":
            found += [True, False]
        elif kind == "string":
            found += [*known, _unlike(known)]
        elif kind in _UNITS:
            found += _ordered(known, _UNITS[kind])
        else:
            found += known
    return [*found, ANY_VALUE] if set(by_kind) <= {"null"} else found


def _unlike(known: list[str]) -> str:
    taken = set(known)
    return next(
        word for word in (_OTHER, *(f"{_OTHER}{number}" for number in range(len(known) + 1))) if word not in taken
    )


def _ordered(known: list[Any], unit: Any) -> list[Any]:
    try:
        known.sort()
    except TypeError:  # some with a zone and some without
        return known
    found = [_SUBTRACT.evaluate({"a": known[0], "b": unit}), known[0]]
    for low, high in pairwise(known):
        found += [_between(low, high), high]
    found.append(_ADD.evaluate({"a": known[-1], "b": unit}))
    return [value for value in found if value is not None]


def _between(low: Any, high: Any) -> Any:
    """A value between, a whole number where there is one; None between neighbouring days."""
    if isinstance(low, Decimal):
        after = low.to_integral_value("ROUND_FLOOR") + 1
        return after if after < high else (low + high) / 2
    middle = _MIDDLE.evaluate({"a": low, "b": high})
    return middle if middle is not None and low < middle < high else None
