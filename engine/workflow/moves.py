"""Going back: commands of the engine, never flows that somebody has to draw."""

from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BoundaryEventSplit
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.errors import Conflict

from .build import entrance, spec_name
from .specs.activities import Nested
from .specs.element import LIVE
from .specs.events import Boundary
from .specs.gateways import Parallel
from .specs.multi import Each
from .tokens import tokens
from .variables import segment


@dataclass(frozen=True, slots=True)
class Target:
    """Where a path leads: the innermost workflow that runs already, the levels to enter afresh in it, and the node."""

    workflow: Any
    fresh: tuple[str, ...]
    node: str


def find_target(case: BpmnWorkflow, path: str, *, running: bool) -> Target:
    """Resolves a path without changing anything; raises `Conflict` where it leads nowhere.

    With `running` the sub-processes that run are used; without it every level will be entered afresh.
    """
    *outer, node = path.split("/")
    levels, workflow = _levels(outer), case
    while running and levels and (task := _find_running(workflow, levels[0])) is not None:
        workflow = case.subprocesses[task.id]
        levels.pop(0)
    spec = workflow.spec
    for name in levels:
        _check_node(spec, name, path)
        level = spec.task_specs[spec_name(name)]
        if not isinstance(level, Nested):
            raise _no_way(path, f"{name} 不是可以进入的子流程或被调用流程")
        spec = case.subprocess_specs[level.spec]
    _check_node(spec, node, path)
    return Target(workflow, tuple(levels), node)


def return_to(case: BpmnWorkflow, target: Target) -> None:
    """A fresh token on the node; the other tokens of its scope are cancelled, those of other branches go on."""
    workflow = target.workflow
    for name in target.fresh:
        workflow = case.subprocesses[enter(workflow, name).id]
    enter(workflow, target.node)


def check_jump(case: BpmnWorkflow, target: Target) -> None:
    """Raises `Conflict` where one token alone could never get past a join."""
    spec = case.spec
    for name in (*target.fresh, target.node):
        if stranded := _stranding_join(spec, entrance(spec, name)):
            raise Conflict(
                f"不能转到 {name}：它在并行分支里，汇合网关 {stranded} 会等不到其他分支；请转到分支之前或之后。",
                code="workflow.jump-into-block",
                element=name,
            )
        level = spec.task_specs[spec_name(name)]
        spec = case.subprocess_specs[level.spec] if isinstance(level, Nested) else spec


def jump(case: BpmnWorkflow, target: Target) -> None:
    """Cancels every token of the case and puts one fresh one on the node."""
    workflow: Any = case
    for name in target.fresh:
        workflow = case.subprocesses[_place_alone(workflow, name).id]
    _place_alone(workflow, target.node)


def _levels(outer: list[str]) -> list[str]:
    """`Call#0/Call` is one level: the item, and the called process that it runs."""
    return [name for at, name in enumerate(outer) if at == 0 or outer[at - 1].partition("#")[0] != name]


def _find_running(workflow: Any, name: str) -> Task | None:
    each, _, index = name.partition("#")
    for task in tokens(workflow):
        if not isinstance(task.task_spec, Nested):
            continue
        if "index" in task.internal_data:
            found = segment(task.parent) == each and str(task.internal_data["index"]) == index
        else:
            found = not index and segment(task) == name
        if found:
            return task
    return None


def _place_alone(workflow: Any, node: str) -> Task:
    for child in list(workflow.task_tree.children):
        workflow._remove_task(child.id)
    return place(workflow, node)


def _check_node(spec: Any, node: str, path: str) -> None:
    found = spec.task_specs.get(spec_name(node))
    if found is None:
        raise _no_way(path, f"{node} 不在流程图的这一层，或者它所在的多实例项没有在运行")
    if isinstance(found, Boundary) or (isinstance(found, Parallel) and found.joins):
        raise _no_way(path, "边界事件和汇合网关不能作为目标")


def _no_way(path: str, why: str) -> Conflict:
    return Conflict(f"不能转到 {path}：{why}。", code="workflow.no-way", path=path)


