"""Closures of literals, names and operators."""

import datetime as dt
import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from engine.feel import operations
from engine.feel import syntax as tree
from engine.feel.compiling.scope import Closure, Compiler
from engine.feel.errors import Fault
from engine.feel.run import Run
from engine.feel.values import CONTEXT, MonthsDuration, Value, chinese_kind

#: Classes whose values Python itself compares as FEEL does, when both sides are of the same class.
EQUAL_BY_PYTHON = frozenset(
    (Decimal, str, bool, dt.date, dt.datetime, dt.time, dt.timedelta, MonthsDuration, type(None))
)
ORDERED_BY_PYTHON = frozenset((Decimal, str, dt.date, dt.timedelta, MonthsDuration))
PYTHON: dict[str, Callable[[Any, Any], Any]] = {**operations.ORDER, "=": operator.eq, "!=": operator.ne}
#: What a power costs, with a whole exponent and with any other.
POWER_STEPS, ROOT_STEPS = 4, 64
OUT_OF_RANGE = "数字超出了能表示的范围，或没有定义"
_NUMERIC: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": CONTEXT.add,
    "-": CONTEXT.subtract,
    "*": CONTEXT.multiply,
    "/": CONTEXT.divide,
}


def literal(_: Compiler, node: tree.Literal) -> Closure:
    value = node.value

    def closure(run: Run) -> Value:
        return value

    return closure


def faulty(compiler: Compiler, node: tree.Faulty) -> Closure:
    """Null with a note: what can never have a value, and was warned of."""
    return always_null(compiler, node.at, node.sentence)


def always_null(compiler: Compiler, at: int, sentence: str) -> Closure:
    compiler.warn(at, sentence)

    def closure(run: Run) -> None:
        run.note(at, sentence)

    return closure


def name(compiler: Compiler, node: tree.Name) -> Closure:
    return compiler.resolve(node.name, node.at)


def tested(_: Compiler, node: tree.Tested) -> Closure:
    def closure(run: Run) -> Value:
        return run.tested

    return closure


def compare(run: Run, symbol: str, left: Value, right: Value, at: int) -> bool | None:
    """Any comparison of any two values, with its note."""
    try:
        if symbol in operations.ORDER:
            return operations.compare(symbol, left, right)
        same = operations.equals(run, left, right)
    except Fault as fault:
        run.note(at, fault.sentence)
        return None
    return same if symbol == "=" or same is None else not same


def comparison(compiler: Compiler, node: tree.Comparison) -> Closure:
    left, right = compiler.compile(node.left), compiler.compile(node.right)
    symbol, at, test = node.operator, node.at, PYTHON[node.operator]
    classes = ORDERED_BY_PYTHON if symbol in operations.ORDER else EQUAL_BY_PYTHON
    if isinstance(node.right, tree.Literal) and node.right.value.__class__ in classes:
        if isinstance(node.left, tree.Name) and compiler.free_name(node.left.name):
            return _compare_name(node.left.name, left, node.right.value, symbol, at)
        return _compare_literal(left, node.right.value, symbol, at)
    if isinstance(node.right, tree.Name) and compiler.free_name(node.right.name):
        return _compare_to_name(left, node.right.name, right, symbol, at)

    def closure(run: Run) -> Value:
        a = left(run)
        b = right(run)
        cls = a.__class__
        if cls is b.__class__ and cls in classes:
            return test(a, b)
        return compare(run, symbol, a, b, at)

    return closure


def _compare_literal(left: Closure, value: Value, symbol: str, at: int) -> Closure:
    cls, test = value.__class__, PYTHON[symbol]

    def closure(run: Run) -> Value:
        a = left(run)
        if a.__class__ is cls:
            return test(a, value)
        return compare(run, symbol, a, value, at)

    return closure


def _compare_name(name: str, left: Closure, value: Value, symbol: str, at: int) -> Closure:
    """The most frequent condition, a variable against a literal, without a call in between."""
    cls, test = value.__class__, PYTHON[symbol]
    is_number = cls is Decimal

    def closure(run: Run) -> Value:
        try:
            a = run.scope[name]
            if a.__class__ is cls and (not is_number or a.is_finite()):
                return test(a, value)
        except KeyError:
            pass
        return compare(run, symbol, left(run), value, at)

    return closure


def _compare_to_name(left: Closure, name: str, right: Closure, symbol: str, at: int) -> Closure:
    """A part against a variable; a number is read as numbers are, it may be none that FEEL has."""
    test = PYTHON[symbol]
    classes = (ORDERED_BY_PYTHON if symbol in operations.ORDER else EQUAL_BY_PYTHON) - {Decimal}

    def closure(run: Run) -> Value:
        a = left(run)
        cls = a.__class__
        if cls in classes:
            try:
                b = run.scope[name]
                if b.__class__ is cls:
                    return test(a, b)
            except KeyError:
                pass
        b = right(run)
        if cls is Decimal and b.__class__ is Decimal:
            return test(a, b)
        return compare(run, symbol, a, b, at)

    return closure


