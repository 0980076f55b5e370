"""The state of a case as bytes: the tokens, and nothing else. No variables, no specs, no past."""

import threading
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson
import zstandard
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.errors import Conflict, Invalid

from .definition import Definition
from .formats import FORMAT, upgraded
from .interpreter import Interpreter
from .specs.activities import Call, Nested
from .specs.element import Element
from .specs.events import Armed, Boundary, Catching, is_timer
from .specs.gateways import Joining
from .specs.multi import Each, Repeat
from .specs.outside import Outside
from .tokens import removed, tokens, workflows
from .variables import Values, item_path, item_values, workflow_path

LARGEST = 8_000_000  # bytes, unpacked

_own = threading.local()  # a compressor shared by threads has crashed the process


def dump(case: BpmnWorkflow, ends: list[str]) -> bytes:
    """Rows of the tokens and of what stands above them, parents first. The first byte is the version of the format."""
    flows = []
    for workflow in sorted(workflows(case), key=lambda each: each.depth):
        rows = list(workflow.tasks.values())
        if any(task.data for task in rows):
            raise AssertionError("a token carries data")
        order = {task.id: number for number, task in enumerate(rows)}
        parent = workflow.parent_task_id
        flows.append(
            [
                parent and parent.hex,
                int(workflow.completed),
                int(workflow.success),
                [_row(task, order.get(task._parent)) for task in rows],
            ]
        )
    return bytes([FORMAT]) + _compressor().compress(orjson.dumps([ends, flows]))


def _row(task: Task, parent: int | None) -> list[Any]:
    internal = {key: value for key, value in task.internal_data.items() if key in _KEPT}
    return [task.id.hex, parent, task.task_spec.name, task.state, int(task.triggered), internal]


_KEPT = frozenset(  # of what a task notes; the items are scopes
    {"from", "due", "every", "left", "key", "race", "to", "n", "gone", "index", "nth", "round", "in_loop"}
)


def load(definition: Definition, interpreter: Interpreter, state: bytes, scopes: Mapping[str, Values]) -> BpmnWorkflow:
    """The case again. Raises `Invalid` for bytes that are no state, `Conflict` for a state of another diagram."""
    ends, flows = unpacked(definition, state)
    return built(definition, interpreter, ends, flows, scopes)


def unpacked(definition: Definition, state: bytes) -> tuple[list[str], list[Any]]:
    """The ends reached, and the rows of each workflow, as `dump` writes them. Raises `Invalid`."""
    version, (ends, flows) = _unpack(state)
    return ends, upgraded(version, definition, flows)


def built(
    definition: Definition, interpreter: Interpreter, ends: list[str], flows: list[Any], scopes: Mapping[str, Values]
) -> BpmnWorkflow:
    """The case of these rows. Raises `Conflict` where they do not fit the diagram."""
    interpreter.ends = list(ends)
    case: Any = None
    for parent, completed, success, rows in flows:
        if parent is None:
            workflow: Any = BpmnWorkflow(
                definition.spec, definition.specs, script_engine=interpreter, deserializing=True
            )
            case = workflow
            case.task_removed_event.connect(removed)
        else:
            workflow = _inner(definition, case, UUID(parent))
        workflow.completed, workflow.success = bool(completed), bool(success)
        _load_tasks(workflow, rows)
        _load_scopes(workflow, scopes)
    for workflow in workflows(case):
        for task in tokens(workflow):
            if not _fits(case, task):
                raise _no_place(task.task_spec.name)
    return case


def _unpack(state: bytes) -> tuple[int, tuple[list[str], list[Any]]]:
    if not state or not 1 <= state[0] <= FORMAT:
        found = state[0] if state else "空"
        raise Invalid(
            f"案件状态的格式版本是 {found}，本程序只能读取版本 1 至 {FORMAT}；请先升级程序，再打开这个案件。",
            code="workflow.state-format",
        )
    try:
        ends, flows = orjson.loads(zstandard.ZstdDecompressor().decompress(state[1:], max_output_size=LARGEST))
    except (zstandard.ZstdError, ValueError) as error:
        raise Invalid("案件状态已损坏，无法读取；请从备份恢复。", code="workflow.state-damaged") from error
    return state[0], (ends, flows)


