"""One evaluation of a decision and of all that it requires."""

from collections import ChainMap
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from engine.feel import Run

#: Python frames that one call of a business knowledge model may take on top of the body's own.
CALL_FRAMES = 24


@dataclass(slots=True)
class Reasons:
    """What one decision rests on, gathered while it is made."""

    tables: list[Any] = field(default_factory=list)
    boxes: list[Any] = field(default_factory=list)
    required: list[Any] = field(default_factory=list)


class State:
    """The run that all expressions share, results of decisions already made, rows that fired, notes."""

    __slots__ = ("fired", "functions", "given", "inputs", "notes", "path", "reasons", "results", "run")

    def __init__(self, run: Run) -> None:
        self.run = run
        self.given: Mapping[str, Any] = run.scope
        self.results: dict[tuple[str, ...], Any] = {}
        #: The imports that lead from the file that was asked to the one being evaluated.
        self.path: tuple[str, ...] = ()
        self.functions: dict[int, Any] = {}
        self.fired: list[Any] = []
        self.inputs: dict[str, Any] = {}
        self.notes: list[str] = []
        #: Where an explanation is asked for: what was asked, filled in and decided inside the decision being made.
        self.reasons: Reasons | None = None

    def note(self, sentence: str) -> None:
        if sentence not in self.notes:
            self.notes.append(sentence)

    @contextmanager
    def beyond(self, alias: str) -> Iterator[None]:
        """Inside an imported file, whose inputs the caller may give as a context under the name of the import."""
        if not alias:
            yield
            return
        before = self.path, self.given
        self.path = (*self.path, alias)
        own = self.given.get(alias)
        self.given = ChainMap(own, self.given) if isinstance(own, dict) else self.given  # type: ignore[arg-type]
        try:
            yield
        finally:
            self.path, self.given = before

    def inside(self, names: MutableMapping[str, Any], logic: Any) -> Any:
        """The value of a part whose scope has more names."""
        return self.within(ChainMap(names, self.run.scope), logic)  # type: ignore[arg-type]

    def within(self, scope: Mapping[str, Any], logic: Any) -> Any:
        """The value of a part in a scope of its own. Raises `feel.FeelLimitError` when parts nest too deep."""
        before = self.run.scope
        self.run.enter(CALL_FRAMES)
        self.run.scope = scope
        try:
            return logic.value(self)
        finally:
            self.run.scope = before
            self.run.frames += CALL_FRAMES
