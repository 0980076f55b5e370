"""The calls of other packages that a case waits for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from .specs.outside import Outside
from .tokens import running, tokens
from .variables import task_path


@dataclass(frozen=True, slots=True)
class OpenCall:
    """A token that waits for a case of another package. `inputs` are what the node hands in, told only by the command
    in which the token came there; `element` is the item of a multi-instance."""

    id: str
    node_id: str
    path: str
    element: Any
    package: str
    inputs: Mapping[str, Any] | None


def waiting_calls(case: BpmnWorkflow) -> list[Task]:
    """The tokens that wait for a called case, by their place, so that the order never depends on the past."""
    found = [t for w in running(case) for t in tokens(w) if t.state == TaskState.WAITING and _is_call(t)]
    return sorted(found, key=lambda task: (task_path(task), task.task_spec.name))


def open_call(task: Task) -> OpenCall:
    node, index = task.task_spec.node, task.internal_data.get("index")
    items = None if index is None else task.parent.internal_data["items"]
    return OpenCall(
        id=task.id.hex,
        node_id=node.id,
        path=task_path(task),
        element=None if items is None or node.loop.element is None else items[index].get(node.loop.element),
        package=node.called,
        inputs=task.workflow.script_engine.called.get(task.id.hex),
    )


def _is_call(task: Task) -> bool:
    return isinstance(task.task_spec, Outside)
