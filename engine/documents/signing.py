"""Signatures on a rendered document (PAdES): a person's approval, then the office's seal.

A notice has the seal alone, minutes the approval alone.
"""

import io
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from asn1crypto import algos
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import load_der_x509_certificate
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.content import RawContent
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, InnerScaling, Margins, SimpleBoxLayoutRule
from pyhanko.sign import fields, signers
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers.constants import ESIC_EXTENSION_1
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from engine.documents.assurance import PLAIN, Assurance
from engine.documents.envelope import lower_form
from engine.documents.fonts import Faces
from engine.documents.impression import Impression, impression
from engine.documents.keys import AUTHORITY, REVIEWER, Field, Signer
from engine.documents.rendering import SealPlace
from engine.errors import Conflict, Invalid

RESERVED = 8192  # hexadecimal digits for one signature and two certificates; saves a trial signature
RESERVED_STAMPED = 40_000  # with a timestamp and the certificates of its authority
LOCAL = ZoneInfo("Asia/Shanghai")


class _Writer(IncrementalPdfFileWriter):  # type: ignore[misc]
    """An update that leaves the metadata alone: PDF/A wants Info and XMP alike, and the library would read the clock."""

    def _update_meta(self) -> None:
        pass


class _PdfSigner(signers.PdfSigner):  # type: ignore[misc]
    """PDF/A-3 rests on PDF 1.7: an elliptic curve must not raise the file to 2.0, as the library does (ISO/TS 32002)."""

    def __init__(self, now: datetime, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._now = now.astimezone(LOCAL).replace(microsecond=0)

    def register_extensions(self, pdf_out: Any, *, md_algorithm: str) -> None:
        pdf_out.register_extension(ESIC_EXTENSION_1)

    def init_signing_session(self, pdf_out: Any, existing_fields_only: bool = False) -> Any:
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self._now
        return session


class _KeySigner(signers.Signer):  # type: ignore[misc]
    """Our `Signer` as the library sees one: it makes the signed attributes, the key signs their bytes."""

    def __init__(self, signer: Signer) -> None:
        self._own = signer
        super().__init__(
            signing_cert=asn1_x509.Certificate.load(signer.certificate_der),
            cert_registry=_store(signer.chain),
            signature_mechanism=algos.SignedDigestAlgorithm({"algorithm": signer.mechanism}),
        )

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        return bytes(72) if dry_run else self._lower(self._own.sign(data))

    def _lower(self, signature: bytes) -> bytes:
        """The one form of a signature that verification takes; tokens give either."""
        key = load_der_x509_certificate(self._own.certificate_der).public_key()
        return lower_form(signature, key) if isinstance(key, ec.EllipticCurvePublicKey) else signature


@cache
def _store(chain: tuple[bytes, ...]) -> SimpleCertificateStore:
    store = SimpleCertificateStore()
    for certificate in chain:
        store.register(asn1_x509.Certificate.load(certificate))
    return store


def approve(
    pdf: bytes,
    place: SealPlace | None,
    signer: Signer,
    now: datetime,
    reason: str = "审签",
    *,
    assurance: Assurance = PLAIN,
) -> bytes:
    """The person's approval. Creates both fields and certifies: only the seal may follow; on minutes, which have no
    place for a seal, nothing.

    Invisible on the page. `Conflict` when the document is a notice or has signatures already.
    """
    _require(signer, REVIEWER, now)
    if place and place.alone:
        raise Conflict("通知书只加盖印章，不需要审签", code="document.no-approval")
    writer = _Writer(io.BytesIO(pdf))
    if _field_names(writer):
        raise Conflict("这份文书已经审签过，不能再次审签", code="document.already-approved")
    fields.append_signature_field(writer, SigFieldSpec(REVIEWER, on_page=place.page if place else 0))
    if place:
        fields.append_signature_field(writer, _seal_field(place))
        return _sign(writer, REVIEWER, signer, now, reason, MDPPerm.FILL_FORMS, None, assurance)
    return _archived(_sign(writer, REVIEWER, signer, now, reason, MDPPerm.NO_CHANGES, None, assurance), assurance)


def seal(
    pdf: bytes,
    place: SealPlace,
    signer: Signer,
    now: datetime,
    reason: str = "用印",
    *,
    faces: Faces,
    name: str = "",
    assurance: Assurance = PLAIN,
) -> bytes:
    """The office's seal over name and date, with its visible impression: `name`, or the name of the key.

    What stands in parentheses at the name's end, as in （受理专用章）, goes straight below the star.

    On a letter it follows the approval; on a notice it is the only signature and certifies, so that nothing may follow.
    `Conflict` when a letter is not approved or the document is sealed already.
    """
    _require(signer, AUTHORITY, now)
    drawing = impression(name or signer.certificate.common_name, faces)
    writer = _Writer(io.BytesIO(pdf))
    present = _field_names(writer)
    if place.alone:
        if present:
            raise Conflict("这份文书已经盖章", code="document.already-sealed")
        fields.append_signature_field(writer, _seal_field(place))
        signed = _sign(writer, AUTHORITY, signer, now, reason, MDPPerm.NO_CHANGES, drawing, assurance)
        return _archived(signed, assurance)
    if not present.get(REVIEWER):
        raise Conflict("这份文书还没有审签，不能盖章", code="document.not-approved")
    if present.get(AUTHORITY):
        raise Conflict("这份文书已经盖章", code="document.already-sealed")
    signed = _sign(writer, AUTHORITY, signer, now, reason, None, drawing, assurance)
    return _archived(signed, assurance)


def _require(signer: Signer, field: Field, now: datetime) -> None:
    certificate = signer.certificate
    if certificate.field != field:
        raise Invalid(f"密钥 {certificate.key_id} 的用途不对，不能用在这里", code="document.key-field")
    if not certificate.not_before <= now <= certificate.not_after:
        raise Invalid(
            f"密钥 {certificate.key_id}（{certificate.common_name}）不在有效期内，请签发新的密钥",
            code="document.key-expired",
        )


def _field_names(writer: _Writer) -> dict[str, bool]:
    """The signature fields of the file so far and whether each is signed."""
    return {name: value is not None for name, value, _ in fields.enumerate_sig_fields(writer.prev)}


def _seal_field(place: SealPlace) -> SigFieldSpec:
    box = (place.x, place.y - place.side, place.x + place.side, place.y)
    return SigFieldSpec(AUTHORITY, on_page=place.page, box=box)


def _sign(
    writer: Any,
    field: str,
    signer: Signer,
    now: datetime,
    reason: str,
    certifies: MDPPerm | None,
    drawing: Impression | None,
    assurance: Assurance,
) -> bytes:
    metadata = signers.PdfSignatureMetadata(
        field,
        reason=reason,
        name=signer.certificate.common_name,
        subfilter=SigSeedSubFilter.PADES,
        md_algorithm="sha256",
        certify=certifies is not None,
        docmdp_permissions=certifies or MDPPerm.FILL_FORMS,
    )
    style = _style(drawing) if drawing else None
    stamper = assurance.authority if assurance.level != "B-B" else None
    ready = _PdfSigner(now, metadata, _KeySigner(signer), timestamper=stamper, stamp_style=style)
    reserved = RESERVED_STAMPED if stamper else RESERVED
    signed = ready.sign_pdf(writer, existing_fields_only=True, bytes_reserved=reserved)
    return bytes(signed.getvalue())


def _archived(pdf: bytes, assurance: Assurance) -> bytes:
    """At B-LTA: one more revision with the certificates and revocation lists, and a timestamp over everything."""
    if assurance.level != "B-LTA":
        return pdf
    writer = _Writer(io.BytesIO(pdf))
    DocumentSecurityStore.supply_dss_in_writer(writer, None, **assurance.embedded())
    stamper = signers.PdfTimeStamper(assurance.authority, field_name="Archive")
    stamped = stamper.timestamp_pdf(writer, "sha256", bytes_reserved=RESERVED_STAMPED)
    return bytes(stamped.getvalue())


def _style(drawing: Impression) -> Any:
    content = RawContent(drawing.operators, box=BoxConstraints(width=drawing.side, height=drawing.side))
    name = generic.pdf_name
    content.resources.ext_g_state[name("/Ink")] = generic.DictionaryObject(
        {name("/Type"): name("/ExtGState"), name("/BM"): name("/Multiply")}
    )
    middle = AxisAlignment.ALIGN_MID
    flush = SimpleBoxLayoutRule(middle, middle, Margins(0, 0, 0, 0), InnerScaling.STRETCH_FILL)
    return StaticStampStyle(background=content, background_opacity=1.0, border_width=0, background_layout=flush)
