"""Multi-instance and standard loop."""

import re
from collections import ChainMap
from collections.abc import Callable
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
_VARIABLE = re.compile(r"[^\W\d]\w*")
MOST_ITEMS = 500
MOST_TOGETHER = 5_000  # tokens of a case; items within items multiply


class Each(Element):
    """One instance an item. The items live here, one scope each, so finished instances can be dropped.

    It stays WAITING, so each completion updates it, also after a load: no callbacks that somebody must connect. The
    results are collected by index; the order in which instances end never shows. The completion condition reads them
    all, and every instance, after each completion: that is what a ballot needs.
    """

    def __init__(
        self,
        wf_spec: Any,
        name: str,
        *,
        instance: str,
        collection: Formula | None,
        cardinality: Formula | None,
        output: Formula | None,
        condition: Formula | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(wf_spec, name, **kwargs)
        self.instance, self.collection, self.cardinality = instance, collection, cardinality
        self.output, self.condition = output, condition

    def instances(self, my_task: Task) -> list[Task]:
        return [child for child in my_task.children if child.task_spec.name == self.instance]

    def add(self, my_task: Task, value: Any) -> int:
        """A late item; its index."""
        items = my_task.internal_data["items"]
        index: int = my_task.internal_data["n"]
        self._check_count(my_task, index + 1)
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

    def follow_members(self, my_task: Task, change: Callable[[list[Any]], list[Any]]) -> None:
        """A collection that is a variable says afterwards whom the multi-instance is for: who reads it later (whose
        answer is missing) counts late members as any other, and none that was taken out."""
        name = "" if self.collection is None else self.collection.text.removeprefix("=").strip()
        variables = ChainMap(*visible(my_task).maps[:-1])
        members = variables.get(name) if _VARIABLE.fullmatch(name) else None
        if isinstance(members, list):
            assign(my_task, {name: change(members)})

    def reopen(self, my_task: Task, index: int) -> None:
        """An item is begun again, whether it runs or has ended; its result no longer counts."""
        one_by_one = self.node.loop is not None and self.node.loop.sequential
        for child in self.instances(my_task):
            if child.internal_data["index"] == index or (one_by_one and child.has_state(LIVE)):
                my_task.workflow._remove_task(child.id)
        my_task.internal_data["items"][index].pop(RESULT, None)
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
        values = self._values(my_task)
        self._check_count(my_task, len(values))
        items = {index: self._item(index, value) for index, value in enumerate(values)}
        my_task.internal_data.update(n=len(values), gone=[], items=items)
        my_task._set_state(TaskState.WAITING)

    def _values(self, my_task: Task) -> list[Any]:
        """What the instances are for: the elements of the collection, or the numbers up to the cardinality."""
        scope, formula = visible(my_task), self.collection or self.cardinality
        assert formula is not None
        value = formula.value(scope)
        if self.collection is not None and isinstance(value, list):
            return value
        if self.collection is None and isinstance(value, Decimal) and value == value.to_integral_value() and value >= 0:
            self._check_count(my_task, int(value))
            return [Decimal(number) for number in range(1, int(value) + 1)]
        wanted = ("集合", "列表", "workflow.no-list") if self.collection else ("次数", "非负整数", "workflow.no-count")
        raise WorkflowFault(
            f"多实例 {self.bpmn_id} 的{wanted[0]}“{formula.text}”不是{wanted[1]}，无法逐项办理。{formula.why(scope)}",
            code=wanted[2],
            element=self.bpmn_id,
        )

    def _item(self, index: int, value: Any) -> Values:
        name = self.node.loop.element if self.node.loop is not None else None
        return {"loopCounter": Decimal(index + 1)} | ({name: value} if name else {})

    def _check_count(self, my_task: Task, count: int) -> None:
        case = my_task.workflow.top_workflow
        together = count + sum(len(each.tasks) for each in (case, *case.subprocesses.values()))
        if count > MOST_ITEMS or together > MOST_TOGETHER:
            raise WorkflowFault(
                f"多实例 {self.bpmn_id} 有 {count} 项，超过上限（每次 {MOST_ITEMS} 项，全案 {MOST_TOGETHER} 项），请分批办理。",
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
        items: dict[int, Values] = my_task.internal_data["items"]
        counts: Values = {
            "results": results,
            "instances": [self._instance(index, items[index]) for index in sorted(items)],
            "numberOfInstances": Decimal(len(items)),
            "numberOfActiveInstances": Decimal(live),
            "numberOfCompletedInstances": Decimal(len(results)),
            "numberOfTerminatedInstances": Decimal(0),
        }
        counts |= {
            name.replace("numberOf", "nrOf"): counts[name] for name in list(counts) if name.startswith("numberOf")
        }
        if self.node.loop is not None and self.node.loop.output_collection:
            counts[self.node.loop.output_collection] = results
        return self.condition.evaluate(visible(my_task).new_child(counts)) is True

    def _instance(self, index: int, item: Values) -> Values:
        """An instance as a ballot sees it; one that was dropped no longer counts and is not there."""
        name = self.node.loop.element if self.node.loop is not None else None
        done = RESULT in item
        return {
            "index": Decimal(index + 1),
            "item": item.get(name) if name else None,
            "completed": done,
            "result": item[RESULT] if done else None,
        }

    def cut_short(self, my_task: Task) -> None:
        """The answers that have come stay, whatever takes the rest away."""
        if "n" in my_task.internal_data:
            self._collect(my_task)
            self._carry_out(my_task)

    def _carry_out(self, my_task: Task) -> None:
        loop = self.node.loop
        if loop is not None and loop.output_collection:
            assign(my_task, {loop.output_collection: self._results(my_task)})

    def _start(self, my_task: Task, index: int) -> None:
        child = my_task._add_child(self._wf_spec.task_specs[self.instance], TaskState.FUTURE)
        child.triggered = True
        child.internal_data["index"] = index
        child.task_spec._update(child)


class Repeat(Element):
    """A standard loop: the activity again and again in the scope round it, while the condition holds.

    Like a multi-instance it stays WAITING above the one instance that runs, and knows how often it has run.
    """

    def __init__(self, wf_spec: Any, name: str, *, instance: str, condition: Formula | None, **kwargs: Any) -> None:
        super().__init__(wf_spec, name, **kwargs)
        self.instance, self.condition = instance, condition

    def _update_hook(self, my_task: Task) -> bool:
        notes = my_task.internal_data
        if "round" not in notes:
            number_twins(my_task)
            notes["round"] = 0
            my_task._set_state(TaskState.WAITING)
        if any(child.has_state(LIVE) for child in my_task.children):
            return False
        if not self._goes_on(my_task):
            return True
        notes["round"] += 1
        child = my_task._add_child(self._wf_spec.task_specs[self.instance], TaskState.FUTURE)
        child.internal_data["in_loop"] = True
        child.task_spec._update(child)
        return False

    def _goes_on(self, my_task: Task) -> bool:
        repetition, done = self.node.repetition, my_task.internal_data["round"]
        assert repetition is not None
        if repetition.maximum and done >= int(repetition.maximum):
            return False
        if done == 0 and not repetition.test_before:
            return True
        if self.condition is None:
            return bool(repetition.maximum)
        scope = visible(my_task).new_child({"loopCounter": Decimal(done)})
        return self.condition.evaluate(scope) is True
