"""What a table says by itself: rows that overlap, inputs that no row covers, rows that can never fire.

Each column's values fall into parts between the constants of its cells (`engine.decisions.samples`); a row is then a box
of parts, and every question is one about boxes. Each finding names input values that show it. Columns are taken as
independent of each other, so a witness may be one that never comes. What cannot be settled with the effort given is said.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from operator import and_
from typing import Any

from engine.decisions.model import Rule, Table
from engine.decisions.samples import ANY_VALUE, samples
from engine.decisions.words import test_in_words, value_in_words
from engine.feel import Budget, FeelLimitError, Run, UnaryTests

MOST_PAIRS = 200
#: The effort for all tables of a package, for one of them, and for the example of one row.
MOST_OF_ALL, MOST_OF_ONE, MOST_OF_ROW = 5_000_000, 500_000, 2_000
#: So many columns of two boxes are compared in one step.
COLUMNS_PER_STEP = 16
ONE_HIT = frozenset(("UNIQUE", "ANY", "FIRST", "PRIORITY"))

_ONE_TEST = Budget(steps=500, size=10_000)

#: For each column the parts it holds for, as bits.
Box = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Flaw:
    """One finding: what it is (`overlap`, `conflict`, `gap`, `never`), the rows, and an input that shows it.

    `partial` is said of the table: the witness names what was not settled, and why.
    """

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


@dataclass(slots=True)
class Effort:
    """What looking through tables may take together, in steps: those of FEEL, a cell that is asked, two boxes compared."""

    left: int = MOST_OF_ALL

    def spend(self, steps: int) -> None:
        self.left -= steps
        if self.left < 0:
            raise _Exhausted

    @contextmanager
    def share(self, most: int) -> "Iterator[Effort]":
        """A part of it; what of that is not needed comes back."""
        one = Effort(min(most, self.left))
        self.left -= one.left
        try:
            yield one
        finally:
            self.left += max(one.left, 0)


def analyse(table: Table, effort: Effort | None = None) -> list[Flaw]:
    """The flaws of a table, in the order of its rows; the last one says it when not all could be settled.

    Tables that share an effort take from it one after the other.
    """
    with (effort or Effort()).share(MOST_OF_ONE) as own:
        return _analysed(table, own)


def _analysed(table: Table, effort: Effort) -> list[Flaw]:
    questions: list[tuple[str, Callable[[_View, Effort], Iterable[Flaw]]]] = [("不会命中的行", _View.never)]
    if table.hit_policy in ("UNIQUE", "ANY"):
        questions.append(("同时命中的行", _View.overlaps))
    if table.hit_policy in ONE_HIT and not any(column.default is not None for column in table.outputs):
        questions.append(("没有覆盖的输入", _View.gap))
    found: list[Flaw] = []
    open_questions: list[str] = []
    view: _View | None = None
    for subject, question in questions:
        try:
            view = view or _View(table, effort)
            with effort.share(effort.left // 2) as own:  # one question does not use up what the next one needs
                found += question(view, own)
        except _Exhausted:
            open_questions.append(subject)
    if open_questions:
        size = f"{len(table.rules)} 行、{len(table.inputs)} 列"
        found.append(Flaw("partial", (), f"{size}的条件太多或交织得太复杂，没有查清有无{'、'.join(open_questions)}"))
    if sum(len(flaw.rows) == 2 for flaw in found) == MOST_PAIRS:
        found.append(Flaw("partial", (), f"同时命中的行有 {MOST_PAIRS} 对以上，只列出前 {MOST_PAIRS} 对"))
    return found


def witness(table: Table, rule: Rule) -> str:
    """An input that makes the row fire, in Chinese; empty when nothing does. A cell whose values cannot be told apart by
    its constants, as one that reads other variables, is quoted instead."""
    try:
        return _View(replace(table, rules=(rule,)), Effort(MOST_OF_ROW)).firing()
    except _Exhausted:
        return "，".join(table.inputs[column].label + test_in_words(test.text) for column, test in rule.conditions)


class _View:
    """A table over the parts of its columns; columns that ask the same are one."""

    def __init__(self, table: Table, effort: Effort) -> None:
        self.table = table
        self.effort = effort
        effort.spend(1 + len(table.rules))
        first: dict[str, int] = {}
        self.first = [first.setdefault(column.expression.text, at) for at, column in enumerate(table.inputs)]
        self.columns = sorted(set(self.first))
        self.place = {column: place for place, column in enumerate(self.columns)}
        tests: dict[int, list[UnaryTests]] = {column: [] for column in self.columns}
        for rule in table.rules:
            for at, test in rule.conditions:
                tests[self.first[at]].append(test)
        self.parts = {column: self._samples(column, tests[column]) for column in self.columns}
        self.all: Box = tuple((1 << len(self.parts[column])) - 1 for column in self.columns)
        self.rows = [self._row(rule) for rule in table.rules]

    def _samples(self, column: int, tests: list[UnaryTests]) -> list[Any]:
        shape = self.table.inputs[column].shape
        allowed = self.table.inputs[column].allowed or (shape.allowed if shape is not None else None)
        constants = [value for test in (*tests, *([allowed] if allowed else ())) for value in test.constants()[0]]
        self.effort.spend(len(constants))
        found = samples(constants, shape.base if shape is not None else "")
        kept = [value for value in found if allowed is None or value is ANY_VALUE or self._holds(allowed, value)]
        return kept or found

    def _holds(self, test: UnaryTests, value: Any) -> bool | None:
        """Whether a value passes; None where that is not known, or takes too long to find out."""
        if value is ANY_VALUE and not test.constants()[1]:
            return None
        run = Run({}, _ONE_TEST)
        try:
            # beside null, what only compares with null takes all values for one
            return test.holds(run, "" if value is ANY_VALUE else value) is True
        except FeelLimitError:
            return None
        finally:
            self.effort.spend(1 + _ONE_TEST.steps - max(run.steps, 0))

    def _row(self, rule: Rule) -> _Row:
        self.effort.spend(1 + len(self.columns) // COLUMNS_PER_STEP)
        sure, maybe = list(self.all), list(self.all)
        exact = True
        for at, test in rule.conditions:
            column = self.first[at]
            place = self.place[column]
            if test.names:
                sure[place], exact = 0, False
                continue
            exact = exact and test.constants()[1]
            verdicts = [self._holds(test, value) for value in self.parts[column]]
            sure[place] &= sum(1 << bit for bit, verdict in enumerate(verdicts) if verdict is True)
            maybe[place] &= sum(1 << bit for bit, verdict in enumerate(verdicts) if verdict is not False)
        return _Row(rule, tuple(sure), tuple(maybe), exact)

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
            place = self.place[self.first[at]]
            undecided = test.names or self.parts[self.first[at]] == [ANY_VALUE]
            quoted = self.table.inputs[at].label + test_in_words(test.text)
            words[quoted if undecided else self._value(self.first[at], row.maybe[place])] = None
        return "，".join(words) or "任何输入"

    def never(self, effort: Effort) -> Iterator[Flaw]:
        """Rows with a cell that nothing passes; and in a FIRST table those whose inputs earlier rows take."""
        before: list[Box] = []
        for row in self.rows:
            if row.exact and 0 in row.maybe:
                column = self.columns[row.maybe.index(0)]
                yield Flaw("never", (row.rule,), f"没有一个“{self.table.inputs[column].label}”能满足它的条件")
            elif row.exact and self.table.hit_policy == "FIRST" and _uncovered(row.maybe, before, effort) is None:
                yield Flaw("never", (row.rule,), f"例如{self._witness(row.maybe)}时，上面的行已经命中")
            if row.exact:
                before.append(row.sure)

    def overlaps(self, effort: Effort) -> Iterator[Flaw]:
        """Two rows that fire together where one may; where all must agree, two with different answers."""
        count = 0
        for number, one in enumerate(self.rows):
            for other in self.rows[number + 1 :]:
                both = _both(one.sure, other.sure, effort)
                if 0 in both or (self.table.hit_policy == "ANY" and _answers(one.rule) == _answers(other.rule)):
                    continue
                kind = "conflict" if self.table.hit_policy == "ANY" else "overlap"
                yield Flaw(kind, (one.rule, other.rule), self._witness(both))
                count += 1
                if count == MOST_PAIRS:
                    return

    def gap(self, effort: Effort) -> Iterator[Flaw]:
        """An input for which no row fires."""
        found = _uncovered(self.all, [row.maybe for row in self.rows], effort)
        if found is not None:
            yield Flaw("gap", (), self._witness(found))


def _uncovered(box: Box, covers: list[Box], effort: Effort) -> Box | None:
    """A part of the box outside of all covers, or None. Raises _Exhausted."""
    pending = [(box, 0)]
    while pending:
        box, at = pending.pop()
        inside = None
        while at < len(covers) and inside is None:
            both = _both(box, covers[at], effort)
            inside = both if 0 not in both else None
            at += 1
        if inside is None:
            return box
        pieces: list[Box] = []
        for column, taken in enumerate(inside):
            rest = box[column] & ~taken
            if rest:
                effort.spend(1 + len(box) // COLUMNS_PER_STEP)
                pieces.append((*inside[:column], rest, *box[column + 1 :]))
        pending += [(piece, at) for piece in reversed(pieces)]
    return None


def _both(one: Box, other: Box, effort: Effort) -> Box:
    effort.spend(1 + len(one) // COLUMNS_PER_STEP)
    return tuple(map(and_, one, other))


def _answers(rule: Rule) -> list[str]:
    return [cell.text if cell is not None else "" for cell in rule.outputs]


__all__ = ["Effort", "Flaw", "analyse", "witness"]
