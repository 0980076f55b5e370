"""Content and frame -> HTML and CSS. Positions are computed here; the style sheet only draws them."""

import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

import jinja2
import segno
from markupsafe import Markup

from engine.documents import geometry as g
from engine.documents.content import Attachment, Block, Content, Paragraph, attachment_labels
from engine.documents.fonts import TOP, Faces
from engine.documents.geometry import CELL, EM, LEAD, MM, PITCH, SIZE
from engine.documents.lines import Setting, compose
from engine.documents.markup import line_div, paragraph_lines, plain, table_html
from engine.documents.problems import ComposeError
from engine.documents.titles import break_title

MOST_TITLE = g.CORE_WIDTH / g.TITLE_EM
ALIKE = "本件的打印件与电子件内容一致，以电子件为准。"
TAGS = {"蓝": ("#1f5fa8", "一般提醒"), "黄": ("#c07a00", "临期催办"), "红": ("#c8161d", "逾期督办")}


@dataclass(frozen=True)
class Frame:
    """What issuing adds to the content. `record` is the decision in machine-readable form, embedded as decision.json.

    `number` is the whole 发文字号 (屿社工函〔2026〕12号); `code` the verification code and `verify_url` the address of the
    page that checks it. All three are empty for a slip.
    """

    number: str
    date: date
    code: str = ""
    verify_url: str = ""
    record: dict[str, Any] = field(default_factory=dict)

    def decision(self) -> bytes:
        """decision.json: sorted keys, so that equal records have equal bytes."""
        return json.dumps(self.record, ensure_ascii=False, sort_keys=True, indent=1, default=_json).encode()

    def scan(self) -> str:
        """What the QR code holds: the address, the code, and the first 16 digits of decision.json's SHA-256."""
        digest = hashlib.sha256(self.decision()).hexdigest()[:16]
        address = self.verify_url
        if self.code and self.code not in address:
            address += ("&" if "?" in address else "?") + f"code={self.code}"
        return address + ("&" if "?" in address else "?") + f"d={digest}"


