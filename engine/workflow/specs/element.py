"""What all nodes share."""

from collections import ChainMap
from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins import BpmnSpecMixin
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from ..errors import WorkflowFault
from ..expressions import Formula
from ..interpreter import Interpreter
from ..model import Node
from ..values import BadValue, plain
from ..variables import Values, visible

LIVE = TaskState.WAITING | TaskState.READY | TaskState.STARTED


class Element(BpmnSpecMixin):  # type: ignore[misc]
    """A node of the diagram: its facts, its compiled texts, and the flows by which tokens leave it."""

    wall = False  # whether the scopes outside stay hidden from what runs inside

    def __init__(self, wf_spec: Any, name: str, *, node: Node, **kwargs: Any) -> None:
        super().__init__(wf_spec, name, **kwargs)
        self.bpmn_id = node.id
        self.node = node
        self.flows: dict[str, str] = {}  # name of the following spec: id of the flow
        self.input_formulas: Mapping[str, Formula] = {}
        self.output_formulas: Mapping[str, Formula] = {}
        self.properties: Mapping[str, Formula] = {}

    def _on_complete_hook(self, my_task: Task) -> None:
        super()._on_complete_hook(my_task)
        taken = interpreter(my_task).taken
        for child in my_task.children:
            flow = self.flows.get(child.task_spec.name)
            if flow is not None and not child.has_state(TaskState.FINISHED_MASK):
                taken.append(flow)

    def local(self, my_task: Task) -> ChainMap[str, Any]:
        """What the node itself sees: its inputs, computed in order, on top of the scopes."""
        seen = visible(my_task)
        if not self.input_formulas:
            return seen
        view: ChainMap[str, Any] = seen.new_child({})
        for name, formula in self.input_formulas.items():
            view[name] = formula.value(view)
        return view

    def results(self, given: Mapping[str, Any], view: ChainMap[str, Any]) -> Values:
        """What the outputs make of what was given back; raises `WorkflowFault` for a name that no output reads."""
        unread = sorted(set(given) - self.node.submits)
        if unread:
            names = "、".join(unread)
            raise WorkflowFault(
                f"节点 {self.bpmn_id} 没有声明 {names}，不能写入；请在该节点的输出映射中声明，或不要提交。",
                code="workflow.undeclared",
                element=self.bpmn_id,
                names=unread,
            )
        seen = view.new_child(self._plain(given))
        return {name: formula.value(seen) for name, formula in self.output_formulas.items()}

    def _plain(self, given: Mapping[str, Any]) -> Values:
        """What came from outside, as variables may hold it."""
        try:
            return {name: plain(value) for name, value in given.items()}
        except BadValue as error:
            raise WorkflowFault(
                f"节点 {self.bpmn_id} 收到的值不能保存：{error}。", code="workflow.bad-value", element=self.bpmn_id
            ) from error


def interpreter(task: Task) -> Interpreter:
    found: Interpreter = task.workflow.script_engine
    return found
