"""The live tokens of a case, and the dropping of everything behind them."""

from collections.abc import Callable, Iterator
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from .specs.element import LIVE, Split
from .specs.events import Armed, is_timer
from .specs.gateways import Inclusive
from .throwing import deliver


def workflows(case: BpmnWorkflow) -> list[Any]:
    """The case's own process, and each sub-process and called process in it."""
    return [case, *case.subprocesses.values()]


def running(case: BpmnWorkflow) -> Iterator[Any]:
    return (workflow for workflow in workflows(case) if not workflow.completed)


def tokens(workflow: Any) -> list[Task]:
    """The armed starts of event sub-processes are among them."""
    return [task for task in workflow.tasks.values() if task.has_state(LIVE)]


def waiting_people(case: BpmnWorkflow) -> list[Task]:
    """The tasks that wait for a person."""
    return [t for w in running(case) for t in tokens(w) if t.state == TaskState.READY and t.task_spec.manual]


def waiting_timers(case: BpmnWorkflow) -> list[Task]:
    return [t for w in running(case) for t in tokens(w) if t.state == TaskState.WAITING and is_timer(t.task_spec)]


def step(case: BpmnWorkflow, count: Callable[[Task], None]) -> bool:
    """Moves once what needs nobody, the innermost scopes first; whether there was anything.

    In a scope where nothing else moves inclusive gateways may fire, and a scope without tokens ends; where nothing
    moves anywhere, messages find who has begun to wait for them. SpiffWorkflow's own round runs on what an earlier task
    of the same round has cancelled, and searches the tree, which it does not see whole beyond a depth of 1,000.
    """
    stepped = False
    for workflow in sorted(running(case), key=lambda each: each.depth, reverse=True):
        if not workflow.completed:
            stepped = _run(workflow, count) or _join(workflow) or _end(workflow) or stepped
    return stepped or _hand_over(case)


def _run(workflow: Any, count: Callable[[Task], None]) -> bool:
    stepped = False
    for task in [t for t in workflow.tasks.values() if t.state == TaskState.READY and not t.task_spec.manual]:
        if task.state == TaskState.READY and task.id in workflow.tasks and not workflow.completed:
            count(task)
            task.run()
            stepped = True
    return stepped


def _join(workflow: Any) -> bool:
    waiting = [t for t in tokens(workflow) if t.state == TaskState.WAITING and isinstance(t.task_spec, Inclusive)]
    return any(task.task_spec.try_fire(task) for task in waiting)


def _end(workflow: Any) -> bool:
    left = tokens(workflow)
    if any(not isinstance(task.task_spec, Armed) for task in left):
        return False
    for task in left:
        workflow._remove_task(task.id)
    workflow.completed = True
    workflow.completed_event(workflow)
    return True


def _hand_over(case: Any) -> bool:
    """The first message that somebody waits for by now; what nobody waits for leaves the case."""
    runner = case.script_engine
    for message in list(runner.undelivered):
        if deliver(case, message):
            runner.undelivered.remove(message)
            return True
    runner.sent += runner.undelivered
    runner.undelivered.clear()
    return False


def removed(workflow: Any, task: Task) -> None:
    """SpiffWorkflow forgets the sub-processes of removed tasks, and they would go on running."""
    inner = workflow.top_workflow.subprocesses.pop(task.id, None)
    if inner is not None:
        for each in list(inner.tasks.values()):
            removed(inner, each)


def forget(case: BpmnWorkflow) -> None:
    """Hangs every live token under its root and drops the rest: a token knows what it needs, however many are live.

    Without this a case grows with each round, and beyond a depth of 1,000 SpiffWorkflow silently stops. Above a token
    stay its multi-instance or loop (live itself) and the split that holds its boundary events.
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
    keep |= {t.parent.id for t in alive if t.parent and isinstance(t.parent.task_spec, Split)}
    root, workflow.last_task = workflow.task_tree, None
    kept = {root.id: root} | {key: task for key, task in workflow.tasks.items() if key in keep}
    for task in kept.values():
        task._children = [key for key in task._children if key in kept]
        if task is not root and task._parent not in kept:
            task._parent = root.id
            root._children.append(task.id)
    workflow.tasks = kept
