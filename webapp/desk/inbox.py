"""What waits for my posts, and what I have done."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from flask import render_template, request

from engine import cases
from engine.cases import Inbox
from engine.errors import Invalid
from webapp.current import actor, installation
from webapp.desk.blueprint import pages
from webapp.desk.filtering import Asked
from webapp.session import signed_in


@dataclass(frozen=True)
class Neighbours:
    """Where a task stands in the inbox, and the ids of the tasks beside it."""

    place: int
    total: int
    before: str | None
    after: str | None


@pages.get("/")
@signed_in
def inbox() -> Any:
    """Open tasks, the earliest due first; cut down to what is asked for."""
    asked = Asked.of_request("inbox")
    found = _page(lambda place, who, after: cases.inbox(place, who, after, criteria=asked.criteria))
    lights: Counter[str] = Counter()
    for heap in found.heaps:
        lights[heap.light] += heap.count
    return render_template(
        "desk/inbox.html",
        inbox=found,
        notices=[notice for notice in cases.notifications(installation(), actor(), limit=5) if notice.unread],
        startable=[offer for offer in cases.own_offers(installation(), actor()) if offer.inside],
        vacancies=cases.pool(installation(), actor()),
        lights=lights,
        asked=asked,
        steps=asked.steps((heap.package, heap.node, heap.name) for heap in found.heaps),
    ), asked.status


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
    """The tasks before and after one, in the inbox as it is without a filter."""
    ids = cases.queue(installation(), actor())
    if task_id not in ids:
        return None
    place = ids.index(task_id)
    return Neighbours(
        place + 1, len(ids), ids[place - 1] if place else None, ids[place + 1] if place + 1 < len(ids) else None
    )
