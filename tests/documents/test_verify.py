"""Verification: every kind of file that somebody might hand in, and what is said of it."""

import io
import random
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers

from engine import documents
from engine.documents import AUTHORITY, REVIEWER, Examiner, Trust
from engine.documents.signing import _KeySigner
from tests.documents import samples
from tests.documents.office import Office


@pytest.fixture(scope="module")
def rendered(office: Office) -> documents.Rendered:
    return office.rendered(samples.content("D07"))


@pytest.fixture(scope="module")
def approved(office: Office, rendered: documents.Rendered) -> bytes:
    return office.approved(rendered)


@pytest.fixture(scope="module")
def letter(office: Office, rendered: documents.Rendered, approved: bytes) -> bytes:
    return office.sealed(approved, rendered.seal)


@pytest.fixture(scope="module")
def notice(office: Office) -> bytes:
    return office.notice(samples.content("D01"))


@pytest.fixture(scope="module")
def stranger(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Office:
    return Office.founded(office.press, tmp_path_factory.mktemp("stranger"), office.now)


def appended(pdf: bytes, change: str) -> bytes:
    """The file with a revision at its end."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    page = writer.root["/Pages"]["/Kids"][0]
    if change == "text":
        stream = generic.StreamObject(stream_data=b"BT /F0 40 Tf 100 400 Td (changed) Tj ET")
        writer.add_stream_to_page(0, writer.add_object(stream))
    elif change == "note":
        note = {"/Type": "/Annot", "/Subtype": "/Text", "/Rect": "0"}
        annotation = generic.DictionaryObject(
            {generic.pdf_name(k): generic.pdf_name(v) for k, v in note.items() if v[0] == "/"}
        )
        rect = generic.ArrayObject(generic.NumberObject(v) for v in (0, 0, 20, 20))
        annotation[generic.pdf_name("/Rect")] = rect
        reference = writer.add_object(annotation)
        page = writer.root["/Pages"]["/Kids"][0].get_object()
        page.setdefault(generic.pdf_name("/Annots"), generic.ArrayObject()).append(reference)
        writer.update_container(page)
    else:
        writer.root[generic.pdf_name("/Lang")] = generic.pdf_string("en")
        writer.update_root()
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_letter_and_a_notice_of_ours_are_valid(office: Office, letter: bytes, notice: bytes) -> None:
    for pdf in (letter, notice):
        verdict = office.verify(pdf)
        assert verdict.code == "ours.valid"
        assert verdict.record == {"document": "D06", "outcome": "approved"}
        assert all("有效" in str(signature) for signature in verdict.signatures)


def test_an_approved_letter_without_seal_is_incomplete(office: Office, approved: bytes) -> None:
    assert office.verify(approved).code == "ours.incomplete"


def test_a_rendered_document_is_unsigned(office: Office, rendered: documents.Rendered) -> None:
    assert office.verify(rendered.pdf).code == "unsigned"


@pytest.mark.parametrize("part", ["content", "metadata", "seal"])
def test_a_changed_byte_is_noticed_and_what_was_changed_is_named(
    office: Office, letter: bytes, approved: bytes, part: str
) -> None:
    at = {
        "content": letter.index(b"stream") + 40,
        "metadata": letter.index(b"/CreationDate") + 20,
        "seal": letter.index(b"stream", len(approved)) + 12,
    }[part]
    verdict = office.verify(letter[:at] + bytes([letter[at] ^ 1]) + letter[at + 1 :])
    assert verdict.code in ("ours.changed", "broken")
    if verdict.code == "ours.changed":
        assert "改动" in verdict.sentence


@pytest.mark.parametrize("change", ["text", "note", "language"])
@pytest.mark.parametrize("kind", ["letter", "notice", "approved"])
def test_a_revision_at_the_end_is_noticed(
    office: Office, kind: str, change: str, request: pytest.FixtureRequest
) -> None:
    verdict = office.verify(appended(request.getfixturevalue(kind), change))
    assert verdict.code == "ours.changed"
    assert "追加" in verdict.sentence or "修改" in verdict.sentence


def test_bytes_after_the_end_are_noticed(office: Office, letter: bytes) -> None:
    assert office.verify(letter + b"\n% more\n").code == "ours.changed"


def test_a_change_between_approval_and_seal_is_noticed(
    office: Office, rendered: documents.Rendered, approved: bytes
) -> None:
    assert rendered.seal
    changed = appended(approved, "text")
    sealed = office.sealed(changed, rendered.seal)
    assert office.verify(sealed).code == "ours.changed"


def test_a_document_signed_by_others_under_our_names_is_foreign(office: Office, stranger: Office) -> None:
    for pdf in (stranger.letter(samples.content("D07")), stranger.notice(samples.content("D01"))):
        verdict = office.verify(pdf)
        assert verdict.code == "foreign.intact"
        assert "不是本机关" in verdict.sentence


def test_a_changed_document_of_others_is_broken(office: Office, stranger: Office) -> None:
    pdf = stranger.letter(samples.content("D07"))
    at = pdf.index(b"/CreationDate") + 20
    assert office.verify(pdf[:at] + b"9" + pdf[at + 1 :]).code == "broken"


def test_our_approval_under_a_strangers_seal_is_not_ours(
    office: Office, stranger: Office, rendered: documents.Rendered, approved: bytes
) -> None:
    verdict = office.verify(stranger.sealed(approved, rendered.seal))
    assert verdict.code == "ours.changed"
    assert "不属于本机关" in verdict.sentence


def test_a_letter_with_the_seal_alone_is_not_valid(office: Office, rendered: documents.Rendered) -> None:
    """The seal's key put to a letter without an approval, past our own functions."""
    assert rendered.seal
    writer = IncrementalPdfFileWriter(io.BytesIO(rendered.pdf))
    fields.append_signature_field(writer, fields.SigFieldSpec(AUTHORITY, on_page=0, box=(0, 0, 50, 50)))
    metadata = signers.PdfSignatureMetadata(AUTHORITY, md_algorithm="sha256")
    out = signers.PdfSigner(metadata, _KeySigner(office.vault.signer("seal-authority")))
    assert office.verify(_signed_at(out, writer, office)).code == "ours.changed"


def test_a_key_in_the_wrong_field_is_not_ours(office: Office, rendered: documents.Rendered) -> None:
    writer = IncrementalPdfFileWriter(io.BytesIO(rendered.pdf))
    fields.append_signature_field(writer, fields.SigFieldSpec(AUTHORITY, on_page=0, box=(0, 0, 50, 50)))
    metadata = signers.PdfSignatureMetadata(AUTHORITY, md_algorithm="sha256")
    out = signers.PdfSigner(metadata, _KeySigner(office.vault.signer("person-1")))
    assert office.verify(_signed_at(out, writer, office)).code == "foreign.intact"


def _signed_at(signer: signers.PdfSigner, writer: IncrementalPdfFileWriter, office: Office) -> bytes:
    session = signer.init_signing_session

    def timed(pdf_out: object, existing_fields_only: bool = False) -> object:
        found = session(pdf_out, existing_fields_only)
        found.system_time = office.now
        return found

    signer.init_signing_session = timed
    return bytes(signer.sign_pdf(writer, existing_fields_only=True).getvalue())


def test_a_signature_moved_to_another_document_is_noticed(office: Office, letter: bytes) -> None:
    other = office.letter(replace(samples.content("D07"), to="别的协会："))
    mark = b"/Contents <"
    start, place = letter.rindex(mark), other.rindex(mark)
    value, stop = letter[start : letter.index(b">", start)], other.index(b">", place)
    assert len(value) == stop - place
    assert office.verify(other[:place] + value + other[stop:]).code == "ours.changed"


@pytest.mark.parametrize("field", [REVIEWER, AUTHORITY])
def test_a_key_withdrawn_before_the_signing_time_counts_for_nothing(office: Office, letter: bytes, field: str) -> None:
    known = {name: dict(keys) for name, keys in office.trust.known.items()}
    for fingerprint in known[field]:
        known[field][fingerprint] = (office.now - timedelta(days=2), office.now - timedelta(days=1))
    verdict = documents.verify(letter, Trust(office.trust.root, known))
    assert verdict.code == "revoked"


def test_a_key_withdrawn_later_leaves_what_it_signed(office: Office, letter: bytes) -> None:
    known = {
        name: dict.fromkeys(keys, (office.now, office.now + timedelta(days=1)))
        for name, keys in office.trust.known.items()
    }
    assert documents.verify(letter, Trust(office.trust.root, known)).code == "ours.valid"


# The register


@pytest.mark.parametrize(
    ("state", "code", "words"),
    [
        ("issued", "ours.valid", "现行有效"),
        ("revoked", "revoked", "人选有误"),
        ("superseded", "superseded", "代替"),
        (None, "unknown-to-register", "登记簿"),
    ],
)
def test_the_register_has_the_last_word_on_a_valid_file(
    office: Office, letter: bytes, state: str | None, code: str, words: str
) -> None:
    verdict = office.verify(letter).with_register(state, "屿社工函〔2026〕18号", "人选有误")
    assert verdict.code == code
    assert words in verdict.sentence
    assert verdict.sha256 == office.verify(letter).sha256


def test_the_register_does_not_better_a_changed_file(office: Office, letter: bytes) -> None:
    assert office.verify(letter + b"x").with_register("issued", "屿社工函〔2026〕18号").code == "ours.changed"


# Whatever is handed in


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"%PDF-1.7\n",
        b"hello",
        b"\x00" * 1000,
        b"%PDF-1.7\n" + b"1 0 obj\n<<" * 5000,
        b"PK\x03\x04" + bytes(200),
        b"%PDF-1.7\nxref\n0 1\n0000000000 65535 f\ntrailer<</Size 1/Root 1 0 R/Prev 9>>\nstartxref\n9\n%%EOF",
        b"[" * 100_000,
    ],
)
def test_what_is_no_pdf_is_broken(office: Office, data: bytes) -> None:
    assert office.verify(data).code == "broken"


