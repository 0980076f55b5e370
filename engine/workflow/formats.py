"""The versions of the state, and how an earlier one becomes the present one.

1. The first: rows of SpiffWorkflow's own joins among the tokens; a token at a gateway keeps the spec it came from.
2. Tokens only; a token at a gateway keeps the flow it came on. Messages, signals, loops and inclusive gateways.
"""

from typing import Any

from .definition import Definition

FORMAT = 2  # the first byte of a state

Flows = list[Any]


def upgraded(version: int, definition: Definition, flows: Flows) -> Flows:
    """The content of a state of this version, as the present version would have written it."""
    for each in range(version, FORMAT):
        flows = MIGRATIONS[each](definition, flows)
    return flows


def _from_1(definition: Definition, flows: Flows) -> Flows:
    by_parent = {row[0]: row[2] for _, _, _, rows in flows for row in rows}
    return [
        [parent, completed, success, _rows_from_1(_spec(definition, parent and by_parent.get(parent)), rows)]
        for parent, completed, success, rows in flows
    ]


def _rows_from_1(spec: Any, rows: list[Any]) -> list[Any]:
    place: dict[int, int] = {}
    kept: list[Any] = []
    for number, (key, parent, name, state, triggered, notes) in enumerate(rows):
        if name.endswith(("|join", ".EndJoin")) or name == "End":
            continue
        place[number] = len(kept)
        if "from" in notes:
            notes["from"] = _flow_between(spec, notes["from"], name)
        kept.append([key, None if parent is None else place.get(parent, 0), name, state, triggered, notes])
    return kept


def _flow_between(spec: Any, source: str, target: str) -> str | None:
    element = None if spec is None else spec.task_specs.get(source)
    return next((flow.id for flow in getattr(element, "outflows", ()) if flow.target == target), None)


def _spec(definition: Definition, name: str | None) -> Any:
    """The process or sub-process that runs below the spec of this name; the case's own where there is none."""
    if name is None:
        return definition.spec
    node = definition.nodes.get(name.removeprefix("=").partition("|")[0])
    return (
        None if node is None else definition.specs.get((node.called or "") if node.kind == "callActivity" else node.id)
    )


MIGRATIONS = {1: _from_1}
