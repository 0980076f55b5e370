"""What follows when a task is not done in time, as its node says: reminders of its post, then a post above, then another.

Each step counts in working days from the limit as it is now: a limit that was extended, or moved because the case stood
still or the calendar changed, moves its steps along. Nobody's silence ever decides anything.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from engine import jobs, workflow
from engine.calendar import ZONE, WorkingDays, local_date

if TYPE_CHECKING:
    from engine.cases.step import Step

REMIND, ESCALATE = "remindAt", "escalateTo"  # properties of a user task
CHASE = "chase-task"
MORNING = time(9)  # when people read what came
_ESCALATION = re.compile(r"\s*([A-Za-z_]\w*)\s*:\s*([+-]?\d{1,3})\s*")


@dataclass(frozen=True, slots=True)
class Chase:
    """One step: so many working days after the limit (before it where negative); `to` is a post, empty for the
    reminder of whoever has the task."""

    days: int
    to: str = ""

    @property
    def title(self) -> str:
        if self.days == 0:
            return "今天到期"
        return f"还有 {-self.days} 个工作日到期" if self.days < 0 else f"已逾期 {self.days} 个工作日"


def chases(properties: Mapping[str, str]) -> tuple[Chase, ...]:
    """The steps of a node in the order in which they come; those that cannot be read are left to the check."""
    reminders = [
        Chase(int(part)) for part in properties.get(REMIND, "").split(",") if part.strip().lstrip("+-").isdigit()
    ]
    found = (_ESCALATION.fullmatch(part) for part in properties.get(ESCALATE, "").split(","))
    escalations = [Chase(int(match[2]), match[1]) for match in found if match is not None]
    return tuple(sorted([*reminders, *escalations], key=lambda chase: chase.days))


def moment_of(chase: Chase, due: datetime, calendar: WorkingDays) -> datetime:
    """When a step comes: in the morning of its day."""
    return datetime.combine(calendar.add(local_date(due), chase.days).date, MORNING, ZONE)


def first_jobs(step: "Step", tasks: Iterable[workflow.OpenTask]) -> list[dict[str, Any]]:
    """A look at each of these tasks when its first step comes."""
    nodes = step.package.definition.nodes
    rows = []
    for task in tasks:
        planned = chases(nodes[task.node_id].properties)
        if task.due is not None and planned:
            rows.append(look(task.id, moment_of(planned[0], task.due, step.calendar)))
    return rows


def look(task_id: str, at: datetime) -> dict[str, Any]:
    """The job that looks at a task at a moment; the same moment twice is one job."""
    return jobs.row(CHASE, f"{CHASE}:{task_id}:{at:%Y%m%d%H%M%S}", {"task": task_id}, at)
