"""Work that follows a commit, working days, and filters that people keep."""

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Table, UniqueConstraint

from engine.store.tables.columns import Id, Moment, Name, Word, key, metadata

saved_filter = Table(
    "saved_filter",
    metadata,
    key(),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False),
    Column("place", Word, nullable=False),  # the page that it belongs to: inbox | cases
    Column("name", Name, nullable=False),
    Column("query", sa.Text, nullable=False),
    UniqueConstraint("person_id", "place", "name"),
)

job = Table(
    "job",
    metadata,
    key(),
    Column("key", Name, nullable=False, unique=True),
    Column("name", Word, nullable=False),
    Column("payload", sa.Text, nullable=False),
    Column("run_at", Moment, nullable=False),
    Column("lease_until", Moment),
    Column("attempts", sa.Integer, nullable=False, default=0),
    Column("error", sa.Text, nullable=False, default=""),
    Index("ix_job_run_at", "run_at"),
)

calendar_day = Table(
    "calendar_day",
    metadata,
    Column("day", sa.Date, primary_key=True),
    Column("working", sa.Boolean, nullable=False),
    Column("note", Name, nullable=False, default=""),
    Column("source", Name, nullable=False),
)
