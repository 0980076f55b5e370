"""Whether service tasks name registered actions and give them what they need."""

from collections.abc import Iterator

from engine.packages.checks.naming import documents_of, listed
from engine.packages.parts import Parts
from engine.packages.problem import Finding, shown
from engine.packages.source import DIAGRAM, MANIFEST
from engine.packages.vocabulary import ActionSettings, Setting, Vocabulary
from engine.workflow import ONCE, Node

_NEEDS = {"promise": "[promise]", "publicity": "[publicity]", "items": "[package] items", "rules": "[package] rules"}


def findings(parts: Parts, vocabulary: Vocabulary) -> Iterator[Finding]:
    if parts.drawing is None:
        return
    for node in parts.drawing.of_kind("serviceTask"):
        if not node.action:
            continue  # the diagram's own reader tells
        action = vocabulary.actions.get(node.action)
        if action is None:
            known = "、".join(sorted(vocabulary.actions))
            message = f"没有动作“{shown(node.action)}”；请从 {shown(known, 200)} 中选一个。"
            yield Finding(DIAGRAM, node.id, "package.unknown-action", message)
            continue
        yield from _settings(parts, node, action)
        yield from _prefixed(parts, node, action, vocabulary)
        yield from _unknown(node, action)
        yield from _needs(parts, node, action)


def _settings(parts: Parts, node: Node, action: ActionSettings) -> Iterator[Finding]:
    for name, setting in action.settings.items():
        text = node.properties.get(name, "")
        if text:
            yield from _value(parts, node, name, text, setting)
        elif setting.required:
            message = f"动作 {node.action} 缺少属性 {name}；请补上。"
            yield Finding(DIAGRAM, node.id, "package.action-setting", message)


def _prefixed(parts: Parts, node: Node, action: ActionSettings, vocabulary: Vocabulary) -> Iterator[Finding]:
    for name, text in node.properties.items():
        prefix, dot, kind = name.partition(".")
        setting = action.prefixed.get(prefix) if dot else None
        if setting is None:
            continue
        if kind not in documents_of(node, vocabulary):
            message = f"属性 {shown(name)} 说的文书不在这个任务出具的文书之中；请改正。"
            yield Finding(DIAGRAM, node.id, "package.unknown-document", message)
        yield from _value(parts, node, name, text, setting)


def _value(parts: Parts, node: Node, name: str, text: str, setting: Setting) -> Iterator[Finding]:
    match setting.kind:
        case "document" | "documents":
            for kind in listed(text) if setting.kind == "documents" else [text]:
                yield from _document(parts, node, kind, setting)
        case "node":
            target = parts.drawing.nodes.get(text) if parts.drawing else None
            if target is None or target.kind != "userTask":
                message = f"属性 {name} 要写一个用户任务的标识，没有“{shown(text)}”；请改正。"
                yield Finding(DIAGRAM, node.id, "package.unknown-node", message)
        case "multi-instance":
            assert parts.drawing is not None
            target = parts.drawing.nodes.get(text)
            if target is None or target.loop is None or target.id not in parts.drawing.areas(node.scope):
                message = f"属性 {name} 要写这个任务所在的多实例子流程，没有“{shown(text)}”；请改正。"
                yield Finding(DIAGRAM, node.id, "package.unknown-node", message)
        case "feel":
            if not text.startswith("="):
                message = f"属性 {shown(name)} 要写 FEEL 表达式，以 = 开头；请改正。"
                yield Finding(DIAGRAM, node.id, "package.action-setting", message)


def _document(parts: Parts, node: Node, kind: str, setting: Setting) -> Iterator[Finding]:
    if parts.manifest is None:
        return
    rule = parts.manifest.documents.get(kind)
    if rule is None:
        message = f"清单的 [documents] 里没有文书“{shown(kind)}”；请改正，或在清单里加上它。"
        yield Finding(DIAGRAM, node.id, "package.unknown-document", message)
    elif setting.signatures and rule.signature and rule.signature not in setting.signatures:
        wanted = "、".join(setting.signatures)
        message = (
            f"动作 {node.action} 只出具 signature 为 {wanted} 的文书，{kind} 是 {rule.signature}；请换动作或改清单。"
        )
        yield Finding(DIAGRAM, node.id, "package.document-signature", message)


def _unknown(node: Node, action: ActionSettings) -> Iterator[Finding]:
    for name in node.properties:
        if name not in action.settings and name != ONCE and name.partition(".")[0] not in action.prefixed:
            known = "、".join([*action.settings, *(f"{prefix}.…" for prefix in action.prefixed)]) or "（没有）"
            message = f"动作 {node.action} 没有属性“{shown(name)}”，可用的是 {known}；请核对拼写，或删去它。"
            yield Finding(DIAGRAM, node.id, "package.unknown-property", message)


def _needs(parts: Parts, node: Node, action: ActionSettings) -> Iterator[Finding]:
    for need in sorted(action.needs) if parts.manifest is not None else ():
        if not getattr(parts.manifest, need):
            message = f"动作 {node.action} 要用清单的 {_NEEDS[need]}，清单里没有；请补上。"
            yield Finding(
                MANIFEST,
                need if need in ("promise", "publicity") else f"package.{need}",
                "package.action-needs",
                message,
            )
