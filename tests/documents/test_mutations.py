"""Signed files changed in every way we could think of: none is accepted, each is refused for the right reason."""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from engine import documents
from engine.documents.envelope import ORDERS
from tests.documents import samples
from tests.documents.office import Office

CONTENT = re.compile(rb"/Contents <([0-9a-fA-F]+)>")
CHANGED, SPOILT = {"ours.changed"}, {"ours.changed", "broken"}


@pytest.fixture(scope="module")
def letter(office: Office) -> bytes:
    return office.letter(samples.content("D07"))


@pytest.fixture(scope="module")
def other(office: Office) -> bytes:
    return office.letter(replace(samples.content("D07"), to="别的协会："))


@pytest.fixture(scope="module")
def stranger(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Office:
    return Office.founded(office.press, tmp_path_factory.mktemp("another"), office.now)


def objects(pdf: bytes) -> Iterator[tuple[str, int, int]]:
    """(kind, start, end) of every object that stands in the file as text."""
    for found in re.finditer(rb"\d+ 0 obj(.*?)endobj", pdf, re.S):
        body = found[1]
        kind = re.search(rb"/Type\s*/(\w+)", body.split(b"stream")[0])
        name = kind[1].decode() if kind else "Stream" if b"stream" in body else "Other"
        yield name, found.start(1), found.end(1)


def flipped(pdf: bytes, at: int) -> bytes:
    return pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]


