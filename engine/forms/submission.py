"""The whole form: what stands between the answers and submission, and the answers to submit."""

from collections.abc import Mapping, Sequence
from typing import Any

from engine.forms.checking import Place, check_fields, on_page
from engine.forms.conditions import base_scope
from engine.forms.faults import MISSING, Unread, unread_of
from engine.forms.model import ROW_KEY, Field, FieldError, FormContext, FormSchema, Page
from engine.forms.resolve import GivenRow, Level, given_rows, is_true, row_level, rows_of, settle, with_keys


def form_problems(schema: FormSchema, values: Mapping[str, Any], context: FormContext) -> list[FieldError]:
    """Every fault of the whole form in the order of its pages."""
    top = top_level(schema, values, context)
    errors: list[FieldError] = []
    for page in schema.pages:
        if is_asked(page, top):
            errors.extend(page_problems(page, top, context))
    return errors


def top_level(schema: FormSchema, values: Mapping[str, Any], context: FormContext) -> Level:
    """The level of the form itself."""
    return settle(schema.top, values, base_scope(context.today, context.scope), context)


def is_asked(page: Page, level: Level) -> bool:
    """Whether a page is there at all, given the answers."""
    return not any(is_true(condition, level.scope) for condition in page.hide)


def page_problems(page: Page, top: Level, context: FormContext) -> list[FieldError]:
    """The faults of one page of the top level; of a list page those of all items."""
    if page.kind != "list":
        return on_page(check_fields(page.fields, top, context, Place()), page.key, None, None)
    items = with_keys(rows_of(top.local.get(page.key)))
    errors = on_page(_list_faults(page, len(items)), page.key, None, None)
    for index in range(len(items)):
        errors.extend(item_problems(page, items, index, top, context))
    return errors


def item_problems(
    page: Page, items: Sequence[Mapping[str, Any]], index: int, top: Level, context: FormContext
) -> list[FieldError]:
    """The faults of one item of a list page, inner page by inner page."""
    level = item_level(page, items[index], index, top, context)
    place = Place(row_key=str(items[index].get(ROW_KEY, index)))
    errors: list[FieldError] = []
    for inner in page.pages:
        if is_asked(inner, level):
            errors.extend(on_page(check_fields(inner.fields, level, context, place), page.key, index, inner.key))
    return errors


def item_level(page: Page, item: Mapping[str, Any], index: int, top: Level, context: FormContext) -> Level:
    """The level of one item inside the form."""
    return row_level(page.list, item, top.scope, context, index + 1, {})


def clean_values(schema: FormSchema, values: Mapping[str, Any], context: FormContext) -> dict[str, Any]:
    """The values without those of hidden fields and without text that could not be read."""
    return _cleaned(schema.top, top_level(schema, values, context), context)


def _cleaned(fields: Sequence[Field], level: Level, context: FormContext) -> dict[str, Any]:
    kept = {key: None if _is_unread(value) else value for key, value in level.kept().items()}
    for entry in fields:
        if entry.rows is not None and entry.key in kept:
            kept[entry.key] = _cleaned_rows(entry, kept[entry.key], level, context)
    return kept


def _cleaned_rows(entry: Field, value: Any, level: Level, context: FormContext) -> list[dict[str, Any]]:
    spec = entry.rows
    given: dict[str, GivenRow] = {}
    rows = rows_of(value)
    if spec is not None and spec.over is not None:
        given = {row.key: row for row in given_rows(entry, level.scope)}
        rows = [row for row in rows if str(row.get("key")) in given]
    columns = spec.columns if spec is not None else ()
    return [
        _cleaned(columns, row_level(entry, row, level.scope, context, number, given), context)
        for number, row in enumerate(rows, 1)
    ]


def _is_unread(value: Any) -> bool:
    return isinstance(value, Unread) or unread_of(value) is not None


def _list_faults(page: Page, count: int) -> list[FieldError]:
    spec = page.list.rows
    if spec is None:
        return []
    if count < spec.min:
        text = f"{page.title}至少填写 {spec.min} {spec.item_noun}，现在有 {count} {spec.item_noun}"
        if not count and spec.min == 1:
            text = f"请填写{page.title}"
        return [FieldError(page.key, text, anchor=page.key, code=MISSING, label=page.title)]
    if count > spec.max:
        text = f"{page.title}最多 {spec.max} {spec.item_noun}，请删去多余的"
        return [FieldError(page.key, text, anchor=page.key, code="rows.many", label=page.title)]
    return []
