"""The installation's own certification authority and the signing keys it has issued, encrypted at rest.

Elliptic curve P-256 throughout: a signature takes milliseconds and every reader knows the curve. Private keys are PKCS#8
files encrypted under a password that scrypt derives from the installation's passphrase, because PKCS#8's own derivation
is quick to guess; or they are made on a token and never leave it. Certificates are plain files. Times are given by the
caller; nothing here reads a clock.
"""

import hashlib
import os
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property, lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.x509.oid import NameOID

from engine.documents.keys import (
    AUTHORITY,
    REVIEWER,
    Certificate,
    Field,
    FileSigner,
    Signer,
    TokenSigner,
    TokenStore,
    Trust,
    Window,
)
from engine.errors import Conflict, Forbidden, Invalid, NotFound

YEARS: dict[Field, int] = {REVIEWER: 2, AUTHORITY: 5}
ROOT_YEARS = 20
KEY_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}\Z")
SCRYPT = {"n": 2**15, "r": 8, "p": 1}
ROOT = "root"


class KeyVault:
    """The keys of one installation, in one folder that only its user can read; with a token, new ones are made there."""

    def __init__(self, folder: Path, passphrase: str | bytes, token: TokenStore | None = None) -> None:
        """`Invalid` when the passphrase is empty. Nothing is written before the first key is made."""
        if not passphrase:
            raise Invalid("没有给出密钥库口令，请设置 HUISHEN_KEY_PASSPHRASE", code="document.passphrase")
        self._folder, self._token = folder, token
        self._passphrase = passphrase.encode() if isinstance(passphrase, str) else passphrase

    @cached_property
    def _password(self) -> bytes:
        path = self._folder / "salt"
        if not path.exists():
            _write(path, os.urandom(16))
        return _derived(path.read_bytes(), self._passphrase)

    def create_authority(self, name: str, now: datetime) -> bytes:
        """The root certificate (DER), made at the first call; later calls return the one there is."""
        if not self._path(ROOT, "pem").exists():
            key = ec.generate_private_key(ec.SECP256R1())
            subject = _subject(name)
            builder = _builder(subject, subject, key.public_key(), now, now + timedelta(days=365 * ROOT_YEARS))
            self._save(
                ROOT, key, _extended(builder, key.public_key(), key.public_key(), True).sign(key, hashes.SHA256())
            )
        return self.root()

    def root(self) -> bytes:
        """The root certificate (DER); `NotFound` before there is an authority."""
        return self._certificate(ROOT).public_bytes(serialization.Encoding.DER)

    def issue(self, key_id: str, common_name: str, field: Field, now: datetime) -> Certificate:
        """A new key and its certificate, or the one there is under that id, name and field.

        `key_id` is of small letters, digits, `-` and `_`. A seal's name is its impression; （受理专用章） at its end is
        what stands below the star. `Conflict` when the id belongs to another name: replace a key under another id.
        """
        if not KEY_ID.match(key_id) or key_id == ROOT:
            raise Invalid(f"密钥代号“{key_id}”只能用小写字母、数字、- 和 _", code="document.key-id")
        if field not in YEARS:
            raise Invalid(f"签名域“{field}”应当是 {REVIEWER} 或 {AUTHORITY}", code="document.key-field")
        if self._path(key_id, "pem").exists():
            present = self.certificate(key_id)
            if (present.common_name, present.field) != (common_name, field):
                raise Conflict(
                    f"密钥 {key_id} 已经签发给{present.common_name}，请换用新的代号", code="document.key-exists"
                )
            return present
        self._make(key_id, common_name, field, now)
        return self.certificate(key_id)

    def _make(self, key_id: str, common_name: str, field: Field, now: datetime) -> None:
        root, root_key = self._certificate(ROOT), self._key(ROOT)
        key = None if self._token else ec.generate_private_key(ec.SECP256R1())
        public = key.public_key() if key else self._token.create(key_id)  # type: ignore[union-attr]
        end = min(now + timedelta(days=365 * YEARS[field]), root.not_valid_after_utc)
        builder = _builder(_subject(common_name, field), root.subject, public, now, end)
        builder = _extended(builder, public, root_key.public_key(), False)
        self._save(key_id, key, builder.sign(root_key, hashes.SHA256()))

    def replace(self, key_id: str, now: datetime) -> Certificate:
        """A new key under the same id, name and field; the old certificate is kept, its private key is gone."""
        old = self.certificate(key_id)
        self.withdraw(key_id)
        self._make(key_id, old.common_name, old.field, now)
        return self.certificate(key_id)

    def withdraw(self, key_id: str) -> None:
        """Destroy a private key. Its certificate stays among the retired, for what it has signed; `NotFound` otherwise."""
        old = self.certificate(key_id)
        _write(self._folder / "retired" / f"{old.fingerprint}.pem", self._path(key_id, "pem").read_bytes())
        if self._path(key_id, "key").exists():
            self._path(key_id, "key").unlink()
        elif self._token:
            self._token.destroy(key_id)
        self._path(key_id, "pem").unlink()

    def revocation_list(self, ended: Mapping[str, datetime], now: datetime, days: int = 30) -> bytes:
        """A CRL (DER) of our root: the certificates with these fingerprints, each with the time from which it is revoked."""
        root, root_key = self._certificate(ROOT), self._key(ROOT)
        builder = (
            x509.CertificateRevocationListBuilder(issuer_name=root.subject)
            .last_update(_whole(now))
            .next_update(_whole(now + timedelta(days=days)))
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), False)
            .add_extension(x509.CRLNumber(int(now.timestamp())), False)
        )
        for fingerprint, when in sorted(ended.items()):
            found = self._of_fingerprint(fingerprint)
            revoked = x509.RevokedCertificateBuilder(found.serial_number, _whole(when)).build()
            builder = builder.add_revoked_certificate(revoked)
        return builder.sign(root_key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    def attest(self, data: bytes) -> bytes:
        """The root's own signature over an exported list, which whoever has the root certificate can check."""
        return self._key(ROOT).sign(data, ec.ECDSA(hashes.SHA256()))

    def _of_fingerprint(self, fingerprint: str) -> x509.Certificate:
        for path in (*self._folder.glob("*.pem"), *self._folder.glob("retired/*.pem")):
            found = x509.load_pem_x509_certificate(path.read_bytes())
            if hashlib.sha256(found.public_bytes(serialization.Encoding.DER)).hexdigest() == fingerprint:
                return found
        raise NotFound(f"没有指纹为 {fingerprint[:16]}… 的证书", code="document.no-key")

    def certificate(self, key_id: str) -> Certificate:
        """What is known of an issued key; `NotFound` when there is none."""
        found = self._certificate(key_id)
        names = {attribute.oid: str(attribute.value) for attribute in found.subject}
        unit = names.get(NameOID.ORGANIZATIONAL_UNIT_NAME)
        return Certificate(
            key_id=key_id,
            common_name=names[NameOID.COMMON_NAME],
            field=AUTHORITY if unit == AUTHORITY else REVIEWER,
            fingerprint=hashlib.sha256(found.public_bytes(serialization.Encoding.DER)).hexdigest(),
            not_before=found.not_valid_before_utc,
            not_after=found.not_valid_after_utc,
            certificate_pem=found.public_bytes(serialization.Encoding.PEM).decode(),
        )

    def trust(self, known: Mapping[str, Mapping[str, Window]]) -> Trust:
        """Our root with the keys of the register: field -> fingerprint -> (since, until or None)."""
        return Trust(self.root(), known)

    def key_ids(self) -> list[str]:
        """Every issued key, the root left out."""
        return sorted(path.stem for path in self._folder.glob("*.pem") if path.stem != ROOT)

    def signer(self, key_id: str) -> Signer:
        """The key, decrypted; `NotFound` when there is none, `Forbidden` when the passphrase is wrong."""
        certificate = self.certificate(key_id)
        der = self._certificate(key_id).public_bytes(serialization.Encoding.DER)
        if not self._path(key_id, "key").exists():
            if self._token is None:
                raise Forbidden(f"密钥 {key_id} 在密码设备里，请设置 pkcs11_module", code="document.no-token")
            return TokenSigner(certificate, der, (self.root(),), self._token)
        return FileSigner(certificate, der, (self.root(),), self._key(key_id))

    def _path(self, key_id: str, suffix: str) -> Path:
        return self._folder / f"{key_id}.{suffix}"

    def _save(self, key_id: str, key: ec.EllipticCurvePrivateKey | None, certificate: x509.Certificate) -> None:
        """`key` is None when the token keeps it."""
        if key:
            encrypted = key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.BestAvailableEncryption(self._password),
            )
            _write(self._path(key_id, "key"), encrypted)
        _write(self._path(key_id, "pem"), certificate.public_bytes(serialization.Encoding.PEM))

    def _certificate(self, key_id: str) -> x509.Certificate:
        path = self._path(key_id, "pem")
        if not KEY_ID.match(key_id) or not path.exists():
            what = "还没有建立根证书，请先运行初始化" if key_id == ROOT else f"没有密钥 {key_id}"
            raise NotFound(what, code="document.no-key")
        return x509.load_pem_x509_certificate(path.read_bytes())

    def _key(self, key_id: str) -> ec.EllipticCurvePrivateKey:
        data = self._path(key_id, "key").read_bytes()
        try:
            key = serialization.load_pem_private_key(data, self._password)
        except ValueError as error:
            raise Forbidden(f"密钥库口令不对，不能使用密钥 {key_id}", code="document.passphrase") from error
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return key


