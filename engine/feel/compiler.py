"""The syntax tree as closures over a `Run`. Names are resolved once: a place for what the text introduces, else the scope."""

import decimal
import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from engine.feel import interim as operations
from engine.feel import moments
from engine.feel import syntax as s
from engine.feel.errors import Fault, FeelLimitError
from engine.feel.library import BUILT_INS, BuiltIn
from engine.feel.run import Run
from engine.feel.types import conforms
from engine.feel.values import Function, Range, UserFunction, Value, chinese_kind, import_value, is_callable, kind

Code = Callable[[Run], Value]
MOST_ITERATORS = 8
FAULTS = (Fault, ArithmeticError, OverflowError, ValueError)


@dataclass
class Frame:
    """What one construct introduces: names with their places, or the item of a filter."""

    places: dict[str, int] = field(default_factory=dict)
    item: int | None = None


class Compiler:
    """Compiles one text; `free` gathers the names that the scope must give, `size` counts the places."""

    def __init__(self) -> None:
        self.free: set[str] = set()
        self.size = 0
        self.frames: list[Frame] = []

    def place(self) -> int:
        self.size += 1
        return self.size - 1

    def compile(self, node: s.Node) -> Code:
        return _COMPILE[type(node)](self, node)

    # --- values and names ---

    def literal(self, node: s.Literal) -> Code:
        value = node.value
        return lambda run: value

    def tested(self, _node: s.Tested) -> Code:
        return lambda run: run.tested

    def name(self, node: s.Name) -> Code:
        items: list[int] = []
        for frame in reversed(self.frames):
            if node.name in frame.places:
                return _through_items(items, node.name, _place_code(frame.places[node.name]))
            if frame.item is not None:
                items.append(frame.item)
        return _through_items(items, node.name, self._scope_name(node))

    def _scope_name(self, node: s.Name) -> Code:
        name, at = node.name, node.at
        built_in = BUILT_INS.get(name)
        if built_in is None or not self.frames:
            self.free.add(name)
        if built_in is not None:
            self.free.discard(name)

        def code(run: Run) -> Value:
            try:
                value = run.scope[name]
            except KeyError:
                if built_in is not None:
                    return built_in
                run.note(at, f"没有名为“{name}”的值")
                return None
            return run.read(value)

        return code

    # --- calculating ---

    def negation(self, node: s.Negation) -> Code:
        operand, at = self.compile(node.operand), node.at
        return lambda run: _guarded(run, at, operations.negate, operand(run))

    def chain(self, node: s.Chain) -> Code:
        code = self.compile(node.first)
        for operator, operand, at in node.rest:
            code = _binary(operations.ARITHMETIC[operator], code, self.compile(operand), at)
        return code

    def power(self, node: s.Power) -> Code:
        return _binary(operations.power, self.compile(node.base), self.compile(node.exponent), node.at)

    def comparison(self, node: s.Comparison) -> Code:
        left, right, operator, at = self.compile(node.left), self.compile(node.right), node.operator, node.at
        if operator in {"=", "!="}:
            return _equality(left, right, operator == "=", at)

        def code(run: Run) -> Value:
            a, b = left(run), right(run)
            if a.__class__ is Decimal and b.__class__ is Decimal:
                return a < b if operator == "<" else a > b if operator == ">" else a <= b if operator == "<=" else a >= b
            found = operations.compare(operator, a, b)
            if found is None:
                run.note(at, f"{chinese_kind(a)}和{chinese_kind(b)}不能比较大小")
            return found

        return code

    def logical(self, node: s.Logical) -> Code:
        operands = [self.compile(operand) for operand in node.operands]
        ends = node.operator == "or"

        def code(run: Run) -> Value:
            unknown = False
            for operand in operands:
                value = operand(run)
                if value is ends:
                    return ends
                unknown = unknown or value is not (not ends)
            return None if unknown else not ends

        return code

    def between(self, node: s.Between) -> Code:
        operand, low, high = self.compile(node.operand), self.compile(node.low), self.compile(node.high)
        return lambda run: operations.within(operand(run), Range(low(run), high(run)))

    def membership(self, node: s.Membership) -> Code:
        operand = self.compile(node.operand)
        tests = [self.compile_test(test, against_tested=False) for test in node.tests]
        return lambda run: _any_test(tests, run, operand(run))

    def interval(self, node: s.Interval) -> Code:
        start, end = self.compile(node.start), self.compile(node.end)
        a, b = node.start_included, node.end_included
        return lambda run: Range(start(run), end(run), a, b)

    def half_interval(self, node: s.HalfInterval) -> Code:
        endpoint, operator = self.compile(node.endpoint), node.operator

        def code(run: Run) -> Value:
            value = endpoint(run)
            match operator:
                case "<" | "<=":
                    return Range(None, value, False, operator == "<=")
                case ">" | ">=":
                    return Range(value, None, operator == ">=", False)
                case "=":
                    return Range(value, value)
            return None

        return code

    def instance_of(self, node: s.InstanceOf) -> Code:
        operand, wanted = self.compile(node.operand), node.type
        return lambda run: conforms(operand(run), wanted)

    # --- looking into values ---

    def path(self, node: s.Path) -> Code:
        operand, name, at = self.compile(node.operand), node.name, node.at

        def code(run: Run) -> Value:
            value = operand(run)
            if value.__class__ is dict:
                return _entry(run, value, name, at)
            if value.__class__ is list:
                run.spend(len(value))
                return [_entry(run, one, name, at) if one.__class__ is dict else None for one in value]
            if value.__class__ is Range:
                return _range_property(value, name)
            return None if value is None else moments.property_of(value, name)

        return code

    def filter(self, node: s.Filter) -> Code:
        operand = self.compile(node.operand)
        place, item = self.place(), None
        self.frames.append(Frame(item=place))
        item = Frame({"item": place})
        self.frames.append(item)
        condition = self.compile(node.condition)
        del self.frames[-2:]

        def code(run: Run) -> Value:
            value = operand(run)
            if value is None:
                return []
            items = value if value.__class__ is list else [value]
            run.spend(len(items))
            run.slots[place] = None
            if isinstance(node.condition, s.Literal | s.Negation) or not items:
                position = condition(run)
                if position.__class__ is Decimal:
                    return operations.element(items, position)
            return _filtered(run, items, place, condition)

        return code

    def call(self, node: s.Call) -> Code:
        function = self.compile(node.function)
        arguments = [self.compile(argument) for argument in node.arguments]
        names, at = node.names, node.at

        def code(run: Run) -> Value:
            target = function(run)
            run.spend()
            values = [argument(run) for argument in arguments]
            try:
                return invoke(run, target, values, names)
            except FAULTS as fault:
                run.note(at, getattr(fault, "sentence", "计算结果超出了允许的范围"))
                return None

        return code

    # --- building ---

    def condition(self, node: s.Condition) -> Code:
        branches = [(self.compile(test), self.compile(value)) for test, value in node.branches]
        otherwise = self.compile(node.otherwise)

        def code(run: Run) -> Value:
            for test, value in branches:
                if test(run) is True:
                    return value(run)
            return otherwise(run)

        return code

    def loop(self, node: s.Loop) -> Code:
        sources = self._iterators(node.iterators)
        partial = self.place()
        self.frames.append(Frame({"partial": partial}))
        body = self.compile(node.body)
        del self.frames[-len(sources) - 1 :]

        def code(run: Run) -> Value:
            results: list[Value] = []
            run.slots[partial] = results
            for _ in _rounds(run, sources, 0):
                run.slots[partial] = list(results) if len(results) < 64 else results
                results.append(body(run))
                run.grow(len(results))
            return results

        return code

    def quantified(self, node: s.Quantified) -> Code:
        sources = self._iterators(node.iterators)
        condition = self.compile(node.condition)
        del self.frames[-len(sources) :]
        every = node.every

        def code(run: Run) -> Value:
            unknown = False
            for _ in _rounds(run, sources, 0):
                value = condition(run)
                if value is not every and value in {True, False} and value.__class__ is bool:
                    return not every
                unknown = unknown or value is not every
            return None if unknown else every

        return code

    def _iterators(self, iterators: list[s.Iterator]) -> list[tuple[int, Code, Code | None]]:
        if len(iterators) > MOST_ITERATORS:
            raise FeelLimitError("feel.iterators", f"for、some、every 最多写 {MOST_ITERATORS} 个循环变量")
        found = []
        for iterator in iterators:
            source = self.compile(iterator.source)
            end = self.compile(iterator.end) if iterator.end is not None else None
            place = self.place()
            self.frames.append(Frame({iterator.name: place}))
            found.append((place, source, end))
        return found

    def definition(self, node: s.Definition) -> Code:
        names = tuple(name for name, _ in node.parameters)
        types = tuple(wanted for _, wanted in node.parameters)
        places = tuple(self.place() for _ in names)
        if node.body is None:
            return lambda run: None
        self.frames.append(Frame(dict(zip(names, places, strict=True))))
        body = self.compile(node.body)
        self.frames.pop()
        height = node.height

        def code(run: Run) -> Value:
            return UserFunction(names, types, places, body, list(run.slots), run.scope, height)

        return code

    def context(self, node: s.ContextLiteral) -> Code:
        frame = Frame()
        self.frames.append(frame)
        entries = []
        for name, value in node.entries:
            code = self.compile(value)
            frame.places[name] = self.place()
            entries.append((name, frame.places[name], code))
        self.frames.pop()

        def build(run: Run) -> Value:
            made: dict[str, Value] = {}
            for name, place, code in entries:
                if name in made:
                    return None
                made[name] = run.slots[place] = code(run)
            return made

        return build

    def list_literal(self, node: s.ListLiteral) -> Code:
        elements = [self.compile(element) for element in node.elements]
        return lambda run: [element(run) for element in elements]

    # --- tests ---

    def tests(self, node: s.Tests) -> Code:
        if not node.tests:
            return lambda run: True
        tests = [self.compile_test(test, against_tested=True) for test in node.tests]
        negated = node.negated

        def code(run: Run) -> Value:
            found = _any_test(tests, run, run.tested)
            return found if not negated or found is None else not found

        return code

    def compile_test(self, node: s.Node, *, against_tested: bool) -> "Test":
        """A test of a value: an operator with an end, a range, a value to equal, or a condition that names `?`."""
        if isinstance(node, s.HalfInterval) and node.operator in {"=", "!="}:
            endpoint, equal = self.compile(node.endpoint), node.operator == "="
            return lambda run, value: _truth(operations.equal(value, endpoint(run)), equal)
        code = self.compile(node)
        asks = against_tested and _mentions_tested(node)
        if asks:
            return lambda run, value: code(run)
        return lambda run, value: _matches(value, code(run))


