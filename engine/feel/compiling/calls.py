"""Closures of function definitions and calls."""

from engine.feel import syntax as tree
from engine.feel.builtins.registry import BUILTINS, Builtin, Parameter, Signature
from engine.feel.calling import call_function
from engine.feel.compiling.operators import OUT_OF_RANGE
from engine.feel.compiling.scope import Closure, Compiler
from engine.feel.errors import Fault
from engine.feel.run import Run
from engine.feel.types import is_instance, is_known
from engine.feel.values import UserFunction, Value

CALL_OVERHEAD = 4


def instance_of(compiler: Compiler, node: tree.InstanceOf) -> Closure:
    operand, wanted, at = compiler.compile(node.operand), node.type, node.at
    known = is_known(wanted)

    def closure(run: Run) -> bool | None:
        value = operand(run)
        if not known:
            run.note(at, f"没有“{wanted.name}”这个类型")
            return None
        run.spend(len(value) // 8 if value.__class__ is list else 0)
        return is_instance(value, wanted)

    return closure


def definition(compiler: Compiler, node: tree.Definition) -> Closure:
    at = node.at
    if node.body is None:

        def external(run: Run) -> None:
            run.note(at, "不支持外部函数")

        return external
    names = tuple(name for name, _ in node.parameters)
    types = tuple(type_ for _, type_ in node.parameters)
    with compiler.local(*names) as places:
        body = compiler.compile(node.body)
    slots, height = tuple(places), node.height + CALL_OVERHEAD

    def closure(run: Run) -> UserFunction:
        run.spend(len(run.slots) // 8)
        return UserFunction(names, types, slots, body, list(run.slots), run.scope, height)

    return closure


def call(compiler: Compiler, node: tree.Call) -> Closure:
    arguments = [compiler.compile(argument) for argument in node.arguments]
    if isinstance(node.function, tree.Name) and not compiler.is_local(node.function.name):
        builtin = BUILTINS.get(node.function.name)
        if builtin is not None:
            return _builtin_call(builtin, arguments, node.names, node.at)
    function, names, at = compiler.compile(node.function), node.names, node.at
    shown = node.function.name if isinstance(node.function, tree.Name) else ""

    def closure(run: Run) -> Value:
        value = function(run)
        values = [argument(run) for argument in arguments]
        try:
            return call_function(run, value, values, names)
        except Fault as fault:
            run.note(at, f"{shown}：{fault.sentence}" if shown else fault.sentence)
            return None

    return closure


def _builtin_call(builtin: Builtin, arguments: list[Closure], names: tuple[str, ...] | None, at: int) -> Closure:
    found = _choose(builtin, len(arguments), names)
    if found is None:
        return _no_such_call(builtin.name, at)
    signature, order = found
    slots = _arrange(signature, arguments, order)
    body, name = signature.body, builtin.name

    def closure(run: Run) -> Value:
        try:
            return body(run, *[take(run) for take in slots])
        except Fault as fault:
            run.note(at, f"{name}：{fault.sentence}")
        except ArithmeticError:
            run.note(at, f"{name}：{OUT_OF_RANGE}")
        return None

    return closure


def _choose(builtin: Builtin, count: int, names: tuple[str, ...] | None) -> tuple[Signature, list[int]] | None:
    for signature in builtin.signatures:
        if names is None and signature.takes(count):
            return signature, list(range(count))
        if names is not None and (order := signature.order(names)) is not None:
            return signature, order
    return None


def _no_such_call(name: str, at: int) -> Closure:
    def closure(run: Run) -> None:
        run.note(at, f"{name}：参数的个数或名称不对")

    return closure


def _arrange(signature: Signature, arguments: list[Closure], order: list[int]) -> list[Closure]:
    parameters = signature.parameters
    if parameters and parameters[-1].rest and len(order) >= len(parameters):
        fixed = len(parameters) - 1
        takes = [_take(parameters[i], arguments[order[i]]) for i in range(fixed)]
        return [*takes, _take_rest(parameters[-1], [arguments[i] for i in order[fixed:]])]
    takes = [_take(p, arguments[i]) if i >= 0 else _nothing for p, i in zip(parameters, order, strict=False)]
    return [*takes, _take_rest(parameters[-1], [])] if parameters and parameters[-1].rest else takes


def _nothing(run: Run) -> None:
    return None


def _take(parameter: Parameter, argument: Closure) -> Closure:
    accept = parameter.accept
    return lambda run: accept(run, argument(run))


def _take_rest(parameter: Parameter, arguments: list[Closure]) -> Closure:
    accept = parameter.accept
    return lambda run: [accept(run, argument(run)) for argument in arguments]
