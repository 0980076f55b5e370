"""One page of a form, filled in: what to render, whether it holds, what it says."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.errors import NotFound
from engine.forms.checking import Place, check_fields, find_warnings, on_page
from engine.forms.conditions import Scope, base_scope
from engine.forms.drafts import draft_values
from engine.forms.formdata import SHOWN, RowAction, Submission
from engine.forms.generate import form_class
from engine.forms.inputs import Binding, Input, form_values
from engine.forms.model import ROW_KEY, Field, FieldError, FormContext, FormSchema, Page
from engine.forms.naming import item_name
from engine.forms.resolve import Level, Row, given_rows, rows_of, settle, with_keys
from engine.forms.shown import Shown, all_inputs, decorate, input_names, row_keys, shown_items


class BoundPage:
    """A page bound to values and, after a submission, to what was sent. Made by `bind`.

    `form` is the WTForms form; `action` the row button that was pressed, if any (then show the page again without
    validating); `revealed` the inputs that answers call for and the sent page did not have.
    """

    def __init__(
        self,
        schema: FormSchema,
        page: Page,
        inner: Page,
        values: Mapping[str, Any],
        sent: Submission | None,
        context: FormContext,
        index: int | None,
    ) -> None:
        self.schema, self.page, self.inner = schema, page, inner
        self.context, self.index = context, index
        self.saved = dict(values)
        self.errors: list[FieldError] = []
        self.warnings: list[FieldError] = []
        self.action: RowAction | None = _press(inner.fields, sent) if sent is not None else None
        self._item = self._saved_item()
        self.form = self._build(sent)
        self._level = self._settled({**self._item, **form_values(self.form)})
        decorate(inner.fields, self.form, self._level, context)
        self.items: tuple[Shown, ...] = tuple(shown_items(inner.fields, self.form, self._level))
        self.revealed = self._revealed(sent)

    @property
    def hidden_inputs(self) -> list[tuple[str, str]]:
        """Names and values of hidden inputs to render: which inputs the page has, and the key of each row."""
        return [(SHOWN, " ".join(input_names(self.items))), *row_keys(self.items)]

    @property
    def item_title(self) -> str:
        """What the item of a list page is called; empty on other pages."""
        if self.index is None:
            return ""
        key = str(self._item.get(ROW_KEY, self.index))
        return item_name(self.page.list, Row(self._level, self.index, key))

    def validate(self) -> bool:
        """Check the page; `errors` and the inputs then say what is wrong.

        False without errors where answers call for inputs that the page did not have (`revealed`): show it again.
        """
        found = check_fields(self.inner.fields, self._level, self.context, self._place())
        found = [error for error in found if not self._is_new(error)]
        warnings = find_warnings(self.inner.fields, self._level, self._place())
        inner = None if self.index is None else self.inner.key
        self.errors = on_page(found, self.page.key, self.index, inner)
        self.warnings = on_page(warnings, self.page.key, self.index, inner)
        for field in all_inputs(self.form):
            mine = [error for error in found if _is_own(field, error)]
            field.errors = [error.message for error in mine]
            field.wrong_part = mine[0].part if mine else ""
        return not self.errors and not self.revealed

    def values(self) -> dict[str, Any]:
        """The values of this page: visible fields only, empty ones as None.

        Text that could not be read is `{"$typed": {...}}`, so that a draft shows it again; a personal number that
        does not hold is left as it was before, since a draft keeps no plain number.
        """
        asked = {entry.key for entry in self.inner.fields if entry.holds_value and self._level.asks(entry)}
        drafted = draft_values(self.inner.fields, self._level, self._item)
        return {key: value for key, value in drafted.items() if key in asked}

    def merged(self) -> dict[str, Any]:
        """The values of the whole form with those of this page in their place; its hidden ones are gone."""
        gone = {entry.key for entry in self.inner.fields if entry.holds_value} - self._level.derived
        local = {**{key: value for key, value in self._item.items() if key not in gone}, **self.values()}
        if self.index is None:
            return local
        return {**self.saved, self.page.key: self._with_item(local)}

    def _saved_item(self) -> dict[str, Any]:
        if self.index is None:
            return self.saved
        rows = with_keys(rows_of(self.saved.get(self.page.key)))
        if not 0 <= self.index < len(rows):
            raise NotFound(f"没有第 {self.index + 1} 项，可能已被删去，请从任务列表重新进入", code="form.item")
        return rows[self.index]

    def _with_item(self, item: Mapping[str, Any]) -> list[dict[str, Any]]:
        rows = with_keys(rows_of(self.saved.get(self.page.key)))
        return [dict(item) if place == self.index else row for place, row in enumerate(rows)]

    def _place(self) -> Place:
        return Place(row_key=None if self.index is None else str(self._item.get(ROW_KEY, self.index)))

    def _build(self, sent: Any) -> Any:
        fields = self.inner.fields
        scope = self._settled(self._item).scope
        given = {entry.key: given_rows(entry, scope) for entry in fields}
        data = {entry.key: _initial(entry, self._item, scope) for entry in fields}
        path = (self.page.key,) if self.index is None else (self.page.key, self.inner.key)
        binding = Binding(self.context, given, self._place().row_key)
        return form_class(self.schema, self.inner, path)(sent, data=data, meta={"binding": binding})

    def _settled(self, local: Mapping[str, Any]) -> Level:
        """The level of this page with these answers: the form, or the item inside the form."""
        outer = base_scope(self.context.today, self.context.scope)
        if self.index is None:
            return settle(self.schema.top, local, outer, self.context)
        whole = {**self.saved, self.page.key: self._with_item(local)}
        return settle(self.schema.top, whole, outer, self.context).rows[self.page.key][self.index].level

    def _revealed(self, sent: Submission | None) -> tuple[str, ...]:
        if sent is None or sent.shown is None:
            return ()
        return tuple(name for name in _asked_names(self.items) if name not in sent.shown)

    def _is_new(self, error: FieldError) -> bool:
        """Whether an error stands at an input that the person has not seen yet."""
        return any(error.anchor == name or error.anchor.startswith(f"{name}-") for name in self.revealed)


def _press(fields: Sequence[Field], sent: Submission) -> RowAction | None:
    """Take a pressed row button out of what was sent, and apply it there."""
    names = set(_list_names(fields, "", sent))
    action = sent.action(lambda name: name in names)
    if action is not None and action.verb == "remove" and action.index is not None:
        sent.remove(action.name, action.index)
    elif action is not None and action.verb == "add":
        sent.blank.add(action.name)
    return action


def _list_names(fields: Sequence[Field], prefix: str, sent: Submission) -> Iterator[str]:
    """The lists whose rows come and go, those inside rows included; their rows are numbered anew on the way."""
    for entry in fields:
        if entry.rows is None or entry.rows.fixed:
            continue
        name = f"{prefix}{entry.key}"
        sent.renumber(name)
        yield name
        for index in sent.indices(name):
            yield from _list_names(entry.rows.columns, f"{name}-{index}-", sent)


def _initial(entry: Field, local: Mapping[str, Any], scope: Scope) -> Any:
    """The saved value, else the one that the form file proposes."""
    if entry.key in local:
        return local[entry.key]
    return entry.default.evaluate(scope.names) if entry.default is not None else entry.initial


def _asked_names(items: Sequence[Shown]) -> Iterator[str]:
    for item in items:
        if item.input is not None and not item.field.readonly:
            yield item.input.name
        for row in item.rows:
            yield from _asked_names(row.items)


def _is_own(field: Input, error: FieldError) -> bool:
    """Whether an error stands at this input itself, not at one inside it."""
    if error.label != field.entry.label:
        return False
    return error.anchor in (field.name, f"{field.name}-0", f"{field.name}-{error.part or 'year'}")
