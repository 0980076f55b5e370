"""The built-in functions (DMN 1.5 §10.3.4): a registry by name, checked parameters, named arguments."""

import datetime as dt
import decimal
import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.feel import interim as operations
from engine.feel import moments, patterns
from engine.feel.errors import Fault
from engine.feel.values import CONTEXT, MonthsDuration, Range, Value, chinese_kind, import_value, kind, to_integer

Implementation = Callable[..., Value]


@dataclass(frozen=True)
class BuiltIn:
    """`signatures` are the accepted parameter lists; a name that ends in `?` may be left out, `*` takes the rest."""

    name: str
    signatures: tuple[tuple[str, ...], ...]
    body: Implementation
    lazy_run: bool = False

    def call(self, run: Any, values: list[Value], names: tuple[str, ...] | None) -> Value:
        arguments = self._by_name(values, names) if names is not None else self._by_position(values)
        found = self.body(run, *arguments) if self.lazy_run else self.body(*arguments)
        if found.__class__ is str or found.__class__ is list:
            run.grow(len(found))
        return found

    def _by_position(self, values: list[Value]) -> list[Value]:
        for signature in self.signatures:
            least = sum(not name.endswith(("?", "*")) for name in signature)
            if least <= len(values) and (len(values) <= len(signature) or signature[-1:] and signature[-1].endswith("*")):
                return values
        raise Fault(f"函数 {self.name} 不接受 {len(values)} 个参数")

    def _by_name(self, values: list[Value], names: tuple[str, ...]) -> list[Value]:
        given = dict(zip(names, values, strict=True))
        for signature in self.signatures:
            known = [name.rstrip("?*") for name in signature]
            needed = [name for name in signature if not name.endswith(("?", "*"))]
            if set(given) <= set(known) and set(needed) <= set(given):
                last = max(known.index(name) for name in given) if given else -1
                return [given.get(name) for name in known[: last + 1]]
        raise Fault(f"函数 {self.name} 没有这些参数：{'、'.join(names)}")


BUILT_INS: dict[str, BuiltIn] = {}


def built_in(name: str, *signatures: str, run: bool = False) -> Callable[[Implementation], Implementation]:
    def register(body: Implementation) -> Implementation:
        lists = tuple(tuple(part.strip() for part in text.split(",") if part.strip()) for text in signatures)
        BUILT_INS[name] = BuiltIn(name, lists, body, run)
        return body

    return register


def need(value: Value, wanted: str, what: str = "参数") -> Any:
    if kind(value) != wanted:
        raise Fault(f"{what}的类型不对：给的是{chinese_kind(value)}")
    return value


def whole(value: Value) -> int:
    found = to_integer(need(value, "number"))
    if found is None:
        raise Fault("这里要一个整数")
    return found


def listed(value: Value) -> list[Value]:
    return value if value.__class__ is list else [value]


def spread(values: tuple[Value, ...]) -> list[Value]:
    """`f(list)` and `f(a, b, c)` are the same."""
    items = values[0] if len(values) == 1 and values[0].__class__ is list else list(values)
    return [import_value(item) for item in items]


# --- conversion ------------------------------------------------------------------------------------------------------


@built_in("string", "from")
def _string(value: Value) -> Value:
    return None if value is None else text_of(value)


def text_of(value: Value, *, inner: bool = False) -> str:
    match kind(value):
        case "string":
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' if inner else str(value)
        case "number":
            return format(value.normalize() if value else Decimal(0), "f") if abs(value.adjusted()) < 34 else str(value)
        case "boolean":
            return "true" if value else "false"
        case "null":
            return "null"
        case "list":
            return "[" + ", ".join(text_of(import_value(item), inner=True) for item in value) + "]"
        case "context":
            return "{" + ", ".join(f"{key}: {text_of(import_value(item), inner=True)}" for key, item in value.items()) + "}"
        case "range":
            start = "" if value.start is None else text_of(value.start, inner=True)
            end = "" if value.end is None else text_of(value.end, inner=True)
            return f"{'[' if value.start_included else '('}{start}..{end}{']' if value.end_included else ')'}"
        case "function":
            return "function"
    return moments.to_text(value)


