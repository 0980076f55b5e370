"""The register as a signed list that travels: keys and documents with their states, checked with the root certificate alone."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from engine.documents.keys import Trust, Window
from engine.documents.vault import KeyVault
from engine.documents.verify import Verdict, verify
from engine.errors import Invalid

FORMAT = "huishen-register-2"
READABLE = ("huishen-register-1", FORMAT)  # the first had neither the time nor the number of what took over
MOST_BYTES = 50 * 1024 * 1024


@dataclass(frozen=True)
class Entry:
    """A document's line: its number, its state (issued, revoked, superseded); where it was ended the reason, the moment
    (ISO 8601) and the number of the document that took its place."""

    number: str
    state: str
    reason: str = ""
    ended_at: str = ""
    replaced_by: str = ""


@dataclass(frozen=True)
class RegisterList:
    """What was known at `made_at`: keys by field and fingerprint, documents by SHA-256."""

    made_at: datetime
    keys: Mapping[str, Mapping[str, Window]]
    documents: Mapping[str, Entry]


def export(vault: KeyVault, register: RegisterList) -> bytes:
    """The list as JSON, signed by the root key."""
    body = {
        "format": FORMAT,
        "made_at": register.made_at.isoformat(),
        "keys": {
            name: {key: [since.isoformat(), until and until.isoformat()] for key, (since, until) in keys.items()}
            for name, keys in register.keys.items()
        },
        "documents": {key: list(astuple(one)) for key, one in register.documents.items()},
    }
    signature = base64.b64encode(vault.attest(_canonical(body))).decode()
    return json.dumps({"body": body, "signature": signature}, ensure_ascii=False, indent=1, sort_keys=True).encode()


def read(data: bytes, root: bytes) -> RegisterList:
    """The list; `Invalid` (code register.signature) when the root (DER) has not signed it as it is."""
    try:
        whole = json.loads(data[:MOST_BYTES])
        body = whole["body"]
        key = x509.load_der_x509_certificate(root).public_key()
        assert isinstance(key, ec.EllipticCurvePublicKey)
        key.verify(base64.b64decode(whole["signature"]), _canonical(body), ec.ECDSA(hashes.SHA256()))
        return _register(body)
    except (InvalidSignature, ValueError, KeyError, TypeError, AttributeError, AssertionError, binascii.Error) as error:
        message = "登记簿清单不是由这个根证书签名的，或者内容已被改动；请向发文机关重新索取。"
        raise Invalid(message, code="register.signature") from error


def verify_offline(pdf: bytes, root: bytes, register: RegisterList | None = None) -> Verdict:
    """`verify` away from the installation: with its root certificate, and its register where there is a list of it."""
    if register is None:
        return verify(pdf, Trust(root))
    verdict = verify(pdf, Trust(root, register.keys))
    found = register.documents.get(verdict.sha256)
    if found is None:
        return verdict.with_register(None)
    ended = _moment(found.ended_at) if found.ended_at else None
    return verdict.with_register(found.state, found.number, found.reason, ended, found.replaced_by)


def _register(body: dict[str, Any]) -> RegisterList:
    if body["format"] not in READABLE:
        raise ValueError(body["format"])
    keys = {
        name: {key: (_moment(since), _moment(until) if until else None) for key, (since, until) in held.items()}
        for name, held in body["keys"].items()
    }
    return RegisterList(
        _moment(body["made_at"]), keys, {key: Entry(*entry) for key, entry in body["documents"].items()}
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _canonical(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
