"""Which variables a place of the diagram can see: what is written in its scope, in those around it, and in itself.

The order of steps is not followed: a variable counts as there when anybody in reach writes it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from engine.packages.drawing import Drawing
from engine.packages.manifest import Manifest
from engine.packages.parts import Parts
from engine.packages.vocabulary import CONSTANTS, Vocabulary
from engine.workflow import ONCE, Node


@dataclass(frozen=True, slots=True)
class Reach:
    """`written` are the names by the id of the process or multi-instance whose scope keeps them."""

    drawing: Drawing
    written: dict[str, set[str]]
    always: frozenset[str]
    outside: set[str] = field(default_factory=set)
    _writers: dict[str, set[str]] = field(default_factory=dict)
    _seen: dict[str, frozenset[str]] = field(default_factory=dict)
    _seen_at: dict[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, parts: Parts, vocabulary: Vocabulary) -> "Reach | None":
        """None where there is no diagram."""
        drawing = parts.drawing
        if drawing is None:
            return None
        reach = cls(drawing, {}, CONSTANTS | frozenset(vocabulary.functions))
        for node in drawing.nodes.values():
            reach._writes(node)
        if parts.manifest is not None:
            reach._add(drawing.main, _from_outside(parts.manifest))
            reach.outside.update(_from_outside(parts.manifest))
        return reach

    def seen_in(self, scope: str) -> frozenset[str]:
        """What an expression directly in a process or sub-process sees."""
        if scope not in self._seen:
            areas = (self.written.get(area, set()) for area in self.drawing.areas(scope))
            self._seen[scope] = self.always.union(*areas)
        return self._seen[scope]

    def seen_at(self, node: Node) -> frozenset[str]:
        """What an expression of a node sees, its inputs and item included."""
        if node.id not in self._seen_at:
            own = self.written.get(node.id, set()).union(node.inputs)
            self._seen_at[node.id] = self.seen_in(node.scope) | own
        return self._seen_at[node.id]

    def writers(self, name: str) -> set[str]:
        """The nodes that write a name, wherever; empty where it comes from outside the diagram too."""
        return set() if name in self.outside else self._writers.get(name, set())

    def _add(self, area: str, names: Iterable[str | None]) -> None:
        self.written.setdefault(area, set()).update(name for name in names if name)

    def _writes(self, node: Node) -> None:
        for name in _targets(node):
            self._writers.setdefault(name, set()).add(node.id)
        keeper = self._keeper(node.scope)
        self._add(keeper, [node.properties.get(ONCE)])
        if node.loop is not None:
            self._add(node.id, [node.loop.element, "loopCounter", *node.inputs, *node.outputs])
            self._add(keeper, [node.loop.output_collection])
        else:
            self._add(keeper, node.outputs)
        if node.kind == "subProcess":
            self._add(node.id, node.inputs)
        if node.kind == "callActivity" and node.called and not node.outside:
            self._add(node.called, node.inputs)
        if not node.outputs:
            self._add(node.id if node.loop is not None else keeper, _results(node))

    def _keeper(self, scope: str) -> str:
        """Where a name that is written in this scope stays: the item of a multi-instance, else the process."""
        for area in self.drawing.areas(scope):
            node = self.drawing.nodes.get(area)
            if node is None or node.loop is not None:
                return area
        return scope


def _targets(node: Node) -> set[str]:
    named = [*node.inputs, *node.outputs]
    if node.loop is not None:
        named += [node.loop.element or "", node.loop.output_collection or ""]
    named += [*_results(node), node.properties.get(ONCE, "")]
    return {name for name in named if name}


def _results(node: Node) -> list[str]:
    """The variables that decisions and scripts write by themselves."""
    return [each.result_variable for each in (node.decision, node.script) if each is not None]


def _from_outside(manifest: Manifest) -> list[str]:
    """What commands, and a case that calls, write into the case."""
    withdrawn = [manifest.withdraw.reason] if manifest.withdraw is not None else []
    return withdrawn + ([*manifest.call.inputs] if manifest.call is not None else [])
