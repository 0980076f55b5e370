"""What an item or a row is called."""

from engine.forms.model import Field
from engine.forms.resolve import Row


def item_name(entry: Field, row: Row) -> str:
    """What an item of a list is called: by its label expression, else by its number (第 2 人)."""
    spec = entry.rows
    noun = spec.item_noun if spec is not None else "条"
    return own_name(entry, row) or f"第 {row.index + 1} {noun}"


def own_name(entry: Field, row: Row) -> str:
    """What the case or the label expression calls a row; empty where neither says anything."""
    if row.given is not None:
        return row.given.label
    condition = entry.rows.item_label if entry.rows is not None else None
    value = condition.evaluate(row.level.scope.names) if condition is not None else None
    return value if isinstance(value, str) else ""
