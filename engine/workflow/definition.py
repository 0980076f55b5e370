"""A diagram that has been read, checked and compiled; immutable, and shared by all cases that run on it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from .build import build, spec_name
from .declarations import declaration_problems, main_process
from .dialect import BPMN, unsupported
from .document import parse_document
from .errors import Problem, WorkflowProblems
from .expressions import Compiler
from .model import Flow, Node, Use
from .reader import read_diagram
from .structure import size_problems, structure_problems
from .texts import compile_diagram, with_submits


@dataclass(frozen=True, slots=True, eq=False)
class Definition:
    """What one version of a diagram is: its facts, and the specs that run it."""

    file: str
    process_id: str
    name: str
    nodes: Mapping[str, Node]
    flows: Mapping[str, Flow]
    processes: tuple[str, ...]
    uses: tuple[Use, ...]
    _specs: Mapping[str, Any]

    @property
    def spec(self) -> Any:
        return self._specs[self.process_id]

    @property
    def specs(self) -> Mapping[str, Any]:
        return self._specs

    def element(self, node: Node) -> Any:
        """The spec that runs a node; of a multi-instance the one that runs an instance."""
        specs = self._specs[node.scope].task_specs
        name = spec_name(node.id)
        return specs.get(name + "|item", specs[name])


def read(xml: bytes, file: str) -> Definition:
    """Reads a diagram; raises `WorkflowProblems` with everything that would not run as it is drawn."""
    root = parse_document(xml, file)
    problems = list(unsupported(root))
    if root.tag != BPMN + "definitions":
        raise WorkflowProblems(file, problems)
    diagram, compiler = read_diagram(root), Compiler()
    if too_large := list(size_problems(diagram)):
        raise WorkflowProblems(file, _once([*problems[:50], *too_large]))
    problems += [*structure_problems(root, diagram), *declaration_problems(root, diagram)]
    texts, conditions = compile_diagram(diagram, compiler)
    if problems := _once([*problems, *compiler.problems]):
        raise WorkflowProblems(file, problems)
    for scope in diagram.scopes.values():
        scope.nodes = [with_submits(node, texts[node.id]) for node in scope.nodes]
    process = main_process(diagram)
    assert process is not None
    return Definition(
        file=file,
        process_id=process,
        name=diagram.scopes[process].name,
        nodes=MappingProxyType({node.id: node for node in diagram.nodes}),
        flows=MappingProxyType({flow.id: flow for flow in diagram.flows}),
        processes=tuple(scope.id for scope in diagram.processes),
        uses=tuple(compiler.uses),
        _specs=MappingProxyType(build(diagram, texts, conditions)),
    )


def _once(problems: list[Problem]) -> list[Problem]:
    named = (problem if problem.element else replace(problem, element="definitions") for problem in problems)
    return list(dict.fromkeys(named))
