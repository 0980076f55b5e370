"""The table of built-in functions: their parameters, what these accept, and which call means which function."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from engine.feel.errors import Fault
from engine.feel.run import SMALL, Run
from engine.feel.values import (
    PLAIN,
    BuiltinFunction,
    Function,
    MonthsDuration,
    Range,
    UserFunction,
    Value,
    chinese_kind,
)
from engine.feel.wide import WideDate, WideDateTime, WideDuration, WideTime

Body = Callable[..., Value]
FunctionBody = TypeVar("FunctionBody", bound=Body)
Classes = frozenset[type]

_CLASSES: dict[str, tuple[Classes, str]] = {
    "number": (frozenset((Decimal,)), "数字"),
    "string": (frozenset((str,)), "文本"),
    "boolean": (frozenset((bool,)), "是非值"),
    "list": (frozenset((list,)), "列表"),
    "context": (frozenset((dict,)), "上下文"),
    "date": (frozenset((dt.date, dt.datetime, WideDate, WideDateTime)), "日期"),
    "time": (frozenset((dt.time, WideTime)), "时刻"),
    "duration": (frozenset((dt.timedelta, WideDuration, MonthsDuration)), "时长"),
    "range": (frozenset((Range,)), "区间"),
    "function": (frozenset((Function, UserFunction, BuiltinFunction)), "函数"),
    "single": (PLAIN | {Decimal}, "单个值"),
    "any": (PLAIN | {Decimal, dict}, "值"),
}
#: Classes whose values may be long, and then cost something to look at.
_LONG = frozenset((list, str))
SHORT = SMALL // 4


@dataclass(frozen=True, slots=True)
class Parameter:
    """`nullable` parameters take null, `optional` ones may be left out, a `rest` one takes all that follows as a list.

    A `single` one takes anything, as `any` does, but of a list of one the value in it (DMN 1.5 section 10.3.2.9.4).
    """

    name: str
    type: str
    nullable: bool
    optional: bool
    rest: bool
    #: The classes whose values it takes as they are, without a look.
    plain: Classes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "plain", _CLASSES[self.type][0] - _LONG)

    def __str__(self) -> str:
        return f"{self.name}…" if self.rest else f"[{self.name}]" if self.optional else self.name

    def accept(self, run: Run, value: Value) -> Value:
        """The argument as the function gets it. Raises Fault when it does not fit."""
        classes, chinese = _CLASSES[self.type]
        cls = value.__class__
        if (cls is list or cls is str) and len(value) > SHORT:
            run.spend(len(value) // (8 if cls is list else SMALL))
        if self.type == "any" or cls in classes:
            return value
        if value is None:
            if self.nullable:
                return None
            raise Fault(f"参数“{self.name}”是空值")
        if self.type == "list":
            return [value]
        if cls is list and len(value) == 1 and value[0].__class__ in classes:
            return value[0]
        if self.type == "single":
            return value
        raise Fault(f"参数“{self.name}”应当是{chinese}，这里是{chinese_kind(value)}")


@dataclass(frozen=True, slots=True)
class Signature:
    """One way to call a function."""

    parameters: tuple[Parameter, ...]
    body: Body
    minimum: int
    fixed: tuple[Parameter, ...] = field(init=False, repr=False)
    rest: Parameter | None = field(init=False, repr=False)

    def __post_init__(self) -> None:
        last = self.parameters[-1] if self.parameters and self.parameters[-1].rest else None
        object.__setattr__(self, "fixed", self.parameters[:-1] if last is not None else self.parameters)
        object.__setattr__(self, "rest", last)

    @property
    def takes_a_list(self) -> bool:
        """Whether its one parameter is a list."""
        return len(self.parameters) == 1 and self.parameters[0].type == "list" and self.rest is None

    def takes(self, count: int) -> bool:
        many = bool(self.parameters) and self.parameters[-1].rest
        return max(self.minimum, 1 if many else 0) <= count and (many or count <= len(self.parameters))

    def accept(self, run: Run, values: list[Value], order: list[int]) -> list[Value]:
        """The values as the parameters take them. Raises Fault."""
        accepted: list[Value] = []
        for parameter, index in zip(self.fixed, order, strict=False):
            accepted.append(parameter.accept(run, values[index]) if index >= 0 else None)
        rest = self.rest
        if rest is not None:
            accepted.append([rest.accept(run, values[i]) for i in order[len(self.fixed) :] if i >= 0])
        return accepted

    def order(self, names: tuple[str, ...]) -> list[int] | None:
        """For each parameter the index of its argument (-1: left out), or None when the names are not its own.

        What a call by name leaves out is null (DMN 1.5 section 10.3.2.13), and so has to be a parameter that takes null.
        """
        own = [parameter.name for parameter in self.parameters]
        if len(set(names)) < len(names) or not set(names) <= set(own):
            return None
        if any(one.name not in names and not one.nullable for one in self.parameters[: self.minimum]):
            return None
        return [names.index(name) if name in names else -1 for name in own]


class Builtin:
    """A built-in function with all its signatures."""

    __slots__ = ("name", "signatures")

    def __init__(self, name: str) -> None:
        self.name = name
        self.signatures: list[Signature] = []

    def fitting(self, count: int, names: tuple[str, ...] | None) -> list[tuple[Signature, list[int]]]:
        """The signatures that take so many or so named arguments, with the index of the argument for each parameter."""
        if names is None:
            return [(signature, list(range(count))) for signature in self.signatures if signature.takes(count)]
        orders = ((signature, signature.order(names)) for signature in self.signatures)
        found = [(signature, order) for signature, order in orders if order is not None]
        # `before(point, range)` and `before(range, point)` have the same names: the one in the order of the call is meant
        return sorted(found, key=lambda one: one[1] != sorted(one[1]))

    def apply(self, run: Run, values: list[Value], names: tuple[str, ...] | None = None) -> Value:
        """Calls the first signature whose parameters accept the values. Raises Fault."""
        found = self.fitting(len(values), names)
        if not found:
            raise Fault(f"参数的个数或名称不对，应当是 {self.usage()}")
        return self.apply_first(run, found, values)

    @staticmethod
    def apply_first(run: Run, found: list[tuple[Signature, list[int]]], values: list[Value]) -> Value:
        """The same among signatures that take so many arguments."""
        refused = Fault("")
        for signature, order in found:
            try:
                accepted = signature.accept(run, values, order)
            except Fault as fault:
                refused = fault
                continue
            return signature.body(run, *accepted)
        raise refused

    def usage(self) -> str:
        """How to call it, for sentences."""
        ways = (", ".join(map(str, signature.parameters)) for signature in reversed(self.signatures))
        return " 或 ".join(f"{self.name}({way})" for way in dict.fromkeys(ways))


BUILTINS: dict[str, Builtin] = {}


def builtin(name: str, *parameters: str) -> Callable[[FunctionBody], FunctionBody]:
    """Registers a function. A parameter is `name: type`; `type?` takes null, `[name: type]` may be left out, and
    `*name: type` takes all arguments from there on as one list.
    """

    def register(body: FunctionBody) -> FunctionBody:
        parsed = tuple(map(_parameter, parameters))
        minimum = sum(not (parameter.optional or parameter.rest) for parameter in parsed)
        # Decorators apply from the lowest up; the order as written says which signature is tried first.
        BUILTINS.setdefault(name, Builtin(name)).signatures.insert(0, Signature(parsed, body, minimum))
        return body

    return register


def _parameter(text: str) -> Parameter:
    optional, rest = text.startswith("["), text.startswith("*")
    name, _, type_name = text.strip("[]*").partition(": ")
    return Parameter(name, type_name.rstrip("?"), type_name.endswith("?"), optional, rest)


def as_value(builtin: Builtin) -> BuiltinFunction:
    """A built-in function as a value, for a name that is passed on."""
    names = tuple(parameter.name for parameter in builtin.signatures[0].parameters)
    return BuiltinFunction(builtin.name, names, builtin.apply)
