"""Values as a draft may keep them: typed text that could not be read, never a plain personal number."""

from collections.abc import Mapping, Sequence
from typing import Any

from engine.forms.faults import Unread
from engine.forms.model import Field
from engine.forms.personal import is_sealed
from engine.forms.resolve import Level, rows_of


def draft_values(fields: Sequence[Field], level: Level, before: Mapping[str, Any]) -> dict[str, Any]:
    """The answers of a level without hidden ones.

    Unread text is `{"$typed": {...}}`; a personal number that does not hold, and what a number tells, stay as before.
    """
    columns = {entry.key: entry for entry in fields}
    kept = {key: value for key, value in level.local.items() if key not in level.hidden and key not in level.derived}
    found = {key: _draft_value(columns.get(key), key, value, level, before) for key, value in kept.items()}
    found.update({key: before[key] for key in level.derived if key in before})
    return found


def _draft_value(entry: Field | None, key: str, value: Any, level: Level, before: Mapping[str, Any]) -> Any:
    if isinstance(value, Unread):
        if entry is None or entry.personal is None:
            return {"$typed": dict(value.parts)}
        return before.get(key) if is_sealed(before.get(key)) else None
    if entry is None or entry.rows is None or key not in level.rows:
        return value
    name = "key" if entry.rows.over is not None else "_key"
    known = {str(row.get(name)): row for row in rows_of(before.get(key))}
    return [draft_values(entry.rows.columns, row.level, known.get(row.key, {})) for row in level.rows[key]]
