"""Chinese lines as data: text -> lines that fill the measure exactly. Nothing here knows HTML or the page.

A paragraph is a list of (text, face). It is cut into atoms that cannot be broken (a Han character, a punctuation mark, a
Latin word, a number with its unit). All legal sets of breaks are weighed together (dynamic programming over the
paragraph), so that one awkward line is not paid for by the next. Marks at a line's end, an opening bracket at its start
and the first of two marks together may be set half-width (`halt`); a line still too long trims its other marks evenly; a
line too short is spread by letter-spacing. The last line keeps the grid's own spacing.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate, pairwise

from engine.documents.fonts import FaceName, Faces
from engine.documents.geometry import CELL, CORE, SIZE

OPENING, CLOSING = frozenset("（《〈〔【“‘「『"), frozenset("。，、；：？！）》〉〕】”’」』")
NO_START = CLOSING | frozenset("—…·％%℃")
UNITS = "年月日号时分秒元万亿个名条款项届次位人%％℃"
TOKEN = re.compile(
    r"〔\d+〕\d+号"  # document number
    r"|(?=\d*[A-Za-z])[A-Za-z0-9](?:[A-Za-z0-9@./:&_-]*[A-Za-z0-9])?"  # Latin words, codes, addresses
    r"|\d{4}年|\d+(?:[.,:：-]\d+)*[" + UNITS + r"]?"
    r"|——|……|.",
    re.S,
)
DATE = re.compile(r"\d+[年月]")
CODE = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)+")
DATE_PRICE, NAME_PRICE, LONG_NAME_PRICE, CODE_PRICE = 12.0, 25.0, 20.0, 9.0
FULL_ENOUGH, RAGGED = (0.8, 0.65, 0.5, 0.0), (0.4, 0.0)
ROUNDING = 0.01  # points
Span = tuple[str, FaceName]


@dataclass(frozen=True)
class Setting:
    """Size, measure and grid step in points, indents in grid steps. Ragged lines are never spread."""

    size: float = SIZE
    measure: float = CORE
    cell: float = CELL
    first: float = 2
    rest: float = 0
    ragged: bool = False

    @property
    def grid(self) -> float:
        """The letter-spacing that puts one Han character in each cell."""
        return self.cell - self.size

    def room(self, first: bool) -> float:
        return self.measure - (self.first if first else self.rest) * self.cell


@dataclass(frozen=True)
class Atom:
    """What is never broken. `half`: points saved when set half-width; `date`: a year or month inside a date;
    `glued`: the price of a break after it, because it is inside a person's name."""

    text: str
    face: FaceName
    width: float
    word: bool = False
    half: float = 0.0
    date: bool = False
    glued: float = 0.0


@dataclass(frozen=True)
class Piece:
    """Neighbouring atoms of a line set alike. `cut`: points taken from the blank side of a mark."""

    text: str
    face: FaceName
    word: bool = False
    half: bool = False
    cut: float = 0.0


@dataclass(frozen=True)
class Line:
    """`spacing` goes between atoms; `width` holds the indent too. All in points."""

    pieces: tuple[Piece, ...]
    spacing: float
    indent: float
    width: float
    last: bool = False

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True)
class Fit:
    """How one candidate line is brought to its measure, and what that costs."""

    cost: float
    spacing: float
    halves: tuple[int, ...] = ()
    share: float = 0.0


def compose(spans: Sequence[Span], setting: Setting, faces: Faces, whole: Sequence[str] = ()) -> list[Line]:
    """The lines of a paragraph; every character given is in exactly one of them, in order. `whole`: names that are
    broken only where nothing else is left."""
    parts = _atoms(spans, setting.size, min(setting.room(True), setting.room(False)), faces)
    if whole:
        parts = _glued(parts, whole)
    if not parts:
        return []
    text = _Paragraph(parts, setting)
    alone = text.fit(0, text.count, setting.room(True))
    if alone is not None and alone.cost == 0:  # one line holds it as it is
        return _collect(text, [(0, text.count, alone)])
    # A long unbroken word needs looser lines; a text of nothing but closing marks has no legal break at all.
    for fullest, lawful in [*((full, True) for full in (RAGGED if setting.ragged else FULL_ENOUGH)), (0.0, False)]:
        lines = _weigh(text, fullest, lawful)
        if lines is not None:
            return _collect(text, lines)
    raise ValueError("a character is wider than the line")


def _atoms(spans: Sequence[Span], size: float, room: float, faces: Faces) -> list[Atom]:
    out: list[Atom] = []
    for text, face in spans:
        for token in TOKEN.findall(text):
            for atom in _turned(_atom(token, face, size, faces), face, size, room, faces):
                if atom.width <= room or len(atom.text) == 1:
                    out.append(atom)
                else:  # an address longer than the line: broken anywhere rather than set outside the paper
                    out.extend(_atom(character, face, size, faces) for character in atom.text)
    return out


