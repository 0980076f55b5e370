"""What a table says by itself: rows that overlap, inputs that no row covers, rows that can never fire.

Each column's values fall into parts between the constants of its cells (`engine.decisions.samples`); a row is then a box
of parts, and every question is one about boxes. Each finding names input values that show it. Columns are taken as
independent of each other, so a witness may be one that never comes.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from engine.decisions.model import Rule, Table
from engine.decisions.samples import ANY_VALUE, samples
from engine.decisions.words import test_in_words, value_in_words
from engine.feel import Budget, FeelLimitError, UnaryTests

MOST_PAIRS = 200
MOST_BOXES = 20_000
MOST_ROWS = 400
MOST_TESTS = 1_000_000
ONE_HIT = frozenset(("UNIQUE", "ANY", "FIRST", "PRIORITY"))

_ONE_TEST = Budget(steps=500, size=10_000)

#: For each column the parts it holds for, as bits.
Box = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Flaw:
    """One finding: what it is (`overlap`, `conflict`, `gap`, `never`), the rows, and an input that shows it."""

    kind: str
    rows: tuple[Rule, ...]
    witness: str


@dataclass(frozen=True, slots=True)
class _Row:
    """A row as boxes: where it holds for sure, where it may hold. `exact` says that its cells only compare."""

    rule: Rule
    sure: Box
    maybe: Box
    exact: bool


class _Exhausted(Exception):
    """The table is too intricate to be decided in bounded time."""


def analyse(table: Table) -> list[Flaw]:
    """The flaws of a table, in the order of its rows; none for a table too large to be looked through."""
    if len(table.rules) > MOST_ROWS:
        return []
    try:
        view = _View(table)
    except _Exhausted:
        return []
    found = list(view.never())
    if table.hit_policy in ("UNIQUE", "ANY"):
        found += view.overlaps()
    if table.hit_policy in ONE_HIT and not any(column.default is not None for column in table.outputs):
        found += view.gap()
    return found


def witness(table: Table, rule: Rule) -> str:
    """An input that makes the row fire, in Chinese; empty when nothing does. A cell whose values cannot be told apart by
    its constants, as one that reads other variables, is quoted instead."""
    try:
        return _View(replace(table, rules=(rule,))).firing()
    except _Exhausted:
        return "，".join(table.inputs[column].label + test_in_words(test.text) for column, test in rule.conditions)


class _View:
    """A table over the parts of its columns; columns that ask the same are one."""

    def __init__(self, table: Table) -> None:
        self.table = table
        texts = [column.expression.text for column in table.inputs]
        self.first = [texts.index(text) for text in texts]
        self.columns = sorted(set(self.first))
        asked = {column: self._asked(column) for column in self.columns}
        if sum(tests * tests for tests in asked.values()) > MOST_TESTS:
            raise _Exhausted
        self.parts = {column: self._samples(column) for column in self.columns}
        self.all: Box = tuple((1 << len(self.parts[column])) - 1 for column in self.columns)
        if sum(tests * len(self.parts[column]) for column, tests in asked.items()) > MOST_TESTS:
            raise _Exhausted
        self.rows = [self._row(rule) for rule in table.rules]

    def _asked(self, column: int) -> int:
        """How much there is to ask of one value of a column: its cells, and what they compare with."""
        tests = [test for rule in self.table.rules for at, test in rule.conditions if self.first[at] == column]
        return len(tests) + sum(len(test.constants()[0]) for test in tests)

    def _samples(self, column: int) -> list[Any]:
        tests = [rule.tests[at] for rule in self.table.rules for at, first in enumerate(self.first) if first == column]
        shape = self.table.inputs[column].shape
        allowed = self.table.inputs[column].allowed or (shape.allowed if shape is not None else None)
        constants = [value for test in (*tests, *([allowed] if allowed else ())) for value in test.constants()[0]]
        found = samples(constants, shape.base if shape is not None else "")
        kept = [value for value in found if allowed is None or value is ANY_VALUE or _holds(allowed, value)]
        return kept or found

    def _row(self, rule: Rule) -> _Row:
        sure = dict(zip(self.columns, self.all, strict=True))
        maybe = dict(sure)
        exact = True
        for at, test in rule.conditions:
            column = self.first[at]
            if test.names or self.parts[column] == [ANY_VALUE]:
                sure[column], exact = 0, False
                continue
            exact = exact and test.constants()[1]
            bits = sum(1 << bit for bit, value in enumerate(self.parts[column]) if _holds(test, value))
            sure[column] &= bits
            maybe[column] &= bits
        return _Row(rule, tuple(sure.values()), tuple(maybe.values()), exact)

    def _witness(self, box: Box) -> str:
        """One value a column, of those that make a difference."""
        pairs = zip(self.columns, box, strict=True)
        return (
            "，".join(self._value(column, bits) for column, bits in pairs if len(self.parts[column]) > 1) or "任何输入"
        )

    def _value(self, column: int, bits: int) -> str:
        value = self.parts[column][(bits & -bits).bit_length() - 1]
        said = "不为空" if value is ANY_VALUE else f"为{value_in_words(value)}"
        return self.table.inputs[column].label + said

    # --- questions

    def firing(self) -> str:
        """What makes the one row of the table fire."""
        row, rule = self.rows[0], self.table.rules[0]
        if 0 in row.maybe:
            return ""
        words: dict[str, None] = {}
        for at, test in rule.conditions:
            place = self.columns.index(self.first[at])
            undecided = test.names or self.parts[self.first[at]] == [ANY_VALUE]
            quoted = self.table.inputs[at].label + test_in_words(test.text)
            words[quoted if undecided else self._value(self.first[at], row.maybe[place])] = None
        return "，".join(words) or "任何输入"

    def never(self) -> Iterator[Flaw]:
        """Rows with a cell that nothing passes; and in a FIRST table those whose inputs earlier rows take."""
        before: list[Box] = []
        for row in self.rows:
            if row.exact and 0 in row.maybe:
                column = self.columns[row.maybe.index(0)]
                yield Flaw("never", (row.rule,), f"没有一个“{self.table.inputs[column].label}”能满足它的条件")
            elif row.exact and self.table.hit_policy == "FIRST" and self._is_covered(row, before):
                yield Flaw("never", (row.rule,), f"例如{self._witness(row.maybe)}时，上面的行已经命中")
            if row.exact:
                before.append(row.sure)

    def _is_covered(self, row: _Row, before: list[Box]) -> bool:
        try:
            return _uncovered(row.maybe, before, [MOST_BOXES]) is None
        except _Exhausted:
            return False

    def overlaps(self) -> Iterator[Flaw]:
        """Two rows that fire together where one may; where all must agree, two with different answers."""
        count = 0
        for number, one in enumerate(self.rows):
            for other in self.rows[number + 1 :]:
                both = tuple(a & b for a, b in zip(one.sure, other.sure, strict=True))
                if 0 in both or (self.table.hit_policy == "ANY" and _answers(one.rule) == _answers(other.rule)):
                    continue
                count += 1
                if count > MOST_PAIRS:
                    return
                kind = "conflict" if self.table.hit_policy == "ANY" else "overlap"
                yield Flaw(kind, (one.rule, other.rule), self._witness(both))

    def gap(self) -> Iterator[Flaw]:
        """An input for which no row fires."""
        try:
            found = _uncovered(self.all, [row.maybe for row in self.rows], [MOST_BOXES])
        except _Exhausted:
            return
        if found is not None:
            yield Flaw("gap", (), self._witness(found))


def _uncovered(box: Box, covers: list[Box], budget: list[int]) -> Box | None:
    """A part of the box outside of all covers, or None. Raises _Exhausted."""
    budget[0] -= 1
    if budget[0] < 0:
        raise _Exhausted
    if 0 in box:
        return None
    inside, rest = _first_inside(box, covers)
    if inside is None:
        return box
    for column in range(len(box)):
        piece = (*inside[:column], box[column] & ~inside[column], *box[column + 1 :])
        found = _uncovered(piece, rest, budget)
        if found is not None:
            return found
    return None


def _first_inside(box: Box, covers: list[Box]) -> tuple[Box | None, list[Box]]:
    """(what the first cover takes of the box, the covers after it)."""
    for at, cover in enumerate(covers):
        inside = tuple(a & b for a, b in zip(box, cover, strict=True))
        if 0 not in inside:
            return inside, covers[at + 1 :]
    return None, []


def _holds(test: UnaryTests, value: Any) -> bool:
    try:
        return value is not ANY_VALUE and test.matches(value, {}, _ONE_TEST) is True
    except FeelLimitError:
        return False


def _answers(rule: Rule) -> list[str]:
    return [cell.text if cell is not None else "" for cell in rule.outputs]


__all__ = ["Flaw", "analyse", "witness"]
