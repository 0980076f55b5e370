import pytest

from engine import forms
from engine.errors import Invalid

PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer << /Root 1 0 R >>\n%%EOF"
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 20
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


@pytest.mark.parametrize(
    ("head", "name", "media_type"),
    [
        (PDF, "决议.pdf", "application/pdf"),
        (b"\n" * 1000 + PDF, "决议.PDF", "application/pdf"),
        (JPEG, "照片.jpeg", "image/jpeg"),
        (PNG, "图.png", "image/png"),
        (PDF, "没有扩展名", "application/pdf"),
    ],
)
def test_content_tells_the_kind(head, name, media_type):
    assert forms.sniff(head, name) == media_type


@pytest.mark.parametrize(
    ("head", "name", "code"),
    [
        (b"", "空.pdf", "attachment.empty"),
        (b"MZ\x90", "a.pdf", "attachment.kind"),
        (b"<html>", "a.jpg", "attachment.kind"),
        (b"\n" * 1100 + PDF, "a.pdf", "attachment.kind"),
        (JPEG, "a.pdf", "attachment.disguised"),
        (PDF, "a.exe", "attachment.disguised"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(head, name, code):
    with pytest.raises(Invalid) as refused:
        forms.sniff(head, name)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (PDF.replace(b"/Root", b"/Encrypt 5 0 R /Root"), "attachment.encrypted"),
        (PDF.replace(b"<<>>", b"<< /S /JavaScript /JS (app.alert) >>"), "attachment.active"),
        (PDF.replace(b"<<>>", b"<< /S /Launch >>"), "attachment.active"),
        (PDF + b" " * 2000, "attachment.size"),
        (PNG, "attachment.accept"),
    ],
)
def test_a_whole_attachment_is_inspected(data, code):
    with pytest.raises(Invalid) as refused:
        forms.inspect(data, "a" + (".png" if data is PNG else ".pdf"), accept=("application/pdf",), limit=2000)
    assert refused.value.code == code


def test_a_good_attachment_passes():
    assert forms.inspect(PDF, "决议.pdf") == "application/pdf"


def test_the_hint_says_what_may_be_uploaded():
    both = ("application/pdf", "image/jpeg")
    assert forms.accepted_text(both, 20 * 1024 * 1024) == "不超过 20 MB 的 PDF 或 JPG"
    assert forms.accepted_text((*both, "image/png"), 512 * 1024) == "不超过 512 KB 的 PDF、JPG 或 PNG"