def _turned(atom: Atom, face: FaceName, size: float, room: float, faces: Faces) -> list[Atom]:
    """The atom, or the parts of a code that no line can hold: LR-2026-0317 is whole, in a narrow cell turned at a hyphen."""
    if atom.width <= room or not CODE.fullmatch(atom.text):
        return [atom]
    *parts, last = (_atom(part, face, size, faces) for part in re.findall(r"[^-]+-?", atom.text))
    return [*(replace(part, glued=CODE_PRICE) for part in parts), last]


def _glued(parts: list[Atom], names: Sequence[str]) -> list[Atom]:
    text = "".join(part.text for part in parts)
    prices: dict[int, float] = {}  # position in the text -> price of a break before it
    for name in names:
        price = NAME_PRICE if len(name) <= 4 else LONG_NAME_PRICE
        for found in re.finditer(re.escape(name), text):
            prices.update(dict.fromkeys(range(found.start() + 1, found.end()), price))
    out, at = [], 0
    for part in parts:
        at += len(part.text)
        out.append(replace(part, glued=prices[at]) if at in prices else part)
    return out


@lru_cache(maxsize=20_000)
def _atom(token: str, face: FaceName, size: float, faces: Faces) -> Atom:
    used = [faces.face_for(c, face) for c in token]
    width = sum(faces.advance(c, f) for c, f in zip(token, used, strict=True)) * size
    word = len(token) > 1 or (token.isascii() and not token.isspace())
    half = faces.font(used[0]).halves.get(token, 0) * size if token in OPENING or token in CLOSING else 0.0
    return Atom(token, used[0], width, word, half, bool(DATE.fullmatch(token)))


def _break_price(before: Atom, after: Atom) -> float | None:
    """None: never between these two; otherwise the price of doing so."""
    if before.text[-1] in OPENING or after.text[0] in NO_START:
        return None
    if before.glued:
        return before.glued
    if before.date and after.text[0].isdigit():
        return DATE_PRICE  # 2026年|11月: allowed, dear
    if after.text[0] == "〔" and after.word:
        return 6.0  # 屿社工函|〔2026〕18号
    if before.word and before.text[-1].isdigit() and not after.word:
        return 1.0  # 15|天
    return 0.0


class _Paragraph:
    """What is asked of a paragraph for every line that it might have: sums from its start, and its marks."""

    def __init__(self, parts: Sequence[Atom], setting: Setting) -> None:
        self.parts, self.setting, self.count = parts, setting, len(parts)
        self.prices = [_break_price(*pair) for pair in pairwise(parts)]  # of a break after each atom but the last
        self.marks = [i for i, atom in enumerate(parts) if atom.half]
        self.holes = [i for i in self.marks if self._leaves_hole(i)]
        self.trimmed = frozenset(i for i in self.marks if parts[i].face == "fang").difference(self.holes)  # no heading
        self.widths = list(accumulate((atom.width for atom in parts), initial=0.0))
        self.savings = list(accumulate((atom.half for atom in parts), initial=0.0))
        blanks = (atom.half if i in self.trimmed else 0.0 for i, atom in enumerate(parts))
        self.blanks = list(accumulate(blanks, initial=0.0))

    def _leaves_hole(self, i: int) -> bool:
        """Two marks together with their blank sides between them."""
        text = self.parts[i].text
        if text in CLOSING:
            after = self.parts[i + 1].text if i + 1 < self.count else ""
            return after in OPENING or after in CLOSING
        return i > 0 and self.parts[i - 1].text in OPENING

    def edges(self, start: int, end: int) -> list[tuple[float, int]]:
        """The marks at a line's two ends that lose their blank side there: [(price, index)]."""
        found = []
        first, last = self.parts[start], self.parts[end - 1]
        if first.half and first.text in OPENING:
            found.append((-1.0 if start else 0.9, start))
        if last.half and last.text in CLOSING:
            found.append((-0.15, end - 1))
        return found

    def squeezes(self, start: int, end: int) -> tuple[list[tuple[float, int]], float]:
        """Marks to set half-width outright [(price, index)], cheapest first, and the points that may be trimmed of the
        other marks."""
        outright, blank = self.edges(start, end), self.blanks[end] - self.blanks[start]
        taken = [i for _, i in outright]
        blank -= sum(self.parts[i].half for i in taken if i in self.trimmed)
        inner = self.holes[bisect_left(self.holes, start) : bisect_left(self.holes, end)]
        outright += [(-1.5, i) for i in inner if i not in taken]
        return sorted(outright), blank

    def cuts(self, start: int, end: int, share: float) -> dict[int, float]:
        """The points trimmed of each mark of a line that is too long."""
        edges = [i for _, i in self.edges(start, end)]
        return {
            i: self.parts[i].half * share for i in self.marks if start <= i < end and i in self.trimmed - set(edges)
        }

    def fit(self, start: int, end: int, room: float) -> Fit | None:
        setting, last = self.setting, end == self.count
        width, gaps = self.widths[end] - self.widths[start], end - start - 1
        options, blank = self.squeezes(start, end)
        taken: tuple[int, ...] = ()
        price, best = 0.0, None
        for step in range(len(options) + 1):
            if step:
                cost, index = options[step - 1]
                taken, price, width = (*taken, index), price + cost, width - self.parts[index].half
            if (last or setting.ragged) and width + gaps * setting.grid <= room + ROUNDING:
                loose = 0.0 if last else ((room - width - gaps * setting.grid) / setting.size) ** 2
                return Fit(max(price, 0) + loose, setting.grid, taken)
            found = _filled(width, room, gaps, blank, price, setting, last)
            if found and (best is None or found.cost < best.cost):
                best = Fit(found.cost, found.spacing, taken, found.share)
        return best


