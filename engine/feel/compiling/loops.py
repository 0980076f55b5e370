"""Closures of `for`, `some` and `every`."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from decimal import Decimal

from engine.feel import syntax as tree
from engine.feel.compiling.scope import Closure, Compiler
from engine.feel.errors import Fault
from engine.feel.run import Run
from engine.feel.values import CONTEXT, DATE, NUMBER, Range, Value, chinese_kind, kind
from engine.feel.wide import date_on

#: Walks the combinations that are left; collects in the list and says whether the walk can stop.
Walk = Callable[[Run, list[Value]], bool]
#: Gives a list, a range, one value, or the steps from one end to another.
Source = Callable[[Run], Value]


def loop(compiler: Compiler, node: tree.Loop) -> Closure:
    with ExitStack() as stack:
        partial = stack.enter_context(compiler.local("partial"))[0]
        sources = _sources(compiler, node.iterators, stack)
        body, cost = compiler.weigh(node.body)
    visit = _collect_partial(body, partial) if partial in compiler.places_read else _collect(body)
    walk, at = _nest(sources, visit, cost), node.at

    def closure(run: Run) -> list[Value] | None:
        result: list[Value] = []
        try:
            walk(run, result)
        except Fault as fault:
            run.note(at, fault.sentence)
            return None
        run.grow(len(result))
        return result

    return closure


def _collect(body: Closure) -> Walk:
    def visit(run: Run, result: list[Value]) -> bool:
        result.append(body(run))
        return False

    return visit


def _collect_partial(body: Closure, place: int) -> Walk:
    def visit(run: Run, result: list[Value]) -> bool:
        run.spend(len(result) // 8)
        run.slots[place] = list(result)
        result.append(body(run))
        return False

    return visit


def quantified(compiler: Compiler, node: tree.Quantified) -> Closure:
    with ExitStack() as stack:
        sources = _sources(compiler, node.iterators, stack)
        condition, cost = compiler.weigh(node.condition)
    decisive, at = not node.every, node.at

    def visit(run: Run, unknown: list[Value]) -> bool:
        verdict = condition(run)
        if verdict is decisive:
            return True
        if verdict is None or verdict.__class__ is not bool:
            unknown[:] = [None]
        return False

    if len(sources) == 1 and node.iterators[0].end is None:
        return _quantified_list(sources[0], condition, cost, decisive, at)
    walk = _nest(sources, visit, cost)

    def closure(run: Run) -> bool | None:
        unknown: list[Value] = []
        try:
            if walk(run, unknown):
                return decisive
        except Fault as fault:
            run.note(at, fault.sentence)
            return None
        return None if unknown else not decisive

    return closure


def _quantified_list(
    source: tuple[Source, int, int], condition: Closure, cost: int, decisive: bool, at: int
) -> Closure:
    """The most frequent one, over one list, without calls in between."""
    read, place, _ = source

    def closure(run: Run) -> bool | None:
        result: bool | None = not decisive
        try:
            values = read(run)
            for value in values if values.__class__ is list else _elements(values):
                run.steps -= cost
                if run.steps < 0:
                    run.spend()
                run.slots[place] = value
                verdict = condition(run)
                if verdict is decisive:
                    return bool(verdict)
                if verdict.__class__ is not bool:
                    result = None
        except Fault as fault:
            run.note(at, fault.sentence)
            return None
        return result

    return closure


def _sources(compiler: Compiler, iterators: list[tree.Iterator], stack: ExitStack) -> list[tuple[Source, int, int]]:
    """Each iterator sees the names of those before it."""
    sources: list[tuple[Source, int, int]] = []
    for item in iterators:
        source, cost = _source(compiler, item)
        sources.append((source, stack.enter_context(compiler.local(item.name))[0], cost))
    return sources


def _source(compiler: Compiler, item: tree.Iterator) -> tuple[Source, int]:
    start, cost = compiler.weigh(item.source)
    if item.end is None:
        return start, cost
    end, end_cost = compiler.weigh(item.end)
    return lambda run: _steps(start(run), end(run)), cost + end_cost


def _nest(sources: list[tuple[Source, int, int]], visit: Walk, cost: int) -> Walk:
    for source, place, own_cost in reversed(sources):
        visit = _level(source, place, visit, cost)
        cost = own_cost
    return visit


def _level(source: Source, place: int, inner: Walk, cost: int) -> Walk:
    """`cost` is that of what stands inside: the body, or the source of the next iterator."""

    def walk(run: Run, result: list[Value]) -> bool:
        values = source(run)
        for value in values if values.__class__ is list else _elements(values):
            run.steps -= cost
            if run.steps < 0:
                run.spend()
            run.slots[place] = value
            if inner(run, result):
                return True
        return False

    return walk


def _elements(value: Value) -> Iterable[Value]:
    if value.__class__ is list:
        return value  # type: ignore[no-any-return]
    if value.__class__ is Range:
        return _range_steps(value)
    if isinstance(value, Iterator):
        return value
    if value is None:
        raise Fault("要逐项处理的列表是空值")
    return (value,)


def _range_steps(value: Range) -> Iterator[Value]:
    if value.start is None or value.end is None or value.outside:
        raise Fault("区间没有两端，不能逐项处理")
    for step in _steps(value.start, value.end):
        if (value.start_included or step != value.start) and (value.end_included or step != value.end):
            yield step


def _steps(start: Value, end: Value) -> Iterator[Value]:
    """From start to end in steps of one (a day for dates), upwards or downwards."""
    kinds = kind(start)
    if kinds != kind(end) or kinds not in (NUMBER, DATE):
        raise Fault(f"不能从{chinese_kind(start)}逐项数到{chinese_kind(end)}")
    if kinds == NUMBER:
        return _count(start, end, Decimal(1 if start <= end else -1))
    first, last = start.toordinal(), end.toordinal()
    return map(date_on, range(first, last + 1) if first <= last else range(first, last - 1, -1))


def _count(value: Decimal, end: Decimal, step: Decimal) -> Iterator[Value]:
    while value <= end if step > 0 else value >= end:
        yield value
        value = CONTEXT.add(value, step)
