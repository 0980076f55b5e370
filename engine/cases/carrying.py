"""Personal numbers and files that values take along from one case to another."""

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from engine.cases.drafting import accepts_file
from engine.cases.personal import copied
from engine.forms import FormSchema
from engine.installation import Installation
from engine.store import Transaction, insert_into, new_id
from engine.store.tables import attachment, personal

Row = dict[str, Any]
ATTACHMENTS = "attachments"


def carry_numbers(
    installation: Installation, transaction: Transaction, source: str, target: str, values: Mapping[str, Any]
) -> None:
    """The numbers of the one case that the values name, encrypted anew for the other."""
    digests = sorted(set(_numbers(values)))
    if not digests:
        return
    query = sa.select(personal).where(personal.c.case_id == source, personal.c.hash.in_(digests))
    rows = [copied(installation, dict(row), target) for row in transaction.execute(query).mappings()]
    if rows:
        statement = insert_into(transaction, personal).on_conflict_do_nothing(index_elements=["case_id", "hash"])
        transaction.execute(statement, rows)


def carry_files(
    transaction: Transaction,
    target: str,
    values: Mapping[str, Any],
    schema: FormSchema,
    uploaded: Mapping[str, Any],
) -> list[Row]:
    """The files that `attachments` in the values lists and the form asks for, beside the other case: their new rows.

    The bytes are stored once, whichever case they stand beside; `uploaded` says when they came there and by whom.
    """
    listed = values.get(ATTACHMENTS)
    ids: dict[str, str] = {}
    for field, files in listed.items() if isinstance(listed, Mapping) else ():
        ids |= {one["id"]: field for one in files if accepts_file(schema, field)}
    if not ids:
        return []
    query = sa.select(attachment).where(attachment.c.id.in_(sorted(ids))).order_by(attachment.c.id)
    found = [dict(row) for row in transaction.execute(query).mappings()]
    rows = [{**row, "id": new_id(), "case_id": target, "removed_at": None, **uploaded} for row in found]
    if rows:
        transaction.execute(sa.insert(attachment), rows)
    return rows


def _numbers(value: Any) -> Iterator[str]:
    match value:
        case {"$personal": str() as digest}:
            yield digest
        case dict():
            for item in value.values():
                yield from _numbers(item)
        case list():
            for item in value:
                yield from _numbers(item)
