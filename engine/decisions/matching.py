"""Which rows of a table fire: literal cells by look-up, column by column, the other cells of the rows that are left.

A row is a bit. A cell that only compares with literals depends on nothing but the value of its column, so that the rows
which a text lets pass are known when the table is read. Every other cell is asked at most once for a text, and only for
a row whose literal cells and earlier cells all hold: never one that going row by row would not ask.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from engine.feel import Run, UnaryTests

Ask = Callable[[Run, Any], bool | None]
#: A cell with more texts is asked like any other: looking each of them up beforehand would take their number squared.
MOST_TEXTS = 64
#: So many cells that are asked cost one step.
ASKED_PER_STEP = 4
#: Cells with their columns.
Conditions = Sequence[tuple[int, UnaryTests]]


class _Column:
    """The literal cells of a column: for each value the rows that it lets pass."""

    __slots__ = ("asks", "at", "open", "other", "single", "texts")

    def __init__(self, at: int, tests: dict[str, tuple[UnaryTests, int]], every: int) -> None:
        self.at = at
        self.asks: list[tuple[Ask, int]] = [(test.holds, rows) for test, rows in tests.values()]
        #: The rows that ask nothing of the column that could be looked up.
        self.open = every
        for _, rows in self.asks:
            self.open &= ~rows
        run = Run({})
        self.single = {value: self.rows(run, value) for value in (None, True, False)}
        self.other = self.open
        named: dict[str, list[tuple[Ask, int]]] = {}
        for test, rows in tests.values():
            texts = test.compared_texts() or frozenset()
            if test.holds(run, max(texts, key=len, default="") + "…") is True:
                self.other |= rows
            for text in texts:
                named.setdefault(text, []).append((test.holds, rows))
        self.texts = {text: self._rows_of_text(run, text, asks) for text, asks in named.items()}

    def _rows_of_text(self, run: Run, text: str, asks: list[tuple[Ask, int]]) -> int:
        found = self.other
        for holds, rows in asks:
            found = found | rows if holds(run, text) is True else found & ~rows
        return found

    def rows(self, run: Run, value: Any) -> int:
        """The rows whose cell holds, any value."""
        found = self.open
        for holds, rows in self.asks:
            if holds(run, value) is True:
                found |= rows
        return found


class Matcher:
    """The rows of one table, each given by its cells that ask something."""

    __slots__ = ("_columns", "_every", "_rest")

    def __init__(self, rows: Sequence[Conditions]) -> None:
        self._every = (1 << len(rows)) - 1
        plain: dict[int, dict[str, tuple[UnaryTests, int]]] = {}
        #: The cells of each row that are asked, with the first one of the same text in their column to tell them by.
        self._rest: list[tuple[tuple[tuple[int, str], Ask], ...]] = []
        for number, conditions in enumerate(rows):
            rest = []
            for column, test in conditions:
                texts = test.compared_texts()
                if texts is None or len(texts) > MOST_TEXTS:
                    rest.append(((column, test.text), test.holds))
                    continue
                first, those = plain.setdefault(column, {}).get(test.text, (test, 0))
                plain[column][test.text] = first, those | 1 << number
            self._rest.append(tuple(rest))
        self._columns = [_Column(column, tests, self._every) for column, tests in plain.items()]

    def firing(self, run: Run, values: Sequence[Any]) -> Iterator[int]:
        """The numbers, from 0, of the rows whose cells all hold, in their order."""
        left = self._every
        for column in self._columns:
            value = values[column.at]
            cls = value.__class__
            if cls is str:
                left &= column.texts.get(value, column.other)
            elif value is None or cls is bool:
                left &= column.single[value]
            else:
                left &= column.rows(run, value)
        return self._asked(run, values, left) if left else iter(())

    def _asked(self, run: Run, values: Sequence[Any], left: int) -> Iterator[int]:
        known: dict[tuple[int, str], bool | None] = {}
        paid = ASKED_PER_STEP
        while left:
            lowest = left & -left
            left ^= lowest
            number = lowest.bit_length() - 1
            for cell, holds in self._rest[number]:
                if cell not in known:
                    known[cell] = holds(run, values[cell[0]])
                    if len(known) == paid:
                        run.spend()
                        paid += ASKED_PER_STEP
                if known[cell] is not True:
                    break
            else:
                yield number
