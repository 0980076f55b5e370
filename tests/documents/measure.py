"""Reads a finished PDF with pdfium; knows nothing of the program that made it.

Ink is measured from glyph outlines as pdfium reports them, so a wrong font table cannot hide. Millimetres from the
paper's upper left corner.
"""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

MM = 72 / 25.4
Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Char:
    """`x`, `y`: the origin on the baseline; `size` in points; `colour` red, green, blue; the rest is ink."""

    c: str
    x: float
    y: float
    size: float
    font: str
    left: float
    top: float
    right: float
    bottom: float
    colour: Colour = (0, 0, 0)

    @property
    def cell_right(self) -> float:
        return self.x + self.em

    @property
    def em(self) -> float:
        return self.size / MM

    @property
    def cell_top(self) -> float:
        return self.y - 0.8 * self.em

    @property
    def cell_bottom(self) -> float:
        return self.y + 0.2 * self.em

    @property
    def is_han(self) -> bool:
        return "一" <= self.c <= "鿿" or "㐀" <= self.c <= "䶿"


Row = list[Char]


@dataclass(frozen=True)
class Rect:
    left: float
    top: float
    right: float
    bottom: float
    colour: Colour = (0, 0, 0)

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top


class Reading:
    """Everything that can be read off a PDF."""

    def __init__(self, pdf: bytes) -> None:
        self.document = pdfium.PdfDocument(pdf)
        self.document.init_forms()  # otherwise a seal is not drawn
        self.pages = [list(_chars(page)) for page in self.document]

    def body(self, page: int) -> list[Row]:
        """Lines of 3号 on a page."""
        return rows([c for c in self.pages[page] if abs(c.size - 15.75) < 0.1 and c.y < 262.5])

    def rows_of(self, page: int, size: float) -> list[Row]:
        """Lines in one size of type."""
        return rows([c for c in self.pages[page] if abs(c.size - size) < 0.2])

    def rects(self, page: int) -> list[Rect]:
        """Filled paths of a page: rules, grounds, the lines of tables."""
        return sorted(_paths(self.document[page]), key=lambda rect: rect.top)

    def fields(self) -> Iterator[tuple[int, Rect]]:
        """Visible annotations: (page, box)."""
        for number, page in enumerate(self.document):
            for position in range(raw.FPDFPage_GetAnnotCount(page.raw)):
                annotation, box = raw.FPDFPage_GetAnnot(page.raw, position), raw.FS_RECTF()
                raw.FPDFAnnot_GetRect(annotation, box)
                raw.FPDFPage_CloseAnnot(annotation)
                if box.right - box.left > 50:
                    height = page.get_height()
                    yield (
                        number,
                        Rect(box.left / MM, (height - box.top) / MM, box.right / MM, (height - box.bottom) / MM),
                    )

    def ink(self, page: int, area: Rect, dpi: int = 400) -> Rect:
        """Bounds of what is darker than paper inside an area, from a bitmap."""
        sheet = self.document[page]
        height, width = sheet.get_height() / MM, sheet.get_width() / MM
        crop = tuple(v * MM for v in (area.left, height - area.bottom, width - area.right, area.top))
        image = sheet.render(scale=dpi / 72, grayscale=True, crop=crop).to_pil().point(lambda v: 255 if v < 200 else 0)
        box = image.getbbox()
        assert box, "nothing is printed there"
        left, top, right, bottom = (v * 25.4 / dpi for v in box)
        return Rect(area.left + left, area.top + top, area.left + right, area.top + bottom)

    def text(self) -> str:
        """All characters in reading order, without white space."""
        return "".join(text(row) for page in self.pages for row in rows(page))


def _chars(page: Any) -> Iterator[Char]:
    content, height = page.get_textpage(), page.get_height()
    for i in range(raw.FPDFText_CountChars(content.raw)):
        code = raw.FPDFText_GetUnicode(content.raw, i)
        code = ord("-") if code == 2 else code  # pdfium's way to tell of a hyphen at the end of a line
        if code in (0, 9, 10, 13, 32, 0x3000) or raw.FPDFText_IsGenerated(content.raw, i) == 1:
            continue
        d = [ctypes.c_double() for _ in range(6)]
        raw.FPDFText_GetCharOrigin(content.raw, i, d[0], d[1])
        raw.FPDFText_GetCharBox(content.raw, i, d[2], d[3], d[4], d[5])
        matrix, name = raw.FS_MATRIX(), ctypes.create_string_buffer(120)
        raw.FPDFText_GetMatrix(content.raw, i, matrix)
        raw.FPDFText_GetFontInfo(content.raw, i, name, 120, None)
        size = raw.FPDFText_GetFontSize(content.raw, i) * abs(matrix.d)
        x, y, left, right, bottom, top = (v.value / MM for v in d)
        full = height / MM
        font = name.value.decode().split("+")[-1]
        paint = [ctypes.c_uint() for _ in range(4)]
        raw.FPDFText_GetFillColor(content.raw, i, *paint)
        colour = (paint[0].value, paint[1].value, paint[2].value)
        yield Char(chr(code), x, full - y, size, font, left, full - top, right, full - bottom, colour)


def _paths(page: Any) -> Iterator[Rect]:
    height = page.get_height() / MM
    for position in range(raw.FPDFPage_CountObjects(page.raw)):
        item = raw.FPDFPage_GetObject(page.raw, position)
        if raw.FPDFPageObj_GetType(item) != raw.FPDF_PAGEOBJ_PATH:
            continue
        box, paint = [ctypes.c_float() for _ in range(4)], [ctypes.c_uint() for _ in range(4)]
        raw.FPDFPageObj_GetBounds(item, *box)
        raw.FPDFPageObj_GetFillColor(item, *paint)
        left, bottom, right, top = (v.value / MM for v in box)
        yield Rect(left, height - top, right, height - bottom, (paint[0].value, paint[1].value, paint[2].value))


def rows(chars: list[Char]) -> list[Row]:
    out: list[Row] = []
    for char in sorted(chars, key=lambda c: (c.y, c.x)):
        if out and abs(out[-1][0].y - char.y) < 1:
            out[-1].append(char)
        else:
            out.append([char])
    return [sorted(row, key=lambda c: c.left) for row in out]  # a half-width bracket begins left of its cell


def text(row: Row) -> str:
    return "".join(c.c for c in row)
