"""Compiles what the nodes and flows of a diagram say in FEEL."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from .errors import Problem
from .expressions import Compiler, Formula
from .model import Diagram, Flow, Node
from .moments import NoMoment, parse_cycle, parse_literal

Formulas = Mapping[str, Formula]


@dataclass(frozen=True, slots=True)
class NodeTexts:
    """The compiled texts of one node."""

    inputs: Formulas
    outputs: Formulas
    properties: Formulas
    assignment: Formula | None
    due: Formula | None
    timer: Formula | None
    collection: Formula | None
    output_element: Formula | None
    completion: Formula | None
    cardinality: Formula | None
    repetition: Formula | None
    script: Formula | None
    key: Formula | None


def compile_node(node: Node, compiler: Compiler) -> NodeTexts:
    loop = node.loop

    def optional(place: str, text: str | None, *, literal: bool = True) -> Formula | None:
        return None if not text else compiler.formula(node.id, place, text, literal=literal)

    return NodeTexts(
        inputs={name: compiler.formula(node.id, f"输入映射 {name}", text) for name, text in node.inputs.items()},
        outputs={name: compiler.formula(node.id, f"输出映射 {name}", text) for name, text in node.outputs.items()},
        properties={name: compiler.formula(node.id, f"属性 {name}", text) for name, text in node.properties.items()},
        assignment=optional("办理岗位", node.assignment),
        due=_moment(node.id, "办理时限", node.due, compiler),
        timer=(_cycle if node.cycle else _moment)(node.id, "定时", node.timer, compiler),
        collection=optional("多实例集合", loop.collection if loop else None, literal=False),
        output_element=optional("多实例输出项", loop.output_element if loop else None, literal=False),
        completion=optional("多实例完成条件", loop.condition if loop else None, literal=False),
        cardinality=optional("多实例次数", loop.cardinality if loop else None, literal=False),
        repetition=optional("循环条件", node.repetition.condition if node.repetition else None, literal=False),
        script=optional("脚本", node.script.expression if node.script else None, literal=False),
        key=optional("消息关联键", node.event.key if node.event else None, literal=False),
    )


def compile_flow(flow: Flow, compiler: Compiler) -> Formula | None:
    return None if flow.condition is None else compiler.formula(flow.id, "条件", flow.condition, literal=False)


def with_submits(node: Node, texts: NodeTexts) -> Node:
    """The node with the names that its outputs read."""
    return replace(node, submits=frozenset().union(*(formula.names for formula in texts.outputs.values())))


def compile_diagram(diagram: Diagram, compiler: Compiler) -> tuple[dict[str, NodeTexts], dict[str, Formula]]:
    nodes = {node.id: compile_node(node, compiler) for node in diagram.nodes}
    flows = {flow.id: formula for flow in diagram.flows if (formula := compile_flow(flow, compiler)) is not None}
    return nodes, flows


def _moment(element: str, place: str, text: str | None, compiler: Compiler) -> Formula | None:
    return _literal_of(parse_literal, element, place, text, compiler)


def _cycle(element: str, place: str, text: str | None, compiler: Compiler) -> Formula | None:
    return _literal_of(parse_cycle, element, place, text, compiler)


def _literal_of(
    parse: Callable[[str], Any], element: str, place: str, text: str | None, compiler: Compiler
) -> Formula | None:
    if not text:
        return None
    formula = compiler.formula(element, place, text)
    if text.startswith("="):
        return formula
    try:
        return replace(formula, constant=parse(text))
    except NoMoment as error:
        compiler.problems.append(Problem(element, "workflow.moment", f"{place}：{error}。"))
        return formula
