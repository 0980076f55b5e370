"""Files as answers: documents, attachments, and the pages of a document as pictures of exactly its bytes."""

from functools import lru_cache
from io import BytesIO
from threading import Lock

import pypdfium2
from flask import Response, request, send_file

from engine import cases
from engine.errors import NotFound
from webapp.current import actor, installation

PDFIUM = Lock()  # the library draws in one thread at a time
DOTS = 120 / 72  # of a picture, to a point of the page
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
INLINE = "default-src 'none'; frame-ancestors 'self'"


def document(document_id: str) -> Response:
    """A document as a file to keep."""
    name, data = cases.document_file(installation(), actor(), document_id)
    return send_file(BytesIO(data), mimetype="application/pdf", download_name=name, as_attachment=True)


def draft(document_id: str) -> Response:
    """A document's text as a Word draft."""
    name, data = cases.draft_file(installation(), actor(), document_id)
    return send_file(BytesIO(data), mimetype=WORD, download_name=name, as_attachment=True)


def attachment(attachment_id: str) -> Response:
    """An uploaded file: kept with `?download`, else shown by the browser as what its content was found to be."""
    name, media_type, data = cases.attachment_file(installation(), actor(), attachment_id)
    kept = "download" in request.args
    response = send_file(BytesIO(data), mimetype=media_type, download_name=name, as_attachment=kept)
    response.headers["Content-Security-Policy"] = INLINE
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def sheet(case_id: str, kind: str) -> Response:
    """A printed form, which the browser opens; of those that there is one each of, the one at `place`."""
    name, data = cases.print_sheet(installation(), actor(), case_id, kind, request.args.get("place", type=int))
    response = send_file(BytesIO(data), mimetype="application/pdf", download_name=name)
    response.headers["Content-Security-Policy"] = INLINE
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def objection_file(objection_id: str, place: int) -> Response:
    """What came with an objection, to keep; never shown in the page."""
    name, media_type, data = cases.objection_file(installation(), actor(), objection_id, place)
    return send_file(BytesIO(data), mimetype=media_type, download_name=name, as_attachment=True)


def page_count(data: bytes) -> int:
    """How many pages a document of ours has."""
    with PDFIUM, pypdfium2.PdfDocument(data) as pdf:
        return len(pdf)


def page_picture(document_id: str, number: int) -> Response:
    """One page (from 1) of a document of ours as a PNG."""
    _, data = cases.document_file(installation(), actor(), document_id)
    return picture(data, number)


def picture(data: bytes, number: int) -> Response:
    """One page (from 1) of a PDF of ours as a PNG; `NotFound` where there is none."""
    drawn = _drawn(data, number)
    if drawn is None:
        raise NotFound("这份文书没有这一页。", code="document.page")
    return send_file(BytesIO(drawn), mimetype="image/png")


@lru_cache(maxsize=32)
def _drawn(data: bytes, number: int) -> bytes | None:
    with PDFIUM, pypdfium2.PdfDocument(data) as pdf:
        if not 1 <= number <= len(pdf):
            return None
        pdf.init_forms()  # seals and signatures are drawn from their fields
        kept = BytesIO()
        pdf[number - 1].render(scale=DOTS, may_draw_forms=True).to_pil().save(kept, "PNG")
    return kept.getvalue()
