"""Closures of contexts, lists, paths and filters, and the properties of values."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from zoneinfo import ZoneInfo

from engine.feel import syntax as tree
from engine.feel import wide
from engine.feel.compiling.operators import always_null
from engine.feel.compiling.scope import Closure, Compiler
from engine.feel.errors import Fault
from engine.feel.run import SMALL, Run
from engine.feel.values import PLAIN, MonthsDuration, Range, UserFunction, Value, chinese_kind, to_integer
from engine.feel.wide import AnyDateTime, AnyDuration, AnyTime, WideDate, WideDateTime, WideDuration, WideTime


def context(compiler: Compiler, node: tree.ContextLiteral) -> Closure:
    entries: list[tuple[str, Closure, int]] = []
    for key, value in node.entries:
        # a function may call itself by its own key: the place exists before the value
        place = compiler.declare(key) if isinstance(value, tree.Definition) else -1
        closure = compiler.compile(value)
        entries.append((key, closure, place if place >= 0 else compiler.declare(key)))
    compiler.hide(len(entries))
    if len({key for key, _ in node.entries}) < len(node.entries):
        return always_null(compiler, node.at, "上下文里有两个同名的项")
    return _context_of(entries)


def _context_of(entries: list[tuple[str, Closure, int]]) -> Closure:
    def closure(run: Run) -> dict[str, Value]:
        result: dict[str, Value] = {}
        for key, entry, place in entries:
            value = entry(run)
            run.slots[place] = result[key] = value
            if value.__class__ is UserFunction and place < len(value.captured):
                value.captured[place] = value
        return result

    return closure


def list_literal(compiler: Compiler, node: tree.ListLiteral) -> Closure:
    elements = [compiler.compile(element) for element in node.elements]
    if len(elements) <= SMALL:
        return lambda run: [element(run) for element in elements]

    def closure(run: Run) -> list[Value]:
        run.grow(len(elements))
        return [element(run) for element in elements]

    return closure


def path(compiler: Compiler, node: tree.Path) -> Closure:
    operand, name, at = compiler.compile(node.operand), node.name, node.at
    if isinstance(node.operand, tree.Name) and compiler.free_name(node.operand.name):
        return _path_of_name(node.operand.name, _path_of(operand, name, at), name)
    place = compiler.place_of(node.operand.name) if isinstance(node.operand, tree.Name) else None
    return _path_of(operand, name, at) if place is None else _path_of_place(place, _path_of(operand, name, at), name)


def _path_of_place(place: int, otherwise: Closure, name: str) -> Closure:
    """An entry of a context that a local name stands for."""

    def closure(run: Run) -> Value:
        value = run.slots[place]
        if value.__class__ is dict and name in value:
            entry = value[name]
            return entry if entry.__class__ in PLAIN else run.read(entry)
        return otherwise(run)

    return closure


def _path_of_name(variable: str, otherwise: Closure, name: str) -> Closure:
    """An entry of a context in the scope, the most frequent path, without a call in between."""

    def closure(run: Run) -> Value:
        try:
            value = run.scope[variable]
            if value.__class__ is dict:
                entry = value[name]
                cls = entry.__class__
                if cls in PLAIN or cls is dict or (cls is Decimal and entry.is_finite()):
                    return entry
                return run.read(entry)
        except KeyError:
            pass
        return otherwise(run)

    return closure


def _path_of(operand: Closure, name: str, at: int) -> Closure:
    def closure(run: Run) -> Value:
        value = operand(run)
        if value.__class__ is dict:
            try:
                entry = value[name]
            except KeyError:
                run.note(at, f"没有“{name}”这一项")
                return None
            return entry if entry.__class__ in PLAIN else run.read(entry)
        return _property_of(run, value, name, at)

    return closure


def _property_of(run: Run, value: Value, name: str, at: int) -> Value:
    if value.__class__ is list:
        run.spend(len(value) // 8)
        return [_element_property(run, element, name, at) for element in value]
    reader = _PROPERTIES.get((value.__class__, name))
    if reader is None:
        run.note(at, f"{chinese_kind(value)}没有“{name}”这一项")
        return None
    return reader(value)


def _element_property(run: Run, element: Value, name: str, at: int) -> Value:
    if element.__class__ is dict:
        return run.read(element[name]) if name in element else None
    if element.__class__ is list:
        return None
    return _property_of(run, element, name, at)


def _offset(value: AnyTime | AnyDateTime) -> dt.timedelta | None:
    return value.utcoffset()


def _zone(value: AnyTime | AnyDateTime) -> str | None:
    return value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else None


def _whole(months: int, divisor: int) -> Decimal:
    return Decimal(abs(months) // divisor) * (-1 if months < 0 else 1)


def _seconds(seconds: int, nanoseconds: int) -> Decimal:
    return Decimal(seconds) + Decimal(nanoseconds) / wide.NANOSECONDS


def _days_part(index: int) -> Callable[[AnyDuration], Decimal]:
    def read(value: AnyDuration) -> Decimal:
        days, rest = divmod(abs(wide.length(value)), wide.DAY_NANOSECONDS)
        whole, nanoseconds = divmod(rest, wide.NANOSECONDS)
        minutes, seconds = divmod(whole, 60)
        numbers = (Decimal(days), Decimal(minutes // 60), Decimal(minutes % 60), _seconds(seconds, nanoseconds))
        part = numbers[index]
        return -part if wide.length(value) < 0 and part else part

    return read


_DATE: dict[str, Callable[[Value], Value]] = {
    "year": lambda value: Decimal(value.year),
    "month": lambda value: Decimal(value.month),
    "day": lambda value: Decimal(value.day),
    "weekday": lambda value: Decimal(wide.weekday(value)),
}
_TIME: dict[str, Callable[[Value], Value]] = {
    "hour": lambda value: Decimal(value.hour),
    "minute": lambda value: Decimal(value.minute),
    "second": lambda value: _seconds(value.second, wide.nanosecond(value)),
    "time offset": _offset,
    "timezone": _zone,
}
_DURATION = {name: _days_part(index) for index, name in enumerate(("days", "hours", "minutes", "seconds"))}
_BY_CLASS: dict[type, dict[str, Callable[[Value], Value]]] = {
    **dict.fromkeys((dt.date, WideDate), _DATE),
    **dict.fromkeys((dt.time, WideTime), _TIME),
    **dict.fromkeys((dt.datetime, WideDateTime), _DATE | _TIME),
    **dict.fromkeys((dt.timedelta, WideDuration), _DURATION),
    MonthsDuration: {
        "years": lambda value: _whole(value.months, 12),
        "months": lambda value: Decimal(value.months) - _whole(value.months, 12) * 12,
    },
    Range: {
        "start": lambda value: value.start,
        "end": lambda value: value.end,
        "start included": lambda value: value.start_included,
        "end included": lambda value: value.end_included,
    },
}
_PROPERTIES = {(cls, name): reader for cls, readers in _BY_CLASS.items() for name, reader in readers.items()}


def filter_list(compiler: Compiler, node: tree.Filter) -> Closure:
    operand = compiler.compile(node.operand)
    if isinstance(node.condition, tree.Literal) and isinstance(node.condition.value, Decimal):
        return _constant_index(operand, node.condition.value, node.at)
    with compiler.local("item", None) as (item, element):
        condition, cost = compiler.weigh(node.condition)
    at = node.at

    def closure(run: Run) -> Value:
        values = operand(run)
        if values is None:
            run.note(at, "要筛选的列表是空值")
            return None
        if values.__class__ is not list:
            values = [values]
        if not values:
            return _of_nothing(run, condition, item, element)
        result = []
        for value in values:
            run.steps -= cost
            if run.steps < 0:
                run.spend()
            run.slots[item] = run.slots[element] = value
            verdict = condition(run)
            if verdict is True:
                result.append(value)
            elif verdict.__class__ is Decimal:
                return _at_index(run, values, verdict, at)
            elif verdict.__class__ is not bool and verdict is not None:
                run.note(at, f"筛选条件应当是是非值或序号，这里是{chinese_kind(verdict)}")
                return None
        return result

    return closure


def _of_nothing(run: Run, condition: Closure, item: int, element: int) -> Value:
    """An empty list filtered: nothing, or null where the condition turns out to be a position.

    That there is no element to ask is no fault, and not noted.
    """
    run.slots[item] = run.slots[element] = None
    notes, run.notes = run.notes, None
    try:
        return None if condition(run).__class__ is Decimal else []
    finally:
        run.notes = notes


def _as_list(value: Value) -> list[Value]:
    if value.__class__ is list:
        return value  # type: ignore[no-any-return]
    return [] if value is None else [value]


def _constant_index(operand: Closure, index: Decimal, at: int) -> Closure:
    def closure(run: Run) -> Value:
        return _at_index(run, _as_list(operand(run)), index, at)

    return closure


def _at_index(run: Run, values: list[Value], index: Decimal, at: int) -> Value:
    try:
        return values[position(index, len(values))]
    except Fault as fault:
        run.note(at, fault.sentence)
        return None


def position(index: Decimal, length: int) -> int:
    """The Python index of a FEEL position: from 1, or from -1 at the end. Raises Fault outside the list."""
    number = to_integer(index)
    if number is None or not 1 <= abs(number) <= length:
        raise Fault(f"列表有 {length} 项，没有第 {index} 项")
    return number - 1 if number > 0 else length + number
