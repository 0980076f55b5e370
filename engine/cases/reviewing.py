"""Answer a review (加签), and hold a task for those who were asked to look at it after its holder."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from engine.cases.advancing import advance, checked
from engine.cases.door import hold, separate
from engine.cases.loading import Loaded
from engine.cases.reviewrows import POSITIONS, UNANSWERED, notice, of_task
from engine.cases.seconding import refuse_own
from engine.cases.step import Step, entry_row
from engine.errors import Conflict
from engine.identity import Actor
from engine.installation import Installation
from engine.store import Transaction, insert_into, new_id
from engine.store.tables import draft, notification, person, task
from engine.store.values import decode, encode

Row = dict[str, Any]


@dataclass(frozen=True)
class _Family:
    """The task that waits, with its draft and the name of its holder; and everybody who was asked about it."""

    parent: Row
    reviews: list[Row]

    def others(self, review_id: str) -> list[Row]:
        """Those who have not answered yet, without this one."""
        return [row for row in self.reviews if row["id"] != review_id and row["state"] in UNANSWERED]

    def loaded(self, loaded: Loaded) -> Loaded:
        """The waiting task in place of the review."""
        kept = {"task_id": self.parent["id"], "values": self.parent["draft_values"]}
        found = kept | {"revision": self.parent["draft_revision"]} if self.parent["draft_revision"] else None
        return replace(loaded, task=self.parent, draft=found)


def refuse_unanswered(transaction: Transaction, loaded: Loaded) -> list[Row]:
    """The reviewers who wait for the holder's decision; `Conflict` where one before or beside it has not answered."""
    if not loaded.case["review_count"]:
        return []
    asked = [row for row in of_task(transaction, loaded.task["id"]) if row["state"] in UNANSWERED]
    first = [row for row in asked if row["position"] != "after"]
    if first:
        kinds = "、".join(dict.fromkeys(POSITIONS[row["position"]] for row in first))
        message = f"还有 {len(first)} 个岗位的{kinds}意见没有答复，请等答复，或者先减签。"
        raise Conflict(message, code="task.reviews-open", count=len(first))
    return asked


def hold_for(step: Step, loaded: Loaded, sealed: Mapping[str, Any], waiting: list[Row]) -> None:
    """The holder has decided; those after are asked now, and the last who agrees lets it go on."""
    assert step.actor is not None
    revision = (loaded.draft["revision"] if loaded.draft else 0) + 1
    row = {"task_id": loaded.task["id"], "case_id": step.case["id"], "values": encode(dict(sealed))}
    row |= {"revision": revision, "saved_at": step.now, "saved_by": step.actor.person_id}
    statement = insert_into(step.transaction, draft).values(row)
    changes = {name: statement.excluded[name] for name in ("values", "revision", "saved_at", "saved_by")}
    step.transaction.execute(statement.on_conflict_do_update(index_elements=["task_id"], set_=changes))
    held = sa.update(task).where(task.c.id == loaded.task["id"])
    step.transaction.execute(held.values(held_by=step.actor.person_id))
    ids = [one["id"] for one in waiting]
    step.transaction.execute(sa.update(task).where(task.c.id.in_(ids)).values(state="open", created_at=step.now))
    told = [notice(step.installation, step.case, one, step.actor.person_id) for one in waiting]
    step.transaction.execute(sa.insert(notification), told)
    noted = {"task": loaded.task["id"], "node": loaded.task["node_id"], "values": dict(sealed), "reviews": ids}
    asked = {key: {"state": "open", "created_at": step.now} for key in ids}
    noted |= {"tasks_now": {loaded.task["id"]: {"held_by": step.actor.person_id}, **asked}}
    step.note([*step.events, ("task.held", noted)])