Test = Callable[[Run, Value], Value]


def _truth(found: bool | None, wanted: bool) -> bool | None:
    return None if found is None else found is wanted


def _matches(value: Value, wanted: Value) -> bool | None:
    if wanted.__class__ is Range:
        return operations.within(value, wanted)
    if wanted.__class__ is list and value.__class__ is not list:
        found = [_matches(value, one) for one in wanted]
        return True if True in found else False
    if wanted.__class__ is list:
        if operations.equal(value, wanted) is True:
            return True
        return any(_matches(value, one) is True for one in wanted if one.__class__ is list or one.__class__ is Range)
    return operations.equal(value, wanted)


def _any_test(tests: Iterable[Test], run: Run, value: Value) -> bool | None:
    unknown = False
    for test in tests:
        found = test(run, value)
        if found is True:
            return True
        unknown = unknown or found is None
    return None if unknown else False


def _mentions_tested(node: Any) -> bool:
    if isinstance(node, s.Tested):
        return True
    if not isinstance(node, s.Node | list | tuple | s.Iterator):
        return False
    parts = node if isinstance(node, list | tuple) else [getattr(node, name) for name in _slots(node)]
    return any(_mentions_tested(part) for part in parts)


def _slots(node: Any) -> list[str]:
    return [name for cls in type(node).__mro__ for name in getattr(cls, "__slots__", ())]


