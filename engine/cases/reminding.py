"""Tell people of a case: remind whom it waits for (催办), send a copy to read (抄送), and read what was told."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from engine.audit import Head
from engine.cases.authority import authorised
from engine.cases.door import Sight, done_already, hidden, sight
from engine.cases.loading import load_case, load_task
from engine.cases.marks import marked
from engine.cases.reasons import reason_of
from engine.cases.recording import record_on_case
from engine.cases.sightings import task_posts
from engine.cases.transactions import command
from engine.errors import Conflict, Forbidden
from engine.identity import Actor
from engine.installation import Installation
from engine.store import Transaction, new_id
from engine.store.tables import notification, organisation, post

AGAIN = timedelta(hours=20)  # a second reminder of the same task before that would be noise
MOST_COPIES = 30


def remind(installation: Installation, actor: Actor, task_id: str, note: str = "") -> None:
    """Remind the post of an open task: by who has the authority, or by the association whose case it is.

    A task is reminded at most once a day; `Conflict` with `task.reminded` before.
    """

    def body(transaction: Transaction) -> None:
        loaded = load_task(transaction, task_id)
        package = installation.package(transaction, loaded.case["version_id"])
        seen = sight(actor, loaded.case, ())
        if seen is Sight.NONE:
            raise hidden()
        if seen is not Sight.OWN and not authorised(package, actor, "remind"):
            raise Forbidden("你的岗位不能催办这件申请。", code="case.authority", verb="remind")
        if loaded.task["state"] != "open":
            raise done_already(loaded.task)
        now = installation.clock.now()
        last = sa.select(sa.func.max(notification.c.at)).where(
            notification.c.case_id == loaded.case["id"],
            notification.c.kind == "reminder",
            notification.c.key.like(f"reminder:{task_id}:%"),
        )
        reminded = transaction.execute(last).scalar()
        if reminded is not None and now - reminded < AGAIN:
            raise Conflict("这项待办今天已经催办过，明天可以再催。", code="task.reminded", task=task_id)
        said = f"：{note.strip()[:200]}" if note.strip() else ""
        text = f"催办：{loaded.case['title']}，{loaded.task['name']}请尽快办理{said}"
        key, post_id = f"reminder:{task_id}:{new_id()}", loaded.task["post_id"]
        row = _row(loaded.case["id"], post_id, key, text, "reminder", actor, now)
        transaction.execute(sa.insert(notification), [row | {"task_id": task_id}])
        noted = {
            "task": task_id,
            "node": loaded.task["node_id"],
            "to": loaded.task["post_id"],
            "reason": note.strip()[:200],
        }
        head = Head(loaded.case["id"], loaded.case["event_seq"], loaded.case["event_hash"])
        record_on_case(transaction, head, [("task.reminded", noted)], actor.person_id, now)

    command(installation, body)


def send_copy(installation: Installation, actor: Actor, case_id: str, to: list[str], note: str) -> None:
    """A copy of the case to posts of the department, who see by whom and why, and mark that they read it."""
    note = reason_of(note, "请写一句抄送的原因。")

    def body(transaction: Transaction) -> None:
        loaded = load_case(transaction, case_id)
        if sight(actor, loaded.case, task_posts(transaction, case_id)) is not Sight.FULL:
            raise hidden()
        known = {one: title for one, title in copy_choices(transaction) if one in to}
        if not known or len(known) != len(set(to)) or len(known) > MOST_COPIES:
            raise Forbidden("请从列出的岗位中选择抄送给谁。", code="case.copy-to", to=to)
        now = installation.clock.now()
        text = f"抄送：{loaded.case['title']}（{note}）"
        rows = [
            _row(case_id, post_id, f"copy:{case_id}:{post_id}:{new_id()}", text, "copy", actor, now)
            for post_id in known
        ]
        transaction.execute(sa.insert(notification), rows)
        noted = {"to": sorted(known), "titles": [known[one] for one in sorted(known)], "reason": note}
        head = Head(case_id, loaded.case["event_seq"], loaded.case["event_hash"])
        record_on_case(transaction, head, [("case.copied", noted)], actor.person_id, now)

    command(installation, body)


def copy_choices(transaction: Transaction) -> list[tuple[str, str]]:
    """The posts of the department, by title."""
    query = (
        sa.select(post.c.id, post.c.title)
        .join(organisation, organisation.c.id == post.c.organisation_id)
        .where(organisation.c.kind == "department")
        .order_by(post.c.title, post.c.id)
    )
    return [(row.id, row.title) for row in transaction.execute(query)]


def mark_read(installation: Installation, actor: Actor, case_id: str) -> int:
    """The actor has read what the own posts were told of a case; how many messages that were."""

    def body(transaction: Transaction) -> int:
        return marked(transaction, actor, installation.clock.now(), notification.c.case_id == case_id)

    return command(installation, body)


def _row(case_id: str, post_id: str, key: str, text: str, kind: str, actor: Actor, now: Any) -> dict[str, Any]:
    return {
        "id": new_id(),
        "key": key,
        "post_id": post_id,
        "case_id": case_id,
        "text": text,
        "at": now,
        "kind": kind,
        "sent_by": actor.person_id,
    }
