"""Every visible answer in words, with where to change it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine.forms.checking import Place, row_place
from engine.forms.display import NOTHING, display, display_file, files_of
from engine.forms.model import Field, FormContext, FormSchema, Page, attachment_key
from engine.forms.naming import item_name
from engine.forms.resolve import Level, options_of
from engine.forms.submission import is_asked, items_of, top_level


@dataclass(frozen=True)
class SummaryRow:
    """One answer: its label, the words, and the parts of a link to change it.

    `lines` has one line a row or file, where there are several. `path` is the path of the answer in the values
    (`candidates[0].post`), for comparing two submissions; `personal` is the sealed number's hash, to open it.
    """

    label: str
    text: str
    page: str
    path: str
    index: int | None = None
    inner: str | None = None
    anchor: str = ""
    visibility: str = "public"
    lines: tuple[str, ...] = ()
    personal: str = ""
    files: tuple[Any, ...] = ()
    is_empty: bool = False


@dataclass(frozen=True)
class SummarySection:
    """The answers of one page, of one item of a list, or of one block of a decision."""

    title: str
    rows: tuple[SummaryRow, ...]
    page: str
    index: int | None = None
    key: str = ""
    inner: str | None = None
    heading: str = ""


def form_summary(schema: FormSchema, values: Mapping[str, Any], context: FormContext) -> list[SummarySection]:
    """The visible answers of the whole form, page by page and item by item."""
    top = top_level(schema, values, context)
    found: list[SummarySection] = []
    for page in schema.pages:
        if not is_asked(page, top):
            continue
        if page.kind == "list":
            found.extend(_item_sections(page, top, context))
        else:
            found.extend(_page_sections(page, top, context))
    return found


def public_only(sections: Iterable[SummarySection]) -> list[SummarySection]:
    """The sections without rows that are internal; sections left empty are dropped."""
    kept = (replace(entry, rows=tuple(row for row in entry.rows if row.visibility == "public")) for entry in sections)
    return [entry for entry in kept if entry.rows]


def _page_sections(page: Page, level: Level, context: FormContext) -> list[SummarySection]:
    simple = [entry for entry in page.fields if entry.rows is None or entry.rows.over is None]
    rows = _rows(simple, level, context, Place(), _Link(page.key, page.visibility))
    found = [SummarySection(page.title, rows, page.key, heading=page.section)] if rows else []
    for entry in page.fields:
        if entry.rows is not None and entry.rows.over is not None and level.asks(entry):
            found.extend(_block_sections(page, entry, level, context))
    return found


def _item_sections(page: Page, top: Level, context: FormContext) -> list[SummarySection]:
    found: list[SummarySection] = []
    for item in items_of(page, top):
        place = Place(f"{page.key}[{item.index}].", "", item.key)
        rows: list[SummaryRow] = []
        for inner in page.pages:
            if is_asked(inner, item.level):
                link = _Link(page.key, page.visibility, item.index, inner)
                rows.extend(_rows(inner.fields, item.level, context, place, link))
        key = str(item.level.local.get("key") or item.key)
        title = item_name(page.list, item)
        found.append(SummarySection(title, tuple(rows), page.key, item.index, key, None, page.title))
    return found


def _block_sections(page: Page, entry: Field, level: Level, context: FormContext) -> list[SummarySection]:
    """One section a row of a list that the case gives; rows of a former list keep the name they were stored with."""
    columns = entry.rows.columns if entry.rows else ()
    found: list[SummarySection] = []
    for row in level.rows.get(entry.key, ()):
        rows = _rows(columns, row.level, context, row_place(entry, row, Place()), _Link(page.key, entry.visibility))
        title = str(row.level.local.get("label") or row.key)
        found.append(SummarySection(title, rows, page.key, row.index, row.key, None, entry.label))
    return found


@dataclass(frozen=True)
class _Link:
    page: str
    visibility: str = "public"
    index: int | None = None
    inner: Page | None = None

    def sees(self, entry: Field) -> str:
        inner = self.inner.visibility if self.inner is not None else "public"
        return "internal" if "internal" in (self.visibility, inner, entry.visibility) else "public"


def _rows(
    fields: Sequence[Field], level: Level, context: FormContext, place: Place, link: _Link
) -> tuple[SummaryRow, ...]:
    shown = [entry for entry in fields if entry.type != "text"]
    return tuple(
        _row(entry, level, context, place, link)
        for entry in shown
        if level.asks(entry) or (entry.key in level.derived and level.local.get(entry.key) is not None)
    )


def _row(entry: Field, level: Level, context: FormContext, place: Place, link: _Link) -> SummaryRow:
    value = level.local.get(entry.key)
    files: tuple[Any, ...] = ()
    lines: tuple[str, ...] = ()
    if entry.type == "filepicker":
        files = tuple(files_of(context.attachments.get(attachment_key(entry, place.row_key))))
        lines = tuple(display_file(stored) for stored in files)
    elif entry.rows is not None:
        lines = _row_lines(entry, level, context)
    text = "\n".join(lines) if lines else display(entry, value, options_of(entry, level.scope, context))
    if entry.rows is not None and not lines:
        text = ""
    return SummaryRow(
        label=entry.label,
        text=text or ("未上传" if entry.type == "filepicker" else NOTHING),
        page=link.page,
        path=f"{place.path}{entry.key}",
        index=link.index,
        inner=link.inner.key if link.inner is not None else None,
        anchor=f"{place.name}{entry.key}",
        visibility=link.sees(entry),
        lines=lines,
        personal=str(value["$personal"]) if isinstance(value, Mapping) and "$personal" in value else "",
        files=files,
        is_empty=not text,
    )


def _row_lines(entry: Field, level: Level, context: FormContext) -> tuple[str, ...]:
    """One line a row: its answers joined, without labels where the column speaks for itself."""
    columns = [column for column in (entry.rows.columns if entry.rows else ()) if column.type != "text"]
    lines: list[str] = []
    for row in level.rows.get(entry.key, ()):
        words = [_word(column, row.level, context) for column in columns if row.level.asks(column)]
        lines.append("，".join(filter(None, words)) or NOTHING)
    return tuple(lines)


def _word(column: Field, level: Level, context: FormContext) -> str:
    value = level.local.get(column.key)
    if isinstance(value, bool):
        return column.label if value else ""
    return display(column, value, options_of(column, level.scope, context))
