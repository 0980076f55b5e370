"""What leaves a case for others: a message with a key is handed to the cases that wait for it, by a job."""

from typing import TYPE_CHECKING, Any

from engine import audit, jobs, workflow
from engine.cases.calls import MOST_HOPS
from engine.errors import Invalid
from engine.store import new_id
from engine.store.values import encode

if TYPE_CHECKING:
    from engine.cases.step import Step

SENT, DELIVERED, UNHEARD, STOPPED = "sent", "delivered", "unheard", "stopped"
RECEIVED, HELD = "received", "held"
LONG = ("key", "values")  # columns that the record knows by their SHA-256
Row = dict[str, Any]


def note_again(step: "Step") -> None:
    """Every time that a person allowed beyond the one counts in the supervision (电子监察), without the package's doing."""
    for node_id in step.run.again:
        name = step.package.definition.nodes[node_id].name
        step.events.append(("case.noted", {"node": node_id, "reason": f"经授权再次{name}"}))


def note_sent(step: "Step") -> None:
    """An event for everything that left the case; a row and a job for every message that other cases may wait for."""
    for sent in step.run.sent:
        noted: Row = {"node": sent.node_id, "kind": sent.kind, "name": sent.name}
        if sent.kind == "message" and sent.key is not None:
            row = _message(step, sent)
            step.rows["message"].append(row)
            noted["message"] = row["id"]
            if row["state"] == STOPPED:
                noted["reason"] = (
                    f"几件案件已不经人工互相接续 {step.hops} 次，达到上限，这条消息不再送出；请流程管理人员检查流程图的回路。"
                )
            else:
                payload = {"message": row["id"]}
                step.jobs.append(jobs.row("deliver-message", f"deliver-message:{row['id']}", payload, step.now))
        step.events.append(("case.sent", noted))


def _message(step: "Step", sent: workflow.Sent) -> Row:
    return {
        "id": new_id(),
        "case_id": step.case["id"],
        "node_id": sent.node_id,
        "name": sent.name,
        "key": encode(sent.key),
        "correlation": workflow.correlation(sent.key),
        "values": encode(dict(sent.values)),
        "state": STOPPED if step.hops >= MOST_HOPS else SENT,
        "hops": step.hops,
        "sent_at": step.now,
        "keep_until": _keep_until(step, sent),
    }


def _keep_until(step: "Step", sent: workflow.Sent) -> Any:
    """How long the message waits for somebody, where the package says so; `Invalid` for what is no moment."""
    if sent.keep is None:
        return None
    try:
        return workflow.moment_of(sent.keep, step.now)
    except workflow.NoMoment as error:
        raise Invalid(
            f"节点 {sent.node_id} 的属性 keep 算不出保留到什么时候：{error}。", code="case.keep", node=sent.node_id
        ) from error


def witnessed_message(row: Row) -> Row:
    """A message as the record tells it: what it carries by its SHA-256."""
    long = {name: audit.fingerprint_of(row[name].encode()) for name in LONG}
    return {name: value for name, value in row.items() if name not in {"id", "case_id"}} | long


def take_job(case_id: str, key: str, at: Any) -> Row:
    """Look whether messages were kept for what a case waits for."""
    return jobs.row("take-messages", f"take-messages:{key}", {"case": case_id}, at)