def test_nothing_damaged_is_ever_valid_or_an_error(office: Office, letter: bytes, notice: bytes) -> None:
    rng = random.Random(20261123)
    for _ in range(60):
        source = rng.choice((letter, notice))
        data = bytearray(source)
        kind = rng.randrange(4)
        if kind == 0:
            del data[rng.randrange(len(data)) :]
        elif kind == 1:
            for _ in range(rng.randrange(1, 30)):
                data[rng.randrange(len(data))] = rng.randrange(256)
        elif kind == 2:
            start = rng.randrange(len(data))
            del data[start : start + rng.randrange(1, 2000)]
        else:
            data = bytearray(rng.randbytes(rng.randrange(5000)))
        if bytes(data) != source:
            assert office.verify(bytes(data)).code not in ("ours.valid", "foreign.intact")


def test_a_rewritten_file_is_not_valid(office: Office, letter: bytes, tmp_path: Path) -> None:
    with pikepdf.open(io.BytesIO(letter)) as pdf:
        pdf.save(tmp_path / "rewritten.pdf")
    assert office.verify((tmp_path / "rewritten.pdf").read_bytes()).code not in ("ours.valid", "foreign.intact")


def test_a_file_beyond_the_size_of_any_document_is_not_read(office: Office) -> None:
    assert "40 MB" in office.verify(bytes(41 * 2**20)).sentence


