"""What stands below the text: attendance, 署名 and date, the verification block, 抄送, the 版记 on the core's edge."""

import io
from typing import Any

import segno
from markupsafe import Markup

from engine.documents import geometry as g
from engine.documents.content import UNNUMBERED, Content
from engine.documents.fonts import Faces
from engine.documents.frame import Frame
from engine.documents.geometry import CELL, EM, LEAD, MM, PITCH
from engine.documents.lines import Setting, compose
from engine.documents.markup import line_div, plain
from engine.documents.problems import ComposeError
from engine.documents.titles import break_title

ALIKE = "本件的打印件与电子件内容一致，以电子件为准。"
WITH_COLOPHON = ("document", "minutes")


class Feet:
    """Places feet with one set of fonts; `shift`: how much too low the font tables put the baseline."""

    def __init__(self, faces: Faces, shift: float) -> None:
        self.faces = faces
        self._shift = shift

    def signature(self, content: Content, frame: Frame) -> Markup:
        """署名 and date: below a seal centred on one axis, without one from the right; minutes have neither."""
        if not content.signer:
            return Markup("")
        day = date_text(frame)
        rows = break_title((content.signer,), 24, self.faces, "fang")
        width, date_width = max(self.faces.width(row, "fang") for row in rows) * EM, self.faces.width(day, "fang") * EM
        if content.form in UNNUMBERED:
            return self._unsealed(rows, day, width, date_width)
        axis = g.DATE_RIGHT_CELLS * CELL / MM + date_width / 2
        axis = max(axis, width / 2 + CELL / MM)  # a long name keeps one character of margin, the date follows it
        seal = Markup('<i id="seal" style="right:{}mm"></i>').format(f"{axis + g.SEAL / 2:.4f}")
        return self._signed([(row, axis - 100) for row in [*rows, day]], 2, seal, "centre")

    def _unsealed(self, rows: list[str], day: str, width: float, date_width: float) -> Markup:
        """署名 two characters from the right; the date begins two characters further in, or itself stands at the edge."""
        cell = CELL / MM
        left = 2 * cell + width - 2 * cell - date_width  # the date's right edge when it begins two characters in
        date_right = max(left, 2 * cell)
        name_right = 2 * cell if left >= 2 * cell else date_right + date_width + 2 * cell - width
        return self._signed([*((row, name_right) for row in rows), (day, date_right)], 1, Markup(""), "right")

    def _signed(self, rows: list[tuple[str, float]], blank: int, seal: Markup, css: str) -> Markup:
        parts = [seal]
        for position, (row, right) in enumerate(rows):
            style = f"right:{right:.4f}mm;top:{(blank + position) * PITCH:.4f}mm"
            text = plain(row, self.faces, "fang", "署名")
            parts.append(Markup('<div class="{}" style="{}">{}</div>').format(css, style, text))
        height = (blank + len(rows)) * PITCH
        return Markup('<div class="sign" style="height:{}mm">{}</div>').format(f"{height:.4f}", Markup("").join(parts))

    def attendance(self, content: Content) -> list[Markup]:
        """出席、请假、列席 one line below the text; turned lines align after the colon."""
        out = []
        for label, names in content.attendance:
            spans: list[Any] = [(f"{label}：", "hei"), (names, "fang")]
            out += [line_div(line) for line in compose(spans, Setting(first=2, rest=5), self.faces, content.whole)]
        return out

    def foot(self, content: Content, frame: Frame, preview: bool, alone: bool) -> Markup:
        """抄送 or 版记 on the core's lower edge, the verification block above it, and room for both in the flow.

        `alone`: on a page of its own, pushed down in the flow (an absolute box there is cut off by the renderer).
        """
        if content.form in UNNUMBERED:
            return Markup("")
        colophon, height = self._colophon(content, frame, preview)
        lines = self._check_lines(content, frame, preview)
        check_height = max(g.CHECK_HEIGHT, len(lines) * g.CHECK_PITCH)
        check = Markup('<div class="check" style="height:{}mm"><i></i>{}<div class="lines">{}</div></div>').format(
            check_height, self._picture(content, frame, preview), Markup("").join(lines)
        )
        if alone:
            above = g.CORE_HEIGHT + LEAD + self._shift - check_height - g.CHECK_GAP - height
            return Markup('<div style="height:{}mm"></div>{}{}').format(f"{above:.4f}", check, colophon)
        room = check_height + g.CHECK_GAP + height + LEAD
        return Markup('<div class="room" style="height:{}mm"></div><div class="foot"><div>{}{}</div></div>').format(
            f"{room:.4f}", check, colophon
        )

    def _colophon(self, content: Content, frame: Frame, preview: bool) -> tuple[Markup, float]:
        """抄送 alone, or between the lines of a 版记 with 印发机关 and date; and its height."""
        copies = self._copies(content)
        told = Markup('<div class="copies">{}</div>').format(Markup("").join(copies)) if copies else Markup("")
        height = len(copies) * g.COPY_HEIGHT + (g.CHECK_GAP if copies else 0)
        if content.form not in WITH_COLOPHON:
            return told, height
        printed = Markup('<div class="printed"><span>{}</span><span>{}</span></div>').format(
            plain(content.printer or content.issuer, self.faces, "fang", "印发机关"),
            plain("×年×月×日印发" if preview else date_text(frame) + "印发", self.faces),
        )
        thick, thin = Markup('<div class="rule"></div>'), Markup('<div class="rule thin"></div>')
        between = told + thin if copies else Markup("")
        height = (len(copies) + 1) * g.COPY_HEIGHT + 2 * g.RULE + g.CHECK_GAP + (g.THIN_RULE if copies else 0)
        return Markup('<div class="colophon">{}</div>').format(thick + between + printed + thick), height

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
        drawn = io.BytesIO()
        code = segno.make(frame.scan(), error="m", micro=False)
        code.save(drawn, kind="svg", scale=1, border=0, omitsize=True, xmldecl=False, nl=False)
        return Markup(drawn.getvalue().decode())


def date_text(frame: Frame) -> str:
    return f"{frame.date.year}年{frame.date.month}月{frame.date.day}日"
