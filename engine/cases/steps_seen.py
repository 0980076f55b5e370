"""Where a case stands: open tasks, the way with what was done, clocks, copies; what of it a person is shown."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from engine import workflow
from engine.calendar import Promise, light, local_date
from engine.cases.door import Sight
from engine.cases.inbox import due_of
from engine.cases.marks import mine, readers_of, unread_by
from engine.cases.members import added_in
from engine.cases.returning import is_withdrawable
from engine.cases.seen import Seen
from engine.cases.views import (
    Clocks,
    CopyView,
    OpenTaskView,
    PauseView,
    StepView,
)
from engine.store import tables


def open_tasks(seen: Seen) -> tuple[OpenTaskView, ...]:
    """The open tasks that the person may know of, each with who holds it and what may be done with it."""
    visible = [t for t in seen.tasks if t["state"] == "open" and seen.may_see_task(t)]
    nodes = seen.package.definition.nodes
    asks_more = any("addable" in nodes[t["node_id"]].properties for t in visible) and seen.sight is Sight.FULL
    added = added_in(seen.events) if asks_more else frozenset()
    return tuple(
        OpenTaskView(
            id=t["id"],
            node_id=t["node_id"],
            name=t["name"],
            post=t["post_title"],
            organisation=t["organisation_name"],
            due=due_of(seen.installation, t["created_at"], t["due_at"], t["due_estimated"]),
            claimed_by=t["claimer_name"],
            mine=t["post_id"] in seen.actor.post_ids,
            is_delegated=t["owner_post_id"] is not None,
            recallable=t["owner_post_id"] in seen.actor.post_ids,
            is_review=t["kind"] == "review",
            is_member=(t["node_id"], t["item_key"]) in added,
        )
        for t in visible
    )


def steps(seen: Seen) -> tuple[StepView, ...]:
    """The user tasks on the way, with how often each was done; only for those who see the whole way."""
    if seen.sight not in {Sight.OWN, Sight.FULL}:
        return ()
    done: dict[str, int] = {}
    for task in seen.tasks:
        if task["state"] == "completed" and task["kind"] == "task":
            done[task["node_id"]] = done.get(task["node_id"], 0) + 1
    now = {task["node_id"] for task in seen.tasks if task["state"] == "open"}
    return tuple(
        StepView(node.id, node.name, node.lane or "", _step_state(node, done, now), done.get(node.id, 0))
        for node in seen.package.definition.nodes.values()
        if node.kind == "userTask"
    )


def _step_state(node: workflow.Node, done: Mapping[str, int], now: set[str]) -> str:
    if node.id in now:
        return "now"
    return "done" if done.get(node.id) else "next"


def nodes_that_wait(seen: Seen) -> list[workflow.Node]:
    """The nodes at which the case waits for somebody, or for another case."""
    nodes = seen.package.definition.nodes
    waiting = [nodes[task["node_id"]] for task in seen.tasks if task["state"] == "open"]
    return waiting + [nodes[call.node_id] for call in seen.calls() if call.state in {"waiting", "failed"}]


def is_withdrawable_case(seen: Seen) -> bool:
    """Whether the applicant may take the whole case back now."""
    waiting = nodes_that_wait(seen)
    allowed = all(is_withdrawable(node) for node in waiting)
    return seen.sight is Sight.OWN and seen.row["submitted_at"] is not None and bool(waiting) and allowed


def clocks(seen: Seen) -> Clocks | None:
    """The promised days and the wall clock with every pause; for the association and the department alone."""
    promise = Promise.from_json(seen.row["promise"])
    if promise is None or seen.sight not in {Sight.OWN, Sight.FULL}:
        return None
    calendar = seen.installation.calendar()
    end = promise.ended_on or (local_date(seen.row["closed_at"]) if seen.row["closed_at"] else seen.today)
    remaining = promise.remaining(calendar, end)
    deadline = promise.due(calendar)
    elapsed = calendar.between(promise.started_on, end)
    used = promise.used(calendar, end)
    return Clocks(
        working_days=promise.working_days,
        used=used,
        remaining=remaining,
        paused=promise.is_paused,
        paused_days=elapsed - used,
        due_on=deadline.date,
        estimated=deadline.estimated,
        light=light(promise.working_days, remaining),
        accepted_on=promise.started_on,
        elapsed_days=(end - promise.started_on).days,
        pauses=tuple(PauseView(p.reason, p.since, p.until, p.by) for p in promise.pauses),
        kept_on=promise.ended_on,
    )


def told(seen: Seen) -> dict[str, Any]:
    """The copies that were sent, for the department, and how much the person is still to read; one statement."""
    told, post = tables.notification, tables.post
    unread = sa.and_(mine(seen.actor), unread_by(seen.actor.person_id))
    here, copied = told.c.case_id == seen.row["id"], told.c.kind == "copy" if seen.sight is Sight.FULL else sa.false()
    readers = readers_of(sa.and_(here, copied), seen.today)
    people = readers.c.name, readers.c.read_at.label("reader_at")
    query = (
        sa.select(told, post.c.title.label("post_title"), unread.label("unread"), *people)
        .select_from(
            told.join(post, post.c.id == told.c.post_id).outerjoin(readers, readers.c.notification_id == told.c.id)
        )
        .where(here, sa.or_(copied, unread))
        .order_by(told.c.id, readers.c.read_at, readers.c.person_id)
    )
    notices: dict[str, list[Any]] = {}
    for row in seen.transaction.execute(query):
        notices.setdefault(row.id, []).append(row)
    return {
        "copies": tuple(
            _copy(rows) for rows in notices.values() if seen.sight is Sight.FULL and rows[0].kind == "copy"
        ),
        "unread": sum(bool(rows[0].unread) for rows in notices.values()),
    }


def _copy(rows: list[Any]) -> CopyView:
    first, people = rows[0], [row for row in rows if row.name is not None]
    return CopyView(
        post=first.post_title,
        text=first.text,
        at=first.at,
        read=tuple((one.name, one.reader_at) for one in people if one.reader_at is not None),
        unread=tuple(one.name for one in people if one.reader_at is None),
    )
