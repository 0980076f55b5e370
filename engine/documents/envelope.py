"""What a signature value holds beside what it signs, exactly as we write it.

Of a CMS envelope the signature covers only the signed attributes; certificates that come along, version numbers and names
of algorithms could be rewritten, and an ECDSA signature (r, s) has a twin (r, n - s) that fits as well. All of that is
fixed here, so that of a signed file there is one form and no other.
"""

import re
from typing import Any

from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.x509 import load_der_x509_certificate

VALUE = re.compile(rb"<((?:[0-9A-F]{2})+)>")  # as the library writes a signature value
ORDERS: dict[str, int] = {
    "secp256r1": 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    "secp384r1": 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
}


def lower_form(signature: bytes, key: ec.EllipticCurvePublicKey) -> bytes:
    """Of an ECDSA signature and its twin the one with the smaller s."""
    r, s = decode_dss_signature(signature)
    order = ORDERS.get(key.curve.name)
    return encode_dss_signature(r, min(s, order - s)) if order else signature


def is_tidy(embedded: Any, pdf: bytes) -> bool:
    """What no signature covers, the room of its own value, holds the value as we write it and zeros, nothing else."""
    data = _room(embedded, pdf)
    if data is None:
        return False
    value = cms.ContentInfo.load(data, strict=False)
    unsigned = value["content"]["signer_infos"][0]["unsigned_attrs"]
    added = {attribute["type"].native for attribute in unsigned or ()}
    return not data[len(value.dump()) :].strip(b"\0") and added <= {"signature_time_stamp_token"}


def is_own_form(embedded: Any, pdf: bytes, root: bytes) -> bool:
    """The envelope is one that we write: its own certificate and `root` alone, the lower form of the signature."""
    data = _room(embedded, pdf)
    if data is None:
        return False
    value = cms.ContentInfo.load(data, strict=False)
    written, infos = value.dump(), value["content"]["signer_infos"]
    if len(infos) != 1:
        return False
    signature, key = infos[0]["signature"].native, _key(embedded.signer_cert.dump())
    own = _as_we_write(infos[0], embedded.signer_cert, root)
    return own == written and (key is None or lower_form(signature, key) == signature)


def _as_we_write(signed: cms.SignerInfo, own: asn1_x509.Certificate, root: bytes) -> bytes:
    """The envelope that we would put round the attributes and the signature of `signed`.

    Each part is encoded anew for itself: encoding the whole with `force` encodes what lies inside once a level, and took
    four fifths of a verification.
    """
    certificates = {one.dump(): one for one in (own, asn1_x509.Certificate.load(root))}
    parts = ("signed_attrs", "signature_algorithm", "signature", "unsigned_attrs")
    encoded = {part: signed[part] for part in parts if signed[part].native is not None}
    for part in encoded.values():
        part.dump(force=True)
    issuer = {"issuer": own.issuer, "serial_number": own.serial_number}
    info = {
        "version": "v1",
        "sid": cms.SignerIdentifier("issuer_and_serial_number", cms.IssuerAndSerialNumber(issuer)),
        "digest_algorithm": {"algorithm": "sha256"},
        **encoded,
    }
    envelope = {
        "version": "v1",
        "digest_algorithms": [{"algorithm": "sha256"}],
        "encap_content_info": {"content_type": "data"},
        "certificates": list(certificates.values()),
        "signer_infos": [info],
    }
    written: bytes = cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(envelope)}).dump()
    return written


def _room(embedded: Any, pdf: bytes) -> bytes | None:
    """The bytes that the signature leaves out; None where they are not written as we write them."""
    start, end = embedded.byte_range[0] + embedded.byte_range[1], embedded.byte_range[2]
    written = VALUE.fullmatch(pdf[start:end])
    return bytes.fromhex(written[1].decode()) if written else None


def _key(certificate: bytes) -> ec.EllipticCurvePublicKey | None:
    """The key of an elliptic curve; other algorithms have one form of a signature."""
    try:
        key = load_der_x509_certificate(certificate).public_key()
    except (ValueError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, ec.EllipticCurvePublicKey) else None
