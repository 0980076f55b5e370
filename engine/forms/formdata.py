"""What a browser sent: any mapping, made safe to read; rows are renumbered, added and removed here."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

SHOWN = "_shown"
ACTION = "action"
_MOST_ROWS = 500
_ACTION = re.compile(r"(add|remove):([^:\s]{1,200})(?::([0-9]{1,4}))?")
_INDEX = re.compile(r"[0-9]{1,4}")


@dataclass(frozen=True)
class RowAction:
    """A pressed button that adds a row to a list, or removes one (`index` from 0)."""

    verb: str
    name: str
    index: int | None = None


class Submission:
    """Form data in the shape that WTForms reads (`in`, `getlist`); never raises for odd input."""

    def __init__(self, source: Any) -> None:
        self._texts = _texts(source)
        shown = self._texts.pop(SHOWN, None)
        self.shown = None if shown is None else {name for text in shown for name in text.split()}
        self.blank: set[str] = set()

    def __contains__(self, name: object) -> bool:
        return name in self._texts

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def getlist(self, name: str) -> list[str]:
        """All texts sent under this name."""
        return list(self._texts.get(name, ()))

    def first(self, name: str) -> str | None:
        """The first text sent under this name."""
        texts = self._texts.get(name)
        return texts[0] if texts else None

    def was_shown(self, name: str) -> bool | None:
        """Whether the page that was sent had this input; None where the page did not say."""
        return None if self.shown is None else name in self.shown

    def indices(self, name: str) -> list[int]:
        """The numbers of the rows sent for a list, in order."""
        prefix = f"{name}-"
        found = {key[len(prefix) :].split("-", 1)[0] for key in self._texts if key.startswith(prefix)}
        return sorted({int(part) for part in found if _INDEX.fullmatch(part) and part.isascii()})[:_MOST_ROWS]

    def renumber(self, name: str, without: int | None = None) -> None:
        """Give the rows of a list the numbers 0, 1, 2 in their order, leaving one out."""
        kept = [index for index in self.indices(name) if index != without]
        places = {str(old): str(new) for new, old in enumerate(kept)}
        prefix = f"{name}-"

        def renamed(key: str) -> str | None:
            if not key.startswith(prefix):
                return key
            number, dash, rest = key[len(prefix) :].partition("-")
            if not _INDEX.fullmatch(number) or not number.isascii():
                return key
            place = places.get(str(int(number)))
            return None if place is None else f"{prefix}{place}{dash}{rest}"

        self._texts = {new: texts for key, texts in self._texts.items() if (new := renamed(key)) is not None}
        if self.shown is not None:
            self.shown = {new for key in self.shown if (new := renamed(key)) is not None}

    def remove(self, name: str, index: int) -> None:
        """Leave out one row of a list."""
        self.renumber(name, without=index)
        if self.shown is not None:
            self.shown.add(name)

    def action(self, known: Callable[[str], bool]) -> RowAction | None:
        """The row button that was pressed, as the name of a button or the value of `action`."""
        for text in [*self._texts.get(ACTION, ()), *self._texts]:
            match = _ACTION.fullmatch(text)
            if match and known(match[2]):
                return RowAction(match[1], match[2], None if match[3] is None else int(match[3]))
        return None


def _texts(source: Any) -> dict[str, list[str]]:
    if source is None:
        return {}
    if isinstance(source, Submission):
        return {name: source.getlist(name) for name in source}
    if hasattr(source, "getlist"):
        return {str(name): [str(text) for text in source.getlist(name)] for name in source}
    if isinstance(source, Mapping):
        return {str(name): _as_list(value) for name, value in source.items()}
    return {}


def _as_list(value: Any) -> list[str]:
    if isinstance(value, list | tuple):
        return [str(entry) for entry in value]
    return [] if value is None else [str(value)]
