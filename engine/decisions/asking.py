"""A table that was evaluated, told again cell by cell for an explanation."""

from typing import TYPE_CHECKING, Any

from engine.decisions.reasons import Asked, Cell, Checked, Column, FiredRule, Row
from engine.decisions.state import Reasons, State

if TYPE_CHECKING:
    from engine.decisions.model import Rule, Table

CELLS_PER_STEP = 16
_VERDICTS = {True: "held", False: "failed", None: "unknown"}


def asked(table: "Table", values: list[Any], fired: list[FiredRule], state: State) -> Asked:
    """Every cell again, also those behind the one that failed; what that notes has been noted before, or is beside it."""
    state.run.spend(len(table.rules) * (1 + len(table.inputs) // CELLS_PER_STEP))
    before = state.run.notes, state.notes, state.reasons
    state.run.notes, state.notes, state.reasons = None, [], Reasons()
    try:
        rows = _rows(table, values, {rule.number: rule for rule in fired}, state)
    finally:
        state.run.notes, state.notes, state.reasons = before
    columns = tuple(
        Column(column.label, column.expression.text, state.run.export(value))
        for column, value in zip(table.inputs, values, strict=True)
    )
    return Asked(
        table.name,
        table.hit_policy,
        table.aggregation,
        {column.label: column.value for column in columns},
        columns,
        tuple((column.label, column.name) for column in table.outputs),
        tuple(rows),
        tuple(_row(rule, tuple(_unasked(rule)), ()) for rule in table.rules[len(rows) :]),
    )


def _rows(table: "Table", values: list[Any], fired: dict[int, FiredRule], state: State) -> list[Row]:
    """The rows that were asked: of a FIRST table those up to its hit."""
    rows = []
    for rule in table.rules:
        hit = fired.get(rule.number)
        cells = tuple(_cells(rule, values, state))
        if hit is None:
            failed = next(column for column, _ in rule.conditions if cells[column].verdict != "held")
            first = Checked(table.inputs[failed].label, cells[failed].test, state.run.export(values[failed]))
            rows.append(_row(rule, cells, (first,)))
            continue
        outputs = tuple(hit.outputs.values())
        notes = dict(rule.annotations)
        rows.append(Row(rule.id, rule.number, True, hit.checked, hit.clause, hit.reason, cells, outputs, notes))
        if table.hit_policy == "FIRST":
            break
    return rows


def _row(rule: "Rule", cells: tuple[Cell, ...], checked: tuple[Checked, ...]) -> Row:
    """A row that did not fire."""
    outputs = tuple(cell.text if cell is not None else "" for cell in rule.outputs)
    notes = dict(rule.annotations)
    return Row(rule.id, rule.number, False, checked, notes.get("clause", ""), "", cells, outputs, notes)


def _cells(rule: "Rule", values: list[Any], state: State) -> list[Cell]:
    return [
        Cell(test.text, "any" if test.is_any else _VERDICTS[test.matches_in(state.run, value)])
        for test, value in zip(rule.tests, values, strict=True)
    ]


def _unasked(rule: "Rule") -> list[Cell]:
    return [Cell(test.text, "any" if test.is_any else "unasked") for test in rule.tests]


__all__ = ["asked"]
