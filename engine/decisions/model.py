"""Decisions as they are evaluated: compiled once, immutable, shared between threads."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Protocol

from engine.decisions.problems import Problem
from engine.decisions.shapes import Shape
from engine.decisions.state import State
from engine.feel import Budget, Expression, Run, UnaryTests

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
    #: The same as what is called to ask them.
    asks: tuple[tuple[int, Callable[[Run, Any], bool | None]], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        real = tuple((column, test) for column, test in enumerate(self.tests) if not test.is_any)
        object.__setattr__(self, "conditions", real)
        object.__setattr__(self, "asks", tuple((column, test.holds) for column, test in real))


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
    #: The columns with values of their own.
    bounded: tuple[tuple[int, UnaryTests], ...] = field(init=False, repr=False)
    labels: tuple[str, ...] = field(init=False, repr=False)
    #: What is called for the values of the columns.
    asks: tuple[Callable[[Run], Any], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        bounded = ((number, column.allowed) for number, column in enumerate(self.inputs) if column.allowed is not None)
        object.__setattr__(self, "bounded", tuple(bounded))
        object.__setattr__(self, "labels", tuple(column.label for column in self.inputs))
        object.__setattr__(self, "asks", tuple(column.expression.gives for column in self.inputs))

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
        from engine.decisions.tables import evaluate_table

        return evaluate_table(self, state)


@dataclass(frozen=True, slots=True)
class Checked:
    """A cell over the value of its column: what it asks, and what was there."""

    label: str
    test: str
    value: Any


@dataclass(frozen=True, slots=True)
class FiredRule:
    """A row whose tests all held (`checked`), with what it gave."""

    rule_id: str
    number: int
    outputs: dict[str, Any]
    annotations: Mapping[str, str]
    checked: tuple[Checked, ...] = ()

    @property
    def clause(self) -> str:
        """The ids of the clauses behind the row, separated by `/`: an output or annotation of that name."""
        return self._word("clause")

    @property
    def reason(self) -> str:
        """The sentence of the row: an output or annotation of that name."""
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
class Cell:
    """A cell of a row as it stands in the table, and what came of it: `any` (it asks nothing), `held`, `failed`, `unknown`
    (that cannot be said), or `unasked` where an earlier row of a FIRST table had already fired."""

    test: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table that was asked. `checked` are all its cells that ask something when it fired, else the first that
    did not hold; `cells` are those of every column, `outputs` its answers: values when it fired, else as written."""

    rule_id: str
    number: int
    fired: bool
    checked: tuple[Checked, ...]
    clause: str
    reason: str
    cells: tuple[Cell, ...]
    outputs: tuple[Any, ...]
    annotations: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table that was asked: its words, its expression, what that gave."""

    label: str
    text: str
    value: Any


@dataclass(frozen=True, slots=True)
class Asked:
    """A table over its inputs, row by row. `outputs` are the labels and names of the columns that answer, `rest` the rows
    after the hit of a FIRST table, which nobody asked."""

    name: str
    hit_policy: str
    aggregation: str | None
    inputs: Mapping[str, Any]
    columns: tuple[Column, ...]
    outputs: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]
    rest: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """An entry of a context: its name (empty for the result of the whole), its expression where it is one, its value."""

    name: str
    text: str
    value: Any


@dataclass(frozen=True, slots=True)
class Why:
    """A decision with its result and what that rests on: the tables asked, the contexts filled in line by line, the
    decisions required before it, and what became null on the way. `text` is the expression where it is one."""

    decision: str
    name: str
    result: Any
    text: str
    tables: tuple[Asked, ...]
    contexts: tuple[tuple[Line, ...], ...]
    required: tuple["Why", ...]
    notes: tuple[str, ...] = ()


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

    @property
    def input_names(self) -> frozenset[str]:
        """The free names that evaluating it reads, required decisions included."""
        inner = [self.model[key] for key in self.requires if key in self.model]
        given = {name for one in inner for name in (one.id, one.name)} | {
            alias or one.name for alias, one in self.knows
        }
        given |= {alias or one.name for alias, one in self.imported}
        own: frozenset[str] = self.logic.names - given
        return own.union(*(one.input_names for one in (*inner, *(one for _, one in self.imported))))

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
        from engine.decisions.evaluation import evaluate

        return evaluate(self, scope, budget, explain=explain)

    def explain(self, scope: Mapping[str, Any], budget: Budget | None = None) -> "Why":
        """The same with its reasons as a tree. Raises `feel.FeelLimitError`."""
        from engine.decisions.evaluation import explain

        return explain(self, scope, budget)


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
    #: Parts that can only ever be null, which the standard allows and nobody means.
    warnings: tuple[Problem, ...] = ()
