"""The four checks of a bundle (真实、完整、可用、安全), from the file alone."""

import io
import json
import logging
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import bagit
import pypdfium2
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from engine import documents
from engine.archive.verify_bundle import event_faults, manifest_faults
from engine.errors import HuishenError, Invalid

MOST_FILES, MOST_BYTES = 5000, 2 * 2**30
EXECUTABLE = (b"MZ", b"\x7fELF", b"#!")
ACTIVE = (b"/JavaScript", b"/Launch", b"/OpenAction")
logging.getLogger("bagit").setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class Check:
    """One of the four: its name and everything that is wrong."""

    name: str
    faults: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return not self.faults


def check_bundle(data: bytes, root: bytes | None = None) -> tuple[Check, ...]:
    """The four checks. `root` (PEM) is the office's root certificate; without it the bundle's own is taken, which proves
    nothing about whose it is. `Invalid` when the file is no bundle."""
    with tempfile.TemporaryDirectory() as folder:
        bag = Path(folder)
        _unpack(data, bag)
        trusted = root or (bag / "data/root.pem").read_bytes()
        return tuple(
            Check(name, tuple(_told(check, bag, trusted)))
            for name, check in (("真实", _genuine), ("完整", _complete), ("可用", _usable), ("安全", _safe))
        )


def _told(check: Callable[[Path, bytes], Iterator[str]], bag: Path, root: bytes) -> Iterator[str]:
    try:
        yield from check(bag, root)
    except HuishenError as error:
        yield error.message
    except (OSError, ValueError, KeyError, TypeError, SyntaxError, bagit.BagError) as error:
        yield f"不能检查：{type(error).__name__}"


def _unpack(data: bytes, folder: Path) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > MOST_BYTES:
                raise Invalid("归档包过大，不能检查。", code="archive.size")
            for entry in entries:
                parts = PurePosixPath(entry.filename).parts
                if entry.filename.startswith("/") or ".." in parts or "\\" in entry.filename:
                    raise Invalid(f"归档包里的文件名不安全：{entry.filename[:60]}", code="archive.name")
            archive.extractall(folder)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError) as error:
        raise Invalid("这不是完好的归档包（ZIP）。", code="archive.zip") from error
    needed = ("bagit.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt", "data/root.pem", "data/events.jsonl")
    for name in needed:
        if not (folder / name).is_file():
            raise Invalid(f"归档包里没有 {name}。", code="archive.missing")


def _genuine(bag: Path, root: bytes) -> Iterator[str]:
    """Signatures, the signed register, the chain of events."""
    der = x509.load_pem_x509_certificate(root).public_bytes(Encoding.DER)
    if x509.load_pem_x509_certificate((bag / "data/root.pem").read_bytes()).public_bytes(Encoding.DER) != der:
        yield "归档包里的根证书不是给定的根证书"
    yield from event_faults((bag / "data/events.jsonl").read_text(encoding="utf-8"))
    register = documents.read_register((bag / "data/register.json").read_bytes(), der)
    for pdf in sorted((bag / "data/documents").glob("*.pdf")):
        verdict = documents.verify_offline(pdf.read_bytes(), der, register)
        if verdict.code not in ("ours.valid", "revoked", "superseded"):
            yield f"{pdf.name}：{verdict.sentence}"


def _complete(bag: Path, _: bytes) -> Iterator[str]:
    """Every file as the manifest and the catalogue say, and every document that the register has."""
    yield from manifest_faults(bag)
    catalogue = etree.parse(str(bag / "data/catalogue.xml"), etree.XMLParser(resolve_entities=False, no_network=True))
    listed = {str(one.get("路径")) for one in catalogue.getroot().iter("文件")}
    own = {"catalogue.xml", "catalogue.html", "root.pem", "register.json", "verify_bundle.py"}
    present = {str(file.relative_to(bag / "data")) for file in (bag / "data").rglob("*") if file.is_file()} - own
    yield from (f"目录所列的 {name} 不在包里" for name in sorted(listed - present))
    yield from (f"{name} 不在目录里" for name in sorted(present - listed))
    held = len(json.loads((bag / "data/register.json").read_bytes())["body"]["documents"])
    found = len(list((bag / "data/documents").glob("*.pdf")))
    if found != held:
        yield f"登记簿有 {held} 份文书，包里有 {found} 份"


def _usable(bag: Path, _: bytes) -> Iterator[str]:
    """The bag is one by the standard's own library; documents open, are PDF/A and can be shown; JSON can be read."""
    bagit.Bag(str(bag)).validate()
    for pdf in sorted((bag / "data/documents").glob("*.pdf")):
        try:
            opened = pypdfium2.PdfDocument(pdf.read_bytes())
            opened[0].render(scale=0.2)
        except pypdfium2.PdfiumError:
            yield f"{pdf.name} 打不开"
            continue
        if b"/pdfa/ns/id/" not in pdf.read_bytes():
            yield f"{pdf.name} 不是 PDF/A"
    for file in sorted((bag / "data").rglob("*.json")):
        json.loads(file.read_bytes())


def _safe(bag: Path, _: bytes) -> Iterator[str]:
    """No programs among the attachments, nothing active in the documents."""
    for file in sorted((bag / "data/attachments").glob("*")):
        if file.read_bytes()[:4].startswith(EXECUTABLE):
            yield f"{file.name} 是可执行文件"
    for pdf in sorted((bag / "data/documents").glob("*.pdf")):
        if any(word in pdf.read_bytes() for word in ACTIVE):
            yield f"{pdf.name} 含有会自动运行的内容"
