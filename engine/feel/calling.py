"""Calling a function value: one written in FEEL, or an extension function of the scope."""

from collections.abc import Sequence

from engine.feel.errors import Fault
from engine.feel.run import Run
from engine.feel.syntax import Type
from engine.feel.types import coerce, is_known
from engine.feel.values import PLAIN, BuiltinFunction, Function, UserFunction, Value, chinese_kind

BUILTIN_FRAMES = 6
#: Results that need no look and are of no size.
_AS_IT_IS = PLAIN - {str}
_COUNT = "应当有 {} 个参数，这里有 {} 个"


def call_function(run: Run, function: Value, values: list[Value], names: tuple[str, ...] | None = None) -> Value:
    """Calls a function value. Raises Fault when it is none, or the arguments do not fit."""
    if function.__class__ is Function:
        return call_extension(run, function, _in_order(function.parameters, values, names))
    if function.__class__ is UserFunction:
        return _call_user(run, function, _in_order(function.parameters, values, names))
    if function.__class__ is BuiltinFunction:
        run.enter(BUILTIN_FRAMES)
        try:
            return function.call(run, values, names)
        finally:
            run.frames += BUILTIN_FRAMES
    raise Fault("没有这个函数" if function is None else f"{chinese_kind(function)}不能当作函数调用")


def call_extension(run: Run, function: Function, values: list[Value]) -> Value:
    """Calls a function of the scope with values in the order of its parameters. Raises Fault."""
    if len(values) != len(function.parameters):
        raise Fault(_COUNT.format(len(function.parameters), len(values)))
    run.spend()
    try:
        result = function.call(*values)
        if result.__class__ in _AS_IT_IS:
            return result
        result = run.read(result)
    except (ValueError, ArithmeticError) as error:
        raise Fault(str(error) or "函数没有算出结果") from error
    cls = result.__class__
    if cls is list or cls is str:
        run.grow(len(result))
    return result


def _in_order(parameters: tuple[str, ...], values: list[Value], names: tuple[str, ...] | None) -> list[Value]:
    if names is None:
        if len(values) != len(parameters):
            raise Fault(_COUNT.format(len(parameters), len(values)))
        return values
    if not set(names) <= set(parameters) or len(set(names)) < len(names):
        raise Fault(f"参数的名称应当是：{'、'.join(parameters)}")
    given = dict(zip(names, values, strict=True))
    return [given.get(parameter) for parameter in parameters]


def _call_user(run: Run, function: UserFunction, values: Sequence[Value]) -> Value:
    slots = function.captured.copy()
    for place, value, wanted, name in zip(function.slots, values, function.types, function.parameters, strict=True):
        slots[place] = value if wanted is None else _coerced(run, value, wanted, name)
    run.enter(function.height)
    run.spend(function.cost + len(slots) // 8)
    before = run.slots, run.scope
    run.slots, run.scope = slots, function.scope
    try:
        return function.body(run)
    finally:
        run.slots, run.scope = before
        run.frames += function.height


def _coerced(run: Run, value: Value, wanted: Type, name: str) -> Value:
    if not is_known(wanted):
        return value
    fits, result = coerce(run, value, wanted)
    if not fits:
        raise Fault(f"参数“{name}”应当是 {wanted.name}，这里是{chinese_kind(value)}")
    return result
