from decimal import Decimal

from engine.feel.errors import Fault
from engine.feel.operations import BINARY as ARITHMETIC
from engine.feel.operations import ORDERED, add, compare as _compare, contains, equals, negate, power
from engine.feel.run import Run
from engine.feel.values import Range, Value, to_integer


def equal(left: Value, right: Value) -> bool | None:
    try:
        return equals(Run({}), left, right)
    except Fault:
        return None


def compare(operator: str, left: Value, right: Value) -> bool | None:
    try:
        return _compare(operator, left, right)
    except Fault:
        return None


def within(value: Value, interval: Range) -> bool | None:
    try:
        return contains(interval, value)
    except Fault:
        return None


def number(value: Decimal) -> Decimal:
    if not value.is_finite():
        raise Fault("计算结果超出了数的范围")
    return value


def element(items: list[Value], position: Decimal) -> Value:
    index = to_integer(position)
    if index is None or index == 0 or abs(index) > len(items):
        return None
    return items[index - 1 if index > 0 else index]
