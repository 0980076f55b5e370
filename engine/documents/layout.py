"""Content and frame -> HTML and CSS. Positions are computed here and in `fronts` and `feet`; the style sheet only draws."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import jinja2
from markupsafe import Markup

from engine.documents import geometry as g
from engine.documents.content import (
    UNNUMBERED,
    Attachment,
    Block,
    Content,
    Entries,
    Opinion,
    Paragraph,
    Table,
    attachment_labels,
)
from engine.documents.feet import WITH_COLOPHON, Feet
from engine.documents.fonts import TOP, Faces
from engine.documents.frame import Frame
from engine.documents.fronts import MOST_TITLE, Fronts
from engine.documents.geometry import CELL, EM, LEAD, MM, SIZE
from engine.documents.lines import Setting, compose
from engine.documents.markup import entries_html, line_div, opinion_html, paragraph_lines, plain, table_html
from engine.documents.titles import break_title


@dataclass(frozen=True)
class Pages:
    html: str
    css: str


class Layout:
    """Lays out documents with one set of fonts."""

    def __init__(self, faces: Faces) -> None:
        self.faces = faces
        self._shift = (faces.font("fang").ascent - TOP) * EM  # font tables place the baseline this much too low
        self._fronts, self._feet = Fronts(faces, self._shift), Feet(faces, self._shift)
        self._sheets: dict[str, str] = {}

    def pages(self, content: Content, frame: Frame, preview: bool, alone: int = 0) -> Pages:
        """`alone`: the 版记 has the last page to itself (1), after a blank page (2)."""
        self.faces.check(content)
        blocks, tail = self._body(content)
        number = (re.sub(r"\d+号$", "×号", frame.number) or "×号") if preview else frame.number
        values = {
            "title": "".join(content.title),
            "issuer": content.issuer,
            "created": f"{frame.date.isoformat()}T00:00:00+08:00",
            "form": content.form,
            "preview": preview and content.form not in UNNUMBERED,  # these are never signed
            "front": self._fronts.front(content, number),
            "to": [line_div(line) for line in self._flush(content.to)],
            "body": blocks,
            "tail": tail,
            "notes": self._notes(content),
            "attendance": self._feet.attendance(content),
            "signature": self._feet.signature(content, frame),
            "note": self._note(content),
            "attachments": [
                self._attachment(one, position, content)
                for position, one in enumerate(content.attachments, 1)
                if one.blocks
            ],
            "foot": self._feet.foot(content, frame, preview, bool(alone)),
            "alone": alone,
            "apart": content.form in WITH_COLOPHON,
        }
        return Pages(_environment().get_template("page.html").render(values), self.sheet(content.form))

    def sheet(self, form: str) -> str:
        """The style sheet of a form."""
        if form not in self._sheets:
            song = self.faces.font("song")
            values = {name: getattr(g, name) for name in dir(g) if name.isupper()}
            page_top = g.CORE_TOP - LEAD - self._shift
            number_top = 7 - (song.ascent - song.ink("—")[3]) * g.SMALL / MM + g.CORE_BOTTOM
            values |= {"form": form, "PAGE_TOP": page_top, "SHIFT": self._shift, "number_top": number_top}
            self._sheets[form] = _environment().get_template("page.css").render(values)
        return self._sheets[form]

    def _flush(self, text: str) -> list[Any]:
        return compose([(text, "fang")], Setting(first=0), self.faces) if text else []

    def _body(self, content: Content) -> tuple[list[Markup], list[Markup]]:
        """The blocks, and the last lines, which stay with the signature: two of a paragraph that leaves two behind,
        the whole of a shorter one."""
        blocks: list[Markup] = []
        for position, block in enumerate(content.blocks):
            if content.form == "sheet" and position and _is_text(block) != _is_text(content.blocks[position - 1]):
                blocks.append(Markup('<div class="after"></div>'))
            blocks.append(self._block(block, content))
        tail: list[Markup] = []
        if content.blocks and isinstance(content.blocks[-1], Paragraph):
            lines = paragraph_lines(content.blocks[-1], self.faces, content.whole)
            rest, tail = (lines[:-2], lines[-2:]) if len(lines) > 3 else ([], lines)
            blocks[-1] = _lines_before(rest)
        return blocks, tail

    def _block(self, block: Block, content: Content) -> Markup:
        if isinstance(block, Table):
            table = table_html(block, self.faces, content.whole)
            return table if content.form == "sheet" else table + Markup('<div class="after"></div>')
        if isinstance(block, Entries):
            return entries_html(block, self.faces)
        if isinstance(block, Opinion):
            return opinion_html(block, self.faces)
        css = "heading" if _is_heading(block) else ""
        lines = paragraph_lines(block, self.faces, content.whole)
        return Markup('<div class="{}">{}</div>').format(css, Markup("").join(lines))

    def _notes(self, content: Content) -> list[Markup]:
        """附件说明: turned lines align with the name's first character."""
        out: list[Markup] = []
        for position, label in enumerate(attachment_labels(content.attachments)):
            head = "附件：" if position == 0 else ""
            digits = re.match(r"\d+\.", label)
            digit_cells = self.faces.width(digits[0], "fang") * SIZE / CELL if digits else 0.0
            setting = Setting(first=2 if head else 5, rest=5 + digit_cells)
            out += [line_div(line) for line in compose([(head + label, "fang")], setting, self.faces)]
        return out

    def _note(self, content: Content) -> list[Markup]:
        if not content.note:
            return []
        return [line_div(line) for line in compose([(content.note, "fang")], Setting(first=2), self.faces)]

    def _attachment(self, attachment: Attachment, position: int, content: Content) -> dict[str, Any]:
        label = f"附件{position}" if len(content.attachments) > 1 else "附件"
        rows = break_title(attachment.title, MOST_TITLE, self.faces)
        return {
            "label": label,
            "title": [plain(row, self.faces, "biaosong", "附件标题") for row in rows],
            "blocks": [self._block(block, content) for block in attachment.blocks],
        }


def _lines_before(lines: list[Markup]) -> Markup:
    """The lines of a last paragraph before its tail: the first two stay on one page."""
    if not lines:
        return Markup("")
    first, rest = Markup("").join(lines[:2]), Markup("").join(lines[2:])
    return Markup('<div><div class="together">{}</div>{}</div>').format(first, rest)


def _is_text(block: Block) -> bool:
    return isinstance(block, Paragraph)


def _is_heading(paragraph: Paragraph) -> bool:
    return paragraph.level in (1, 2) and len(paragraph.text) <= 28


@cache
def _environment() -> jinja2.Environment:
    loader = jinja2.PackageLoader("engine.documents", "pages")
    return jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined)
