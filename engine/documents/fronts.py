"""The head of the first page, form by form: 发文机关标志, 发文字号, red lines, title. Millimetres below the core's top."""

from dataclasses import dataclass

from markupsafe import Markup

from engine.documents import geometry as g
from engine.documents.content import Content
from engine.documents.fonts import TOP, Faces
from engine.documents.geometry import EM, LEAD, PITCH
from engine.documents.markup import plain
from engine.documents.titles import break_title

MOST_TITLE = g.CORE_WIDTH / g.TITLE_EM
NARROWEST = 0.72  # narrower strokes would look crushed: make the whole name smaller
TITLE_PITCH = 12.5
TAGS = {"蓝": ("#1f5fa8", "一般提醒"), "黄": ("#c07a00", "临期催办"), "红": ("#c8161d", "逾期督办")}
MARK_ENDS = {"document": "文件", "minutes": "纪要"}


@dataclass(frozen=True)
class Front:
    """The head of the first page: its height in millimetres, a whole number of lines, and its placed parts."""

    height: float
    parts: tuple[Markup, ...]


@dataclass(frozen=True)
class _Mark:
    """发文机关标志, and the lower edge of its ink."""

    part: Markup
    bottom: float


class Fronts:
    """Places heads with one set of fonts; `shift`: how much too low the font tables put the baseline."""

    def __init__(self, faces: Faces, shift: float) -> None:
        self.faces = faces
        self._shift = shift

    def front(self, content: Content, number: str) -> Front:
        if content.form == "letter":
            return self._letter(content, number)
        if content.form in MARK_ENDS:
            return self._ordinary(content, number)
        return self._plain(content, number)

    def _mark(self, name: str, top: float, height: float) -> _Mark:
        low, high = self.faces.height(name, "biaosong")
        size = height / (high - low)
        scale = g.MARK_WIDTH / (self.faces.width(name, "biaosong") * size)
        if scale < NARROWEST:
            size, scale = size * scale / NARROWEST, NARROWEST
        ascent = self.faces.font("biaosong").ascent
        box = LEAD + self._shift + top - (ascent - high) * size
        style = f"top:{box:.4f}mm;font-size:{size:.4f}mm;transform:scaleX({min(scale, 1):.4f})"
        return _Mark(placed("mark", style, plain(name, self.faces, "biaosong")), top + (high - low) * size)

    def _letter(self, content: Content, number: str) -> Front:
        """信函格式: name, double red rules, number flush right under the first."""
        mark = self._mark(content.issuer, g.LETTER_MARK_TOP, g.LETTER_MARK_HEIGHT)
        rules = mark.bottom + g.LETTER_RULE_GAP
        number_top = rules + g.RULES + g.NUMBER_GAP
        start = number_top + EM + LEAD + 2 * PITCH
        rows = break_title(content.title, MOST_TITLE, self.faces)
        pitch, lines = title_pitch(start, len(rows))
        parts = [
            mark.part,
            # the number's line box is one pitch high, its characters LEAD below the box's top
            placed("number right", f"top:{number_top:.4f}mm", plain(number, self.faces)),
            *(self._rule("wide", top, height) for top, height in double_rules(rules)),
            self._title(rows, start, pitch),
        ]
        return Front(lines * PITCH, tuple(parts))

    def _ordinary(self, content: Content, number: str) -> Front:
        """Ordinary format and 纪要: red name 35 mm below the core's top, number two lines below, red line 4 mm below."""
        end = MARK_ENDS[content.form]
        mark = self._mark(content.issuer.removesuffix(end) + end, g.MARK_TOP, g.MARK_HEIGHT)
        number_top = mark.bottom + 2 * PITCH + LEAD
        lowest = min(self.faces.font("fang").ink(c)[1] for c in number if "一" <= c <= "鿿")
        red = number_top + (TOP - lowest) * EM + g.RED_GAP
        start = red + 2 * PITCH
        rows = break_title(content.title, MOST_TITLE, self.faces)
        pitch, lines = title_pitch(start, len(rows))
        parts = [
            mark.part,
            *self._corner(content),
            *self._number(content, number, number_top),
            self._rule("core", red, g.RED),
            self._title(rows, start, pitch),
        ]
        return Front(lines * PITCH, tuple(parts))

    def _corner(self, content: Content) -> list[Markup]:
        """份号 and 紧急程度, one below the other from the core's first line."""
        texts = [("", content.copy_number)] if content.copy_number else []
        texts += [(" hei", content.precedence)] if content.precedence else []
        return [
            placed(f"number left{css}", f"top:{line * PITCH:.4f}mm", plain(text, self.faces, "hei" if css else "fang"))
            for line, (css, text) in enumerate(texts)
        ]

    def _number(self, content: Content, number: str, top: float) -> list[Markup]:
        """Centred; of an upward document one character from the left, with 签发人 one from the right."""
        style = f"top:{top:.4f}mm"
        text = plain(number, self.faces)
        if not content.signatory:
            return [placed("number", style, text)]
        name = Markup('签发人：<span class="kai">{}</span>').format(plain(content.signatory, self.faces, "kai"))
        return [
            placed("number left", style + f";left:{EM:.4f}mm", text),
            placed("number right", style + f";right:{EM:.4f}mm", name),
        ]

    def _plain(self, content: Content, number: str) -> Front:
        """A notice has office, title and number; a slip its colour instead of a number; a sheet its title alone."""
        rows = break_title(content.title, MOST_TITLE, self.faces)
        if content.form != "sheet" and content.issuer not in "".join(content.title):
            rows = [*break_title((content.issuer,), MOST_TITLE, self.faces), *rows]
        start, pitch = -LEAD, 12.9
        if content.form == "sheet":
            lines = int((start + len(rows) * pitch + 0.6 * PITCH) / PITCH + 0.999)
            return Front(lines * PITCH, (self._title(rows, start, pitch),))
        lines = int((start + len(rows) * pitch + 2.3 * PITCH) / PITCH + 0.999)
        top = (lines - 2) * PITCH
        parts = [self._title(rows, start, pitch)]
        if content.urgency:
            colour, label = TAGS[content.urgency]
            tag = Markup('<span style="background:{}">{}</span>').format(colour, f"{label}（{content.urgency}）")
            parts.append(placed("tag", f"top:{top:.4f}mm", tag))
        elif content.form == "notice":
            parts.append(placed("number", f"top:{top:.4f}mm", plain(number, self.faces)))
        return Front(lines * PITCH, tuple(parts))

    def _title(self, rows: list[str], start: float, pitch: float) -> Markup:
        top = LEAD + start - (self.faces.font("biaosong").ascent - TOP) * g.TITLE_EM + self._shift
        spans = Markup("").join(
            Markup("<span>{}</span>").format(plain(row, self.faces, "biaosong", "标题")) for row in rows
        )
        return Markup('<h1 style="top:{}mm;line-height:{}mm">{}</h1>').format(f"{top:.4f}", f"{pitch:.4f}", spans)

    def _rule(self, css: str, top: float, height: float) -> Markup:
        return placed(f"red {css}", f"top:{top + LEAD + self._shift:.4f}mm;height:{height}mm", Markup(""))


def title_pitch(start: float, rows: int) -> tuple[float, int]:
    """The title's line pitch, the one free length above the text, chosen so that 主送 falls on the grid."""
    choices = [((k * PITCH - LEAD - PITCH - start) / rows, k) for k in range(4, g.LINES)]
    return min(choices, key=lambda choice: abs(choice[0] - TITLE_PITCH))


def double_rules(top: float) -> list[tuple[float, float]]:
    """Thick over thin under the name, thin over thick above the paper's foot: (top, height) below the core's top."""
    foot = g.PAGE_HEIGHT - 20 - g.CORE_TOP
    return [(top, 0.9), (top + 1.4, 0.35), (foot - g.RULES, 0.35), (foot - 0.9, 0.9)]


def placed(css: str, style: str, content: Markup) -> Markup:
    return Markup('<div class="{}" style="{}">{}</div>').format(css, style, content)
