"""Jobs that follow a step: each may run twice without harm, by its key."""

from collections.abc import Mapping
from typing import Any

from engine import jobs, store
from engine.cases.issuing import issue_notice
from engine.identity import find_posts
from engine.installation import Installation
from engine.store import insert_into, new_id
from engine.store.tables import notification


def notify(installation: Installation, payload: dict[str, Any], done: jobs.Done) -> None:
    """Tell posts inside the application; `key` makes a second run store nothing new."""
    with store.writing(installation.database) as transaction:
        assignments = {told["assignment"] for told in payload["told"] if "assignment" in told}
        posts = find_posts(transaction, assignments) if assignments else {}
        now = installation.clock.now()
        rows = [
            {
                "id": new_id(),
                "key": f"{payload['key']}:{place}",
                "post_id": told.get("post") or posts[told["assignment"]],
                "case_id": payload["case"],
                "text": told["text"],
                "at": now,
                "read_at": None,
                "read_by": None,
            }
            for place, told in enumerate(payload["told"])
        ]
        if rows:
            transaction.execute(insert_into(transaction, notification).on_conflict_do_nothing(), rows)
        done(transaction)


HANDLERS: Mapping[str, jobs.Handler] = {"issue-notice": issue_notice, "notify": notify}
