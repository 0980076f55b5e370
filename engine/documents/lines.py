"""Chinese lines as data: text -> lines that fill the measure exactly. Nothing here knows HTML or the page.

A paragraph is a list of (text, face). It is cut into atoms that cannot be broken (a Han character, a punctuation mark, a
Latin word, a number with its unit). All legal sets of breaks are weighed together (dynamic programming over the
paragraph), so that one awkward line is not paid for by the next. Marks at a line's end, an opening bracket at its start
and the first of two marks together may be set half-width (`halt`); a line still too long trims its other marks evenly; a
line too short is spread by letter-spacing. The last line keeps the grid's own spacing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.documents.fonts import FaceName, Faces
from engine.documents.geometry import CELL, CORE, SIZE

OPENING, CLOSING = frozenset("（《〈〔【“‘「『"), frozenset("。，、；：？！）》〉〕】”’」』")
NO_START = CLOSING | frozenset("—…·％%℃")
UNITS = "年月日号时分秒元万亿个名条款项届次位人%％℃"
TOKEN = re.compile(
    r"〔\d+〕\d+号"  # document number
    r"|(?=\d*[A-Za-z])[A-Za-z0-9](?:[A-Za-z0-9@./:&_-]*[A-Za-z0-9])?"  # Latin words, codes, addresses
    r"|\d{4}年|\d+(?:[.,:：]\d+)*[" + UNITS + r"]?"
    r"|——|……|.",
    re.S,
)
DATE = re.compile(r"\d+[年月]")
CODE = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)+")
DATE_PRICE, NAME_PRICE, LONG_NAME_PRICE, CODE_PRICE = 12.0, 25.0, 8.0, 9.0
FULL_ENOUGH, RAGGED = (0.8, 0.65, 0.5, 0.0), (0.4, 0.0)
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
    # A long unbroken word needs looser lines; a text of nothing but closing marks has no legal break at all.
    for fullest, lawful in [*((full, True) for full in (RAGGED if setting.ragged else FULL_ENOUGH)), (0.0, False)]:
        best = _weigh(parts, setting, fullest, lawful)
        if best is not None:
            return _collect(parts, best, setting)
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


def _squeezes(line: Sequence[Atom], first: bool) -> tuple[list[tuple[float, int]], list[int]]:
    """Marks to set half-width outright [(price, index)], cheapest first, and marks that may be trimmed a little."""
    outright: list[tuple[float, int]] = []
    trimmed: list[int] = []
    for i, atom in enumerate(line):
        if not atom.half:
            continue
        after = line[i + 1].text if i + 1 < len(line) else None
        before = line[i - 1].text if i else None
        closing = atom.text in CLOSING
        if closing and after is None:
            outright.append((-0.15, i))
        elif (closing and (after in OPENING or after in CLOSING)) or (not closing and before in OPENING):
            outright.append((-1.5, i))  # two marks together would leave a hole
        elif not closing and before is None:
            outright.append((0.9 if first else -1.0, i))
        elif atom.face == "fang":  # never inside a heading
            trimmed.append(i)
    return sorted(outright), trimmed


def _fit(line: Sequence[Atom], room: float, setting: Setting, first: bool, last: bool) -> Fit | None:
    width, gaps = sum(atom.width for atom in line), len(line) - 1
    options, trimmed = _squeezes(line, first)
    blank = sum(line[i].half for i in trimmed)
    taken: tuple[int, ...] = ()
    price, best = 0.0, None
    for step in range(len(options) + 1):
        if step:
            cost, index = options[step - 1]
            taken, price, width = (*taken, index), price + cost, width - line[index].half
        if (last or setting.ragged) and width + gaps * setting.grid <= room + 0.01:
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
    if width > room + 0.01:
        share = (width - room) / blank if blank else 9.0
        return Fit(price + 0.5 + 8 * share**2, 0.0, share=share) if share <= 0.8 else None
    if not gaps:  # nothing to spread: what it leaves blank is its price
        return Fit(price + (0 if last else ((room - width) / setting.size) ** 2), 0.0)
    spacing = min((room - width) / gaps, 0.0 if setting.ragged else room)
    return Fit(price + (0 if last else ((spacing - setting.grid) / (0.06 * setting.size)) ** 2), spacing)


Best = dict[int, tuple[float, int, Fit | None]]


def _weigh(parts: Sequence[Atom], setting: Setting, fullest: float, lawful: bool) -> Best | None:
    """From each start the cheapest line and the cost of all that follows; None when no legal set of breaks exists."""
    count = len(parts)
    best: Best = {count: (0.0, count, None)}
    for start in range(count - 1, -1, -1):
        found = _cheapest(parts, start, best, setting, fullest, lawful)
        if found:
            best[start] = found
    return best if 0 in best else None


def _cheapest(
    parts: Sequence[Atom], start: int, best: Best, setting: Setting, fullest: float, lawful: bool
) -> tuple[float, int, Fit | None] | None:
    room, count = setting.room(start == 0), len(parts)
    natural, saved, found = 0.0, 0.0, None
    for end in range(start + 1, count + 1):
        natural += parts[end - 1].width
        saved += parts[end - 1].half
        if natural - saved > room + 0.01:
            break
        last = end == count
        price = 0.0 if last or not lawful else _break_price(parts[end - 1], parts[end])
        if price is None or end not in best or (not last and natural < fullest * room):
            continue
        fit = _fit(parts[start:end], room, setting, start == 0, last)
        if fit is None:
            continue
        # one character and a full stop; a cell has shorter lines, where moving a character costs little
        lonely = (12.0 if setting.ragged else 2.0) if last and start and end - start <= 2 else 0.0
        cost = fit.cost + price + lonely + best[end][0]
        if found is None or cost < found[0]:
            found = cost, end, fit
    return found


def _collect(parts: Sequence[Atom], best: Best, setting: Setting) -> list[Line]:
    lines, start, count = [], 0, len(parts)
    while start < count:
        _, end, fit = best[start]
        assert fit is not None
        trimmed = _squeezes(parts[start:end], start == 0)[1] if fit.share else []
        cuts = {i: parts[start + i].half * fit.share for i in trimmed}
        indent = setting.measure - setting.room(start == 0)
        lines.append(_line(parts[start:end], indent, fit, cuts, end == count))
        start = end
    return lines


def _line(line: Sequence[Atom], indent: float, fit: Fit, cuts: dict[int, float], last: bool) -> Line:
    pieces: list[Piece] = []
    width = indent + fit.spacing * (len(line) - 1)
    for i, atom in enumerate(line):
        half, cut = i in fit.halves, cuts.get(i, 0.0)
        width += atom.width - (atom.half if half else cut)
        previous = pieces[-1] if pieces else None
        alone = atom.word or bool(cut) or previous is None or previous.word or bool(previous.cut)
        if previous and not alone and (previous.half, previous.face) == (half, atom.face):
            pieces[-1] = Piece(previous.text + atom.text, atom.face, False, half)
        else:
            pieces.append(Piece(atom.text, atom.face, atom.word, half, cut))
    return Line(tuple(pieces), fit.spacing, indent, width, last)
