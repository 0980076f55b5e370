"""A case that stands still (中止) and goes on (恢复): nobody acts on it, no timer fires, the promised days stop.

What was due moves by the working days that the case stood still, so that nobody is late for them.
"""

import sqlalchemy as sa

from engine.calendar import local_date
from engine.cases.authority import authorise
from engine.cases.calls import answer_job
from engine.cases.chases import first_jobs
from engine.cases.loading import load_case
from engine.cases.postponing import later
from engine.cases.reasons import reason_of
from engine.cases.sending import take_job
from engine.cases.step import Step
from engine.cases.transactions import command
from engine.errors import Conflict
from engine.identity import Actor
from engine.installation import Installation
from engine.store import Transaction
from engine.store.tables import timer


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
        step = Step(installation, transaction, loaded, actor, post_id=post_id)
        step.case["suspended_at"] = step.now
        step.events.append(("case.suspended", {"reason": reason}))
        step.write()
        _timers(transaction, case_id, "armed", "stopped")

    command(installation, body)


def resume(installation: Installation, actor: Actor, case_id: str, reason: str) -> None:
    """Let a suspended case go on; its limits and timers move by the working days that it stood still."""
    reason = reason_of(reason, "请填写恢复的原因。")

    def body(transaction: Transaction) -> None:
        loaded = load_case(transaction, case_id)
        package = installation.package(transaction, loaded.case["version_id"])
        post_id = authorise(package, actor, loaded, "suspend")
        since = loaded.case["suspended_at"]
        if since is None:
            raise Conflict("这件申请没有中止，无需恢复。", code="case.not-suspended")
        _timers(transaction, case_id, "stopped", "armed")
        step = Step(installation, transaction, loaded, actor, post_id=post_id)
        step.case["suspended_at"] = None
        stood = step.calendar.between(local_date(since), step.today)
        step.events.append(("case.resumed", {"reason": reason, "working_days": stood}))
        if stood:
            dues = {one.id: one.due for one in step.run.timers()}
            dues |= {one.id: one.due for one in step.run.open_tasks() if one.due is not None}
            step.run.reschedule({key: later(step.calendar, due, stood) for key, due in dues.items()})
        seq = loaded.case["event_seq"]
        step.jobs += [answer_job(one.id, f"{one.id}:{seq}", 0, step.now) for one in step.run.calls()]
        step.jobs.append(take_job(case_id, f"{case_id}:{seq}", step.now))
        step.jobs += first_jobs(step, step.run.open_tasks())
        step.write()

    command(installation, body)


def _timers(transaction: Transaction, case_id: str, before: str, after: str) -> None:
    which = sa.and_(timer.c.case_id == case_id, timer.c.state == before)
    transaction.execute(sa.update(timer).where(which).values(state=after))
