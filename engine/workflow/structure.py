"""Whether a diagram can be walked: ids, flows, gateways, reachability, ends."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from lxml import etree

from .dialect import ACTIVITIES, BPMN, GATEWAYS
from .errors import Problem
from .model import Diagram, Flow, Node, Scope
from .ways import links

MOST_NODES = 300
MOST_FLOWS = 1_000
MOST_TEXTS = 5_000
DEEPEST_SCOPES = 8
CHOOSING = ("exclusiveGateway", "inclusiveGateway", *ACTIVITIES)
IDENTIFIER = re.compile(r"[^\W\d][\w.-]{0,127}")  # a path of scopes is built of ids with / # ~


def structure_problems(root: etree._Element, diagram: Diagram) -> Iterator[Problem]:
    yield from _identifiers(root, diagram)
    yield from _nesting(diagram)
    for scope in diagram.scopes.values():
        yield from _Walk(scope).problems()


def _identifiers(root: etree._Element, diagram: Diagram) -> Iterator[Problem]:
    counts = Counter(e.get("id") for e in root.iter() if e.get("id") and str(e.tag).startswith(BPMN))
    for identity, count in counts.items():
        if count > 1:
            yield Problem(
                str(identity), "workflow.duplicate-id", f"标识 {identity} 用了 {count} 次，请改成各不相同的标识。"
            )
    named = [(scope.id, scope.name) for scope in diagram.processes]
    named += [(node.id, node.name) for node in diagram.nodes] + [(flow.id, flow.name) for flow in diagram.flows]
    for identity, name in named:
        if not IDENTIFIER.fullmatch(identity):
            where = f"（名称：{name}）" if name else ""
            yield Problem(
                identity or "definitions",
                "workflow.bad-id",
                f"元素{where}的标识“{identity}”为空或含有不允许的字符；请用字母开头，只含字母、数字、下划线、点和连字符。",
            )


def size_problems(diagram: Diagram) -> Iterator[Problem]:
    """A diagram that is too large to be looked at any further."""
    for count, most, what in (
        (len(diagram.nodes), MOST_NODES, "节点"),
        (len(diagram.flows), MOST_FLOWS, "连线"),
        (sum(len(n.inputs) + len(n.outputs) + len(n.properties) for n in diagram.nodes), MOST_TEXTS, "映射和属性"),
    ):
        if count > most:
            yield Problem(
                diagram.processes[0].id,
                "workflow.too-many-nodes",
                f"流程共有 {count} 个{what}，超过上限 {most}；请精简，或拆成几个流程分别发布。",
            )


def _nesting(diagram: Diagram) -> Iterator[Problem]:
    depths: dict[str, int] = {}
    for scope in diagram.processes:
        if _depth(diagram, scope.id, depths) > DEEPEST_SCOPES:
            yield Problem(
                scope.id,
                "workflow.too-deep",
                f"子流程和调用活动一层套一层超过 {DEEPEST_SCOPES} 层，请减少嵌套。",
            )


def _depth(diagram: Diagram, scope_id: str, depths: dict[str, int]) -> int:
    """How deep the scopes run in each other, called processes too; a cycle is named by another check."""
    if scope_id not in diagram.scopes:
        return 0
    if scope_id not in depths:
        depths[scope_id] = 0  # while it is being looked at: where a cycle would come back to
        inside = {(n.called or "") if n.kind == "callActivity" else n.id for n in diagram.scopes[scope_id].nodes}
        depths[scope_id] = 1 + max((_depth(diagram, each, depths) for each in sorted(inside)), default=0)
    return depths[scope_id]


class _Walk:
    """One process or sub-process as a graph."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.nodes: Mapping[str, Node] = {node.id: node for node in scope.nodes}
        self.flows = [flow for flow in scope.flows if flow.source in self.nodes and flow.target in self.nodes]
        self.outgoing: dict[str, list[Flow]] = {name: [] for name in self.nodes}
        self.incoming: dict[str, list[Flow]] = {name: [] for name in self.nodes}
        for flow in self.flows:
            self.outgoing[flow.source].append(flow)
            self.incoming[flow.target].append(flow)
        self.attached = {name: [n.id for n in scope.nodes if n.attached_to == name] for name in self.nodes}
        self.links = list(links(self.nodes))

    def problems(self) -> Iterator[Problem]:
        yield from self._dangling()
        yield from self._starts()
        yield from self._walkable()
        for node in self.nodes.values():
            yield from self._leaving(node)
            yield from self._entering(node)
        for flow in self.flows:
            yield from self._condition(flow)

    def _dangling(self) -> Iterator[Problem]:
        for flow in self.scope.flows:
            for end, name in (("起点", flow.source), ("终点", flow.target)):
                if name not in self.nodes:
                    yield Problem(
                        flow.id,
                        "workflow.dangling-flow",
                        f"连线的{end}“{name}”不在同一个流程（子流程）中，请重新连线。",
                    )

    def _starts(self) -> Iterator[Problem]:
        starts = [node.id for node in self.nodes.values() if node.kind == "startEvent"]
        if not starts:
            yield Problem(self.scope.id, "workflow.no-start", "没有开始事件，请画一个。")
        for extra in starts[1:]:
            yield Problem(extra, "workflow.several-starts", "开始事件多于一个，请只保留一个，用网关分支。")
        if not any(node.kind == "endEvent" for node in self.nodes.values()):
            yield Problem(self.scope.id, "workflow.no-end", "没有结束事件，请画一个并连上。")

    def _walkable(self) -> Iterator[Problem]:
        starts = {node.id for node in self.nodes.values() if node.kind == "startEvent" or node.triggered}
        ends = {node.id for node in self.nodes.values() if node.kind == "endEvent"}
        reached = self._closure(starts, forward=True)
        ending = self._closure(ends, forward=False)
        for name in self.nodes:
            if starts and name not in reached:
                yield Problem(name, "workflow.unreachable", "从开始事件走不到这个节点，请连线或删除。")
            elif ends and name not in ending and self.outgoing[name]:
                yield Problem(
                    name, "workflow.cannot-end", "从这个节点走不到任何结束事件，案件会永远办不完，请补上出路。"
                )

    def _closure(self, begin: set[str], *, forward: bool) -> set[str]:
        seen, todo = set[str](), list(begin)
        while todo:
            name = todo.pop()
            if name in seen:
                continue
            seen.add(name)
            if forward:
                todo += [flow.target for flow in self.outgoing[name]] + self.attached[name]
                todo += [target for source, target in self.links if source == name]
            else:
                todo += [flow.source for flow in self.incoming[name]]
                todo += [source for source, target in self.links if target == name]
                todo += [host for host, events in self.attached.items() if name in events]
        return seen

    def _leaving(self, node: Node) -> Iterator[Problem]:
        out = self.outgoing[node.id]
        if node.kind == "endEvent":
            if out:
                yield Problem(node.id, "workflow.end-with-flow", "结束事件有出线，请删除出线或改为其他节点。")
            return
        if node.triggered or (node.event and node.event.kind == "link" and node.kind == "intermediateThrowEvent"):
            if out:
                yield Problem(node.id, "workflow.no-way-out", "事件子流程和发出的链接没有出线，请删除出线。")
            return
        if not out:
            yield Problem(node.id, "workflow.dead-end", "节点没有出线，案件会停在这里，请连到下一个节点或结束事件。")
        if node.kind in CHOOSING:
            yield from self._default(node, out)
        if node.kind == "eventBasedGateway":
            yield from self._awaited(node, out)

    def _awaited(self, node: Node, out: list[Flow]) -> Iterator[Problem]:
        if len(out) < 2:
            yield Problem(node.id, "workflow.event-gateway", "事件网关至少要等两个事件，请补画，或去掉网关。")
        for target in (self.nodes[flow.target] for flow in out):
            waits = target.kind == "receiveTask" or (
                target.kind == "intermediateCatchEvent" and target.event is not None and target.event.kind != "link"
            )
            plain = not (target.loop or target.repetition or self.attached[target.id])
            if not waits or not plain or len(self.incoming[target.id]) != 1:
                yield Problem(
                    target.id,
                    "workflow.event-gateway",
                    "事件网关之后只能是定时、消息、信号中间事件或接收任务（不带边界事件和循环，只有这一条入线），请改画。",
                )

    def _default(self, node: Node, out: list[Flow]) -> Iterator[Problem]:
        conditional = [flow for flow in out if flow.id != node.default and flow.condition is not None]
        if node.default is not None and node.default not in {flow.id for flow in out}:
            yield Problem(
                node.id, "workflow.unknown-default", f"默认路线 {node.default} 不是这个节点的出线，请重新指定。"
            )
        elif node.default is not None and not conditional and node.kind in ACTIVITIES:
            yield Problem(node.id, "workflow.unknown-default", "没有带条件的出线，默认路线不起作用，请去掉。")
        elif node.default is None and (
            (node.kind == "exclusiveGateway" and len(out) > 1) or (conditional and len(conditional) == len(out))
        ):
            yield Problem(
                node.id, "workflow.no-default", "没有默认路线：条件都不成立时案件会停住，请指定一条默认路线。"
            )

    def _entering(self, node: Node) -> Iterator[Problem]:
        caught_link = node.kind == "intermediateCatchEvent" and node.event is not None and node.event.kind == "link"
        if self.incoming[node.id] and (node.kind in ("startEvent", "boundaryEvent") or node.triggered or caught_link):
            yield Problem(
                node.id,
                "workflow.flow-into-event",
                "开始事件、边界事件、事件子流程和接收的链接不能有入线，请删除入线。",
            )
        if node.kind == "boundaryEvent":
            host = self.nodes.get(node.attached_to or "")
            if host is None or not host.kind.endswith(("Task", "Activity", "Process", "task")) or host.triggered:
                yield Problem(
                    node.id, "workflow.no-host", "边界事件没有附在同一流程的任务、子流程或调用活动上，请重新放置。"
                )

    def _condition(self, flow: Flow) -> Iterator[Problem]:
        source = self.nodes[flow.source]
        if "Gateway" in source.kind and source.kind not in GATEWAYS:
            return
        gateway = source.kind in ("exclusiveGateway", "inclusiveGateway")
        wanted = gateway and len(self.outgoing[source.id]) > 1 and flow.id != source.default
        allowed = wanted or (source.kind in ACTIVITIES and flow.id != source.default)
        if flow.condition is not None and not allowed:
            yield Problem(
                flow.id,
                "workflow.ignored-condition",
                "这条连线上的条件不会起作用（只有排他、包容网关和任务的非默认出线可以有条件），请删除条件或改画网关。",
            )
        elif wanted and not flow.condition:
            yield Problem(flow.id, "workflow.no-condition", "网关的这条出线既没有条件也不是默认路线，请补上条件。")
