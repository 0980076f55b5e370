"""Relations between points and ranges (DMN 1.5 table 78), and the range a text stands for."""

from engine.feel import temporal
from engine.feel.builtins.conversion import number_from
from engine.feel.builtins.registry import builtin
from engine.feel.errors import Fault
from engine.feel.operations import compare
from engine.feel.run import Run
from engine.feel.values import Range, Value, chinese_kind

End = tuple[Value, int]


def _less(left: Value, right: Value) -> bool:
    return compare("<", left, right)


def _same(left: Value, right: Value) -> bool:
    return compare("<=", left, right) and compare(">=", left, right)


def _start(value: Value) -> End:
    """Where it begins: the point, and 1 when the point itself is left out. Raises Fault for `(< 5)`, which has no such end."""
    if value.__class__ is not Range:
        return _point(value)
    if value.start is None or value.outside:
        raise Fault("区间没有起点")
    return value.start, 0 if value.start_included else 1


def _end(value: Value) -> End:
    """Where it ends: the point, and -1 when the point itself is left out. Raises Fault for `(> 5)`, which has no such end."""
    if value.__class__ is not Range:
        return _point(value)
    if value.end is None or value.outside:
        raise Fault("区间没有终点")
    return value.end, 0 if value.end_included else -1


def _point(value: Value) -> End:
    if value is None:
        raise Fault("有一边是空值")
    return value, 0


def _before(left: End, right: End) -> bool:
    return _less(left[0], right[0]) or (_same(left[0], right[0]) and left[1] < right[1])


def _equal(left: End, right: End) -> bool:
    return _same(left[0], right[0]) and left[1] == right[1]


def _ranges(*values: Value) -> None:
    for value in values:
        if value.__class__ is not Range:
            raise Fault(f"应当是区间，这里是{chinese_kind(value)}")


@builtin("before", "point1: any", "point2: any")
@builtin("before", "point: any", "range: any")
@builtin("before", "range: any", "point: any")
@builtin("before", "range1: any", "range2: any")
def before(run: Run, left: Value, right: Value) -> bool:
    return _before(_end(left), _start(right))


@builtin("after", "point1: any", "point2: any")
@builtin("after", "point: any", "range: any")
@builtin("after", "range: any", "point: any")
@builtin("after", "range1: any", "range2: any")
def after(run: Run, left: Value, right: Value) -> bool:
    return _before(_end(right), _start(left))


@builtin("meets", "range1: range", "range2: range")
def meets(run: Run, left: Range, right: Range) -> bool:
    return _same(_end(left)[0], _start(right)[0]) and left.end_included and right.start_included


@builtin("met by", "range1: range", "range2: range")
def met_by(run: Run, left: Range, right: Range) -> bool:
    return meets(run, right, left)


@builtin("overlaps", "range1: range", "range2: range")
def overlaps(run: Run, left: Range, right: Range) -> bool:
    return not (_before(_end(left), _start(right)) or _before(_end(right), _start(left)))


@builtin("overlaps before", "range1: range", "range2: range")
def overlaps_before(run: Run, left: Range, right: Range) -> bool:
    starts = _before(_start(left), _start(right))
    return starts and not _before(_end(left), _start(right)) and not _before(_end(right), _end(left))


@builtin("overlaps after", "range1: range", "range2: range")
def overlaps_after(run: Run, left: Range, right: Range) -> bool:
    return overlaps_before(run, right, left)


@builtin("finishes", "point: any", "range: range")
@builtin("finishes", "range1: any", "range2: range")
def finishes(run: Run, left: Value, right: Range) -> bool:
    if left.__class__ is not Range:
        return right.end_included and _same(_start(left)[0], _end(right)[0])
    return _equal(_end(left), _end(right)) and not _before(_start(left), _start(right))


@builtin("finished by", "range: range", "point: any")
@builtin("finished by", "range1: range", "range2: any")
def finished_by(run: Run, left: Range, right: Value) -> bool:
    return finishes(run, right, left)


@builtin("starts", "point: any", "range: range")
@builtin("starts", "range1: any", "range2: range")
def starts(run: Run, left: Value, right: Range) -> bool:
    if left.__class__ is not Range:
        return right.start_included and _same(_start(left)[0], _start(right)[0])
    return _equal(_start(left), _start(right)) and not _before(_end(right), _end(left))


@builtin("started by", "range: range", "point: any")
@builtin("started by", "range1: range", "range2: any")
def started_by(run: Run, left: Range, right: Value) -> bool:
    return starts(run, right, left)


@builtin("includes", "range: range", "point: any")
@builtin("includes", "range1: range", "range2: any")
def includes(run: Run, left: Range, right: Value) -> bool:
    return not _before(_start(right), _start(left)) and not _before(_end(left), _end(right))


@builtin("during", "point: any", "range: range")
@builtin("during", "range1: any", "range2: range")
def during(run: Run, left: Value, right: Range) -> bool:
    return includes(run, right, left)


@builtin("coincides", "point1: any", "point2: any")
@builtin("coincides", "range1: any", "range2: any")
def coincides(run: Run, left: Value, right: Value) -> bool:
    if (left.__class__ is Range) != (right.__class__ is Range):
        raise Fault("应当是两个点，或两个区间")
    return _equal(_start(left), _start(right)) and _equal(_end(left), _end(right))


@builtin("range", "from: string")
def range_from(run: Run, text: str) -> Range:
    """`[1..10]`, `(@"2026-01-01"..@"2026-12-31"]`: a text with two literals, or one, and open where the other is missing."""
    body = text.strip()
    low, dots, high = body[1:-1].partition("..")
    if not dots or body[:1] not in ("[", "(", "]") or body[-1:] not in ("]", ")", "["):
        raise Fault("区间写作 [1..10]")
    start, end = _endpoint(run, low.strip()), _endpoint(run, high.strip())
    if start is None and end is None:
        raise Fault("区间的两端都空着")
    if (start is None and body[0] == "[") or (end is None and body[-1] == "]"):
        raise Fault("区间空着的一端应当是圆括号，例如 [1..)")
    if start is not None and end is not None and compare(">", start, end):
        raise Fault("区间的起点大于终点")
    return Range(start, end, body[0] == "[" and start is not None, body[-1] == "]" and end is not None)


def _endpoint(run: Run, text: str) -> Value:
    if not text or text == "null":
        return None
    if text.startswith('@"') and text.endswith('"'):
        return temporal.parse_temporal(text[2:-1])
    for function in ("date and time", "date", "time", "duration"):
        if text.startswith(f'{function}("') and text.endswith('")'):
            return temporal.parse_temporal(text[len(function) + 2 : -2])
    if text.startswith('"') and text.endswith('"') and len(text) > 1:
        return text[1:-1]
    return number_from(run, text)
