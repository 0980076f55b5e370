"""A call of a process of another package: a case of its own, which the caller of this engine starts and ends."""

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from ..variables import assign
from .element import Element, interpreter


class Outside(Element):
    """Waits until whoever runs the called case brings its result. What the inputs give is told once, on arrival."""

    def _update_hook(self, my_task: Task) -> bool:
        if my_task.state == TaskState.WAITING:
            return False
        my_task._set_state(TaskState.WAITING)
        given = dict(self.local(my_task).maps[0]) if self.input_formulas else {}
        interpreter(my_task).called[my_task.id.hex] = given
        return False

    def answer(self, my_task: Task, given: Mapping[str, Any]) -> None:
        """The called case has ended. Of what came of it only what the outputs read is taken."""
        if self.output_formulas:
            read = {name: value for name, value in given.items() if name in self.node.submits}
            assign(my_task, self.results(read, self.local(my_task)))
        my_task._ready()
