"""What goes between cases: calls, messages that are awaited, sent and received."""

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Table

from engine.store.tables.columns import Id, Moment, Name, Word, key, metadata

call = Table(
    "call",
    metadata,
    key(),  # that of the token that waits
    Column("case_id", Id, ForeignKey("case.id"), nullable=False),
    Column("node_id", Name, nullable=False),
    Column("path", sa.String(300), nullable=False, default=""),
    Column("item_key", Word),
    Column("package_key", Word, nullable=False),
    Column("version", Word, nullable=False),  # the beginning of a version's hash; empty: the one in force
    Column("child_id", Id, nullable=False, unique=True),  # the called case, which a job starts
    Column("state", Word, nullable=False),  # waiting | failed (could not be started yet) | answered | ended
    Column("inputs", sa.Text, nullable=False),
    Column("outcome", Word),
    Column("reason", sa.Text, nullable=False, server_default=sa.text("''")),
    Column("opened_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Index("ix_call_case", "case_id"),
)

awaited = Table(  # the messages of other cases that a case waits for
    "awaited",
    metadata,
    key(),  # that of the token that waits
    Column("case_id", Id, ForeignKey("case.id"), nullable=False),
    Column("node_id", Name, nullable=False),
    Column("name", Name, nullable=False),
    Column("correlation", sa.String(24), nullable=False),
    Index("ix_awaited_name", "name", "correlation"),
    Index("ix_awaited_case", "case_id"),
)

message = Table(
    "message",
    metadata,
    key(),
    Column("case_id", Id, ForeignKey("case.id"), nullable=False),  # who sent it
    Column("node_id", Name, nullable=False),
    Column("name", Name, nullable=False),
    Column("key", sa.Text, nullable=False),
    Column("correlation", sa.String(24), nullable=False),
    Column("values", sa.Text, nullable=False),
    Column("state", Word, nullable=False),  # sent | delivered | unheard | stopped
    Column("hops", sa.Integer, nullable=False),
    Column("sent_at", Moment, nullable=False),
    Column("keep_until", Moment),  # until then it waits for somebody who begins to wait for it
    Index("ix_message_name", "name", "correlation"),
    Index("ix_message_case", "case_id"),
)

receipt = Table(
    "receipt",
    metadata,
    Column("message_id", Id, ForeignKey("message.id"), primary_key=True),
    Column("case_id", Id, ForeignKey("case.id"), primary_key=True),
    Column("state", Word, nullable=False),  # received | held (the case stands still)
    Column("at", Moment, nullable=False),
    Index("ix_receipt_case", "case_id"),
)