# --- One scope -------------------------------------------------------------------------------------------------------


def enter(workflow: Any, node: str) -> Task:
    """Cancels the tokens of this scope and puts a fresh one on the node.

    Inside a parallel block the join still waits for the other branches: their tokens go on, and where one had been used
    up already it is given back, since otherwise the join could never fire.
    """
    root, target = workflow.task_tree, entrance(workflow.spec, node)
    where = _places(workflow)
    keep, give = _other_branches(workflow.spec, target, where)
    dead = [t for t in workflow.tasks.values() if t.has_state(LIVE) and isinstance(t.task_spec, BoundaryEventJoin)]
    for task in [*where, *dead]:
        if task not in keep and task.id in workflow.tasks:
            workflow._remove_task(task.id)
    for gateway, flow in give:
        root._add_child(gateway, TaskState.WAITING).internal_data["from"] = flow
    return place(workflow, node)


def place(workflow: Any, node: str) -> Task:
    """A fresh token on the node, hung under the root; its boundary events are armed afresh."""
    target = entrance(workflow.spec, node)
    task = workflow.task_tree._add_child(workflow.spec.task_specs[target], TaskState.FUTURE)
    task.triggered = True
    task.task_spec._predict(task, mask=TaskState.NOT_FINISHED_MASK)
    task.task_spec._update(task)
    if isinstance(task.task_spec, BoundaryEventSplit):
        task.run()
        task = next(child for child in task.children if child.task_spec.name == spec_name(node))
    found: Task = task
    return found


def _places(workflow: Any) -> dict[Task, str]:
    """Every token that stands by itself (not the instances of a multi-instance), and the spec where it stands."""
    alive = tokens(workflow)
    places = {}
    for task in alive:
        if task.parent in alive and isinstance(task.parent.task_spec, Each):
            continue
        above = task.parent.task_spec if task.parent else None
        places[task] = above.name if isinstance(above, BoundaryEventSplit) else task.task_spec.name
    return places


def _other_branches(spec: Any, target: str, where: dict[Task, str]) -> tuple[set[Task], list[tuple[Any, str]]]:
    """The tokens that a join after the target still needs, and the flows on which it needs one given back."""
    keep, give = set[Task](), list[tuple[Any, str]]()
    for gateway in _joins(spec):
        coming = _coming(spec, target, gateway)
        if gateway.name == target or not coming:
            continue
        for flow in (name for name in gateway._inputs if name not in coming):
            held = {token[0] for token in where.items() if _serves(token, gateway, flow, target)}
            keep |= held
            if not held:
                give.append((gateway, flow))
    return keep, give


def _serves(token: tuple[Task, str], gateway: Any, flow: str, target: str) -> bool:
    """Whether this token will come to the gateway on this flow, and is not on its way to the target."""
    (task, at), spec = token, gateway._wf_spec
    if at == gateway.name:
        return bool(task.internal_data.get("from") == flow)
    return reaches(spec, at, flow, gateway.name) and not reaches(spec, at, target, gateway.name)


def _stranding_join(spec: Any, target: str) -> str | None:
    """A join that one token from the target could reach only on some of its flows."""
    for gateway in _joins(spec):
        coming = _coming(spec, target, gateway)
        if gateway.name != target and coming and coming != set(gateway._inputs):
            return str(gateway.bpmn_id)
    return None


def _joins(spec: Any) -> list[Any]:
    return [each for each in spec.task_specs.values() if isinstance(each, Parallel) and each.joins]


def _coming(spec: Any, target: str, gateway: Any) -> set[str]:
    return {flow for flow in gateway._inputs if reaches(spec, target, flow, gateway.name)}


def reaches(spec: Any, source: str, goal: str, wall: str) -> bool:
    """Whether the flows lead from one spec to the other without passing the wall."""
    seen, todo = set[str](), [source]
    while todo:
        name = todo.pop()
        if name == goal:
            return True
        if name != wall and name not in seen:
            seen.add(name)
            todo += spec.task_specs[name]._outputs
    return False
