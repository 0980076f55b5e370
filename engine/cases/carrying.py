"""What an association has told already, carried into its next application of the same process, so that nobody types it twice.

A page that asks a number or a day, or is asked only sometimes, is about the one application: nothing on it is carried,
nor are statements, long texts and files. Personal numbers are sealed anew for the new case.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from engine import forms
from engine.cases.personal import opened_number
from engine.installation import Installation
from engine.store import Transaction, insert_into
from engine.store.tables import case, entry, personal
from engine.store.values import decode

LASTING = frozenset({"textfield", "select", "radio"})
OF_THIS_CASE = frozenset({"number", "datetime"})


def carried(
    transaction: Transaction, schema: forms.FormSchema, organisation_id: str, package_key: str
) -> dict[str, Any]:
    """The answers with which a fresh form begins; none where the association never submitted one."""
    row = transaction.execute(_last(organisation_id, package_key)).one_or_none()
    return _lasting(schema, decode(row.values_text)) if row is not None else {}


def _last(organisation_id: str, package_key: str) -> Any:
    """The newest submitted application of an association in a process."""
    return (
        sa.select(entry.c.case_id, entry.c["values"].label("values_text"))
        .join(case, case.c.id == entry.c.case_id)
        .where(case.c.organisation_id == organisation_id, case.c.package_key == package_key)
        .where(entry.c.naming, entry.c.text != "")
        .order_by(entry.c.id.desc())
        .limit(1)
    )


def _lasting(schema: forms.FormSchema, values: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for page in schema.pages:
        if page.kind == "list" and isinstance(values.get(page.list.key), list):
            found[page.list.key] = values[page.list.key]
        elif page.kind == "group" and not page.hide and not any(one.type in OF_THIS_CASE for one in page.fields):
            kept = (one.key for one in page.fields if one.type in LASTING and values.get(one.key) is not None)
            found |= {key: values[key] for key in kept}
    return found


def carry_numbers(
    installation: Installation, transaction: Transaction, case_id: str, organisation_id: str, package_key: str
) -> None:
    """Seal the personal numbers of the last application for a new case; two statements, one where there is none."""
    last = _last(organisation_id, package_key).subquery()
    query = sa.select(personal, last.c.values_text).join(last, last.c.case_id == personal.c.case_id)
    rows = transaction.execute(query).mappings().all()
    if not rows:
        return
    mentioned = set(_hashes(decode(rows[0]["values_text"])))
    fresh = []
    for row in rows:
        if row["hash"] in mentioned:
            key_id, data = installation.cipher.encrypt(opened_number(installation, row), f"{case_id}:{row['hash']}")
            kept = {"hash": row["hash"], "kind": row["kind"], "key_id": key_id, "ciphertext": data}
            fresh.append(kept | {"case_id": case_id, "created_at": installation.clock.now()})
    if fresh:
        transaction.execute(insert_into(transaction, personal).on_conflict_do_nothing(), fresh)


def _hashes(value: Any) -> Iterator[str]:
    match value:
        case {"$personal": digest}:
            yield digest
        case dict():
            for item in value.values():
                yield from _hashes(item)
        case list():
            for item in value:
                yield from _hashes(item)
