"""Equality, order and arithmetic over values of every type. A fault is raised as Fault, undefined comparison gives None."""

import datetime as dt
import operator
from collections.abc import Callable
from decimal import Decimal

from engine.feel import temporal
from engine.feel.errors import Fault
from engine.feel.run import Run
from engine.feel.values import (
    CONTEXT,
    CONTEXT_KIND,
    DATE,
    DATE_TIME,
    DAYS,
    FUNCTION,
    LIST,
    MONTHS,
    NULL,
    NUMBER,
    RANGE,
    STRING,
    TIME,
    UNKNOWN,
    MonthsDuration,
    Range,
    Value,
    chinese_kind,
    classes_of,
    kind,
)
from engine.feel.wide import length

Operation = Callable[[Value, Value], Value]
ORDER: dict[str, Callable[[Value, Value], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
#: The exponents that DMN 1.5 allows (table 60).
MOST_EXPONENT = 999_999_999
ORDERED = frozenset((NUMBER, STRING, DATE, TIME, DATE_TIME, DAYS, MONTHS))


def equals(run: Run, left: Value, right: Value) -> bool | None:
    """Three-valued `=`: null for values of different types."""
    if left is None or right is None:
        return left is right
    kinds = kind(left)
    if kinds != kind(right):
        raise Fault(f"{chinese_kind(left)}不能同{chinese_kind(right)}比较是否相等")
    if kinds == LIST:
        return _equal_lists(run, left, right)
    if kinds == CONTEXT_KIND:
        return _equal_contexts(run, left, right)
    if kinds == RANGE:
        return _equal_ranges(run, left, right)
    if kinds in (FUNCTION, UNKNOWN):
        return left is right
    return bool(left == right)


def _equal_lists(run: Run, left: list[Value], right: list[Value]) -> bool | None:
    if len(left) != len(right):
        return False
    run.spend(1 + len(left) // 8)
    return _all_equal(run, ((a, b) for a, b in zip(left, right, strict=True)))


def _equal_contexts(run: Run, left: dict[str, Value], right: dict[str, Value]) -> bool | None:
    if left.keys() != right.keys():
        return False
    run.spend(1 + len(left) // 8)
    return _all_equal(run, ((run.read(left[key]), run.read(right[key])) for key in left))


def _equal_ranges(run: Run, left: Range, right: Range) -> bool | None:
    kinds = ((one.start_included, one.end_included, one.operator) for one in (left, right))
    if next(kinds) != next(kinds):
        return False
    run.spend()
    # both ends of `(= x)` are x: looked at once, or ranges of ranges would take twice as long at every level
    ends = ((left.end, right.end),) if not left.operator else ()
    return _all_equal(run, ((left.start, right.start), *ends))


def _all_equal(run: Run, pairs: object) -> bool | None:
    result: bool | None = True
    for a, b in pairs:  # type: ignore[attr-defined]
        try:
            same = equals(run, a, b)
        except Fault:
            same = False
        if same is False:
            return False
        if same is None:
            result = None
    return result


def compare(symbol: str, left: Value, right: Value) -> bool:
    """`<`, `<=`, `>`, `>=` of two values of one ordered type. Raises Fault."""
    kinds = kind(left)
    other = kind(right)
    if kinds != other and {kinds, other} == {DATE, DATE_TIME}:
        left, right = temporal.as_moment(left, right), temporal.as_moment(right, left)
    elif kinds != other or kinds not in ORDERED:
        raise Fault(_cannot("比较大小", left, right))
    try:
        return ORDER[symbol](left, right)
    except TypeError:  # one has a zone and the other none, which then is taken to be of the same zone (table 54)
        return ORDER[symbol](*temporal.in_one_zone(left, right))


def contains(run: Run, interval: Range, value: Value) -> bool | None:
    """Whether a value lies in an interval; null beside null. Raises Fault."""
    if interval.operator:
        same = equals(run, value, interval.start)
        return same if interval.operator == "=" or same is None else not same
    if value is None:
        return None
    low: bool = True
    if interval.start is not None:
        low = compare(">=" if interval.start_included else ">", value, interval.start)
    if interval.end is None:
        return low
    return low & compare("<=" if interval.end_included else "<", value, interval.end)


def _add_duration(left: Value, right: Value) -> Value:
    return temporal.add_duration(left, right)


def _add_months(left: Value, right: Value) -> Value:
    return temporal.add_months(left, right.months)


def _take_duration(left: Value, right: Value) -> Value:
    return temporal.add_duration(left, temporal.make_duration(-length(right)))


def _swapped(operation: Operation) -> Operation:
    return lambda left, right: operation(right, left)


def _by_class(operations: dict[tuple[str, str], Operation]) -> dict[tuple[type, type], Operation]:
    """The operations by the classes of both sides instead of their kinds."""
    return {
        (a, b): one for (left, right), one in operations.items() for a in classes_of(left) for b in classes_of(right)
    }


_POINTS = (DATE, DATE_TIME, TIME)
_SUMS = _by_class(
    {
        (NUMBER, NUMBER): CONTEXT.add,
        (STRING, STRING): operator.add,
        **{(point, DAYS): _add_duration for point in _POINTS},
        **{(DAYS, point): _swapped(_add_duration) for point in _POINTS},
        **{(point, MONTHS): _add_months for point in (DATE, DATE_TIME)},
        **{(MONTHS, point): _swapped(_add_months) for point in (DATE, DATE_TIME)},
        (DAYS, DAYS): lambda left, right: temporal.make_duration(length(left) + length(right)),
        (MONTHS, MONTHS): lambda left, right: _months(left.months + right.months),
    }
)
_DIFFERENCES = _by_class(
    {
        (NUMBER, NUMBER): CONTEXT.subtract,
        **{(left, right): temporal.subtract for left in _POINTS for right in _POINTS},
        **{(point, DAYS): _take_duration for point in _POINTS},
        **{
            (point, MONTHS): lambda left, right: temporal.add_months(left, -right.months) for point in (DATE, DATE_TIME)
        },
        (DAYS, DAYS): lambda left, right: temporal.make_duration(length(left) - length(right)),
        (MONTHS, MONTHS): lambda left, right: _months(left.months - right.months),
    }
)


def add(left: Value, right: Value) -> Value:
    """`+`. Raises Fault."""
    operation = _SUMS.get((left.__class__, right.__class__))
    if operation is None:
        raise Fault(_cannot("相加", left, right))
    return operation(left, right)


def subtract(left: Value, right: Value) -> Value:
    """`-`. Raises Fault."""
    operation = _DIFFERENCES.get((left.__class__, right.__class__))
    if operation is None:
        raise Fault(_cannot("相减", left, right))
    return operation(left, right)


def multiply(left: Value, right: Value) -> Value:
    """`*`. Raises Fault."""
    match kind(left), kind(right):
        case "number", "number":
            return CONTEXT.multiply(left, right)
        case "days and time duration", "number":
            return temporal.scale_duration(left, right)
        case "number", "days and time duration":
            return temporal.scale_duration(right, left)
        case "years and months duration", "number":
            return _whole_months(CONTEXT.multiply(Decimal(left.months), right))
        case "number", "years and months duration":
            return _whole_months(CONTEXT.multiply(Decimal(right.months), left))
    raise Fault(_cannot("相乘", left, right))


def divide(left: Value, right: Value) -> Value:
    """`/`. Raises Fault, also for a division by zero."""
    kinds = kind(left), kind(right)
    if kinds[1] in (NUMBER, DAYS, MONTHS) and right in (0, dt.timedelta(), MonthsDuration(0)):
        raise Fault("除数是零")
    match kinds:
        case "number", "number":
            return CONTEXT.divide(left, right)
        case "days and time duration", "number":
            return temporal.scale_duration(left, CONTEXT.divide(Decimal(1), right))
        case "days and time duration", "days and time duration":
            return CONTEXT.divide(temporal.total_seconds(left), temporal.total_seconds(right))
        case "years and months duration", "number":
            return _whole_months(CONTEXT.divide(Decimal(left.months), right))
        case "years and months duration", "years and months duration":
            return CONTEXT.divide(Decimal(left.months), Decimal(right.months))
    raise Fault(_cannot("相除", left, right))


def power(left: Value, right: Value) -> Value:
    """`**`. Raises Fault."""
    if kind(left) != NUMBER or kind(right) != NUMBER:
        raise Fault(_cannot("求幂", left, right))
    if abs(right) > MOST_EXPONENT:
        raise Fault(f"指数应当在 -{MOST_EXPONENT} 到 {MOST_EXPONENT} 之间")
    return CONTEXT.power(left, right) if right else Decimal(1)  # also of zero, by IEEE 754-2008 section 9.2.1


def negate(value: Value) -> Value:
    """Unary `-`. Raises Fault."""
    match kind(value):
        case "number":
            return CONTEXT.minus(value)
        case "days and time duration":
            return temporal.make_duration(-length(value))
        case "years and months duration":
            return MonthsDuration(-value.months)
    raise Fault(f"{chinese_kind(value)}不能取负")


def _months(months: int) -> MonthsDuration:
    if abs(months) > temporal.MAX_MONTHS:
        raise Fault("时长太长")
    return MonthsDuration(months)


def _whole_months(months: Decimal) -> MonthsDuration:
    if months.adjusted() > 18:
        raise Fault("时长太长")
    return _months(int(months))


def _cannot(verb: str, left: Value, right: Value) -> str:
    if NULL in (kind(left), kind(right)):
        return f"有一边是空值，不能{verb}"
    return f"{chinese_kind(left)}同{chinese_kind(right)}不能{verb}"


#: Where the classes of both sides say at once what is to be done.
BY_CLASS = {"+": _SUMS, "-": _DIFFERENCES}
BINARY: dict[str, Operation] = {"+": add, "-": subtract, "*": multiply, "/": divide}
