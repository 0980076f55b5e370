"""Pages -> PDF/A-3b in this process, byte for byte the same for the same input."""

import hashlib
import io
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any
from xml.etree import ElementTree

from cssselect2 import ElementWrapper
from weasyprint import CSS, HTML, Attachment
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher

from engine.documents.content import Content
from engine.documents.feet import WITH_COLOPHON
from engine.documents.fonts import FILES, Faces, require_libraries
from engine.documents.frame import Frame
from engine.documents.geometry import CORE_TOP, MM, PAGE_HEIGHT, PITCH, SEAL
from engine.documents.layout import Layout

RECORD_NAME = "decision.json"


@dataclass(frozen=True)
class SealPlace:
    """Where the seal goes: page (0 is the first), upper left corner and side in points from the page's lower left.

    `alone`: the seal is the document's only signature (a notice).
    """

    page: int
    x: float
    y: float
    alone: bool = False
    side: float = SEAL * MM


@dataclass(frozen=True)
class Rendered:
    """An unsigned PDF. `seal` is None where none is put: minutes, a slip, a sheet."""

    pdf: bytes
    pages: int
    sha256: str
    seal: SealPlace | None


class _OurFontsOnly(URLFetcher):  # type: ignore[misc]
    """Reads our fonts. Everything else that a document might name is refused, not skipped."""

    def __init__(self, allowed: frozenset[str]) -> None:
        super().__init__()
        self._allowed = allowed

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
        if url in self._allowed:
            return super().fetch(url, headers)
        raise FatalURLFetchingError(f"refused: {url[:80]}")


class _Markup(HTML):  # type: ignore[misc]
    """Our own markup is well-formed: expat reads it ten times as fast as a parser that forgives."""

    def __init__(self, text: str, fetcher: URLFetcher) -> None:
        self.etree_element = ElementTree.fromstring(text)  # noqa: S314  made and escaped by us
        self.wrapper_element = ElementWrapper.from_html_root(self.etree_element, content_language=None)
        self.base_url, self.url_fetcher, self.media_type = None, fetcher, "print"


class Renderer:
    """Renders in this process. Fonts are read once; every later document is quick. For one thread at a time."""

    def __init__(self, faces: Faces) -> None:
        require_libraries()
        self._faces = faces
        self._layout = Layout(self._faces)
        addresses = {face: self._faces.path(face).as_uri() for face in FILES}
        self._fetcher = _OurFontsOnly(frozenset(addresses.values()))
        self._fonts = FontConfiguration()
        rules = "".join(f"@font-face{{font-family:{face};src:url({url})}}" for face, url in addresses.items())
        self._faces_sheet = self._sheet(rules)
        self._sheets: dict[str, Any] = {}

    def _sheet(self, css: str) -> Any:
        return CSS(string=css, font_config=self._fonts, url_fetcher=self._fetcher)

    def render(self, content: Content, frame: Frame, preview: bool = False) -> Rendered:
        """The document's pages, unsigned. `preview` marks them 未签发 and hides the number."""
        document = self._arranged(content, frame, preview)
        moment = datetime.combine(frame.date, time(), UTC)
        record = Attachment(
            string=frame.decision(),
            name=RECORD_NAME,
            description="审核结论的机器可读形式",
            created=moment,
            modified=moment,
            relationship="Data",
        )
        out = io.BytesIO()
        attachments = [record] if frame.record else []
        document.write_pdf(out, finisher=_archival, pdf_variant="pdf/a-3b", attachments=attachments)
        pdf = out.getvalue()
        return Rendered(
            pdf, len(document.pages), hashlib.sha256(pdf).hexdigest(), _seal_place(document, content.form == "notice")
        )

    def _arranged(self, content: Content, frame: Frame, preview: bool) -> Any:
        """The pages, with the foot where it belongs: a 版记 on an even page; a foot on a page of its own where the seal, or
        the attendance of minutes, would otherwise leave its page for want of room for both."""
        document = self._document(content, frame, preview)
        if content.form in WITH_COLOPHON and len(document.pages) % 2:
            document = self._document(content, frame, preview, 1)
            if len(document.pages) % 2:
                document = self._document(content, frame, preview, 2)
        elif not content.attachments:
            last = "attendance" if content.attendance else "end"
            if _page_of(document, last) > 0 and _starts_page(document, last):
                apart = self._document(content, frame, preview, 1)
                is_allowed = content.form not in WITH_COLOPHON or len(apart.pages) % 2 == 0
                if is_allowed and _page_of(apart, last) < _page_of(document, last):
                    document = apart
        return document

    def _document(self, content: Content, frame: Frame, preview: bool, alone: int = 0) -> Any:
        pages = self._layout.pages(content, frame, preview, alone)
        if content.form not in self._sheets:
            self._sheets[content.form] = self._sheet(pages.css)
        sheets = [self._faces_sheet, self._sheets[content.form]]
        return _Markup(pages.html, self._fetcher).render(stylesheets=sheets, font_config=self._fonts)


def _archival(_document: Any, pdf: Any) -> None:
    """The PDF/A variant lists an embedded file a second time, and packs the metadata, which readers of archives look for
    as plain text. Fonts are packed here, once: the writer packs a stream each time it is asked for it."""
    if "AF" in pdf.catalog:
        pdf.catalog["AF"][:] = list(dict.fromkeys(pdf.catalog["AF"]))
    for item in pdf.objects:
        if getattr(item, "extra", {}).get("Type") == "/Metadata":
            item.compress = False
        elif getattr(item, "compress", False) and len(item.stream) == 1 and isinstance(item.stream[0], bytes):
            item.stream, item.compress = [zlib.compress(item.stream[0])], False
            item.extra["Filter"] = "/FlateDecode"


def _page_of(document: Any, anchor: str) -> int:
    """Where an anchor is, counted from 0; -1 when it is nowhere."""
    return next((number for number, page in enumerate(document.pages) if anchor in page.anchors), -1)


def _starts_page(document: Any, anchor: str) -> bool:
    """Nothing stands above it on its page."""
    y = document.pages[_page_of(document, anchor)].anchors[anchor][1]
    return bool(y * 0.75 / MM < CORE_TOP + PITCH / 2)


def _seal_place(document: Any, alone: bool) -> SealPlace | None:
    number = _page_of(document, "seal")
    if number < 0:
        return None
    x, y = document.pages[number].anchors["seal"][:2]
    return SealPlace(number, x * 0.75, PAGE_HEIGHT * MM - y * 0.75, alone)
