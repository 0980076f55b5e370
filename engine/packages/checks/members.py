"""What the members of a list are known to hold: the columns of the form that fills the list in."""

import re
from collections.abc import Mapping

from engine.forms import ROW_KEY, FormSchema
from engine.packages.drawing import Drawing
from engine.packages.parts import Parts
from engine.workflow import Node

Known = Mapping[str, frozenset[str]]

_OF_EVERY_ROW = frozenset({ROW_KEY, "key", "label"})
_OF_ITEMS = frozenset(
    {"result", "reason_public", "clause", "clause_text", "clause_source"}
)  # added when a document is composed
_BARE = re.compile(r"=\s*([^\W\d]\w*)\s*")
_WITH_KEY = re.compile(
    r'=\s*for\s+(\w+)\s+in\s+([^\W\d]\w*)\s+return\s+context put\(\s*\1\s*,\s*"(\w+)"\s*,[^()]*\)\s*'
)
_BINDING = re.compile(r"\b([^\W\d]\w*)\s+in\s+(?:([^\W\d]\w*)\b(?:\s*\[[^\]]*\])?(?!\s*[.(\[]))?")


def lists_of(parts: Parts) -> dict[str, frozenset[str]]:
    """The keys of the members of each variable that only forms fill in, by its name."""
    if parts.drawing is None:
        return {}
    found: dict[str, frozenset[str]] = {}
    for name in _only_by_forms(parts.drawing):
        keys = [_written(parts, node.form_id, node.outputs[name]) for node in _writers(parts.drawing, name)]
        if keys and None not in keys:
            found[name] = frozenset().union(*(each for each in keys if each is not None))
    return found


def items_of(parts: Parts, lists: Known) -> frozenset[str] | None:
    """The keys of `items`, as templates read them."""
    keys = lists.get(parts.manifest.items) if parts.manifest is not None else None
    return None if keys is None else keys | _OF_ITEMS


def bound_in(text: str, lists: Known) -> dict[str, frozenset[str]]:
    """The variables that run over known lists in a text (`for c in candidates`, `some c in candidates[…]`)."""
    bound: dict[str, set[str | None]] = {}
    for variable, name in _BINDING.findall(text):
        bound.setdefault(variable, set()).add(name or None)
    return {
        variable: lists[name]
        for variable, names in bound.items()
        if len(names) == 1 and (name := next(iter(names))) is not None and name in lists
    }


def columns(schema: FormSchema, name: str) -> frozenset[str] | None:
    """The keys of a row of a list in a form; None where the form has no such list."""
    field = schema.fields.get(name)
    if field is None or field.rows is None:
        return None
    keys = {column.key for column in field.rows.columns}
    for column in field.rows.columns:
        keys.update(column.personal.derive if column.personal is not None else ())
    return frozenset(keys) | _OF_EVERY_ROW


def _only_by_forms(drawing: Drawing) -> set[str]:
    by_forms: set[str] = set()
    by_others: set[str | None] = set()
    for node in drawing.nodes.values():
        (by_forms if node.kind == "userTask" else by_others).update(node.outputs)
        by_others.update(node.inputs)
        if node.loop is not None:
            by_others.update((node.loop.element, node.loop.output_collection))
        if node.decision is not None:
            by_others.add(node.decision.result_variable)
    return {name for name in by_forms if name not in by_others}


def _writers(drawing: Drawing, name: str) -> list[Node]:
    return [node for node in drawing.of_kind("userTask") if name in node.outputs]


def _written(parts: Parts, form_id: str | None, source: str) -> frozenset[str] | None:
    held = parts.forms.get(form_id or "")
    if held is None:
        return None
    if (bare := _BARE.fullmatch(source)) is not None:
        return columns(held.value, bare[1])
    if (extended := _WITH_KEY.fullmatch(source)) is not None and (keys := columns(held.value, extended[2])) is not None:
        return keys | {extended[3]}
    return None
