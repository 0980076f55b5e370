"""The tokens of a case on another version of its diagram, by node id; or every reason why that cannot be.

Nothing is begun again: open tasks keep their ids, terms and items, timers the moment at which they fire. What the new
version adds to where a token stands is armed; what it no longer draws at a place where nothing else waits is dropped.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.errors import Conflict

from . import codec
from .definition import Definition
from .errors import WorkflowFault
from .interpreter import Interpreter, Runtime
from .likeness import differences, named
from .position import DueTimer, ExpectedEvent
from .run import Run
from .specs.activities import Nested, User
from .specs.element import LIVE, Split
from .specs.events import Armed, Catching, is_timer
from .specs.multi import Each
from .standing import why_not
from .throwing import correlation
from .tokens import running, tokens

SPLIT, ITEM, ARMED = "split", "item", "armed"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One reason why a case stays on its version: the node it is about, and a Chinese sentence."""

    element: str
    message: str


@dataclass(frozen=True, slots=True)
class Began:
    """When a token came to its node, and the functions and constants that expressions could read on that day."""

    at: datetime
    functions: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Migration:
    """What became of a case. `run` is None where there are obstacles; the run it came from is untouched either way.

    `reassigned` are open tasks whose node names another post; `armed` and `dropped` are timers, messages and signals.
    """

    run: Run | None
    obstacles: tuple[Obstacle, ...] = ()
    reassigned: tuple[str, ...] = ()
    armed: tuple[DueTimer | ExpectedEvent, ...] = ()
    dropped: tuple[DueTimer | ExpectedEvent, ...] = ()


Beginning = Callable[[Sequence[str]], Began | None]


def migrate(
    before: Run, definition: Definition, runtime: Runtime, began: Beginning = lambda task_ids: None
) -> Migration:
    """Moves a case to another version of its diagram. No step is taken, and no timer fires.

    A timer that is new at an open task counts from when the token came there: `began` is asked with the open tasks of
    the node. Where that is not known (None; a sub-process; one after another) and for timers that repeat it counts from
    now, since rounds of the past are not made up for.
    """
    ends, flows = codec.unpacked(before.definition, before.state())
    rows = _Rows(before.definition, definition)
    carried = rows.carry(flows)
    obstacles = [*rows.obstacles, *_ended_elsewhere(before.definition, definition, ends)]
    if obstacles:
        return Migration(None, tuple(obstacles))
    interpreter = Interpreter(runtime)
    kept = [end for end in ends if end in definition.nodes]
    try:
        run = Run(definition, interpreter, codec.built(definition, interpreter, kept, carried, before.scopes()))
        reassigned = tuple(_reassign(before.definition, run))
        _Arming(before.definition, run, began).arm()
    except (Conflict, WorkflowFault) as refused:
        return Migration(None, (Obstacle(str(refused.details.get("element", "")), refused.message),))
    was, now = _waiting(before), _waiting(run)
    return Migration(
        run,
        reassigned=reassigned,
        armed=tuple(now[key] for key in now if key not in was),
        dropped=tuple(was[key] for key in was if key not in now),
    )


def _waiting(run: Run) -> dict[str, DueTimer | ExpectedEvent]:
    found: list[DueTimer | ExpectedEvent] = [*run.timers(), *run.expected()]
    return {one.id: one for one in found}


def _ended_elsewhere(before: Definition, after: Definition, ends: list[str]) -> Iterator[Obstacle]:
    """An end that was reached tells the outcome of the case: it must still be there."""
    for end in ends:
        if end not in after.nodes and "outcome" in before.nodes[end].properties:
            yield Obstacle(end, f"案件已经到过结束事件{named(before.nodes[end])}，而新版没有它，结果会丢失")


