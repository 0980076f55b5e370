"""Whether the packages that a diagram calls can be called so, and never come back to it."""

import re
from collections.abc import Iterator

from engine.packages.checks.reach import Reach
from engine.packages.interface import THROWING, Interface, circle
from engine.packages.parts import Parts
from engine.packages.problem import Finding, shown
from engine.packages.source import DIAGRAM, MANIFEST
from engine.packages.vocabulary import Vocabulary
from engine.workflow import Node

_VERSION = re.compile(r"[0-9a-f]{8,64}")


def findings(parts: Parts, vocabulary: Vocabulary) -> Iterator[Finding]:
    if parts.drawing is None or parts.manifest is None:
        return
    yield from _outputs(parts, vocabulary)
    own = Interface.of(parts.manifest, parts.drawing.nodes)
    for node in parts.drawing.of_kind("callActivity"):
        if node.outside:
            yield from _version(node)
            yield from _called(node, own, vocabulary)
    yield from _messages(parts, own, vocabulary)


def _version(node: Node) -> Iterator[Finding]:
    text = node.properties.get("version")
    if text is not None and not _VERSION.fullmatch(text):
        message = (
            f"属性 version 要写版本号的前 8 位以上（启用时显示的那串数字和小写字母），不能是“{shown(text)}”；请改正。"
        )
        yield Finding(DIAGRAM, node.id, "package.property-value", message)


def _called(node: Node, own: Interface, vocabulary: Vocabulary) -> Iterator[Finding]:
    known, key = vocabulary.packages, node.called or ""
    others = {} if known is None else {name: one for name, one in known.items() if name != own.key}
    if way := circle(own.key, key, {name: one.calls for name, one in others.items()} | {own.key: own.calls}):
        message = f"调用绕了一圈又回到自己：{' → '.join(way)}；这样的案件永远办不完，请拆开循环调用。"
        yield Finding(DIAGRAM, node.id, "package.call-cycle", message)
    elif known is not None and key not in known:
        names = "、".join(sorted(others)) or "（没有）"
        message = f"没有流程包“{shown(key)}”，可调用的是 {shown(names, 200)}；请改正 processId，或先启用它。"
        yield Finding(DIAGRAM, node.id, "package.unknown-package", message)
    elif key in others:
        yield from _handed_in(node, others[key])


def _handed_in(node: Node, called: Interface) -> Iterator[Finding]:
    if called.call is None:
        message = f"流程包 {called.key} 没有声明可以被调用；请在它的清单里加上 [call]，写明 inputs 和 outputs。"
        yield Finding(DIAGRAM, node.id, "package.not-callable", message)
        return
    for name in node.inputs:
        if name not in called.call.inputs:
            taken = "、".join(called.call.inputs) or "（没有）"
            message = f"流程包 {called.key} 不收“{shown(name)}”，它收的是 {taken}；请改正输入映射的目标。"
            yield Finding(DIAGRAM, node.id, "package.call-input", message)


def _outputs(parts: Parts, vocabulary: Vocabulary) -> Iterator[Finding]:
    """What the package promises to give back must be written by somebody."""
    rule, reach = parts.manifest.call if parts.manifest else None, Reach.of(parts, vocabulary)
    if rule is None or reach is None or parts.drawing is None:
        return
    written = reach.seen_in(parts.drawing.main)
    for name in rule.outputs:
        if name not in written:
            message = f"[call] outputs 里的“{shown(name)}”没有任务写出，交回的会是空值；请核对名称，或写出它。"
            yield Finding(MANIFEST, "call.outputs", "package.call-output", message, "warning")


def _messages(parts: Parts, own: Interface, vocabulary: Vocabulary) -> Iterator[Finding]:
    """A message for other cases that no package known here waits for."""
    assert parts.drawing is not None
    if vocabulary.packages is None:
        return
    awaited = own.awaits.union(*(one.awaits for one in vocabulary.packages.values()))
    for node in parts.drawing.of_kind(*THROWING):
        event = node.event
        if event is not None and event.kind == "message" and event.key is not None and event.name not in awaited:
            message = (
                f"没有流程按关联键等消息“{shown(event.name)}”，发出后没有案件收到；请核对消息名称，或画出接收的节点。"
            )
            yield Finding(DIAGRAM, node.id, "package.message-unheard", message, "warning")
