"""The register of rules (`clauses.toml`) as an immutable version of its own; a new one holds for later evaluations."""

import hashlib
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.decisions import Clauses
from engine.store import Transaction, insert_into, new_id
from engine.store.tables import clauses_version


def deploy_clauses(transaction: Transaction, text: bytes, *, at: datetime) -> tuple[str, bool]:
    """(version id, whether it was not in force before). Raises what `Clauses.read` raises for a register that does not hold."""
    Clauses.read(text, "clauses.toml")
    digest = hashlib.sha256(text).hexdigest()
    row = {"id": new_id(), "hash": digest, "text": text, "since": at}
    statement = insert_into(transaction, clauses_version).values(row).on_conflict_do_nothing(index_elements=["hash"])
    transaction.execute(statement)
    query = sa.select(clauses_version.c.id).where(clauses_version.c.hash == digest)
    stored = str(transaction.execute(query).scalar_one())
    if stored == row["id"]:
        return stored, True
    if stored == _newest(transaction):
        return stored, False
    transaction.execute(sa.update(clauses_version).where(clauses_version.c.id == stored).values(since=at))
    return stored, True


def clauses_in_force(transaction: Transaction) -> tuple[str, datetime | None]:
    """(version id, since when) of the register that evaluations use; the empty id where there is none."""
    row = transaction.execute(_latest(clauses_version.c.id, clauses_version.c.since)).one_or_none()
    return (row.id, row.since) if row is not None else ("", None)


def _newest(transaction: Transaction) -> str:
    return clauses_in_force(transaction)[0]


def _latest(*columns: sa.Column[Any]) -> sa.Select[Any]:
    return sa.select(*columns).order_by(clauses_version.c.since.desc(), clauses_version.c.id.desc()).limit(1)


def load_clauses(transaction: Transaction, version_id: str) -> Clauses:
    """A stored version; the empty id is the empty register."""
    if not version_id:
        return Clauses.read(b"", "clauses.toml")
    query = sa.select(clauses_version.c.text).where(clauses_version.c.id == version_id)
    return Clauses.read(bytes(transaction.execute(query).scalar_one()), "clauses.toml")
