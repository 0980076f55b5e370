"""Send a case back to an earlier node, withdraw it, and fire what time has made due."""

from itertools import islice, takewhile

import sqlalchemy as sa
import structlog

from engine.cases import letters
from engine.cases.authority import authorise
from engine.cases.door import Sight, hidden, hold, separate, sight
from engine.cases.handing import refuse_delegated
from engine.cases.loading import load_case, load_task
from engine.cases.reasons import reason_of
from engine.cases.step import Step
from engine.cases.transactions import command
from engine.errors import Conflict, Forbidden
from engine.identity import Actor
from engine.installation import Installation
from engine.store import Transaction, reading, tables
from engine.workflow import Node

log = structlog.get_logger()


def return_task(installation: Installation, actor: Actor, task_id: str, to: str, reason: str) -> None:
    """The holder sends the case back to a node that its own node names in `returnTo`; inside, without stopping a clock.

    Letters not yet in effect are voided with the reason.
    """
    reason = reason_of(reason, "请填写退回的原因，让对方知道要改什么。")

    def body(transaction: Transaction) -> None:
        loaded = load_task(transaction, task_id)
        hold(actor, loaded.task, loaded.case)
        refuse_delegated(loaded.task)
        step = Step(installation, transaction, loaded, actor)
        if loaded.task["kind"] != "task" or to not in returns(
            step.package.definition.nodes[loaded.task["node_id"]].properties
        ):
            raise Forbidden("这个环节不能退回到那里，请从列出的环节中选择。", code="task.no-return", to=to)
        separate(step.package, loaded.task["node_id"], step.duties, actor)
        step.events.append(
            ("task.returned", {"task": task_id, "node": loaded.task["node_id"], "to": to, "reason": reason})
        )
        step.end_task(loaded.task)
        way = step.run.way_to(to, task_id)
        step.run.return_to(way)
        letters.void_unfinished(step, f"退回：{reason}", _shared(way, loaded.task["path"]))
        step.write()

    command(installation, body)


def _shared(way: str, path: str) -> str:
    """The path of the innermost scope that holds the task that is left and the node that is gone back to."""
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(way.split("/")[:-1], path.split("/"), strict=False))
    return "/".join(part for part, _ in pairs)


def returns(properties: dict[str, str] | object) -> list[str]:
    """The nodes to which the holder of a node may send back."""
    text = properties.get("returnTo", "") if hasattr(properties, "get") else ""
    return [part.strip() for part in text.split(",") if part.strip()]


def withdraw(installation: Installation, actor: Actor, case_id: str, reason: str) -> None:
    """The applicant takes the case back, while every open task allows it: all of them end."""
    reason = reason_of(reason, "请填写撤回的原因。")

    def body(transaction: Transaction) -> None:
        loaded = load_case(transaction, case_id)
        if sight(actor, loaded.case, ()) is not Sight.OWN:
            raise hidden()
        rule = installation.package(transaction, loaded.case["version_id"]).manifest.withdraw
        step = Step(installation, transaction, loaded, actor, {rule.reason: "withdrawn"} if rule else None)
        if rule is None or not withdrawable(step):
            raise Conflict("这件申请已进入决定环节或已办结，不能再撤回。", code="case.not-withdrawable")
        step.events.append(("case.withdrawn", {"reason": reason}))
        _close(step, rule.to, f"申请人撤回：{reason}")

    command(installation, body)


def terminate(installation: Installation, actor: Actor, case_id: str, reason: str) -> None:
    """The department ends a submitted case (终止): all of its tasks end, and the closing of a withdrawal begins.

    `Forbidden` without the authority, `Conflict` where the package has no such way or the case is over.
    """
    reason = reason_of(reason, "请填写终止的原因。")

    def body(transaction: Transaction) -> None:
        loaded = load_case(transaction, case_id)
        package = installation.package(transaction, loaded.case["version_id"])
        post_id = authorise(package, actor, loaded, "terminate")
        rule = package.manifest.withdraw
        if rule is None or loaded.case["state"] == "closed" or loaded.root.get(rule.reason) is not None:
            raise Conflict("这件申请已经办结或正在终止，不能再终止。", code="case.not-terminable")
        step = Step(installation, transaction, loaded, actor, {rule.reason: "terminated"}, post_id)
        step.events.append(("case.terminated", {"reason": reason}))
        _close(step, rule.to, f"终止办理：{reason}")

    command(installation, body)


def _close(step: Step, to: str, why: str) -> None:
    """Every token ends, and one stands where the case is closed; also in a case that stood still."""
    step.case["suspended_at"] = None
    step.run.jump(to)
    letters.void_unfinished(step, why)
    step.write()


def withdrawable(step: Step) -> bool:
    waiting, submitted = step.working_nodes(), step.case["submitted_at"] is not None
    return submitted and bool(waiting) and all(is_withdrawable(node) for node in waiting)


def is_withdrawable(node: Node) -> bool:
    return node.properties.get("withdrawable") == "true"


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
        if loaded.case["suspended_at"] is not None:
            return 0
        step = Step(installation, transaction, loaded, None)
        fired = step.run.fire_due()
        if fired:
            names = [step.package.definition.nodes[node].name for node in fired]
            step.events.append(("timer.fired", {"nodes": fired, "names": names}))
            step.write()
        return len(fired)

    return command(installation, body)
