"""Closures of unary tests and of `in`: each says of a value whether it holds, does not, or is unknown."""

from collections.abc import Callable
from decimal import InvalidOperation
from functools import partial
from typing import Any

from engine.feel import operations
from engine.feel import syntax as tree
from engine.feel.compiling.operators import EQUAL_BY_PYTHON, ORDERED_BY_PYTHON, PYTHON, compare
from engine.feel.compiling.scope import Closure, Compiler
from engine.feel.errors import Fault
from engine.feel.run import Run
from engine.feel.values import Range, Value, chinese_kind, kind

Test = Callable[[Run, Value], bool | None]
_PREDICATES = (tree.Comparison, tree.Logical, tree.Between, tree.Membership, tree.InstanceOf, tree.Quantified)
#: Tests that give something to compare with, also where they speak of `?`: that of the cell around them.
_VALUES = (tree.Literal, tree.Tested, tree.Chain, tree.Interval, tree.HalfInterval, tree.ListLiteral)


def unary_tests(compiler: Compiler, node: tree.Tests) -> Test:
    """All tests of a cell as one."""
    if not node.tests:
        return _any_value
    result = _any_of([_cell_test(compiler, test) for test in node.tests])
    return partial(_inverted, result) if node.negated else result


def _any_value(run: Run, value: Value) -> bool:
    return True


def _inverted(test: Test, run: Run, value: Value) -> bool | None:
    result = test(run, value)
    return None if result is None else not result


def _any_of(tests: list[Test]) -> Test:
    if len(tests) == 1:
        return tests[0]

    def test_all(run: Run, value: Value) -> bool | None:
        result: bool | None = False
        for test in tests:
            holds = test(run, value)
            if holds is True:
                return True
            if holds is None:
                result = None
        return result

    return test_all


def _cell_test(compiler: Compiler, node: tree.Node) -> Test:
    """A test of a cell. One that speaks of `?`, or is a condition by its form, must itself be true."""
    if not isinstance(node, _PREDICATES) and not mentions_tested(node):
        return value_test(compiler, node)
    closure = compiler.compile(node)

    def predicate(run: Run, value: Value) -> bool | None:
        result = closure(run)
        return result if result.__class__ is bool else None

    return predicate


def mentions_tested(node: object) -> bool:
    """Whether `?` stands anywhere in it; that of a condition after `in` is what is asked about there."""
    pending: list[object] = [node]
    while pending:
        item = pending.pop()
        if isinstance(item, tree.Tested):
            return True
        if isinstance(item, tree.Membership):
            pending += [item.operand, *(test for test in item.tests if isinstance(test, _VALUES))]
            continue
        if isinstance(item, list | tuple):
            pending.extend(item)
        elif isinstance(item, tree.Node | tree.Iterator):
            pending.extend(getattr(item, slot) for slot in type(item).__dataclass_fields__)
    return False


def only_names(node: tree.Tests) -> bool:
    """Whether every test is a literal or a half interval of one."""
    ends = (test.endpoint if isinstance(test, tree.HalfInterval) else test for test in node.tests)
    return all(isinstance(end, tree.Literal) for end in ends)


def value_test(compiler: Compiler, node: tree.Node) -> Test:
    """Compares a value with what the node stands for: a half interval, an interval, a list, one value."""
    compiler.nodes += 1  # what is compared without being compiled takes its time all the same
    if isinstance(node, tree.HalfInterval):
        return _half_interval_test(compiler, node)
    if isinstance(node, tree.Literal) and node.value.__class__ in EQUAL_BY_PYTHON:
        return _literal_test(PYTHON["="], "=", node.value, node.at)
    if isinstance(node, tree.Interval) and _is_plain_interval(node):
        return _plain_interval_test(compiler, node)
    closure, at = compiler.compile(node), node.at
    if isinstance(node, tree.Interval):
        return _interval_test(closure, at)

    def test(run: Run, value: Value) -> Any:
        return matches_value(run, value, closure(run), at)

    return test


def _interval_test(closure: Closure, at: int) -> Test:
    def test(run: Run, value: Value) -> Any:
        interval = closure(run)
        return None if interval is None else matches_value(run, value, interval, at)

    return test


def _half_interval_test(compiler: Compiler, node: tree.HalfInterval) -> Test:
    symbol, at = node.operator, node.at
    classes = ORDERED_BY_PYTHON if symbol in operations.ORDER else EQUAL_BY_PYTHON
    if isinstance(node.endpoint, tree.Literal) and node.endpoint.value.__class__ in classes:
        return _literal_test(PYTHON[symbol], symbol, node.endpoint.value, at)
    endpoint = compiler.compile(node.endpoint)

    def test(run: Run, value: Value) -> Any:
        return compare(run, symbol, value, endpoint(run), at)

    return test


