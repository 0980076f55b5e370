"""What waits for my posts, and what I have done."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from flask import render_template, request

from engine import cases
from engine.cases import Inbox, InboxRow
from engine.errors import Invalid
from webapp.current import actor, installation
from webapp.desk.blueprint import pages
from webapp.session import signed_in


@dataclass(frozen=True)
class Neighbours:
    """Where a task stands in the inbox, and the tasks beside it."""

    place: int
    total: int
    before: InboxRow | None
    after: InboxRow | None


@pages.get("/")
@signed_in
def inbox() -> Any:
    """Open tasks, the earliest due first."""
    found = _page(cases.inbox)
    notices = [notice for notice in cases.notifications(installation(), actor(), limit=5) if not notice.read]
    lights = Counter(row.due.light if row.due else "none" for row in found.rows)
    return render_template("desk/inbox.html", inbox=found, notices=notices, lights=lights)


@pages.get("/done")
@signed_in
def done() -> Any:
    """What I have done, the latest first."""
    return render_template("desk/done.html", inbox=_page(cases.done))


def _page(query: Any) -> Inbox:
    """One page of a list; a key that was tampered with is no page."""
    try:
        found: Inbox = query(installation(), actor(), request.args.get("after") or None)
    except (ValueError, TypeError):
        raise Invalid("这一页的地址不完整，请从第一页重新进入。", code="page.key") from None
    return found


def neighbours(task_id: str) -> Neighbours | None:
    """The tasks before and after one, in the first page of the inbox."""
    found = cases.inbox(installation(), actor())
    ids = [row.task_id for row in found.rows]
    if task_id not in ids:
        return None
    place = ids.index(task_id)
    before = found.rows[place - 1] if place else None
    after = found.rows[place + 1] if place + 1 < len(ids) else None
    return Neighbours(place + 1, found.total, before, after)