@built_in("number", "from, grouping separator?, decimal separator?")
def _number(text: Value, grouping: Value = None, point: Value = None) -> Value:
    need(text, "string")
    if grouping is not None and grouping not in {" ", ",", "."}:
        raise Fault("千分位符号只能是空格、逗号或句点")
    if point is not None and (point not in {",", "."} or point == grouping):
        raise Fault("小数点符号只能是逗号或句点，且不同于千分位符号")
    plain = text.replace(grouping, "") if grouping else text
    plain = plain.replace(point, ".") if point else plain
    if not re.fullmatch(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,5})?", plain):
        raise Fault(f"“{text[:20]}”不是数")
    return operations.number(CONTEXT.create_decimal(plain))


@built_in("date", "from", "year, month, day")
def _date(*values: Value) -> Value:
    if len(values) == 3:
        return dt.date(whole(values[0]), whole(values[1]), whole(values[2]))
    value = values[0]
    match kind(value):
        case "date":
            return value
        case "date and time":
            return value.date()
        case "string":
            found = moments.date_of(value)
            if found is None:
                raise Fault(f"“{value[:20]}”不是日期")
            return found
    raise Fault(f"{chinese_kind(value)}不能变成日期")


@built_in("time", "from", "hour, minute, second, offset?")
def _time(*values: Value) -> Value:
    if len(values) >= 3:
        offset = values[3] if len(values) > 3 else None
        zone = dt.timezone(need(offset, "days and time duration")) if offset is not None else None
        second = need(values[2], "number")
        micro = int((second % 1) * 1_000_000)
        return dt.time(whole(values[0]), whole(values[1]), int(second), micro, zone)
    value = values[0]
    match kind(value):
        case "time":
            return value
        case "date and time":
            return value.timetz()
        case "date":
            return dt.time(tzinfo=dt.UTC)
        case "string":
            found = moments.time_of(value)
            if found is None:
                raise Fault(f"“{value[:20]}”不是时刻")
            return found
    raise Fault(f"{chinese_kind(value)}不能变成时刻")


@built_in("date and time", "from", "date, time")
def _date_and_time(*values: Value) -> Value:
    if len(values) == 2:
        day, clock = values
        day = day.date() if kind(day) == "date and time" else need(day, "date")
        return dt.datetime.combine(day, need(clock, "time"))
    value = values[0]
    match kind(value):
        case "date and time":
            return value
        case "date":
            return dt.datetime.combine(value, dt.time())
        case "string":
            found = moments.date_time_of(value)
            if found is None:
                raise Fault(f"“{value[:30]}”不是日期时间")
            return found
    raise Fault(f"{chinese_kind(value)}不能变成日期时间")


@built_in("duration", "from")
def _duration(value: Value) -> Value:
    if kind(value) in {"days and time duration", "years and months duration"}:
        return value
    found = moments.duration_of(need(value, "string"))
    if found is None:
        raise Fault(f"“{value[:20]}”不是时长")
    return found


@built_in("years and months duration", "from, to")
def _months_duration(start: Value, end: Value) -> Value:
    days = [side.date() if kind(side) == "date and time" else need(side, "date") for side in (start, end)]
    return moments.months_between(days[0], days[1])


# --- truth -----------------------------------------------------------------------------------------------------------


@built_in("not", "negand")
def _not(value: Value) -> Value:
    return not value if value.__class__ is bool else None


@built_in("is", "value1, value2")
def _is(left: Value, right: Value) -> Value:
    return kind(left) == kind(right) and operations.equal(left, right) is True


@built_in("all", "list", "*")
def _all(*values: Value) -> Value:
    items = spread(values)
    return False if False in [i for i in items if i.__class__ is bool] else None if any(i is not True for i in items) else True


@built_in("any", "list", "*")
def _any(*values: Value) -> Value:
    items = spread(values)
    return True if any(i is True for i in items) else None if any(i is not False for i in items) else False


