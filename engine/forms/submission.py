"""The whole form: what stands between the answers and submission, and the answers to submit."""

from collections.abc import Mapping, Sequence
from typing import Any

from engine.forms.checking import Place, check_fields, on_page
from engine.forms.conditions import base_scope
from engine.forms.faults import MISSING, Unread, unread_of
from engine.forms.model import ROW_KEY, Field, FieldError, FormContext, FormSchema, Page
from engine.forms.resolve import Level, Row, is_true, settle

_ROW_NAMES = (ROW_KEY, "key", "label")


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
    """Whether a page is there at all, given the answers: it is not hidden, and asks something."""
    if any(is_true(condition, level.scope) for condition in page.hide):
        return False
    return any(level.asks(entry) for entry in page.fields if entry.type != "text")


def page_problems(page: Page, top: Level, context: FormContext) -> list[FieldError]:
    """The faults of one page of the top level; of a list page those of all items."""
    if page.kind != "list":
        return on_page(check_fields(page.fields, top, context, Place()), page.key, None, None)
    items = items_of(page, top)
    errors = on_page(_list_faults(page, len(items)), page.key, None, None)
    for item in items:
        errors.extend(item_problems(page, item, context))
    return errors


def items_of(page: Page, top: Level) -> tuple[Row, ...]:
    """The items of a list page."""
    return top.rows.get(page.key, ())


def item_problems(page: Page, item: Row, context: FormContext) -> list[FieldError]:
    """The faults of one item of a list page, inner page by inner page."""
    errors: list[FieldError] = []
    for inner in page.pages:
        if is_asked(inner, item.level):
            found = check_fields(inner.fields, item.level, context, Place(row_key=item.key))
            errors.extend(on_page(found, page.key, item.index, inner.key))
    return errors


def clean_values(schema: FormSchema, values: Mapping[str, Any], context: FormContext) -> dict[str, Any]:
    """The answers to the form's own fields: none of hidden ones, no unread text, nothing that the form does not ask."""
    return _cleaned(schema.top, top_level(schema, values, context))


def _cleaned(fields: Sequence[Field], level: Level) -> dict[str, Any]:
    known = {entry.key for entry in fields if entry.holds_value}.union(_ROW_NAMES, *(_told(entry) for entry in fields))
    kept = {key: None if _is_unread(value) else value for key, value in level.kept().items() if key in known}
    for entry in fields:
        if entry.rows is not None and entry.key in kept:
            rows = level.rows.get(entry.key, ())
            current = [row for row in rows if entry.rows.over is None or row.given is not None]
            kept[entry.key] = [
                {**_cleaned(entry.rows.columns, row.level), **_said_by_case(entry, row)} for row in current
            ]
    return kept


def _said_by_case(entry: Field, row: Row) -> dict[str, Any]:
    """What the case itself says in a row that it gives: nobody else may say it otherwise."""
    if row.given is None or entry.rows is None:
        return {}
    readonly = {column.key: row.given.data.get(column.key) for column in entry.rows.columns if column.readonly}
    return {**readonly, "key": row.given.key, "label": row.given.label}


def _told(entry: Field) -> tuple[str, ...]:
    return entry.personal.derive if entry.personal is not None else ()


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
