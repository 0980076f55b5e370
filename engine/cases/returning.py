"""Send a case back to an earlier node, withdraw it, and fire what time has made due."""

from itertools import islice

import sqlalchemy as sa
import structlog

from engine.cases import issuing
from engine.cases.door import Sight, hidden, hold, separate, sight
from engine.cases.loading import load_case, load_task
from engine.cases.step import Step
from engine.cases.transactions import command
from engine.errors import Conflict, Forbidden, Invalid
from engine.identity import Actor
from engine.installation import Installation
from engine.store import Transaction, reading, tables

log = structlog.get_logger()


def return_task(installation: Installation, actor: Actor, task_id: str, to: str, reason: str) -> None:
    """The holder sends the case back to a node that its own node names in `returnTo`; inside, without stopping a clock.

    Letters not yet in effect are voided with the reason.
    """
    reason = _reason(reason, "请填写退回的原因，让对方知道要改什么。")

    def body(transaction: Transaction) -> None:
        loaded = load_task(transaction, task_id)
        hold(actor, loaded.task, loaded.case)
        step = Step(installation, transaction, loaded, actor)
        if to not in returns(step.package.definition.nodes[loaded.task["node_id"]].properties):
            raise Forbidden("这个环节不能退回到那里，请从列出的环节中选择。", code="task.no-return", to=to)
        separate(step.package, loaded.task["node_id"], step.duties, actor)
        step.events.append(
            ("task.returned", {"task": task_id, "node": loaded.task["node_id"], "to": to, "reason": reason})
        )
        step.end_task(loaded.task)
        step.run.return_to(to)
        issuing.void_unfinished(step, f"退回：{reason}")
        step.write()

    command(installation, body)


def returns(properties: dict[str, str] | object) -> list[str]:
    """The nodes to which the holder of a node may send back."""
    text = properties.get("returnTo", "") if hasattr(properties, "get") else ""
    return [part.strip() for part in text.split(",") if part.strip()]


def withdraw(installation: Installation, actor: Actor, case_id: str, reason: str) -> None:
    """The applicant takes the case back, while every open task allows it: all of them end."""
    reason = _reason(reason, "请填写撤回的原因。")

    def body(transaction: Transaction) -> None:
        loaded = load_case(transaction, case_id)
        if sight(actor, loaded.case, ()) is not Sight.OWN:
            raise hidden()
        rule = installation.package(transaction, loaded.case["version_id"]).manifest.withdraw
        step = Step(installation, transaction, loaded, actor, {rule.reason: "withdrawn"} if rule else None)
        if rule is None or not withdrawable(step):
            raise Conflict("这件申请已进入决定环节或已办结，不能再撤回。", code="case.not-withdrawable")
        step.events.append(("case.withdrawn", {"reason": reason}))
        step.run.jump(rule.to)
        issuing.void_unfinished(step, f"申请人撤回：{reason}")
        step.write()

    command(installation, body)


def withdrawable(step: Step) -> bool:
    nodes = step.package.definition.nodes
    tasks = step.run.open_tasks()
    submitted = step.case["submitted_at"] is not None
    return submitted and bool(tasks) and all(nodes[t.node_id].properties.get("withdrawable") == "true" for t in tasks)


def _reason(text: str, message: str) -> str:
    text = text.strip()
    if len(text) < 2:
        raise Invalid(message, code="reason.missing")
    return text[:500]


def fire_timers(installation: Installation, limit: int = 100) -> int:
    """Fire what is due, one case a transaction, at most `limit` cases; the number of timers fired.

    A case whose timer cannot fire is logged and holds up no other.
    """
    now = installation.clock.now()
    due = (tables.timer.c.state == "armed", tables.timer.c.due_at <= now)
    query = sa.select(tables.timer.c.case_id).where(*due).order_by(tables.timer.c.due_at, tables.timer.c.id)
    with reading(installation.database) as transaction:
        cases = dict.fromkeys(transaction.execute(query).scalars())
    fired = (_fire_or_log(installation, case_id) for case_id in cases)
    return sum(islice((count for count in fired if count), limit))


def _fire_or_log(installation: Installation, case_id: str) -> int:
    try:
        return _fire(installation, case_id)
    except sa.exc.SQLAlchemyError:
        raise
    except Exception as error:
        log.error("timer.failed", case=case_id, code=getattr(error, "code", ""), exc_info=True)
        return 0


def _fire(installation: Installation, case_id: str) -> int:
    def body(transaction: Transaction) -> int:
        loaded = load_case(transaction, case_id)
        step = Step(installation, transaction, loaded, None)
        fired = step.run.fire_due()
        if fired:
            names = [step.package.definition.nodes[node].name for node in fired]
            step.events.append(("timer.fired", {"nodes": fired, "names": names}))
            step.write()
        return len(fired)

    return command(installation, body)
