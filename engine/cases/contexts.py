"""What a form may read while it is filled in: today, options, the case's variables, its attachments."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from engine import forms
from engine.cases.names import case_names
from engine.decisions import Clauses
from engine.store import Transaction
from engine.store.tables import attachment


def form_context(
    step_names: Mapping[str, Any],
    today: Any,
    scope: Mapping[str, Any],
    attachments: Mapping[str, list[dict[str, Any]]],
    clauses: Clauses | None = None,
) -> forms.FormContext:
    """`clauses` is offered as the option list of that name."""
    options = {"clauses": [(row.id, f"{row.id}　{row.source}") for row in clauses.all()] if clauses else []}
    return forms.FormContext(today=today, options=options, scope={**step_names, **scope}, attachments=attachments)


def attachments_of(transaction: Transaction, case_id: str) -> dict[str, list[dict[str, Any]]]:
    """Field -> attachments that were not removed, in the order of upload; one statement."""
    query = sa.select(attachment).where(attachment.c.case_id == case_id, attachment.c.removed_at.is_(None))
    found: dict[str, list[dict[str, Any]]] = {}
    for row in transaction.execute(query.order_by(attachment.c.id)).mappings():
        found.setdefault(row["field"], []).append(dict(row))
    return found


__all__ = ["attachments_of", "case_names", "form_context"]
