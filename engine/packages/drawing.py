"""The diagram as the checks see it, also when it does not run yet: nodes, flows, scopes, and where FEEL stands."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine import workflow
from engine.workflow import Definition, Flow, Node, Use, WorkflowProblems

# The reader without its refusals: a diagram with one wrong flow still has posts, forms and documents to check.
from engine.workflow.document import parse_document
from engine.workflow.expressions import Compiler
from engine.workflow.reader import read_diagram
from engine.workflow.texts import compile_diagram

MOST_SKETCHED = 1_000  # nodes and flows; a diagram of more is refused anyway, and would only take time here


@dataclass(frozen=True, slots=True)
class Drawing:
    """`processes` are the ids of all processes, `main` that of the one which no other calls."""

    nodes: Mapping[str, Node]
    flows: Mapping[str, Flow]
    processes: tuple[str, ...]
    main: str
    uses: tuple[Use, ...]

    def of_kind(self, *kinds: str) -> Iterator[Node]:
        return (node for node in self.nodes.values() if node.kind in kinds)

    def areas(self, scope: str) -> list[str]:
        """A scope and those around it, innermost first; the last is a process."""
        found = [scope]
        while (outer := self.nodes.get(found[-1])) is not None and outer.scope not in found:
            found.append(outer.scope)
        return found

    def process_of(self, node: Node) -> str:
        return self.areas(node.scope)[-1]

    def inside(self, scope: str) -> Iterator[Node]:
        return (node for node in self.nodes.values() if node.scope == scope)


def drawn(definition: Definition) -> Drawing:
    """A diagram that runs."""
    return Drawing(definition.nodes, definition.flows, definition.processes, definition.process_id, definition.uses)


def read(data: bytes, file: str) -> tuple[Definition | None, Drawing | None, list[workflow.Problem]]:
    """The definition where the diagram runs; else what is drawn and why it does not run."""
    try:
        definition = workflow.read(data, file)
    except WorkflowProblems as problems:
        return None, _sketch(data, file), problems.problems
    return definition, drawn(definition), []


def _sketch(data: bytes, file: str) -> Drawing | None:
    try:
        diagram = read_diagram(parse_document(data, file))
    except WorkflowProblems:
        return None
    if len(diagram.nodes) + len(diagram.flows) > MOST_SKETCHED:
        return None
    compiler = Compiler()
    compile_diagram(diagram, compiler)
    processes = tuple(scope.id for scope in diagram.processes)
    called = {node.called for node in diagram.nodes}
    free = [name for name in processes if name not in called]
    nodes = {node.id: node for node in diagram.nodes}
    flows = {flow.id: flow for flow in diagram.flows}
    return Drawing(nodes, flows, processes, free[0] if free else "", tuple(compiler.uses))