# --- text ------------------------------------------------------------------------------------------------------------


@built_in("string length", "string")
def _string_length(text: Value) -> Value:
    return Decimal(len(need(text, "string")))


@built_in("substring", "string, start position, length?")
def _substring(text: Value, start: Value, length: Value = None) -> Value:
    need(text, "string")
    begin = whole(start)
    if begin == 0:
        raise Fault("位置从 1 数起，不能是 0")
    index = begin - 1 if begin > 0 else max(len(text) + begin, 0)
    if length is None:
        return text[index:]
    count = int(need(length, "number"))
    if count < 1:
        raise Fault("长度至少是 1")
    return text[index : index + count]


@built_in("upper case", "string")
def _upper(text: Value) -> Value:
    return need(text, "string").upper()


@built_in("lower case", "string")
def _lower(text: Value) -> Value:
    return need(text, "string").lower()


@built_in("trim", "string")
def _trim(text: Value) -> Value:
    return need(text, "string").strip()


@built_in("substring before", "string, match")
def _before(text: Value, match: Value) -> Value:
    head, found, _ = need(text, "string").partition(need(match, "string") or "\0")
    return head if found else ""


@built_in("substring after", "string, match")
def _after(text: Value, match: Value) -> Value:
    if need(match, "string") == "":
        return need(text, "string")
    return need(text, "string").partition(match)[2]


@built_in("contains", "string, match")
def _contains(text: Value, match: Value) -> Value:
    return need(match, "string") in need(text, "string")


@built_in("starts with", "string, match")
def _starts(text: Value, match: Value) -> Value:
    return need(text, "string").startswith(need(match, "string"))


@built_in("ends with", "string, match")
def _ends(text: Value, match: Value) -> Value:
    return need(text, "string").endswith(need(match, "string"))


@built_in("matches", "input, pattern, flags?")
def _matches(text: Value, pattern: Value, flags: Value = None) -> Value:
    return patterns.search(need(text, "string"), need(pattern, "string"), flags and need(flags, "string"))


@built_in("replace", "input, pattern, replacement, flags?")
def _replace(text: Value, pattern: Value, replacement: Value, flags: Value = None) -> Value:
    return patterns.replace(
        need(text, "string"), need(pattern, "string"), need(replacement, "string"), flags and need(flags, "string")
    )


@built_in("split", "string, delimiter")
def _split(text: Value, delimiter: Value) -> Value:
    return patterns.split(need(text, "string"), need(delimiter, "string"))


@built_in("string join", "list, delimiter?")
def _join(items: Value, delimiter: Value = None) -> Value:
    parts = [need(item, "string") for item in listed(items) if item is not None]
    return (need(delimiter, "string") if delimiter is not None else "").join(parts)


# --- lists -----------------------------------------------------------------------------------------------------------


@built_in("list contains", "list, element")
def _list_contains(items: Value, wanted: Value) -> Value:
    return any(operations.equal(import_value(item), wanted) is True for item in need(items, "list"))


@built_in("count", "list", "*")
def _count(*values: Value) -> Value:
    if len(values) == 1 and values[0] is None:
        raise Fault("没有可数的列表")
    return Decimal(len(spread(values)))


def _same_kind(items: list[Value]) -> list[Value]:
    kinds = {kind(item) for item in items}
    if len(kinds) != 1 or not kinds <= operations.ORDERED:
        raise Fault("列表中的值不能相互比较")
    return items


@built_in("min", "list", "*")
def _min(*values: Value) -> Value:
    items = spread(values)
    return min(_same_kind(items)) if items else None


@built_in("max", "list", "*")
def _max(*values: Value) -> Value:
    items = spread(values)
    return max(_same_kind(items)) if items else None


def _numbers(values: tuple[Value, ...]) -> list[Decimal]:
    return [need(item, "number") for item in spread(values)]


@built_in("sum", "list", "*")
def _sum(*values: Value) -> Value:
    items = spread(values)
    return functools.reduce(operations.add, items) if items and None not in items else None