@dataclass
class _Rows:
    """The rows of a state, carried over to another diagram one workflow at a time."""

    before: Definition
    after: Definition
    obstacles: list[Obstacle] = field(default_factory=list)
    _judged: dict[tuple[str, bool], bool] = field(default_factory=dict)

    def carry(self, flows: list[Any]) -> list[Any]:
        inside: dict[str, str] = {}  # row of a task -> its node
        carried = []
        if self.before.process_id != self.after.process_id:
            old, new = self.before.process_id, self.after.process_id
            self.obstacles.append(Obstacle(old, f"主流程的标识由 {old} 改成了 {new}"))
            return []
        for parent, completed, success, rows in flows:
            inside |= {row[0]: _node_of(row[2]) for row in rows}
            scopes = [self._scope(each, parent and inside[parent]) for each in (self.before, self.after)]
            if scopes[1] not in self.after.specs:
                continue  # what holds it is an obstacle already
            carried.append([parent, completed, success, self._carry_scope(scopes[0], scopes[1], rows)])
        return carried

    @staticmethod
    def _scope(definition: Definition, node_id: str | None) -> str:
        """The process or sub-process that runs inside a node; the case's own where there is none."""
        if node_id is None:
            return definition.process_id
        node = definition.nodes.get(node_id)
        return "" if node is None else (node.called or "") if node.kind == "callActivity" else node.id

    def _carry_scope(self, old_scope: str, scope: str, rows: list[Any]) -> list[Any]:
        specs, found = self.after.specs[scope].task_specs, list[Any]()
        place: dict[int | None, int | None] = {None: None}
        for number, row in enumerate(rows):
            key, parent, name, state, triggered, notes = row
            node_id, part = _node_of(name), name.partition("|")[2]
            above = place.get(parent, 0)
            if part == SPLIT and name not in specs:
                place[number] = above
                continue
            if name.startswith("=") and part != SPLIT and not self._stays(node_id, part, scope):
                continue
            if name.startswith("=") and not part and self._needs_split(name, specs, rows, parent):
                found.append([uuid4().hex, above, f"{name}|{SPLIT}", TaskState.COMPLETED, 0, {}])
                above = len(found) - 1
            place[number] = len(found)
            found.append([key, above, name, state, triggered, notes])
            self._check_flow(node_id, notes, scope)
        if not self.obstacles and (why := why_not(self.before, self.after, old_scope, scope, self._places(rows))):
            self.obstacles.append(Obstacle(scope, why))
        return found

    @staticmethod
    def _needs_split(name: str, specs: Any, rows: list[Any], parent: int | None) -> bool:
        has = parent is not None and rows[parent][2] == f"{name}|{SPLIT}"
        return f"{name}|{SPLIT}" in specs and not has

    def _stays(self, node_id: str, part: str, scope: str) -> bool:
        """Whether the row is carried over; what cannot stay and must not vanish is an obstacle."""
        key = (node_id, part == ARMED)
        if key not in self._judged:
            self._judged[key] = self._judge(node_id, part, scope)
        return self._judged[key]

    def _judge(self, node_id: str, part: str, scope: str) -> bool:
        old, new = self.before.nodes[node_id], self.after.nodes.get(node_id)
        if new is None:
            if old.kind != "boundaryEvent" and part != ARMED:
                self.obstacles.append(Obstacle(node_id, f"案件停在{named(old)}，而新版没有这个节点"))
            return False
        found = list(differences(old, new))
        if new.scope != scope:
            found.append("移到了另一个子流程或流程里")
        if part == ARMED:
            found += differences(self._trigger(self.before, node_id), self._trigger(self.after, node_id))
        self.obstacles += [Obstacle(node_id, f"案件停在{named(old)}，新版把它{why}") for why in found]
        return not found

    @staticmethod
    def _trigger(definition: Definition, node_id: str) -> Any:
        starts = (n for n in definition.nodes.values() if n.scope == node_id and n.kind == "startEvent")
        return replace(next(starts), kind="startEvent")

    def _check_flow(self, node_id: str, notes: Mapping[str, Any], scope: str) -> None:
        """A token at a join keeps the flow on which it came; the join must still wait for that flow."""
        if "from" not in notes:
            return
        inflows = [flow.id for flow in self.after.flows.values() if flow.target == node_id and flow.scope == scope]
        if notes["from"] not in inflows or len(inflows) < 2:
            why = f"从连线 {notes['from']} 到了汇合网关 {node_id}，而新版没有这条连线，或者那里不再汇合"
            self.obstacles.append(Obstacle(node_id, f"案件{why}"))

    def _places(self, rows: list[Any]) -> tuple[str, ...]:
        """Where the tokens of the scope stand, as `standing` reads it: no instances, nothing that is only armed."""
        found = list[str]()
        for _, _, name, state, _, notes in rows:
            node_id, part = _node_of(name), name.partition("|")[2]
            if not name.startswith("=") or part or not state & LIVE:
                continue
            node = self.before.nodes[node_id]
            if not node.triggered and node.kind != "boundaryEvent":
                found.append(notes.get("from") or node_id)
        return tuple(sorted(found))


