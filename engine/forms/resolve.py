"""Which fields of a level are asked, given the answers: hidden, derived from a number, or visible."""

from collections import ChainMap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from hashlib import sha256
from typing import Any

from engine.errors import Invalid
from engine.forms.conditions import Condition, Scope
from engine.forms.dates import split_date
from engine.forms.faults import Fault, Unread, unread_of
from engine.forms.model import ROW_KEY, Field, FormContext, Option, Rows
from engine.forms.personal import OTHER_ID, Personal, is_sealed, read_personal
from engine.forms.typed import read_parts, show_text


@dataclass(frozen=True)
class Level:
    """One level of answers: the form, an item, a row; with what is hidden or derived in it, and its own rows."""

    local: Mapping[str, Any]
    scope: Scope
    hidden: frozenset[str]
    derived: frozenset[str]
    rows: Mapping[str, tuple["Row", ...]] = field(default_factory=dict)

    def asks(self, entry: Field) -> bool:
        """Whether this field is asked."""
        return entry.key not in self.hidden and entry.key not in self.derived

    def kept(self) -> dict[str, Any]:
        """The answers without those of hidden fields."""
        return {key: value for key, value in self.local.items() if key not in self.hidden or key in self.derived}


@dataclass(frozen=True)
class GivenRow:
    """One row of a list that the case gives: its key, its name, what the case says of it."""

    key: str
    label: str
    data: Mapping[str, Any]

    @property
    def slug(self) -> str:
        """The key in the alphabet of input names."""
        return sha256(self.key.encode()).hexdigest()[:10]

    def outer(self, scope: Scope) -> Scope:
        """The scope in which the block of this row stands: `row` and the row's own names."""
        return Scope({**scope.names, **self.data, "row": dict(self.data)}, scope.local)


@dataclass(frozen=True)
class Row:
    """One row of a list, settled. `given` is what the case says of it, where the case gives the rows."""

    level: Level
    index: int
    key: str
    given: GivenRow | None = None

    @property
    def slug(self) -> str:
        """What stands for this row in input names."""
        return self.given.slug if self.given is not None else str(self.index)


def resolve(fields: Sequence[Field], local: Mapping[str, Any], outer: Scope, number: int | None = None) -> Level:
    """Decide which fields are asked.

    A hidden answer counts as not given, which may hide others; what was hidden once stays hidden, so this ends.
    """
    hidden: frozenset[str] = frozenset()
    while True:
        visible = {key: value for key, value in local.items() if key not in hidden}
        scope = outer.inside(visible, number)
        derived = _derived(fields, scope)
        found = frozenset(entry.key for entry in fields if entry.key not in derived and _is_hidden(entry, scope))
        if found <= hidden:
            return Level(local, scope, hidden, derived)
        hidden |= found


def settle(
    fields: Sequence[Field], local: Mapping[str, Any], outer: Scope, context: FormContext, number: int | None = None
) -> Level:
    """Resolve a level and all rows in it.

    Chosen texts get the value of their option, typed personal numbers are read; rows get keys.
    """
    chosen = {**local, **{entry.key: _plain_read(entry, local[entry.key]) for entry in fields if entry.key in local}}
    choices = [entry for entry in fields if entry.choices is not None and entry.key in chosen]
    if choices:
        before = outer.inside(chosen, number)
        for entry in choices:
            chosen[entry.key] = _chosen(options_of(entry, before, context), chosen[entry.key])
    level = resolve(fields, chosen, outer, number)
    rows: dict[str, tuple[Row, ...]] = {}
    for entry in fields:
        if entry.personal is not None and entry.key in chosen:
            chosen[entry.key] = _read(entry, chosen[entry.key], level.scope, context)
    for entry in fields:
        if entry.rows is not None and entry.key in chosen:
            rows[entry.key] = _settled_rows(entry, entry.rows, chosen[entry.key], level.scope, context)
            chosen[entry.key] = [dict(row.level.local) for row in rows[entry.key]]
    read = rows or any(entry.personal is not None for entry in fields)
    return replace(resolve(fields, chosen, outer, number), rows=rows) if read else level


def _settled_rows(entry: Field, spec: Rows, value: Any, scope: Scope, context: FormContext) -> tuple[Row, ...]:
    given = {row.key: row for row in given_rows(entry, scope)}
    found: list[Row] = []
    for index, row in enumerate(rows_of(value) if spec.over is not None else with_keys(rows_of(value))):
        key = str(row.get("key" if spec.over is not None else ROW_KEY, index))
        source = given.get(key)
        outer = source.outer(scope) if source is not None else scope
        found.append(Row(settle(spec.columns, row, outer, context, index + 1), index, key, source))
    return tuple(found)


