"""Case and task for a person: one reading transaction, everything through the door of who may see."""

from collections.abc import Mapping
from typing import Any

from engine import store, workflow
from engine.cases import documents as shown
from engine.cases import history
from engine.cases.contexts import form_context
from engine.cases.door import hidden, look
from engine.cases.entries_seen import attachments, entries
from engine.cases.handing import ASK, TRANSFER, choices
from engine.cases.inbox import due_of
from engine.cases.items import WITHDRAWN
from engine.cases.loading import Loaded, load_case, load_task
from engine.cases.materials import standing
from engine.cases.members_seen import addable_members, items, objections, withdrawables
from engine.cases.personal import with_masks
from engine.cases.prefilling import known_answers
from engine.cases.relations import parent_of
from engine.cases.returning import returns
from engine.cases.reviewforms import form_of
from engine.cases.reviewrows import POSITIONS
from engine.cases.rules import WHOLE_CASE
from engine.cases.seen import Row, Seen
from engine.cases.steps_seen import clocks, is_withdrawable_case, open_tasks, steps, told
from engine.cases.views import (
    CaseView,
    ReviewView,
    TaskView,
)
from engine.cases.words import BUTTONS, OUTCOMES, STATES, name
from engine.identity import Actor
from engine.installation import Installation
from engine.store import Transaction
from engine.store.values import decode


def case_view(installation: Installation, actor: Actor, case_id: str) -> CaseView:
    """`NotFound` where the person may not know of the case."""
    with store.reading(installation.database) as transaction:
        return _case(Seen(installation, transaction, actor, load_case(transaction, case_id, lock=False)))


def task_view(installation: Installation, actor: Actor, task_id: str) -> TaskView:
    """The task's form with its draft. Raises as `hold` does: other post, done, claimed by another."""
    with store.reading(installation.database) as transaction:
        loaded = load_task(transaction, task_id, lock=False)
        look(actor, loaded.task, loaded.case)
        return _task(Seen(installation, transaction, actor, loaded))


def case_about(
    installation: Installation, actor: Actor, case_id: str, task_id: str | None
) -> tuple[CaseView, TaskView | None]:
    """A case for acting on one of its tasks; with the task's form where it waits for the person. Raises as both do."""
    with store.reading(installation.database) as transaction:
        loaded = (
            load_case(transaction, case_id, lock=False) if task_id is None else _of_case(transaction, case_id, task_id)
        )
        seen = Seen(installation, transaction, actor, loaded)
        if loaded.task and loaded.task["state"] == "open" and loaded.task["post_id"] in actor.post_ids:
            look(actor, loaded.task, loaded.case)
            view = _task(seen)
            return view.case, view
        return _case(seen), None


def _of_case(transaction: Transaction, case_id: str, task_id: str) -> Loaded:
    loaded = load_task(transaction, task_id, lock=False)
    if loaded.case["id"] != case_id:
        raise hidden()
    return loaded


def _case(seen: Seen) -> CaseView:
    row = seen.row
    documents = shown.documents_of(seen.beside["documents"], seen.sight, seen.actor)
    return CaseView(
        id=row["id"],
        number=row["number"] or "草稿",
        title=row["title"],
        state=row["state"],
        state_name=name(STATES, row["state"]),
        outcome=row["outcome"],
        outcome_name=name(OUTCOMES, row["outcome"]),
        organisation=seen.loaded.organisation["name"],
        package_key=row["package_key"],
        package_title=seen.package.title,
        version=seen.package.hash[:8],
        version_id=row["version_id"],
        created_at=row["created_at"],
        submitted_at=row["submitted_at"],
        closed_at=row["closed_at"],
        sight=seen.sight,
        clocks=clocks(seen),
        promised_days=seen.package.manifest.promise.working_days if seen.package.manifest.promise else None,
        items=items(seen),
        findings=seen.findings(WHOLE_CASE),
        entries=entries(seen),
        attachments=attachments(seen),
        tasks=open_tasks(seen),
        documents=documents,
        history=history.lines(seen.events, seen.package, seen.sight, seen.actor, documents),
        steps=steps(seen),
        withdrawable=is_withdrawable_case(seen),
        withdrawable_items=withdrawables(seen),
        withdrawn_items=tuple(row["label"] for row in seen.outcomes.values() if row["result"] == WITHDRAWN),
        suspended_at=row["suspended_at"],
        authorities=seen.authorities(),
        addable=addable_members(seen),
        **objections(seen),
        parent=parent_of(seen.beside["parents"], seen.sight),
        calls=seen.calls(),
        **told(seen),
    )