@lru_cache(maxsize=4)
def _derived(salt: bytes, passphrase: bytes) -> bytes:
    """The password of the key files; slow by intention, so that a process derives it once and not at every opening."""
    return Scrypt(salt=salt, length=32, **SCRYPT).derive(passphrase).hex().encode()


def _subject(name: str, unit: str = "") -> x509.Name:
    if not name or len(name) > 64:
        raise Invalid(f"证书名称“{name[:20]}”应当有 1 至 64 个字", code="document.key-name")
    attributes = [x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"), x509.NameAttribute(NameOID.COMMON_NAME, name)]
    if unit:
        attributes.insert(1, x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit))
    return x509.Name(attributes)


def _builder(
    subject: x509.Name, issuer: x509.Name, public: ec.EllipticCurvePublicKey, now: datetime, end: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder(subject_name=subject, issuer_name=issuer, public_key=public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(_whole(now))
        .not_valid_after(_whole(end))
    )


def _whole(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)


def _extended(
    builder: x509.CertificateBuilder,
    public: ec.EllipticCurvePublicKey,
    issuer: ec.EllipticCurvePublicKey,
    authority: bool,
) -> x509.CertificateBuilder:
    usage = x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        builder.add_extension(x509.BasicConstraints(authority, 0 if authority else None), True)
        .add_extension(usage, True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer), False)
    )


def _write(path: Path, data: bytes) -> None:
    """A new file that only its owner can read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(path.name + ".new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