def logical(compiler: Compiler, node: tree.Logical) -> Closure:
    operands = [compiler.compile(operand) for operand in node.operands]
    decisive = node.operator == "or"
    if len(operands) == 2:
        return _logical_pair(operands[0], operands[1], decisive, node.at)

    def closure(run: Run) -> Value:
        result: Value = not decisive
        for operand in operands:
            value = operand(run)
            if value is decisive:
                return decisive
            if value is not result:
                _note_undecided(run, value, node.at)
                result = None
        return result

    return closure


def _logical_pair(left: Closure, right: Closure, decisive: bool, at: int) -> Closure:
    other = not decisive

    def closure(run: Run) -> Value:
        a = left(run)
        if a is decisive:
            return decisive
        b = right(run)
        if b is decisive:
            return decisive
        if a is other and b is other:
            return other
        _note_undecided(run, b if a is other else a, at)
        return None

    return closure


def _note_undecided(run: Run, value: Value, at: int) -> None:
    if value is not None and value.__class__ is not bool:
        run.note(at, f"“并且”“或者”的两边应当是是非值，这里是{chinese_kind(value)}")


def apply(run: Run, operation: Callable[[Value, Value], Value], left: Value, right: Value, at: int) -> Value:
    """One arithmetic operation on any two values, with its note."""
    try:
        result = operation(left, right)
    except Fault as fault:
        run.note(at, fault.sentence)
        return None
    except ArithmeticError:
        run.note(at, OUT_OF_RANGE)
        return None
    if result.__class__ is str:
        run.grow(len(result))
    return result


def chain(compiler: Compiler, node: tree.Chain) -> Closure:
    closure = compiler.compile(node.first)
    steps = [(symbol, compiler.compile(operand), at) for symbol, operand, at in node.rest]
    if len(steps) == 1:
        symbol, operand, at = steps[0]
        return _binary(closure, symbol, operand, at)
    return _fold(closure, [(operations.BINARY[symbol], operand, at) for symbol, operand, at in steps])


def _binary(left: Closure, symbol: str, right: Closure, at: int) -> Closure:
    numeric, operation = _NUMERIC[symbol], operations.BINARY[symbol]
    by_class = operations.BY_CLASS.get(symbol, {})

    def closure(run: Run) -> Value:
        a = left(run)
        b = right(run)
        if a.__class__ is Decimal and b.__class__ is Decimal:
            try:
                return numeric(a, b)
            except ArithmeticError:
                pass
        return apply(run, by_class.get((a.__class__, b.__class__), operation), a, b, at)

    return closure


def _fold(first: Closure, steps: list[tuple[Callable[[Value, Value], Value], Closure, int]]) -> Closure:
    def closure(run: Run) -> Value:
        value = first(run)
        for operation, operand, at in steps:
            value = apply(run, operation, value, operand(run), at)
        return value

    return closure


def power(compiler: Compiler, node: tree.Power) -> Closure:
    base, exponent, at = compiler.compile(node.base), compiler.compile(node.exponent), node.at

    def closure(run: Run) -> Value:
        left, right = base(run), exponent(run)
        run.spend(ROOT_STEPS if right.__class__ is Decimal and right != right.to_integral_value() else POWER_STEPS)
        return apply(run, operations.power, left, right, at)

    return closure


def negation(compiler: Compiler, node: tree.Negation) -> Closure:
    operand, at = compiler.compile(node.operand), node.at

    def closure(run: Run) -> Value:
        try:
            return operations.negate(operand(run))
        except Fault as fault:
            run.note(at, fault.sentence)
            return None

    return closure


def between(compiler: Compiler, node: tree.Between) -> Closure:
    operand, low, high = (compiler.compile(part) for part in (node.operand, node.low, node.high))
    at = node.at

    def closure(run: Run) -> Value:
        value = operand(run)
        above = compare(run, ">=", value, low(run), at)
        if above is False:
            return False
        below = compare(run, "<=", value, high(run), at)
        return False if below is False else above and below

    return closure


def condition(compiler: Compiler, node: tree.Condition) -> Closure:
    branches = [(compiler.compile(test), compiler.compile(then)) for test, then in node.branches]
    otherwise, at = compiler.compile(node.otherwise), node.at

    def closure(run: Run) -> Value:
        for test, then in branches:
            value = test(run)
            if value is True:
                return then(run)
            if value is not False and value is not None:
                run.note(at, f"“if”的条件应当是是非值，这里是{chinese_kind(value)}")
        return otherwise(run)

    return closure
