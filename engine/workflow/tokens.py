"""The live tokens of a case, and the dropping of everything behind them."""

from collections.abc import Callable, Iterator
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BoundaryEventSplit
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from .specs.element import LIVE
from .specs.events import Boundary, is_timer

PREDICTED = TaskState.MAYBE | TaskState.LIKELY | TaskState.FUTURE


def workflows(case: BpmnWorkflow) -> list[Any]:
    """The case's own process, and each sub-process and called process in it."""
    return [case, *case.subprocesses.values()]


def running(case: BpmnWorkflow) -> Iterator[Any]:
    return (workflow for workflow in workflows(case) if not workflow.completed)


def tokens(workflow: Any) -> list[Task]:
    return [t for t in workflow.tasks.values() if t.has_state(LIVE) and not isinstance(t.task_spec, BoundaryEventJoin)]


def waiting_people(case: BpmnWorkflow) -> list[Task]:
    """The tasks that wait for a person."""
    return [t for w in running(case) for t in tokens(w) if t.state == TaskState.READY and t.task_spec.manual]


def waiting_timers(case: BpmnWorkflow) -> list[Task]:
    return [t for w in running(case) for t in tokens(w) if t.state == TaskState.WAITING and is_timer(t.task_spec)]


def automatic(workflow: Any) -> list[Task]:
    """The tasks that are ready and need nobody; a timer that is due comes before what it interrupts."""
    found = [t for t in workflow.tasks.values() if t.state == TaskState.READY and not t.task_spec.manual]
    return sorted(found, key=lambda task: not isinstance(task.task_spec, Boundary))


def step(case: BpmnWorkflow, count: Callable[[Task], None]) -> bool:
    """Runs once what is ready and needs nobody, the innermost scopes first; whether there was anything.

    SpiffWorkflow's own round runs on what an earlier task of the same round has cancelled: a service task beside a
    terminate end. It also searches the tree, which it does not see whole beyond a depth of 1,000.
    """
    stepped = False
    for workflow in sorted(running(case), key=lambda each: each.depth, reverse=True):
        for task in automatic(workflow):
            if task.state == TaskState.READY and task.id in workflow.tasks:
                count(task)
                task.run()
                stepped = True
        parent = workflow.parent_task_id and case.get_task_from_id(workflow.parent_task_id)
        if parent and parent.has_state(LIVE):
            parent.task_spec._update(parent)
    return stepped


def removed(workflow: Any, task: Task) -> None:
    """SpiffWorkflow forgets the timers and sub-processes of removed tasks, and the next step would fail on them."""
    top = workflow.top_workflow
    top.event_manager.remove_task(task)
    inner = top.subprocesses.pop(task.id, None)
    if inner is not None:
        for each in list(inner.tasks.values()):
            removed(inner, each)


def forget(case: BpmnWorkflow) -> None:
    """Hangs every live token under its root and drops the rest: a token knows what it needs, however many are live.

    Without this a case grows with each round, and beyond a depth of 1,000 SpiffWorkflow silently stops. Above a token
    stay its multi-instance (live itself) and the split that holds its boundary events.
    """
    live = {task.id for workflow in workflows(case) for task in tokens(workflow)}
    for parent in [key for key in case.subprocesses if key not in live]:
        inner = case.subprocesses.pop(parent, None)
        if inner is not None:
            for task in list(inner.tasks.values()):
                removed(inner, task)
    for workflow in workflows(case):
        _drop_past(workflow)


def _drop_past(workflow: Any) -> None:
    alive = tokens(workflow)
    keep = {task.id for task in alive}
    keep |= {t.parent.id for t in alive if t.parent and isinstance(t.parent.task_spec, BoundaryEventSplit)}
    for task in workflow.tasks.values():  # parents come before children
        if task.has_state(PREDICTED) and task._parent in keep:
            keep.add(task.id)
    root, workflow.last_task = workflow.task_tree, None
    kept = {root.id: root} | {key: task for key, task in workflow.tasks.items() if key in keep}
    for task in kept.values():
        task._children = [key for key in task._children if key in kept]
        if task is not root and task._parent not in kept:
            task._parent = root.id
            root._children.append(task.id)
    workflow.tasks = kept
