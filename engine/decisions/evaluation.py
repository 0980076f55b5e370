"""Evaluating: inputs once, rows in order, then the hit policy (DMN 1.5 §8.2.10, §8.2.11)."""

from collections import ChainMap
from collections.abc import Mapping
from decimal import Decimal
from functools import reduce
from typing import Any

from engine.decisions.model import Decision, Evaluation, FiredRule, Rule, Table
from engine.feel import Budget, Expression

MANY = {"COLLECT", "RULE ORDER", "OUTPUT ORDER"}


def evaluate(decision: Decision, scope: Mapping[str, Any], budget: Budget | None = None) -> Evaluation:
    """Required decisions first; their results are seen by id and by name."""
    for key in decision.requires:
        if (needed := decision.model.get(key)) is not None:
            result = evaluate(needed, scope, budget).result
            scope = ChainMap({needed.id: result, needed.name: result}, scope)  # type: ignore[arg-type]
    if isinstance(decision.logic, Expression):
        value, notes = decision.logic.evaluate_with_notes(scope, budget)
        return Evaluation(decision.id, value, (), {}, notes)
    return _table(decision.id, decision.logic, scope, budget)


def _table(identity: str, table: Table, scope: Mapping[str, Any], budget: Budget | None) -> Evaluation:
    values = [column.expression.evaluate(scope, budget) for column in table.inputs]
    inputs = {column.label: value for column, value in zip(table.inputs, values, strict=True)}
    fired = []
    for rule in table.rules:
        if all(test.matches(value, scope, budget) is True for test, value in zip(rule.tests, values, strict=True)):
            fired.append(_fire(table, rule, scope, budget))
            if table.hit_policy == "FIRST":
                break
    result, kept, notes = _hit(table, fired, scope, budget)
    return Evaluation(identity, result, tuple(kept), inputs, notes)


def _fire(table: Table, rule: Rule, scope: Mapping[str, Any], budget: Budget | None) -> FiredRule:
    outputs = {
        column.name: output.evaluate(scope, budget) if output is not None else None
        for column, output in zip(table.outputs, rule.outputs, strict=True)
    }
    return FiredRule(rule.id, rule.number, outputs, rule.annotations)


Hit = tuple[Any, list[FiredRule], tuple[str, ...]]


def _hit(table: Table, fired: list[FiredRule], scope: Mapping[str, Any], budget: Budget | None) -> Hit:
    if not fired:
        return _default(table, scope, budget), [], ()
    results = [_result(table, rule) for rule in fired]
    match table.hit_policy:
        case "UNIQUE" if len(fired) > 1:
            numbers = "、".join(str(rule.number) for rule in fired)
            return None, fired, (f"第 {numbers} 行同时命中，而表要求只命中一行",)
        case "ANY" if any(result != results[0] for result in results):
            return None, fired, ("命中的各行结果不一致，而表要求一致",)
        case "PRIORITY":
            best = min(fired, key=lambda rule: _rank(table, rule))
            return _result(table, best), [best], ()
        case "OUTPUT ORDER":
            ordered = sorted(fired, key=lambda rule: _rank(table, rule))
            return [_result(table, rule) for rule in ordered], ordered, ()
        case "RULE ORDER":
            return results, fired, ()
        case "COLLECT":
            return _aggregate(table, results), fired, ()
    return results[0], fired[:1] if table.hit_policy == "FIRST" else fired, ()


def _result(table: Table, rule: FiredRule) -> Any:
    return next(iter(rule.outputs.values()), None) if len(table.outputs) == 1 else rule.outputs


def _default(table: Table, scope: Mapping[str, Any], budget: Budget | None) -> Any:
    values = {c.name: c.default.evaluate(scope, budget) for c in table.outputs if c.default is not None}
    if values:
        return next(iter(values.values())) if len(table.outputs) == 1 else values
    return [] if table.hit_policy in MANY and table.aggregation is None else None


def _rank(table: Table, rule: FiredRule) -> tuple[int, ...]:
    """The place of the outputs among their allowed values, column by column from the left."""
    return tuple(
        column.priorities.index(value)
        if (value := rule.outputs[column.name]) in column.priorities
        else len(column.priorities)
        for column in table.outputs
        if column.priorities
    )


def _aggregate(table: Table, results: list[Any]) -> Any:
    match table.aggregation:
        case "COUNT":
            return Decimal(len({repr(result) for result in results}))
        case "SUM" if all(isinstance(result, Decimal) for result in results):
            return reduce(lambda a, b: a + b, results)
        case "MIN" if all(type(result) is type(results[0]) for result in results):
            return min(results)
        case "MAX" if all(type(result) is type(results[0]) for result in results):
            return max(results)
        case None:
            return results
    return None