def _inner(definition: Definition, case: Any, parent: UUID) -> Any:
    call = case.get_task_from_id(parent)
    if not isinstance(call.task_spec, Nested):
        raise _no_place(call.task_spec.name)
    spec = definition.specs[call.task_spec.spec]
    workflow = BpmnSubWorkflow(spec, call.id, case, deserializing=True)
    workflow.completed_event.connect(call.task_spec._on_subworkflow_completed, call)
    case.subprocesses[call.id] = workflow
    return workflow


def _load_tasks(workflow: Any, rows: list[Any]) -> None:
    tasks: list[Task] = []
    for key, parent, name, state, triggered, internal in rows:
        spec = workflow.spec.task_specs.get(name)
        if spec is None:
            raise _no_place(name)
        task = Task(workflow, spec, None if parent is None else tasks[parent], state, UUID(key))
        task.triggered, task.internal_data = bool(triggered), internal
        tasks.append(task)
    workflow.task_tree = tasks[0]


def _fits(case: BpmnWorkflow, task: Task) -> bool:
    """Whether the diagram still has at this token's node what the token waits for; a new version may have changed it."""
    spec, notes = task.task_spec, task.internal_data
    if task.state == TaskState.READY:
        fits = bool(spec.manual)
    elif task.state == TaskState.STARTED:
        fits = isinstance(spec, Nested) and task.id in case.subprocesses
    elif isinstance(spec, Each):
        fits = "items" in notes
    elif isinstance(spec, Repeat):
        fits = "round" in notes
    elif isinstance(spec, Outside):
        fits = True
    elif isinstance(spec, Joining):
        fits = notes.get("from") in spec.inflows
    else:
        fits = not isinstance(spec, Element) or (isinstance(spec, Catching) and is_timer(spec) == ("due" in notes))
    if not isinstance(spec, Element) or isinstance(spec, Armed) or "index" in notes or "in_loop" in notes:
        return fits
    split = task.workflow.spec.task_specs.get(spec.name + "|split")
    if isinstance(spec, Boundary):
        return fits and task.parent.task_spec.name.endswith("|split")
    return fits and (split is None or task.parent.task_spec is split)


def _no_place(name: str) -> Conflict:
    node = name.removeprefix("=").partition("|")[0]
    return Conflict(
        f"案件停在节点 {node}，而这个版本的流程图里没有它，或者改了它的种类；请先迁移案件。",
        code="workflow.state-node",
        element=node,
    )


# --- Scopes ----------------------------------------------------------------------------------------------------------


def all_scopes(case: BpmnWorkflow) -> dict[str, Values]:
    """Every scope by its path, without those of what has ended."""
    found: dict[str, Values] = {}
    live = {task.id for workflow in workflows(case) for task in tokens(workflow)}
    for workflow in workflows(case):
        if workflow.parent_task_id is None or workflow.parent_task_id in live:
            found[workflow_path(workflow)] = dict(workflow.data)
        for task in tokens(workflow):
            if isinstance(task.task_spec, Each):
                items = task.internal_data["items"]
                found |= {item_path(task, index): dict(values) for index, values in items.items()}
    return found


def _load_scopes(workflow: Any, scopes: Mapping[str, Values]) -> None:
    """Each workflow comes after the one it runs in, so the items of its parent are there."""
    parent = None
    if workflow.parent_task_id is not None:
        parent = workflow.top_workflow.get_task_from_id(workflow.parent_task_id)
    home = None if parent is None or isinstance(parent.task_spec, Call) else item_values(parent)
    workflow.data = dict(scopes.get(workflow_path(workflow), {})) if home is None else home
    for task in tokens(workflow):
        if isinstance(task.task_spec, Each) and "n" in task.internal_data:
            task.internal_data["items"] = _load_items(task, scopes)


def _load_items(each: Task, scopes: Mapping[str, Values]) -> dict[int, Values]:
    items = {}
    for index in range(each.internal_data["n"]):
        if index in each.internal_data["gone"]:
            continue
        path = item_path(each, index)
        if path not in scopes:
            raise Conflict(f"案件的变量不完整：缺少 {path} 的变量。", code="workflow.scope-missing", path=path)
        items[index] = dict(scopes[path])
    return items


def _compressor() -> zstandard.ZstdCompressor:
    if not hasattr(_own, "compressor"):
        _own.compressor = zstandard.ZstdCompressor(level=3)
    compressor: zstandard.ZstdCompressor = _own.compressor
    return compressor