def answer(
    installation: Installation, transaction: Transaction, actor: Actor, loaded: Loaded, values: Mapping[str, Any] | None
) -> None:
    """A reviewer answers. Agreement after the holder lets the task go on when nobody else is asked; a disagreement
    after the holder gives it back to the holder, and the others are asked again when it comes anew."""
    hold(actor, loaded.task, loaded.case)
    family = _family(transaction, loaded)
    refuse_own(loaded.task, family.parent["held_by"], actor.person_id)
    waiting = family.loaded(loaded)
    step = Step(installation, transaction, waiting, _holder(family.parent) or actor)
    sealed = checked(step, replace(loaded, task={**loaded.task, "id": waiting.task["id"]}), values)
    entry = entry_row(step, loaded.task, sealed, actor.person_id)
    noted = {"task": waiting.task["id"], "review": loaded.task["id"], "node": loaded.task["node_id"]}
    noted |= {"position": loaded.task["position"], "opinion": sealed["opinion"], "entry": entry["id"], "values": sealed}
    event = ("review.answered", noted)
    ended = {"state": "completed", "ended_at": step.now, "ended_by": actor.person_id}
    transaction.execute(sa.update(task).where(task.c.id == loaded.task["id"]).values(**ended))
    step.case["review_count"] -= 1
    noted |= {"tasks_now": {loaded.task["id"]: ended}, "case_now": {"review_count": step.case["review_count"]}}
    step.rows["entry"].append(entry)
    is_held = family.parent["held_by"] is not None
    if is_held and sealed["opinion"] == "agree" and not family.others(loaded.task["id"]):
        step.preface.append((*event, actor.person_id, loaded.task["post_id"]))
        duty = separate(step.package, waiting.task["node_id"], step.duties, step.actor) if step.actor else None
        advance(step, waiting, decode(waiting.draft["values"]) if waiting.draft else {}, duty)
        step.write()
        return
    step.actor = actor
    if is_held and sealed["opinion"] != "agree":
        noted["tasks_now"] |= _give_back(step, family, loaded.task["id"])
    elif not is_held:
        _tell_holder(step, family.parent, "已答复")
    step.note([event], post_id=loaded.task["post_id"])


def _give_back(step: Step, family: _Family, review_id: str) -> dict[str, Row]:
    """The holder decides again; who was asked after and has not answered waits for that. What the rows now say."""
    others = [row["id"] for row in family.others(review_id)]
    step.transaction.execute(sa.update(task).where(task.c.id == family.parent["id"]).values(held_by=None))
    if others:
        step.transaction.execute(sa.update(task).where(task.c.id.in_(others)).values(state="waiting"))
    _tell_holder(step, family.parent, "不同意，请重新办理")
    return {family.parent["id"]: {"held_by": None}} | {key: {"state": "waiting"} for key in others}


def _tell_holder(step: Step, parent: Row, what: str) -> None:
    row = {
        "id": new_id(),
        "key": f"answered:{parent['id']}:{step.case['event_seq'] + 1}",
        "post_id": parent["post_id"],
        "case_id": step.case["id"],
        "text": f"{step.case['title']}：{parent['name']}的加签意见{what}",
        "at": step.now,
        "kind": "told",
        "sent_by": step.actor.person_id if step.actor else None,
        "task_id": parent["id"],
    }
    step.transaction.execute(sa.insert(notification), [row])


def _holder(parent: Row) -> Actor | None:
    """Who completed the held task: its entry, its duty and what follows are theirs."""
    if parent["held_by"] is None:
        return None
    return Actor(parent["held_by"], "", parent["held_name"] or "", (), 0)


def _family(transaction: Transaction, loaded: Loaded) -> _Family:
    parent = loaded.task["parent_id"]
    source = task.outerjoin(draft, draft.c.task_id == task.c.id).outerjoin(person, person.c.id == task.c.held_by)
    query = (
        sa.select(
            task,
            draft.c["values"].label("draft_values"),
            draft.c.revision.label("draft_revision"),
            person.c.name.label("held_name"),
        )
        .select_from(source)
        .where(sa.or_(task.c.id == parent, task.c.parent_id == parent))
        .order_by(task.c.id)
    )
    rows = [dict(row) for row in transaction.execute(query).mappings()]
    return _Family(next(row for row in rows if row["id"] == parent), [row for row in rows if row["id"] != parent])
