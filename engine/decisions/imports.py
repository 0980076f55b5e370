"""The files beside a decision file that it may import, found by their namespace."""

from collections.abc import Mapping

from engine.decisions.document import MOST_BYTES, Doctype, Element, is_dmn, parse

DEEPEST, MOST_READ = 6, 60


class Library:
    """Roots of DMN files by namespace, parsed when first asked for; a file that is no DMN is as if it were not there."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files
        self._roots: dict[str, Element] | None = None
        self._open: list[str] = []
        self._read = 0

    def begin(self, root: Element) -> None:
        """The file that is asked for, which no import may lead back to."""
        self._open.append(root.get("namespace") or "")

    def enter(self, namespace: str) -> Element | None:
        """The root of the file to read now; None when there is none, it is being read already, or imports grow too many."""
        if self._roots is None:
            self._roots = self._parsed()
        root = self._roots.get(namespace)
        self._read += 1
        if root is None or namespace in self._open or len(self._open) >= DEEPEST or self._read > MOST_READ:
            return None
        self._open.append(namespace)
        return root

    def leave(self, namespace: str) -> None:
        self._open.remove(namespace)

    def _parsed(self) -> dict[str, Element]:
        roots: dict[str, Element] = {}
        for data in self._files.values():
            if len(data) > MOST_BYTES:
                continue
            try:
                root = parse(data)
            except (ValueError, Doctype):
                continue
            if is_dmn(root):
                roots.setdefault(root.get("namespace") or "", root)
        return roots
