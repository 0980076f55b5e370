"""What all nodes share."""

from collections import ChainMap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins import BpmnSpecMixin
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from ..errors import WorkflowFault
from ..expressions import Formula
from ..interpreter import Interpreter
from ..model import ONCE, Node
from ..values import BadValue, plain
from ..variables import Values, assign, visible

LIVE = TaskState.WAITING | TaskState.READY | TaskState.STARTED


@dataclass(frozen=True, slots=True)
class Outflow:
    """A way out of a node. `id` is that of the sequence flow; a way that is no drawn flow (a link) is not `drawn`."""

    id: str
    target: str
    condition: Formula | None = None
    default: bool = False
    drawn: bool = True


class Element(BpmnSpecMixin):  # type: ignore[misc]
    """A node of the diagram: its facts, its compiled texts, and the flows by which tokens leave it.

    Nothing is predicted: the tree of SpiffWorkflow holds tokens only. Its predictions doubled the tree with every
    parallel block, and had to be made again after each load.
    """

    wall = False  # whether the scopes outside stay hidden from what runs inside
    key: Formula | None = None  # tells messages of one name apart

    def __init__(self, wf_spec: Any, name: str, *, node: Node, **kwargs: Any) -> None:
        super().__init__(wf_spec, name, **kwargs)
        self.bpmn_id = node.id
        self.node = node
        self.outflows: list[Outflow] = []
        self.inflows: list[str] = []  # ids
        self.input_formulas: Mapping[str, Formula] = {}
        self.output_formulas: Mapping[str, Formula] = {}
        self.properties: Mapping[str, Formula] = {}

    @property
    def joins(self) -> bool:
        """Whether a token that arrives waits for others, and so must know the flow it came on."""
        return False

    def test(self) -> None:
        """SpiffWorkflow wants an input everywhere; the start of an event sub-process has none."""

    def _predict(self, my_task: Task, seen: Any = None, looked_ahead: int = 0, mask: int = 0) -> None:
        """Nothing is predicted."""

    def _update_hook(self, my_task: Task) -> bool:
        return True

    def _on_ready_hook(self, my_task: Task) -> None:
        super()._on_ready_hook(my_task)
        told = self.node.properties.get(ONCE)
        if told is not None and visible(my_task).get(told) is True:
            raise WorkflowFault(
                f"“{self.node.name or self.bpmn_id}”只能有一次，已经有过了；要再来一次，须先由有权的岗位授权。",
                code="workflow.once",
                element=self.bpmn_id,
            )

    def _on_complete_hook(self, my_task: Task) -> None:
        disarm(my_task)
        self._passed(my_task)
        for flow in self.leaving(my_task):
            send(my_task, flow)

    def _passed(self, my_task: Task) -> None:
        """Noted where the process can read it; a person who allows another time writes false there."""
        told = self.node.properties.get(ONCE)
        if told is None:
            return
        if visible(my_task).get(told) is False:
            interpreter(my_task).again.append(self.bpmn_id)
        assign(my_task, {told: True})

    def cut_short(self, my_task: Task) -> None:
        """What is still to be done before an event takes the activity away."""

    def leaving(self, my_task: Task) -> list[Outflow]:
        """Every flow without a condition, those whose condition is exactly true, else the default.

        Raises `WorkflowFault` where that is none (ISO 19510, 13.2.1 and 13.4.3).
        """
        if not self.outflows:
            return []
        scope = visible(my_task)
        held = [flow for flow in self.outflows if flow.condition and flow.condition.evaluate(scope) is True]
        chosen = [flow for flow in self.outflows if flow in held or not (flow.condition or flow.default)]
        if not held:
            chosen += [flow for flow in self.outflows if flow.default]
        if not chosen:
            raise WorkflowFault(
                f"节点 {self.bpmn_id} 没有一条出线的条件成立，也没有默认路线，请补上默认路线。",
                code="workflow.no-flow",
                element=self.bpmn_id,
            )
        return chosen

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


class Split(BpmnSpecMixin):  # type: ignore[misc]
    """Arms the boundary events of an activity and starts it. It stays above them until the activity has ended."""

    def __init__(self, wf_spec: Any, name: str, *, host: str, events: list[str]) -> None:
        super().__init__(wf_spec, name)
        self.bpmn_id = None
        self.host, self.events = host, events

    def test(self) -> None:
        """Nothing to test."""

    def _predict(self, my_task: Task, seen: Any = None, looked_ahead: int = 0, mask: int = 0) -> None:
        """Nothing is predicted."""

    def _update_hook(self, my_task: Task) -> bool:
        return True

    def _on_complete_hook(self, my_task: Task) -> None:
        """The events come first: one that is due already keeps an activity that it interrupts from beginning."""
        for name in (*self.events, self.host):
            my_task._add_child(self._wf_spec.task_specs[name], TaskState.FUTURE)


def send(my_task: Task, flow: Outflow) -> Task:
    """A token on its way along a flow; it arrives when SpiffWorkflow updates the children of what has completed."""
    spec = my_task.workflow.spec.task_specs[flow.target]
    child = my_task._add_child(spec, TaskState.FUTURE)
    if isinstance(spec, Element) and spec.joins:
        child.internal_data["from"] = flow.id
    if flow.drawn:
        interpreter(my_task).taken.append(flow.id)
    found: Task = child
    return found


def disarm(host: Task) -> None:
    """An activity that has ended takes the boundary events along that still wait at it."""
    if host.parent is None or not isinstance(host.parent.task_spec, Split):
        return
    split: Any = host.parent.task_spec
    if host.task_spec.name != split.host:
        return
    for sibling in host.parent.children:
        if sibling.task_spec.name in split.events and sibling.state == TaskState.WAITING:
            sibling.cancel()


def take_away(task: Task) -> None:
    """By an event: a boundary event, an event sub-process, an end that terminates."""
    if isinstance(task.task_spec, Element):
        task.task_spec.cut_short(task)
    task.cancel()


def ways(spec: Any) -> Iterator[str]:
    """The specs to which a token at this spec may go on."""
    if isinstance(spec, Split):
        yield spec.host
        yield from spec.events
    elif isinstance(spec, Element):
        for flow in spec.outflows:
            yield flow.target


def place_of(task: Task) -> str:
    """The spec that stands for where a token is: an activity and the events armed at it are one place."""
    parent = task.parent
    if parent is not None and isinstance(parent.task_spec, Split):
        split: Any = parent.task_spec
        if task.task_spec.name == split.host or task.state == TaskState.WAITING:
            return str(split.name)
    return str(task.task_spec.name)


def interpreter(task: Task) -> Interpreter:
    found: Interpreter = task.workflow.script_engine
    return found
