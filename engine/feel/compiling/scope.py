"""Where a name gets its value: a place of the run, an entry of the filtered element, the scope, or the built-in functions."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal

from engine.feel.run import Run
from engine.feel.syntax import Node
from engine.feel.types import DefinedTypes
from engine.feel.values import PLAIN, Value

Closure = Callable[[Run], Value]
Handler = Callable[["Compiler", Node], Closure]

NODES_PER_STEP = 16


class Compiler:
    """Turns nodes into closures and hands out the places (slots) of local names."""

    def __init__(
        self, handlers: dict[type[Node], Handler], builtins: Callable[[str], Value], defined: DefinedTypes
    ) -> None:
        self._handlers = handlers
        self.defined = defined
        self._builtins = builtins
        self._order: list[str | None] = []
        self._visible: dict[str | None, list[tuple[int, int]]] = {}
        self.slots = 0
        self.nodes = 0
        self.free: set[str] = set()
        self.possible: set[str] = set()
        self.places_read: set[int] = set()
        self.warnings: list[tuple[int, str]] = []

    def compile(self, node: Node) -> Closure:
        self.nodes += 1
        return self._handlers[type(node)](self, node)

    @property
    def cost(self) -> int:
        """The steps that going once through all that was compiled takes; nothing for what is short."""
        return self.nodes // NODES_PER_STEP

    def weigh(self, node: Node) -> tuple[Closure, int]:
        """A part that may run many times, and how many steps each time costs: a wide body is no cheaper than a loop."""
        before = self.nodes
        closure = self.compile(node)
        return closure, 1 + (self.nodes - before) // NODES_PER_STEP

    def warn(self, at: int, sentence: str) -> None:
        """Says that something can only give null; the text is compiled all the same, as the standard has it."""
        self.warnings.append((at, sentence))

    def new_slot(self) -> int:
        self.slots += 1
        return self.slots - 1

    @contextmanager
    def local(self, *names: str | None) -> Iterator[list[int]]:
        """Makes names visible inside the block, the last one first; None stands for the element of a filter."""
        places = [self.declare(name) for name in names]
        yield places
        self.hide(len(names))

    def declare(self, name: str | None) -> int:
        """Makes one more name visible until `hide`."""
        place = self.new_slot()
        self._order.append(name)
        self._visible.setdefault(name, []).append((len(self._order), place))
        return place

    def hide(self, count: int) -> None:
        """Hides the names that were declared last."""
        for _ in range(count):
            self._visible[self._order.pop()].pop()

    def is_local(self, name: str) -> bool:
        return bool(self._visible.get(name))

    def free_name(self, name: str) -> bool:
        """Whether the name can only mean an entry of the scope."""
        return not self._visible.get(name) and not self._visible.get(None)

    def place_of(self, name: str) -> int | None:
        """The place of a local name that no element of a filter can hide; None for any other name."""
        depth, place = (self._visible.get(name) or [(0, -1)])[-1]
        hidden = any(at_depth > depth for at_depth, _ in self._visible.get(None, []))
        return None if place < 0 or hidden else place

    def resolve(self, name: str, at: int) -> Closure:
        """The reader of a name."""
        depth, place = (self._visible.get(name) or [(0, -1)])[-1]
        elements = [inner for at_depth, inner in reversed(self._visible.get(None, [])) if at_depth > depth]
        if place >= 0:
            self.places_read.add(place)
            return _element_entry(name, elements, _local(place))
        (self.possible if elements else self.free).add(name)
        return _element_entry(name, elements, _free(name, at, self._builtins(name)))


def _local(place: int) -> Closure:
    def read(run: Run) -> Value:
        return run.slots[place]

    return read


def _free(name: str, at: int, builtin: Value) -> Closure:
    def read(run: Run) -> Value:
        try:
            value = run.scope[name]
        except KeyError:
            if builtin is None:
                run.note(at, f"没有“{name}”这个变量")
            return builtin
        cls = value.__class__
        if cls in PLAIN or cls is dict or (cls is Decimal and value.is_finite()):
            return value
        return run.read(value)

    return read


def _element_entry(name: str, elements: list[int], outer: Closure) -> Closure:
    """Inside a filter the entries of the element come before the names outside; the innermost element first."""
    for place in reversed(elements):
        outer = _entry_of(name, place, outer)
    return outer


def _entry_of(name: str, place: int, outer: Closure) -> Closure:
    def read(run: Run) -> Value:
        element = run.slots[place]
        if element.__class__ is dict and name in element:
            value = element[name]
            return value if value.__class__ in PLAIN else run.read(value)
        return outer(run)

    return read
