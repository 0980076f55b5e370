"""Start, end, and the timers."""

from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.bpmn.specs.mixins import BoundaryEventMixin, IntermediateCatchEventMixin
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from ..errors import WorkflowFault
from ..expressions import Formula
from ..moments import NoMoment, due_after
from ..variables import parent_of, visible
from .element import Element, interpreter


class Start(Element):
    """The one start event of a process or sub-process."""


class End(Element):
    """An end event; one that terminates takes all other tokens of its own scope with it."""

    def _on_complete_hook(self, my_task: Task) -> None:
        super()._on_complete_hook(my_task)
        workflow = my_task.workflow
        if parent_of(workflow) is None:
            interpreter(my_task).reach_end(self.bpmn_id)
        if not self.node.terminates:
            return
        for task in [t for t in workflow.tasks.values() if t.has_state(TaskState.NOT_FINISHED_MASK)]:
            if task.id in workflow.tasks:
                task.cancel()
        workflow._mark_complete(my_task)


class Timer(TimerEventDefinition):  # type: ignore[misc]
    """Due once, computed when the token arrives, by the injected clock.

    Due already on arrival, it fires at once; later only when it is told to, so that completing one task never fires the
    timer of another.
    """

    def __init__(self, name: str, formula: Formula) -> None:
        super().__init__(name, formula.text)
        self.formula = formula

    def has_fired(self, my_task: Task) -> bool:
        runner, state = interpreter(my_task), my_task.internal_data
        if "due" in state:
            return bool(runner.firing == my_task.id)
        now = runner.runtime.clock.now()
        due = moment(self.formula, my_task, now)
        state["due"] = due.isoformat()
        return due <= now

    def reset(self, my_task: Task) -> None:
        """Nothing is kept after it has fired."""


class Boundary(BoundaryEventMixin, Element):  # type: ignore[misc]
    """A timer on an activity, interrupting or not."""


class Catch(IntermediateCatchEventMixin, Element):  # type: ignore[misc]
    """A timer between two nodes."""


def moment(formula: Formula, task: Task, now: datetime) -> datetime:
    """When something at this task is due; raises `WorkflowFault` where the expression gives no moment."""
    scope = visible(task)
    try:
        return due_after(formula.evaluate(scope), now)
    except NoMoment as error:
        why = formula.why(scope)
        raise WorkflowFault(
            f"节点 {formula.element} 的{formula.place}“{formula.text}”算不出时刻：{error}"
            + (f"（{why}）。" if why else "。"),
            code="workflow.no-moment",
            element=formula.element,
        ) from error


def is_timer(spec: Any) -> bool:
    return isinstance(spec, Boundary | Catch)