def _node_of(name: str) -> str:
    return name.removeprefix("=").partition("|")[0]


def _reassign(before: Definition, run: Run) -> Iterator[str]:
    """Open tasks whose node names its post otherwise than before, by the variables as they are now."""
    for task in _tasks(run):
        spec = task.task_spec
        if not isinstance(spec, User) or task.state != TaskState.READY:
            continue
        if before.nodes[spec.node.id].assignment != spec.node.assignment:
            was = task.internal_data.pop("to", None)
            if spec.assignment is not None:
                task.internal_data["to"] = spec.assigned(task, spec.assignment)
            if task.internal_data.get("to") != was:
                yield task.id.hex


def _tasks(run: Run) -> list[Task]:
    return [task for workflow in running(run.case) for task in tokens(workflow)]


class _Arming:
    """What the new version waits for where a token stands already, and the old one did not."""

    def __init__(self, before: Definition, run: Run, began: Beginning) -> None:
        self.before, self.run, self.began = before, run, began
        self.interpreter: Interpreter = run.case.script_engine

    def arm(self) -> None:
        for workflow in list(running(self.run.case)):
            for task in list(workflow.tasks.values()):
                if isinstance(task.task_spec, Split):
                    self._arm_host(task)
            if not _is_interrupted(workflow):
                self._arm_scope(workflow)

    def _arm_host(self, split: Task) -> None:
        specs = split.workflow.spec.task_specs
        host = next((child for child in split.children if child.task_spec.name == split.task_spec.host), None)
        if host is None or not host.has_state(LIVE):
            return
        for spec in (specs[name] for name in split.task_spec.events):
            old = self.before.nodes.get(spec.node.id)
            if old is None or old.attached_to != spec.node.attached_to:
                self._wait(split, spec, self.began(_handles(host)))

    def _arm_scope(self, workflow: Any) -> None:
        for spec in [each for each in workflow.spec.task_specs.values() if isinstance(each, Armed)]:
            if _node_of(spec.name) not in self.before.nodes:
                self._wait(workflow.task_tree, spec, None)

    def _wait(self, above: Task, spec: Catching, began: Began | None) -> None:
        task = above._add_child(spec, TaskState.FUTURE)
        task._set_state(TaskState.WAITING)
        if is_timer(spec):
            now = Began(self.interpreter.runtime.clock.now(), self.interpreter.runtime.functions)
            since = now if began is None or spec.node.cycle else began
            runtime = self.interpreter.runtime
            self.interpreter.runtime = replace(runtime, functions=since.functions)
            try:
                spec.arm_timer(task, since.at)
            finally:
                self.interpreter.runtime = runtime
        elif spec.key is not None:
            task.internal_data["key"] = correlation(spec.key.value(spec.local(task)))


def _handles(host: Task) -> list[str]:
    """The open tasks that began with the token: the task itself, or those of a multi-instance that runs all at once."""
    if isinstance(host.task_spec, User):
        return [host.id.hex]
    if isinstance(host.task_spec, Each) and host.task_spec.node.loop and not host.task_spec.node.loop.sequential:
        return [task.id.hex for task in host.children if task.has_state(LIVE) and isinstance(task.task_spec, User)]
    return []


def _is_interrupted(workflow: Any) -> bool:
    """Whether an event sub-process that interrupts its scope is what runs in it."""
    for task in tokens(workflow):
        spec = task.task_spec
        if isinstance(spec, Nested) and spec.node.triggered:
            return bool(workflow.spec.task_specs[f"{spec.name}|{ARMED}"].node.interrupting)
    return False
