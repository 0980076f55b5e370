"""What a page renders: inputs and sentences in order, rows with their inputs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from engine.forms.checking import is_required
from engine.forms.inputs import ROW_FIELD, Input, RowInput, RowsInput, input_options
from engine.forms.model import Field, FormContext
from engine.forms.naming import item_name, own_name
from engine.forms.resolve import Level, options_of


@dataclass(frozen=True)
class Shown:
    """One thing to render, in order: an input, or a sentence between inputs. `legend` names a group it begins."""

    field: Field
    input: Any = None
    legend: str = ""
    required: bool = False
    rows: tuple["ShownRow", ...] = ()

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


def shown_items(fields: Sequence[Field], form: Any, level: Level) -> Iterator[Shown]:
    """What to render of these fields, in order, without what is hidden."""
    legend = ""
    for entry in fields:
        if not level.asks(entry):
            continue
        begins = entry.legend if entry.legend != legend else ""
        legend = entry.legend
        field = None if entry.type == "text" else form[entry.key]
        rows = _shown_rows(entry, field, level) if isinstance(field, RowsInput) else ()
        yield Shown(entry, field, begins, is_required(entry, level), rows)


def decorate(fields: Sequence[Field], form: Any, level: Level, context: FormContext) -> None:
    """Tell each choice its value and its options, now that they are known."""
    for entry in fields:
        if entry.choices is not None:
            form[entry.key].data = level.local.get(entry.key)
            form[entry.key].options = input_options(form[entry.key], options_of(entry, level.scope, context))
        elif entry.rows is not None:
            for row, settled in zip(form[entry.key].rows, level.rows.get(entry.key, ()), strict=True):
                decorate(entry.rows.columns, row.form, settled.level, context)


def row_keys(items: Sequence[Shown]) -> Iterator[tuple[str, str]]:
    """Names and keys of the hidden inputs that tell rows apart."""
    for item in items:
        for shown in item.rows:
            if shown.row.given is None:
                yield f"{shown.row.prefix}{ROW_FIELD}", shown.row.key
            yield from row_keys(shown.items)


def input_names(items: Sequence[Shown]) -> Iterator[str]:
    """The names of all inputs, rows included."""
    for item in items:
        if item.input is not None:
            yield item.input.name
        for shown in item.rows:
            yield from input_names(shown.items)


def all_inputs(form: Any) -> Iterator[Input]:
    """Every input of a form, rows included."""
    for field in form:
        yield field
        for row in field.rows if isinstance(field, RowsInput) else ():
            yield from all_inputs(row.form)


def _shown_rows(entry: Field, field: RowsInput, level: Level) -> tuple[ShownRow, ...]:
    columns = entry.rows.columns if entry.rows is not None else ()
    found: list[ShownRow] = []
    for row, settled in zip(field.rows, level.rows.get(entry.key, ()), strict=True):
        label = own_name(entry, settled) or item_name(entry, settled)
        items = tuple(shown_items(columns, row.form, settled.level))
        found.append(ShownRow(row, label, items, field.remove_action(row)))
    return tuple(found)
