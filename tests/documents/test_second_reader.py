"""A second implementation reads our signatures: poppler's pdfsig, with our root in a certificate store of its own."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tests.documents import samples
from tests.documents.office import NAME, Office
from tests.documents.test_verify import appended

if not shutil.which("pdfsig") or not shutil.which("certutil"):
    pytest.skip(
        "pdfsig and certutil are not installed: apt-get install -y poppler-utils libnss3-tools", allow_module_level=True
    )


@pytest.fixture(scope="module")
def store(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An NSS database that trusts our root and nothing else."""
    folder = tmp_path_factory.mktemp("nss")
    root = folder / "root.pem"
    root.write_bytes(x509.load_der_x509_certificate(office.vault.root()).public_bytes(Encoding.PEM))
    run = ["certutil", "-d", f"sql:{folder}"]
    subprocess.run([*run, "-N", "--empty-password"], check=True, capture_output=True)
    subprocess.run([*run, "-A", "-n", "root", "-t", "CT,C,C", "-i", str(root)], check=True, capture_output=True)
    return folder


def told(pdf: bytes, store: Path, tmp_path: Path) -> list[dict[str, str]]:
    """What pdfsig says of each signature."""
    file = tmp_path / "document.pdf"
    file.write_bytes(pdf)
    run = subprocess.run(["pdfsig", "-nssdir", str(store), str(file)], capture_output=True, text=True, check=False)
    parts = re.split(r"^Signature #\d+:", run.stdout, flags=re.M)[1:]
    return [dict(re.findall(r"^\s+- (?:The )?([^:\n]+): (.*)$", part, re.M)) | {"all": part} for part in parts]


def test_pdfsig_finds_both_signatures_valid_and_trusted(office: Office, store: Path, tmp_path: Path) -> None:
    found = told(office.letter(samples.content("D07")), store, tmp_path)
    assert [one["Signature Field Name"] for one in found] == ["Reviewer", "Authority"]
    assert [one["Signer Certificate Common Name"] for one in found] == ["林知远", NAME]
    for one in found:
        assert one["Signature Validation"] == "Signature is Valid."
        assert one["Certificate Validation"] == "Certificate is Trusted."
        assert one["Signing Hash Algorithm"] == "SHA-256"
    assert "Total document signed" in found[1]["all"]


def test_pdfsig_finds_a_changed_letter_invalid(office: Office, store: Path, tmp_path: Path) -> None:
    letter = office.letter(samples.content("D07"))
    at = letter.index(b"/CreationDate") + 20
    found = told(letter[:at] + b"9" + letter[at + 1 :], store, tmp_path)
    assert {one["Signature Validation"] for one in found} == {"Digest Mismatch."}


def test_pdfsig_sees_that_something_was_appended(office: Office, store: Path, tmp_path: Path) -> None:
    found = told(appended(office.letter(samples.content("D07")), "text"), store, tmp_path)
    assert not any("Total document signed" in one["all"] for one in found)


def test_pdfsig_trusts_nobody_else(office: Office, store: Path, tmp_path: Path) -> None:
    stranger = Office.founded(office.press, tmp_path / "stranger", office.now)
    found = told(stranger.notice(samples.content("D01")), store, tmp_path)
    assert [one["Signature Validation"] for one in found] == ["Signature is Valid."]
    assert found[0]["Certificate Validation"] == "Certificate issuer isn't Trusted."
