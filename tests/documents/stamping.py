"""A timestamp authority of the tests: certificates of its own, certomancer's answers, a real HTTP server in a thread."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from certomancer.services import TimeStamper
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DER = serialization.Encoding.DER


@dataclass(frozen=True)
class Stamping:
    """`url` of the running authority, its root (DER), its certificates, and the list of those it has revoked (none)."""

    url: str
    root: bytes
    certificates: tuple[bytes, ...]
    revocation_list: bytes


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _certificate(
    subject: str, key: ec.EllipticCurvePrivateKey, issuer: str, issuer_key: ec.EllipticCurvePrivateKey, now: datetime
) -> x509.Certificate:
    authority = subject == issuer
    builder = (
        x509.CertificateBuilder(_name(issuer), _name(subject), key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=30))
        .not_valid_after(now + timedelta(days=3650))
        .add_extension(x509.BasicConstraints(authority, None), True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), False)
        .add_extension(
            x509.KeyUsage(not authority, not authority, *[False] * 3, authority, authority, False, False), True
        )
    )
    if not authority:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True)
    return builder.sign(issuer_key, hashes.SHA256())


@contextmanager
def running(at: datetime) -> Iterator[Stamping]:
    """An authority whose clock stands at one moment."""
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = _certificate("Invented stamping root", root_key, "Invented stamping root", root_key, at)
    own = _certificate("Invented stamping unit", key, "Invented stamping root", root_key, at)
    issued = x509.CertificateRevocationListBuilder(root.subject, at, at + timedelta(days=30))
    private = key.private_bytes(DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    stamper = TimeStamper(
        asn1_x509.Certificate.load(own.public_bytes(DER)),
        asn1_keys.PrivateKeyInfo.load(private),
        certs_to_embed=[asn1_x509.Certificate.load(root.public_bytes(DER))],
        fixed_dt=at,
    )

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            data = stamper.request_tsa_response(asked).dump()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        revoked = issued.sign(root_key, hashes.SHA256()).public_bytes(DER)
        certificates = (own.public_bytes(DER), root.public_bytes(DER))
        yield Stamping(f"http://127.0.0.1:{server.server_port}/", root.public_bytes(DER), certificates, revoked)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
