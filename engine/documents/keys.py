"""Keys as the rest sees them: what is known of one, what signs, what verification believes in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

Field = Literal["Reviewer", "Authority"]
REVIEWER: Field = "Reviewer"  # a person's approval
AUTHORITY: Field = "Authority"  # the seal of an office
Window = tuple[datetime, datetime | None]


@dataclass(frozen=True)
class Certificate:
    """What the register of keys remembers of an issued key.

    `field` is the signature field that it may fill; `fingerprint` is SHA-256 of the certificate, hexadecimal.
    """

    key_id: str
    common_name: str
    field: Field
    fingerprint: str
    not_before: datetime
    not_after: datetime
    certificate_pem: str


class Signer(Protocol):
    """A key that is ready to sign, wherever it is kept: a file, a token, a 国密 device.

    `mechanism` is the name of the signature algorithm in CMS (`sha256_ecdsa`); `sign` is given the bytes themselves, hashes
    them as the mechanism says and returns the signature in its DER form. A device of another mechanism (SM2 with SM3) fits
    here, but verification knows ECDSA and RSA only.
    """

    @property
    def certificate(self) -> Certificate: ...

    @property
    def certificate_der(self) -> bytes: ...

    @property
    def chain(self) -> tuple[bytes, ...]: ...

    @property
    def mechanism(self) -> str: ...

    def sign(self, data: bytes) -> bytes: ...


@dataclass(frozen=True)
class FileSigner:
    """A key read from its encrypted file."""

    certificate: Certificate
    certificate_der: bytes
    chain: tuple[bytes, ...]
    key: ec.EllipticCurvePrivateKey = field(repr=False)
    mechanism: str = "sha256_ecdsa"

    def sign(self, data: bytes) -> bytes:
        return self.key.sign(data, ec.ECDSA(hashes.SHA256()))


@dataclass(frozen=True)
class Trust:
    """What verification believes in: our root certificate (DER), and for each signature field the keys that may fill it,
    with the time from which and (when withdrawn) until which each was ours.

    Without `known` a key counts when our root issued it for the field, and nothing can be said of withdrawal.
    `timestamp_roots` (DER) are those of the timestamp authorities that are believed.
    """

    root: bytes
    known: Mapping[str, Mapping[str, Window]] | None = None
    timestamp_roots: tuple[bytes, ...] = ()


class TokenStore(Protocol):
    """Where keys are made and kept when not in files: they sign, and never leave it."""

    def create(self, key_id: str) -> ec.EllipticCurvePublicKey: ...

    def sign(self, key_id: str, data: bytes) -> bytes: ...

    def destroy(self, key_id: str) -> None: ...


@dataclass(frozen=True)
class TokenSigner:
    """A key on a token."""

    certificate: Certificate
    certificate_der: bytes
    chain: tuple[bytes, ...]
    token: TokenStore = field(repr=False)
    mechanism: str = "sha256_ecdsa"

    def sign(self, data: bytes) -> bytes:
        return self.token.sign(self.certificate.key_id, data)
