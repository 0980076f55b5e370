"""Separation of duties: that what must be kept apart is held by tasks, can be kept apart, and that who signs does not seal."""

from collections.abc import Iterator

from engine.packages.checks.assignments import named_roles
from engine.packages.parts import Parts
from engine.packages.problem import Finding, shown
from engine.packages.source import DIAGRAM, MANIFEST
from engine.packages.vocabulary import Vocabulary
from engine.workflow import Node

_GROUPS = "separation.exclusive"


def findings(parts: Parts, _vocabulary: Vocabulary) -> Iterator[Finding]:
    if parts.manifest is None or parts.drawing is None:
        return
    tasks = list(parts.drawing.of_kind("userTask"))
    held: dict[str, list[Node]] = {}
    for task in tasks:
        held.setdefault(task.properties.get("duty", ""), []).append(task)
    groups = parts.manifest.exclusive
    for duty in sorted({name for group in groups for name in group} - held.keys()):
        message = f"没有任务承担职责“{shown(duty)}”，这条互斥不起作用；请改正名称，或在任务上写 duty。"
        yield Finding(MANIFEST, _GROUPS, "package.unknown-duty", message)
    for group in groups:
        yield from _of_one_post(group, held)
    for signing in (task for task in tasks if task.properties.get("act") == "sign"):
        for sealing in (task for task in tasks if task.properties.get("act") == "seal"):
            yield from _signed_and_sealed(signing, sealing, groups)


def _of_one_post(group: tuple[str, ...], held: dict[str, list[Node]]) -> Iterator[Finding]:
    """Two exclusive duties of one post need two people in it; with one the case stands still."""
    posts = {duty: {role for task in held.get(duty, ()) for role, _ in named_roles(task)} for duty in group}
    for number, duty in enumerate(group):
        for other in group[number + 1 :]:
            for role in sorted(posts[duty] & posts[other]):
                message = (
                    f"互斥的职责“{shown(duty)}”和“{shown(other)}”都由岗位“{shown(role)}”承担，"
                    "岗位只有一个人时就办不下去；请分给两个岗位。"
                )
                yield Finding(MANIFEST, _GROUPS, "package.duties-of-one-post", message, "warning")


def _signed_and_sealed(signing: Node, sealing: Node, groups: tuple[tuple[str, ...], ...]) -> Iterator[Finding]:
    if any(task.properties.get("duty") == "" for task in (signing, sealing)):
        return  # the value is told where it stands
    duties = {signing.properties.get("duty"), sealing.properties.get("duty")}
    if len(duties) < 2 or not any(duties <= set(group) for group in groups):
        message = (
            f"签发（{shown(signing.id)}）和用印不能是同一个人；请给两个任务各写一个 duty，"
            "并在清单的 [separation] exclusive 里写成互斥。"
        )
        yield Finding(DIAGRAM, sealing.id, "package.sign-and-seal", message)
