"""`instance of` and the types of parameters (DMN 1.5 §10.3.2.9)."""

from engine.feel.syntax import Type
from engine.feel.values import Value, import_value, kind

SAME = {"day time duration": "days and time duration", "year month duration": "years and months duration"}


def conforms(value: Value, wanted: Type) -> bool:
    """Whether a value is of a type; null is of the types Null and Any... but `instance of Any` asks for a value."""
    name = SAME.get(wanted.name, wanted.name)
    if name == "Any":
        return value is not None
    if name in {"Null", "null"}:
        return value is None
    if kind(value) != name:
        return False
    if name == "list" and wanted.arguments:
        return all(conforms(import_value(item), wanted.arguments[0]) for item in value)
    if name == "range" and wanted.arguments:
        return all(end is None or conforms(end, wanted.arguments[0]) for end in (value.start, value.end))
    if name == "context" and wanted.entries:
        return all(key in value and conforms(import_value(value[key]), inner) for key, inner in wanted.entries)
    return True