@built_in("mean", "list", "*")
def _mean(*values: Value) -> Value:
    items = _numbers(values)
    return CONTEXT.divide(functools.reduce(CONTEXT.add, items), Decimal(len(items))) if items else None


@built_in("product", "list", "*")
def _product(*values: Value) -> Value:
    items = _numbers(values)
    return functools.reduce(CONTEXT.multiply, items) if items else None


@built_in("median", "list", "*")
def _median(*values: Value) -> Value:
    items = sorted(_numbers(values))
    middle = len(items) // 2
    if not items:
        return None
    return items[middle] if len(items) % 2 else CONTEXT.divide(CONTEXT.add(items[middle - 1], items[middle]), Decimal(2))


@built_in("stddev", "list", "*")
def _stddev(*values: Value) -> Value:
    items = _numbers(values)
    if len(items) < 2:
        raise Fault("标准差至少要两个数")
    mean = CONTEXT.divide(functools.reduce(CONTEXT.add, items), Decimal(len(items)))
    total = functools.reduce(CONTEXT.add, [CONTEXT.power(CONTEXT.subtract(item, mean), Decimal(2)) for item in items])
    return CONTEXT.sqrt(CONTEXT.divide(total, Decimal(len(items) - 1)))


@built_in("mode", "list", "*")
def _mode(*values: Value) -> Value:
    items = _numbers(values)
    counts = {item: items.count(item) for item in items}
    return sorted(item for item, count in counts.items() if count == max(counts.values()))


@built_in("sublist", "list, start position, length?")
def _sublist(items: Value, start: Value, length: Value = None) -> Value:
    need(items, "list")
    begin = whole(start)
    if begin == 0 or abs(begin) > len(items):
        raise Fault("起始位置不在列表内")
    index = begin - 1 if begin > 0 else len(items) + begin
    if length is None:
        return items[index:]
    count = whole(length)
    if count < 1 or index + count > len(items):
        raise Fault("长度超出了列表")
    return items[index : index + count]


@built_in("append", "list, item*")
def _append(items: Value, *more: Value) -> Value:
    return [*listed(items), *more]


@built_in("concatenate", "list*")
def _concatenate(*lists: Value) -> Value:
    return [item for one in lists for item in listed(one)]


@built_in("insert before", "list, position, newItem")
def _insert(items: Value, position: Value, new: Value) -> Value:
    index = whole(position)
    if index == 0 or abs(index) > len(need(items, "list")):
        raise Fault("位置不在列表内")
    place = index - 1 if index > 0 else len(items) + index
    return [*items[:place], new, *items[place:]]


@built_in("remove", "list, position")
def _remove(items: Value, position: Value) -> Value:
    index = whole(position)
    if index == 0 or abs(index) > len(need(items, "list")):
        raise Fault("位置不在列表内")
    place = index - 1 if index > 0 else len(items) + index
    return items[:place] + items[place + 1 :]


@built_in("list replace", "list, position, newItem", "list, match, newItem", run=True)
def _list_replace(run: Any, items: Value, where: Value, new: Value) -> Value:
    from engine.feel.compiler import invoke

    need(items, "list")
    if kind(where) == "function":
        return [new if invoke(run, where, [import_value(item), new], None) is True else item for item in items]
    index = whole(where)
    if index == 0 or abs(index) > len(items):
        raise Fault("位置不在列表内")
    place = index - 1 if index > 0 else len(items) + index
    return [*items[:place], new, *items[place + 1 :]]


@built_in("reverse", "list")
def _reverse(items: Value) -> Value:
    return listed(items)[::-1]


@built_in("index of", "list, match")
def _index_of(items: Value, wanted: Value) -> Value:
    found = enumerate(need(items, "list"), 1)
    return [Decimal(place) for place, item in found if operations.equal(import_value(item), wanted) is True]


@built_in("union", "list*")
def _union(*lists: Value) -> Value:
    return _distinct([item for one in lists for item in listed(one)])


