"""The press of an installation: checks a content, renders it, in a process of its own or in this one."""

import threading
from functools import cache
from pathlib import Path
from typing import Any

from engine.documents.content import Content
from engine.documents.fonts import Faces, require_libraries
from engine.documents.frame import Frame
from engine.documents.rendering import Rendered, Renderer
from engine.documents.worker import Worker


@cache
def _faces(fonts: Path) -> Faces:
    """Fonts are read once a process, whoever prints with them."""
    return Faces(fonts)


@cache
def _renderer(fonts: Path) -> tuple[Renderer, threading.Lock]:
    """The renderer of this process, and whose turn it is."""
    return Renderer(_faces(fonts)), threading.Lock()


class Press:
    """Safe to share between threads. Fonts are looked for when they are first needed.

    `isolated`: render in a worker process with limits on time (seconds a document) and memory (bytes), so that a
    hostile or merely enormous content cannot take the server with it.
    """

    def __init__(
        self, fonts: Path, *, isolated: bool = True, time_limit: float = 30.0, memory_limit: int = 2 * 2**30
    ) -> None:
        self._fonts = fonts
        self._worker = Worker(fonts, time_limit=time_limit, memory_limit=memory_limit) if isolated else None

    @property
    def faces(self) -> Faces:
        """The fonts; `Unavailable` with the line to run when one, or a system library, is missing."""
        require_libraries()
        return _faces(self._fonts)

    def check(self, content: Content) -> None:
        """`MissingGlyph` when a character cannot be printed: ask before a number is taken."""
        self.faces.check(content)

    def render(self, content: Content, frame: Frame, preview: bool = False) -> Rendered:
        """The unsigned PDF/A-3b; `preview` marks every page 未签发 and hides number and code.

        Raises `MissingGlyph`, `ComposeError` (a frame without its code), `RenderFailed`, `Unavailable`.
        """
        self.check(content)
        if self._worker:
            return self._worker.render(content, frame, preview)
        renderer, turn = _renderer(self._fonts)
        with turn:
            return renderer.render(content, frame, preview)

    def close(self) -> None:
        """End the worker process, if there is one."""
        if self._worker:
            self._worker.close()

    def __enter__(self) -> "Press":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()
