"""The record that proves itself: events, heads and signed checkpoints of chains."""

import sqlalchemy as sa
from sqlalchemy import Column, Index, Table

from engine.store.tables.columns import Id, Moment, Word, key, metadata

event = Table(
    "event",
    metadata,
    Column("chain", Id, primary_key=True),  # a case's id, or "installation"
    Column("seq", sa.Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("kind", Word, nullable=False),
    Column("actor", Id),  # person; none for the system
    Column("post_id", Id),
    Column("body", sa.Text, nullable=False),  # canonical JSON
    Column("previous", sa.String(64), nullable=False),
    Column("hash", sa.String(64), nullable=False),
    Index("ix_event_at", "at"),
    Index(
        "ix_event_noted",
        "at",
        sqlite_where=sa.text("kind = 'case.noted'"),
        postgresql_where=sa.text("kind = 'case.noted'"),
    ),
)

chain_head = Table(
    "chain_head",
    metadata,
    Column("chain", Id, primary_key=True),
    Column("seq", sa.Integer, nullable=False),
    Column("hash", sa.String(64), nullable=False),
)

checkpoint = Table(
    "checkpoint",
    metadata,
    key(),
    Column("at", Moment, nullable=False),
    Column("heads", sa.Text, nullable=False),  # canonical JSON: chain -> [seq, hash] of the chains that moved
    Column("previous", sa.String(64), nullable=False),
    Column("hash", sa.String(64), nullable=False),
    Column("key_fingerprint", sa.String(64), nullable=False),
    Column("signature", sa.LargeBinary, nullable=False),
)
