"""Evaluating a decision: what it requires first, each required decision once."""

from collections import ChainMap
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from engine.decisions.reasons import Evaluation, Why
from engine.decisions.shapes import Shape
from engine.decisions.state import Reasons, State
from engine.feel import Budget, Run

if TYPE_CHECKING:
    from engine.decisions.model import Decision, Knowledge


def evaluate(
    decision: "Decision", scope: Mapping[str, Any], budget: Budget | None = None, *, explain: bool = False
) -> Evaluation:
    """The decision in a scope. Raises `feel.FeelLimitError`."""
    state = State(Run(scope, budget, with_notes=explain))
    result = state.run.export(decide(decision, state))
    notes = (*state.notes, *(state.run.notes or ()))
    return Evaluation(decision.id, result, tuple(state.fired), state.inputs, notes)


def explain(decision: "Decision", scope: Mapping[str, Any], budget: Budget | None = None) -> Why:
    """The decision with the tree of its reasons. Raises `feel.FeelLimitError`."""
    state = State(Run(scope, budget, with_notes=True))
    state.reasons = Reasons()
    decide(decision, state)
    root: Why = state.reasons.required[0]
    return replace(root, notes=(*state.notes, *(state.run.notes or ())))


def decide(decision: "Decision", state: State) -> Any:
    """The value of a decision over what the caller gave; its rows that fired are those left in the state."""
    key = (*state.path, decision.id)
    if key in state.results:
        return state.results[key]
    outer = state.reasons
    if outer is None:
        return _decide(decision, state, key)
    state.reasons = inner = Reasons()
    value = _decide(decision, state, key)
    state.reasons = outer
    outer.required.append(
        Why(
            decision.id,
            decision.name,
            state.run.export(value),
            decision.logic.text,
            tuple(inner.tables),
            tuple(inner.boxes),
            tuple(inner.required),
        )
    )
    return value


def _decide(decision: "Decision", state: State, key: tuple[str, ...]) -> Any:
    names = required(decision, state) if decision.needs_any else {}
    state.fired, state.inputs = [], {}
    given = state.given
    if decision.unseen and not decision.unseen.isdisjoint(given):
        given = {name: value for name, value in given.items() if name not in decision.unseen}
    scope = ChainMap(names, given) if names else given  # type: ignore[arg-type]
    value = state.within(scope, decision.logic)
    if decision.shape is not None:
        value = coerced(state, decision.shape, value, f"决策“{decision.name}”的结果")
    state.results[key] = value
    return value


def required(decision: "Decision", state: State) -> dict[str, Any]:
    """The names that its requirements give to a decision: results, functions, inputs as their types have them."""
    names: dict[str, Any] = knowledge(decision.knows, state)
    for key in decision.requires:
        needed = decision.model[key]
        names[needed.id] = names[needed.name] = decide(needed, state)
    for alias, needed in decision.imported:
        with state.beyond(alias):
            _under(names, alias)[needed.name] = decide(needed, state)
    for alias, name, shape in decision.inputs:
        with state.beyond(alias):
            if name in state.given:
                _under(names, alias)[name] = coerced(state, shape, state.given[name], f"输入“{name}”")
    return names


def knowledge(known: tuple[tuple[str, "Knowledge"], ...], state: State) -> dict[str, Any]:
    """The functions by name, those of imported files in a context under the name of the import."""
    names: dict[str, Any] = {}
    for alias, one in known:
        _under(names, alias)[one.name] = one.function(state)
    return names


def _under(names: dict[str, Any], alias: str) -> dict[str, Any]:
    return names.setdefault(alias, {}) if alias else names


def coerced(state: State, shape: Shape, value: Any, what: str) -> Any:
    """The value as a type has it; null and a note when it does not fit."""
    fits, result = shape.coerce(state.run, value)
    if not fits:
        state.note(f"{what}不是 {shape.name} 类型")
    return result
