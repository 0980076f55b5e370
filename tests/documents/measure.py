"""Reads a finished PDF with pdfium and pdfplumber; knows nothing of the program that made it.

Ink is measured from glyph outlines as pdfium reports them, so a wrong font table cannot hide. Millimetres from the
paper's upper left corner.
"""

import ctypes
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pdfplumber
import pypdfium2 as pdfium
import pypdfium2.raw as raw

MM = 72 / 25.4


@dataclass(frozen=True)
class Char:
    """`x`, `y`: the origin on the baseline; `size` in points; the rest is ink."""

    c: str
    x: float
    y: float
    size: float
    font: str
    left: float
    top: float
    right: float
    bottom: float

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
        self.plumber = pdfplumber.open(io.BytesIO(pdf))
        self.pages = [list(_chars(page)) for page in self.document]

    def body(self, page: int) -> list[Row]:
        """Lines of 3号 on a page."""
        return rows([c for c in self.pages[page] if abs(c.size - 15.75) < 0.1 and c.y < 262.5])

    def rects(self, page: int) -> list[Rect]:
        found = [
            Rect(r["x0"] / MM, r["top"] / MM, r["x1"] / MM, r["bottom"] / MM) for r in self.plumber.pages[page].rects
        ]
        return sorted(found, key=lambda r: r.top)

    def fields(self) -> Iterator[tuple[int, Rect]]:
        """Visible annotations: (page, box)."""
        for number, page in enumerate(self.plumber.pages):
            for a in page.annots:
                if a["width"] > 50:
                    yield number, Rect(*(a[key] / MM for key in ("x0", "top", "x1", "bottom")))

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
        if code in (0, 2, 9, 10, 13, 32) or raw.FPDFText_IsGenerated(content.raw, i) == 1:
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
        yield Char(
            chr(code), x, full - y, size, name.value.decode().split("+")[-1], left, full - top, right, full - bottom
        )


def rows(chars: list[Char]) -> list[Row]:
    out: list[Row] = []
    for char in sorted(chars, key=lambda c: (c.y, c.x)):
        if out and abs(out[-1][0].y - char.y) < 1:
            out[-1].append(char)
        else:
            out.append([char])
    return [sorted(row, key=lambda c: c.x) for row in out]


def text(row: Row) -> str:
    return "".join(c.c for c in row)
