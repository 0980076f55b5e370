"""One evaluation: its scope, its places for local names, its budget and its notes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.feel.errors import FeelLimitError
from engine.feel.values import Value, import_value

DEFAULT_STEPS = 100_000
DEFAULT_SIZE = 1_000_000
#: Python frames that nested calls of FEEL functions may take; the interpreter's own limit is 1,000.
CALL_FRAMES = 420
NOTES_KEPT = 50
SMALL = 256


@dataclass(frozen=True, slots=True)
class Budget:
    """What one evaluation may cost: `steps` are iterations and calls, `size` characters and elements of what it builds."""

    steps: int = DEFAULT_STEPS
    size: int = DEFAULT_SIZE


class Run:
    """The state of one evaluation; it belongs to one thread and is thrown away afterwards.

    Several expressions may share a run (the cells of a decision table do), and then share its budget.
    """

    steps = DEFAULT_STEPS
    size = DEFAULT_SIZE
    frames = CALL_FRAMES
    slots: list[Value] = []  # noqa: RUF012 - never written in place: an expression with local names brings its own list
    tested: Value = None
    notes: list[str] | None = None
    _imported: dict[int, tuple[Value, Value]] | None = None

    def __init__(self, scope: Mapping[str, Value], budget: Budget | None = None, *, with_notes: bool = False) -> None:
        self.scope = scope
        if budget is not None:
            self.steps = budget.steps
            self.size = budget.size
        if with_notes:
            self.notes = []

    def spend(self, steps: int = 1) -> None:
        """Pays for work. Raises FeelLimitError when the budget is used up."""
        self.steps -= steps
        if self.steps < 0:
            raise FeelLimitError("feel.steps", "计算的步数超过了上限，请把表达式或数据改小")

    def grow(self, size: int) -> None:
        """Pays for something built; what is small is bounded by the steps already. Raises FeelLimitError."""
        if size > SMALL:
            self.size -= size
            if self.size < 0:
                raise FeelLimitError("feel.size", "计算中生成的文本或列表太大，请把表达式或数据改小")
            self.spend(size // SMALL)

    def enter(self, frames: int) -> None:
        """Goes one call deeper. Raises FeelLimitError when functions call each other too deep."""
        self.frames -= frames
        if self.frames < 0:
            raise FeelLimitError("feel.depth", "函数互相调用的层数太多，请检查有没有不停止的递归")
        self.spend()

    def note(self, position: int, sentence: str) -> None:
        """Remembers why something became null; `position` counts characters from 0."""
        if self.notes is not None and len(self.notes) < NOTES_KEPT:
            text = f"第 {position + 1} 个字符处：{sentence}"
            if text not in self.notes:
                self.notes.append(text)

    def read(self, value: Value) -> Value:
        """A value of the scope as FEEL holds it. A long list is looked through once an evaluation, not once a read."""
        if value.__class__ is not list or len(value) < SMALL:
            return import_value(value)
        known = self._imported
        if known is None:
            known = self._imported = {}
        found = known.get(id(value))
        if found is None:
            self.spend(len(value) // SMALL)
            found = known[id(value)] = (value, import_value(value))
        return found[1]


Scope = Mapping[str, Any]
