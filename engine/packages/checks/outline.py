"""Whether the manifest and the diagram speak of the same process."""

from collections.abc import Iterator

from engine.packages.parts import Parts
from engine.packages.problem import Finding, shown
from engine.packages.source import MANIFEST, README
from engine.packages.vocabulary import Vocabulary


def findings(parts: Parts, _vocabulary: Vocabulary) -> Iterator[Finding]:
    if README not in parts.package.files:
        message = "没有说明文件；请补上 README.md，写明流程做什么、依据什么。"
        yield Finding(README, "", "package.no-readme", message, "warning")
    if parts.manifest is None or parts.drawing is None:
        return
    yield from _process(parts)
    yield from _submit(parts)
    yield from _withdrawal(parts)
    yield from _items(parts)


def _process(parts: Parts) -> Iterator[Finding]:
    assert parts.manifest is not None and parts.drawing is not None
    named, main = parts.manifest.process, parts.drawing.main
    if named and main and named != main:
        message = f"流程图里的主流程是 {shown(main)}，不是 {shown(named)}；请改成一致。"
        yield Finding(MANIFEST, "package.process", "package.process", message)


def _submit(parts: Parts) -> Iterator[Finding]:
    assert parts.manifest is not None and parts.drawing is not None
    submit = parts.manifest.submit
    node = parts.drawing.nodes.get(submit)
    if not submit:
        return
    if node is None or node.kind != "userTask":
        message = f"流程图里没有用户任务 {shown(submit)}；请写申请人填报的任务。"
        yield Finding(MANIFEST, "package.submit", "package.unknown-node", message)
    elif node.properties.get("act") != "submit":
        message = f"{submit} 是申请人提交的任务，却没有属性 act=submit；请在任务上补上。"
        yield Finding("process.bpmn", submit, "package.submit", message)


def _withdrawal(parts: Parts) -> Iterator[Finding]:
    assert parts.manifest is not None and parts.drawing is not None
    drawing, rule = parts.drawing, parts.manifest.withdraw
    if rule is None:
        for node in drawing.of_kind("userTask", "callActivity"):
            if node.properties.get("withdrawable") == "true":
                message = "任务标了可以撤回，而清单没有 [withdraw]；请补上 [withdraw]，或去掉 withdrawable。"
                yield Finding("process.bpmn", node.id, "package.no-withdrawal", message)
        return
    target = drawing.nodes.get(rule.to)
    if rule.to and (target is None or target.scope != drawing.main):
        message = f"主流程里没有节点 {shown(rule.to)}；请写撤回以后去的节点。"
        yield Finding(MANIFEST, "withdraw.to", "package.unknown-node", message)


def _items(parts: Parts) -> Iterator[Finding]:
    assert parts.manifest is not None and parts.drawing is not None
    items, label = parts.manifest.items, parts.manifest.item_label
    node = parts.drawing.nodes.get(parts.manifest.submit)
    held = parts.forms.get(node.form_id or "") if node is not None else None
    if not items or held is None:
        return
    fields = held.value.fields
    if items not in fields or fields[items].rows is None:
        message = f"申请表 {held.value.id} 里没有名为 {items} 的列表；请改正 items，或在表单里加上它。"
        yield Finding(MANIFEST, "package.items", "package.unknown-field", message)
    elif label and f"{items}[].{label}" not in fields:
        message = f"列表 {items} 里没有字段 {label}；请写列表中的一个字段。"
        yield Finding(MANIFEST, "package.item_label", "package.unknown-field", message)