def options_of(entry: Field, scope: Scope, context: FormContext) -> tuple[Option, ...]:
    """The options of a choice, from the file, the context or FEEL."""
    choices = entry.choices
    if choices is None:
        return ()
    if choices.key:
        return tuple(Option(value, str(label)) for value, label in context.options.get(choices.key, ()))
    if choices.expression is None:
        return choices.fixed
    found = choices.expression.evaluate(scope.names)
    return tuple(_option(value) for value in found) if isinstance(found, list) else ()


def expected_kind(entry: Field, scope: Scope) -> str:
    """Which kind of number this field takes, given the answers."""
    rule = entry.personal
    if rule is None:
        return ""
    holds = rule.when is None or rule.when.evaluate(scope.names) is True
    return rule.kind if holds else OTHER_ID


def is_true(condition: Condition | None, scope: Scope) -> bool:
    """Whether a condition is there and true."""
    return condition is not None and condition.evaluate(scope.names) is True


def given_rows(entry: Field, scope: Scope) -> list[GivenRow]:
    """The rows over which a decision list runs; a list that cannot be had gives none."""
    over = entry.rows.over if entry.rows else None
    found = over.rows.evaluate(scope.names) if over is not None else None
    if over is None or not isinstance(found, list):
        return []
    rows: list[GivenRow] = []
    around = dict(scope.names)
    for number, value in enumerate(found, 1):
        data = dict(value) if isinstance(value, Mapping) else {"value": value}
        names = ChainMap({**data, "row": value}, around)
        key = show_text(over.key.evaluate(names)) or str(number)
        label = show_text(over.label.evaluate(names)) or key
        taken = {row.key for row in rows}
        rows.append(GivenRow(key if key not in taken else f"{key}#{number}", label, data))
    return rows


def rows_of(value: Any) -> list[dict[str, Any]]:
    """The rows of a list answer; what is no row is left out."""
    return [dict(row) for row in value if isinstance(row, Mapping)] if isinstance(value, list | tuple) else []


def with_keys(rows: Sequence[Mapping[str, Any]], taken: Sequence[str] = ()) -> list[dict[str, Any]]:
    """The rows, each with a key of its own that stays when others are removed."""
    used = {str(key) for key in taken}
    highest = max(
        (int(key) for key in [*used, *(str(row.get(ROW_KEY, "")) for row in rows)] if _counts(key)), default=0
    )
    seen: set[str] = set()
    keyed: list[dict[str, Any]] = []
    for row in rows:
        key = str(row.get(ROW_KEY) or "")
        if not key or key in seen:
            highest += 1
            key = str(highest)
        seen.add(key)
        keyed.append({**row, ROW_KEY: key})
    return keyed


def _counts(key: str) -> bool:
    return key.isascii() and key.isdigit() and len(key) < 10


def _is_hidden(entry: Field, scope: Scope) -> bool:
    return any(is_true(condition, scope) for condition in entry.hide)


def _derived(fields: Sequence[Field], scope: Scope) -> frozenset[str]:
    keys: set[str] = set()
    for entry in fields:
        if entry.personal and entry.personal.derive and not _is_hidden(entry, scope):
            keys.update(entry.personal.derive if expected_kind(entry, scope) == entry.personal.kind else ())
    return frozenset(keys)


def _plain_read(entry: Field, value: Any) -> Any:
    """A number or a date as plain data writes it (`4`, `"4.5"`, `"2026-11-23"`); anything else as it is."""
    if entry.type == "number" and isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if entry.type not in ("number", "datetime") or not isinstance(value, str):
        return value
    parts = split_date(value) if entry.type == "datetime" else {"text": value}
    try:
        return read_parts(entry, parts)
    except Fault:
        return Unread(parts)


def _chosen(options: Sequence[Option], value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_chosen(options, entry) for entry in value]
    text = show_text(value)
    return next((option.value for option in options if text and show_text(option.value) == text), value)


def _option(value: Any) -> Option:
    if isinstance(value, Mapping):
        return Option(value.get("value"), show_text(value.get("label")) or show_text(value.get("value")))
    return Option(value, show_text(value))


def _read(entry: Field, value: Any, scope: Scope, context: FormContext) -> Any:
    """A number typed as text becomes `Personal`; what does not hold stays text to be shown again."""
    unread = unread_of(value)
    text = unread.parts.get("text", "") if unread is not None else value
    if entry.personal is None or isinstance(value, Personal) or is_sealed(value) or not isinstance(text, str):
        return value
    if not text.strip():
        return None
    try:
        return read_personal(expected_kind(entry, scope), text, entry.personal.derive, context.today)
    except Invalid:
        return Unread({"text": text})
