"""Numeric functions."""

import decimal
from decimal import Decimal

from engine.feel.builtins.conversion import position
from engine.feel.builtins.registry import builtin
from engine.feel.errors import Fault
from engine.feel.operations import negate
from engine.feel.run import Run
from engine.feel.values import CONTEXT, Value, kind

#: Steps that a function costs which Python computes digit by digit.
SLOW = 32
LEAST_SCALE, MOST_SCALE = -6111, 6176


def _round(value: Decimal, scale: Decimal | None, rounding: str) -> Decimal:
    places = position(scale) if scale is not None else 0
    if not LEAST_SCALE <= places <= MOST_SCALE:
        raise Fault(f"小数位数应当在 {LEAST_SCALE} 到 {MOST_SCALE} 之间")
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= places:
        return value if value.adjusted() + places >= CONTEXT.prec else _quantize(value, places, rounding)
    return _quantize(value, places, rounding)


def _quantize(value: Decimal, places: int, rounding: str) -> Decimal:
    result = value.quantize(Decimal(1).scaleb(-places), rounding=rounding, context=_ROUNDING)
    return result if places >= 0 else CONTEXT.plus(result.quantize(Decimal(1), context=_ROUNDING))


# what is done with a number at its own scale may need more digits in between than decimal128 has
_ROUNDING = decimal.Context(prec=13_000, Emin=-20_000, Emax=20_000, traps=[decimal.InvalidOperation])


@builtin("decimal", "n: number", "scale: number")
def round_half_even(run: Run, n: Decimal, scale: Decimal) -> Decimal:
    return _round(n, scale, decimal.ROUND_HALF_EVEN)


@builtin("floor", "n: number", "[scale: number]")
def floor(run: Run, n: Decimal, scale: Decimal | None = None) -> Decimal:
    return _round(n, scale, decimal.ROUND_FLOOR)


@builtin("ceiling", "n: number", "[scale: number]")
def ceiling(run: Run, n: Decimal, scale: Decimal | None = None) -> Decimal:
    return _round(n, scale, decimal.ROUND_CEILING)


@builtin("round up", "n: number", "scale: number")
def round_up(run: Run, n: Decimal, scale: Decimal) -> Decimal:
    return _round(n, scale, decimal.ROUND_UP)


@builtin("round down", "n: number", "scale: number")
def round_down(run: Run, n: Decimal, scale: Decimal) -> Decimal:
    return _round(n, scale, decimal.ROUND_DOWN)


@builtin("round half up", "n: number", "scale: number")
def round_half_up(run: Run, n: Decimal, scale: Decimal) -> Decimal:
    return _round(n, scale, decimal.ROUND_HALF_UP)


@builtin("round half down", "n: number", "scale: number")
def round_half_down(run: Run, n: Decimal, scale: Decimal) -> Decimal:
    return _round(n, scale, decimal.ROUND_HALF_DOWN)


@builtin("abs", "n: single")
def absolute(run: Run, n: Value) -> Value:
    """Of a number or a duration."""
    if kind(n) == "number":
        return CONTEXT.abs(n)
    opposite = negate(n)
    return max(n, opposite)


@builtin("modulo", "dividend: number", "divisor: number")
def modulo(run: Run, dividend: Decimal, divisor: Decimal) -> Decimal:
    """The remainder with the sign of the divisor."""
    if not divisor:
        raise Fault("除数是零")
    remainder = CONTEXT.remainder(dividend, divisor)
    return CONTEXT.add(remainder, divisor) if remainder and (remainder < 0) != (divisor < 0) else remainder


@builtin("sqrt", "number: number")
def square_root(run: Run, number: Decimal) -> Decimal:
    if number < 0:
        raise Fault("负数没有平方根")
    return CONTEXT.sqrt(number)


@builtin("log", "number: number")
def natural_logarithm(run: Run, number: Decimal) -> Decimal:
    run.spend(SLOW)
    if number <= 0:
        raise Fault("只有正数才有对数")
    return CONTEXT.ln(number)


@builtin("exp", "number: number")
def exponential(run: Run, number: Decimal) -> Decimal:
    run.spend(SLOW)
    return CONTEXT.exp(number)


@builtin("odd", "number: number")
def is_odd(run: Run, number: Decimal) -> bool:
    return abs(_ROUNDING.remainder(number, Decimal(2))) == 1


@builtin("even", "number: number")
def is_even(run: Run, number: Decimal) -> bool:
    return _ROUNDING.remainder(number, Decimal(2)) == 0
