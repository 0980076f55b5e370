"""The diagram as the checks see it, also when it does not run yet: nodes, flows, and the scopes that hold them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.workflow import Flow, Node, Survey, Use


@dataclass(frozen=True, slots=True)
class Drawing:
    """`processes` are the ids of all processes, `main` that of the one which no other calls (empty: not one)."""

    nodes: Mapping[str, Node]
    flows: Mapping[str, Flow]
    processes: tuple[str, ...]
    main: str
    uses: tuple[Use, ...]

    @classmethod
    def of(cls, survey: Survey) -> "Drawing | None":
        """None where the file could not be read at all."""
        if not survey.processes:
            return None
        return cls(survey.nodes, survey.flows, survey.processes, survey.process_id, survey.uses)

    def of_kind(self, *kinds: str) -> Iterator[Node]:
        return (node for node in self.nodes.values() if node.kind in kinds)

    def areas(self, scope: str) -> list[str]:
        """A scope and those around it, innermost first; the last is a process."""
        found = [scope]
        while (outer := self.nodes.get(found[-1])) is not None and outer.scope not in found:
            found.append(outer.scope)
        return found

    def inside(self, scope: str) -> Iterator[Node]:
        return (node for node in self.nodes.values() if node.scope == scope)
