"""One member of the list that a case is about is taken back, while the others go on."""

from collections.abc import Iterable, Mapping
from typing import Any

from engine.cases.actions import record_outcome
from engine.cases.door import Sight, hidden, sight
from engine.cases.effects import Outcome
from engine.cases.loading import load_case
from engine.cases.reasons import reason_of
from engine.cases.rules import member_key, members_of
from engine.cases.step import Step
from engine.cases.transactions import command
from engine.errors import Conflict
from engine.identity import Actor
from engine.installation import Installation
from engine.store import Transaction, tables
from engine.workflow import Node

WITHDRAWN = "withdrawn"


def withdraw_item(installation: Installation, actor: Actor, case_id: str, key: str, reason: str) -> None:
    """The applicant takes one member of the list back; the process goes on without it, and it is told as withdrawn.

    `Conflict` (`item.not-withdrawable`) once a result was recorded, where an open task does not allow it, or for the
    last member: then the whole case is withdrawn. `Invalid` without a reason.
    """
    reason = reason_of(reason, "请填写撤回的原因。")

    def body(transaction: Transaction) -> None:
        loaded = load_case(transaction, case_id)
        if sight(actor, loaded.case, ()) is not Sight.OWN:
            raise hidden()
        package = installation.package(transaction, loaded.case["version_id"])
        manifest, members = package.manifest, members_of(package, loaded.root)
        rest = [one for one in members if member_key(one) != key]
        step = Step(installation, transaction, loaded, actor, {manifest.items: rest} if manifest.items else None)
        given_results = transaction.execute(
            tables.outcome.select().where(tables.outcome.c.case_id == case_id)
        ).mappings()
        results = {row["item_key"]: row["result"] for row in given_results}
        if key not in withdrawable_items(members, step.working_nodes(), results, step.case["submitted_at"] is not None):
            raise Conflict(
                "现在不能单独撤回这一项：已经进入决定环节，或者只剩这一项。只剩一项的，请撤回整件申请。",
                code="item.not-withdrawable",
                key=key,
            )
        label = next(str(one.get(manifest.item_label) or "") for one in members if member_key(one) == key)
        step.events.append(("item.withdrawn", {"key": key, "name": label, "reason": reason}))
        record_outcome(step.effects, Outcome(key, label, WITHDRAWN, "", ""))
        step.write()

    command(installation, body)


def withdrawable_items(
    members: Iterable[Mapping[str, Any]], waiting: Iterable[Node], results: Mapping[str, str], submitted: bool
) -> tuple[str, ...]:
    """The keys of the members that may be taken back now.

    None while a result is there but for those taken back before, while a task that waits does not allow it
    (`itemsWithdrawable`), or where nobody would be left.
    """
    keys, nodes = tuple(member_key(one) for one in members), list(waiting)
    decided = any(result != WITHDRAWN for result in results.values())
    allowed = bool(nodes) and all(node.properties.get("itemsWithdrawable") == "true" for node in nodes)
    return keys if submitted and allowed and not decided and len(keys) > 1 else ()
