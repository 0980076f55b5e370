"""The values of the language, and how values of a scope come in and go out."""

import datetime as dt
import decimal
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.feel.wide import WideDate, WideDateTime, WideDuration, WideTime

Value = Any

#: IEEE 754-2008 decimal128, the number of DMN 1.5 section 10.3.2.3.
CONTEXT = decimal.Context(
    prec=34,
    rounding=decimal.ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    capitals=1,
    clamp=1,
    traps=[decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow],
)
INTEGER_BITS = 20_000


@dataclass(frozen=True, slots=True, order=True)
class MonthsDuration:
    """A years and months duration, held in whole months (negative: back in time)."""

    months: int

    def __str__(self) -> str:
        years, months = divmod(abs(self.months), 12)
        parts = (f"{years}Y" if years else "") + (f"{months}M" if months or not years else "")
        return f"{'-' if self.months < 0 else ''}P{parts}"


@dataclass(frozen=True, slots=True)
class Range:
    """An interval. A missing end (None) is open to that side, as in `(> 5)`. `operator` is that of `(= 5)` and `(!= 5)`."""

    start: Value
    end: Value
    start_included: bool = True
    end_included: bool = True
    operator: str = ""

    @property
    def outside(self) -> bool:
        """Whether it holds all that is not at its ends."""
        return self.operator == "!="


@dataclass(frozen=True, slots=True)
class Function:
    """An extension function: an ordinary value of the scope, called with positional values in the order of its parameters.

    `types` and `result` are what it takes and gives, where that is known: type expressions (`syntax.Type`) or None.
    """

    parameters: tuple[str, ...]
    call: Callable[..., Value]
    types: tuple[Any, ...] = ()
    result: Any = None


class UserFunction:
    """A function written in FEEL, with the places and the scope it was made in."""

    __slots__ = ("body", "captured", "cost", "height", "parameters", "scope", "slots", "types")

    def __init__(
        self,
        parameters: tuple[str, ...],
        types: tuple[Any, ...],
        slots: tuple[int, ...],
        body: Callable[[Any], Value],
        captured: list[Value],
        scope: Mapping[str, Value],
        height: int,
        cost: int,
    ) -> None:
        self.parameters = parameters
        self.types = types
        self.slots = slots
        self.body = body
        self.captured = captured
        self.scope = scope
        self.height = height
        self.cost = cost


class BuiltinFunction:
    """A built-in function as a value, passed on by its name; `call` takes the run, the values and their names."""

    __slots__ = ("call", "name", "parameters")

    def __init__(self, name: str, parameters: tuple[str, ...], call: Callable[..., Value]) -> None:
        self.name = name
        self.parameters = parameters
        self.call = call


NUMBER, STRING, BOOLEAN, DATE, TIME, DATE_TIME = "number", "string", "boolean", "date", "time", "date and time"
DAYS, MONTHS, LIST, CONTEXT_KIND, RANGE = (
    "days and time duration",
    "years and months duration",
    "list",
    "context",
    "range",
)
FUNCTION, NULL, UNKNOWN = "function", "null", "unknown"

_KINDS: dict[type, str] = {
    Decimal: NUMBER,
    str: STRING,
    bool: BOOLEAN,
    dt.date: DATE,
    dt.time: TIME,
    dt.datetime: DATE_TIME,
    dt.timedelta: DAYS,
    MonthsDuration: MONTHS,
    list: LIST,
    dict: CONTEXT_KIND,
    Range: RANGE,
    Function: FUNCTION,
    UserFunction: FUNCTION,
    BuiltinFunction: FUNCTION,
    type(None): NULL,
    WideDate: DATE,
    WideTime: TIME,
    WideDateTime: DATE_TIME,
    WideDuration: DAYS,
}
_CHINESE = {
    NUMBER: "数字",
    STRING: "文本",
    BOOLEAN: "是非值",
    DATE: "日期",
    TIME: "时刻",
    DATE_TIME: "日期时间",
    DAYS: "天时长",
    MONTHS: "年月时长",
    LIST: "列表",
    CONTEXT_KIND: "上下文",
    RANGE: "区间",
    FUNCTION: "函数",
    NULL: "空值",
    UNKNOWN: "不认识的值",
}

#: Classes that need no look at all when they are read from a scope.
PLAIN = frozenset(_KINDS) - {Decimal, list, dict}


def kind(value: Value) -> str:
    """The FEEL type of a value that was read with `import_value`."""
    return _KINDS.get(value.__class__, UNKNOWN)


def classes_of(kind_name: str) -> list[type]:
    """The classes of the values of a kind."""
    return [cls for cls, name in _KINDS.items() if name == kind_name]


def chinese_kind(value: Value) -> str:
    """The name of the value's type in a sentence for people."""
    return _CHINESE[kind(value)]


def chinese_name(kind_name: str) -> str:
    return _CHINESE[kind_name]


def is_callable(value: Value) -> bool:
    return value.__class__ in (Function, UserFunction, BuiltinFunction)


def import_value(value: Value) -> Value:
    """A value of a scope as FEEL holds it; what FEEL does not know becomes null.

    The elements of lists are converted at once, the entries of a context when they are read. During an evaluation use
    `Run.read`, which does not convert the same list twice.
    """
    cls = value.__class__
    if cls in PLAIN:
        return value
    if cls is Decimal:
        return value if value.is_finite() else None
    if cls is int:
        return Decimal(value) if value.bit_length() < INTEGER_BITS else None
    if cls is list:
        return [import_value(element) for element in value]
    if cls is dict:
        return value
    return _import_foreign(value)


def _import_foreign(value: Value) -> Value:
    if isinstance(value, float):
        return CONTEXT.create_decimal(repr(value)) if math.isfinite(value) else None
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return import_value(int(value))
    if isinstance(value, dt.datetime):
        return dt.datetime.combine(dt.datetime.date(value), dt.datetime.timetz(value))
    if isinstance(value, dt.date):
        return dt.date(value.year, value.month, value.day)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, list | tuple):
        return [import_value(element) for element in value]
    return None


def to_integer(value: Decimal) -> int | None:
    """The whole number a Decimal stands for, or None when it has a fraction or is beyond any count or position."""
    if value.adjusted() > 18 or value != value.to_integral_value():
        return None
    return int(value)
