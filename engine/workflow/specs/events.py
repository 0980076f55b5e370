"""Start and end, what waits for an event, and what throws one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from ..errors import WorkflowFault
from ..expressions import Formula
from ..model import Event
from ..moments import NoMoment, cycle_of, due_after, parse_literal
from ..throwing import correlation, throw
from ..variables import assign, parent_of, visible
from .element import LIVE, Element, interpreter, take_away


class Start(Element):
    """The one start event of a process or sub-process."""


class Catching(Element):
    """Waits for a timer, a message, a signal, an error or an escalation.

    A timer is due once, or again and again; its moment is computed when the token arrives, by the injected clock. Due
    already on arrival it fires at once; later only when it is told to, so that completing one task never fires the
    timer of another. `repeats` says that it stays armed after it has fired.
    """

    def __init__(
        self, wf_spec: Any, name: str, *, event: Event, timer: Formula | None, key: Formula | None, **kwargs: Any
    ) -> None:
        super().__init__(wf_spec, name, **kwargs)
        self.event, self.timer, self.key = event, timer, key
        self.repeats = False

    def _update_hook(self, my_task: Task) -> bool:
        if my_task.state == TaskState.WAITING:
            return False
        my_task._set_state(TaskState.WAITING)
        if self.timer is not None:
            now = interpreter(my_task).runtime.clock.now()
            if self.arm_timer(my_task, now) <= now:
                self.fire(my_task)
        elif self.key is not None:
            my_task.internal_data["key"] = correlation(self.key.value(self.local(my_task)))
        return False

    def fire(self, my_task: Task, given: Mapping[str, Any] | None = None) -> None:
        """What it waited for has happened. Of what came with it only what its outputs read is taken."""
        if self.repeats:
            self._arm_again(my_task)
        self.happen(my_task)
        if self.output_formulas:
            read = {name: value for name, value in (given or {}).items() if name in self.node.submits}
            assign(my_task, self.results(read, self.local(my_task)))
        my_task._ready()

    def happen(self, my_task: Task) -> None:
        """What the event takes away; after an event-based gateway, the others that were waited for."""
        race = my_task.internal_data.get("race")
        for other in list(my_task.workflow.tasks.values()):
            if race is not None and other is not my_task and other.internal_data.get("race") == race:
                other.cancel()

    def arm_timer(self, my_task: Task, now: datetime) -> datetime:
        """Notes when the timer is due that began to wait at `now`. Raises `WorkflowFault`."""
        formula, notes = self.timer, my_task.internal_data
        assert formula is not None
        if not self.node.cycle:
            due = moment(formula, my_task, now)
        else:
            with_reason = _Reasons(formula, my_task)
            cycle = with_reason(lambda: cycle_of(formula.evaluate(visible(my_task))))
            due = with_reason(lambda: cycle.first(now))
            notes |= {"every": cycle.text()} | ({} if cycle.times is None else {"left": cycle.times})
        notes["due"] = due.isoformat()
        return due

    def _arm_again(self, my_task: Task) -> None:
        notes = my_task.internal_data
        fresh: dict[str, Any] = {name: notes[name] for name in ("key",) if name in notes}
        if self.timer is not None:
            left = notes["left"] - 1 if "left" in notes else None
            if "every" not in notes or left == 0:
                return
            due = due_after(parse_literal(notes["every"]), datetime.fromisoformat(notes["due"]))
            fresh = {"every": notes["every"], "due": due.isoformat()} | ({} if left is None else {"left": left})
        again = my_task.parent._add_child(self, TaskState.FUTURE)
        again.internal_data.update(fresh)
        again._set_state(TaskState.WAITING)


class Catch(Catching):
    """An event between two nodes, or a receive task."""


class Boundary(Catching):
    """An event on an activity, interrupting or not."""

    def __init__(self, wf_spec: Any, name: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, name, **kwargs)
        self.repeats = not self.node.interrupting

    def happen(self, my_task: Task) -> None:
        if not self.node.interrupting:
            return
        for sibling in my_task.parent.children:
            if sibling is not my_task and not sibling.has_state(TaskState.FINISHED_MASK) and not _fired(sibling):
                take_away(sibling)


class Armed(Catching):
    """The start of an event sub-process: armed with its scope, and no token that keeps the scope open."""

    def __init__(self, wf_spec: Any, name: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, name, **kwargs)
        self.repeats = not self.node.interrupting

    def happen(self, my_task: Task) -> None:
        if self.node.interrupting:
            for task in list(my_task.workflow.tasks.values()):
                if task is not my_task and task.has_state(LIVE | TaskState.FUTURE):
                    take_away(task)


class Throw(Element):
    """Throws a message, signal or escalation and goes on; one that throws nothing is a milestone."""

    def _on_complete_hook(self, my_task: Task) -> None:
        """The token has left before anything is thrown: what is thrown may interrupt this very scope."""
        super()._on_complete_hook(my_task)
        throw(my_task, self.node.event)


class End(Element):
    """An end event; one that terminates takes all other tokens of its own scope with it."""

    def _on_complete_hook(self, my_task: Task) -> None:
        super()._on_complete_hook(my_task)
        workflow = my_task.workflow
        if _ends_the_case(workflow):
            interpreter(my_task).reach_end(self.bpmn_id)
        if not self.node.terminates:
            throw(my_task, self.node.event)
            return
        for task in [t for t in workflow.tasks.values() if t.has_state(TaskState.NOT_FINISHED_MASK)]:
            if task.id in workflow.tasks:
                take_away(task)
        workflow._mark_complete(my_task)


class _Reasons:
    """Runs a computation of a moment; raises `WorkflowFault` with the reasons where there is none."""

    def __init__(self, formula: Formula, task: Task) -> None:
        self.formula, self.task = formula, task

    def __call__(self, compute: Any) -> Any:
        try:
            return compute()
        except NoMoment as error:
            formula, why = self.formula, self.formula.why(visible(self.task))
            raise WorkflowFault(
                f"节点 {formula.element} 的{formula.place}“{formula.text}”算不出时刻：{error}"
                + (f"（{why}）。" if why else "。"),
                code="workflow.no-moment",
                element=formula.element,
            ) from error


def moment(formula: Formula, task: Task, now: datetime) -> datetime:
    """When something at this task is due; raises `WorkflowFault` where the expression gives no moment."""
    found: datetime = _Reasons(formula, task)(lambda: due_after(formula.evaluate(visible(task)), now))
    return found


def is_timer(spec: Any) -> bool:
    return isinstance(spec, Catching) and spec.event.kind == "timer"


def _ends_the_case(workflow: Any) -> bool:
    """Whether an end in this scope is one of the case: in its own process, or in an event sub-process of that."""
    parent = parent_of(workflow)
    return parent is None or (parent.task_spec.node.triggered and _ends_the_case(parent.workflow))


def _fired(task: Task) -> bool:
    """A boundary event that has happened already, and whose token is on its way."""
    return isinstance(task.task_spec, Boundary) and task.state not in (TaskState.WAITING, TaskState.FUTURE)