@built_in("distinct values", "list")
def _distinct_values(items: Value) -> Value:
    return _distinct(listed(items))


def _distinct(items: list[Value]) -> list[Value]:
    kept: list[Value] = []
    for item in items:
        if not any(operations.equal(import_value(item), import_value(one)) is True for one in kept):
            kept.append(item)
    return kept


@built_in("duplicate values", "list")
def _duplicates(items: Value) -> Value:
    found = listed(items)
    return _distinct([item for item in found if sum(operations.equal(item, one) is True for one in found) > 1])


@built_in("flatten", "list")
def _flatten(items: Value) -> Value:
    return [one for item in listed(items) for one in (_flatten(item) if item.__class__ is list else [item])]


@built_in("sort", "list, precedes?", run=True)
def _sort(run: Any, items: Value, precedes: Value = None) -> Value:
    from engine.feel.compiler import invoke

    found = [import_value(item) for item in listed(items)]
    if precedes is None:
        return sorted(_same_kind(found)) if found else []

    def order(left: Value, right: Value) -> int:
        run.spend()
        if invoke(run, precedes, [left, right], None) is True:
            return -1
        return 1 if invoke(run, precedes, [right, left], None) is True else 0

    return sorted(found, key=functools.cmp_to_key(order))


# --- numbers ---------------------------------------------------------------------------------------------------------


def _rounding(name: str, mode: str, *, needs_scale: bool) -> None:
    def body(value: Value, scale: Value = None) -> Value:
        need(value, "number")
        digits = whole(scale) if scale is not None else 0
        if not -6111 <= digits <= 6176:
            raise Fault("小数位数超出了范围")
        wide = decimal.Context(prec=6200, rounding=mode)
        return operations.number(CONTEXT.plus(wide.quantize(value, Decimal(1).scaleb(-digits))))

    built_in(name, "n, scale" if needs_scale else "n, scale?")(body)


_rounding("decimal", decimal.ROUND_HALF_EVEN, needs_scale=True)
_rounding("floor", decimal.ROUND_FLOOR, needs_scale=False)
_rounding("ceiling", decimal.ROUND_CEILING, needs_scale=False)
_rounding("round up", decimal.ROUND_UP, needs_scale=True)
_rounding("round down", decimal.ROUND_DOWN, needs_scale=True)
_rounding("round half up", decimal.ROUND_HALF_UP, needs_scale=True)
_rounding("round half down", decimal.ROUND_HALF_DOWN, needs_scale=True)


@built_in("abs", "n")
def _abs(value: Value) -> Value:
    if kind(value) == "years and months duration":
        return MonthsDuration(abs(value.months))
    return abs(value) if kind(value) in {"number", "days and time duration"} else need(value, "number")


@built_in("modulo", "dividend, divisor")
def _modulo(left: Value, right: Value) -> Value:
    if need(right, "number") == 0:
        raise Fault("除数是 0")
    quotient = CONTEXT.divide(need(left, "number"), right).to_integral_value(decimal.ROUND_FLOOR)
    return CONTEXT.subtract(left, CONTEXT.multiply(right, quotient))


@built_in("sqrt", "number")
def _sqrt(value: Value) -> Value:
    if need(value, "number") < 0:
        raise Fault("负数没有平方根")
    return CONTEXT.sqrt(value)


@built_in("log", "number")
def _log(value: Value) -> Value:
    if need(value, "number") <= 0:
        raise Fault("对数的真数须大于 0")
    return CONTEXT.ln(value)


@built_in("exp", "number")
def _exp(value: Value) -> Value:
    return operations.number(CONTEXT.exp(need(value, "number")))


@built_in("odd", "number")
def _odd(value: Value) -> Value:
    return abs(whole(value)) % 2 == 1


@built_in("even", "number")
def _even(value: Value) -> Value:
    return whole(value) % 2 == 0


# --- moments ---------------------------------------------------------------------------------------------------------

DAYS_OF_WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS_OF_YEAR = tuple(dt.date(2000, month, 1).strftime("%B") for month in range(1, 13))


