"""What may be told once only (一次性告知): where `once` holds, who may allow another time, and that no supplement escapes it."""

import re
from collections.abc import Iterator

from engine.packages.drawing import Drawing
from engine.packages.parts import Parts
from engine.packages.problem import Finding, shown
from engine.packages.source import DIAGRAM
from engine.packages.vocabulary import Vocabulary
from engine.workflow import ONCE, Node, ways

_VARIABLE = re.compile(r"[^\W\d]\w*")


def findings(parts: Parts, _vocabulary: Vocabulary) -> Iterator[Finding]:
    drawing = parts.drawing
    if drawing is None:
        return
    for node in drawing.nodes.values():
        if ONCE in node.properties:
            yield from _holds(node)
            yield from _allowed(drawing, node)
        if node.properties.get("act") == "supplement" and ONCE not in node.properties:
            yield from _guarded(drawing, node)


def _holds(node: Node) -> Iterator[Finding]:
    text = node.properties[ONCE]
    if not _VARIABLE.fullmatch(text) or node.loop is not None or node.repetition is not None:
        message = "属性 once 写一个变量名，用在不是多实例、不循环的任务上；请改正。"
        yield Finding(DIAGRAM, node.id, "package.property-value", message)


def _allowed(drawing: Drawing, node: Node) -> Iterator[Finding]:
    """Only a person allows another time: nothing that runs by itself, nor the task that is held to once."""
    name = node.properties[ONCE]
    for other in drawing.nodes.values():
        if name in _written(other) and (other.kind != "userTask" or other is node):
            message = (
                f"“{shown(name)}”记着 {shown(node.id)} 有没有过，只有另一个由人办理的任务可以改它（授权再来一次）；"
                "请删去这个输出，或改由人办理的任务授权。"
            )
            yield Finding(DIAGRAM, other.id, "package.once-writer", message)


def _written(node: Node) -> set[str | None]:
    results = [each.result_variable for each in (node.decision, node.script) if each is not None]
    return {*node.outputs, *results, *([node.loop.output_collection] if node.loop else [])}


def _guarded(drawing: Drawing, node: Node) -> Iterator[Finding]:
    """A supplement that can come again has a node with `once` on every way to it from the beginning."""
    before = _before(drawing)
    unguarded, todo = {node.id}, [node.id]
    while todo:
        for source in before.get(todo.pop(), ()):
            if source not in unguarded and ONCE not in drawing.nodes[source].properties:
                unguarded.add(source)
                todo.append(source)
    began = any(not before.get(one) and drawing.nodes[one].kind == "startEvent" for one in unguarded)
    if began and _comes_again(node.id, before):
        message = (
            "补正可以一再要求，不受一次性告知约束；请在告知补正的任务（或者这个任务）上写属性 once，"
            "再次告知另设任务，由有权的岗位授权。"
        )
        yield Finding(DIAGRAM, node.id, "package.supplement-again", message)


def _comes_again(name: str, before: dict[str, set[str]]) -> bool:
    seen: set[str] = set()
    todo = [name]
    while todo:
        fresh = before.get(todo.pop(), set()) - seen
        seen |= fresh
        todo += fresh
    return name in seen


def _before(drawing: Drawing) -> dict[str, set[str]]:
    """From where a token comes to a node: along flows, from an activity to its boundary, by links, into an inside."""
    found: dict[str, set[str]] = {}
    for source, target in ways(drawing.nodes, drawing.flows):
        found.setdefault(target, set()).add(source)
    nodes = drawing.nodes
    for node in nodes.values():
        if node.attached_to:
            found.setdefault(node.id, set()).add(node.attached_to)
        if node.kind == "startEvent" and node.scope in nodes and not nodes[node.scope].triggered:
            found.setdefault(node.id, set()).add(node.scope)
        if node.kind == "endEvent" and node.scope in nodes:
            _add_all(found, [flow.target for flow in drawing.flows.values() if flow.source == node.scope], node.id)
    return {target: {source for source in sources if source in nodes} for target, sources in found.items()}


def _add_all(found: dict[str, set[str]], targets: list[str], source: str) -> None:
    for target in targets:
        found.setdefault(target, set()).add(source)
