"""The nodes of the syntax tree. `at` is the position of the text a node stands for, `height` the nesting below it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

MAX_HEIGHT = 90


@dataclass(slots=True)
class Node:
    at: int
    height: int = field(default=1, init=False)


@dataclass(slots=True)
class Literal(Node):
    value: Any


@dataclass(slots=True)
class Faulty(Node):
    """A literal that is well written and stands for nothing, such as the 30th of February: null, with a warning."""

    sentence: str


@dataclass(slots=True)
class Name(Node):
    name: str


@dataclass(slots=True)
class Tested(Node):
    """The value under test, `?`."""


@dataclass(slots=True)
class Negation(Node):
    operand: Node


@dataclass(slots=True)
class Chain(Node):
    """Operators of one rank, left to right: `a + b - c`."""

    first: Node
    rest: list[tuple[str, Node, int]]


@dataclass(slots=True)
class Power(Node):
    base: Node
    exponent: Node


@dataclass(slots=True)
class Comparison(Node):
    operator: str
    left: Node
    right: Node


@dataclass(slots=True)
class Logical(Node):
    operator: str
    operands: list[Node]


@dataclass(slots=True)
class Between(Node):
    operand: Node
    low: Node
    high: Node


@dataclass(slots=True)
class Membership(Node):
    operand: Node
    tests: list["Node"]


@dataclass(slots=True)
class Interval(Node):
    start: Node
    end: Node
    start_included: bool
    end_included: bool


@dataclass(slots=True)
class HalfInterval(Node):
    """`< 5` and its like: as a test, and in parentheses as a range."""

    operator: str
    endpoint: Node


@dataclass(slots=True)
class Type:
    """A type expression; `arguments` are the element type, or the entry types of a context by name.

    `test` says of a value whether it is of a type that the text's surroundings define.
    """

    name: str
    arguments: tuple["Type", ...] = ()
    entries: tuple[tuple[str, "Type"], ...] = ()
    test: Callable[[Any, Any], bool] | None = None


@dataclass(slots=True)
class InstanceOf(Node):
    operand: Node
    type: Type


@dataclass(slots=True)
class Path(Node):
    operand: Node
    name: str


@dataclass(slots=True)
class Filter(Node):
    operand: Node
    condition: Node


@dataclass(slots=True)
class Call(Node):
    function: Node
    arguments: list[Node]
    names: tuple[str, ...] | None
    #: Whether the name of the function is known to be one of the scope, where a built-in one has it too.
    of_scope: bool = False


@dataclass(slots=True)
class Condition(Node):
    branches: list[tuple[Node, Node]]
    otherwise: Node


@dataclass(slots=True)
class Iterator:
    name: str
    source: Node
    end: Node | None


@dataclass(slots=True)
class Loop(Node):
    iterators: list[Iterator]
    body: Node


@dataclass(slots=True)
class Quantified(Node):
    every: bool
    iterators: list[Iterator]
    condition: Node


@dataclass(slots=True)
class Definition(Node):
    """A user function; `body` is None for an external one."""

    parameters: list[tuple[str, Type | None]]
    body: Node | None


@dataclass(slots=True)
class ContextLiteral(Node):
    entries: list[tuple[str, Node]]


@dataclass(slots=True)
class ListLiteral(Node):
    elements: list[Node]


@dataclass(slots=True)
class Tests(Node):
    """Unary tests: any of `tests` holds, or none with `negated`. No tests at all is `-`."""

    tests: list[Node]
    negated: bool
