"""The steps of an overdue task as they come: who is reminded, to whom it is reported, each recorded."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine import jobs
from engine.audit import Head
from engine.cases.assignments import posts_of
from engine.cases.chases import Chase, chases, look, moment_of
from engine.cases.loading import Loaded, load_task
from engine.cases.recording import record_on_case
from engine.cases.transactions import command
from engine.installation import Installation
from engine.jobs import Done
from engine.store import Transaction, new_id
from engine.store.tables import event, notification, post
from engine.store.values import decode

KINDS = ("task.warned", "task.escalated")


def chase_task(installation: Installation, payload: dict[str, Any], done: Done) -> None:
    """Take the steps of a task that have come, and look again when the next one does.

    A task that is done, or whose case stands still, is left alone: what goes on again is looked at again.
    """

    def body(transaction: Transaction) -> None:
        loaded = load_task(transaction, payload["task"])
        if loaded.task["state"] == "open" and loaded.task["due_at"] and loaded.case["suspended_at"] is None:
            _take(installation, transaction, loaded)
        done(transaction)

    command(installation, body)


def _take(installation: Installation, transaction: Transaction, loaded: Loaded) -> None:
    package = installation.package(transaction, loaded.case["version_id"])
    planned = chases(package.definition.nodes[loaded.task["node_id"]].properties)
    taken = _taken(transaction, loaded)
    now, calendar, due = installation.clock.now(), installation.calendar(), loaded.task["due_at"]
    left = [chase for chase in planned if (chase.days, chase.to) not in taken]
    come = [chase for chase in left if moment_of(chase, due, calendar) <= now]
    if come:
        _tell(transaction, loaded, come, now)
    if following := [chase for chase in left if chase not in come]:
        jobs.defer(transaction, [look(loaded.task["id"], moment_of(following[0], due, calendar))])


def _taken(transaction: Transaction, loaded: Loaded) -> set[tuple[int, str]]:
    """The steps that the record tells of this task."""
    query = sa.select(event.c.body).where(event.c.chain == loaded.case["id"], event.c.kind.in_(KINDS))
    told = [decode(text) for text in transaction.execute(query).scalars()]
    return {(int(body["days"]), body["role"]) for body in told if body["task"] == loaded.task["id"]}


def _tell(transaction: Transaction, loaded: Loaded, come: list[Chase], now: datetime) -> None:
    posts = posts_of(transaction, {chase.to for chase in come if chase.to})
    row = loaded.task
    query = sa.select(post.c.id, post.c.title).where(post.c.id.in_({row["post_id"], *posts.values()}))
    titles = {one.id: one.title for one in transaction.execute(query)}
    events, notices = [], []
    for chase in come:
        to = posts[chase.to] if chase.to else row["post_id"]
        noted = {"task": row["id"], "node": row["node_id"], "days": chase.days, "role": chase.to, "to": to}
        noted["title"] = titles[to] if chase.to else ""
        events.append(("task.escalated" if chase.to else "task.warned", noted))
        notices.append(_notice(loaded, chase, to, titles[row["post_id"]], now))
    transaction.execute(sa.insert(notification), notices)
    head = Head(loaded.case["id"], loaded.case["event_seq"], loaded.case["event_hash"])
    record_on_case(transaction, head, events, None, now)


def _notice(loaded: Loaded, chase: Chase, to: str, holder: str, now: datetime) -> dict[str, Any]:
    about = f"{loaded.case['title']}，{loaded.task['name']}{chase.title}"
    text = f"逾期升级：{about}，由{holder}办理，请督促。" if chase.to else f"期限提醒：{about}，请办理。"
    return {
        "id": new_id(),
        "key": f"chase:{loaded.task['id']}:{chase.days}:{chase.to}",
        "post_id": to,
        "case_id": loaded.case["id"],
        "text": text,
        "at": now,
        "kind": "told" if chase.to else "reminder",
        "sent_by": None,
        "task_id": None if chase.to else loaded.task["id"],
    }
