"""The commands that move a loaded case."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.errors import Conflict, Invalid

from . import codec, moves
from .calls import waiting_calls
from .definition import Definition
from .errors import WorkflowFault
from .interpreter import Interpreter, Runtime
from .position import Position
from .specs.multi import RESULT
from .throwing import Sent, broadcast, find_receiver
from .tokens import forget, removed, running, step, tokens, waiting_people, waiting_timers, workflows
from .values import BadValue, plain
from .variables import Values, assign

MOST_FIRED = 100  # timers in one command
MANY = 200  # tasks in memory after which the past is dropped even within a command


class Run(Position):
    """A loaded case. After a `WorkflowFault` it is spoilt: roll back and restore; whatever refused a command before it
    began (`Conflict`, `NotFound`, `Invalid`) has changed nothing."""

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

    def _check_running(self) -> None:
        if self.finished:
            raise Conflict("案件已经办结，不能再退回、转移或撤销。", code="workflow.finished")


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
