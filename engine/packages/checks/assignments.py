"""Who holds each task: posts of the manifest, posts and organisations of the installation."""

import re
from collections.abc import Iterator

from engine.decisions import Table
from engine.packages.grounds import row_word
from engine.packages.manifest import DEPARTMENT
from engine.packages.parts import Parts
from engine.packages.problem import Finding, shown
from engine.packages.source import DIAGRAM, MANIFEST
from engine.packages.vocabulary import Vocabulary
from engine.workflow import Node

_CHOSEN = re.compile(r"=\s*([^\W\d]\w*)(?:\.([^\W\d]\w*))?\s*")  # what a decision came to: =decider, or =decider.role
_QUOTED = re.compile(r'"([A-Za-z_]\w*)@([\w.-]*)"')  # a post written out inside FEEL: "joint_checker@" + unit.org


def findings(parts: Parts, vocabulary: Vocabulary) -> Iterator[Finding]:
    yield from _installed(parts, vocabulary)
    if parts.drawing is None:
        return
    used: set[str] = set()
    for node in parts.drawing.of_kind("userTask"):
        if not node.assignment:
            message = "用户任务没有办理岗位；请在 candidateGroups 里写岗位。"
            yield Finding(DIAGRAM, node.id, "package.no-assignment", message)
        for role, organisation in named_roles(node):
            used.add(role)
            yield from _assignment(parts, vocabulary, node.id, DIAGRAM, role, organisation)
        for file, rule, post in _chosen(parts, node):
            role, organisation = _split(post)
            used.add(role)
            yield from _assignment(parts, vocabulary, rule, file, role, organisation)
    yield from _unused(parts, used)


def named_roles(node: Node) -> Iterator[tuple[str, str | None]]:
    """(role, organisation or None) of the posts that an assignment writes out."""
    text = node.assignment or ""
    if text.startswith("="):
        for role, organisation in _QUOTED.findall(text):
            yield role, organisation or None
        for role in re.findall(r'^=\s*"([A-Za-z_]\w*)"\s*$', text):
            yield role, None
        return
    if text:
        yield _split(text)


def _split(text: str) -> tuple[str, str | None]:
    role, at, organisation = text.partition("@")
    return role.strip(), organisation.strip() if at else None


def _chosen(parts: Parts, node: Node) -> Iterator[tuple[str, str, str]]:
    """(file, row, post) of the posts written out in the table that chooses who holds a task."""
    assert parts.drawing is not None
    named = _CHOSEN.fullmatch(node.assignment or "")
    for task in parts.drawing.of_kind("businessRuleTask") if named else ():
        held = parts.decisions.get(task.decision.decision_id) if task.decision is not None else None
        table = held.value.logic if held is not None else None
        if named is None or held is None or not isinstance(table, Table) or task.decision is None:
            continue
        columns = [column.name for column in table.outputs]
        alone = len(columns) == 1 and named[2] is None  # a table of one output gives the value itself
        if task.decision.result_variable == named[1] and (alone or named[2] in columns):
            column = columns[0] if alone else named[2]
            words = ((rule.id, row_word(table, rule, column)) for rule in table.rules)
            yield from ((held.file, rule, post) for rule, post in words if post)


def _assignment(
    parts: Parts, vocabulary: Vocabulary, element: str, file: str, role: str, organisation: str | None
) -> Iterator[Finding]:
    posts = parts.manifest.posts if parts.manifest is not None else None
    if posts is not None and role not in posts:
        message = f"岗位“{shown(role)}”不在清单的 [posts] 中；请改正岗位名，或在 [posts] 里加上它。"
        yield Finding(file, element, "package.unknown-post", message)
    elif posts is not None and organisation is not None and posts[role] == DEPARTMENT:
        message = (
            f"岗位“{role}”由本部门持有，不能再写 @{shown(organisation)}；请去掉，或在 [posts] 里改为 organisation。"
        )
        yield Finding(file, element, "package.post-holder", message)
    known = vocabulary.organisations
    if organisation is not None and known is not None and organisation not in known:
        message = f"系统里没有单位“{shown(organisation)}”；请改正，或先登记这个单位。"
        yield Finding(file, element, "package.unknown-organisation", message)


def _installed(parts: Parts, vocabulary: Vocabulary) -> Iterator[Finding]:
    if parts.manifest is None or vocabulary.posts is None:
        return
    for role in parts.manifest.posts:
        if role not in vocabulary.posts:
            message = f"系统里没有岗位“{shown(role)}”；请改正岗位名，或先设立这个岗位。"
            yield Finding(MANIFEST, f"posts.{shown(role)}", "package.post-not-installed", message)


def _unused(parts: Parts, used: set[str]) -> Iterator[Finding]:
    if parts.manifest is None or parts.drawing is None:
        return
    tasks = list(parts.drawing.of_kind("userTask"))
    whole = " ".join(f"{node.assignment or ''} {node.properties.get('escalateTo', '')}" for node in tasks)
    for role in parts.manifest.posts:
        if role not in used and role != parts.manifest.start and role not in whole:
            message = f"没有任务由岗位“{shown(role)}”办理；请删去这个岗位，或把任务派给它。"
            yield Finding(MANIFEST, f"posts.{shown(role)}", "package.unused-post", message, "warning")
