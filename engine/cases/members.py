"""One more member of a running multi-instance (加签), or one less (减签): by somebody with the authority."""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from engine import workflow
from engine.cases.authority import authorise
from engine.cases.loading import load_case, load_task
from engine.cases.reasons import reason_of
from engine.cases.step import Step
from engine.cases.transactions import command
from engine.errors import Conflict, Forbidden
from engine.identity import Actor
from engine.installation import Installation
from engine.store import Transaction
from engine.store.tables import event
from engine.store.values import decode

ADDED = "member.added"  # an event


def addable(run: workflow.Run, node: workflow.Node) -> list[dict[str, Any]]:
    """The members that the package allows and that are not in yet, each with key and name."""
    path = _path(run, node.id)
    if path is None or "addable" not in node.properties:
        return []
    found = run.property_of(node.id, "addable", path.rpartition("/")[0])
    present = {_key(one) for one in run.members(path)}
    rows = found if isinstance(found, list) else []
    return [one for one in rows if isinstance(one, dict) and one.get("key") and _key(one) not in present]


def add_member(installation: Installation, actor: Actor, case_id: str, node_id: str, key: str, reason: str) -> None:
    """Ask one more. `Forbidden` without the authority or for a member that the package does not offer."""
    reason = reason_of(reason, "请填写增加的原因。")

    def body(transaction: Transaction) -> None:
        loaded = load_case(transaction, case_id)
        package = installation.package(transaction, loaded.case["version_id"])
        post_id = authorise(package, actor, loaded, "reviewers")
        _refuse_standing(loaded.case)
        step = Step(installation, transaction, loaded, actor, post_id=post_id)
        node = package.definition.nodes.get(node_id)
        offered = {_key(one): one for one in addable(step.run, node)} if node is not None else {}
        if key not in offered:
            raise Forbidden("不能增加这个单位：流程没有列出，或者已经在办。", code="members.not-offered", key=key)
        path = _path(step.run, node_id)
        assert path is not None
        step.run.add_item(path, offered[key])
        noted = {"node": node_id, "key": key, "name": offered[key].get("name", key), "reason": reason}
        step.events.append((ADDED, noted))
        step.write()

    command(installation, body)


def drop_member(installation: Installation, actor: Actor, task_id: str, reason: str) -> None:
    """Ask one less: the member of an open task of a multi-instance that was added by hand."""
    reason = reason_of(reason, "请填写减去的原因。")

    def body(transaction: Transaction) -> None:
        loaded = load_task(transaction, task_id)
        package = installation.package(transaction, loaded.case["version_id"])
        post_id = authorise(package, actor, loaded, "reviewers")
        _refuse_standing(loaded.case)
        step = Step(installation, transaction, loaded, actor, post_id=post_id)
        open_task = next((one for one in step.run.open_tasks() if one.id == task_id), None)
        if open_task is None or open_task.item is None:
            raise Conflict("这项待办不是可以增减的会签。", code="members.not-open", task=task_id)
        if (open_task.node_id, _key(open_task.element)) not in added_by_hand(transaction, step.case["id"]):
            raise Forbidden("流程规定要征求的单位不能减去，只能减去人工增加的。", code="members.required", task=task_id)
        noted = {"node": open_task.node_id, "key": _key(open_task.element), "task": task_id, "reason": reason}
        step.events.append(("member.dropped", noted))
        step.run.drop_item(f"{open_task.path.rpartition('#')[0]}#{open_task.item}")
        step.write()

    command(installation, body)


def added_by_hand(transaction: Transaction, case_id: str) -> frozenset[tuple[str, str]]:
    """(node, key) of the members that somebody added: those that the process itself asked are not to be left out."""
    query = sa.select(event.c.kind, event.c.body).where(event.c.chain == case_id, event.c.kind == ADDED)
    return added_in(dict(row) for row in transaction.execute(query).mappings())


def added_in(events: Iterable[Mapping[str, Any]]) -> frozenset[tuple[str, str]]:
    """The same of events that have been read."""
    bodies = [decode(one["body"]) for one in events if one["kind"] == ADDED]
    return frozenset((body["node"], body["key"]) for body in bodies)


def _path(run: workflow.Run, node_id: str) -> str | None:
    """Where the multi-instance of a node runs: `Sub_joint/MI_joint_check`."""
    for one in run.open_tasks():
        if one.node_id == node_id and one.item is not None:
            return one.path.rpartition("#")[0]
    return None


def _key(element: Any) -> str:
    return str(element.get("key", "")) if isinstance(element, dict) else str(element)


def _refuse_standing(case: Any) -> None:
    if case["suspended_at"] is not None:
        raise Conflict("这件申请已中止办理，恢复以后才能增减。", code="case.suspended")
