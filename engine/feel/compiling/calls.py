"""Closures of function definitions and calls."""

from engine.feel import syntax as tree
from engine.feel.builtins.registry import BUILTINS, SHORT, Builtin, Parameter, Signature
from engine.feel.calling import call_extension, call_function
from engine.feel.compiling.operators import OUT_OF_RANGE, always_null
from engine.feel.compiling.scope import Closure, Compiler
from engine.feel.errors import Fault
from engine.feel.run import Run
from engine.feel.types import is_instance, is_known, is_whole, resolved
from engine.feel.values import Function, UserFunction, Value

CALL_OVERHEAD = 4
_FOLDED = frozenset(("date", "time", "date and time", "duration"))


def instance_of(compiler: Compiler, node: tree.InstanceOf) -> Closure:
    operand, wanted = compiler.compile(node.operand), resolved(node.type, compiler.defined)
    if not is_known(wanted):
        return always_null(compiler, node.at, f"没有“{wanted.name}”这个类型")
    if not is_whole(wanted):
        return always_null(compiler, node.at, f"类型“{wanted.name}”要写明里面的类型，例如 list<number>")

    def closure(run: Run) -> bool:
        return is_instance(run, operand(run), wanted)

    return closure


def definition(compiler: Compiler, node: tree.Definition) -> Closure:
    if node.body is None:
        return always_null(compiler, node.at, "不支持外部函数")
    names = tuple(name for name, _ in node.parameters)
    types = tuple(resolved(type_, compiler.defined) if type_ is not None else None for _, type_ in node.parameters)
    with compiler.local(*names) as places:
        body, cost = compiler.weigh(node.body)
    slots, height = tuple(places), node.height + CALL_OVERHEAD

    def closure(run: Run) -> UserFunction:
        run.spend(len(run.slots) // 8)
        return UserFunction(names, types, slots, body, list(run.slots), run.scope, height, cost)

    return closure


def call(compiler: Compiler, node: tree.Call) -> Closure:
    arguments = [compiler.compile(argument) for argument in node.arguments]
    if isinstance(node.function, tree.Name) and not node.of_scope and not compiler.is_local(node.function.name):
        builtin = BUILTINS.get(node.function.name)
        if builtin is not None:
            return _builtin_call(compiler, builtin, arguments, node)
    function, names, at = compiler.compile(node.function), node.names, node.at
    shown = node.function.name if isinstance(node.function, tree.Name) else ""

    def closure(run: Run) -> Value:
        value = function(run)
        values = [argument(run) for argument in arguments]
        try:
            if names is None and value.__class__ is Function:
                return call_extension(run, value, values)
            return call_function(run, value, values, names)
        except Fault as fault:
            run.note(at, f"{shown}：{fault.sentence}" if shown else fault.sentence)
            return None

    return closure


def _builtin_call(compiler: Compiler, builtin: Builtin, arguments: list[Closure], node: tree.Call) -> Closure:
    found = builtin.fitting(len(arguments), node.names)
    if not found:
        return always_null(compiler, node.at, f"{builtin.name}：参数的个数或名称不对，应当是 {builtin.usage()}")
    if len(found) > 1:
        return _folded(_overloaded_call(builtin, found, arguments, node), builtin.name, node)
    signature, order = found[0]
    if len(arguments) == len(signature.parameters) == 1 and signature.rest is None:
        return _folded(_call_of_one(builtin.name, signature, arguments[0], node.at), builtin.name, node)
    closure = _single_call(builtin.name, signature, _arrange(signature, arguments, order), node.at)
    return _folded(closure, builtin.name, node)


def _folded(closure: Closure, name: str, node: tree.Call) -> Closure:
    """`date("2026-01-01")` and its like are computed once."""
    if name not in _FOLDED or not all(isinstance(argument, tree.Literal) for argument in node.arguments):
        return closure
    value = closure(Run({}))
    return closure if value is None else lambda run: value


def _call_of_one(name: str, signature: Signature, argument: Closure, at: int) -> Closure:
    """The most frequent call, without a list of arguments in between."""
    body, plain, accept = signature.body, signature.parameters[0].plain, signature.parameters[0].accept

    def closure(run: Run) -> Value:
        value = argument(run)
        try:
            return body(run, value if value.__class__ in plain else accept(run, value))
        except Fault as fault:
            run.note(at, f"{name}：{fault.sentence}")
        except ArithmeticError:
            run.note(at, f"{name}：{OUT_OF_RANGE}")
        return None

    return closure


def _single_call(name: str, signature: Signature, takes: list[Closure], at: int) -> Closure:
    body = signature.body

    def closure(run: Run) -> Value:
        try:
            return body(run, *[take(run) for take in takes])
        except Fault as fault:
            run.note(at, f"{name}：{fault.sentence}")
        except ArithmeticError:
            run.note(at, f"{name}：{OUT_OF_RANGE}")
        return None

    return closure


def _overloaded_call(
    builtin: Builtin, found: list[tuple[Signature, list[int]]], arguments: list[Closure], node: tree.Call
) -> Closure:
    """Several ways to call with so many arguments: what the values are decides."""
    apply_first, name, at = builtin.apply_first, builtin.name, node.at
    body = found[0][0].body if len(arguments) == 1 and found[0][0].takes_a_list else None

    def closure(run: Run) -> Value:
        values = [argument(run) for argument in arguments]
        try:
            if body is not None and values[0].__class__ is list and len(values[0]) < SHORT:
                return body(run, values[0])
            return apply_first(run, found, values)
        except Fault as fault:
            run.note(at, f"{name}：{fault.sentence}")
        except ArithmeticError:
            run.note(at, f"{name}：{OUT_OF_RANGE}")
        return None

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
    accept, plain = parameter.accept, parameter.plain

    def take(run: Run) -> Value:
        value = argument(run)
        return value if value.__class__ in plain else accept(run, value)

    return take


def _take_rest(parameter: Parameter, arguments: list[Closure]) -> Closure:
    accept = parameter.accept
    return lambda run: [accept(run, argument(run)) for argument in arguments]
