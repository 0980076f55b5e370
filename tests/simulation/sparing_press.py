"""A press that prints one document in so many; the others are the pages of the last one of their form, marked as
another, and signed and sealed like any other: printing is what costs the time, and is proved elsewhere."""

import hashlib
from collections import Counter
from dataclasses import replace

from engine.documents import Content, Frame, Press
from engine.documents.fonts import Faces
from engine.documents.rendering import Rendered


class SparingPress:
    """Of each form of document the first and then every so many-th is printed in full."""

    def __init__(self, press: Press, every: int) -> None:
        self.press, self.every = press, every
        self.asked: Counter[str] = Counter()
        self.full: dict[str, Rendered] = {}  # the last that was printed, by form
        self.printed = 0

    @property
    def faces(self) -> Faces:
        return self.press.faces

    def check(self, content: Content) -> None:
        self.press.check(content)

    def render(self, content: Content, frame: Frame, preview: bool = False) -> Rendered:
        turn = self.asked[content.form]
        self.asked[content.form] += 1
        if turn % self.every == 0:
            self.printed += 1
            self.full[content.form] = self.press.render(content, frame, preview)
            return self.full[content.form]
        self.check(content)
        pages = self.full[content.form]
        told = hashlib.sha256(f"{content.text()}{frame.number}{frame.code}".encode()).hexdigest()
        head, end, tail = pages.pdf.rpartition(b"startxref")
        pdf = head + f"% {told}\n".encode() + end + tail
        return replace(pages, pdf=pdf, sha256=hashlib.sha256(pdf).hexdigest())

    def close(self) -> None:
        self.press.close()
