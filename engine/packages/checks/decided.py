"""Whether every decision that is named exists, and is used."""

from collections.abc import Iterator

from engine.packages.parts import Parts
from engine.packages.problem import Finding, shown
from engine.packages.source import DIAGRAM, MANIFEST
from engine.packages.vocabulary import Vocabulary


def findings(parts: Parts, _vocabulary: Vocabulary) -> Iterator[Finding]:
    used: set[str] = set()
    for node in parts.drawing.of_kind("businessRuleTask") if parts.drawing else ():
        if node.decision is not None and node.decision.decision_id:
            used.add(node.decision.decision_id)
            yield from _missing(parts, DIAGRAM, node.id, node.decision.decision_id)
    for name in ("rules", "materials"):
        for identity in getattr(parts.manifest, name) if parts.manifest else ():
            used.add(identity)
            yield from _missing(parts, MANIFEST, f"package.{name}", identity)
    if parts.drawing is not None and parts.manifest is not None:
        yield from _unused(parts, used)


def _missing(parts: Parts, file: str, element: str, identity: str) -> Iterator[Finding]:
    if identity not in parts.decisions and not parts.is_unread("decisions"):
        known = "、".join(sorted(parts.decisions)) or "（还没有决策）"
        message = f"没有决策“{shown(identity)}”；请从 {shown(known, 200)} 中选一个，或补上这张表。"
        yield Finding(file, element, "package.unknown-decision", message)


def _unused(parts: Parts, used: set[str]) -> Iterator[Finding]:
    """A decision that another of its file needs counts as used with it."""
    files = {parts.decisions[identity].file for identity in used if identity in parts.decisions}
    for identity, held in parts.decisions.items():
        if held.file not in files:
            message = "没有任务或规则用到这张表；请删去它，或在任务、rules 里写上它。"
            yield Finding(held.file, shown(identity), "package.unused-decision", message, "warning")
