"""List functions, statistics and sorting."""

from collections import Counter
from decimal import Decimal
from functools import cmp_to_key

from engine.feel.builtins.conversion import position
from engine.feel.builtins.registry import builtin
from engine.feel.calling import call_function
from engine.feel.errors import Fault
from engine.feel.operations import ORDERED, compare, equals
from engine.feel.run import Run
from engine.feel.values import CONTEXT, Value, chinese_kind, is_callable, kind


def _same(run: Run, left: Value, right: Value) -> bool:
    try:
        return equals(run, left, right) is True
    except Fault:
        return False


def _built(run: Run, values: list[Value]) -> list[Value]:
    run.grow(len(values))
    run.spend(len(values) // 16)
    return values


def _place(at: Decimal, length: int) -> int:
    number = position(at)
    if not 1 <= abs(number) <= length:
        raise Fault(f"列表有 {length} 项，没有第 {number} 项")
    return number - 1 if number > 0 else length + number


@builtin("list contains", "list: list", "element: any?")
def list_contains(run: Run, values: list[Value], element: Value) -> bool:
    return any(_same(run, value, element) for value in values)


@builtin("count", "list: list")
def count(run: Run, values: list[Value]) -> Decimal:
    return Decimal(len(values))


def _extreme(values: list[Value], symbol: str) -> Value:
    if not values:
        return None
    best = values[0]
    if kind(best) not in ORDERED:
        raise Fault(f"{chinese_kind(best)}不能比较大小")
    for value in values[1:]:
        if compare(symbol, value, best):
            best = value
    return best


@builtin("min", "list: list")
@builtin("min", "*list: any?")
def minimum(run: Run, values: list[Value]) -> Value:
    return _extreme(values, "<")


@builtin("max", "list: list")
@builtin("max", "*list: any?")
def maximum(run: Run, values: list[Value]) -> Value:
    return _extreme(values, ">")


def _numbers(values: list[Value]) -> list[Decimal]:
    for value in values:
        if value.__class__ is not Decimal:
            raise Fault(f"列表里应当都是数字，这里有{chinese_kind(value)}")
    return values


def _total(values: list[Value]) -> Decimal:
    total = Decimal(0)
    for value in _numbers(values):
        total = CONTEXT.add(total, value)
    return total


@builtin("sum", "list: list")
@builtin("sum", "*list: any?")
def total(run: Run, values: list[Value]) -> Value:
    return _total(values) if values else None


@builtin("product", "list: list")
@builtin("product", "*list: any?")
def product(run: Run, values: list[Value]) -> Value:
    result = Decimal(1)
    for value in _numbers(values):
        result = CONTEXT.multiply(result, value)
    return result if values else None


@builtin("mean", "list: list")
@builtin("mean", "*list: any?")
def mean(run: Run, values: list[Value]) -> Value:
    return CONTEXT.divide(_total(values), Decimal(len(values))) if values else None


@builtin("median", "list: list")
@builtin("median", "*list: any?")
def median(run: Run, values: list[Value]) -> Value:
    if not values:
        return None
    ordered = sorted(_numbers(values))
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return CONTEXT.divide(CONTEXT.add(ordered[middle - 1], ordered[middle]), Decimal(2))


@builtin("stddev", "list: list")
@builtin("stddev", "*list: any?")
def standard_deviation(run: Run, values: list[Value]) -> Value:
    """Of a sample (divided by n - 1)."""
    if len(values) < 2:
        raise Fault("标准差至少要两个数字")
    average = CONTEXT.divide(_total(values), Decimal(len(values)))
    squares = [CONTEXT.power(CONTEXT.subtract(value, average), Decimal(2)) for value in values]
    return CONTEXT.sqrt(CONTEXT.divide(_total(squares), Decimal(len(values) - 1)))


@builtin("mode", "list: list")
@builtin("mode", "*list: any?")
def mode(run: Run, values: list[Value]) -> list[Value]:
    """The most frequent numbers, in ascending order."""
    counts = Counter(_numbers(values))
    most = max(counts.values(), default=0)
    return sorted(value for value, times in counts.items() if times == most)


def _decided(values: list[Value], decisive: bool) -> bool | None:
    result: bool | None = not decisive
    for value in values:
        if value is decisive:
            return bool(value)
        if value.__class__ is not bool:
            result = None
    return result


@builtin("all", "list: list")
@builtin("all", "*list: any?")
def all_true(run: Run, values: list[Value]) -> bool | None:
    return _decided(values, False)


@builtin("any", "list: list")
@builtin("any", "*list: any?")
def any_true(run: Run, values: list[Value]) -> bool | None:
    return _decided(values, True)


@builtin("sublist", "list: list", "start position: number", "[length: number?]")
def sublist(run: Run, values: list[Value], start: Decimal, length: Decimal | None = None) -> list[Value]:
    begin = _place(start, len(values))
    if length is None:
        return _built(run, values[begin:])
    size = position(length)
    if size < 1 or begin + size > len(values):
        raise Fault(f"从第 {start} 项起没有 {length} 项")
    return _built(run, values[begin : begin + size])


@builtin("append", "list: list", "*item: any?")
def append(run: Run, values: list[Value], items: list[Value]) -> list[Value]:
    return _built(run, values + items)


@builtin("concatenate", "*list: list")
def concatenate(run: Run, lists: list[list[Value]]) -> list[Value]:
    run.grow(sum(map(len, lists)))
    return _built(run, [value for values in lists for value in values])


@builtin("insert before", "list: list", "position: number", "newItem: any?")
def insert_before(run: Run, values: list[Value], at: Decimal, item: Value) -> list[Value]:
    place = _place(at, len(values))
    return _built(run, [*values[:place], item, *values[place:]])


@builtin("remove", "list: list", "position: number")
def remove(run: Run, values: list[Value], at: Decimal) -> list[Value]:
    place = _place(at, len(values))
    return _built(run, values[:place] + values[place + 1 :])


@builtin("list replace", "list: list", "position: number", "newItem: any?")
def replace_position(run: Run, values: list[Value], at: Decimal, item: Value) -> list[Value]:
    place = _place(at, len(values))
    return _built(run, [*values[:place], item, *values[place + 1 :]])


@builtin("list replace", "list: list", "match: function", "newItem: any?")
def replace_matching(run: Run, values: list[Value], match: Value, item: Value) -> list[Value]:
    if len(match.parameters) != 2:
        raise Fault("判断函数应当有两个参数：原来的项和新的项")
    verdicts = [call_function(run, match, [value, item]) for value in values]
    if any(verdict.__class__ is not bool for verdict in verdicts):
        raise Fault("判断函数应当给出是非值")
    return _built(run, [item if verdict else value for value, verdict in zip(values, verdicts, strict=True)])


@builtin("reverse", "list: list")
def reverse(run: Run, values: list[Value]) -> list[Value]:
    return _built(run, values[::-1])


@builtin("index of", "list: list", "match: any?")
def index_of(run: Run, values: list[Value], match: Value) -> list[Value]:
    return [Decimal(index) for index, value in enumerate(values, 1) if _same(run, value, match)]


@builtin("union", "*list: list")
def union(run: Run, lists: list[list[Value]]) -> list[Value]:
    return distinct(run, concatenate(run, lists))


@builtin("distinct values", "list: list")
def distinct(run: Run, values: list[Value]) -> list[Value]:
    result: list[Value] = []
    seen: set[tuple[type, Value]] = set()
    for value in values:
        if value.__class__ in (list, dict) or is_callable(value) or kind(value) == "range":
            run.spend(len(result) // 4)
            if not any(_same(run, value, other) for other in result):
                result.append(value)
        elif (value.__class__, value) not in seen:
            seen.add((value.__class__, value))
            result.append(value)
    return _built(run, result)


@builtin("flatten", "list: list")
def flatten(run: Run, values: list[Value]) -> list[Value]:
    result: list[Value] = []
    pending = [iter(values)]
    while pending:
        for value in pending[-1]:
            run.spend()
            if value.__class__ is list:
                pending.append(iter(value))
                break
            result.append(value)
        else:
            pending.pop()
    return _built(run, result)


@builtin("sort", "list: list", "precedes: function")
def sort(run: Run, values: list[Value], precedes: Value) -> list[Value]:
    """Stable: what neither precedes keeps its order."""
    if len(precedes.parameters) != 2:
        raise Fault("排序函数应当有两个参数")

    def order(left: Value, right: Value) -> int:
        run.spend()
        if call_function(run, precedes, [left, right]) is True:
            return -1
        return 1 if call_function(run, precedes, [right, left]) is True else 0

    return _built(run, sorted(values, key=cmp_to_key(order)))


@builtin("sort", "list: list")
def sort_ascending(run: Run, values: list[Value]) -> list[Value]:
    def order(left: Value, right: Value) -> int:
        run.spend()
        return -1 if compare("<", left, right) else int(compare(">", left, right))

    return _built(run, sorted(values, key=cmp_to_key(order)))
