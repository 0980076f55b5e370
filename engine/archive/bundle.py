"""The bundle as one file: a BagIt bag in a ZIP, the same bytes for the same case at the same moment."""

import io
import logging
import tempfile
import zipfile
from pathlib import Path

import bagit

from engine.archive.catalogue import as_html, as_xml
from engine.archive.contents import CaseContents, collect
from engine.calendar import local_date
from engine.installation import Installation

VERIFIER = Path(__file__).with_name("verify_bundle.py")
logging.getLogger("bagit").setLevel(logging.ERROR)


def make_bundle(installation: Installation, number: str, *, closing: bool = False) -> bytes:
    """The archive bundle of a case that has ended, or is `closing`; `NotFound` or `Conflict` otherwise."""
    contents = collect(installation, number, closing=closing)
    with tempfile.TemporaryDirectory() as folder:
        bag = Path(folder) / "bag"
        for name, data in _files(contents).items():
            path = bag / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        told = {
            "Source-Organization": contents.facts["organisation"],
            "External-Identifier": number,
            "Bagging-Date": local_date(installation.clock.now()).isoformat(),
        }
        bagit.make_bag(str(bag), told, checksums=["sha256"])
        return _zipped(bag)


def _files(contents: CaseContents) -> dict[str, bytes]:
    own = {
        "catalogue.xml": as_xml(contents),
        "catalogue.html": as_html(contents),
        "root.pem": contents.root,
        "register.json": contents.register,
        "verify_bundle.py": VERIFIER.read_bytes(),
    }
    return {item.name: item.data for item in contents.items} | own


def _zipped(folder: Path) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                entry = zipfile.ZipInfo(str(path.relative_to(folder)), (1980, 1, 1, 0, 0, 0))
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, path.read_bytes())
    return out.getvalue()