def _place_code(place: int) -> Code:
    return lambda run: run.slots[place]


def _through_items(items: list[int], name: str, otherwise: Code) -> Code:
    """A name inside filters: an entry of the innermost item that has it, else what is outside."""
    if not items:
        return otherwise

    def code(run: Run) -> Value:
        for place in items:
            item = run.slots[place]
            if item.__class__ is dict and name in item:
                return run.read(item[name])
        return otherwise(run)

    return code


def _guarded(run: Run, at: int, operation: Callable[..., Value], *values: Value) -> Value:
    try:
        return operation(*values)
    except Fault as fault:
        if not any(value is None for value in values):
            run.note(at, fault.sentence)
    except (ArithmeticError, OverflowError, ValueError, decimal.InvalidOperation):
        run.note(at, "计算结果超出了允许的范围")
    return None


def _binary(operation: Callable[[Value, Value], Value], left: Code, right: Code, at: int) -> Code:
    def code(run: Run) -> Value:
        value = _guarded(run, at, operation, left(run), right(run))
        if value.__class__ is str:
            run.grow(len(value))
        return value

    return code


def _equality(left: Code, right: Code, wanted: bool, at: int) -> Code:
    def code(run: Run) -> Value:
        a, b = left(run), right(run)
        if a.__class__ is b.__class__ and (a.__class__ is str or a.__class__ is Decimal):
            return (a == b) is wanted
        found = operations.equal(a, b)
        if found is None:
            run.note(at, f"{chinese_kind(a)}和{chinese_kind(b)}不能比较是否相等")
            return None
        return found is wanted

    return code


