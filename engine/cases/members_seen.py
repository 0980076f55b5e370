"""The members of a case, item by item, as far as a person may know of them and of their results."""

from collections.abc import Sequence
from typing import Any

from engine.cases import objecting
from engine.cases.asked import members_asked
from engine.cases.contexts import form_context
from engine.cases.door import Sight
from engine.cases.items import withdrawable_items
from engine.cases.members import addable
from engine.cases.reviewforms import forms_of
from engine.cases.rules import member_key, members_of
from engine.cases.seen import Row, Seen
from engine.cases.steps_seen import nodes_that_wait
from engine.cases.views import (
    ItemView,
    MemberChoice,
)
from engine.cases.words import OUTCOMES, name
from engine.store.values import decode


def items(seen: Seen) -> tuple[ItemView, ...]:
    """The members with their facts, findings and the result, as soon as it may be known."""
    manifest = seen.package.manifest
    results = _known_results(seen)
    items = []
    members = members_of(seen.package, seen.root)
    told = _members_told(seen, [member_key(member) for member in members])
    for member in members:
        key = member_key(member)
        if key not in told:
            continue
        result = results.get(key)
        items.append(
            ItemView(
                key=key,
                label=str(member.get(manifest.item_label) or ""),
                facts=member,
                findings=seen.findings(key),
                result=result["result"] if result else None,
                result_name=name(OUTCOMES, result["result"] if result else None),
                reason_public=result["reason_public"] if result else "",
                clause=result["clause"] if result else "",
            )
        )
    return tuple(items)


def _members_told(seen: Seen, keys: Sequence[str]) -> set[str]:
    """A consulted unit is told of those whom its own requests are about, everybody else of all."""
    if seen.sight is not Sight.REQUEST or not keys:
        return set(keys)
    own = [task for task in seen.tasks if task["state"] == "open" and seen.may_see_task(task)]
    answers = [row for row in seen.entry_rows if seen.may_read(row)]
    known = forms_of(seen.package)
    return members_asked(
        keys,
        seen.package.manifest.items or "",
        [
            (known[task["form_id"]], form_context(seen.names(), seen.today, seen.scope_of(task), {}))
            for task in own
            if task["form_id"] in known
        ],
        [(known[row["form_id"]], row["values"]) for row in answers if row["form_id"] in known],
    )


def _known_results(seen: Seen) -> dict[str, Row]:
    """The association learns each result from the letter in effect that tells it, not before."""
    results = seen.outcomes
    if seen.sight is Sight.FULL or seen.row["state"] == "closed" or not results:
        return results
    told = {"state": "issued", "reader": "applicant", "signature": "two"}
    letters = [row for row in seen.beside["documents"] if told.items() <= row.items()]
    records = [decode(row["record"]) for row in letters]
    known = {(one["name"], one["result"]) for record in records for one in record.get("items", ())}
    return {key: row for key, row in results.items() if (row["label"], row["result"]) in known}


def addable_members(seen: Seen) -> tuple[MemberChoice, ...]:
    """Whom the person may add to the multi-instances that run."""
    nodes = seen.package.definition.nodes
    running = {t["node_id"] for t in seen.tasks if t["state"] == "open" and "addable" in nodes[t["node_id"]].properties}
    if not running or "reviewers" not in seen.authorities():
        return ()
    run = seen.run()
    return tuple(
        MemberChoice(node_id, nodes[node_id].name, str(one["key"]), str(one.get("name") or one["key"]))
        for node_id in sorted(running)
        for one in addable(run, nodes[node_id])
    )


def withdrawables(seen: Seen) -> tuple[str, ...]:
    """The keys of the members that the applicant may take back while the others go on."""
    if seen.sight is not Sight.OWN:
        return ()
    members, results = members_of(seen.package, seen.root), seen.outcomes
    known = {key: str(row["result"]) for key, row in results.items()}
    return withdrawable_items(members, nodes_that_wait(seen), known, seen.row["submitted_at"] is not None)


def objections(seen: Seen) -> dict[str, Any]:
    """What the public says against members, for the department, where the process makes them public."""
    if seen.package.manifest.publicity is None or seen.sight is not Sight.FULL:
        return {}
    label = seen.package.manifest.item_label
    labels = {member_key(one): str(one.get(label) or "") for one in members_of(seen.package, seen.root)}
    return {
        "objections": objecting.objections_of(seen.beside["objections"], labels),
        "reads_objections": objecting.may_read(seen.package, seen.actor),
    }
