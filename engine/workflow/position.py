"""Where a loaded case stands: what is open, what waits, what its expressions see, and what of it is stored."""

from collections import ChainMap
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.task import Task

from engine.errors import Conflict, NotFound

from . import codec, moves
from .calls import OpenCall, open_call, waiting_calls
from .definition import Definition
from .interpreter import Interpreter
from .moments import NoMoment, due_after
from .specs.element import Element
from .specs.events import is_timer
from .specs.multi import RESULT
from .throwing import Sent, waiting
from .tokens import waiting_people, waiting_timers, workflows
from .variables import Values, element_of, join, parent_of, task_path, visible, workflow_path
from .ways import way_down


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A task that waits for a person. `path` names the innermost scope it sees; `item` is its own index in a
    multi-instance, `element` the item of the nearest multi-instance in which it runs; `due` is in UTC."""

    id: str
    node_id: str
    path: str
    item: int | None
    element: Any
    assignment: str | None
    due: datetime | None
    form_id: str | None


@dataclass(frozen=True, slots=True)
class DueTimer:
    """A timer that waits; `due` is in UTC."""

    id: str
    node_id: str
    path: str
    due: datetime


@dataclass(frozen=True, slots=True)
class ExpectedEvent:
    """A message or signal that the case waits for; `correlation` is the digest of the key by which it waits."""

    id: str
    node_id: str
    path: str
    kind: str
    name: str
    correlation: str | None = None


class Position:
    """A loaded case as it stands. The commands that move it are those of `Run`."""

    def __init__(self, definition: Definition, interpreter: Interpreter, case: BpmnWorkflow) -> None:
        self.definition = definition
        self._interpreter, self._case, self._spoilt = interpreter, case, False

    @property
    def case(self) -> BpmnWorkflow:
        """The tokens; for this package only."""
        return self._case

    @property
    def taken(self) -> list[str]:
        """Ids of the sequence flows taken since start or restore, in order."""
        return list(self._interpreter.taken)

    @property
    def finished(self) -> bool:
        return bool(self._case.completed)

    @property
    def cancelled(self) -> bool:
        return self.finished and not self._case.success

    @property
    def end_node(self) -> str | None:
        """The end event by which the finished case ended: of those reached in its own process the last that states an
        `outcome`, else the last. None while it runs, and when it was cancelled."""
        ends = self._interpreter.ends
        if not self.finished or self.cancelled or not ends:
            return None
        stating = [node for node in ends if "outcome" in self.definition.nodes[node].properties]
        return (stating or ends)[-1]

    @property
    def sent(self) -> list[Sent]:
        """Messages and signals thrown since start or restore, for whoever carries them outside the case."""
        return list(self._interpreter.sent)

    @property
    def again(self) -> list[str]:
        """Nodes with `once` that were passed another time since start or restore, because a person had allowed it."""
        return list(self._interpreter.again)

    def open_tasks(self) -> list[OpenTask]:
        return [self._open_task(task) for task in waiting_people(self._case)]

    def timers(self) -> list[DueTimer]:
        """The timers that wait, the earliest first."""
        found = [self._due_timer(task) for task in waiting_timers(self._case)]
        return sorted(found, key=lambda timer: (timer.due, timer.path, timer.node_id))

    def expected(self) -> list[ExpectedEvent]:
        """The messages and signals that are waited for."""
        found = [task for kind in ("message", "signal") for task in waiting(self._case, kind)]
        return [
            ExpectedEvent(
                t.id.hex,
                t.task_spec.bpmn_id,
                workflow_path(t.workflow),
                t.task_spec.event.kind,
                t.task_spec.event.name,
                t.internal_data.get("key"),
            )
            for t in found
        ]

    def calls(self) -> list[OpenCall]:
        """The cases of other packages that are waited for."""
        return [open_call(task) for task in waiting_calls(self._case)]

    def scope(self, place: str) -> Values:
        """All variables seen at a path or at a task; at a task with its inputs. Raises `NotFound`."""
        task = self._find(place)
        seen = task.task_spec.local(task).maps[:-1] if task is not None else self._at(place)
        return {name: value for names in reversed(seen) for name, value in names.items() if name != RESULT}

    def property_of(self, node_id: str, name: str, place: str = "") -> Any:
        """A property of a node, in FEEL evaluated in the scope of a path or a task; null where it has none."""
        formula = self._element(node_id).properties.get(name)
        if formula is None:
            return None
        task = self._find(place)
        functions = self._interpreter.runtime.functions
        return formula.evaluate(
            task.task_spec.local(task) if task is not None else ChainMap(*self._at(place), dict(functions))
        )

    def scopes(self) -> dict[str, Values]:
        """The variables of every scope by its path, for the caller to store; what is missing now has ended."""
        self._check()
        return codec.all_scopes(self._case)

    def state(self) -> bytes:
        """The tokens, without variables, specs or past."""
        self._check()
        return codec.dump(self._case, self._interpreter.ends)

    def due_as_of(self, place: str, now: datetime, functions: Mapping[str, Any]) -> datetime | None:
        """When an open task or a timer that began at `now` would be due by its formula, `functions` being those of that
        day; None where the formula gives no moment. Raises `NotFound`."""
        task = self._find(place)
        if task is None:
            raise NotFound(f"没有任务或计时 {place}。", code="workflow.no-task", task=place)
        spec = task.task_spec
        formula = spec.timer if is_timer(spec) else spec.due
        if formula is None:
            return None
        scope = ChainMap(*visible(task).maps[:-1], dict(functions))
        try:
            return due_after(formula.evaluate(scope), now)
        except NoMoment:
            return None

    def way_to(self, node_id: str, task_id: str) -> str:
        """The path by which `return_to` comes from an open task to a node: in the task's own scope, else in the nearest
        around it. Raises `NotFound` for the task, `Conflict` (`workflow.no-way`) where no such way leads there."""
        task = self._find(task_id)
        if task is None:
            raise NotFound(f"没有任务 {task_id}。", code="workflow.no-task", task=task_id)
        workflow = task.workflow
        while (levels := way_down(self.definition.nodes, workflow.spec.name, node_id)) is None:
            parent = parent_of(workflow)
            if parent is None:
                raise moves.no_way(node_id, "从这项任务所在的地方没有确定的路到那里")
            workflow = parent.workflow
        return join(workflow_path(workflow), "/".join([*levels, node_id]))

    def members(self, path: str) -> list[Any]:
        """The items of a running multi-instance, those that have ended too."""
        each = self._each(path)
        name = each.task_spec.node.loop.element
        return [item.get(name) for item in each.internal_data["items"].values()]

    def timers_of(self, task_id: str) -> list[DueTimer]:
        """The boundary timers that wait on the node of an open task."""
        task = self._find(task_id)
        if task is None:
            return []
        node, path = task.task_spec.node.id, workflow_path(task.workflow)
        attached = {one.id for one in self.definition.nodes.values() if one.attached_to == node}
        return [timer for timer in self.timers() if timer.node_id in attached and timer.path == path]

    # --- Inside ---

    def _check(self) -> None:
        if self._spoilt:
            raise RuntimeError("this run failed in a command; roll back and restore the case")

    def _find(self, task_id: str) -> Task | None:
        try:
            key = UUID(hex=task_id) if len(task_id) == 32 else None
        except ValueError:
            return None
        found = (w.tasks[key] for w in workflows(self._case) if key in w.tasks)
        return next((task for task in found if isinstance(task.task_spec, Element)), None)

    def _each(self, path: str) -> Task:
        base, _, name = path.rpartition("/")
        for workflow in workflows(self._case):
            if workflow.completed or workflow_path(workflow) != base:
                continue
            if (task := moves.running_each(workflow, name)) is not None:
                return task
        raise Conflict(f"{path} 不是正在运行的多实例。", code="workflow.no-items", path=path)

    def _at(self, path: str) -> list[MutableMapping[str, Any]]:
        """The chain of scopes at a path, innermost first."""
        for workflow in workflows(self._case):
            if workflow_path(workflow) == path:
                return visible(workflow.task_tree).maps[:-1]
        each, _, index = path.rpartition("#")
        if index.isdigit():
            task = self._each(each)
            values = task.internal_data["items"].get(int(index))
            if values is not None:
                return [values, *visible(task).maps[:-1]]
        raise NotFound(f"没有路径为 {path} 的变量。", code="workflow.no-scope", path=path)

    def _element(self, node_id: str) -> Any:
        node = self.definition.nodes.get(node_id)
        if node is None:
            raise NotFound(f"流程图里没有节点 {node_id}。", code="workflow.no-node", node=node_id)
        return self.definition.element(node)

    def _open_task(self, task: Task) -> OpenTask:
        node, notes = task.task_spec.node, task.internal_data
        return OpenTask(
            id=task.id.hex,
            node_id=node.id,
            path=task_path(task),
            item=notes.get("index"),
            element=element_of(task),
            assignment=notes.get("to"),
            due=datetime.fromisoformat(notes["due"]) if "due" in notes else None,
            form_id=node.form_id,
        )

    @staticmethod
    def _due_timer(task: Task) -> DueTimer:
        due = datetime.fromisoformat(task.internal_data["due"])
        return DueTimer(task.id.hex, task.task_spec.bpmn_id, workflow_path(task.workflow), due)
