"""The way of a case through its diagram: what was done, what is open, what comes if nothing turns it aside."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine.cases import CaseView
from engine.workflow import Definition, Node, links

CHOOSING = frozenset({"exclusiveGateway", "inclusiveGateway", "eventBasedGateway"})
DAYS = re.compile(r"=\s*工作日后\(\s*(\d+)\s*\)")


@dataclass(frozen=True)
class RouteStep:
    """One user task; `state` is done, now or next; `times` how often it was done."""

    node_id: str
    name: str
    lane: str
    state: str
    times: int = 0


def route(definition: Definition, case: CaseView) -> tuple[RouteStep, ...]:
    """Done and open tasks as the case had them, then the usual way on; nothing comes after a closed case."""
    behind = [RouteStep(s.node_id, s.name, s.lane, s.state, s.times) for s in case.steps if s.state != "next"]
    now = [step.node_id for step in behind if step.state == "now"]
    seen = {step.node_id for step in behind if step.state == "now"}
    coming = [node for node in ahead(definition, now) if node.id not in seen] if case.state != "closed" else []
    order = {node.id: place for place, node in enumerate(main_way(definition))}
    behind.sort(key=lambda step: (step.state == "now", order.get(step.node_id, len(order))))
    return (*behind, *(RouteStep(node.id, node.name, node.lane or "", "next") for node in coming))


def main_way(definition: Definition) -> list[Node]:
    """The user tasks from the start to the end when every gateway takes its default, or else what leads on."""
    starts = [node.id for node in definition.nodes.values() if _begins(definition, node)]
    return list(_walk(definition, starts))


def ahead(definition: Definition, nodes: Iterable[str]) -> list[Node]:
    """The user tasks after these, in the same way."""
    begun = list(nodes)
    after = [target for node_id in begun for target in _after(definition, definition.nodes[node_id])]
    return [node for node in _walk(definition, after) if node.id not in begun]


def days_of(node: Node) -> int | None:
    """The working days that a task has, where its due date says so plainly."""
    match = DAYS.fullmatch(node.due or "")
    return int(match[1]) if match else None


def pauses_of(definition: Definition) -> tuple[str, ...]:
    """The reasons for which the promised days may stop, in the order of the diagram, each once."""
    reasons = (node.properties.get("pauses") for node in definition.nodes.values())
    return tuple(dict.fromkeys(reason for reason in reasons if reason))


def _walk(definition: Definition, starts: list[str]) -> Iterator[Node]:
    waiting, seen = list(starts), set(starts)
    while waiting:
        node = definition.nodes[waiting.pop(0)]
        if node.kind == "userTask":
            yield node
        targets = _inside(definition, node) or _after(definition, node)
        if node.kind in CHOOSING:
            targets = [target for target in targets if _leads_on(definition, target, seen)][:1]
        waiting += [target for target in dict.fromkeys(targets) if target not in seen]
        seen.update(targets)


def _leads_on(definition: Definition, start: str, seen: set[str]) -> bool:
    """Whether an end can be reached without coming by where one has been."""
    waiting, known = [start], set(seen)
    while waiting:
        node_id = waiting.pop()
        if node_id in known:
            continue
        known.add(node_id)
        node = definition.nodes[node_id]
        targets = _inside(definition, node) or _after(definition, node)
        if not targets:
            return True
        waiting += targets
    return False


def _inside(definition: Definition, node: Node) -> list[str]:
    """Where an embedded sub-process begins."""
    return [one.id for one in definition.nodes.values() if one.scope == node.id and one.kind == "startEvent"]


def _after(definition: Definition, node: Node) -> list[str]:
    """Where a node leads, the default first; from where a link is thrown to where it is caught, and from the end of a
    sub-process to what follows it."""
    flows = [flow for flow in definition.flows.values() if flow.source == node.id]
    flows.sort(key=lambda flow: (not flow.default, bool(flow.condition)))
    caught = [caught for thrown, caught in links(definition.nodes) if thrown == node.id]
    if not flows and not caught and node.scope in definition.nodes:
        return _after(definition, definition.nodes[node.scope])
    return [flow.target for flow in flows] or caught


def _begins(definition: Definition, node: Node) -> bool:
    return node.kind == "startEvent" and node.scope == definition.process_id
