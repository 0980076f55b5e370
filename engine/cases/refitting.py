"""A draft on another version of its form: what fits is kept, what does not is named."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.forms import Field, FormSchema

Values = dict[str, Any]


def refitted(values: Mapping[str, Any], before: FormSchema, after: FormSchema) -> tuple[Values, list[str]]:
    """The values that the new form still asks for, and the labels of the answers that had to go."""
    dropped: list[str] = []
    kept = dict(_level(values, before.top, after.top, "", dropped))
    return kept, list(dict.fromkeys(dropped))


def _level(
    values: Mapping[str, Any], before: Sequence[Field], after: Sequence[Field], within: str, dropped: list[str]
) -> Iterator[tuple[str, Any]]:
    """What no field of the old form holds (keys of rows, what a number tells) goes along."""
    old, new = ({field.key: field for field in fields} for fields in (before, after))
    for key, value in values.items():
        if key not in old:
            yield key, value
        elif key not in new or not _alike(old[key], new[key]):
            if value not in (None, "", [], {}):
                dropped.append(within + (old[key].label or key))
        elif (was := old[key].rows) is not None and (now := new[key].rows) is not None and isinstance(value, list):
            label = f"{within}{old[key].label or key}／"
            yield key, [dict(_level(row, was.columns, now.columns, label, dropped)) for row in value]
        else:
            yield key, value


def _alike(old: Field, new: Field) -> bool:
    """Whether an answer to the one can stand as an answer to the other."""
    kinds = [field.personal and field.personal.kind for field in (old, new)]
    return old.type == new.type and kinds[0] == kinds[1]
