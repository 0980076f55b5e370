"""Going back: commands of the engine, never flows that somebody has to draw."""

from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.errors import Conflict

from .build import entrance, spec_name
from .specs.activities import Nested
from .specs.element import Split, place_of, ways
from .specs.events import Armed, Boundary
from .specs.gateways import Joining, Parallel, coming_flows
from .specs.multi import Each, Repeat
from .tokens import tokens
from .variables import segment


@dataclass(frozen=True, slots=True)
class Target:
    """Where a path leads: the innermost workflow that runs already, the levels to enter afresh in it, and the node."""

    workflow: Any
    fresh: tuple[str, ...]
    node: str
    item: int | None = None  # of a multi-instance that runs: it alone is begun again


def find_target(case: BpmnWorkflow, path: str, *, running: bool) -> Target:
    """Resolves a path without changing anything; raises `Conflict` where it leads nowhere.

    With `running` the sub-processes that run are used; without it every level will be entered afresh.
    """
    *outer, node = path.split("/")
    levels, workflow = _levels(outer), case
    while running and levels and (task := _find_running(workflow, levels[0])) is not None:
        workflow = case.subprocesses[task.id]
        levels.pop(0)
    if running and not levels and (index := _item(workflow, node)) is not None:
        return Target(workflow, (), node.rpartition("#")[0], index)
    spec = workflow.spec
    for name in levels:
        _check_node(spec, name, path)
        level = _level(spec, name)
        if not isinstance(level, Nested):
            raise no_way(path, f"{name} 不是可以进入的子流程或被调用流程")
        spec = case.subprocess_specs[level.spec]
    _check_node(spec, node, path)
    return Target(workflow, tuple(levels), node)


def return_to(case: BpmnWorkflow, target: Target) -> None:
    """A fresh token on the node; the other tokens of its scope are cancelled, those of other branches go on."""
    workflow = target.workflow
    if target.item is not None:
        each = running_each(workflow, target.node)
        assert each is not None
        each.task_spec.reopen(each, target.item)
        return
    for name in target.fresh:
        workflow = case.subprocesses[_running_below(enter(workflow, name)).id]
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
        level = _level(spec, name)
        spec = case.subprocess_specs[level.spec] if isinstance(level, Nested) else spec


def jump(case: BpmnWorkflow, target: Target) -> None:
    """Cancels every token of the case and puts one fresh one on the node."""
    workflow: Any = case
    for name in target.fresh:
        workflow = case.subprocesses[_running_below(_place_alone(workflow, name)).id]
    _place_alone(workflow, target.node)


def _level(spec: Any, name: str) -> Any:
    """The spec that runs what is inside a node; of a standard loop the one that runs a round."""
    found = spec.task_specs[spec_name(name)]
    return spec.task_specs[found.instance] if isinstance(found, Repeat) else found


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


def _item(workflow: Any, name: str) -> int | None:
    """The index of `Each#2`, where that multi-instance runs and has this item."""
    node, _, index = name.rpartition("#")
    each = running_each(workflow, node) if index.isdigit() else None
    return int(index) if each is not None and int(index) in each.internal_data["items"] else None


def running_each(workflow: Any, name: str) -> Task | None:
    """The multi-instance that runs at this node (`Node`, or `Node~2` for the second token)."""
    found = (t for t in tokens(workflow) if isinstance(t.task_spec, Each) and segment(t) == name)
    return next(found, None)


def _running_below(task: Task) -> Task:
    """The instance of a standard loop; any other task is itself what runs."""
    return task.children[0] if isinstance(task.task_spec, Repeat) and task.children else task


def _place_alone(workflow: Any, node: str) -> Task:
    for child in list(workflow.task_tree.children):
        workflow._remove_task(child.id)
    arm(workflow)
    return place(workflow, node)


def _check_node(spec: Any, node: str, path: str) -> None:
    found = spec.task_specs.get(spec_name(node))
    if found is None:
        raise no_way(path, f"{node} 不在流程图的这一层，或者它所在的多实例项没有在运行")
    if isinstance(found, Boundary) or (isinstance(found, Joining) and found.joins):
        raise no_way(path, "边界事件和汇合网关不能作为目标")
    if found.node.triggered:
        raise no_way(path, "事件子流程由它的事件启动，不能作为目标")


