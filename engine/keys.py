"""The installation's signing keys: made once, entered into the table that verification reads."""

import sqlalchemy as sa

from engine import audit, identity, store
from engine.documents.keys import AUTHORITY, REVIEWER, Field
from engine.installation import Installation
from engine.store import Transaction, insert_into
from engine.store.tables import organisation, signing_key

SIGNING_ROLES = frozenset({"bureau_leader"})  # posts whose holders sign letters with a key of their own
SEALS = {"seal-authority": "", "seal-acceptance": "（受理专用章）"}  # key id -> what stands below the star


def ensure_keys(installation: Installation) -> None:
    """The root, both seals, and a key for everybody who signs; what is there already stays as it is."""
    with store.writing(installation.database) as transaction:
        query = sa.select(organisation.c.name).where(organisation.c.kind == "department")
        name = transaction.execute(query).scalar() or "会审"
        installation.vault.create_authority(f"{name}文书签名根证书", installation.clock.now())
        for key_id, below in SEALS.items():
            _enter(installation, transaction, key_id, name + below, AUTHORITY)
        for person in identity.people(transaction):
            if SIGNING_ROLES & set(person.roles):
                _enter(installation, transaction, f"person-{person.id}", person.name, REVIEWER)


def _enter(installation: Installation, transaction: Transaction, key_id: str, name: str, field: Field) -> None:
    issued = installation.vault.issue(key_id, name, field, installation.clock.now())
    row = {
        "fingerprint": issued.fingerprint,
        "key_id": key_id,
        "field": field,
        "since": issued.not_before,
        "until": issued.not_after,
    }
    transaction.execute(insert_into(transaction, signing_key).values(row).on_conflict_do_nothing())


def audit_signer(installation: Installation) -> audit.Signer:
    """Who signs the checkpoints of the record."""
    return audit.open_signer(installation.folder / "keys" / "audit", installation.passphrase)


def audit_trust(installation: Installation) -> audit.Trust:
    """The keys whose checkpoints count."""
    return audit.open_trust(installation.folder / "keys" / "audit")
