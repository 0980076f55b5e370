"""Evaluating a table: inputs once, rows in order, then the hit policy (DMN 1.5 section 8.2 on hit policies and
default outputs, and section 10.3.2.10)."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any

from engine.decisions.asking import asked
from engine.decisions.matching import ASKED_PER_STEP
from engine.decisions.reasons import Checked, FiredRule
from engine.decisions.state import State
from engine.feel import Run, compile_expression, kind

if TYPE_CHECKING:
    from engine.decisions.model import Input, Rule, Table

CELLS_PER_STEP = 16
CONTAINERS = frozenset((list, dict))
#: Equality of FEEL: what Python takes as equal, as 1 and true, is not.
_SAME = compile_expression("a = b")
_AGGREGATES = {name.upper(): compile_expression(f"{name}(results)") for name in ("sum", "min", "max")}


def evaluate_table(table: "Table", state: State) -> Any:
    """The result; the rows that fired go to the state."""
    state.run.spend(1 + len(table.rules) * max(1, len(table.inputs)) // CELLS_PER_STEP)
    run = state.run
    values = table.sheet.values(run) if run.notes is None else [_noted(one, table, state) for one in table.inputs]
    if table.bounded:
        _check_inputs(table, values, state)
    owned = values
    if not CONTAINERS.isdisjoint(map(type, values)):
        owned = [value if value.__class__ not in CONTAINERS else run.export(value) for value in values]
    fired = _fired(table, values, owned, state)
    if state.reasons is not None:
        state.reasons.tables.append(asked(table, values, fired, state))
    result, kept = _hit(table, fired, state)
    state.fired.extend(kept)
    state.inputs.update(zip(table.labels, owned, strict=True))
    return result


def _noted(column: "Input", table: "Table", state: State) -> Any:
    """The value of a column; the notes made for it say where they belong."""
    before, state.run.notes = state.run.notes or [], []
    value = column.expression.value_in(state.run)
    state.run.notes = before + [f"表“{table.name}”输入列“{column.label}”{note}" for note in state.run.notes]
    return value


def _check_inputs(table: "Table", values: list[Any], state: State) -> None:
    for number, allowed in table.bounded:
        if allowed.matches_in(state.run, values[number]) is not True:
            state.note(f"表“{table.name}”的输入“{table.inputs[number].label}”不在它列出的取值里")


def _fired(table: "Table", values: list[Any], owned: list[Any], state: State) -> list[FiredRule]:
    run = state.run
    rows = table.matcher.firing(run, values) if run.notes is None else _row_by_row(table, values, run)
    if table.hit_policy == "FIRST":
        rows = islice(rows, 1)
    return [_fire(table, number, owned, state) for number in rows]


def _row_by_row(table: "Table", values: list[Any], run: Run) -> Iterator[int]:
    """The same rows; every cell is asked in its place, so that the notes tell of each."""
    for number, rule in enumerate(table.rules):
        run.spend((number % ASKED_PER_STEP == 0) + len(rule.conditions) // ASKED_PER_STEP)
        if all(test.holds(run, values[column]) is True for column, test in rule.conditions):
            yield number


def _fire(table: "Table", number: int, owned: list[Any], state: State) -> FiredRule:
    run, labels, rule, constant = state.run, table.labels, table.rules[number], table.constant[number]
    run.spend()
    outputs = constant.copy() if constant is not None else _answers(table, rule, run)
    checked = tuple([Checked(labels[column], test.text, owned[column]) for column, test in rule.conditions])
    return FiredRule(rule.id, rule.number, outputs, rule.annotations, checked)


def _answers(table: "Table", rule: "Rule", run: Run) -> dict[str, Any]:
    outputs: dict[str, Any] = {}
    for column, cell in zip(table.outputs, rule.outputs, strict=True):
        value = cell.gives(run) if cell is not None else None
        outputs[column.name] = value if value.__class__ not in CONTAINERS else run.export(value)
    return outputs


def _hit(table: "Table", fired: list[FiredRule], state: State) -> tuple[Any, list[FiredRule]]:
    if not fired:
        return _default(table, state), []
    results = [_result(table, rule) for rule in fired]
    match table.hit_policy:
        case "UNIQUE" if len(fired) > 1:
            numbers = "、".join(str(rule.number) for rule in fired)
            state.note(f"表“{table.name}”第 {numbers} 行同时命中，而表要求只命中一行")
            return None, fired
        case "ANY" if any(_SAME.evaluate({"a": one, "b": results[0]}) is not True for one in results[1:]):
            numbers = "、".join(str(rule.number) for rule in fired)
            state.note(f"表“{table.name}”第 {numbers} 行同时命中而结果不一致，表要求一致")
            return None, fired
        case "PRIORITY":
            best = min(fired, key=lambda rule: _rank(table, rule))
            return _result(table, best), [best]
        case "OUTPUT ORDER":
            ordered = sorted(fired, key=lambda rule: _rank(table, rule))
            return [_result(table, rule) for rule in ordered], ordered
        case "RULE ORDER":
            return results, fired
        case "COLLECT":
            return _aggregate(table, results, state), fired
    return results[0], fired


def _result(table: "Table", rule: FiredRule) -> Any:
    return next(iter(rule.outputs.values())) if len(table.outputs) == 1 else rule.outputs


def _default(table: "Table", state: State) -> Any:
    """What the columns give by default, null those without one; null where none has any."""
    if all(column.default is None for column in table.outputs):
        return None
    values = {
        column.name: None if column.default is None else state.run.export(column.default.value_in(state.run))
        for column in table.outputs
    }
    return next(iter(values.values())) if len(table.outputs) == 1 else values


def _rank(table: "Table", rule: FiredRule) -> tuple[int, ...]:
    """The place of the outputs among their allowed values, column by column from the left."""
    ranks = []
    for column in table.outputs:
        value = rule.outputs[column.name]
        places = (at for at, one in enumerate(column.priorities) if one == value and kind(one) == kind(value))
        ranks.append(next(places, len(column.priorities)))
    return tuple(ranks)


def _aggregate(table: "Table", results: list[Any], state: State) -> Any:
    if table.aggregation is None:
        return results
    if table.aggregation == "COUNT":
        return Decimal(len(results))
    value, notes = _AGGREGATES[table.aggregation].evaluate_with_notes({"results": results})
    for note in notes:
        state.note(f"表“{table.name}”的结果不能汇总：{note}")
    return value
