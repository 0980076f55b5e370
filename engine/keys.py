"""The installation's signing keys: made, replaced, ended; entered into the table that verification reads."""

from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from engine import audit, documents, identity, store
from engine.documents import AUTHORITY, REVIEWER, Assurance, Field, Trust
from engine.errors import Invalid, NotFound, Unavailable
from engine.installation import Installation
from engine.store import Transaction, insert_into
from engine.store.tables import organisation, person, post, process_in_force, signing_key

SIGNING_ROLES = frozenset(
    {"bureau_leader", "meeting_secretary"}
)  # posts whose holders sign letters, or minutes, with a key of their own; beside those that packages in force name
RENEWED_BEFORE = timedelta(days=60)  # before its end
SEALS = {"seal-authority": "", "seal-acceptance": "（受理专用章）"}  # key id -> what stands below the star


def ensure_keys(installation: Installation) -> None:
    """The root, both seals, and a key for everybody who signs; what is there already stays as it is."""
    with store.writing(installation.database) as transaction:
        query = sa.select(organisation.c.name).where(organisation.c.kind == "department")
        name = transaction.execute(query).scalar() or "会审"
        installation.vault.create_authority(f"{name}文书签名根证书", installation.clock.now())
        for key_id, below in SEALS.items():
            _enter(installation, transaction, key_id, name + below, AUTHORITY)
        signing = SIGNING_ROLES | _signers(installation, transaction)
        for one in identity.people(transaction):
            if signing & set(one.roles):
                _enter(installation, transaction, f"person-{one.id}", one.name, REVIEWER)


def provide_key(installation: Installation, transaction: Transaction, person_id: str, posts: Collection[str]) -> None:
    """A key for somebody who comes to hold these posts, or to stand in for them, where one of them signs.

    It is made now and not at the moment of signing: minutes are signed after the commit, when nobody can be told.
    """
    query = sa.select(post.c.role).where(post.c.id.in_(posts))
    roles = set(transaction.execute(query).scalars())
    if roles & SIGNING_ROLES or roles & _signers(installation, transaction):
        name = transaction.execute(sa.select(person.c.name).where(person.c.id == person_id)).scalar_one()
        _enter(installation, transaction, f"person-{person_id}", name, REVIEWER)


def _signers(installation: Installation, transaction: Transaction) -> set[str]:
    """The roles that the packages in force let sign."""
    versions = transaction.execute(sa.select(process_in_force.c.version_id)).scalars().all()
    nodes = [node for one in versions for node in installation.package(transaction, one).definition.nodes.values()]
    named = {
        (node.assignment or "").partition("@")[0].strip() for node in nodes if node.properties.get("act") == "sign"
    }
    return {role for role in named if not role.startswith("=")}


def renew_keys(installation: Installation) -> list[str]:
    """New keys under the same ids where a certificate ends soon; the old ones count to their own end. -> the ids.

    Letters are signed on any day, and minutes when nobody can be told, so that a key never runs out unnoticed. Whatever
    a crash has left out of the register is entered.
    """
    now, renewed = installation.clock.now(), []
    with store.writing(installation.database) as transaction:
        transaction.execute(sa.select(signing_key.c.fingerprint).with_for_update())  # one process at a time
        for key_id in installation.vault.key_ids():
            current = installation.vault.certificate(key_id)
            if current.not_after - now < RENEWED_BEFORE:
                current = installation.vault.replace(key_id, now)
                renewed.append(key_id)
                audit.record(transaction, "key.renewed", now, None, {"key": key_id, "new": current.fingerprint})
            transaction.execute(insert_into(transaction, signing_key).values(_row(current)).on_conflict_do_nothing())
    return renewed


def replace_key(installation: Installation, key_id: str, reason: str) -> str:
    """A new key under the same id; the old one counts until now and never again. -> the new fingerprint."""
    _end(installation, key_id, reason)
    now = installation.clock.now()
    issued = installation.vault.replace(key_id, now)
    with store.writing(installation.database) as transaction:
        transaction.execute(sa.insert(signing_key).values(_row(issued)))
        audit.record(transaction, "key.replaced", now, None, {"key": key_id, "new": issued.fingerprint})
    return issued.fingerprint


