"""Where variables live: scopes, their paths, and the one rule by which a step writes.

A case is one scope, a called process is one behind a wall, an embedded sub-process one that reads and writes through,
and an item of a multi-instance one that keeps what is written in it. Tokens carry nothing, so a join has nothing to
merge: SpiffWorkflow's own way, data on the token, loses the edit of one branch without a word.
"""

from collections import ChainMap
from collections.abc import Iterator, Mapping
from typing import Any

from SpiffWorkflow.task import Task

Values = dict[str, Any]

ITEM, EMBEDDED, PROCESS = "item", "embedded", "process"


def scopes(task: Task) -> Iterator[tuple[str, Values]]:
    """The scopes a task sees, innermost first: (kind, values). They end at the process, called or the case's own."""
    while True:
        item = item_values(task)
        if item is not None:
            yield ITEM, item
        workflow = task.workflow
        parent = parent_of(workflow)
        if parent is None or parent.task_spec.wall:
            yield PROCESS, workflow.data
            return
        if "index" not in parent.internal_data:  # else the item of the parent is this scope, and comes next
            yield EMBEDDED, workflow.data
        task = parent


def visible(task: Task) -> ChainMap[str, Any]:
    """What an expression at this task reads, functions and constants of the installation last."""
    constants = task.workflow.script_engine.runtime.functions
    return ChainMap(*(values for _, values in scopes(task)), constants)


def assign(task: Task, values: Mapping[str, Any]) -> None:
    """Writes each name to the innermost scope that has it; an item and a process keep what nobody inside them has.

    The values are already those a variable may hold."""
    chain = list(scopes(task))
    for name, value in values.items():
        owner = next(scope for kind, scope in chain if kind != EMBEDDED or name in scope)
        owner[name] = value


# --- Paths -----------------------------------------------------------------------------------------------------------


def parent_of(workflow: Any) -> Task | None:
    """The task that runs this sub-process or called process; None for the case itself."""
    if workflow.parent_task_id is None:
        return None
    task: Task = workflow.top_workflow.get_task_from_id(workflow.parent_task_id)
    return task


def item_values(task: Task) -> Values | None:
    """The scope of the item that this task is an instance for."""
    if "index" not in task.internal_data:
        return None
    values: Values = task.parent.internal_data["items"][task.internal_data["index"]]
    return values


def element_of(task: Task) -> Any:
    """The item of the nearest multi-instance in which this task runs; null outside of any, and behind no wall."""
    around: Task | None = task
    while around is not None:
        if "index" in around.internal_data:
            loop = around.parent.task_spec.node.loop
            return around.parent.internal_data["items"][around.internal_data["index"]].get(loop.element or "")
        around = parent_of(around.workflow)
    return None


def workflow_path(workflow: Any) -> str:
    """The path of a process's or sub-process's scope."""
    parent = parent_of(workflow)
    if parent is None:
        return ""
    if "index" in parent.internal_data:
        item = task_path(parent)
        return f"{item}/{parent.task_spec.bpmn_id}" if parent.task_spec.wall else item
    return join(workflow_path(parent.workflow), segment(parent))


def task_path(task: Task) -> str:
    """The path of the innermost scope that a task sees."""
    base = workflow_path(task.workflow)
    if "index" not in task.internal_data:
        return base
    return item_path(task.parent, task.internal_data["index"])


def item_path(each: Task, index: int) -> str:
    return join(workflow_path(each.workflow), f"{segment(each)}#{index}")


def segment(task: Task) -> str:
    """The node's id; the second of two tokens at the same node (drawn without a join) is `Node~2`."""
    number = task.internal_data.get("nth")
    return task.task_spec.bpmn_id if number is None else f"{task.task_spec.bpmn_id}~{number}"


def join(base: str, name: str) -> str:
    return f"{base}/{name}" if base else name
