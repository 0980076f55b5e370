"""Decisions as they are evaluated: compiled once, immutable, shared between threads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Protocol

from engine.decisions import evaluation, tables
from engine.decisions.matching import Matcher
from engine.decisions.problems import Problem
from engine.decisions.reasons import Evaluation, Why
from engine.decisions.shapes import Shape
from engine.decisions.state import State
from engine.feel import Budget, Expression, Sheet, UnaryTests

MANY = frozenset(("COLLECT", "RULE ORDER", "OUTPUT ORDER"))


class Logic(Protocol):
    """How a value is found: a table, a literal expression or another boxed one."""

    @property
    def text(self) -> str:
        """The expression, where it is written as one."""
        ...

    @property
    def names(self) -> frozenset[str]:
        """The free names."""
        ...

    @property
    def element_names(self) -> frozenset[str]:
        """Those of the names that may be entries of a filtered element instead."""
        ...

    def value(self, state: State) -> Any:
        """The value in the scope of the state's run."""
        ...


@dataclass(frozen=True, slots=True)
class Input:
    """A column that is asked: its words, its expression, the values and the type it may have."""

    id: str
    label: str
    expression: Expression
    allowed: UnaryTests | None = None
    shape: Shape | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """A column that is answered; `priorities` are its allowed values, the first the highest, `label` its words."""

    id: str
    name: str
    priorities: tuple[Any, ...] = ()
    default: Expression | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: one test an input, one expression an output, and what is written beside it."""

    id: str
    number: int
    tests: tuple[UnaryTests, ...]
    outputs: tuple[Expression | None, ...]
    annotations: Mapping[str, str]
    #: The cells that ask something, by column.
    conditions: tuple[tuple[int, UnaryTests], ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        real = tuple((column, test) for column, test in enumerate(self.tests) if not test.is_any)
        object.__setattr__(self, "conditions", real)


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table. `hit_policy` is UNIQUE, ANY, PRIORITY, FIRST, RULE ORDER, OUTPUT ORDER or COLLECT."""

    id: str
    name: str
    hit_policy: str
    aggregation: str | None
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    #: The expressions of the columns together.
    sheet: Sheet = field(repr=False, compare=False)
    #: The columns with values of their own.
    bounded: tuple[tuple[int, UnaryTests], ...] = field(init=False, repr=False)
    labels: tuple[str, ...] = field(init=False, repr=False)
    matcher: Matcher = field(init=False, repr=False, compare=False)
    #: What each row gives, where all its answers are literals.
    constant: tuple[dict[str, Any] | None, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        bounded = ((number, column.allowed) for number, column in enumerate(self.inputs) if column.allowed is not None)
        object.__setattr__(self, "bounded", tuple(bounded))
        object.__setattr__(self, "labels", tuple(column.label for column in self.inputs))
        object.__setattr__(self, "constant", tuple(self._constant(rule) for rule in self.rules))
        object.__setattr__(self, "matcher", Matcher([rule.conditions for rule in self.rules]))

    def _constant(self, rule: Rule) -> dict[str, Any] | None:
        if any(cell is not None and not cell.is_literal for cell in rule.outputs):
            return None
        given = (None if cell is None else cell.evaluate({}) for cell in rule.outputs)
        return dict(zip((column.name for column in self.outputs), given, strict=True))

    @property
    def text(self) -> str:
        return ""

    @property
    def names(self) -> frozenset[str]:
        return frozenset().union(*(part.names for part in self._parts()))

    @property
    def element_names(self) -> frozenset[str]:
        certain = frozenset[str]().union(*(part.names - part.element_names for part in self._parts()))
        return self.names - certain

    def _parts(self) -> list[Expression | UnaryTests]:
        cells = [cell for rule in self.rules for cell in (*rule.tests, *rule.outputs) if cell is not None]
        defaults = [column.default for column in self.outputs if column.default is not None]
        return [*(column.expression for column in self.inputs), *cells, *defaults]

    def value(self, state: State) -> Any:
        return tables.evaluate_table(self, state)


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision: its logic, after the decisions, inputs and knowledge that it requires.

    What comes from an imported file bears the name of the import, by which the expressions reach it (`""`: its own file).
    """

    id: str
    name: str
    logic: Any
    requires: tuple[str, ...] = ()
    model: Mapping[str, "Decision"] = field(default_factory=dict, compare=False, repr=False)
    knows: tuple[tuple[str, "Knowledge"], ...] = field(default=(), compare=False, repr=False)
    inputs: tuple[tuple[str, str, Shape], ...] = ()
    shape: Shape | None = None
    imported: tuple[tuple[str, "Decision"], ...] = ()
    #: Inputs of the file that it does not require: what it names so has no value, whatever the caller gave.
    unseen: frozenset[str] = frozenset()
    #: Whether there is anything to be found before its logic.
    needs_any: bool = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        needs_any = bool(self.requires or self.knows or self.inputs or self.imported)
        object.__setattr__(self, "needs_any", needs_any)

    @property
    def input_names(self) -> frozenset[str]:
        """The free names that evaluating it reads, required decisions included."""
        found = frozenset[str]()
        # each decision once: there may be very many ways from one down to another
        seen: dict[int, Decision] = {}
        pending = [self]
        while pending:
            one = pending.pop()
            if id(one) not in seen:
                seen[id(one)] = one
                found |= one._own_names
                pending += [*one._inner, *(other for _, other in one.imported)]
        return found

    @property
    def _inner(self) -> "list[Decision]":
        return [self.model[key] for key in self.requires if key in self.model]

    @property
    def _own_names(self) -> frozenset[str]:
        """The free names of its logic that nothing it requires gives."""
        given = {name for one in self._inner for name in (one.id, one.name)}
        given |= {alias or one.name for alias, one in self.knows}
        given |= {alias or one.name for alias, one in self.imported}
        names: frozenset[str] = self.logic.names
        return names - given

    @property
    def output_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.logic.outputs) if isinstance(self.logic, Table) else ()

    @property
    def hit_policy(self) -> str | None:
        return self.logic.hit_policy if isinstance(self.logic, Table) else None

    @property
    def gives_rows(self) -> bool:
        """Whether its value is a list of what its rows gave, which where none fired is null (DMN 1.5 section 10.3.2.10)."""
        return isinstance(self.logic, Table) and self.logic.hit_policy in MANY and self.logic.aggregation is None

    def evaluate(self, scope: Mapping[str, Any], budget: Budget | None = None, *, explain: bool = False) -> Evaluation:
        """The decision in a scope; with `explain` the notes also say why cells became null.

        Raises `feel.FeelLimitError` when the budget is used up, which required decisions share.
        """
        return evaluation.evaluate(self, scope, budget, explain=explain)

    def explain(self, scope: Mapping[str, Any], budget: Budget | None = None) -> Why:
        """The same with its reasons as a tree. Raises `feel.FeelLimitError`."""
        return evaluation.explain(self, scope, budget)


class Knowledge(Protocol):
    """A business knowledge model or decision service: a function of the scope of the decisions that require it."""

    @property
    def name(self) -> str: ...

    def function(self, state: State) -> Any:
        """The function, bound to one evaluation so that it shares its budget."""
        ...


@dataclass(frozen=True, slots=True)
class DecisionModel:
    """A DMN file that was read without problems."""

    file: str
    decisions: Mapping[str, Decision]
    #: Business knowledge models and decision services by name.
    functions: Mapping[str, Knowledge] = field(default_factory=lambda: MappingProxyType({}))
    #: All tables of the file, also those inside other boxes and in knowledge models.
    tables: tuple[Table, ...] = ()
    #: Parts that can only ever be null, which the standard allows and nobody means.
    warnings: tuple[Problem, ...] = ()
