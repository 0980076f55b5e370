"""One page of a form, filled in: what to render, whether it holds, what it says."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.errors import NotFound
from engine.forms.checking import Place, check_fields, find_warnings, on_page, row_place
from engine.forms.conditions import Scope, base_scope
from engine.forms.faults import Unread
from engine.forms.formdata import SHOWN, RowAction, Submission
from engine.forms.generate import form_class
from engine.forms.inputs import ROW_FIELD, Binding, Input, RowInput, RowsInput, form_values, input_options
from engine.forms.model import ROW_KEY, Field, FieldError, FormContext, FormSchema, Page
from engine.forms.personal import is_sealed
from engine.forms.resolve import GivenRow, Level, given_rows, options_of, resolve, row_level, rows_of, settle, with_keys


@dataclass(frozen=True)
class Shown:
    """One thing to render, in order: an input, or a sentence between inputs. `legend` names a group it begins."""

    field: Field
    input: Any = None
    legend: str = ""

    @property
    def text(self) -> str:
        """The sentence, where this is no input."""
        return self.field.label if self.input is None else ""


@dataclass(frozen=True)
class ShownRow:
    """One row of a list to render: what it is called, the inputs, the value of its remove button."""

    row: RowInput
    label: str
    items: tuple[Shown, ...]
    remove_action: str


class BoundPage:
    """A page bound to values and, after a submission, to what was sent. Made by `bind`."""

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
        self.action = self._press(sent)
        self._outer = base_scope(context.today, context.scope)
        self._item = self._saved_item()
        self.form = self._build(sent)
        self._level = self._settled()
        self.revealed = self._revealed(sent)
        self._decorate(self.form, inner.fields, self._level, self._place())

    # --- what to render ---

    @property
    def items(self) -> tuple[Shown, ...]:
        """What to render, in order, without what is hidden."""
        return tuple(_shown(self.inner.fields, self.form, self._level))

    def rows(self, field: RowsInput) -> list[ShownRow]:
        """The rows of a list of this page, in order."""
        entry = field.entry
        given = {row.given.key: row.given for row in field.rows if row.given is not None}
        shown: list[ShownRow] = []
        for row, value in zip(field.rows, rows_of(self._level.local.get(entry.key)), strict=True):
            level = row_level(entry, value, self._level.scope, self.context, row.index + 1, given)
            label = row.label or _item_name(entry, level.scope)
            items = tuple(_shown(entry.rows.columns if entry.rows else (), row.form, level))
            shown.append(ShownRow(row, label, items, field.remove_action(row)))
        return shown

    @property
    def hidden_inputs(self) -> list[tuple[str, str]]:
        """Names and values of hidden inputs to render: which inputs the page has, and the key of each row."""
        names: list[str] = []
        keys: list[tuple[str, str]] = []
        for item in self.items:
            if item.input is None:
                continue
            names.append(item.input.name)
            for shown in self.rows(item.input) if isinstance(item.input, RowsInput) else ():
                names.extend(inside.input.name for inside in shown.items if inside.input is not None)
                if not item.input.is_given:
                    keys.append((f"{shown.row.prefix}{ROW_FIELD}", shown.row.key))
        return [(SHOWN, " ".join(names)), *keys]

    @property
    def item_title(self) -> str:
        """What the item of a list page is called; empty on other pages."""
        if self.index is None:
            return ""
        return _item_name(self.page.list, self._level.scope) or f"第 {self.index + 1} {_noun(self.page)}"

    # --- whether it holds ---

    def validate(self) -> bool:
        """Check the page; `errors` and the inputs then say what is wrong.

        False without errors where answers call for inputs that the page did not have (`revealed`): show it again.
        """
        found = check_fields(self.inner.fields, self._level, self.context, self._place())
        waiting = tuple(f"{name}-" for name in self.revealed)
        found = [error for error in found if not _is_at(error.anchor, self.revealed, waiting)]
        self.errors = on_page(found, self.page.key, self.index, self._inner_key())
        self.warnings = on_page(
            find_warnings(self.inner.fields, self._level, self._place()), self.page.key, self.index, self._inner_key()
        )
        for field in _inputs(self.form):
            mine = [error for error in found if _is_own(field, error)]
            field.errors = [error.message for error in mine]
            field.wrong_part = mine[0].part if mine else ""
        return not self.errors and not self.revealed

    # --- what it says ---

    def values(self) -> dict[str, Any]:
        """The values of this page: visible fields only, empty ones as None.

        Text that could not be read is `{"$typed": {...}}`, so that a draft shows it again; a personal number that
        does not hold is left as it was before, since a draft keeps no plain number.
        """
        keys = {entry.key for entry in self.inner.fields if entry.holds_value and self._level.asks(entry)}
        found = {key: value for key, value in self._level.local.items() if key in keys}
        return _exported(found, self.inner.fields, self._item, self._level, self.context)

    def merged(self) -> dict[str, Any]:
        """The values of the whole form with those of this page in their place; its hidden ones are gone."""
        own = self.values()
        gone = {
            entry.key
            for entry in self.inner.fields
            if entry.holds_value and entry.key not in own and entry.key not in self._level.derived
        }
        local = {**{key: value for key, value in self._item.items() if key not in gone}, **own}
        if self.index is None:
            return local
        rows = with_keys(rows_of(self.saved.get(self.page.key)))
        rows[self.index] = local
        return {**self.saved, self.page.key: rows}

    # --- building ---

    def _press(self, sent: Submission | None) -> RowAction | None:
        """Take a pressed row button out of what was sent, and apply it there."""
        if sent is None:
            return None
        lists = {entry.key for entry in self.inner.fields if entry.rows is not None and not entry.rows.fixed}
        for name in lists:
            sent.renumber(name)
        action = sent.action(lambda name: name in lists)
        if action is not None and action.verb == "remove" and action.index is not None:
            sent.renumber(action.name, without=action.index)
            if sent.shown is not None:
                sent.shown.add(action.name)
        elif action is not None and action.verb == "add":
            sent.blank.add(action.name)
        return action

    def _saved_item(self) -> dict[str, Any]:
        if self.index is None:
            return self.saved
        rows = with_keys(rows_of(self.saved.get(self.page.key)))
        if not 0 <= self.index < len(rows):
            raise NotFound(f"没有第 {self.index + 1} {_noun(self.page)}，可能已被删去", code="form.item")
        return rows[self.index]

    def _place(self) -> Place:
        row_key = None if self.index is None else str(self._item.get(ROW_KEY, self.index))
        return Place(row_key=row_key)

    def _inner_key(self) -> str | None:
        return None if self.index is None else self.inner.key

    def _build(self, sent: Any) -> Any:
        level = self._surroundings(self._item)
        given = {entry.key: given_rows(entry, level.scope) for entry in self.inner.fields if _is_given(entry)}
        data = {entry.key: _initial(entry, self._item, level.scope) for entry in self.inner.fields}
        path = (self.page.key,) if self.index is None else (self.page.key, self.inner.key)
        binding = Binding(self.context, given, self._place().row_key)
        return form_class(self.schema, self.inner, path)(sent, data=data, meta={"binding": binding})

    def _surroundings(self, local: Mapping[str, Any]) -> Level:
        """The level of this page: the form, or the item inside the form."""
        if self.index is None:
            return settle(self.schema.top, local, self._outer, self.context)
        rows = with_keys(rows_of(self.saved.get(self.page.key)))
        rows[self.index] = dict(local)
        top = resolve(self.schema.top, {**self.saved, self.page.key: rows}, self._outer)
        columns = self.page.list.rows.columns if self.page.list.rows else ()
        return settle(columns, local, top.scope, self.context, self.index + 1)

    def _settled(self) -> Level:
        level = self._surroundings({**self._item, **form_values(self.form)})
        local = dict(level.local)
        for entry in self.inner.fields:
            if entry.rows is not None:
                local[entry.key] = _settled_rows(entry, local.get(entry.key), level.scope, self.context)
        return Level(local, level.scope, level.hidden, level.derived)

    def _revealed(self, sent: Submission | None) -> tuple[str, ...]:
        if sent is None or sent.shown is None:
            return ()
        return tuple(
            item.input.name
            for item in self.items
            if item.input is not None and not item.field.readonly and item.input.name not in sent.shown
        )

    def _decorate(self, form: Any, fields: Sequence[Field], level: Level, place: Place) -> None:
        """Tell each input its value and its options, now that they are known."""
        for entry in fields:
            if not entry.holds_value:
                continue
            field = form[entry.key]
            if entry.rows is not None:
                self._decorate_rows(entry, field, level, place)
                continue
            if entry.choices is not None:
                field.data = level.local.get(entry.key)
                field.options = input_options(field, options_of(entry, level.scope, self.context))

    def _decorate_rows(self, entry: Field, field: RowsInput, level: Level, place: Place) -> None:
        given = {row.given.key: row.given for row in field.rows if row.given is not None}
        for row, value in zip(field.rows, rows_of(level.local.get(entry.key)), strict=True):
            inside = row_level(entry, value, level.scope, self.context, row.index + 1, given)
            columns = entry.rows.columns if entry.rows else ()
            self._decorate(row.form, columns, inside, row_place(entry, value, row.index, given, place))


def item_name(entry: Field, item: Mapping[str, Any], scope: Scope, number: int) -> str:
    """What an item of a list is called: by its label expression, else by its number."""
    spec = entry.rows
    name = _item_name(entry, scope.inside(item, number))
    return name or f"第 {number} {spec.item_noun if spec else '条'}"


def _item_name(entry: Field, scope: Scope) -> str:
    condition = entry.rows.item_label if entry.rows else None
    value = condition.evaluate(scope.names) if condition is not None else None
    return value if isinstance(value, str) else ""


def _noun(page: Page) -> str:
    return page.list.rows.item_noun if page.list.rows else "条"


def _is_given(entry: Field) -> bool:
    return entry.rows is not None and entry.rows.over is not None


def _initial(entry: Field, local: Mapping[str, Any], scope: Scope) -> Any:
    """The saved value, else the one that the form file proposes."""
    if entry.key in local:
        return local[entry.key]
    if entry.default is not None:
        return entry.default.evaluate(scope.names)
    return entry.initial


def _settled_rows(entry: Field, value: Any, scope: Scope, context: FormContext) -> list[dict[str, Any]]:
    given: dict[str, GivenRow] = {row.key: row for row in given_rows(entry, scope)} if _is_given(entry) else {}
    return [
        dict(row_level(entry, row, scope, context, number, given).local) for number, row in enumerate(rows_of(value), 1)
    ]


def _shown(fields: Sequence[Field], form: Any, level: Level) -> Iterator[Shown]:
    legend = ""
    for entry in fields:
        if not level.asks(entry):
            continue
        begins = entry.legend if entry.legend != legend else ""
        legend = entry.legend
        yield Shown(entry, None if entry.type == "text" else form[entry.key], begins)


def _inputs(form: Any) -> Iterator[Input]:
    for field in form:
        yield field
        for row in field.rows if isinstance(field, RowsInput) else ():
            yield from _inputs(row.form)


def _is_own(field: Input, error: FieldError) -> bool:
    """Whether an error stands at this input itself, not at one inside it."""
    if error.label != field.entry.label:
        return False
    return error.anchor == field.name or error.anchor in (f"{field.name}-0", f"{field.name}-{error.part or 'year'}")


def _is_at(anchor: str, names: Sequence[str], prefixes: tuple[str, ...]) -> bool:
    return anchor in names or (bool(prefixes) and anchor.startswith(prefixes))


def _exported(
    local: Mapping[str, Any], fields: Sequence[Field], before: Mapping[str, Any], level: Level, context: FormContext
) -> dict[str, Any]:
    """Values as they may be saved: hidden ones of rows gone, unread text marked, unread numbers as before."""
    columns = {entry.key: entry for entry in fields}
    found: dict[str, Any] = {}
    for key, value in local.items():
        entry = columns.get(key)
        if isinstance(value, Unread):
            if entry is None or entry.personal is None:
                found[key] = {"$typed": dict(value.parts)}
            elif is_sealed(before.get(key)):
                found[key] = before[key]
            else:
                found[key] = None
        elif entry is not None and entry.rows is not None:
            found[key] = _exported_rows(entry, value, before.get(key), level, context)
        else:
            found[key] = value
    return found


def _exported_rows(entry: Field, value: Any, before: Any, level: Level, context: FormContext) -> list[dict[str, Any]]:
    given = {row.key: row for row in given_rows(entry, level.scope)} if _is_given(entry) else {}
    name = "key" if given else ROW_KEY
    known = {str(row.get(name)): row for row in rows_of(before)}
    rows: list[dict[str, Any]] = []
    for number, row in enumerate(rows_of(value), 1):
        inside = row_level(entry, row, level.scope, context, number, given)
        columns = entry.rows.columns if entry.rows else ()
        rows.append(_exported(inside.kept(), columns, known.get(str(row.get(name)), {}), inside, context))
    return rows
