"""The key that signs checkpoints: ECDSA on P-256, a file that only its owner reads."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from engine.errors import Unavailable
from engine.store import write_secret

_ALGORITHM = ec.ECDSA(hashes.SHA256())


class Signer(Protocol):
    """Signs on behalf of the installation. `fingerprint`: SHA-256 of the public key's SubjectPublicKeyInfo, hex."""

    @property
    def fingerprint(self) -> str: ...

    def sign(self, data: bytes) -> bytes: ...


@dataclass(frozen=True)
class FileSigner:
    """A key read from a file."""

    key: ec.EllipticCurvePrivateKey

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.key.public_key())

    def sign(self, data: bytes) -> bytes:
        return self.key.sign(data, _ALGORITHM)


@dataclass(frozen=True)
class Trust:
    """The public keys, by fingerprint, whose checkpoints count."""

    keys: Mapping[str, ec.EllipticCurvePublicKey]

    @classmethod
    def of(cls, keys: Iterable[ec.EllipticCurvePublicKey]) -> "Trust":
        return cls({fingerprint(key): key for key in keys})

    def accepts(self, key_fingerprint: str, signature: bytes, data: bytes) -> bool:
        try:
            self.keys[key_fingerprint].verify(signature, data, _ALGORITHM)
        except InvalidSignature:
            return False
        return True


def open_signer(folder: Path, passphrase: bytes | None = None) -> FileSigner:
    """The signing key of a folder, made at first use as `audit.key` (PKCS #8, read by its owner only) and `audit.pub`.

    With a passphrase the file is encrypted too. `Unavailable` with `audit.key` where the passphrase does not open it.
    """
    path = folder / "audit.key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _make(path, passphrase)
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), passphrase)
    except (ValueError, TypeError) as error:
        message = (
            f"无法打开检查点签名密钥 {path}：口令不对，或文件已损坏。请核对 HUISHEN_KEY_PASSPHRASE，或从备份恢复。"
        )
        raise Unavailable(message, code="audit.key", file=str(path)) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise Unavailable(f"{path} 不是椭圆曲线密钥，请从备份恢复。", code="audit.key", file=str(path))
    if not path.with_suffix(".pub").exists():
        path.with_suffix(".pub").write_bytes(_public_pem(key))
    return FileSigner(key)


def open_trust(folder: Path) -> Trust:
    """Every `*.pub` of a folder: the key in use, and the ones before it."""
    keys = [serialization.load_pem_public_key(path.read_bytes()) for path in sorted(folder.glob("*.pub"))]
    return Trust.of(key for key in keys if isinstance(key, ec.EllipticCurvePublicKey))


def fingerprint(key: ec.EllipticCurvePublicKey) -> str:
    encoding, form = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    return hashlib.sha256(key.public_bytes(encoding, form)).hexdigest()


def _make(path: Path, passphrase: bytes | None) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption(),
    )
    write_secret(path, private)


def _public_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    encoding, form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(encoding, form)