def _literal_test(python: Callable[[Value, Value], Any], symbol: str, literal: Value, at: int) -> Test:
    cls = literal.__class__

    def test(run: Run, value: Value) -> Any:
        if value.__class__ is cls:
            try:
                return python(value, literal)
            except InvalidOperation:
                return None
        if value.__class__ is list and symbol == "=":
            return matches_value(run, value, literal, at)
        return compare(run, symbol, value, literal, at)

    return test


def _is_plain_interval(node: tree.Interval) -> bool:
    ends = (node.start, node.end)
    classes = {end.value.__class__ for end in ends if isinstance(end, tree.Literal)}
    if not all(isinstance(end, tree.Literal) for end in ends) or len(classes) != 1 or not classes <= ORDERED_BY_PYTHON:
        return False
    return bool(node.start.value <= node.end.value)  # type: ignore[attr-defined]


def _plain_interval_test(compiler: Compiler, node: tree.Interval) -> Test:
    interval, at = compiler.compile(node)(Run({})), node.at
    above = PYTHON[">=" if node.start_included else ">"]
    below = PYTHON["<=" if node.end_included else "<"]
    cls, start, end = interval.start.__class__, interval.start, interval.end

    def test(run: Run, value: Value) -> Any:
        if value.__class__ is cls:
            return above(value, start) and below(value, end)
        return matches_value(run, value, interval, at)

    return test


def matches_value(run: Run, value: Value, pattern: Value, at: int) -> bool | None:
    """`value in pattern`: inside a range, an element of a list (or inside one of its ranges), or equal."""
    try:
        if pattern.__class__ is Range and value.__class__ is not Range:
            return operations.contains(run, pattern, value)
        if pattern.__class__ is list:
            return _in_list(run, value, pattern)
        if value.__class__ is list and len(value) == 1:
            value = value[0]
        return operations.equals(run, value, pattern)
    except Fault as fault:
        run.note(at, fault.sentence)
        return None


def _in_list(run: Run, value: Value, pattern: list[Value]) -> bool | None:
    result: bool | None = False
    run.spend(len(pattern) // 8)
    if value.__class__ is list and operations.equals(run, value, pattern):
        return True
    for element in pattern:
        try:
            inside = element.__class__ is Range and value.__class__ is not Range
            same = operations.contains(run, element, value) if inside else operations.equals(run, value, element)
        except Fault:
            same = False
        if same is True:
            return True
        if same is None:
            result = None
    return result


def _condition(compiler: Compiler, node: tree.Node) -> Test | None:
    """`x in (? > 3)`: a condition of the value before `in`, for which `?` stands inside; None for any other test."""
    if isinstance(node, _VALUES) or not mentions_tested(node):
        return None
    closure = compiler.compile(node)

    def test(run: Run, value: Value) -> bool | None:
        before, run.tested = run.tested, value
        try:
            result = closure(run)
        finally:
            run.tested = before
        return result if result.__class__ is bool else None

    return test


def membership(compiler: Compiler, node: tree.Membership) -> Closure:
    operand = compiler.compile(node.operand)
    test = _any_of([_condition(compiler, item) or value_test(compiler, item) for item in node.tests])

    def closure(run: Run) -> bool | None:
        return test(run, operand(run))

    return closure


def half_interval(compiler: Compiler, node: tree.HalfInterval) -> Closure:
    """`(< 5)` as a value."""
    endpoint, symbol, at = compiler.compile(node.endpoint), node.operator, node.at
    included = symbol in ("<=", ">=")

    def closure(run: Run) -> Range | None:
        end = endpoint(run)
        if symbol in ("=", "!="):
            return Range(end, end, operator=symbol)
        if kind(end) not in operations.ORDERED:
            run.note(at, f"区间的一端不能是{chinese_kind(end)}")
            return None
        return Range(None, end, False, included) if symbol[0] == "<" else Range(end, None, included, False)

    return closure


def interval(compiler: Compiler, node: tree.Interval) -> Closure:
    start, end, at = compiler.compile(node.start), compiler.compile(node.end), node.at
    flags = (node.start_included, node.end_included)

    def closure(run: Run) -> Range | None:
        low, high = start(run), end(run)
        try:
            if low is not None and high is not None and operations.compare(">", low, high):
                run.note(at, "区间的起点大于终点")
                return None
        except Fault as fault:
            run.note(at, fault.sentence)
            return None
        if low is None or high is None:
            run.note(at, "区间有一端是空值")
            return None
        return Range(low, high, *flags)

    return closure