def _filled(
    width: float, room: float, gaps: int, blank: float, price: float, setting: Setting, last: bool
) -> Fit | None:
    """Trimmed when too long, spread when too short."""
    if width > room + ROUNDING:
        share = (width - room) / blank if blank > ROUNDING else 9.0
        return Fit(price + 0.5 + 8 * share**2, 0.0, share=share) if share <= 0.8 else None
    if not gaps:  # nothing to spread: what it leaves blank is its price
        return Fit(price + (0 if last else ((room - width) / setting.size) ** 2), 0.0)
    spacing = min((room - width) / gaps, 0.0 if setting.ragged else room)
    return Fit(price + (0 if last else ((spacing - setting.grid) / (0.06 * setting.size)) ** 2), spacing)


@dataclass(frozen=True)
class Reached:
    """The cheapest way to break before an atom: what all lines so far cost, where the last of them starts, its fit."""

    cost: float
    start: int
    fit: Fit | None


def _weigh(text: _Paragraph, fullest: float, lawful: bool) -> list[tuple[int, int, Fit]] | None:
    """The cheapest lines as (start, end, fit); None when no legal set of breaks exists. Only places where some line may
    end are gone on from."""
    reached = {0: Reached(0.0, 0, None)}
    for start in range(text.count):
        if start in reached:
            _extend(text, start, reached, fullest, lawful)
    lines: list[tuple[int, int, Fit]] = []
    end = text.count
    while end and end in reached:
        before = reached[end]
        assert before.fit is not None
        lines.append((before.start, end, before.fit))
        end = before.start
    return lines[::-1] if not end else None


def _extend(text: _Paragraph, start: int, reached: dict[int, Reached], fullest: float, lawful: bool) -> None:
    """Every line that may begin here, where it is the cheapest way so far to its end."""
    room, begun, before = text.setting.room(start == 0), text.widths[start], reached[start].cost
    saved = text.savings[start]
    for end in range(start + 1, text.count + 1):
        natural, last = text.widths[end] - begun, end == text.count
        if natural - (text.savings[end] - saved) > room + ROUNDING:
            break
        price = 0.0 if last or not lawful else text.prices[end - 1]
        if price is None or (not last and natural < fullest * room):
            continue
        fit = text.fit(start, end, room)
        if fit is None:
            continue
        # one character and a full stop; a cell has shorter lines, where moving a character costs little
        lonely = (12.0 if text.setting.ragged else 2.0) if last and start and end - start <= 2 else 0.0
        cost = before + fit.cost + price + lonely
        if end not in reached or cost < reached[end].cost:
            reached[end] = Reached(cost, start, fit)


def _collect(text: _Paragraph, lines: Sequence[tuple[int, int, Fit]]) -> list[Line]:
    out = []
    for start, end, fit in lines:
        cuts = text.cuts(start, end, fit.share) if fit.share else {}
        indent = text.setting.measure - text.setting.room(start == 0)
        out.append(_line(text.parts, start, end, indent, fit, cuts))
    return out


def _line(parts: Sequence[Atom], start: int, end: int, indent: float, fit: Fit, cuts: dict[int, float]) -> Line:
    pieces: list[Piece] = []
    width = indent + fit.spacing * (end - start - 1)
    for i in range(start, end):
        atom = parts[i]
        half, cut = i in fit.halves, cuts.get(i, 0.0)
        width += atom.width - (atom.half if half else cut)
        previous = pieces[-1] if pieces else None
        alone = atom.word or bool(cut) or previous is None or previous.word or bool(previous.cut)
        if previous and not alone and (previous.half, previous.face) == (half, atom.face):
            pieces[-1] = Piece(previous.text + atom.text, atom.face, False, half)
        else:
            pieces.append(Piece(atom.text, atom.face, atom.word, half, cut))
    return Line(tuple(pieces), fit.spacing, indent, width, end == len(parts))