def withdraw_key(installation: Installation, key_id: str, reason: str) -> None:
    """End a key, as when its holder leaves or it may have been copied; nothing replaces it."""
    _end(installation, key_id, reason)
    installation.vault.withdraw(key_id)


def _end(installation: Installation, key_id: str, reason: str) -> None:
    """First the register, then the file: a crash between the two leaves a key that nobody believes."""
    if len(reason.strip()) < 2:
        raise Invalid("请填写停用密钥的理由。", code="reason.missing")
    current, now = installation.vault.certificate(key_id), installation.clock.now()
    with store.writing(installation.database) as transaction:
        query = sa.update(signing_key).where(signing_key.c.fingerprint == current.fingerprint).values(until=now)
        if transaction.execute(query).rowcount != 1:
            raise NotFound(f"密钥登记簿里没有 {key_id}", code="document.no-key")
        noted = {"key": key_id, "fingerprint": current.fingerprint, "reason": reason.strip()}
        audit.record(transaction, "key.ended", now, None, noted)


def revocation_list(installation: Installation) -> bytes:
    """The CRL (DER) of every key that has ended."""
    with store.reading(installation.database) as transaction:
        query = sa.select(signing_key).where(signing_key.c.until <= installation.clock.now())
        rows = transaction.execute(query).mappings().all()
    current = {installation.vault.certificate(key_id).fingerprint for key_id in installation.vault.key_ids()}
    ended = {row["fingerprint"]: row["until"] for row in rows if row["fingerprint"] not in current}
    return installation.vault.revocation_list(ended, installation.clock.now())


def trust(installation: Installation) -> Trust:
    """The installation's root, the keys that may fill each signature field, the roots of its timestamp authority."""
    with store.reading(installation.database) as transaction:
        rows = transaction.execute(sa.select(signing_key)).mappings().all()
    known: dict[str, dict[str, tuple[datetime, datetime | None]]] = {}
    for row in rows:
        known.setdefault(row["field"], {})[row["fingerprint"]] = (row["since"], row["until"])
    roots = tuple(_der(one) for one in _timestamp_chain(installation) if one.issuer == one.subject)
    return Trust(installation.vault.root(), known, roots)


def assurance(installation: Installation) -> Assurance:
    """The level of new signatures, by the settings."""
    settings = installation.settings
    if settings.signature_level == "B-B":
        return documents.PLAIN
    stamper = documents.TimestampAuthority(settings.timestamp_url) if settings.timestamp_url else None
    certificates = [installation.vault.root(), *(_der(one) for one in _timestamp_chain(installation))]
    lists = (revocation_list(installation),) if settings.signature_level == "B-LTA" else ()
    return Assurance(settings.signature_level, stamper, tuple(certificates), lists)  # type: ignore[arg-type]


def _timestamp_chain(installation: Installation) -> list[x509.Certificate]:
    path = installation.settings.timestamp_certificates
    if not path:
        return []
    try:
        return x509.load_pem_x509_certificates(Path(path).read_bytes())
    except (OSError, ValueError) as error:
        message = f"读不出时间戳服务的证书 {path}，请检查 timestamp_certificates"
        raise Unavailable(message, code="document.timestamp-certificates") from error


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def _enter(installation: Installation, transaction: Transaction, key_id: str, name: str, field: Field) -> None:
    issued = installation.vault.issue(key_id, name, field, installation.clock.now())
    transaction.execute(insert_into(transaction, signing_key).values(_row(issued)).on_conflict_do_nothing())


def _row(issued: documents.Certificate) -> dict[str, Any]:
    return {
        "fingerprint": issued.fingerprint,
        "key_id": issued.key_id,
        "field": issued.field,
        "since": issued.not_before,
        "until": issued.not_after,
    }


def audit_signer(installation: Installation) -> audit.Signer:
    """Who signs the checkpoints of the record."""
    return audit.open_signer(installation.folder / "keys" / "audit", installation.passphrase)


def audit_trust(installation: Installation) -> audit.Trust:
    """The keys whose checkpoints count."""
    return audit.open_trust(installation.folder / "keys" / "audit")
