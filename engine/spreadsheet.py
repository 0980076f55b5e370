"""A workbook of one sheet as Excel and WPS open it (ECMA-376), of texts, whole numbers and days alone: nothing in it is a formula."""

import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
EPOCH = date(1899, 12, 30)  # day 0 of a sheet
PLAIN, TITLE, HEADING, DAY = range(4)  # places of the styles below
WIDEST, NARROWEST = 48, 8
LONGEST = 32_767  # characters of a cell

Cell = str | int | date | None


@dataclass(frozen=True)
class Sheet:
    """`notes` stand above the table, the first as its title; `footer` on every printed page."""

    name: str
    notes: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[Sequence[Cell], ...]
    footer: str = ""


def write(sheet: Sheet) -> bytes:
    """The workbook, the same bytes for the same sheet."""
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        + "".join(
            f'<Override PartName="/xl/{name}.xml" ContentType="application/vnd.openxmlformats-officedocument.'
            f'spreadsheetml.{kind}+xml"/>'
            for name, kind in (("workbook", "sheet.main"), ("worksheets/sheet1", "worksheet"), ("styles", "styles"))
        )
        + "</Types>",
        "_rels/.rels": _relations(("officeDocument", "xl/workbook.xml")),
        "xl/_rels/workbook.xml.rels": _relations(("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        f'<sheet name={quoteattr(sheet.name[:31])} sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/styles.xml": _STYLES,
        "xl/worksheets/sheet1.xml": _worksheet(sheet),
    }
    kept = BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), HEAD + text, zipfile.ZIP_DEFLATED)
    return kept.getvalue()


def _relations(*targets: tuple[str, str]) -> str:
    found = "".join(
        f'<Relationship Id="rId{place}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for place, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{found}</Relationships>'


_STYLES = (
    f'<styleSheet xmlns="{MAIN}"><fonts count="3"><font><sz val="11"/><name val="宋体"/></font>'
    '<font><b/><sz val="14"/><name val="宋体"/></font><font><b/><sz val="11"/><name val="宋体"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4">'
    '<xf numFmtId="0" fontId="0"/><xf numFmtId="0" fontId="1" applyFont="1"/><xf numFmtId="0" fontId="2" applyFont="1"/>'
    '<xf numFmtId="14" fontId="0" applyNumberFormat="1"/></cellXfs></styleSheet>'
)


def _worksheet(sheet: Sheet) -> str:
    head = len(sheet.notes) + 1
    lines = [_row(place, [note], TITLE if place == 1 else PLAIN) for place, note in enumerate(sheet.notes, 1)]
    lines.append(_row(head, sheet.columns, HEADING))
    lines += [_row(place, row, PLAIN) for place, row in enumerate(sheet.rows, head + 1)]
    widths = "".join(
        f'<col min="{place}" max="{place}" width="{_width(title, (row[place - 1] for row in sheet.rows))}" customWidth="1"/>'
        for place, title in enumerate(sheet.columns, 1)
    )
    footer = f"<headerFooter><oddFooter>{escape('&C' + sheet.footer.replace('&', '&&'))}</oddFooter></headerFooter>"
    return (
        f'<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="{head}" '
        f'topLeftCell="A{head + 1}" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>{widths}</cols>'
        f"<sheetData>{''.join(lines)}</sheetData>{footer if sheet.footer else ''}</worksheet>"
    )


def _width(title: str, values: Iterable[Cell]) -> int:
    """A Chinese character takes the room of two."""
    longest = max((sum(1 + (ord(one) > 255) for one in str(value)) for value in (title, *values) if value), default=0)
    return min(WIDEST, max(NARROWEST, longest + 2))


def _row(place: int, values: Sequence[Cell], style: int) -> str:
    cells = "".join(_cell(f"{_letters(column)}{place}", value, style) for column, value in enumerate(values))
    return f'<row r="{place}">{cells}</row>'


def _letters(column: int) -> str:
    """A, B, .. Z, AA, of a place from 0."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def _cell(where: str, value: Cell, style: int) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, date):
        return f'<c r="{where}" s="{DAY}"><v>{(value - EPOCH).days}</v></c>'
    if isinstance(value, int):
        return f'<c r="{where}" s="{style}"><v>{value}</v></c>'
    text = escape("".join(one for one in value[:LONGEST] if one in "\t\n" or one >= " "))
    return f'<c r="{where}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