def test_a_changed_byte_in_an_object_of_any_kind_is_refused(office: Office, letter: bytes) -> None:
    seen: dict[str, set[str]] = {}
    for kind, start, end in objects(letter):
        if len(seen.get(kind, ())) > 2:
            continue
        for at in {start + (end - start) // 3, start + (end - start) * 2 // 3}:
            verdict = office.verify(flipped(letter, at))
            assert verdict.code in SPOILT, (kind, at, verdict.code)
            if verdict.code == "ours.changed":
                assert re.search("改动|伪造|修改|追加|不属于", verdict.sentence), (kind, verdict.sentence)
            seen.setdefault(kind, set()).add(verdict.code)
    assert {"Page", "Catalog", "Stream", "Sig", "Metadata", "EmbeddedFile", "ObjStm", "XRef", "XObject"} <= set(seen)


@pytest.mark.parametrize("what", [b"xref", b"trailer", b"startxref", b"/ByteRange", b"%%EOF", b"%PDF-1.7"])
def test_a_changed_byte_of_the_file_s_own_structure_is_refused(office: Office, letter: bytes, what: bytes) -> None:
    places = [found.start() for found in re.finditer(re.escape(what), letter)]
    for at in places[:1] + places[-1:]:
        if what == b"%%EOF" and at == places[-1]:
            continue  # the mark of the end is within the last signature's bytes too, and cutting it is tried below
        assert office.verify(flipped(letter, at + len(what) + 2)).code not in ("ours.valid", "ours.incomplete")


def test_a_changed_signature_value_is_a_forgery(office: Office, letter: bytes) -> None:
    for found in CONTENT.finditer(letter):
        value = cms.ContentInfo.load(bytes.fromhex(found[1].decode()), strict=False)
        info = value["content"]["signer_infos"][0]
        signature = bytearray(info["signature"].native)
        signature[-1] ^= 1
        info["signature"] = bytes(signature)
        verdict = office.verify(_with_value(letter, found.start(1), len(found[1]), value.dump(force=True)))
        assert verdict.code == "ours.changed"
        assert re.search("伪造|改动", verdict.sentence)


def _with_value(pdf: bytes, start: int, length: int, value: bytes) -> bytes:
    return pdf[:start] + value.hex().upper().encode().ljust(length, b"0") + pdf[start + length :]


def test_another_person_s_certificate_in_our_signature_is_refused(
    office: Office, stranger: Office, letter: bytes
) -> None:
    found = list(CONTENT.finditer(letter))[-1]
    value = cms.ContentInfo.load(bytes.fromhex(found[1].decode()), strict=False)
    certificate = asn1_x509.Certificate.load(stranger.vault.signer("seal-authority").certificate_der)
    signed = value["content"]
    signed["certificates"] = cms.CertificateSet([cms.CertificateChoices("certificate", certificate)])
    issuer = cms.IssuerAndSerialNumber({"issuer": certificate.issuer, "serial_number": certificate.serial_number})
    signed["signer_infos"][0]["sid"] = cms.SignerIdentifier("issuer_and_serial_number", issuer)
    verdict = office.verify(_with_value(letter, found.start(1), len(found[1]), value.dump(force=True)))
    assert verdict.code in SPOILT


@pytest.mark.parametrize("change", ["padding", "case", "attribute"])
def test_what_no_signature_covers_holds_nothing_of_others(office: Office, letter: bytes, change: str) -> None:
    """The room of a signature's value is covered by no signature: digits may not be rewritten, nor anything hidden."""
    for found in CONTENT.finditer(letter):
        digits = found[1]
        if change == "padding":
            digits = digits[:-2] + b"FF"
        elif change == "case":
            digits = digits.lower()
        else:
            value = cms.ContentInfo.load(bytes.fromhex(digits.decode()), strict=False)
            note = cms.CMSAttribute({"type": "1.2.3.4", "values": [cms.Any(cms.OctetString(b"more"))]})
            value["content"]["signer_infos"][0]["unsigned_attrs"] = cms.CMSAttributes([note])
            digits = value.dump(force=True).hex().upper().encode().ljust(len(digits), b"0")
        verdict = office.verify(letter[: found.start(1)] + digits + letter[found.end(1) :])
        assert verdict.code == "ours.changed"
        assert "改动" in verdict.sentence


def test_signatures_exchanged_within_a_letter_are_refused(office: Office, letter: bytes) -> None:
    first, second = CONTENT.finditer(letter)
    assert len(first[1]) == len(second[1])
    mixed = letter[: first.start(1)] + second[1] + letter[first.end(1) : second.start(1)] + first[1]
    verdict = office.verify(mixed + letter[second.end(1) :])
    assert verdict.code in SPOILT


@pytest.mark.parametrize("which", [0, 1])
def test_a_signature_of_another_letter_is_refused(office: Office, letter: bytes, other: bytes, which: int) -> None:
    ours, theirs = (list(CONTENT.finditer(pdf))[which] for pdf in (letter, other))
    verdict = office.verify(letter[: ours.start(1)] + theirs[1] + letter[ours.end(1) :])
    assert verdict.code == "ours.changed"
    assert "改动" in verdict.sentence or "伪造" in verdict.sentence


def test_the_revision_of_another_letter_s_seal_cannot_be_put_behind_ours(
    office: Office, letter: bytes, other: bytes
) -> None:
    ends = [[found.end() for found in re.finditer(rb"%%EOF\n?", pdf)] for pdf in (letter, other)]
    mixed = letter[: ends[0][-2]] + other[ends[1][-2] :]
    assert office.verify(mixed).code in SPOILT | {"ours.incomplete"}
    assert office.verify(mixed).code != "ours.valid"


def _revised(pdf: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _swap_record(writer: IncrementalPdfFileWriter) -> None:
    held = writer.root["/Names"]["/EmbeddedFiles"]["/Names"][1]["/EF"]["/F"]
    held._data = b'{"outcome": "rejected"}'
    held._encoded_data = None
    writer.update_container(held)


def _hide_page(writer: IncrementalPdfFileWriter) -> None:
    pages = writer.root["/Pages"]
    pages[generic.pdf_name("/Kids")] = generic.ArrayObject(list(pages["/Kids"])[:1])
    pages[generic.pdf_name("/Count")] = generic.NumberObject(1)
    writer.update_container(pages)


def _rewrite_page(writer: IncrementalPdfFileWriter) -> None:
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    page[generic.pdf_name("/Rotate")] = generic.NumberObject(90)
    writer.update_container(page)


def _replace_appearance(writer: IncrementalPdfFileWriter) -> None:
    field = next(f.get_object() for f in writer.root["/AcroForm"]["/Fields"] if f.get_object()["/T"] == "Authority")
    empty = generic.StreamObject(stream_data=b"")
    empty[generic.pdf_name("/BBox")] = generic.ArrayObject(generic.NumberObject(v) for v in (0, 0, 1, 1))
    field[generic.pdf_name("/AP")] = generic.DictionaryObject({generic.pdf_name("/N"): writer.add_object(empty)})
    writer.update_container(field)


def _remove_seal(writer: IncrementalPdfFileWriter) -> None:
    field = next(f.get_object() for f in writer.root["/AcroForm"]["/Fields"] if f.get_object()["/T"] == "Authority")
    del field[generic.pdf_name("/V")]
    writer.update_container(field)


def _open_action(writer: IncrementalPdfFileWriter) -> None:
    action = {generic.pdf_name("/S"): generic.pdf_name("/JavaScript"), generic.pdf_name("/JS"): generic.pdf_string("1")}
    writer.root[generic.pdf_name("/OpenAction")] = generic.DictionaryObject(action)
    writer.update_root()


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (_swap_record, "内嵌文件"),
        (_hide_page, "页面"),
        (_rewrite_page, "页面"),
        (_replace_appearance, "签名域"),
        (_open_action, "文件目录"),
    ],
)
def test_a_revision_is_refused_and_told_by_what_it_changed(
    office: Office, letter: bytes, change: Callable[[IncrementalPdfFileWriter], None], word: str
) -> None:
    verdict = office.verify(_revised(letter, change))
    assert verdict.code == "ours.changed"
    assert "追加" in verdict.sentence or "修改" in verdict.sentence
    assert word in "".join(verdict.changes)
    assert verdict.changes[0].startswith("第 4 版修订")


