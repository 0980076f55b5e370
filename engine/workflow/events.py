"""Whether each event says what it throws or waits for, stands where that makes sense, and is caught where it must be."""

from collections.abc import Iterator

from lxml import etree

from .dialect import BPMN, NODES
from .errors import Problem
from .model import Diagram, Event, Node

CATCHING = ("startEvent", "intermediateCatchEvent", "boundaryEvent")
PLACES: dict[str, tuple[str, ...]] = {
    "startEvent": ("timer", "message", "signal", "error", "escalation"),  # of an event sub-process
    "intermediateCatchEvent": ("timer", "message", "signal", "link"),
    "intermediateThrowEvent": ("", "message", "signal", "escalation", "link"),
    "boundaryEvent": ("timer", "message", "signal", "error", "escalation"),
    "endEvent": ("", "terminate", "message", "signal", "error", "escalation"),
    "sendTask": ("message",),
    "receiveTask": ("message",),
}
NAMES = {
    "message": "消息",
    "signal": "信号",
    "error": "错误",
    "escalation": "升级",
    "link": "链接",
    "timer": "定时",
    "terminate": "终止",
}
CARRYING = ("message", "signal", "error", "escalation")  # events that values travel with


def event_problems(root: etree._Element, diagram: Diagram) -> Iterator[Problem]:
    yield from _several(root)
    triggered = {node.id for node in diagram.nodes if node.triggered}
    for node in diagram.nodes:
        if node.kind in PLACES:
            yield from _place(node, in_event_sub_process=node.scope in triggered)
            yield from _reference(node)
            yield from _mappings(node)
    yield from _links(diagram)
    yield from _event_sub_processes(diagram)
    yield from _boundaries(diagram)
    yield from _errors(diagram)


def _several(root: etree._Element) -> Iterator[Problem]:
    """An event of several kinds at once is not executed."""
    for element in root.iter(*(BPMN + kind for kind in NODES if kind.endswith("Event"))):
        found = [child for child in element if str(child.tag).endswith("EventDefinition")]
        if len(found) > 1:
            identity = element.get("id") or "definitions"
            yield Problem(identity, "workflow.several-events", "一个事件只能有一种触发方式，请拆成几个事件。")


def _place(node: Node, *, in_event_sub_process: bool) -> Iterator[Problem]:
    kind = node.event.kind if node.event else ""
    if node.kind == "startEvent" and not in_event_sub_process:
        if kind:
            yield Problem(
                node.id,
                "workflow.event-unsupported",
                f"{NAMES.get(kind, kind)}开始事件只能用在事件子流程中；案件由申请人发起，请画普通的开始事件。",
            )
        if not node.interrupting:
            yield Problem(node.id, "workflow.not-interrupting", "普通开始事件没有可中断的内容，请去掉 isInterrupting。")
    elif not kind and "" not in PLACES[node.kind]:
        yield Problem(node.id, "workflow.no-event", "事件没有触发方式，请设为定时器、消息或信号等。")
    elif kind in NAMES and kind not in PLACES[node.kind]:
        known = "、".join(NAMES[each] for each in PLACES[node.kind] if each)
        yield Problem(
            node.id, "workflow.event-unsupported", f"这种事件不能是{NAMES[kind]}事件；请改用{known}，或换一个位置。"
        )
    elif kind == "timer" and node.cycle and (node.kind == "intermediateCatchEvent" or node.interrupting):
        yield Problem(
            node.id, "workflow.cycle-once", "这里的循环定时只会触发一次，请改用 timeDuration，或设为非中断的边界事件。"
        )


def _reference(node: Node) -> Iterator[Problem]:
    event = node.event
    if event is None or event.kind not in NAMES:
        return
    if event.name is None:
        what = "链接名称" if event.kind == "link" else f"有名称的{NAMES[event.kind]}"
        yield Problem(node.id, "workflow.no-reference", f"事件没有指定{what}，请填写。")
    elif event.name.startswith("="):
        yield Problem(
            node.id, "workflow.no-reference", f"{NAMES[event.kind]}的名称须直接写出，不能用表达式；请改为文字。"
        )
    elif event.kind in ("error", "escalation") and not event.name and node.kind not in CATCHING:
        yield Problem(node.id, "workflow.no-reference", f"抛出{NAMES[event.kind]}须指定代码，请填写。")


def _mappings(node: Node) -> Iterator[Problem]:
    """A mapping where nothing comes in or goes out would be ignored."""
    kind = node.event.kind if node.event else ""
    catches = node.kind in (*CATCHING, "receiveTask")
    if node.outputs and not (catches and kind in (*CARRYING, "timer")):
        yield Problem(node.id, "workflow.ignored-mapping", "这个事件不接收数据，输出映射不会起作用，请删除。")
    keyed = node.event is not None and node.event.key is not None
    if node.inputs and not (kind in CARRYING and (not catches or keyed)):
        yield Problem(node.id, "workflow.ignored-mapping", "这个事件不送出数据，输入映射不会起作用，请删除。")