def no_way(path: str, why: str) -> Conflict:
    """Said where a path leads nowhere."""
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
    keep |= {task for task in where if "race" in task.internal_data and _race(task) & keep}
    interrupted = _is_interrupted(workflow)
    for task in where:
        if task not in keep and task.id in workflow.tasks:
            workflow._remove_task(task.id)
    if interrupted:
        arm(workflow)
    for gateway, flow in give:
        root._add_child(gateway, TaskState.WAITING).internal_data["from"] = flow
    return place(workflow, node)


def place(workflow: Any, node: str) -> Task:
    """A fresh token on the node, hung under the root; its boundary events are armed afresh."""
    target = entrance(workflow.spec, node)
    task: Task = workflow.task_tree._add_child(workflow.spec.task_specs[target], TaskState.FUTURE)
    task.task_spec._update(task)
    if isinstance(task.task_spec, Split):
        task.run()
        task = next(child for child in task.children if child.task_spec.name == spec_name(node))
    return task


def arm(workflow: Any) -> None:
    """Arms the event sub-processes of a scope afresh, instead of those that are armed."""
    for task in [each for each in tokens(workflow) if isinstance(each.task_spec, Armed)]:
        workflow._remove_task(task.id)
    for spec in [each for each in workflow.spec.task_specs.values() if isinstance(each, Armed)]:
        task = workflow.task_tree._add_child(spec, TaskState.FUTURE)
        spec._update(task)


def _is_interrupted(workflow: Any) -> bool:
    """Whether an event sub-process has interrupted the scope: it has taken all that was armed along."""
    armed = {task.task_spec.name for task in tokens(workflow) if isinstance(task.task_spec, Armed)}
    wanted = [s for s in workflow.spec.task_specs.values() if isinstance(s, Armed) and s.node.interrupting]
    return any(spec.name not in armed for spec in wanted)


def _race(task: Task) -> set[Task]:
    """What waits for the first of several events together with this token."""
    race = task.internal_data["race"]
    return {each for each in tokens(task.workflow) if each.internal_data.get("race") == race}


def _places(workflow: Any) -> dict[Task, str]:
    """Every token that stands by itself (no instance, no armed event sub-process), and the spec where it stands."""
    alive = tokens(workflow)
    places = {}
    for task in alive:
        if isinstance(task.task_spec, Armed):
            continue
        if task.parent in alive and isinstance(task.parent.task_spec, Each | Repeat):
            continue
        places[task] = place_of(task)
    return places


def _other_branches(spec: Any, target: str, where: dict[Task, str]) -> tuple[set[Task], list[tuple[Any, str]]]:
    """The tokens that a join after the target still needs, and the flows on which it needs one given back.

    An inclusive join needs none back: it waits for no flow on which nothing can come.
    """
    keep, give = set[Task](), list[tuple[Any, str]]()
    for gateway in _joins(spec, Joining):
        coming = coming_flows(spec, target, gateway)
        if gateway.name == target or not coming:
            continue
        for flow in (name for name in gateway.inflows if name not in coming):
            held = {token[0] for token in where.items() if _serves(token, gateway, flow, target)}
            keep |= held
            if not held and isinstance(gateway, Parallel):
                give.append((gateway, flow))
    return keep, give


def _serves(token: tuple[Task, str], gateway: Any, flow: str, target: str) -> bool:
    """Whether this token will come to the gateway on this flow, and is not on its way to the target."""
    (task, at), spec = token, gateway._wf_spec
    if at == gateway.name:
        return bool(task.internal_data.get("from") == flow)
    return flow in coming_flows(spec, at, gateway) and not reaches(spec, at, target, gateway.name)


def _stranding_join(spec: Any, target: str) -> str | None:
    """A join that one token from the target could reach only on some of its flows."""
    for gateway in _joins(spec, Parallel):
        coming = coming_flows(spec, target, gateway)
        if gateway.name != target and coming and coming != set(gateway.inflows):
            return str(gateway.bpmn_id)
    return None


def _joins(spec: Any, kind: type[Joining]) -> list[Any]:
    return [each for each in spec.task_specs.values() if isinstance(each, kind) and each.joins]


def reaches(spec: Any, source: str, goal: str, wall: str) -> bool:
    """Whether the flows lead from one spec to the other without passing the wall."""
    seen, todo = set[str](), [source]
    while todo:
        name = todo.pop()
        if name == goal:
            return True
        if name != wall and name not in seen:
            seen.add(name)
            todo += ways(spec.task_specs[name])
    return False
