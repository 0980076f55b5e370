"""The diagram as the checks see it, also when it does not run yet: nodes, flows, and the scopes that hold them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.workflow import Flow, Lane, Node, Survey, Use, ways


@dataclass(frozen=True, slots=True)
class Drawing:
    """`processes` are the ids of all processes, `main` that of the one which no other calls (empty: not one)."""

    nodes: Mapping[str, Node]
    flows: Mapping[str, Flow]
    processes: tuple[str, ...]
    main: str
    uses: tuple[Use, ...]
    lanes: tuple[Lane, ...] = ()

    @classmethod
    def of(cls, survey: Survey) -> "Drawing | None":
        """None where the file could not be read at all."""
        if not survey.processes:
            return None
        return cls(survey.nodes, survey.flows, survey.processes, survey.process_id, survey.uses, survey.lanes)

    def of_kind(self, *kinds: str) -> Iterator[Node]:
        return (node for node in self.nodes.values() if node.kind in kinds)

    def areas(self, scope: str) -> list[str]:
        """A scope and those around it, innermost first; the last is a process."""
        found = [scope]
        while (outer := self.nodes.get(found[-1])) is not None and outer.scope not in found:
            found.append(outer.scope)
        return found

    def is_aside(self, name: str) -> bool:
        """Whether only boundary events that do not interrupt lead to a node: the main way goes on beside it."""
        before = {node.id: node.attached_to for node in self.of_kind("boundaryEvent") if node.attached_to}
        aside = {node.id for node in self.of_kind("boundaryEvent") if not node.interrupting}
        sources: dict[str, list[str]] = {}
        for source, target in ways(self.nodes, self.flows):
            sources.setdefault(target, []).append(source)
        seen, todo, ends = {name}, [name], set()
        while todo:
            here = todo.pop()
            came = [] if here in aside else [before[here]] if here in before else sources.get(here, [])
            ends |= {here} if not came else set()
            fresh = [one for one in came if one not in seen]
            seen.update(fresh)
            todo += fresh
        return ends <= aside

    def inside(self, scope: str) -> Iterator[Node]:
        return (node for node in self.nodes.values() if node.scope == scope)
