"""Decisions as they are evaluated: compiled once, immutable, shared between threads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from engine.feel import Budget, Expression, UnaryTests


@dataclass(frozen=True, slots=True)
class Input:
    """A column that is asked: its words, its expression, the values it may have."""

    id: str
    label: str
    expression: Expression
    allowed: UnaryTests | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """A column that is answered; `priorities` are its allowed values, the first the highest."""

    id: str
    name: str
    priorities: tuple[Any, ...] = ()
    default: Expression | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: one test an input, one expression an output, and what is written beside it."""

    id: str
    number: int
    tests: tuple[UnaryTests, ...]
    outputs: tuple[Expression | None, ...]
    annotations: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table. `hit_policy` is UNIQUE, ANY, PRIORITY, FIRST, RULE ORDER, OUTPUT ORDER or COLLECT."""

    id: str
    hit_policy: str
    aggregation: str | None
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class FiredRule:
    """A row whose tests all held, with what it gave."""

    rule_id: str
    number: int
    outputs: dict[str, Any]
    annotations: Mapping[str, str]

    @property
    def clause(self) -> str:
        return self._word("clause")

    @property
    def reason(self) -> str:
        return self._word("reason")

    def _word(self, name: str) -> str:
        value = self.outputs.get(name)
        return value if isinstance(value, str) else self.annotations.get(name, "")


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The result of a decision and why: which rows fired, over which inputs, and what was noted on the way."""

    table_id: str
    result: Any
    fired: tuple[FiredRule, ...]
    inputs: dict[str, Any]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision: a table or a literal expression, after the decisions that it requires."""

    id: str
    name: str
    logic: Table | Expression
    requires: tuple[str, ...] = ()
    model: Mapping[str, "Decision"] = field(default_factory=dict, compare=False, repr=False)

    @property
    def input_names(self) -> frozenset[str]:
        """The free names that evaluating it reads, required decisions included."""
        inner = [self.model[key] for key in self.requires if key in self.model]
        given = {name for one in inner for name in (one.id, one.name)}
        own = self._own_names() - given
        return own.union(*(one.input_names for one in inner))

    def _own_names(self) -> frozenset[str]:
        if isinstance(self.logic, Expression):
            return self.logic.names
        names: set[str] = set()
        for column in self.logic.inputs:
            names |= column.expression.names
        for rule in self.logic.rules:
            for test in rule.tests:
                names |= test.names
            for output in rule.outputs:
                names |= output.names if output else set()
        return frozenset(names)

    @property
    def output_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.logic.outputs) if isinstance(self.logic, Table) else ()

    @property
    def hit_policy(self) -> str | None:
        return self.logic.hit_policy if isinstance(self.logic, Table) else None

    def evaluate(self, scope: Mapping[str, Any], budget: Budget | None = None) -> Evaluation:
        """The decision in a scope. Raises `feel.FeelLimitError` when its budget is used up."""
        from engine.decisions.evaluation import evaluate

        return evaluate(self, scope, budget)


@dataclass(frozen=True, slots=True)
class DecisionModel:
    """A DMN file that was read without problems."""

    file: str
    decisions: Mapping[str, Decision]

    @classmethod
    def of(cls, file: str, decisions: list[Decision]) -> "DecisionModel":
        together: dict[str, Decision] = {}
        linked = [Decision(one.id, one.name, one.logic, one.requires, MappingProxyType(together)) for one in decisions]
        together.update({one.id: one for one in linked})
        return cls(file, MappingProxyType(together))