# In a process of its own


@pytest.fixture(scope="module")
def examiner() -> Iterator[Examiner]:
    examiner = Examiner(time_limit=10)
    yield examiner
    examiner.close()


def test_the_examiner_says_the_same(office: Office, examiner: Examiner, letter: bytes, approved: bytes) -> None:
    for data in (letter, approved, letter + b"x", b"no document", bytes(41 * 2**20)):
        assert examiner.verify(data, office.trust) == office.verify(data)


def test_a_file_that_unfolds_to_gigabytes_is_broken_and_the_next_one_is_read(office: Office, letter: bytes) -> None:
    examiner = Examiner(memory_limit=2**29)
    assert examiner.verify(bomb(), office.trust).code == "broken"
    assert examiner.verify(letter, office.trust).code == "ours.valid"
    examiner.close()


def bomb() -> bytes:
    """A cross-reference stream of a few megabytes that is 640 megabytes long."""
    packer = zlib.compressobj(1)
    packed = b"".join(packer.compress(bytes(2**24)) for _ in range(40)) + packer.flush()
    head = b"%PDF-1.7\n1 0 obj<</Type/XRef/Size 9/W[1 4 2]/Root 1 0 R/Filter/FlateDecode/Length "
    return head + str(len(packed)).encode() + b">>stream\n" + packed + b"\nendstream endobj\nstartxref\n9\n%%EOF"