def _links(diagram: Diagram) -> Iterator[Problem]:
    for scope in diagram.scopes.values():
        linked = [node for node in scope.nodes if node.event is not None and node.event.kind == "link"]
        thrown = {node.event.name for node in linked if node.event and node.kind == "intermediateThrowEvent"}
        caught = [node.event.name for node in linked if node.event and node.kind == "intermediateCatchEvent"]
        for node in linked:
            name = node.event.name if node.event else None
            if name is None:
                continue
            if node.kind == "intermediateThrowEvent" and caught.count(name) != 1:
                yield Problem(
                    node.id,
                    "workflow.link",
                    f"链接“{name}”在同一流程里须恰好有一个接收端，现有 {caught.count(name)} 个。",
                )
            elif node.kind == "intermediateCatchEvent" and name not in thrown:
                yield Problem(node.id, "workflow.link", f"没有链接事件通往“{name}”，请补画发出端或删除。")


def _event_sub_processes(diagram: Diagram) -> Iterator[Problem]:
    for node in (each for each in diagram.nodes if each.triggered):
        scope = diagram.scopes.get(node.id)
        starts = [each for each in scope.nodes if each.kind == "startEvent"] if scope else []
        if any(s.event and s.event.kind == "error" and not s.interrupting for s in starts):
            yield Problem(node.id, "workflow.not-interrupting", "错误总是中断所在的流程，请把开始事件设为中断。")
        if node.loop is not None or node.repetition is not None:
            yield Problem(node.id, "workflow.bad-loop", "事件子流程不能设为多实例或循环，请去掉。")


def _boundaries(diagram: Diagram) -> Iterator[Problem]:
    hosts = {node.id: node for node in diagram.nodes}
    for node in diagram.nodes:
        kind = node.event.kind if node.event else ""
        host = hosts.get(node.attached_to or "")
        if node.kind != "boundaryEvent" or host is None:
            continue
        if kind == "error" and not node.interrupting:
            yield Problem(node.id, "workflow.not-interrupting", "错误总是中断所附的活动，请把边界事件设为中断。")
        throwing = ("subProcess", "callActivity", *(("serviceTask",) if kind == "error" else ()))
        if kind in ("error", "escalation") and (host.kind not in throwing or host.outside):
            yield Problem(
                node.id,
                "workflow.no-thrower",
                f"{host.id} 不会抛出{NAMES[kind]}，这个边界事件永远不会触发；请附在子流程或调用活动上，或改用其他事件。",
            )


# --- Errors ----------------------------------------------------------------------------------------------------------


def _errors(diagram: Diagram) -> Iterator[Problem]:
    """The standard does not say what becomes of an error that nobody catches, so there must be somebody."""
    for node in diagram.nodes:
        code = node.event.name if node.kind == "endEvent" and node.event and node.event.kind == "error" else None
        if code and not _is_caught(diagram, node.scope, code, frozenset()):
            yield Problem(
                node.id,
                "workflow.uncaught-error",
                f"错误“{code}”在外层没有边界错误事件或错误事件子流程接住；请画上，或改用终止结束事件（terminate）。",
            )


def _is_caught(diagram: Diagram, scope_id: str, code: str, seen: frozenset[str], *, inside: bool = True) -> bool:
    """Whether an error in this scope is caught, whoever calls it. `inside` asks its own event sub-processes too."""
    scope = diagram.scopes.get(scope_id)
    if scope is None or scope_id in seen:
        return False
    if inside and any(_starts_by_error(diagram, node, code) for node in scope.nodes if node.triggered):
        return True
    seen |= {scope_id}
    if scope.parent is not None:
        node = next((each for each in diagram.scopes[scope.parent].nodes if each.id == scope_id), None)
        return node is not None and _is_caught_at(diagram, node, code, seen)
    callers = [node for node in diagram.nodes if node.kind == "callActivity" and node.called == scope_id]
    return bool(callers) and all(_is_caught_at(diagram, caller, code, seen) for caller in callers)


def _is_caught_at(diagram: Diagram, activity: Node, code: str, seen: frozenset[str]) -> bool:
    around = diagram.scopes[activity.scope].nodes
    if any(node.attached_to == activity.id and _catches(node.event, code) for node in around):
        return True
    interrupted = activity.triggered and all(
        node.interrupting for node in diagram.scopes[activity.id].nodes if node.kind == "startEvent"
    )
    return _is_caught(diagram, activity.scope, code, seen, inside=not interrupted)


def _starts_by_error(diagram: Diagram, node: Node, code: str) -> bool:
    scope = diagram.scopes.get(node.id)
    return scope is not None and any(each.kind == "startEvent" and _catches(each.event, code) for each in scope.nodes)


def _catches(event: Event | None, code: str) -> bool:
    return event is not None and event.kind == "error" and event.name in (code, "")
