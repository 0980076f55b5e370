"""Gateways."""

from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from ..errors import WorkflowFault
from ..expressions import Formula
from ..variables import visible
from .element import Element


class Exclusive(Element):
    """Takes the first flow, in the order of the file, whose condition is exactly true; else the default flow."""

    def __init__(self, wf_spec: Any, name: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, name, **kwargs)
        self.choices: list[tuple[Formula | None, str]] = []  # None: the default flow, or the only one

    def _predict_hook(self, my_task: Task) -> None:
        if len(self._outputs) == 1:
            super()._predict_hook(my_task)
        else:
            my_task._sync_children(self.outputs, TaskState.MAYBE)

    def _run_hook(self, my_task: Task) -> bool:
        chosen = self._wf_spec.task_specs[self._choose(my_task)]
        my_task._sync_children([chosen], TaskState.FUTURE)
        for child in my_task.children:
            child.task_spec._predict(child, mask=TaskState.FUTURE | TaskState.PREDICTED_MASK)
        return True

    def _choose(self, my_task: Task) -> str:
        scope, default = visible(my_task), None
        for condition, name in self.choices:
            if condition is None:
                default = name
            elif condition.evaluate(scope) is True:
                return name
        if default is None:
            raise WorkflowFault(
                f"网关 {self.bpmn_id} 没有一个条件成立，也没有默认路线，请补上默认路线。",
                code="workflow.no-flow",
                element=self.bpmn_id,
            )
        return default


class Parallel(Element):
    """A join counts tokens by the flow they came on, kept in the token: one of each fires it, a surplus waits.

    The stock one looks through the tree of the past: a loop round a block let it fire on tokens of an earlier round.
    It is not predicted through either: that doubled the tree with every block.
    """

    @property
    def joins(self) -> bool:
        return len(self._inputs) > 1

    def _predict_hook(self, my_task: Task) -> None:
        if not self.joins or my_task.state == TaskState.READY:
            super()._predict_hook(my_task)

    def _update_hook(self, my_task: Task) -> bool:
        if not self.joins:
            return True
        my_task.internal_data.setdefault("from", my_task.parent.task_spec.name)
        my_task._set_state(TaskState.WAITING)
        here = [t for t in my_task.workflow.tasks.values() if t.task_spec is self and t.state == TaskState.WAITING]
        arrived = {task.internal_data["from"]: task for task in reversed(here)}
        if my_task not in arrived.values() or not set(self._inputs) <= set(arrived):
            return False
        for task in arrived.values():
            if task is not my_task:
                task.cancel()
        return True

    def _run_hook(self, my_task: Task) -> bool:
        self._predict(my_task, mask=TaskState.NOT_FINISHED_MASK)
        return True