def test_a_seal_taken_off_is_no_valid_letter(office: Office, letter: bytes) -> None:
    assert office.verify(_revised(letter, _remove_seal)).code not in ("ours.valid", "ours.incomplete")


@pytest.mark.parametrize("change", [_swap_record, _rewrite_page, _open_action])
def test_a_change_before_the_first_signature_is_ours_only_if_we_sign_it(
    office: Office, stranger: Office, change: Callable[[IncrementalPdfFileWriter], None]
) -> None:
    rendered = office.rendered(samples.content("D07"))
    spoilt = replace(rendered, pdf=_revised(rendered.pdf, change))
    signed = stranger.sealed(stranger.approved(spoilt), spoilt.seal)
    assert office.verify(signed).code == "foreign.intact"


def test_every_shortened_file_is_refused(office: Office, letter: bytes) -> None:
    ends = [found.end() for found in re.finditer(rb"%%EOF\n?", letter)]
    assert [office.verify(letter[:end]).code for end in ends[:-1]] == ["unsigned", "ours.incomplete"]
    for length in range(1000, len(letter) - 10, len(letter) // 25):
        assert office.verify(letter[:length]).code not in ("ours.valid", "foreign.intact")


@pytest.mark.full
def test_thousands_of_random_bytes_are_refused(office: Office, letter: bytes) -> None:
    import random

    rng = random.Random(20261123)
    for _ in range(2000):
        at = rng.randrange(len(letter) - 8)
        data = letter[:at] + bytes([letter[at] ^ (1 << rng.randrange(8))]) + letter[at + 1 :]
        assert office.verify(data).code in SPOILT | {"unsigned", "foreign.intact"}, at


def test_a_letter_without_its_number_in_the_register_is_told_apart(office: Office, letter: bytes) -> None:
    """Whole and ours, but never issued: signed by our keys past the register."""
    assert office.verify(letter).with_register(None).code == "unknown-to-register"


def documents_of_others() -> list[str]:
    return [kind for kind in samples.KINDS if samples.template(kind).form in ("letter", "notice", "document")]


@pytest.mark.parametrize("kind", documents_of_others()[:3])
def test_a_document_of_another_installation_is_foreign(office: Office, stranger: Office, kind: str) -> None:
    content = samples.content(kind)
    pdf = stranger.notice(content) if content.form == "notice" else stranger.letter(content)
    assert office.verify(pdf).code == "foreign.intact"
    assert documents.verify(pdf, stranger.trust).code == "ours.valid"


# The envelope of a signature, of which the signature covers only a part


def rooms(pdf: bytes) -> list[tuple[int, int]]:
    """Where the values of the signatures stand in the file, as hexadecimal digits without the zeros after them."""
    found = []
    for one in PdfFileReader(io.BytesIO(pdf)).embedded_signatures:
        start = one.byte_range[0] + one.byte_range[1] + 1
        digits = pdf[start : one.byte_range[2] - 1].decode()
        found.append((start, 2 * len(cms.ContentInfo.load(bytes.fromhex(digits), strict=False).dump())))
    return found


def check_envelope(office: Office, letter: bytes, step: int) -> None:
    for start, length in rooms(letter):
        for at in range(start, start + length, 2 * step):
            byte = int(letter[at : at + 2], 16) ^ 1 << (at // 2 % 8)
            verdict = office.verify(letter[:at] + b"%02X" % byte + letter[at + 2 :])
            assert verdict.code in SPOILT | {"unsigned", "foreign.intact"}, at


def test_no_byte_of_a_signature_s_envelope_can_be_another(office: Office, letter: bytes) -> None:
    check_envelope(office, letter, 220)


@pytest.mark.full
def test_not_one_byte_of_a_signature_s_envelope_can_be_another(office: Office, letter: bytes) -> None:
    check_envelope(office, letter, 1)


@pytest.mark.parametrize("which", [0, 1])
def test_the_twin_of_a_signature_is_no_signature_of_ours(office: Office, letter: bytes, which: int) -> None:
    """(r, n - s) fits the same text and key; whoever has a file could make it without the key."""
    start, length = rooms(letter)[which]
    value = cms.ContentInfo.load(bytes.fromhex(letter[start : start + length].decode()))
    signed = value["content"]["signer_infos"][0]
    r, s = decode_dss_signature(signed["signature"].native)
    signed["signature"] = encode_dss_signature(r, ORDERS["secp256r1"] - s)
    twin = value.dump(force=True).hex().upper().encode()
    padded = twin.ljust(max(length, len(twin)), b"0")
    verdict = office.verify(letter[:start] + padded + letter[start + len(padded) :])
    assert verdict.code == "ours.changed"
    if which == 1:  # the seal is last, so that nothing but its form is wrong
        assert "签名值被改写" in verdict.sentence
