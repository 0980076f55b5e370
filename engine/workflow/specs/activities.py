"""Tasks, sub-processes and called processes."""

from typing import Any

from SpiffWorkflow.bpmn.specs.mixins import SubWorkflowTaskMixin
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from ..errors import WorkflowFault
from ..expressions import Formula
from ..interpreter import Step
from ..throwing import Raised, rise, uncaught
from ..variables import assign, item_values, parent_of, task_path, visible
from .element import LIVE, Element, interpreter
from .events import moment


class User(Element):
    """Waits for a person. Who may take it and when it is due are computed when the token arrives, and stay."""

    def __init__(
        self, wf_spec: Any, name: str, *, assignment: Formula | None, due: Formula | None, **kwargs: Any
    ) -> None:
        super().__init__(wf_spec, name, manual=True, **kwargs)
        self.assignment, self.due = assignment, due

    def _on_ready_hook(self, my_task: Task) -> None:
        super()._on_ready_hook(my_task)
        if self.assignment is not None:
            my_task.internal_data["to"] = self.assigned(my_task, self.assignment)
        if self.due is not None:
            self._set_due(my_task, self.due)

    def _set_due(self, my_task: Task, formula: Formula) -> None:
        """Null says that there is no term, but not where a fault made it null: a term must not vanish unseen."""
        scope = visible(my_task)
        if formula.evaluate(scope) is None and not formula.why(scope):
            return
        now = interpreter(my_task).runtime.clock.now()
        my_task.internal_data["due"] = moment(formula, my_task, now).isoformat()

    def assigned(self, my_task: Task, formula: Formula) -> str:
        """The post that the formula names by the variables as they are. Raises `WorkflowFault`."""
        scope = visible(my_task)
        value = formula.evaluate(scope)
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if isinstance(value, str) and value.strip():
            return value.strip()
        why = formula.why(scope)
        raise WorkflowFault(
            f"节点 {self.bpmn_id} 的办理岗位“{formula.text}”没有算出岗位（应为“岗位”或“岗位@单位”）。{why}",
            code="workflow.no-assignment",
            element=self.bpmn_id,
        )


class Service(Element):
    """The action registered for the task's type reads the scope and gives back what the outputs read."""

    def _run_hook(self, my_task: Task) -> bool | None:
        runtime, kind = interpreter(my_task).runtime, self.node.action or ""
        action = runtime.actions.get(kind)
        if action is None:
            raise WorkflowFault(
                f"服务任务 {self.bpmn_id} 的类型“{kind}”没有登记，请改用已登记的动作。",
                code="workflow.unknown-action",
                element=self.bpmn_id,
            )
        view = self.local(my_task)
        properties = {name: formula.evaluate(view) for name, formula in self.properties.items()}

        def add_item(node_id: str, value: Any) -> bool:
            return add_around(my_task, node_id, self._plain({"item": value})["item"])

        try:
            given = action(Step(self.bpmn_id, task_path(my_task), view, properties, add_item))
        except Raised as error:
            self._fail(my_task, error)
            return None
        assign(my_task, self.results(given, view))
        return True

    def _fail(self, my_task: Task, error: Raised) -> None:
        """The error takes this task away; SpiffWorkflow must not complete it afterwards."""
        if not rise(my_task, "error", error.code, self._plain(error.values)):
            raise uncaught(self.bpmn_id, error.code)
        if my_task.id in my_task.workflow.tasks:
            my_task.workflow._remove_task(my_task.id)


class BusinessRule(Element):
    """Evaluates a decision. Its result goes to the declared variable, or through the outputs where there are any."""

    def _run_hook(self, my_task: Task) -> bool:
        called = self.node.decision
        assert called is not None
        view = self.local(my_task)
        result = self._plain({called.result_variable: interpreter(my_task).runtime.decide(called.decision_id, view)})
        if self.output_formulas:
            seen = view.new_child(result)
            result = {name: formula.value(seen) for name, formula in self.output_formulas.items()}
        assign(my_task, result)
        return True


class Script(Element):
    """A FEEL expression; its value goes to the declared variable, or through the outputs where there are any."""

    def __init__(self, wf_spec: Any, name: str, *, script: Formula, **kwargs: Any) -> None:
        super().__init__(wf_spec, name, **kwargs)
        self.script = script

    def _run_hook(self, my_task: Task) -> bool:
        assert self.node.script is not None
        view = self.local(my_task)
        result = {self.node.script.result_variable: self.script.value(view)}
        if self.output_formulas:
            seen = view.new_child(result)
            result = {name: formula.value(seen) for name, formula in self.output_formulas.items()}
        assign(my_task, result)
        return True


class Nested(SubWorkflowTaskMixin, Element):  # type: ignore[misc]
    """Inputs fill the inner scope, outputs are computed in it; nothing else crosses the border by itself."""

    def _update_hook(self, my_task: Task) -> Any:
        """Starts the inside; the end of it makes this task ready (SpiffWorkflow calls back)."""
        if my_task.id not in my_task.workflow.top_workflow.subprocesses:
            number_twins(my_task)
            self.start_workflow(my_task)
            my_task._set_state(TaskState.STARTED)
        return False

    def _on_subworkflow_completed(self, subworkflow: Any, my_task: Task) -> None:
        """SpiffWorkflow calls this also for an inside that was taken away in the middle of its last step."""
        if my_task.state == TaskState.STARTED:
            super()._on_subworkflow_completed(subworkflow, my_task)

    def copy_data(self, my_task: Task, subworkflow: BpmnSubWorkflow) -> None:
        given = dict(self.local(my_task).maps[0]) if self.input_formulas else {}
        subworkflow.data = self.home(my_task)
        subworkflow.data.update(given)

    def home(self, my_task: Task) -> dict[str, Any]:
        """The scope in which the inside runs."""
        return {}

    def update_data(self, my_task: Task, subworkflow: BpmnSubWorkflow) -> None:
        if self.output_formulas:
            inside = visible(subworkflow.task_tree)
            assign(my_task, {name: formula.value(inside) for name, formula in self.output_formulas.items()})


class Embedded(Nested):
    """An embedded sub-process reads and writes through; an instance of a multi-instance lives in its item's scope."""

    def home(self, my_task: Task) -> dict[str, Any]:
        values = item_values(my_task)
        return {} if values is None else values


class Call(Nested):
    """A called process sees only its inputs, and gives only its outputs."""

    wall = True


def number_twins(my_task: Task) -> None:
    """A second live token at the same node gets a number, so that its scope has a path of its own."""
    if "index" in my_task.internal_data:
        return
    twins = [
        task.internal_data.get("nth", 1)
        for task in my_task.workflow.tasks.values()
        if task is not my_task and task.task_spec is my_task.task_spec and task.has_state(LIVE)
    ]
    number = next(n for n in range(1, len(twins) + 2) if n not in twins)
    if number > 1:
        my_task.internal_data["nth"] = number


def add_around(my_task: Task, node_id: str, value: Any) -> bool:
    """One more item for the multi-instance in which this task runs, at any depth; false where there is none of the name."""
    around: Task | None = my_task
    while around is not None:
        if "index" in around.internal_data and around.parent.task_spec.bpmn_id == node_id:
            around.parent.task_spec.add(around.parent, value)
            return True
        around = parent_of(around.workflow)
    return False
