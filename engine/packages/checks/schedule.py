"""Whether the days given to the tasks fit into the promised days."""

import re
from collections.abc import Iterator

from engine.packages.drawing import Drawing
from engine.packages.parts import Parts
from engine.packages.problem import Finding
from engine.packages.source import MANIFEST
from engine.packages.vocabulary import Vocabulary
from engine.workflow import Node, ways

_DAYS = re.compile(r"=\s*工作日后\(\s*(\d{1,4})\s*\)\s*")
_START = "start-promise"
Path = tuple[int, tuple[str, ...]]


def findings(parts: Parts, _vocabulary: Vocabulary) -> Iterator[Finding]:
    if parts.manifest is None or parts.manifest.promise is None or parts.definition is None or parts.drawing is None:
        return
    begins = [node.id for node in parts.drawing.of_kind("serviceTask") if node.action == _START]
    if not begins:
        message = f"清单有承诺时限，流程图里却没有 {_START} 任务，时限不会起算；请加上这个任务，或删去 [promise]。"
        yield Finding(MANIFEST, "promise", "package.promise-not-started", message, "warning")
        return
    days, nodes = max(_Walk(parts.drawing).path(name) for name in begins)
    promised = parts.manifest.promise.working_days
    if days > promised:
        message = (
            f"最长的一条路上各任务时限之和是 {days} 个工作日（{'、'.join(nodes)}），"
            f"超过承诺的 {promised} 个；请缩短任务时限，或改承诺。"
        )
        yield Finding(MANIFEST, "promise.working_days", "package.promise-too-short", message, "warning")


class _Walk:
    """The longest way on from a node: each node once, since a flow back to a node that is being walked is left out.

    What pauses the promise does not count, and what boundary timers lead to is not the planned way.
    """

    def __init__(self, drawing: Drawing) -> None:
        self.drawing = drawing
        self.targets: dict[str, list[str]] = {}
        for source, target in ways(drawing.nodes, drawing.flows):
            self.targets.setdefault(source, []).append(target)
        self.known: dict[str, Path] = {}
        self.walking: set[str] = set()

    def scope(self, scope: str) -> Path:
        starts = [node.id for node in self.drawing.inside(scope) if node.kind == "startEvent"]
        return max((self.path(start) for start in starts), default=(0, ()))

    def path(self, name: str) -> Path:
        if name not in self.known:
            self.walking.add(name)
            onward = [self.path(target) for target in self.targets.get(name, ()) if target not in self.walking]
            self.walking.discard(name)
            days, nodes = self._weight(self.drawing.nodes[name])
            best = max(onward, default=(0, ()))
            self.known[name] = (days + best[0], nodes + best[1])
        return self.known[name]

    def _weight(self, node: Node) -> Path:
        if node.kind == "subProcess":
            return self.scope(node.id)
        if node.kind == "callActivity" and node.called:
            return self.scope(node.called)
        days = _days(node)
        return (days, (node.id,)) if days else (0, ())


def _days(node: Node) -> int:
    text = node.due if node.kind == "userTask" else node.timer if node.kind == "intermediateCatchEvent" else None
    found = _DAYS.fullmatch(text or "")
    return int(found[1]) if found and _is_promised(node) else 0


def _is_promised(node: Node) -> bool:
    return "pauses" not in node.properties and node.properties.get("promised") != "false"
