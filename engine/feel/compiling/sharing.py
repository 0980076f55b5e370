"""Equal parts of several expressions, which one evaluation computes once.

FEEL has no side effects: over one scope an equal text has an equal value. A part may be shared where all its names are
those of the scope; one that reads a local name, or stands in a filter whose element may bring the name, is not.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from engine.feel import syntax as tree
from engine.feel.compiling.scope import Closure, Compiler
from engine.feel.run import Run
from engine.feel.syntax import Node

#: What a place holds before the part is computed.
UNKNOWN = object()
#: What is read as fast as a place is looked at.
_CHEAP = (tree.Literal, tree.Name, tree.Tested, tree.Faulty)
_UNCOMPARED = frozenset(("at", "height"))
#: Stand among the names of a part that makes a function (two functions are two values, however alike they are written),
#: and of one that speaks of the value under test, which is another after every `in`.
_FUNCTION, _TESTED = "function", "?"


class Parts:
    """The parts of some trees by what they say, wherever they stand."""

    def __init__(self, roots: Iterable[Node]) -> None:
        self._numbers: dict[Any, int] = {}
        self._of: dict[int, int] = {}
        self._names: dict[int, frozenset[str]] = {}
        self._uses: Counter[int] = Counter()
        #: Kept, so that no other object takes the identity of one of their nodes.
        self._roots = tuple(roots)
        for root in self._roots:
            self._uses[self._number(root)] += 1

    def _number(self, node: Node) -> int:
        """The number that all equal nodes have; what stands in a node is looked at once for each unequal one."""
        parts, names = self._looked_into(node)
        key = (type(node), *parts)
        known = self._numbers.get(key)
        if known is None:
            known = self._numbers[key] = len(self._numbers)
            self._names[known] = names
            self._uses.update(_numbers_in(parts))
        self._of[id(node)] = known
        return known

    def _looked_into(self, node: Any) -> tuple[list[Any], frozenset[str]]:
        parts, names = [], frozenset[str]()
        for slot in type(node).__dataclass_fields__:
            if slot not in _UNCOMPARED:
                part, inner = self._part(getattr(node, slot))
                parts.append(part)
                names |= inner
        if isinstance(node, tree.Name):
            names |= {node.name}
        if isinstance(node, tree.Tested):
            names |= {_TESTED}
        return parts, names | {_FUNCTION} if isinstance(node, tree.Definition) else names

    def _part(self, value: Any) -> tuple[Any, frozenset[str]]:
        if isinstance(value, Node):
            number = self._number(value)
            return _Inner(number), self._names[number]
        if isinstance(value, list | tuple):
            found = [self._part(one) for one in value]
            return tuple(part for part, _ in found), frozenset[str]().union(*(names for _, names in found))
        if isinstance(value, tree.Iterator):
            parts, names = self._looked_into(value)
            return tuple(parts), names
        # the only whole numbers in a tree are positions
        return (value.__class__, "" if value.__class__ is int else repr(value)), frozenset()

    def number(self, node: Node) -> int | None:
        """The number of a part that stands in several places, or None."""
        number = self._of.get(id(node))
        return number if number is not None and self._uses[number] > 1 and not isinstance(node, _CHEAP) else None

    def names(self, number: int) -> frozenset[str]:
        """All names in a part."""
        return self._names[number]


class _Inner(int):
    """The number of a node inside another, no other number."""

    def __eq__(self, other: object) -> bool:
        return other.__class__ is _Inner and int(self) == int(other)  # type: ignore[call-overload]

    def __hash__(self) -> int:
        return hash(("inner", int(self)))


def _numbers_in(parts: Iterable[Any]) -> Iterable[int]:
    for part in parts:
        if part.__class__ is _Inner:
            yield int(part)
        elif part.__class__ is tuple:
            yield from _numbers_in(part)


class SharingCompiler(Compiler):
    """A compiler for several trees that gives each part which stands in several places one closure and one place."""

    def __init__(self, parts: Parts, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._parts = parts
        self._shared: dict[int, Closure] = {}
        self._places: list[int] = []

    def blank(self) -> list[Any]:
        """The places of one evaluation."""
        places: list[Any] = [None] * self.slots
        for place in self._places:
            places[place] = UNKNOWN
        return places

    def compile(self, node: Node) -> Closure:
        number = self._parts.number(node)
        if number is None or not self.is_outside(self._parts.names(number)):
            return super().compile(node)
        known = self._shared.get(number)
        if known is None:
            place = self.new_slot()
            self._places.append(place)
            known = self._shared[number] = _once(super().compile(node), place)
        return known

    def is_outside(self, names: frozenset[str]) -> bool:
        """Whether none of the names can mean something local."""
        return names.isdisjoint((_FUNCTION, _TESTED)) and all(map(self.free_name, names))


def _once(compute: Closure, place: int) -> Closure:
    def closure(run: Run) -> Any:
        value = run.slots[place]
        if value is UNKNOWN:
            value = run.slots[place] = compute(run)
        return value

    return closure
