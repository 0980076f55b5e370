"""Who may: the one door through which every command and every query goes (posts, organisations and relations)."""

from collections.abc import Collection, Iterable, Mapping
from enum import IntEnum
from typing import Any

import sqlalchemy as sa

from engine.errors import Conflict, Forbidden, NotFound
from engine.identity import Actor, separation
from engine.packages import CompiledPackage
from engine.store.tables import case as case_rows
from engine.store.tables import task as task_rows

BLIND_ROLES = frozenset({"sysadmin", "secadmin"})  # they run the installation and see no business data


class Sight(IntEnum):
    """How much of a case a person sees; more includes less, but OWN and MATERIALS look from different sides."""

    NONE = 0
    REQUEST = 1  # a consulted unit: its own request, no other answers
    MATERIALS = 2  # a party organisation: the application and its materials
    OWN = 3  # the association: its application, its documents, no inner reasons
    FULL = 4  # the department


def sight(actor: Actor, case: Mapping[str, Any], task_posts: Collection[str]) -> Sight:
    """By the case's organisation and the posts that ever had a task in it."""
    posts = [post for post in actor.posts if post.role not in BLIND_ROLES]
    found = [Sight.NONE]
    for post in posts:
        if post.is_department and case["state"] != "draft":
            found.append(Sight.FULL)
        elif post.organisation_id == case["organisation_id"]:
            found.append(Sight.OWN)
        elif post.id in task_posts:
            found.append(Sight.MATERIALS if post.organisation_kind == "party" else Sight.REQUEST)
    return max(found)


def hidden() -> NotFound:
    """Said where something does not exist, and where somebody may not know that it does."""
    return NotFound("没有找到这件申请，或你的岗位看不到它。", code="case.not-found")


def hold(actor: Actor, task: Mapping[str, Any], case: Mapping[str, Any]) -> None:
    """`look`, and nothing stands in the way of acting: the case is not suspended, no reviewer has the task."""
    look(actor, task, case)
    if case["suspended_at"] is not None:
        raise Conflict("这件申请已中止办理，恢复以后才能继续。已填的内容不会丢失。", code="case.suspended")
    refuse_held(task)


def refuse_held(task: Mapping[str, Any]) -> None:
    """Its holder has completed the task, and those after have not answered yet."""
    if task["held_by"] is not None:
        raise Conflict("已提交，正在等后加签的意见；全部同意后自动往下走。", code="task.held")


def look(actor: Actor, task: Mapping[str, Any], case: Mapping[str, Any]) -> None:
    """The task is open, and the actor's post may do it; else `NotFound`, `Forbidden` or `Conflict`."""
    held = actor.post(task["post_id"])
    if held is not None and held.package_key not in {"", case["package_key"]}:
        raise Forbidden("你的代理不包括这个流程，请等岗位本人办理。", code="delegation.scope")
    if held is None:
        if sight(actor, case, ()) in {Sight.NONE}:
            raise hidden()
        raise Forbidden("这项待办属于别的岗位，请由该岗位的人办理。", code="task.other-post")
    if task["state"] != "open":
        raise done_already(task)
    if task["claimed_by"] not in {None, actor.person_id}:
        raise Conflict("已被他人认领，请先联系认领人放回待办。", code="task.claimed", task=task["id"])


def waits_for(actor: Actor) -> sa.ColumnElement[bool]:
    """Tasks (joined with their cases) that are the actor's, as `look` lets them: of a deputy those of its process."""
    whole = sorted(post.id for post in actor.posts if not post.package_key)
    narrow = [post for post in actor.posts if post.package_key]
    parts = [sa.and_(task_rows.c.post_id == one.id, case_rows.c.package_key == one.package_key) for one in narrow]
    return sa.or_(task_rows.c.post_id.in_(whole), *parts)


def refuse_signing(actor: Actor, task: Mapping[str, Any]) -> None:
    """A deputy signs and seals only where the delegation says so."""
    held = actor.post(task["post_id"])
    if held is not None and not held.signs:
        raise Forbidden(
            f"你代理{held.acting_for}的岗位，代理不包括签名和用印，请由本人办理。", code="delegation.signing"
        )


def done_already(task: Mapping[str, Any]) -> Conflict:
    if task["state"] == "completed":
        return Conflict("已被他人办理，无需再办。", code="task.done", task=task["id"])
    return Conflict("这项待办已取消：申请被撤回、退回或流程已前进。", code="task.cancelled", task=task["id"])


def separate(package: CompiledPackage, node_id: str, duties: Mapping[str, list[str]], actor: Actor) -> str | None:
    """The node's duty; `Forbidden` where the person already held one that excludes it in this case."""
    duty = package.definition.nodes[node_id].properties.get("duty")
    if duty is None:
        return None
    clash = separation(duties, package.manifest.exclusive, duty, actor.person_id)
    if clash is not None:
        raise Forbidden(
            "你在本案中已办理过与此互斥的环节，须由同岗位的另一人办理。", code="case.separation", duty=duty, held=clash
        )
    return duty


def claimable(actor: Actor, rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Of these task rows the ones that the actor may do now."""
    return [
        row
        for row in rows
        if row["state"] == "open" and row["post_id"] in actor.post_ids and row["claimed_by"] in {None, actor.person_id}
    ]
