"""Whether a node of another version is still the one at which a token stands."""

from collections.abc import Iterator

from .model import Node

KINDS = {
    "userTask": "用户任务",
    "serviceTask": "服务任务",
    "businessRuleTask": "业务规则任务",
    "scriptTask": "脚本任务",
    "receiveTask": "接收任务",
    "sendTask": "发送任务",
    "subProcess": "子流程",
    "callActivity": "调用活动",
    "boundaryEvent": "边界事件",
    "intermediateCatchEvent": "中间捕获事件",
    "intermediateThrowEvent": "中间抛出事件",
    "exclusiveGateway": "排他网关",
    "parallelGateway": "并行网关",
    "inclusiveGateway": "包容网关",
    "eventBasedGateway": "事件网关",
    "startEvent": "开始事件",
    "endEvent": "结束事件",
}
EVENTS = {
    "timer": "计时",
    "message": "消息",
    "signal": "信号",
    "error": "错误",
    "escalation": "升级",
    "link": "链接",
    "terminate": "终止",
}


def named(node: Node) -> str:
    """A node as a designer finds it: by its name and its id."""
    return f"“{node.name}”（{node.id}）" if node.name else node.id


def differences(before: Node, after: Node) -> Iterator[str]:
    """Why what waits at the one cannot wait at the other; nothing where it can."""
    if before.kind != after.kind:
        yield f"由{_kind(before)}改成了{_kind(after)}"
        return
    if _repeats(before) != _repeats(after):
        yield f"由{_repeats(before)}改成了{_repeats(after)}"
    elif before.loop is not None and after.loop is not None and before.loop.element != after.loop.element:
        yield f"多实例的项变量由 {before.loop.element or '无'} 改成了 {after.loop.element or '无'}，已有的项会读不到"
    if before.called != after.called:
        yield f"由调用 {before.called} 改成了调用 {after.called}"
    if before.triggered != after.triggered:
        yield "在普通子流程和事件子流程之间改了"
    if before.attached_to != after.attached_to:
        yield f"由附在 {before.attached_to} 上改成了附在 {after.attached_to} 上"
    if _waits_for(before) != _waits_for(after):
        yield f"由等{_waits_for(before)}改成了等{_waits_for(after)}"


def _kind(node: Node) -> str:
    return KINDS.get(node.kind, node.kind)


def _repeats(node: Node) -> str:
    if node.loop is not None:
        return "逐个办理的多实例" if node.loop.sequential else "同时办理的多实例"
    return "循环" if node.repetition is not None else "单个"


def _waits_for(node: Node) -> str:
    if node.event is None:
        return "无事件"
    keyed = "（有关联键）" if node.event.key is not None else ""
    return f"{EVENTS.get(node.event.kind, node.event.kind)}{keyed}"
