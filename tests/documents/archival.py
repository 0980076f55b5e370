"""What PDF/A-3b asks of a file's structure, looked up with pikepdf; and whether another library finds the syntax sound."""

import io
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from typing import Any

import pikepdf

ACTIVE = ("/JavaScript", "/Launch", "/Sound", "/Movie", "/ResetForm", "/ImportData", "/Rendition", "/GoTo3DView")


def faults(data: bytes) -> list[str]:
    """Everything that keeps these bytes from being PDF/A-3b, as far as structure shows it."""
    if not data.startswith(b"%PDF-1.") or data[9:10] != b"%" or min(data[10:14]) < 128:
        return ["no header of PDF 1 with a binary comment"]
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return [*_metadata(pdf), *_catalog(pdf), *_fonts(pdf), *_annotations(pdf), *_files(pdf), *_syntax(data, pdf)]


def _metadata(pdf: pikepdf.Pdf) -> Iterator[str]:
    if "/Filter" in pdf.Root.Metadata:
        yield "the metadata is compressed"
    metadata = pdf.open_metadata(set_pikepdf_as_editor=False)
    if (metadata.get("pdfaid:part"), metadata.get("pdfaid:conformance")) != ("3", "B"):
        yield "the metadata does not say PDF/A-3b"
    if metadata.get("dc:title") != str(pdf.docinfo.get("/Title")):
        yield "the title in Info is not that of the metadata"


def _catalog(pdf: pikepdf.Pdf) -> Iterator[str]:
    intents = [one for one in pdf.Root.get("/OutputIntents", []) if one.S == "/GTS_PDFA1"]
    if len(intents) != 1 or "/DestOutputProfile" not in intents[0]:
        yield "no output intent with a colour profile"
    if pdf.is_encrypted or "/ID" not in pdf.trailer:
        yield "encrypted, or without an identifier"
    if "/Version" in pdf.Root and str(pdf.Root.Version) > "/1.7":
        yield "raised above PDF 1.7"
    if "/OpenAction" in pdf.Root or "/AA" in pdf.Root:
        yield "an action runs at opening"
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary) and str(item.get("/S")) in ACTIVE:
            yield f"an action {item.S}"
        if isinstance(item, pikepdf.Stream) and "/LZWDecode" in str(item.get("/Filter", "")):
            yield "compressed by LZW"


def _fonts(pdf: pikepdf.Pdf) -> Iterator[str]:
    files = {"/FontFile", "/FontFile2", "/FontFile3"}
    for item in pdf.objects:
        kind = item.get("/Type") if isinstance(item, pikepdf.Dictionary) else None
        if kind == "/FontDescriptor" and not files & set(item.keys()):
            yield f"font {item.FontName} is not embedded"
        if kind == "/Font" and item.get("/Subtype") == "/Type0" and "/ToUnicode" not in item:
            yield "a font without Unicode values"


def _annotations(pdf: pikepdf.Pdf) -> Iterator[str]:
    for page in pdf.pages:
        for one in page.get("/Annots", []):
            flags, box = int(one.get("/F", 0)), [float(v) for v in one.Rect]
            visible = box[0] != box[2] and box[1] != box[3]
            if visible and (not flags & 4 or flags & 0b100011):
                yield f"annotation {one.get('/T')} is not printed"
            if visible and one.Subtype == "/Widget" and "/AP" not in one:
                yield f"field {one.get('/T')} has no appearance"


def _files(pdf: pikepdf.Pdf) -> Iterator[str]:
    listed = {one.objgen for one in pdf.Root.get("/AF", [])}
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Filespec":
            if item.objgen not in listed:
                yield "an embedded file that no /AF lists"
            if "/AFRelationship" not in item or "/UF" not in item or "/Subtype" not in item.EF.F:
                yield "an embedded file without relationship, name or kind"


def _syntax(data: bytes, pdf: pikepdf.Pdf) -> Iterator[str]:
    if shutil.which("qpdf"):
        checked = _qpdf(data)
        if checked.returncode:
            yield f"qpdf: {checked.stdout.decode(errors='replace')} {checked.stderr.decode(errors='replace')}"
        return
    yield from (f"syntax: {problem}" for problem in pdf.check_pdf_syntax())


def _qpdf(data: bytes) -> Any:
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(data)
        file.flush()
        return subprocess.run(["qpdf", "--check", file.name], capture_output=True, check=False)