def _day(value: Value) -> dt.date:
    return value.date() if kind(value) == "date and time" else need(value, "date")


@built_in("day of year", "date")
def _day_of_year(value: Value) -> Value:
    return Decimal(_day(value).timetuple().tm_yday)


@built_in("day of week", "date")
def _day_of_week(value: Value) -> Value:
    return DAYS_OF_WEEK[_day(value).weekday()]


@built_in("month of year", "date")
def _month_of_year(value: Value) -> Value:
    return MONTHS_OF_YEAR[_day(value).month - 1]


@built_in("week of year", "date")
def _week_of_year(value: Value) -> Value:
    return Decimal(_day(value).isocalendar().week)


# --- ranges ----------------------------------------------------------------------------------------------------------


@built_in("includes", "range, point", "range1, range2")
def _includes(interval: Value, point: Value) -> Value:
    need(interval, "range")
    if kind(point) != "range":
        return operations.within(point, interval)
    lower = operations.within(point.start, interval) or (
        operations.equal(point.start, interval.start) is True and not point.start_included
    )
    upper = operations.within(point.end, interval) or (
        operations.equal(point.end, interval.end) is True and not point.end_included
    )
    return bool(lower and upper)


@built_in("during", "point, range", "range1, range2")
def _during(point: Value, interval: Value) -> Value:
    return _includes(interval, point)


@built_in("before", "point1, point2", "point, range", "range, point", "range1, range2")
def _is_before(left: Value, right: Value) -> Value:
    end, closed = (left.end, left.end_included) if kind(left) == "range" else (left, True)
    start, begins = (right.start, right.start_included) if kind(right) == "range" else (right, True)
    found = operations.compare("<", end, start)
    return found or (operations.equal(end, start) is True and not (closed and begins) if found is not None else None)


@built_in("after", "point1, point2", "point, range", "range, point", "range1, range2")
def _is_after(left: Value, right: Value) -> Value:
    return _is_before(right, left)


@built_in("overlaps", "range1, range2")
def _overlaps(left: Value, right: Value) -> Value:
    return not _is_before(need(left, "range"), need(right, "range")) and not _is_before(right, left)


# --- contexts --------------------------------------------------------------------------------------------------------


@built_in("get value", "m, key", "context, keys")
def _get_value(context: Value, key: Value) -> Value:
    for part in listed(key):
        if kind(context) != "context" or part not in context:
            return None
        context = import_value(context[part])
    return context


@built_in("get entries", "m")
def _get_entries(context: Value) -> Value:
    return [{"key": key, "value": value} for key, value in need(context, "context").items()]


@built_in("context", "entries")
def _context(entries: Value) -> Value:
    made: dict[str, Value] = {}
    for entry in listed(entries):
        if kind(entry) != "context" or kind(entry.get("key")) != "string" or "value" not in entry or entry["key"] in made:
            raise Fault("每一项要有 key 和 value，且 key 不重复")
        made[entry["key"]] = entry["value"]
    return made


@built_in("context put", "context, key, value", "context, keys, value")
def _context_put(context: Value, key: Value, value: Value) -> Value:
    need(context, "context")
    if key.__class__ is not list:
        return {**context, need(key, "string"): value}
    if not key:
        raise Fault("没有给出要放到哪里")
    head, rest = need(key[0], "string"), key[1:]
    inner = context.get(head, {})
    return {**context, head: value if not rest else _context_put(inner, rest, value)}


@built_in("context merge", "contexts")
def _context_merge(contexts: Value) -> Value:
    merged: dict[str, Value] = {}
    for one in listed(contexts):
        merged |= need(one, "context")
    return merged


@built_in("range", "from")
def _range(text: Value) -> Value:
    from engine.feel import compile_expression

    found = compile_expression(need(text, "string")).evaluate({})
    if found.__class__ is not Range:
        raise Fault("不是区间")
    return found


BUILT_IN_NAMES = tuple(name for name in BUILT_INS if " " in name)
