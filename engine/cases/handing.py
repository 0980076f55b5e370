"""Hand a task on: to another post for good (转办), or to be prepared by it and come back (委派)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.audit import Head
from engine.cases.door import hold
from engine.cases.loading import Loaded, load_task
from engine.cases.reasons import reason_of
from engine.cases.recording import record_on_case
from engine.cases.transactions import command
from engine.errors import Conflict, Forbidden
from engine.identity import Actor
from engine.installation import Installation
from engine.packages import CompiledPackage
from engine.store import Transaction, new_id
from engine.store.tables import notification, post, task

TRANSFER, ASK = "transferTo", "ask"  # properties of a node that name the roles


@dataclass(frozen=True)
class Choice:
    """A post that a task may be handed to, or asked."""

    post_id: str
    title: str


def choices(
    transaction: Transaction, package: CompiledPackage, row: Mapping[str, Any], *names: str
) -> dict[str, tuple[Choice, ...]]:
    """By property of the node: the posts that it allows, of the organisation whose post has the task, without that post.

    One statement for all of them, none where the node names nobody.
    """
    texts = {name: package.definition.nodes[row["node_id"]].properties.get(name, "") for name in names}
    roles = {name: [part.strip() for part in text.split(",") if part.strip()] for name, text in texts.items()}
    wanted = sorted({role for some in roles.values() for role in some})
    if not wanted:
        return dict.fromkeys(names, ())
    here = sa.select(post.c.organisation_id).where(post.c.id == row["post_id"]).scalar_subquery()
    query = sa.select(post.c.id, post.c.title, post.c.role).where(
        post.c.organisation_id == here, post.c.role.in_(wanted), post.c.id != row["post_id"]
    )
    found = {row.role: Choice(row.id, row.title) for row in transaction.execute(query)}
    return {name: tuple(found[role] for role in some if role in found) for name, some in roles.items()}


def chosen(transaction: Transaction, package: CompiledPackage, row: Mapping[str, Any], name: str, to: str) -> Choice:
    """The post of that id; `Forbidden` where the node does not allow it."""
    for choice in choices(transaction, package, row, name)[name]:
        if choice.post_id == to:
            return choice
    raise Forbidden("这个环节不能交给该岗位，请从列出的岗位中选择。", code="task.no-such-choice", to=to)


def transfer(installation: Installation, actor: Actor, task_id: str, to: str, reason: str) -> None:
    """The task goes to another post for good. Raises as `hold` does; `Forbidden` where the node does not allow it."""
    reason = reason_of(reason, "请填写转办的原因。")

    def body(transaction: Transaction) -> None:
        loaded, package = _own(installation, transaction, actor, task_id)
        if loaded.task["owner_post_id"] is not None:
            raise Conflict("这项待办是委派来的，不能再转办；请交回委派岗位。", code="task.delegated")
        target = chosen(transaction, package, loaded.task, TRANSFER, to)
        noted = {"from": loaded.task["post_id"], "to": target.post_id, "to_title": target.title, "reason": reason}
        _move(installation, transaction, actor, loaded, "task.transferred", noted, owner=None)

    command(installation, body)


def delegate(installation: Installation, actor: Actor, task_id: str, to: str, question: str) -> None:
    """Another post prepares the task's form; it comes back by `hand_back` or `recall`, and is completed by its owner."""
    question = reason_of(question, "请写明请对方办什么。")

    def body(transaction: Transaction) -> None:
        loaded, package = _own(installation, transaction, actor, task_id)
        if loaded.task["owner_post_id"] is not None:
            raise Conflict("这项待办是委派来的，不能再委派；请交回委派岗位。", code="task.delegated")
        if loaded.task["kind"] != "task":
            raise Forbidden("加签意见要由本岗位提出，不能委派。", code="task.no-such-choice", to=to)
        target = chosen(transaction, package, loaded.task, ASK, to)
        noted = {"from": loaded.task["post_id"], "to": target.post_id, "to_title": target.title, "reason": question}
        owner = loaded.task["post_id"]
        _move(installation, transaction, actor, loaded, "task.delegated", noted, owner=owner, question=question)

    command(installation, body)


