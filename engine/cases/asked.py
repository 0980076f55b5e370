"""Of which members a consulted unit is told: those that its own requests are about, and no others."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from engine.forms import FormContext, FormSchema

Request = tuple[FormSchema, FormContext]
Answer = tuple[FormSchema, Mapping[str, Any]]


def members_asked(
    members: Iterable[str], items: str, open_ones: Iterable[Request], given: Iterable[Answer]
) -> set[str]:
    """The keys of the members that the rows of the unit's open forms and of its answers are for.

    All members where the unit has no form with rows over them (`items` is their variable): it is asked about the case.
    """
    requests, answers, every = list(open_ones), list(given), set(members)
    if not any(_is_about(schema, items) for schema, _ in (*requests, *answers)):
        return every
    found = {key for schema, context in requests for key in schema.given_keys(context)}
    return every & (found | {key for schema, values in answers for key in _answered(schema, values)})


def _is_about(schema: FormSchema, items: str) -> bool:
    return any(
        entry.rows is not None and entry.rows.over and items in entry.rows.over.rows.names for entry in schema.top
    )


def _answered(schema: FormSchema, values: Mapping[str, Any]) -> Iterator[str]:
    for entry in schema.top:
        if entry.rows is not None and entry.rows.over:
            yield from (str(row.get("key", "")) for row in values.get(entry.key) or ())
