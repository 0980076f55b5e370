"""What an association has told already, carried into its next application of the same process, so that nobody types it twice.

A page that asks a number or a day, or is asked only sometimes, is about the one application: nothing on it is carried,
nor are statements, long texts and files. Personal numbers are sealed anew for the new case.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from engine import forms
from engine.cases.carrying import carry_numbers
from engine.installation import Installation
from engine.store import Transaction
from engine.store.tables import case, entry
from engine.store.values import decode

LASTING = frozenset({"textfield", "select", "radio"})
OF_THIS_CASE = frozenset({"number", "datetime"})


def known_answers(
    transaction: Transaction, schema: forms.FormSchema, organisation_id: str, package_key: str
) -> dict[str, Any]:
    """The answers with which a fresh form begins; none where the association never submitted one."""
    row = transaction.execute(_last(organisation_id, package_key)).one_or_none()
    return _lasting(schema, decode(row.values_text)) if row is not None else {}


def bring_numbers(
    installation: Installation, transaction: Transaction, case_id: str, organisation_id: str, package_key: str
) -> None:
    """The personal numbers of the last application, for a new case; one statement where there is none."""
    row = transaction.execute(_last(organisation_id, package_key)).one_or_none()
    if row is not None:
        carry_numbers(installation, transaction, row.case_id, case_id, decode(row.values_text))


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
