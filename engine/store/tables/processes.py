"""Versions of processes and of the register of clauses, and which are in force."""

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Table, UniqueConstraint

from engine.store.tables.columns import Id, Moment, Name, Word, key, metadata

process_version = Table(
    "process_version",
    metadata,
    key(),
    Column("package_key", Word, nullable=False),
    Column("hash", sa.String(64), nullable=False),
    Column("title", Name, nullable=False),
    Column("note", sa.Text, nullable=False, default=""),
    Column("archive", sa.LargeBinary, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("created_by", sa.String(32)),
    UniqueConstraint("package_key", "hash"),
)

process_in_force = Table(
    "process_in_force",
    metadata,
    Column("package_key", Word, primary_key=True),
    Column("version_id", Id, ForeignKey("process_version.id"), nullable=False),
    Column("since", Moment, nullable=False),
    Column("by", sa.String(32)),
)

clauses_version = Table(
    "clauses_version",
    metadata,
    key(),
    Column("hash", sa.String(64), nullable=False, unique=True),
    Column("text", sa.LargeBinary, nullable=False),
    Column("since", Moment, nullable=False),
)
