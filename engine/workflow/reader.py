"""From the tree of a file to the facts of a diagram. What is wrong is left to the checks; here nothing raises."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from lxml import etree

from .dialect import ARTIFACTS, BPMN, ZEEBE, local
from .model import CONFIRM, CalledDecision, Diagram, Event, Flow, Lane, Loop, Node, Repetition, Scope, Script

OUTPUTS_OF = "outputsOf"  # the property that names the task whose outputs this one writes, too
PACKAGE_KEY = re.compile(r"[a-z][a-z0-9_]*")

_NO_NODE = frozenset(
    {*ARTIFACTS, "sequenceFlow", "laneSet", "documentation", "extensionElements", "incoming", "outgoing"}
)
_NO_NODE_EITHER = frozenset({"multiInstanceLoopCharacteristics", "standardLoopCharacteristics", "ioSpecification"})


def read_diagram(root: etree._Element) -> Diagram:
    """Every process and sub-process with its nodes and flows, the unsupported ones too."""
    processes = frozenset(process.get("id") for process in root.iterfind(BPMN + "process"))
    lanes = tuple(_lanes(root))
    innermost = {node: lane.name or lane.id for lane in lanes for node in lane.nodes}  # an outer lane comes before
    diagram, around = Diagram(lanes=lanes), _Around(innermost, _definitions(root), processes)
    for process in root.iterfind(BPMN + "process"):
        _read_scope(process, None, around, diagram)
    _write_the_same(diagram)
    return diagram


def _write_the_same(diagram: Diagram) -> None:
    """A task or call with `outputsOf` writes what the named one of its kind writes, and its own outputs over that."""
    drawn = {node.id: node for node in diagram.nodes if node.kind in ("userTask", "callActivity")}
    for scope in diagram.scopes.values():
        for place, node in enumerate(scope.nodes):
            other = drawn.get(node.properties.get(OUTPUTS_OF, ""))
            if other is not None and other.kind == node.kind and OUTPUTS_OF not in other.properties:
                scope.nodes[place] = replace(node, outputs=MappingProxyType({**other.outputs, **node.outputs}))


@dataclass(frozen=True, slots=True)
class _Around:
    """What a node refers to outside itself: lanes by node, definitions (messages, errors, ...) and processes by id."""

    lanes: Mapping[str, str]
    definitions: Mapping[str, etree._Element]
    processes: frozenset[str | None]


def _read_scope(element: etree._Element, parent: str | None, around: _Around, diagram: Diagram) -> None:
    scope = Scope(element.get("id") or "", element.get("name") or "", parent)
    diagram.scopes.setdefault(scope.id, scope)
    defaults = {child.get("default") for child in element if child.get("default")}
    for child in element:
        kind = local(child.tag)
        if child.tag == BPMN + "sequenceFlow":
            scope.flows.append(_read_flow(child, scope.id, defaults))
        elif child.tag.startswith(BPMN) and kind not in _NO_NODE | _NO_NODE_EITHER and not kind.startswith("data"):
            scope.nodes.append(_read_node(child, kind, scope.id, around))
            if kind == "subProcess":
                _read_scope(child, scope.id, around, diagram)


def _read_flow(element: etree._Element, scope: str, defaults: set[str | None]) -> Flow:
    return Flow(
        id=element.get("id") or "",
        source=element.get("sourceRef") or "",
        target=element.get("targetRef") or "",
        condition=_text(element, BPMN + "conditionExpression"),
        default=element.get("id") in defaults,
        name=element.get("name") or "",
        scope=scope,
    )


def _read_node(element: etree._Element, kind: str, scope: str, around: _Around) -> Node:
    held = {local(child.tag): child for child in element.iterfind(f"{BPMN}extensionElements/*")}
    identity = element.get("id") or ""
    decision = held.get("calledDecision")
    timer = element.find(BPMN + "timerEventDefinition")
    called = _attribute(held.get("calledElement"), "processId") or element.get("calledElement")
    properties = _properties(element)
    form = _attribute(held.get("formDefinition"), "formId")
    return Node(
        id=identity,
        kind=kind,
        name=element.get("name") or "",
        scope=scope,
        lane=around.lanes.get(identity),
        documentation=_text(element, BPMN + "documentation"),
        form_id=f"{CONFIRM}.{identity}" if form is None and CONFIRM in properties else form,
        assignment=_attribute(held.get("assignmentDefinition"), "candidateGroups"),
        due=_attribute(held.get("taskSchedule"), "dueDate"),
        decision=decision
        if decision is None
        else CalledDecision(decision.get("decisionId") or "", decision.get("resultVariable") or ""),
        action=_attribute(held.get("taskDefinition"), "type"),
        inputs=_mapping(element, "input"),
        outputs=_mapping(element, "output"),
        called=called,
        outside=kind == "callActivity"
        and PACKAGE_KEY.fullmatch(called or "") is not None
        and called not in around.processes,
        loop=_loop(element.find(BPMN + "multiInstanceLoopCharacteristics")),
        repetition=_repetition(element.find(BPMN + "standardLoopCharacteristics")),
        script=_script(held.get("script")),
        event=_event(element, around),
        timer=None if timer is None else _timer(timer),
        cycle=timer is not None and timer.find(BPMN + "timeCycle") is not None,
        triggered=element.get("triggeredByEvent") == "true",
        attached_to=element.get("attachedToRef"),
        interrupting="false" not in (element.get("cancelActivity"), element.get("isInterrupting")),
        terminates=element.find(BPMN + "terminateEventDefinition") is not None,
        default=element.get("default"),
        properties=properties,
    )


def _timer(definition: etree._Element) -> str:
    texts = (_text(definition, BPMN + tag) for tag in ("timeDuration", "timeDate", "timeCycle"))
    return next((text for text in texts if text), "")


def _event(element: etree._Element, around: _Around) -> Event | None:
    """The event of an event, or the message of a send or receive task."""
    if local(element.tag) in ("sendTask", "receiveTask"):
        return _referred("message", element.get("messageRef"), around)
    for child in element:
        kind = local(child.tag).removesuffix("EventDefinition")
        if kind == local(child.tag) or not str(child.tag).startswith(BPMN):
            continue
        if kind == "link":
            return Event("link", child.get("name") or None)
        if kind in ("message", "signal", "error", "escalation"):
            return _referred(kind, child.get(f"{kind}Ref"), around)
        return Event(kind)
    return None


def _referred(kind: str, reference: str | None, around: _Around) -> Event:
    if reference is None:
        return Event(kind, "" if kind in ("error", "escalation") else None)
    found = around.definitions.get(reference.rpartition(":")[2])
    if found is None or local(found.tag) != kind:
        return Event(kind, None)
    subscription = found.find(f"{BPMN}extensionElements/{ZEEBE}subscription")
    name = found.get(f"{kind}Code") or found.get("name") or None
    return Event(kind, name, _attribute(subscription, "correlationKey"))


def _definitions(root: etree._Element) -> dict[str, etree._Element]:
    return {child.get("id") or "": child for child in root if isinstance(child.tag, str)}


def _script(element: etree._Element | None) -> Script | None:
    return None if element is None else Script(element.get("expression") or "", element.get("resultVariable") or "")


def _repetition(element: etree._Element | None) -> Repetition | None:
    if element is None:
        return None
    before = element.get("testBefore") == "true"
    return Repetition(_text(element, BPMN + "loopCondition") or None, before, element.get("loopMaximum"))


def _attribute(element: etree._Element | None, name: str) -> str | None:
    return None if element is None else (element.get(name) or None)


def _text(element: etree._Element, tag: str) -> str | None:
    child = element.find(tag)
    return None if child is None else (child.text or "").strip()


def _mapping(element: etree._Element, kind: str) -> Mapping[str, str]:
    found = element.iterfind(f"{BPMN}extensionElements/{ZEEBE}ioMapping/{ZEEBE}{kind}")
    return MappingProxyType({each.get("target") or "": (each.get("source") or "").strip() for each in found})


def _properties(element: etree._Element) -> Mapping[str, str]:
    found = element.iterfind(f"{BPMN}extensionElements/{ZEEBE}properties/{ZEEBE}property")
    return MappingProxyType({each.get("name") or "": each.get("value") or "" for each in found})


def _loop(element: etree._Element | None) -> Loop | None:
    if element is None:
        return None
    settings = element.find(f"{BPMN}extensionElements/{ZEEBE}loopCharacteristics")
    return Loop(
        collection=_attribute(settings, "inputCollection") or "",
        element=_attribute(settings, "inputElement"),
        output_collection=_attribute(settings, "outputCollection"),
        output_element=_attribute(settings, "outputElement"),
        condition=_text(element, BPMN + "completionCondition"),
        sequential=element.get("isSequential") == "true",
        cardinality=_text(element, BPMN + "loopCardinality") or None,
    )


def _lanes(root: etree._Element) -> Iterator[Lane]:
    """In the order of the file: an outer lane before the lanes in it."""
    for lane in root.iter(BPMN + "lane"):
        nodes = tuple((reference.text or "").strip() for reference in lane.iterfind(BPMN + "flowNodeRef"))
        outer = lane.find(f"{BPMN}childLaneSet/{BPMN}lane") is not None
        yield Lane(lane.get("id") or "", lane.get("name") or "", nodes, outer)