def _entry(run: Run, value: dict[str, Value], name: str, at: int) -> Value:
    if name in value:
        return run.read(value[name])
    run.note(at, f"没有名为“{name}”的项")
    return None


def _range_property(value: Range, name: str) -> Value:
    return {
        "start": value.start,
        "end": value.end,
        "start included": value.start_included,
        "end included": value.end_included,
    }.get(name)


def _filtered(run: Run, items: list[Value], place: int, condition: Code) -> Value:
    kept: list[Value] = []
    for item in items:
        run.slots[place] = import_value(item)
        found = condition(run)
        if found is True:
            kept.append(item)
        elif found.__class__ is Decimal:
            return operations.element(items, found)
    run.slots[place] = None
    return kept


def _rounds(run: Run, sources: list[tuple[int, Code, Code | None]], level: int) -> Any:
    """Walk the iterators like nested loops; an inner source may read an outer variable."""
    place, source, end = sources[level]
    for value in _elements(run, source, end):
        run.spend()
        run.slots[place] = import_value(value)
        if level + 1 < len(sources):
            yield from _rounds(run, sources, level + 1)
        else:
            yield None


def _elements(run: Run, source: Code, end: Code | None) -> Iterable[Value]:
    value = source(run)
    if end is not None:
        value = Range(value, end(run))
    if value.__class__ is Range:
        return _range_elements(value)
    if value is None:
        return []
    return value if value.__class__ is list else [value]


def _range_elements(interval: Range) -> Iterable[Value]:
    start, end = interval.start, interval.end
    if kind(start) == "number" and kind(end) == "number":
        step = Decimal(1) if start <= end else Decimal(-1)
        return itertools.takewhile(lambda n: n <= end if step > 0 else n >= end, itertools.count(start, step))
    if kind(start) == "date" and kind(end) == "date":
        sign = 1 if start <= end else -1
        days = abs((end - start).days)
        return (start.fromordinal(start.toordinal() + sign * offset) for offset in range(days + 1))
    return []


def invoke(run: Run, target: Value, values: list[Value], names: tuple[str, ...] | None) -> Value:
    """Call a built-in, an extension or a user function with positional or named arguments."""
    if target.__class__ is BuiltIn:
        return target.call(run, values, names)
    if not is_callable(target):
        raise Fault("这里调用的不是函数")
    if names is not None:
        given = dict(zip(names, values, strict=True))
        if set(given) - set(target.parameters):
            raise Fault(f"没有名为“{'、'.join(sorted(set(given) - set(target.parameters)))}”的参数")
        values = [given.get(name) for name in target.parameters]
    if len(values) != len(target.parameters):
        raise Fault(f"这个函数要 {len(target.parameters)} 个参数，给了 {len(values)} 个")
    if target.__class__ is Function:
        return import_value(target.call(*values))
    return _call_user(run, target, values)


def _call_user(run: Run, target: UserFunction, values: list[Value]) -> Value:
    for value, wanted in zip(values, target.types, strict=True):
        if wanted is not None and value is not None and not conforms(value, wanted):
            raise Fault(f"参数的类型不对：给的是{chinese_kind(value)}")
    run.enter(target.height * 2)
    outer_slots, outer_scope = run.slots, run.scope
    run.slots, run.scope = list(target.captured), target.scope
    for place, value in zip(target.slots, values, strict=True):
        run.slots[place] = value
    try:
        return target.body(run)
    finally:
        run.slots, run.scope = outer_slots, outer_scope
        run.frames += target.height * 2


_COMPILE: dict[type, Callable[[Compiler, Any], Code]] = {
    s.Literal: Compiler.literal,
    s.Tested: Compiler.tested,
    s.Name: Compiler.name,
    s.Negation: Compiler.negation,
    s.Chain: Compiler.chain,
    s.Power: Compiler.power,
    s.Comparison: Compiler.comparison,
    s.Logical: Compiler.logical,
    s.Between: Compiler.between,
    s.Membership: Compiler.membership,
    s.Interval: Compiler.interval,
    s.HalfInterval: Compiler.half_interval,
    s.InstanceOf: Compiler.instance_of,
    s.Path: Compiler.path,
    s.Filter: Compiler.filter,
    s.Call: Compiler.call,
    s.Condition: Compiler.condition,
    s.Loop: Compiler.loop,
    s.Quantified: Compiler.quantified,
    s.Definition: Compiler.definition,
    s.ContextLiteral: Compiler.context,
    s.ListLiteral: Compiler.list_literal,
    s.Tests: Compiler.tests,
}
