"""Makes a WTForms class from the fields of a page, once a page of a schema."""

from collections.abc import Sequence
from typing import Any

from engine.forms.inputs import INPUTS, BaseForm, PersonalInput, RowsInput
from engine.forms.model import Field, FormSchema, Page


def form_class(schema: FormSchema, page: Page, path: tuple[str, ...]) -> type[BaseForm]:
    """The form class of a page; `path` names it within the schema (page key, inner page key)."""
    if path not in schema._classes:
        schema._classes[path] = build_class("_".join(path), page.fields)
    found: type[BaseForm] = schema._classes[path]
    return found


def build_class(name: str, fields: Sequence[Field]) -> type[BaseForm]:
    """A form class with one input a field; lists hold a class for their rows."""
    attributes: dict[str, Any] = {entry.key: _input(entry) for entry in fields if entry.type != "text"}
    return type(f"Form_{name}", (BaseForm,), attributes)


def _input(entry: Field) -> Any:
    if entry.rows is not None:
        return RowsInput(entry.label, entry, build_class(entry.key, entry.rows.columns))
    kind = PersonalInput if entry.personal is not None else INPUTS[entry.type]
    return kind(entry.label, entry)
