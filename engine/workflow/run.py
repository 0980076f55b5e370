"""A case while it is loaded: what is open, and the commands that move it."""

from collections import ChainMap
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.errors import Conflict, Invalid, NotFound

from . import codec, moves
from .calls import OpenCall, open_call, waiting_calls
from .definition import Definition
from .errors import WorkflowFault
from .interpreter import Interpreter, Runtime
from .moments import NoMoment, due_after
from .specs.element import Element
from .specs.events import is_timer
from .specs.multi import RESULT
from .throwing import Sent, broadcast, find_receiver, waiting
from .tokens import forget, removed, running, step, tokens, waiting_people, waiting_timers, workflows
from .values import BadValue, plain
from .variables import Values, assign, element_of, join, parent_of, task_path, visible, workflow_path
from .ways import way_down

MOST_FIRED = 100  # timers in one command
MANY = 200  # tasks in memory after which the past is dropped even within a command


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


class Run:
    """A loaded case. After a `WorkflowFault` it is spoilt: roll back and restore; whatever refused a command before it
    began (`Conflict`, `NotFound`, `Invalid`) has changed nothing."""

    def __init__(self, definition: Definition, interpreter: Interpreter, case: BpmnWorkflow) -> None:
        self.definition = definition
        self._interpreter, self._case, self._spoilt = interpreter, case, False

    # --- What there is ---

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

    # --- Commands ---

    def settle(self) -> None:
        """Takes every step that needs nobody; each command does it by itself."""
        with self._command():
            pass

    def complete(self, task_id: str, values: Mapping[str, Any]) -> None:
        """A person ends an open task. Writes what the node's outputs make of the values, and nothing else.

        Raises `Conflict` (`workflow.not-open`) where the task is not open, `Invalid` (`workflow.undeclared`) for a
        value that no output reads.
        """
        task = self._find(task_id)
        if task is None or task.state != TaskState.READY or not task.task_spec.manual or task.workflow.completed:
            raise Conflict(
                "这项任务已不在待办状态，可能已被他人办理；请刷新后再看。", code="workflow.not-open", task=task_id
            )
        try:
            results = task.task_spec.results(values, task.task_spec.local(task))
        except WorkflowFault as fault:
            if fault.code not in ("workflow.undeclared", "workflow.bad-value"):
                raise
            raise Invalid(fault.message, code=fault.code, **fault.details) from fault
        with self._command():
            assign(task, results)
            task.run()

    def fire_due(self) -> list[str]:
        """Fires the timers that are due by the clock, the earliest first; the ids of their nodes.

        One that repeats may be due many times after a long stop; what is then too much for one command stays due.
        """
        fired: list[str] = []
        with self._command():
            while len(fired) < MOST_FIRED and (task := self._next_due()) is not None:
                fired.append(task.task_spec.bpmn_id)
                task.task_spec.fire(task)
                self._step()
        return fired

    def receive(self, name: str, values: Mapping[str, Any], key: Any = None) -> str:
        """A message from outside, for the one that waits for it; the id of its node.

        Raises `Conflict` (`workflow.not-waiting`) where nobody waits for it.
        """
        self._check_running()
        message = Sent("message", name, _plain(key), _plain(dict(values)), "", "")
        receiver = find_receiver(self._case, message)
        if receiver is None:
            raise Conflict(
                f"案件现在没有在等消息“{name}”（或者关联键不符），请核对后重发。",
                code="workflow.not-waiting",
                name=name,
            )
        with self._command():
            receiver.task_spec.fire(receiver, message.values)
        return str(receiver.task_spec.bpmn_id)

    def deliver(self, event_id: str, values: Mapping[str, Any]) -> str:
        """What one that waits for a message is told, by the id in `expected()`; the id of its node.

        Raises `Conflict` (`workflow.not-waiting`) where it waits no more.
        """
        self._check_running()
        receiver, given = self._find(event_id), _plain(dict(values))
        if receiver is None or receiver.state != TaskState.WAITING:
            raise Conflict("案件已不在等这个消息，请刷新后再看。", code="workflow.not-waiting")
        with self._command():
            receiver.task_spec.fire(receiver, given)
        return str(receiver.task_spec.bpmn_id)

    def broadcast(self, name: str, values: Mapping[str, Any]) -> int:
        """A signal from outside, for everybody who waits for it; how many that were."""
        self._check_running()
        given = _plain(dict(values))
        with self._command():
            return broadcast(self._case, name, given)

    def answer(self, call_id: str, values: Mapping[str, Any]) -> None:
        """A called case has ended, with these values for the node's outputs. Raises `Conflict` (`workflow.not-open`)
        where nobody waits for it any more."""
        call = next((task for task in waiting_calls(self._case) if task.id.hex == call_id), None)
        if call is None:
            raise Conflict("案件已不再等这件被调用的案件。", code="workflow.not-open", call=call_id)
        with self._command():
            call.task_spec.answer(call, _plain(dict(values)))

    def return_to(self, path: str) -> None:
        """Back (or on) to a node: `Task_x`, or `Call_y/Task_x` and `Sub#1/Task_x` inside what runs. Other branches of
        a parallel block go on. Raises `Conflict` (`workflow.no-way`) where there is no way."""
        self._check_running()
        target = moves.find_target(self._case, path, running=True)
        with self._command():
            moves.return_to(self._case, target)

    def jump(self, path: str) -> None:
        """Cancels every token and puts one fresh one on the node. Raises `Conflict` (`workflow.no-way`,
        `workflow.jump-into-block`)."""
        self._check_running()
        target = moves.find_target(self._case, path, running=False)
        moves.check_jump(self._case, target)
        with self._command():
            moves.jump(self._case, target)
            self._interpreter.ends.clear()

    def cancel(self) -> None:
        """Ends the case where it stands."""
        self._check_running()
        with self._command():
            self._case.cancel()

    def add_item(self, path: str, value: Any) -> str:
        """One more item for a running multi-instance (`MI_joint_check`); the path of the item."""
        each, item = self._each(path), _plain(value)
        with self._command():
            each.task_spec.follow_members(each, lambda members: [*members, item])
            index = each.task_spec.add(each, item)
        return f"{path}#{index}"

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

    def reschedule(self, moments: Mapping[str, datetime]) -> None:
        """Other moments for open tasks and waiting timers, by their ids. Raises `Conflict` (`workflow.not-open`)."""
        self._check_running()
        found = {task_id: self._find(task_id) for task_id in moments}
        if missing := [task_id for task_id, task in found.items() if task is None or "due" not in task.internal_data]:
            raise Conflict("这项待办或计时已经结束，不能改期。", code="workflow.not-open", task=missing[0])
        with self._command():
            for task_id, task in found.items():
                assert task is not None
                task.internal_data["due"] = moments[task_id].astimezone(UTC).isoformat()

    def drop_item(self, path: str) -> None:
        """An item (`MI_joint_check#2`) that no longer counts; dropping the last one ends the multi-instance."""
        outer, _, index = path.rpartition("#")
        each = self._each(outer)
        item = each.internal_data["items"].get(int(index)) if index.isdigit() else None
        if item is None or RESULT in item:
            raise Conflict(f"{path} 已经办结或不存在，不能减去。", code="workflow.item-ended", path=path)
        gone = item.get(each.task_spec.node.loop.element)
        with self._command():
            each.task_spec.follow_members(each, lambda members: [one for one in members if one != gone])
            each.task_spec.drop(each, int(index))

    # --- Inside ---

    @contextmanager
    def _command(self) -> Iterator[None]:
        """A command, the automatic steps after it, and the dropping of the past. What fails in it spoils the run."""
        self._check()
        self._interpreter.begin_command()
        self._spoilt = True
        yield
        self._step()
        self._check_moving()
        self._spoilt = False

    def _check_moving(self) -> None:
        """Raises `WorkflowFault` where nothing could ever happen any more: a token left behind at a join."""
        waits = self.finished or waiting_people(self._case) or waiting_timers(self._case) or self.expected()
        waits = waits or waiting_calls(self._case)
        if not waits:
            inner = max(running(self._case), key=lambda workflow: workflow.depth)
            stuck = max(tokens(inner), key=lambda task: getattr(task.task_spec, "joins", False)).task_spec.bpmn_id
            raise WorkflowFault(
                f"案件停在 {stuck} 走不下去：汇合网关在等永远不会来的分支，请改正流程图（用 huishen check 检查）。",
                code="workflow.stuck",
                element=stuck,
            )

    def _step(self) -> None:
        while step(self._case, self._interpreter.count):
            if sum(len(workflow.tasks) for workflow in workflows(self._case)) > MANY:
                forget(self._case)
        forget(self._case)

    def _next_due(self) -> Task | None:
        now = self._interpreter.runtime.clock.now()
        due = [timer for timer in self.timers() if timer.due <= now]
        return self._find(due[0].id) if due else None

    def _check(self) -> None:
        if self._spoilt:
            raise RuntimeError("this run failed in a command; roll back and restore the case")

    def _check_running(self) -> None:
        if self.finished:
            raise Conflict("案件已经办结，不能再退回、转移或撤销。", code="workflow.finished")

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


def start(definition: Definition, runtime: Runtime, variables: Mapping[str, Any]) -> Run:
    """A new case, stepped to where it first needs somebody."""
    interpreter = Interpreter(runtime)
    case = BpmnWorkflow(definition.spec, definition.specs, script_engine=interpreter)
    case.task_removed_event.connect(removed)
    case.data.update(_plain(dict(variables)))
    run = Run(definition, interpreter, case)
    run.settle()
    return run


def restore(definition: Definition, runtime: Runtime, state: bytes, scopes: Mapping[str, Values]) -> Run:
    """The case as `state()` and `scopes()` left it."""
    interpreter = Interpreter(runtime)
    return Run(definition, interpreter, codec.load(definition, interpreter, state, scopes))


def _plain(value: Any) -> Any:
    try:
        return plain(value)
    except BadValue as error:
        raise Invalid(f"给出的值不能保存：{error}。", code="workflow.bad-value") from error
