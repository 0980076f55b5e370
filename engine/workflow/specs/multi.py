"""Multi-instance."""

from decimal import Decimal
from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from ..errors import WorkflowFault
from ..expressions import Formula
from ..variables import Values, assign, visible
from .activities import number_twins
from .element import LIVE, Element

RESULT = "=result"  # no name of FEEL begins so: an item with this entry has ended
MOST_ITEMS = 500


class Each(Element):
    """One instance an item. The items live here, one scope each, so finished instances can be dropped.

    It stays WAITING, so each completion updates it, also after a load: no callbacks that somebody must connect. The
    results are collected by index; the order in which instances end never shows.
    """

    def __init__(
        self,
        wf_spec: Any,
        name: str,
        *,
        instance: str,
        collection: Formula,
        output: Formula | None,
        condition: Formula | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(wf_spec, name, **kwargs)
        self.instance, self.collection, self.output, self.condition = instance, collection, output, condition

    def instances(self, my_task: Task) -> list[Task]:
        return [child for child in my_task.children if child.task_spec.name == self.instance]

    def add(self, my_task: Task, value: Any) -> int:
        """A late item; its index."""
        items = my_task.internal_data["items"]
        index: int = my_task.internal_data["n"]
        self._check_count(index + 1)
        my_task.internal_data["n"] = index + 1
        items[index] = self._item(index, value)
        self._update(my_task)
        return index

    def drop(self, my_task: Task, index: int) -> None:
        """An item that no longer counts; dropping the last one ends the multi-instance."""
        for child in self.instances(my_task):
            if child.internal_data["index"] == index:
                my_task.workflow._remove_task(child.id)
        del my_task.internal_data["items"][index]
        my_task.internal_data["gone"].append(index)
        self._update(my_task)

    def _update_hook(self, my_task: Task) -> bool:
        state = my_task.internal_data
        if "n" not in state:
            self._begin(my_task)
        self._collect(my_task)
        items: dict[int, Values] = state["items"]
        live = {child.internal_data["index"]: child for child in self.instances(my_task) if child.has_state(LIVE)}
        left = [index for index in sorted(items) if RESULT not in items[index] and index not in live]
        if not (live or left) or self._ends_early(my_task, len(live)):
            for child in live.values():
                child.cancel()
            self._carry_out(my_task)
            return True
        if self.node.loop is not None and self.node.loop.sequential:
            left = [] if live else left[:1]
        for index in left:
            self._start(my_task, index)
        return False

    def _begin(self, my_task: Task) -> None:
        number_twins(my_task)
        scope = visible(my_task)
        values = self.collection.value(scope)
        if not isinstance(values, list):
            why = self.collection.why(scope)
            raise WorkflowFault(
                f"多实例 {self.bpmn_id} 的集合“{self.collection.text}”不是列表，无法逐项办理。{why}",
                code="workflow.no-list",
                element=self.bpmn_id,
            )
        self._check_count(len(values))
        items = {index: self._item(index, value) for index, value in enumerate(values)}
        my_task.internal_data.update(n=len(values), gone=[], items=items)
        my_task._set_state(TaskState.WAITING)

    def _item(self, index: int, value: Any) -> Values:
        name = self.node.loop.element if self.node.loop is not None else None
        return {"loopCounter": Decimal(index + 1)} | ({name: value} if name else {})

    def _check_count(self, count: int) -> None:
        if count > MOST_ITEMS:
            raise WorkflowFault(
                f"多实例 {self.bpmn_id} 有 {count} 项，超过上限 {MOST_ITEMS}，请分批办理。",
                code="workflow.too-many-items",
                element=self.bpmn_id,
            )

    def _collect(self, my_task: Task) -> None:
        for child in self.instances(my_task):
            item = my_task.internal_data["items"].get(child.internal_data["index"])
            if item is not None and child.state == TaskState.COMPLETED and RESULT not in item:
                item[RESULT] = None if self.output is None else self.output.value(visible(child))

    def _results(self, my_task: Task) -> list[Any]:
        items = my_task.internal_data["items"]
        return [items[index][RESULT] for index in sorted(items) if RESULT in items[index]]

    def _ends_early(self, my_task: Task, live: int) -> bool:
        if self.condition is None or not (results := self._results(my_task)):
            return False
        counts: Values = {
            "numberOfInstances": Decimal(len(my_task.internal_data["items"])),
            "numberOfActiveInstances": Decimal(live),
            "numberOfCompletedInstances": Decimal(len(results)),
            "numberOfTerminatedInstances": Decimal(0),
        }
        counts |= {name.replace("numberOf", "nrOf"): count for name, count in counts.items()}
        if self.node.loop is not None and self.node.loop.output_collection:
            counts[self.node.loop.output_collection] = results
        return self.condition.evaluate(visible(my_task).new_child(counts)) is True

    def _carry_out(self, my_task: Task) -> None:
        loop = self.node.loop
        if loop is not None and loop.output_collection:
            assign(my_task, {loop.output_collection: self._results(my_task)})

    def _start(self, my_task: Task, index: int) -> None:
        child = my_task._add_child(self._wf_spec.task_specs[self.instance], TaskState.FUTURE)
        child.triggered = True
        child.internal_data["index"] = index
        child.task_spec._update(child)
