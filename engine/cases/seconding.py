"""A task that two people answer for (`checkedBy`): what its holder completed waits until a second person agrees.

The second person is asked by the process itself, as a reviewer after the holder: a row without `asked_by`. It is never
the one who completed the task, and who disagrees gives it back.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from engine.cases.assignments import full_assignment, posts_of
from engine.cases.loading import Loaded
from engine.cases.reviews import row_of, witnessed
from engine.cases.step import Step
from engine.errors import Forbidden
from engine.store.tables import task
from engine.workflow import Node

PROPERTY = "checkedBy"
QUESTION = "请对照原件核对所录内容"


def second_person(step: Step, loaded: Loaded, node: Node) -> list[dict[str, Any]]:
    """The question to the second person, waiting; none where the node, or this item of it, needs nobody."""
    if PROPERTY not in node.properties:
        return []
    role = step.run.property_of(node.id, PROPERTY, loaded.task["id"])
    if not isinstance(role, str) or not role:
        return []
    assignment = full_assignment(role, step.package, step.loaded.organisation["key"])
    to = posts_of(step.transaction, {assignment})[assignment]
    row = row_of(loaded, to, "after", QUESTION, None, step.now)
    step.transaction.execute(sa.insert(task), [row])
    step.case["review_count"] += 1
    noted = {"task": loaded.task["id"], "review": row["id"], "node": row["node_id"], "to": to, "to_title": role}
    noted |= {"position": "after", "reason": QUESTION, "tasks_now": {row["id"]: witnessed(row)}}
    step.events.append(("review.added", noted | {"case_now": {"review_count": step.case["review_count"]}}))
    return [row]


def refuse_own(review: Mapping[str, Any], held_by: str | None, person_id: str) -> None:
    """Nobody checks what they completed themselves."""
    if review["asked_by"] is None and held_by == person_id:
        message = "所录内容须由另一人核对，请由该岗位的另一人办理。"
        raise Forbidden(message, code="case.separation", held=held_by)
