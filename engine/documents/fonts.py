"""What the fonts really contain: advances, `halt` half-widths, ink boxes, outlines. Lengths in em (1.0 = font size)."""

import ctypes
import ctypes.util
import threading
from collections.abc import Iterator
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal

from fontTools.pens.boundsPen import BoundsPen
from fontTools.ttLib import TTFont

from engine.documents.content import Block, Content, Entries, Opinion, Paragraph
from engine.documents.problems import MissingGlyph
from engine.errors import Unavailable

FaceName = Literal["fang", "kai", "hei", "song", "biaosong", "notoserif", "notosans"]
FILES: dict[FaceName, str] = {
    "fang": "FandolFang-Regular.otf",
    "kai": "FandolKai-Regular.otf",
    "hei": "FandolHei-Regular.otf",
    "song": "FandolSong-Regular.otf",
    "biaosong": "FandolSong-Bold.otf",
    "notoserif": "NotoSerifSC-Regular.otf",
    "notosans": "NotoSansSC-Regular.otf",
}
FALLBACK: dict[FaceName, FaceName] = {
    "fang": "notoserif",
    "kai": "notoserif",
    "song": "notoserif",
    "biaosong": "notoserif",
    "hei": "notosans",
}
HALF_MARGIN = 0.03  # em
TOP, BOTTOM = 0.8, -0.2  # the box Fandol's characters are drawn in; its hhea table says 0.88/-0.12, the ink does not
LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",  # without it rendering works, silently ten times slower
}


def require_libraries() -> None:
    """`Unavailable` with the line to run when a system library of the page renderer is missing."""
    missing = [package for library, package in LIBRARIES.items() if not _loads(library)]
    if missing:
        line = f"sudo apt-get install -y --no-install-recommends {' '.join(missing)}"
        raise Unavailable(f"缺少排版所需的系统库，请运行：{line}", code="document.library", line=line)


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


class Font:
    """One font file, shared by threads."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()  # fontTools reads tables late, and an outline keeps its stack while it is drawn
        self._ttf = TTFont(path, lazy=True)
        self.units: int = self._ttf["head"].unitsPerEm
        self.characters: dict[int, str] = self._ttf.getBestCmap()
        self.ascent: float = self._ttf["hhea"].ascent / self.units
        self._widths = self._ttf["hmtx"]
        self.ink = lru_cache(maxsize=20_000)(self._ink)

    def __contains__(self, character: str) -> bool:
        return ord(character) in self.characters

    def advance(self, character: str) -> float:
        return float(self._widths[self.characters[ord(character)]][0] / self.units)

    def _ink(self, character: str) -> tuple[float, float, float, float]:
        """(left, bottom, right, top) of the drawn outline."""
        pen = BoundsPen(self.glyphs)
        self.draw(character, pen)
        left, bottom, right, top = pen.bounds or (0, 0, 0, 0)
        return left / self.units, bottom / self.units, right / self.units, top / self.units

    def draw(self, character: str, pen: Any) -> None:
        """The outline in font units, drawn with a fontTools pen."""
        with self._lock:
            self.glyphs[self.characters[ord(character)]].draw(pen)

    @cached_property
    def glyphs(self) -> Any:
        with self._lock:
            return self._ttf.getGlyphSet()

    @cached_property
    def halves(self) -> dict[str, float]:
        """How much narrower each mark becomes under the `halt` feature; without those whose ink would then stick out,
        as that of ？, which stands in the middle of its cell."""
        names = {name: chr(code) for code, name in self.characters.items()}
        with self._lock:
            found = {names[glyph]: saved / self.units for glyph, saved in self._halt() if glyph in names}
        return {mark: saved for mark, saved in found.items() if self._is_half(mark)}

    def _is_half(self, mark: str) -> bool:
        left, _, right, _ = self.ink(mark)
        return right <= 0.5 + HALF_MARGIN or left >= 0.5 - HALF_MARGIN

    def _halt(self) -> Iterator[tuple[str, float]]:
        table = self._ttf["GPOS"].table
        indices = [
            index
            for record in table.FeatureList.FeatureRecord
            if record.FeatureTag == "halt"
            for index in record.Feature.LookupListIndex
        ]
        for index in sorted(set(indices)):
            for outer in table.LookupList.Lookup[index].SubTable:
                sub = getattr(outer, "ExtSubTable", outer)
                for position, glyph in enumerate(sub.Coverage.glyphs):
                    value = sub.Value if sub.Format == 1 else sub.Value[position]
                    yield glyph, -getattr(value, "XAdvance", 0)


class Faces:
    """The seven fonts of a folder. Fonts are read when first used and shared by threads.

    Raises `Unavailable` (code document.font) when a font is missing.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        missing = [file for file in FILES.values() if not (self.folder / file).is_file()]
        if missing:
            line = f"script/fonts {folder}"
            raise Unavailable(f"缺少公文字体 {'、'.join(missing)}，请运行：{line}", code="document.font", line=line)
        self._fonts: dict[FaceName, Font] = {}
        self._lock = threading.Lock()
        self.advance = lru_cache(maxsize=20_000)(self._advance)

    def path(self, face: FaceName) -> Path:
        return self.folder / FILES[face]

    def font(self, face: FaceName) -> Font:
        found = self._fonts.get(face)
        if found is None:
            with self._lock:
                found = self._fonts.setdefault(face, Font(self.path(face)))
        return found

    def face_for(self, character: str, face: FaceName, where: str = "文书") -> FaceName:
        """The face itself or its fallback; `MissingGlyph` when neither draws the character."""
        if character in self.font(face):
            return face
        fallback = FALLBACK.get(face)
        if fallback and character in self.font(fallback):
            return fallback
        raise MissingGlyph(character, where)

    def _advance(self, character: str, face: FaceName) -> float:
        return self.font(face).advance(character)

    def width(self, text: str, face: FaceName) -> float:
        return sum(self.advance(c, self.face_for(c, face)) for c in text)

    def height(self, text: str, face: FaceName) -> tuple[float, float]:
        """Lowest and highest ink of a text."""
        boxes = [self.font(self.face_for(c, face)).ink(c) for c in text if not c.isspace()]
        return min(box[1] for box in boxes), max(box[3] for box in boxes)

    def check(self, content: Content) -> None:
        """`MissingGlyph` for the first character of a content that no font draws."""
        for text, face, where in _pieces(content):
            for character in text:
                if character != "\n":
                    self.face_for(character, face, where)


