"""Gateways."""

from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from ..errors import WorkflowFault
from ..variables import visible
from .element import LIVE, Element, Outflow, place_of, ways


class Exclusive(Element):
    """Takes the first flow, in the order of the file, whose condition is exactly true; else the default flow."""

    def leaving(self, my_task: Task) -> list[Outflow]:
        scope, default = visible(my_task), None
        for flow in self.outflows:
            if flow.condition is None:
                default = flow
            elif flow.condition.evaluate(scope) is True:
                return [flow]
        if default is None:
            raise WorkflowFault(
                f"网关 {self.bpmn_id} 没有一个条件成立，也没有默认路线，请补上默认路线。",
                code="workflow.no-flow",
                element=self.bpmn_id,
            )
        return [default]


class Joining(Element):
    """A gateway at which tokens wait for others, counted by the flow they came on, which the token keeps as `from`.

    The stock ones look through the tree of the past: a loop round a block let them fire on tokens of an earlier round.
    """

    @property
    def joins(self) -> bool:
        return len(self.inflows) > 1

    def arrived(self, my_task: Task) -> dict[str, Task]:
        """The first token that waits here on each flow."""
        here = [t for t in my_task.workflow.tasks.values() if t.task_spec is self and t.state == TaskState.WAITING]
        return {task.internal_data["from"]: task for task in reversed(here)}

    def fire(self, my_task: Task, arrived: dict[str, Task]) -> None:
        for task in arrived.values():
            if task is not my_task:
                task.cancel()


class Parallel(Joining):
    """One token of each flow fires it; a surplus waits."""

    def _update_hook(self, my_task: Task) -> bool:
        if not self.joins:
            return True
        my_task._set_state(TaskState.WAITING)
        arrived = self.arrived(my_task)
        if my_task not in arrived.values() or not set(self.inflows) <= set(arrived):
            return False
        self.fire(my_task, arrived)
        return True


class Inclusive(Joining):
    """Splits to every flow whose condition holds, and joins by the rule of the standard (ISO 19510, 13.4.3).

    It fires when no token elsewhere in its scope could still come on a flow that has none, without being able to come
    on one that has a token already. Only `tokens.step` asks, when nothing else of the scope can move: in the middle of
    a step a token that is on its way would be overlooked.
    """

    def _update_hook(self, my_task: Task) -> bool:
        if not self.joins:
            return True
        my_task._set_state(TaskState.WAITING)
        return False

    def try_fire(self, my_task: Task) -> bool:
        arrived = self.arrived(my_task)
        empty = set(self.inflows) - set(arrived)
        if my_task not in arrived.values() or (empty and self._awaits(my_task, arrived, empty)):
            return False
        self.fire(my_task, arrived)
        my_task._ready()
        return True

    def _awaits(self, my_task: Task, arrived: dict[str, Task], empty: set[str]) -> bool:
        others = [t for t in my_task.workflow.tasks.values() if t.has_state(LIVE) and t.task_spec is not self]
        for place in {place_of(task) for task in others}:
            coming = coming_flows(self._wf_spec, place, self)
            if coming & empty and not coming & set(arrived):
                return True
        return False


class EventBased(Element):
    """Arms every event after it; the first that happens takes the others away."""

    def _on_complete_hook(self, my_task: Task) -> None:
        super()._on_complete_hook(my_task)
        for child in my_task.children:
            child.internal_data["race"] = my_task.id.hex


def coming_flows(spec: Any, place: str, gateway: Element) -> set[str]:
    """The flows into the gateway on which a token from this place could come without passing the gateway."""
    seen, todo, found = set[str](), [place], set[str]()
    while todo:
        name = todo.pop()
        if name in seen or name == gateway.name:
            continue
        seen.add(name)
        current = spec.task_specs[name]
        if isinstance(current, Element):
            found.update(flow.id for flow in current.outflows if flow.target == gateway.name)
        todo += ways(current)
    return found
