"""Whether every task has its form, and every form its task."""

from collections.abc import Iterator

from engine.packages.parts import Parts
from engine.packages.problem import Finding, shown
from engine.packages.source import DIAGRAM
from engine.packages.vocabulary import Vocabulary


def findings(parts: Parts, _vocabulary: Vocabulary) -> Iterator[Finding]:
    if parts.drawing is None:
        return
    used: set[str] = set()
    for node in parts.drawing.of_kind("userTask"):
        if not node.form_id:
            message = "用户任务没有表单；请在 formId 里写 forms 目录中某个表单的 id；只要确认一句话的，写属性 confirm。"
            yield Finding(DIAGRAM, node.id, "package.no-form", message)
            continue
        used.add(node.form_id)
        if node.form_id not in parts.forms and not parts.is_unread("forms"):
            known = "、".join(sorted(parts.forms)) or "（还没有表单）"
            message = f"没有表单“{shown(node.form_id)}”；请从 {shown(known, 200)} 中选一个，或补上这个表单。"
            yield Finding(DIAGRAM, node.id, "package.unknown-form", message)
    for identity, held in parts.forms.items():
        if identity not in used:
            message = "没有任务用到这个表单；请删去它，或在任务的 formId 里写上它。"
            yield Finding(held.file, shown(identity), "package.unused-form", message, "warning")