def _pieces(content: Content) -> Iterator[tuple[str, FaceName, str]]:
    """Every text of a content with the face it is set in and the name of its place."""
    yield content.issuer, "biaosong", "发文机关"
    for phrase in content.title:
        yield phrase, "biaosong", "标题"
    yield content.to, "fang", "主送单位"
    yield from _block_pieces(content.blocks, "正文")
    for attachment in content.attachments:
        yield attachment.name, "fang", "附件名称"
        for phrase in attachment.title:
            yield phrase, "biaosong", "附件标题"
        yield from _block_pieces(attachment.blocks, f"附件“{attachment.name}”")
    for label, names in content.attendance:
        yield names, "fang", label
    yield content.signatory, "kai", "签发人"
    yield content.printer, "fang", "印发机关"
    yield content.signer, "fang", "署名"
    yield content.copies, "fang", "抄送"
    yield content.note, "fang", "附注"
    for line in content.contact:
        yield line, "fang", "联系方式"


def _block_pieces(blocks: tuple[Block, ...], where: str) -> Iterator[tuple[str, FaceName, str]]:
    for number, block in enumerate(blocks, 1):
        if isinstance(block, Paragraph):
            for run in block.runs:
                yield run.text, run.face, f"{where}第 {number} 段"
            continue
        if isinstance(block, Entries | Opinion):
            yield from _form_pieces(block)
            continue
        for column in block.columns:
            yield column.title, "hei", f"{where}的表头"
        for row_number, row in enumerate(block.rows, 1):
            for column, cell in zip(block.columns, row, strict=True):
                yield cell, "fang", f"{where}的表第 {row_number} 行“{column.title}”"


def _form_pieces(block: Entries | Opinion) -> Iterator[tuple[str, FaceName, str]]:
    if isinstance(block, Opinion):
        yield block.label, "hei", "意见栏的名称"
        for text in (block.text, block.person, block.day):
            yield text, "fang", f"意见栏“{block.label}”"
        return
    for entry in block.entries:
        yield entry.label, "hei", "栏目名称"
        yield entry.text, "fang", f"栏目“{entry.label}”"
