"""A task goes to a post; one of its holders may take it, and put it back."""

import sqlalchemy as sa

from engine.audit import Head
from engine.cases.door import hold, separate
from engine.cases.loading import Loaded, load_task
from engine.cases.recording import record_on_case
from engine.cases.step import decode_duties
from engine.cases.transactions import command
from engine.errors import Conflict
from engine.identity import Actor
from engine.installation import Installation
from engine.store import Transaction, tables


def claim(installation: Installation, actor: Actor, task_id: str) -> None:
    """Take an open task; taking it twice is harmless. `Conflict` where a colleague was first."""

    def body(transaction: Transaction) -> None:
        loaded = load_task(transaction, task_id)
        hold(actor, loaded.task, loaded.case)
        if loaded.task["claimed_by"] == actor.person_id:
            return
        package = installation.package(transaction, loaded.case["version_id"])
        separate(package, loaded.task["node_id"], decode_duties(loaded.case["duties"]), actor)
        _set(installation, transaction, actor, loaded, "task.claimed")

    command(installation, body)


def release(installation: Installation, actor: Actor, task_id: str) -> None:
    """Put a claimed task back for the other holders of the post."""

    def body(transaction: Transaction) -> None:
        loaded = load_task(transaction, task_id)
        hold(actor, loaded.task, loaded.case)
        if loaded.task["claimed_by"] != actor.person_id:
            raise Conflict("这项待办没有被你认领，无需放回。", code="task.not-claimed")
        _set(installation, transaction, actor, loaded, "task.released")

    command(installation, body)


def _set(installation: Installation, transaction: Transaction, actor: Actor, loaded: Loaded, kind: str) -> None:
    now, task, case = installation.clock.now(), loaded.task, loaded.case
    taken = kind == "task.claimed"
    transaction.execute(
        sa.update(tables.task)
        .where(tables.task.c.id == task["id"])
        .values(claimed_by=actor.person_id if taken else None, claimed_at=now if taken else None)
    )
    head = Head(case["id"], case["event_seq"], case["event_hash"])
    record_on_case(transaction, head, [(kind, {"task": task["id"]})], actor.person_id, now, task["post_id"])
