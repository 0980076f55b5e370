"""Approval and seal: who may, in which order, and what the signed file is."""

import io
import sys
from datetime import timedelta

import pikepdf
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from engine import documents
from engine.documents import MissingGlyph
from engine.documents.fonts import Faces
from engine.documents.impression import impression
from engine.errors import Conflict, Invalid
from tests.cases.together import together
from tests.documents import samples
from tests.documents.measure import Reading
from tests.documents.office import NAME, Office


def test_both_fields_are_there_before_the_first_signature(office: Office) -> None:
    approved = office.approved(office.rendered(samples.content("D07")))
    with pikepdf.open(io.BytesIO(approved)) as pdf:
        fields = {str(f.T): "/V" in f for f in pdf.Root.AcroForm.Fields}
    assert fields == {"Reviewer": True, "Authority": False}


def test_a_signed_file_stays_pdf_1_7_with_its_metadata(office: Office) -> None:
    rendered = office.rendered(samples.content("D07"))
    sealed = office.sealed(office.approved(rendered), rendered.seal)
    assert sealed.startswith(rendered.pdf), "signatures are appended, nothing is rewritten"
    with pikepdf.open(io.BytesIO(sealed)) as pdf:
        assert pdf.pdf_version == "1.7"
        assert "/Version" not in pdf.Root
        assert str(pdf.docinfo["/CreationDate"]).startswith("D:20261123")
        with pdf.open_metadata() as metadata:
            assert metadata["pdfaid:part"] == "3"


def test_the_signing_time_is_the_one_given(office: Office) -> None:
    verdict = office.verify(office.letter(samples.content("D07")))
    assert [one.time for one in verdict.signatures] == [office.now, office.now]


def test_an_approval_changes_nothing_that_is_seen(office: Office) -> None:
    rendered = office.rendered(samples.content("D07"))
    before, after = Reading(rendered.pdf), Reading(office.approved(rendered))
    for page in range(rendered.pages):
        pictures = [reading.document[page].render(scale=0.5).to_pil().tobytes() for reading in (before, after)]
        assert pictures[0] == pictures[1]


def test_the_seal_is_red_over_the_name_which_stays_readable(office: Office) -> None:
    rendered = office.rendered(samples.content("D13"))
    assert rendered.seal
    sealed = office.sealed(rendered.pdf, rendered.seal)
    page = Reading(sealed).document[0].render(scale=2).to_pil().convert("RGB")
    height = page.height
    box = (
        int(2 * rendered.seal.x),
        int(height - 2 * rendered.seal.y),
        int(2 * (rendered.seal.x + rendered.seal.side)),
        int(height - 2 * (rendered.seal.y - rendered.seal.side)),
    )
    pixels = list(zip(*[iter(page.crop(box).tobytes())] * 3, strict=True))
    red = sum(r > 180 and g < 90 and b < 90 for r, g, b in pixels)
    black = sum(r < 90 and g < 90 and b < 90 for r, g, b in pixels)
    assert red > 0.05 * len(pixels)
    assert black > 0.002 * len(pixels), "multiplied, not painted over"


def test_a_letter_is_not_sealed_before_it_is_approved(office: Office) -> None:
    rendered = office.rendered(samples.content("D07"))
    with pytest.raises(Conflict) as caught:
        office.sealed(rendered.pdf, rendered.seal)
    assert caught.value.code == "document.not-approved"


def test_nothing_is_signed_twice(office: Office) -> None:
    rendered = office.rendered(samples.content("D07"))
    assert rendered.seal
    approved = office.approved(rendered)
    with pytest.raises(Conflict):
        documents.approve(approved, rendered.seal, office.vault.signer("person-1"), office.now)
    sealed = office.sealed(approved, rendered.seal)
    with pytest.raises(Conflict) as caught:
        office.sealed(sealed, rendered.seal)
    assert caught.value.code == "document.already-sealed"
    notice = office.rendered(samples.content("D01"))
    with pytest.raises(Conflict):
        office.sealed(office.sealed(notice.pdf, notice.seal), notice.seal)


def test_a_notice_needs_no_approval(office: Office) -> None:
    notice = office.rendered(samples.content("D01"))
    with pytest.raises(Conflict):
        office.approved(notice)


def test_a_key_signs_only_its_own_field(office: Office) -> None:
    rendered = office.rendered(samples.content("D07"))
    assert rendered.seal
    with pytest.raises(Invalid):
        documents.approve(rendered.pdf, rendered.seal, office.vault.signer("seal-authority"), office.now)
    with pytest.raises(Invalid):
        office.sealed(office.approved(rendered), rendered.seal, "person-1")


@pytest.mark.parametrize("days", [-1, 800])
def test_a_key_signs_only_while_it_is_valid(office: Office, days: int) -> None:
    rendered = office.rendered(samples.content("D07"))
    assert rendered.seal
    with pytest.raises(Invalid) as caught:
        documents.approve(
            rendered.pdf, rendered.seal, office.vault.signer("person-1"), office.now + timedelta(days=days)
        )
    assert caught.value.code == "document.key-expired"


def test_a_seal_whose_name_cannot_be_drawn_is_refused(office: Office) -> None:
    rendered = office.rendered(samples.content("D01"))
    assert rendered.seal
    signer = office.vault.signer("seal-authority")
    with pytest.raises(MissingGlyph):
        documents.seal(rendered.pdf, rendered.seal, signer, office.now, faces=office.press.faces, name="\U0001f600协会")


def test_the_signatures_name_reason_and_signer(office: Office) -> None:
    reader = PdfFileReader(io.BytesIO(office.letter(samples.content("D07"))))
    found = [(one.field_name, one.sig_object["/Reason"], one.sig_object["/Name"]) for one in reader.embedded_signatures]
    assert found == [("Reviewer", "审签", "林知远"), ("Authority", "用印", NAME)]


def test_seals_drawn_at_the_same_moment_look_as_one_drawn_alone(office: Office) -> None:
    """Fonts are read late: whoever draws a character first must not disturb who draws it meanwhile."""
    folder, before = office.press.faces.folder, sys.getswitchinterval()
    alone = impression(NAME, Faces(folder))
    sys.setswitchinterval(1e-6)
    try:
        for shared in (Faces(folder) for _ in range(4)):
            assert shared.font("biaosong").glyphs
            assert together(*[lambda fonts=shared: impression(NAME, fonts)] * 8) == [alone] * 8
    finally:
        sys.setswitchinterval(before)
