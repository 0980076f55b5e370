"""A content as a Word draft, for editing outside. It bears no number, seal or code, and says on every page that it is unsigned."""

import io
from datetime import datetime
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from engine.documents import geometry as g
from engine.documents.content import Block, Content, Entries, Opinion, Paragraph, Table, attachment_labels
from engine.documents.geometry import MM, PITCH

UNSIGNED = "草稿，未签发，不得作为正式文书使用"
FONTS = {"fang": "仿宋", "hei": "黑体", "kai": "楷体", "biaosong": "方正小标宋简体"}
INDENT = 2


def word_draft(content: Content, now: datetime) -> bytes:
    """The DOCX, the same bytes for the same content and moment."""
    draft = _Draft(content, now)
    out = io.BytesIO()
    draft.document.save(out)
    return out.getvalue()


class _Draft:
    def __init__(self, content: Content, now: datetime) -> None:
        self.document: Any = Document()
        self._set_up(content, now)
        self._line(content.issuer, "biaosong", g.TITLE_SIZE, centred=True)
        self._line("".join(content.title), "biaosong", g.TITLE_SIZE, centred=True)
        if content.to:
            self._line(content.to)
        self._blocks(content.blocks)
        for position, label in enumerate(attachment_labels(content.attachments)):
            self._line(("附件：" if position == 0 else "　　　") + label, indent=INDENT)
        for label, names in content.attendance:
            self._line(f"{label}：{names}", indent=INDENT)
        if content.signer:
            self._line(content.signer, right=4)
            self._line("（成文日期在签发时确定）", right=4)
        if content.note:
            self._line(content.note, indent=INDENT)
        for attachment in content.attachments:
            if attachment.blocks:
                self.document.add_page_break()
                self._line("附件", "hei")
                self._line("".join(attachment.title), "biaosong", g.TITLE_SIZE, centred=True)
                self._blocks(attachment.blocks)
        if content.copies:
            self._line("抄送：" + content.copies, size=g.SMALL)
        for line in content.contact:
            self._line(line, size=g.SMALL)

    def _set_up(self, content: Content, now: datetime) -> None:
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(g.PAGE_WIDTH), Mm(g.PAGE_HEIGHT)
        section.left_margin, section.top_margin = Mm(g.CORE_LEFT), Mm(g.CORE_TOP)
        section.right_margin = Mm(g.PAGE_WIDTH - g.CORE_LEFT - g.CORE_WIDTH)
        section.bottom_margin = Mm(g.PAGE_HEIGHT - g.CORE_BOTTOM)
        warning = section.header.paragraphs[0]
        warning.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = self._run(warning, UNSIGNED, "hei", g.SMALL)
        run.font.color.rgb = RGBColor(0xC8, 0x16, 0x1D)
        told = self.document.core_properties
        told.author = told.last_modified_by = content.issuer
        told.title, told.comments, told.content_status = "".join(content.title), UNSIGNED, "草稿"
        told.created = told.modified = now.replace(tzinfo=None)

    def _line(
        self,
        text: str,
        face: str = "fang",
        size: float = g.SIZE,
        *,
        centred: bool = False,
        indent: int = 0,
        right: int = 0,
    ) -> None:
        paragraph = self._paragraph(indent)
        if centred:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        if right:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            paragraph.paragraph_format.right_indent = Pt(right * g.SIZE)
        self._run(paragraph, text, face, size)

    def _paragraph(self, indent: int = 0) -> Any:
        paragraph = self.document.add_paragraph()
        form = paragraph.paragraph_format
        form.space_before = form.space_after = Pt(0)
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(PITCH * MM)
        form.first_line_indent = Pt(indent * g.SIZE)
        return paragraph

    def _run(self, paragraph: Any, text: str, face: str, size: float) -> Any:
        run = paragraph.add_run(text)
        run.font.size, run.font.name = Pt(size), FONTS[face]
        run._element.rPr.rFonts.set(qn("w:eastAsia"), FONTS[face])
        return run

    def _blocks(self, blocks: tuple[Block, ...]) -> None:
        for block in blocks:
            if isinstance(block, Paragraph):
                paragraph = self._paragraph(INDENT)
                for run in block.runs:
                    self._run(paragraph, run.text, run.face, g.SIZE)
            elif isinstance(block, Table):
                self._table([[column.title for column in block.columns], *block.rows], heads=len(block.columns))
            elif isinstance(block, Entries):
                self._table([[text for entry in block.entries for text in (entry.label, entry.text)]])
            elif isinstance(block, Opinion):
                self._table([[block.label, f"{block.text}\n{block.person}　{block.day}"]])

    def _table(self, rows: list[Any], heads: int = 0) -> None:
        table = self.document.add_table(rows=0, cols=len(rows[0]))
        table.style = "Table Grid"
        for number, row in enumerate(rows):
            for cell, text in zip(table.add_row().cells, row, strict=True):
                self._run(cell.paragraphs[0], text, "hei" if heads and not number else "fang", g.TABLE_SIZE)