def _json(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else str(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"decision.json cannot hold {type(value).__name__}")


@dataclass(frozen=True)
class Front:
    """The head of the first page: its height in millimetres, a whole number of lines, and its placed parts."""

    height: float
    parts: tuple[Markup, ...]


@dataclass(frozen=True)
class Pages:
    html: str
    css: str


class Layout:
    """Lays out documents with one set of fonts."""

    def __init__(self, faces: Faces) -> None:
        self.faces = faces
        self._shift = (faces.font("fang").ascent - TOP) * EM  # font tables place the baseline this much too low
        self._sheets: dict[str, str] = {}

    def pages(self, content: Content, frame: Frame, preview: bool) -> Pages:
        self.faces.check(content)
        blocks, tail = self._body(content)
        attachments = [a for a in content.attachments if a.blocks]
        number = (re.sub(r"\d+号$", "×号", frame.number) or "×号") if preview else frame.number
        values = {
            "title": "".join(content.title),
            "issuer": content.issuer,
            "created": f"{frame.date.isoformat()}T00:00:00+08:00",
            "form": content.form,
            "preview": preview and content.form != "slip",  # a slip is never signed
            "front": self._front(content, number),
            "to": [line_div(line) for line in self._flush(content.to)],
            "body": blocks,
            "tail": tail,
            "notes": self._notes(content),
            "signature": self._signature(content, frame),
            "note": self._note(content),
            "attachments": [self._attachment(a, content) for a in attachments],
            "foot": self._foot(content, frame, preview),
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

    # The head of the first page

    def _front(self, content: Content, number: str) -> Front:
        if content.form == "letter":
            return self._letter_front(content, number)
        return self._notice_front(content, number)

    def _letter_front(self, content: Content, number: str) -> Front:
        low, high = self.faces.height(content.issuer, "biaosong")
        size = g.LETTER_MARK_HEIGHT / (high - low)
        scale = g.MARK_WIDTH / (self.faces.width(content.issuer, "biaosong") * size)
        if scale < 0.72:  # narrower strokes would look crushed: make the whole name smaller
            size, scale = size * scale / 0.72, 0.72
        rules = g.LETTER_MARK_TOP + (high - low) * size + g.LETTER_RULE_GAP
        number_top = rules + g.RULES + g.NUMBER_GAP
        start = number_top + EM + LEAD + 2 * PITCH
        rows = break_title(content.title, MOST_TITLE, self.faces)
        pitch, lines = _title_pitch(start, len(rows))
        ascent = self.faces.font("biaosong").ascent
        mark_top = LEAD + self._shift + g.LETTER_MARK_TOP - (ascent - high) * size
        style = f"top:{mark_top:.4f}mm;font-size:{size:.4f}mm;transform:scaleX({min(scale, 1):.4f})"
        parts = [
            _placed("mark", style, plain(content.issuer, self.faces, "biaosong")),
            # the number's line box is one pitch high, its characters LEAD below the box's top
            _placed("number right", f"top:{number_top:.4f}mm", plain(number, self.faces)),
            *(_rule(top + LEAD + self._shift, height) for top, height in _double_rules(rules)),
            self._title(rows, start, pitch),
        ]
        return Front(lines * PITCH, tuple(parts))

    def _title(self, rows: list[str], start: float, pitch: float) -> Markup:
        top = LEAD + start - (self.faces.font("biaosong").ascent - TOP) * g.TITLE_EM + self._shift
        spans = Markup("").join(
            Markup("<span>{}</span>").format(plain(row, self.faces, "biaosong", "标题")) for row in rows
        )
        return Markup('<h1 style="top:{}mm;line-height:{}mm">{}</h1>').format(f"{top:.4f}", f"{pitch:.4f}", spans)

    def _notice_front(self, content: Content, number: str) -> Front:
        """Name of the office, title, number; a slip has its colour instead of a number."""
        rows = break_title(content.title, MOST_TITLE, self.faces)
        if content.issuer not in "".join(content.title):
            rows = [*break_title((content.issuer,), MOST_TITLE, self.faces), *rows]
        start = -LEAD
        pitch = 12.9
        number_top = start + len(rows) * pitch + PITCH * 0.3
        lines = int((number_top + 2 * PITCH) / PITCH + 0.999)
        number_top = (lines - 2) * PITCH
        parts = [self._title(rows, start, pitch)]
        if content.urgency:
            colour, label = TAGS[content.urgency]
            tag = Markup('<span style="background:{}">{}</span>').format(colour, f"{label}（{content.urgency}）")
            parts.append(_placed("tag", f"top:{number_top:.4f}mm", tag))
        elif number:
            parts.append(_placed("number", f"top:{number_top:.4f}mm", plain(number, self.faces)))
        return Front(lines * PITCH, tuple(parts))

    # The text

    def _body(self, content: Content) -> tuple[list[Markup], list[Markup]]:
        """The blocks, and the last two lines, which stay with the signature."""
        blocks = [self._block(block) for block in content.blocks]
        tail: list[Markup] = []
        if content.blocks and isinstance(content.blocks[-1], Paragraph):
            lines = paragraph_lines(content.blocks[-1], self.faces)
            tail = lines[-2:]
            blocks[-1] = Markup("<div>{}</div>").format(Markup("").join(lines[:-2])) if lines[:-2] else Markup("")
        return blocks, tail

    def _block(self, block: Block) -> Markup:
        if not isinstance(block, Paragraph):
            return table_html(block, self.faces) + Markup('<div class="after"></div>')
        css = "heading" if _is_heading(block) else ""
        return Markup('<div class="{}">{}</div>').format(css, Markup("").join(paragraph_lines(block, self.faces)))

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

    def _signature(self, content: Content, frame: Frame) -> Markup:
        """署名, date and the seal's place, all centred on one axis; the date ends four characters from the right."""
        day = f"{frame.date.year}年{frame.date.month}月{frame.date.day}日"
        rows = break_title((content.signer,), 24, self.faces, "fang")
        name_width = max(self.faces.width(row, "fang") for row in rows) * EM
        axis = g.DATE_RIGHT_CELLS * CELL / MM + self.faces.width(day, "fang") * EM / 2
        axis = max(axis, name_width / 2 + CELL / MM)  # a long name keeps one character of margin, the date follows it
        parts = [Markup('<i id="seal" style="right:{}mm"></i>').format(f"{axis + g.SEAL / 2:.4f}")]
        if content.form == "slip":
            parts = []
        blank = 2 if content.form != "slip" else 1
        for position, row in enumerate([*rows, day]):
            style = f"right:{axis - 100:.4f}mm;top:{(blank + position) * PITCH:.4f}mm"
            parts.append(Markup('<div style="{}">{}</div>').format(style, plain(row, self.faces, "fang", "署名")))
        height = (blank + len(rows) + 1) * PITCH
        return Markup('<div class="sign" style="height:{}mm">{}</div>').format(f"{height:.4f}", Markup("").join(parts))

    def _note(self, content: Content) -> list[Markup]:
        if not content.note:
            return []
        return [line_div(line) for line in compose([(content.note, "fang")], Setting(first=2), self.faces)]

    def _attachment(self, attachment: Attachment, content: Content) -> dict[str, Any]:
        several = len(content.attachments) > 1
        label = f"附件{content.attachments.index(attachment) + 1}" if several else "附件"
        rows = break_title(attachment.title, MOST_TITLE, self.faces)
        return {
            "label": label,
            "title": [plain(row, self.faces, "biaosong", "附件标题") for row in rows],
            "blocks": [self._block(block) for block in attachment.blocks],
        }

    # The foot of the last page

    def _foot(self, content: Content, frame: Frame, preview: bool) -> Markup:
        """抄送 on the core's lower edge, the verification block above it, and room for both in the flow."""
        if content.form == "slip":
            return Markup("")
        copies = self._copies(content)
        lines = self._check_lines(content, frame, preview)
        check_height = max(g.CHECK_HEIGHT, len(lines) * g.CHECK_PITCH)
        height = len(copies) * g.COPY_HEIGHT + check_height + (2 if copies else 1) * g.CHECK_GAP
        check = Markup('<div class="check" style="height:{}mm"><i></i>{}<div class="lines">{}</div></div>').format(
            check_height, self._picture(content, frame, preview), Markup("").join(lines)
        )
        inner = check + Markup('<div class="copies">{}</div>').format(Markup("").join(copies)) if copies else check
        return Markup('<div class="room" style="height:{}mm"></div><div class="foot"><div>{}</div></div>').format(
            f"{height + LEAD:.3f}", inner
        )

    def _copies(self, content: Content) -> list[Markup]:
        if not content.copies:
            return []
        setting = Setting(g.SMALL, g.CORE - 2 * g.SMALL, g.SMALL, 0, 3)
        return [line_div(line) for line in compose([("抄送：" + content.copies, "fang")], setting, self.faces)]

    def _check_lines(self, content: Content, frame: Frame, preview: bool) -> list[Markup]:
        lines = [ALIKE, *content.contact]
        if not preview:
            lines = [f"扫描左侧二维码核验本件，验证码：{frame.code}", frame.verify_url, *lines]
        setting = Setting(g.CHECK_SIZE, g.CORE - g.CHECK_INDENT * MM, g.CHECK_SIZE, 0, 0, ragged=True)
        return [line_div(line, css="") for text in lines for line in compose([(text, "fang")], setting, self.faces)]

    def _picture(self, content: Content, frame: Frame, preview: bool) -> Markup:
        """The QR code; a preview has none."""
        if preview:
            return Markup("")
        if not frame.code or not frame.verify_url:
            raise ComposeError(f"文书 {content.kind} 缺少验证码或核验地址，不能印制", code="document.frame")
        return Markup(segno.make(frame.scan(), error="m", micro=False).svg_inline(scale=1, border=0, omitsize=True))


def _title_pitch(start: float, rows: int) -> tuple[float, int]:
    """The title's line pitch, the one free length above the text, chosen so that 主送 falls on the grid."""
    choices = [((k * PITCH - LEAD - PITCH - start) / rows, k) for k in range(4, g.LINES)]
    return min(choices, key=lambda choice: abs(choice[0] - 12.5))


def _double_rules(top: float) -> list[tuple[float, float]]:
    """Thick over thin under the name, thin over thick above the paper's foot: (top, height) below the core's top."""
    foot = g.PAGE_HEIGHT - 20 - g.CORE_TOP
    return [(top, 0.9), (top + 1.4, 0.35), (foot - g.RULES, 0.35), (foot - 0.9, 0.9)]


def _rule(top: float, height: float) -> Markup:
    return _placed("red", f"top:{top:.4f}mm;height:{height}mm", Markup(""))


def _placed(css: str, style: str, content: Markup) -> Markup:
    return Markup('<div class="{}" style="{}">{}</div>').format(css, style, content)


def _is_heading(paragraph: Paragraph) -> bool:
    return paragraph.level in (1, 2) and len(paragraph.text) <= 28


@cache
def _environment() -> jinja2.Environment:
    loader = jinja2.PackageLoader("engine.documents", "pages")
    return jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined)
