"""The impression of a seal, drawn from glyph outlines: ring, five-pointed star, the office's name on the arc.

A real office registers its own impression (size, emblem, lettering); this drawing stands in until it is given.
"""

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from fontTools.misc.transform import Transform
from fontTools.pens.basePen import BasePen
from fontTools.pens.transformPen import TransformPen

from engine.documents.fonts import FaceName, Faces
from engine.documents.geometry import MM, SEAL
from engine.errors import Invalid

RED = "0.902 0 0.071"
NAME = re.compile(r"(.+?)(?:（(.+)）)?\Z", re.S)
BORDER, GAP, HEIGHT, SWEEP, WIDEST_STEP = 1.2, 1.0, 5.6, 238.0, 26.0  # mm, mm, mm, degrees, degrees
CAPTION_HEIGHT, CAPTION_WIDTH = 4.6, 3.9  # mm


@dataclass(frozen=True)
class Impression:
    """The drawing of one seal as PDF operators in a square of `side` points; paint it with Multiply."""

    operators: bytes
    side: float


class _Outline(BasePen):  # type: ignore[misc]
    """Glyph outline -> PDF path operators."""

    def __init__(self, glyphs: Any) -> None:
        super().__init__(glyphs)
        self.out: list[str] = []

    def _moveTo(self, p: tuple[float, float]) -> None:
        self.out.append(f"{p[0]:.3f} {p[1]:.3f} m")

    def _lineTo(self, p: tuple[float, float]) -> None:
        self.out.append(f"{p[0]:.3f} {p[1]:.3f} l")

    def _curveToOne(self, a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> None:
        self.out.append(f"{a[0]:.3f} {a[1]:.3f} {b[0]:.3f} {b[1]:.3f} {c[0]:.3f} {c[1]:.3f} c")

    def _closePath(self) -> None:
        self.out.append("h")


@lru_cache(maxsize=64)
def impression(name: str, faces: Faces) -> Impression:
    """The seal of a name; what stands in parentheses at its end (受理专用章) goes straight below the star.

    `MissingGlyph` when a character cannot be drawn.
    """
    found = NAME.match(name)
    if not found:
        raise Invalid("印章没有名称", code="document.seal-name")
    arc, caption = found[1], found[2] or ""
    radius = SEAL / 2
    outer = radius - BORDER - GAP
    star = 0.145 * SEAL if not caption else 0.12 * SEAL
    lift = 0.0 if not caption else 1.8  # the star gives way to the caption
    parts = [
        f"{RED} rg {RED} RG {BORDER:.3f} w",
        _circle(radius - BORDER / 2) + " S",
        _star(star, lift),
        *_arc(arc, outer, faces),
        *_straight(caption, -outer * 0.56, faces),
    ]
    side = SEAL * MM
    head = f"q /Ink gs {MM:.6f} 0 0 {MM:.6f} {side / 2:.4f} {side / 2:.4f} cm"
    return Impression("\n".join([head, *parts, "Q"]).encode(), side)


def _circle(r: float) -> str:
    k = r * 0.5522847498
    return (
        f"{r:.4f} 0 m {r:.4f} {k:.4f} {k:.4f} {r:.4f} 0 {r:.4f} c {-k:.4f} {r:.4f} {-r:.4f} {k:.4f} {-r:.4f} 0 c "
        f"{-r:.4f} {-k:.4f} {-k:.4f} {-r:.4f} 0 {-r:.4f} c {k:.4f} {-r:.4f} {r:.4f} {-k:.4f} {r:.4f} 0 c h"
    )


def _star(r: float, lift: float) -> str:
    points = []
    for i in range(10):
        q = r * (1 if i % 2 == 0 else 0.381966)
        points.append((q * math.sin(i * math.pi / 5), lift + q * math.cos(i * math.pi / 5)))
    path = " ".join(f"{x:.4f} {y:.4f} {'l' if i else 'm'}" for i, (x, y) in enumerate(points))
    return path + " h f"


def _arc(name: str, outer: float, faces: Faces) -> list[str]:
    """Characters upright on the arc, narrowed to what it leaves them."""
    step = min(WIDEST_STEP, SWEEP / max(len(name) - 1, 1))
    width = min(HEIGHT, math.radians(step) * (outer - HEIGHT / 2) * 0.96)
    out = []
    for i, character in enumerate(name):
        angle = math.radians((i - (len(name) - 1) / 2) * -step)
        move = Transform().rotate(angle).translate(0, outer - HEIGHT / 2)
        out.append(_glyph(character, move, width, HEIGHT, "biaosong", faces))
    return out


def _straight(caption: str, y: float, faces: Faces) -> list[str]:
    return [
        _glyph(
            character,
            Transform().translate((i - (len(caption) - 1) / 2) * CAPTION_WIDTH * 1.06, y),
            CAPTION_WIDTH,
            CAPTION_HEIGHT,
            "biaosong",
            faces,
        )
        for i, character in enumerate(caption)
    ]


def _glyph(character: str, move: Transform, width: float, height: float, face: FaceName, faces: Faces) -> str:
    """One character of the given size, its ink centred vertically on the transform's origin."""
    font = faces.font(faces.face_for(character, face, "印文"))
    _, bottom, _, top = font.ink(character)
    placed = move.scale(width / font.units, height / font.units)
    placed = placed.translate(-font.units / 2, -font.units * (top + bottom) / 2)
    pen = _Outline(font.glyphs)
    font.draw(character, TransformPen(pen, placed))
    return "\n".join(pen.out) + " f"
