"""What an evaluation tells: its result, the rows that fired, and for an explanation all that the result rests on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class Checked:
    """A cell over the value of its column: what it asks, and what was there."""

    label: str
    test: str
    value: Any


@dataclass(slots=True)
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


@dataclass(slots=True)
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
class Part:
    """A part of a box: its name or what it is there for, its expression where it is one, its value, and where it is a
    condition what became of it (`held`, `failed`, `unknown`; `unasked` is a part that was not needed). `given` is the
    element that a part of a walk was asked about."""

    role: str
    text: str
    value: Any
    verdict: str = ""
    given: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Box:
    """A box other than a table: `context`, `list`, `relation` (row by row under its `columns`), `invocation`, `function`,
    `conditional`, `filter`, `for`, `some` or `every`. `rest` counts the elements of a walk that are not told."""

    kind: str
    parts: tuple[Part, ...]
    columns: tuple[str, ...] = ()
    rest: int = 0


@dataclass(frozen=True, slots=True)
class Why:
    """A decision with its result and what that rests on: the tables asked, the other boxes part by part, the
    decisions required before it, and what became null on the way. `text` is the expression where it is one."""

    decision: str
    name: str
    result: Any
    text: str
    tables: tuple[Asked, ...]
    boxes: tuple[Box, ...]
    required: tuple["Why", ...]
    notes: tuple[str, ...] = ()
