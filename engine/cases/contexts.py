"""What a form may read while it is filled in: today, options, the case's variables, its attachments."""

from collections.abc import Mapping
from typing import Any

from engine import forms
from engine.decisions import Clauses


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