def hand_back(installation: Installation, actor: Actor, task_id: str, note: str) -> None:
    """The delegate gives the task back with what the draft holds, and a note."""
    note = reason_of(note, "请写一句办理情况，委派岗位打开就能看到。")

    def body(transaction: Transaction) -> None:
        loaded, _ = _own(installation, transaction, actor, task_id)
        _give_back(installation, transaction, actor, loaded, "task.handed-back", note)

    command(installation, body)


def recall(installation: Installation, actor: Actor, task_id: str, reason: str) -> None:
    """The owner takes a delegated task back before the delegate is done."""
    reason = reason_of(reason, "请填写收回委派的原因。")

    def body(transaction: Transaction) -> None:
        loaded = load_task(transaction, task_id)
        if loaded.task["owner_post_id"] not in actor.post_ids:
            raise Forbidden("只有委派的岗位可以收回委派。", code="task.other-post")
        hold(actor, {**loaded.task, "post_id": loaded.task["owner_post_id"], "claimed_by": None}, loaded.case)
        _give_back(installation, transaction, actor, loaded, "task.recalled", reason)

    command(installation, body)


def hand_to(
    installation: Installation, transaction: Transaction, actor: Actor, loaded: Loaded, target: Choice, reason: str
) -> None:
    """A task whose post is vacant goes to another post for good: whoever calls has looked at who may."""
    noted = {"from": loaded.task["post_id"], "to": target.post_id, "to_title": target.title, "reason": reason}
    own = next(iter(actor.posts)).id
    _move(installation, transaction, actor, loaded, "task.transferred", noted, owner=None, by_post=own)


def refuse_delegated(row: Mapping[str, Any]) -> None:
    """Said where a delegate would complete, return or sign what is another post's to decide."""
    if row["owner_post_id"] is not None:
        raise Conflict("这项待办是委派给你的：填好后请交回，由委派岗位提交。", code="task.delegated")


def _own(
    installation: Installation, transaction: Transaction, actor: Actor, task_id: str
) -> tuple[Loaded, CompiledPackage]:
    loaded = load_task(transaction, task_id)
    hold(actor, loaded.task, loaded.case)
    return loaded, installation.package(transaction, loaded.case["version_id"])


def _give_back(
    installation: Installation, transaction: Transaction, actor: Actor, loaded: Loaded, kind: str, note: str
) -> None:
    if loaded.task["owner_post_id"] is None:
        raise Conflict("这项待办没有委派出去，无需交回。", code="task.not-delegated")
    noted = {"from": loaded.task["post_id"], "to": loaded.task["owner_post_id"], "reason": note}
    _move(installation, transaction, actor, loaded, kind, noted, owner=None)


def _move(
    installation: Installation,
    transaction: Transaction,
    actor: Actor,
    loaded: Loaded,
    kind: str,
    noted: dict[str, Any],
    *,
    owner: str | None,
    question: str = "",
    by_post: str | None = None,
) -> None:
    """The task's row, the event and the notice of a change of post, in three statements."""
    now, row = installation.clock.now(), loaded.task
    values = {"post_id": noted["to"], "owner_post_id": owner, "question": question, "claimed_by": None}
    values |= {"claimed_at": None, "asked_by": actor.person_id if owner else None}
    transaction.execute(sa.update(task).where(task.c.id == row["id"]).values(**values))
    head = Head(loaded.case["id"], loaded.case["event_seq"], loaded.case["event_hash"])
    body = {"task": row["id"], "node": row["node_id"], **noted, "tasks_now": {row["id"]: values}}
    record_on_case(transaction, head, [(kind, body)], actor.person_id, now, by_post or row["post_id"])
    text = f"{loaded.case['title']}：{row['name']}（{WORDS[kind]}：{noted['reason']}）"
    notice = {
        "id": new_id(),
        "key": f"{row['id']}:{kind}:{head.seq + 1}",
        "post_id": noted["to"],
        "case_id": loaded.case["id"],
        "text": text,
        "at": now,
        "kind": "told",
        "sent_by": actor.person_id,
        "task_id": row["id"],
    }
    transaction.execute(sa.insert(notification), [notice])


WORDS = {
    "task.transferred": "转办",
    "task.delegated": "委派",
    "task.handed-back": "委派已交回",
    "task.recalled": "委派已收回",
}