def _task(seen: Seen) -> TaskView:
    task, package = seen.loaded.task, seen.package
    node = package.definition.nodes[task["node_id"]]
    clauses = seen.installation.clauses(seen.transaction, seen.loaded.clauses_id, seen.today)
    scope = with_masks(seen.scope_of(task), seen.known)
    draft, is_review = seen.loaded.draft, task["kind"] == "review"
    values = with_masks(decode(draft["values"]), seen.known) if draft else _first_values(seen, node, scope)
    nodes = package.definition.nodes
    act = "review" if is_review else node.properties.get("act", "decide")
    named = "" if is_review else node.properties.get("button", "")
    offered = {} if task["owner_post_id"] else choices(seen.transaction, package, task, TRANSFER, ASK)
    return TaskView(
        id=task["id"],
        case=_case(seen),
        node_id=node.id,
        name=task["name"],
        documentation=task["question"] or node.documentation or "",
        act=act,
        button=named or BUTTONS.get(act, "提交意见"),
        proof=not is_review
        and (node.properties.get("proof") == "true" or node.properties.get("act") in {"sign", "seal"}),
        schema=form_of(package, task["form_id"]),
        values=values,
        context=form_context(seen.names(), seen.today, scope, standing(seen.every_file), clauses),
        revision=draft["revision"] if draft else 0,
        state=task["state"],
        claimed_by=next((t["claimer_name"] for t in seen.tasks if t["id"] == task["id"]), None),
        mine=task["claimed_by"] == seen.actor.person_id,
        due=due_of(seen.installation, task["created_at"], task["due_at"], task["due_estimated"]),
        item=_item_of(seen, task, scope),
        path=task["path"],
        returns=() if is_review else tuple((key, nodes[key].name) for key in returns(node.properties)),
        saved_at=draft["saved_at"] if draft else None,
        transfers=offered.get(TRANSFER, ()),
        askable=() if is_review else offered.get(ASK, ()),
        reviews=_reviews(seen, task["id"]),
        is_delegated=task["owner_post_id"] is not None,
        is_held=task["held_by"] is not None,
    )


def _reviews(seen: Seen, task_id: str) -> tuple[ReviewView, ...]:
    asked = [row for row in seen.tasks if row["parent_id"] == task_id]
    return tuple(
        ReviewView(row["id"], POSITIONS[row["position"]], row["post_title"], row["question"], row["state"])
        for row in asked
    )


def _first_values(seen: Seen, node: workflow.Node, scope: Mapping[str, Any]) -> dict[str, Any]:
    """A form that was sent back begins with what was answered before; a fresh one with what is known and what a
    calling case hands in."""
    if node.properties.get("act") != "submit":
        return {}
    schema = seen.package.forms[node.form_id or ""]
    given = {entry.key: scope[entry.key] for entry in schema.top if scope.get(entry.key) is not None}
    if seen.row["submitted_at"] is not None:
        return given
    found = known_answers(seen.transaction, schema, seen.row["organisation_id"], seen.row["package_key"])
    return dict(with_masks(found, seen.known)) | given


def _item_of(seen: Seen, task: Row, scope: Mapping[str, Any]) -> dict[str, Any] | None:
    loop = seen.package.definition.nodes[task["node_id"]].loop
    found = scope.get(loop.element) if loop and loop.element else None
    return found if isinstance(found, dict) else None
