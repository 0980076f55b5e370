"""Breaking a title by sense into lines that make a trapezoid or a diamond, as the standard wants them."""

import itertools
import math

from engine.documents.fonts import FaceName, Faces
from engine.documents.lines import NO_START, OPENING, TOKEN

MOST_PHRASES = 12
AFTER = frozenset("的和与及暨或年月日次届期号省市县区州会局厅委部处室院")  # where a word has mostly come to its end
BEFORE = frozenset("第关和与及暨")  # where one mostly begins
GOES_ON = frozenset("议长员计")  # 会议, 会长, 会员, 会计: the 会 ends nothing
INSIDE = 100  # what a break elsewhere costs, beside the squared em of uneven lines: 词意完整 before even lines
COMFORTABLE = 18  # em: a line of a title that leaves a margin on both sides


def break_title(phrases: tuple[str, ...], most: float, faces: Faces, face: FaceName = "biaosong") -> list[str]:
    """The fewest lines of at most `most` em, broken between phrases; inside a phrase only when one is too long.

    Lines are kept clear of the edges, where the phrases allow it.
    """
    widths = [faces.width(phrase, face) for phrase in phrases]
    if len(phrases) <= MOST_PHRASES and max(widths) <= most:
        return _by_phrases(list(phrases), widths, max(min(most, COMFORTABLE), *widths))
    tokens = TOKEN.findall("".join(phrases))
    pieces = [token if faces.width(token, face) <= most else None for token in tokens]
    atoms = [c for token, piece in zip(tokens, pieces, strict=True) for c in ([piece] if piece else token)]
    return _evenly(atoms, [faces.width(atom, face) for atom in atoms], most)


def _by_phrases(phrases: list[str], widths: list[float], most: float) -> list[str]:
    for lines in range(1, len(phrases) + 1):
        best: tuple[float, list[str]] | None = None
        for cuts in itertools.combinations(range(1, len(phrases)), lines - 1):
            edges = list(itertools.pairwise([0, *cuts, len(phrases)]))
            sizes = [sum(widths[a:b]) for a, b in edges]
            if max(sizes) > most:
                continue
            cost = _shape(sizes)
            if best is None or cost < best[0]:
                best = cost, ["".join(phrases[a:b]) for a, b in edges]
        if best:
            return best[1]
    raise ValueError("a phrase is wider than the line")


def _shape(sizes: list[float]) -> float:
    """How far lines are from a trapezoid or a diamond whose steps are about two characters."""
    steps = [b - a for a, b in itertools.pairwise(sizes)]
    turns = sum((a < 0) != (b < 0) for a, b in itertools.pairwise(steps))
    bad = turns > 1 or any(abs(step) < 0.5 for step in steps)
    return sum(abs(abs(step) - 2) for step in steps) + 20 * bad


def _evenly(atoms: list[str], widths: list[float], most: float) -> list[str]:
    """Lines of about the same width, broken where a word ends as far as the last character tells."""
    count = max(1, math.ceil(sum(widths) / most))
    aim = sum(widths) / count
    best: dict[int, tuple[float, int]] = {len(atoms): (0.0, len(atoms))}
    for start in range(len(atoms) - 1, -1, -1):
        width = 0.0
        for end in range(start + 1, len(atoms) + 1):
            width += widths[end - 1]
            if width > most + 0.01:
                break
            if end not in best or (end < len(atoms) and not _may_break(atoms[end - 1], atoms[end])):
                continue
            inside = end < len(atoms) and _inside(atoms[end - 1][-1], atoms[end][0])
            cost = (width - aim) ** 2 + INSIDE * inside + best[end][0]
            if start not in best or cost < best[start][0]:
                best[start] = cost, end
    if 0 not in best:  # nothing but marks: there is no rule left to keep
        return ["".join(row) for row in _chunks(atoms, max(1, int(most)))]
    rows, start = [], 0
    while start < len(atoms):
        end = best[start][1]
        rows.append("".join(atoms[start:end]))
        start = end
    return rows


def _chunks(atoms: list[str], size: int) -> list[list[str]]:
    return [atoms[start : start + size] for start in range(0, len(atoms), size)]


def _may_break(before: str, after: str) -> bool:
    return before[-1] not in OPENING and after[0] not in NO_START


def _inside(before: str, after: str) -> bool:
    """Whether a break between two characters probably parts a word."""
    return after not in BEFORE and (before not in AFTER or (before == "会" and after in GOES_ON))
