"""Lanes say who acts: every node of a process with lanes lies in one, and a lane holds one side, the department or others."""

from collections.abc import Iterator

from engine.packages.checks.assignments import named_roles
from engine.packages.drawing import Drawing
from engine.packages.manifest import DEPARTMENT
from engine.packages.parts import Parts
from engine.packages.problem import Finding, shown
from engine.packages.source import DIAGRAM
from engine.packages.vocabulary import Vocabulary
from engine.workflow import Lane


def findings(parts: Parts, _vocabulary: Vocabulary) -> Iterator[Finding]:
    drawing = parts.drawing
    if drawing is None or not drawing.lanes:
        return
    inner = [lane for lane in drawing.lanes if not lane.outer]
    yield from _strangers(drawing, drawing.lanes)
    yield from _places(drawing, inner)
    for lane in inner:
        yield from _sides(parts, drawing, lane)


def _strangers(drawing: Drawing, lanes: tuple[Lane, ...]) -> Iterator[Finding]:
    for lane in lanes:
        for name in lane.nodes:
            if name not in drawing.nodes:
                message = f"泳道“{shown(lane.name)}”里列着“{shown(name)}”，图里没有这个节点；请从泳道里删去它。"
                yield Finding(DIAGRAM, shown(lane.id), "package.lane-stranger", message, "warning")


def _places(drawing: Drawing, lanes: list[Lane]) -> Iterator[Finding]:
    places: dict[str, list[Lane]] = {}
    for lane in lanes:
        for name in lane.nodes:
            places.setdefault(name, []).append(lane)
    parted = {drawing.nodes[name].scope for name in places if name in drawing.nodes}
    for node in drawing.nodes.values():
        found = places.get(node.id, [])
        if len(found) > 1:
            names = "、".join(f"“{shown(lane.name)}”" for lane in found)
            message = f"节点同时列在泳道{names}里；请只留一处。"
            yield Finding(DIAGRAM, node.id, "package.two-lanes", message, "warning")
        elif not found and node.scope in parted & set(drawing.processes):
            message = "流程分了泳道，这个节点不在任何一条里；请把它画进办理者的泳道。"
            yield Finding(DIAGRAM, node.id, "package.no-lane", message, "warning")


def _sides(parts: Parts, drawing: Drawing, lane: Lane) -> Iterator[Finding]:
    posts = parts.manifest.posts if parts.manifest is not None else {}
    sides: dict[bool, tuple[str, str]] = {}
    for name in lane.nodes:
        node = drawing.nodes.get(name)
        for role, _ in named_roles(node) if node is not None and node.kind == "userTask" else ():
            if role in posts:
                sides.setdefault(posts[role] == DEPARTMENT, (name, role))
    if len(sides) > 1:
        ours, others = sides[True], sides[False]
        message = (
            f"泳道“{shown(lane.name)}”里既有本部门岗位“{shown(ours[1])}”的任务 {shown(ours[0])}，"
            f"又有外单位岗位“{shown(others[1])}”的任务 {shown(others[0])}；请把其中一个画进自己的泳道。"
        )
        yield Finding(DIAGRAM, shown(lane.id), "package.mixed-lane", message, "warning")
