"""The register of rules (`clauses.toml`) as an immutable version of its own; a new one holds for later evaluations."""

import hashlib
from datetime import datetime

import sqlalchemy as sa

from engine.decisions import Clauses
from engine.store import Transaction, insert_into, new_id
from engine.store.tables import clauses_version


def deploy_clauses(transaction: Transaction, text: bytes, *, at: datetime) -> tuple[str, bool]:
    """(version id, whether it is new). Raises what `Clauses.read` raises for a register that does not hold."""
    Clauses.read(text, "clauses.toml")
    digest = hashlib.sha256(text).hexdigest()
    row = {"id": new_id(), "hash": digest, "text": text, "since": at}
    statement = insert_into(transaction, clauses_version).values(row).on_conflict_do_nothing(index_elements=["hash"])
    transaction.execute(statement)
    query = sa.select(clauses_version.c.id).where(clauses_version.c.hash == digest)
    stored = str(transaction.execute(query).scalar_one())
    return stored, stored == row["id"]


def load_clauses(transaction: Transaction, version_id: str) -> Clauses:
    """A stored version; the empty id is the empty register."""
    if not version_id:
        return Clauses.read(b"", "clauses.toml")
    query = sa.select(clauses_version.c.text).where(clauses_version.c.id == version_id)
    return Clauses.read(bytes(transaction.execute(query).scalar_one()), "clauses.toml")
