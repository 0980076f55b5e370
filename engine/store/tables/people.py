"""Who there is: organisations, people, posts, and who acts for whom."""

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Table, UniqueConstraint

from engine.store.tables.columns import Id, Moment, Name, Word, key, metadata

organisation = Table(
    "organisation",
    metadata,
    key(),
    Column("key", Word, nullable=False, unique=True),
    Column("name", Name, nullable=False),
    Column("kind", Word, nullable=False),  # department | party | consulted | association | external
    Column("uscc", sa.String(18)),
)

person = Table(
    "person",
    metadata,
    key(),
    Column("login", Word, nullable=False, unique=True),
    Column("name", Name, nullable=False),
    Column("password_hash", sa.Text, nullable=False),
    Column("active", sa.Boolean, nullable=False, default=True),
    Column("failed_attempts", sa.Integer, nullable=False, default=0),
    Column("locked_until", Moment),
    Column("session_epoch", sa.Integer, nullable=False, default=0),  # raised to end every session of the person
    Column("email", Name),
    Column("mail_kinds", sa.Text, nullable=False, server_default=sa.text("''")),  # kinds of notices that come by e-mail
)

post = Table(
    "post",
    metadata,
    key(),
    Column("role", Word, nullable=False),
    Column("organisation_id", Id, ForeignKey("organisation.id"), nullable=False),
    Column("title", Name, nullable=False),
    UniqueConstraint("role", "organisation_id"),
)

post_holder = Table(
    "post_holder",
    metadata,
    Column("post_id", Id, ForeignKey("post.id"), primary_key=True),
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True),
    Column("since", sa.Date, nullable=False),
    Column("until", sa.Date),
    Index("ix_post_holder_person", "person_id"),
)

delegation = Table(  # somebody acts for the holder of a post (代理)
    "delegation",
    metadata,
    key(),
    Column("post_id", Id, ForeignKey("post.id"), nullable=False),
    Column("owner_id", Id, ForeignKey("person.id"), nullable=False),
    Column("deputy_id", Id, ForeignKey("person.id"), nullable=False),
    Column("since", sa.Date, nullable=False),
    Column("until", sa.Date, nullable=False),
    Column("package_key", Word, nullable=False, server_default=sa.text("''")),  # empty: every process
    Column("signs", sa.Boolean, nullable=False, server_default=sa.false()),
    Column("reason", sa.Text, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Index("ix_delegation_deputy", "deputy_id"),
    Index("ix_delegation_owner", "owner_id"),
)

handover = Table(  # the receipt of what went from one person to another (离岗交接)
    "handover",
    metadata,
    key(),
    Column("leaving_id", Id, ForeignKey("person.id"), nullable=False),
    Column("successor_id", Id, ForeignKey("person.id"), nullable=False),
    Column("by_id", Id),
    Column("reason", sa.Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("posts", sa.Text, nullable=False),  # canonical JSON: their titles
    Column("tasks", sa.Text, nullable=False),  # canonical JSON: a line a task
    Column("received_at", Moment),
)
