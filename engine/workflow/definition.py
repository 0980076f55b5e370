"""A diagram that has been read, checked and compiled; immutable, and shared by all cases that run on it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from lxml import etree

from .build import build, spec_name
from .declarations import declaration_problems, main_process
from .dialect import BPMN, unsupported
from .document import parse_document
from .errors import Problem, WorkflowProblems
from .events import event_problems
from .expressions import Compiler
from .model import Diagram, Flow, Lane, Node, Use
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
        """The main process as SpiffWorkflow runs it; for this package only."""
        return self._specs[self.process_id]

    @property
    def specs(self) -> Mapping[str, Any]:
        """Every process and sub-process as SpiffWorkflow runs it; for this package only."""
        return self._specs

    def element(self, node: Node) -> Any:
        """The spec that runs a node; of a multi-instance the one that runs an instance. For this package only."""
        specs = self._specs[node.scope].task_specs
        name = spec_name(node.id)
        return specs.get(name + "|item", specs[name])


@dataclass(frozen=True, slots=True, eq=False)
class Survey:
    """What a file draws, whether it runs or not: for checks that go on where a diagram is still wrong.

    `definition` is there where it runs; else `problems` says why not. A file that is no safe XML, or far too large, has
    neither nodes nor flows. `process_id` is the process that no other calls, empty where that is not one.
    """

    process_id: str
    nodes: Mapping[str, Node]
    flows: Mapping[str, Flow]
    processes: tuple[str, ...]
    uses: tuple[Use, ...]
    problems: tuple[Problem, ...]
    definition: Definition | None
    lanes: tuple[Lane, ...] = ()


def read(xml: bytes, file: str) -> Definition:
    """Reads a diagram; raises `WorkflowProblems` with everything that would not run as it is drawn."""
    found = survey(xml, file)
    if found.definition is None:
        raise WorkflowProblems(file, found.problems)
    return found.definition


def survey(xml: bytes, file: str) -> Survey:
    """Reads a diagram as far as it can be read; never raises."""
    try:
        root = parse_document(xml, file)
    except WorkflowProblems as refused:
        return _unreadable(refused.problems)
    problems = list(unsupported(root))
    if root.tag != BPMN + "definitions":
        return _unreadable(problems)
    diagram = read_diagram(root)
    if too_large := list(size_problems(diagram)):
        return _unreadable([*problems[:50], *too_large])
    return _survey(root, diagram, problems, file)


def _survey(root: etree._Element, diagram: Diagram, problems: list[Problem], file: str) -> Survey:
    compiler = Compiler()
    problems += [*structure_problems(root, diagram), *declaration_problems(root, diagram)]
    problems += event_problems(root, diagram)
    texts, conditions = compile_diagram(diagram, compiler)
    problems = _once([*problems, *compiler.problems])
    for scope in diagram.scopes.values():
        scope.nodes = [with_submits(node, texts[node.id]) for node in scope.nodes]
    process = main_process(diagram)
    nodes = MappingProxyType({node.id: node for node in diagram.nodes})
    flows = MappingProxyType({flow.id: flow for flow in diagram.flows})
    processes, uses = tuple(scope.id for scope in diagram.processes), tuple(compiler.uses)
    definition = None
    if not problems and process is not None:
        specs = MappingProxyType(build(diagram, texts, conditions))
        name = diagram.scopes[process].name
        definition = Definition(file, process, name, nodes, flows, processes, uses, specs)
    return Survey(process or "", nodes, flows, processes, uses, tuple(problems), definition, diagram.lanes)


def _unreadable(problems: list[Problem]) -> Survey:
    nothing: Mapping[str, Any] = MappingProxyType({})
    return Survey("", nothing, nothing, (), (), tuple(_once(problems)), None)


def _once(problems: list[Problem]) -> list[Problem]:
    named = (problem if problem.element else replace(problem, element="definitions") for problem in problems)
    return list(dict.fromkeys(named))
