"""One evaluation: its scope, its places for local names, its budget and its notes."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from engine.feel.errors import FeelLimitError
from engine.feel.values import PLAIN, Value, import_value

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
        """Pays for something built, in size and, unless it is small, in steps. Raises FeelLimitError."""
        self.size -= size
        if self.size < 0:
            raise FeelLimitError("feel.size", "计算中生成的文本或列表太大，请把表达式或数据改小")
        if size > SMALL:
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
        """A value of the scope as FEEL holds it; the entries of a context are read when they are asked for."""
        return self._read_list(value) if value.__class__ is list else import_value(value)

    def _read_list(self, value: list[Value]) -> list[Value]:
        """Long and nested lists are looked through once an evaluation: values may share their parts many times over."""
        known = self._imported
        if known is not None and (found := known.get(id(value))) is not None:
            return found[1]  # type: ignore[no-any-return]
        result = value if _is_imported(value) else self._read_elements(value)
        if result is not value or len(value) >= SMALL or list in map(type, value):
            if self._imported is None:
                self._imported = {}
            self._imported[id(value)] = (value, result)
        return result

    def _read_elements(self, value: list[Value]) -> list[Value]:
        self.spend(1 + len(value) // SMALL)
        read = [self.read(element) for element in value]
        return value if all(a is b for a, b in zip(read, value, strict=True)) else read

    def export(self, value: Value) -> Value:
        """A result as the rest of the program holds it: every number a Decimal, every part its own object.

        Raises FeelLimitError when shared parts would unfold to more than the budget.
        """
        if value.__class__ is list:
            self.spend(1 + len(value) // 8)
            if PLAIN.issuperset(map(type, value)):
                return value.copy()
            return [element if element.__class__ in PLAIN else self.export(element) for element in value]
        if value.__class__ is dict:
            self.spend(1 + len(value) // 8)
            if PLAIN.issuperset(map(type, value.values())):
                return value.copy()
            return {
                key: entry if entry.__class__ in PLAIN else self.export(self.read(entry))
                for key, entry in value.items()
            }
        return value


def _is_imported(value: list[Value]) -> bool:
    """Whether a list is flat and holds nothing but what FEEL knows."""
    for element in value:
        cls = element.__class__
        if cls not in PLAIN and cls is not dict and (cls is not Decimal or not element.is_finite()):
            return False
    return True
