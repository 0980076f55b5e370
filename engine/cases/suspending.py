"""A case that stands still (中止) and goes on (恢复): nobody acts on it, no timer fires, the promised days stop.

Terms by the day move by the working days that the case stood still, those by the clock keep what was left of them, so
that nobody is late for it. The cases that it waits for stand and go on with it: what is asked for there is for this
case, and a term that ran out meanwhile would decide it.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.calendar import WorkingDays, end_of, local_date
from engine.cases.authority import authorise
from engine.cases.calling import UNDECIDED, outcome_of
from engine.cases.calls import answer_job, stand_job, start_job
from engine.cases.chases import first_jobs
from engine.cases.loading import Loaded, load_case
from engine.cases.postponing import later
from engine.cases.reasons import reason_of
from engine.cases.sending import take_job
from engine.cases.step import Step
from engine.cases.transactions import command
from engine.errors import Conflict
from engine.identity import Actor
from engine.installation import Installation
from engine.jobs import Done
from engine.store import Transaction, tables
from engine.store.tables import timer
from engine.store.values import decode

SUSPENDED, RESUMED = "case.suspended", "case.resumed"
Row = dict[str, Any]


def suspend(installation: Installation, actor: Actor, case_id: str, reason: str) -> None:
    """Stop a case. `Forbidden` without the authority, `Conflict` where it is closed, a draft, or stands already."""
    reason = reason_of(reason, "请填写中止的原因。")

    def body(transaction: Transaction) -> None:
        loaded = load_case(transaction, case_id)
        package = installation.package(transaction, loaded.case["version_id"])
        post_id = authorise(package, actor, loaded, "suspend")
        if loaded.case["suspended_at"] is not None:
            raise Conflict("这件申请已经中止，无需再中止。", code="case.suspended")
        if loaded.case["state"] == "closed":
            raise Conflict("这件申请已经办结，不能中止。", code="case.closed")
        _stand(Step(installation, transaction, loaded, actor, post_id=post_id), {"reason": reason})

    command(installation, body)


def resume(installation: Installation, actor: Actor, case_id: str, reason: str) -> None:
    """Let a suspended case go on; its limits and timers move by what it stood still.

    `Conflict` where it does not stand, or stands because the case that called it does.
    """
    reason = reason_of(reason, "请填写恢复的原因。")

    def body(transaction: Transaction) -> None:
        loaded = load_case(transaction, case_id)
        package = installation.package(transaction, loaded.case["version_id"])
        post_id = authorise(package, actor, loaded, "suspend")
        if loaded.case["suspended_at"] is None:
            raise Conflict("这件申请没有中止，无需恢复。", code="case.not-suspended")
        _refuse_alone(transaction, loaded)
        _go_on(installation, transaction, loaded, actor, {"reason": reason}, post_id)

    command(installation, body)


def _refuse_alone(transaction: Transaction, loaded: Loaded) -> None:
    above = _caller(transaction, loaded.case["call_id"]) if _stands_with_caller(transaction, loaded) else None
    if above is not None and above.suspended_at is not None:
        message = f"这件案件随上级案件 {above.number or '（草稿）'} 中止；请恢复上级案件，这件随即一并恢复。"
        raise Conflict(message, code="case.stands-with-caller", case=above.id)


def _stand(step: Step, noted: Row) -> None:
    step.case["suspended_at"] = step.now
    step.events.append((SUSPENDED, noted))
    step.jobs += [stand_job(step, call) for call in step.run.calls()]
    step.write()
    _timers(step.transaction, step.case["id"], "armed", "stopped")


def _go_on(
    installation: Installation,
    transaction: Transaction,
    loaded: Loaded,
    actor: Actor | None,
    noted: Row,
    post_id: str | None = None,
) -> None:
    since, case_id = loaded.case["suspended_at"], loaded.case["id"]
    _timers(transaction, case_id, "stopped", "armed")
    step = Step(installation, transaction, loaded, actor, post_id=post_id)
    step.case["suspended_at"] = None
    stood = step.calendar.between(local_date(since), step.today)
    step.events.append((RESUMED, {**noted, "working_days": stood}))
    dues = {one.id: one.due for one in step.run.timers()}
    dues |= {one.id: one.due for one in step.run.open_tasks() if one.due is not None}
    moved = {key: _after_standing(step.calendar, due, since, step.now) for key, due in dues.items()}
    step.run.reschedule({key: due for key, due in moved.items() if due != dues[key]})
    seq = loaded.case["event_seq"]
    for call in step.run.calls():
        step.jobs += [start_job(step, call, f"{call.id}:{seq}"), stand_job(step, call)]
        step.jobs.append(answer_job(call.id, f"{call.id}:{seq}", 0, step.now))
    step.jobs.append(take_job(case_id, f"{case_id}:{seq}", step.now))
    step.jobs += first_jobs(step, step.run.open_tasks())
    step.write()


def _after_standing(calendar: WorkingDays, due: datetime, since: datetime, now: datetime) -> datetime:
    """What ends with a day keeps its working days; a duration or a moment keeps what was left of it by the clock."""
    if due == end_of(local_date(due)):
        return later(calendar, due, calendar.between(local_date(since), local_date(now)))
    return due + (now - since)


def _timers(transaction: Transaction, case_id: str, before: str, after: str) -> None:
    which = sa.and_(timer.c.case_id == case_id, timer.c.state == before)
    transaction.execute(sa.update(timer).where(which).values(state=after))


# --- with the case that called it ------------------------------------------------------------------------------------


def stand_call(installation: Installation, payload: Row, done: Done) -> None:
    """A called case follows the one that waits for it: it stands where that stands, and goes on where that does
    (`stand-call`).

    One that stood by itself before goes on standing, and one that has told its outcome is on its own.
    """

    def body(transaction: Transaction) -> None:
        table = tables.call
        query = sa.select(tables.case.c.id).join(table, table.c.child_id == tables.case.c.id)
        child_id = transaction.execute(query.where(table.c.id == payload["call"])).scalar_one_or_none()
        if child_id is not None:
            _follow(installation, transaction, load_case(transaction, child_id), payload["call"])
        done(transaction)

    command(installation, body)


def _follow(installation: Installation, transaction: Transaction, loaded: Loaded, call_id: str) -> None:
    """The caller is looked at while the called case is locked: whichever job comes last sees how it stands."""
    above = _caller(transaction, call_id)
    if above is None or loaded.case["closed_at"] is not None:
        return
    stands, number = loaded.case["suspended_at"] is not None, above.number or "（草稿）"
    if above.suspended_at is not None:
        waits = above.state in UNDECIDED and outcome_of(transaction, loaded.case) is None
        if waits and not stands:
            noted = {"reason": f"上级案件 {number} 中止办理", "caller": above.id}
            _stand(Step(installation, transaction, loaded, None), noted)
    elif stands and _stands_with_caller(transaction, loaded):
        noted = {"reason": f"上级案件 {number} 恢复办理", "caller": above.id}
        _go_on(installation, transaction, loaded, None, noted)


def _caller(transaction: Transaction, call_id: str | None) -> Any:
    """The case that a call belongs to, and how far the call is; None for a case that nobody called."""
    case, call = tables.case, tables.call
    query = sa.select(case.c.id, case.c.number, case.c.suspended_at, call.c.state).join(
        call, call.c.case_id == case.c.id
    )
    return transaction.execute(query.where(call.c.id == call_id)).one_or_none()


def _stands_with_caller(transaction: Transaction, loaded: Loaded) -> bool:
    """Whether it was last stopped because its caller stands, as the record tells it."""
    event = tables.event
    query = sa.select(event.c.body).where(event.c.chain == loaded.case["id"], event.c.kind == SUSPENDED)
    body = transaction.execute(query.order_by(event.c.seq.desc()).limit(1)).scalar()
    return body is not None and "caller" in decode(body)
