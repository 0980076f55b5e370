"""Silence is never consent: no way from a timer leads to an approval without a person between."""

from collections.abc import Iterator

from engine.packages.drawing import Drawing
from engine.packages.parts import Parts
from engine.packages.problem import Finding, shown
from engine.packages.source import DIAGRAM
from engine.packages.vocabulary import Vocabulary
from engine.workflow import Node, ways

_CONSENT = ("approved", "partially_approved")
_RECORDS = {"record-outcomes": "from", "answer-call": "outcome"}  # actions that say a result, and where


def findings(parts: Parts, _vocabulary: Vocabulary) -> Iterator[Finding]:
    drawing = parts.drawing
    if drawing is None:
        return
    for node in drawing.nodes.values():
        if node.timer and _cuts_a_wait_short(drawing, node):
            for end in _reached(drawing, node):
                message = (
                    f"到期以后不经过人就到了 {shown(end.id)}，那里给出同意；逾期不能当作同意，"
                    "请在两者之间画一个由人办理的任务，或者改结果。"
                )
                yield Finding(DIAGRAM, node.id, "package.silence-approves", message)


def _cuts_a_wait_short(drawing: Drawing, node: Node) -> bool:
    """Whether the timer stands for somebody who did not act; a wait drawn on the way (公示期) has been decided on before."""
    if node.kind in ("boundaryEvent", "startEvent"):
        return True
    before = (drawing.nodes.get(flow.source) for flow in drawing.flows.values() if flow.target == node.id)
    return any(one is not None and one.kind == "eventBasedGateway" for one in before)


def _reached(drawing: Drawing, timer: Node) -> Iterator[Node]:
    """What gives consent on the ways from a timer on which no person acts."""
    onward: dict[str, list[str]] = {}
    for source, target in ways(drawing.nodes, drawing.flows):
        onward.setdefault(source, []).append(target)
    seen, todo = {timer.id}, [timer.id]
    while todo:
        for name in onward.get(todo.pop(), []):
            node = drawing.nodes.get(name)
            if node is None or name in seen or node.kind in ("userTask", "subProcess", "callActivity"):
                continue
            seen.add(name)
            todo.append(name)
            if _consents(node):
                yield node


def _consents(node: Node) -> bool:
    if node.kind == "endEvent":
        return node.properties.get("outcome") in _CONSENT
    said = node.properties.get(_RECORDS.get(node.action or "", ""), "")
    return any(f'"{result}"' in said or said == result for result in _CONSENT)
