"""How messages, signals, errors and escalations find who waits for them.

A message goes to one receiver, a signal to all who wait at that moment; both also leave the case. Errors and
escalations rise from scope to scope: first to the event sub-processes of a scope, then to the boundary of the activity
that runs it (ISO 19510, 10.5.1 and 13.5).
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.store.values import encode

from .errors import WorkflowFault
from .model import Event
from .variables import parent_of, workflow_path


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that nobody in the case took, or a signal: for the caller to hand on; `keep` is the node's property."""

    kind: str
    name: str
    key: Any
    values: Mapping[str, Any]
    node_id: str
    path: str
    keep: Any = None


class Raised(Exception):
    """What an action raises to throw a BPMN error at its own node: a boundary event or an event sub-process catches it."""

    def __init__(self, code: str, values: Mapping[str, Any] | None = None) -> None:
        super().__init__(code)
        self.code, self.values = code, dict(values or {})


def throw(my_task: Task, event: Event | None) -> None:
    """Throws what the node of this task throws, with its inputs as the values."""
    if event is None or event.kind in ("terminate", "link"):
        return
    spec, name = my_task.task_spec, event.name or ""
    view = spec.local(my_task)
    values = dict(view.maps[0]) if spec.input_formulas else {}
    if event.kind in ("message", "signal"):
        key = spec.key.value(view) if spec.key is not None else None
        keep = spec.properties["keep"].evaluate(view) if "keep" in spec.properties else None
        sent = Sent(event.kind, name, key, values, spec.bpmn_id, workflow_path(my_task.workflow), keep)
        if event.kind == "signal":
            broadcast(my_task.workflow.top_workflow, name, values)
            my_task.workflow.script_engine.sent.append(sent)
        elif not deliver(my_task.workflow.top_workflow, sent):
            my_task.workflow.script_engine.undelivered.append(sent)
    elif not rise(my_task, event.kind, name, values) and event.kind == "error":
        raise uncaught(spec.bpmn_id, name)


def uncaught(element: str, code: str) -> WorkflowFault:
    return WorkflowFault(
        f"节点 {element} 抛出的错误“{code}”没有任何边界事件或事件子流程接住，请在外层画上。",
        code="workflow.uncaught-error",
        element=element,
    )


def correlation(key: Any) -> str:
    """A key as the state may hold it: a digest, since the state holds no value of a case."""
    return hashlib.sha256(encode(key).encode()).hexdigest()[:24]


def waiting(case: Any, kind: str) -> list[Task]:
    """Every token that waits for an event of this kind, by its place, so that the order never depends on the past."""
    found = [
        task
        for workflow in [case, *case.subprocesses.values()]
        if not workflow.completed
        for task in workflow.tasks.values()
        if task.state == TaskState.WAITING and _event(task) is not None and _event(task).kind == kind
    ]
    return sorted(found, key=lambda task: (workflow_path(task.workflow), task.task_spec.name))


def deliver(case: Any, message: Sent) -> bool:
    """To the one who waits for the message; whether there was one."""
    receiver = find_receiver(case, message)
    if receiver is not None:
        receiver.task_spec.fire(receiver, message.values)
    return receiver is not None


def find_receiver(case: Any, message: Sent) -> Task | None:
    """Whoever waits for a message of this name and key, else who waits for the name alone."""
    named = [task for task in waiting(case, "message") if _event(task).name == message.name]
    keyed = (task for task in named if task.internal_data.get("key") == correlation(message.key))
    return next(keyed, next((task for task in named if "key" not in task.internal_data), None))


def broadcast(case: Any, name: str, values: Mapping[str, Any]) -> int:
    """To everybody who waits for the signal now; how many. One may interrupt another before its turn."""
    count = 0
    for task in waiting(case, "signal"):
        alive = task.state == TaskState.WAITING and task.workflow.tasks.get(task.id) is task
        if alive and _event(task).name == name and not task.workflow.completed:
            task.task_spec.fire(task, values)
            count += 1
    return count


def rise(my_task: Task, kind: str, code: str, values: Mapping[str, Any]) -> bool:
    """Finds who catches an error or escalation, from the inside out; whether anybody did."""
    for level in _levels(my_task):
        catching = [task for task in level if _event(task).kind == kind and _event(task).name in (code, "")]
        if catching:
            catcher = min(catching, key=lambda task: (_event(task).name == "", task.task_spec.name))
            catcher.task_spec.fire(catcher, values)
            return True
    return False


def _levels(my_task: Task) -> Iterator[list[Task]]:
    """The tokens that wait at the task's own boundary, in its scope, at the boundary of that scope, and so on."""
    task: Task | None = my_task
    while task is not None:
        yield _boundary(task)
        workflow = task.workflow
        yield [t for t in workflow.tasks.values() if t.state == TaskState.WAITING and _armed(t)]
        task = parent_of(workflow)


def _boundary(task: Task) -> list[Task]:
    while task.parent is not None and task.task_spec.name.endswith("|item"):
        task = task.parent
    split = task.parent
    if split is None or not split.task_spec.name.endswith("|split"):
        return []
    return [each for each in split.children if each.state == TaskState.WAITING and _event(each) is not None]


def _armed(task: Task) -> bool:
    return _event(task) is not None and task.task_spec.name.endswith("|armed")


def _event(task: Task) -> Any:
    return getattr(task.task_spec, "event", None)
