"""Documents with their numbers and keys, and what is made public."""

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Table, UniqueConstraint

from engine.store.tables.columns import Id, Moment, Name, Word, key, metadata

number_sequence = Table(
    "number_sequence",
    metadata,
    Column("authority", Word, primary_key=True),  # 机关代字, or the prefix of case numbers
    Column("year", sa.Integer, primary_key=True),
    Column("last", sa.Integer, nullable=False),
)

document = Table(
    "document",
    metadata,
    key(),
    Column("case_id", Id, ForeignKey("case.id"), nullable=False),
    Column("kind", Word, nullable=False),
    Column("title", Name, nullable=False),
    Column("path", sa.String(300), nullable=False, server_default=sa.text("''")),  # the scope that drafted it
    Column("signature", Word, nullable=False),  # two | minutes | notice | slip
    Column("reader", Word, nullable=False, server_default="applicant"),  # applicant | department
    Column("seal_key", Word, nullable=False, default=""),
    Column("state", Word, nullable=False),  # drafted … signed | issued | revoked | superseded | voided
    Column("authority", Word, nullable=False, default=""),
    Column("year", sa.Integer),
    Column("serial", sa.Integer),
    Column("number", Name, unique=True),
    Column("code", sa.String(24), unique=True),
    Column("content", sa.Text, nullable=False),
    Column("record", sa.Text, nullable=False, default="{}"),
    Column("dated", sa.Date),
    Column("place", sa.Text, nullable=False, default=""),
    Column("rendered_sha256", sa.String(64)),
    Column("signed_sha256", sa.String(64)),
    Column("issued_sha256", sa.String(64)),
    Column("drafted_at", Moment, nullable=False),
    Column("drafted_by", Id),
    Column("reserved_at", Moment),
    Column("signed_at", Moment),
    Column("signed_by", Id),
    Column("issued_at", Moment),
    Column("sealed_by", Id),
    Column("ended_at", Moment),
    Column("reason", sa.Text, nullable=False, default=""),
    Column("received_at", Moment),
    Column("received_by", Id),
    Column("addressee_id", Id),  # organisation; none: the one that applied
    Column("replaces", Id),  # the document that this one corrects or issues anew
    UniqueConstraint("authority", "year", "serial"),
    Index("ix_document_case", "case_id", "id"),
    Index("ix_document_replaces", "replaces"),
    Index("ix_document_issued_sha256", "issued_sha256"),
)

publicity = Table(
    "publicity",
    metadata,
    key(),
    Column("case_id", Id, ForeignKey("case.id"), nullable=False),
    Column("path", sa.String(300), nullable=False),  # the scope of the case that is made public
    Column("members", sa.Text, nullable=False),  # canonical JSON: of each member its key, label and public fields
    Column("opened_on", sa.Date, nullable=False),
    Column("closes_on", sa.Date, nullable=False),
    Column("closed_at", Moment),  # until then objections are taken
    Index("ix_publicity_case", "case_id"),
    Index(
        "ix_publicity_open",
        "closes_on",
        "id",
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    ),
)

objection = Table(
    "objection",
    metadata,
    key(),
    Column("case_id", Id, ForeignKey("case.id"), nullable=False),
    Column("publicity_id", Id, ForeignKey("publicity.id"), nullable=False),
    Column("item_key", Word, nullable=False),
    Column("named", sa.Boolean, nullable=False),
    Column("files", sa.Integer, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("state", Word, nullable=False),  # open | dismissed | upheld | separate
    Column("digest", sa.String(64), nullable=False),  # keyed hash of what is sealed
    Column("key_id", Word, nullable=False),
    Column("ciphertext", sa.LargeBinary, nullable=False),  # who says it, and what
    Index("ix_objection_case", "case_id"),
)

signing_key = Table(
    "signing_key",
    metadata,
    Column("fingerprint", sa.String(64), primary_key=True),
    Column("key_id", Word, nullable=False),
    Column("field", Word, nullable=False),  # the signature field that it may fill
    Column("since", Moment, nullable=False),
    Column("until", Moment),
)
