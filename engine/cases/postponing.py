"""A longer limit for an open task, by somebody with the authority; with it move the timers of its node."""

from datetime import datetime

from engine.calendar import WorkingDays, local_date
from engine.cases.authority import authorise
from engine.cases.door import done_already
from engine.cases.loading import load_task
from engine.cases.reasons import reason_of
from engine.cases.step import Step
from engine.cases.transactions import command
from engine.errors import Conflict, Invalid
from engine.identity import Actor
from engine.installation import Installation
from engine.store import Transaction

MOST_DAYS = 60


def later(calendar: WorkingDays, due: datetime, days: int) -> datetime:
    """The same time of day, so many working days later."""
    day = local_date(due)
    return due + (calendar.add(day, days).date - day)


def extend(installation: Installation, actor: Actor, task_id: str, days: int, reason: str) -> datetime:
    """Give an open task so many working days more; the new limit. Recorded with the reason and who allowed it.

    `Forbidden` without the authority, `Invalid` for a number that is not 1 to 60, `Conflict` for a task without limit.
    """
    reason = reason_of(reason, "请填写延长的原因。")
    if not 1 <= days <= MOST_DAYS:
        raise Invalid(f"延长的工作日须在 1 到 {MOST_DAYS} 之间。", code="task.days", days=days)

    def body(transaction: Transaction) -> datetime:
        loaded = load_task(transaction, task_id)
        package = installation.package(transaction, loaded.case["version_id"])
        post_id = authorise(package, actor, loaded, "extend")
        if loaded.task["state"] != "open" or loaded.case["suspended_at"] is not None:
            raise (
                done_already(loaded.task)
                if loaded.task["state"] != "open"
                else Conflict("这件申请已中止办理，恢复以后才能延长期限。", code="case.suspended")
            )
        step = Step(installation, transaction, loaded, actor, post_id=post_id)
        open_task = next((one for one in step.run.open_tasks() if one.id == task_id), None)
        if open_task is None or open_task.due is None:
            raise Conflict("这项待办没有期限，无需延长。", code="task.no-limit")
        due = later(step.calendar, open_task.due, days)
        moving = {task_id: due}
        if open_task.item is None:  # the timers of a multi-instance are those of all its members
            moving |= {one.id: later(step.calendar, one.due, days) for one in step.run.timers_of(task_id)}
        step.run.reschedule(moving)
        noted = {"task": task_id, "node": open_task.node_id, "days": days, "from": open_task.due, "to": due}
        step.events.append(("task.extended", {**noted, "reason": reason}))
        step.write()
        return due

    return command(installation, body)
