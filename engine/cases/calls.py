"""What a step says about the cases of other packages that its case calls: rows, events, and the jobs that follow.

A called case is started, answered and ended by jobs with a key, one case a transaction: no transaction ever holds two
cases that others may be writing.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine import audit, jobs, workflow
from engine.cases.rules import member_key
from engine.errors import Conflict
from engine.store import new_id, tables
from engine.store.values import encode

if TYPE_CHECKING:
    from engine.cases.step import Step

WAITING, FAILED, ANSWERED, ENDED = "waiting", "failed", "answered", "ended"
ANSWERED_EARLY = "case.answered"
MOST_DEPTH = 8  # cases that call each other in a row
FINAL = frozenset({"approved", "rejected", "withdrawn", "lapsed"})  # results of members that stay
MOST_HOPS = 20  # cases that hand on to each other with nobody acting in between
Row = dict[str, Any]
Calls = Mapping[str, workflow.OpenCall]


def called_and_ended(step: "Step", before: Calls, after: Calls) -> list[Row]:
    """The rows of the calls that this step made, and of those that it no longer waits for."""
    fresh = [_called(step, call) for key, call in after.items() if key not in before]
    return fresh + [_ended(step, call) for key, call in before.items() if key not in after]


def _called(step: "Step", call: workflow.OpenCall) -> Row:
    check_depth(step, call)
    element = call.element if isinstance(call.element, dict) else {}
    row = _row(step, call) | {
        "item_key": element.get("key"),
        "version": step.package.definition.nodes[call.node_id].properties.get("version", ""),
        "child_id": new_id(),
        "state": WAITING,
        "inputs": encode(dict(call.inputs or {})),
    }
    noted = {"call": call.id, "node": call.node_id, "package": call.package, "child": row["child_id"]}
    step.events.append(("call.opened", noted))
    step.jobs.append(start_job(step, call, call.id))
    return row


def start_job(step: "Step", call: workflow.OpenCall, key: str) -> Row:
    """Open the called case; where it is there already the job does nothing."""
    return jobs.row("start-call", f"start-call:{key}", {"call": call.id, "hops": step.hops + 1}, step.now)


def stand_job(step: "Step", call: workflow.OpenCall) -> Row:
    """Let a called case stand still with its caller, or go on with it."""
    return jobs.row("stand-call", f"stand-call:{call.id}:{step.case['revision']}", {"call": call.id}, step.now)


def check_depth(step: "Step", call: workflow.OpenCall) -> None:
    """Raises `Conflict` where cases call each other in a row, or hand on to each other, without end."""
    if step.case["call_depth"] >= MOST_DEPTH or step.hops >= MOST_HOPS:
        name = step.package.definition.nodes[call.node_id].name or call.node_id
        raise Conflict(
            f"“{name}”调用流程 {call.package} 时，案件已一层层调用了 {step.case['call_depth']} 层"
            f"（自动接续 {step.hops} 次），超过上限（{MOST_DEPTH} 层、{MOST_HOPS} 次）；"
            "几个流程可能在互相调用，请流程管理人员改正后再办。",
            code="case.call-too-deep",
            node=call.node_id,
        )


def _ended(step: "Step", call: workflow.OpenCall) -> Row:
    """The row is there already, so that only its end is taken over."""
    row = _row(step, call) | {"ended_at": step.now}
    if call.id in step.answers:
        return row | {"state": ANSWERED, "outcome": step.answers[call.id]}
    told = dict(step.events)
    why = "withdrawn" if "case.withdrawn" in told else told.get("case.recalled", {}).get("why", "terminated")
    step.events.append(("call.ended", {"call": call.id, "node": call.node_id}))
    step.jobs.append(jobs.row("end-call", f"end-call:{call.id}", {"call": call.id, "why": why}, step.now))
    return row | {"state": ENDED}


def _row(step: "Step", call: workflow.OpenCall) -> Row:
    unknown = {"item_key": None, "version": "", "child_id": call.id, "inputs": "", "outcome": None, "reason": ""}
    return unknown | {
        "id": call.id,
        "case_id": step.case["id"],
        "node_id": call.node_id,
        "path": call.path,
        "package_key": call.package,
        "opened_at": step.now,
        "ended_at": None,
    }


def witnessed_call(row: Row) -> Row:
    """A call as the record tells it: a new one whole, its inputs by their SHA-256; of one that is over, its end."""
    if row["state"] != WAITING:
        return {name: row[name] for name in ("state", "outcome", "reason", "ended_at")}
    inputs = {"inputs": audit.fingerprint_of(row["inputs"].encode())}
    return {name: value for name, value in row.items() if name not in {"id", "case_id"}} | inputs


def end_of_called(step: "Step") -> list[Row]:
    """A called case that ends tells the case that waits for it."""
    call_id = step.case["call_id"]
    return [] if call_id is None else [answer_job(call_id, call_id, step.hops + 1, step.now)]


def answered_early(step: "Step", outcome: str) -> list[Row]:
    """A called case that goes on has told what came of it; one that nobody called has nobody to tell."""
    call_id = step.case["call_id"]
    if call_id is None:
        return []
    step.events.append((ANSWERED_EARLY, {"outcome": outcome}))
    return [answer_job(call_id, f"{call_id}:early:{step.case['revision']}", step.hops + 1, step.now)]


def told_by_results(step: "Step") -> str:
    """What the results of all members of the case's list come to; empty as long as one of them has none that is final."""
    manifest, root = step.package.manifest, step.run.scope("")
    members = [member_key(member) for member in root.get(manifest.items) or ()]
    outcome = tables.outcome
    query = sa.select(outcome.c.item_key, outcome.c.result).where(outcome.c.case_id == step.case["id"])
    results = {row.item_key: row.result for row in step.transaction.execute(query)}
    results |= {one.key: one.result for one in step.effects.outcomes}
    found = [results.get(key) for key in members]
    if not found or any(result not in FINAL for result in found):
        return ""
    approved = found.count("approved")
    return "approved" if approved == len(found) else "partially_approved" if approved else "rejected"


def answer_job(call_id: str, key: str, hops: int, at: Any) -> Row:
    """Bring what came of a called case to the one that waits; where it still runs and has told nothing the job does nothing."""
    return jobs.row("answer-call", f"answer-call:{key}", {"call": call_id, "hops": hops}, at)
