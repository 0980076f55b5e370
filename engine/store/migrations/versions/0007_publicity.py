"""Letters of one part of a case, publicity, and what the public says of it."""

import sqlalchemy as sa
from alembic import op

from engine.store.tables import Moment

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("document", sa.Column("path", sa.String(length=300), nullable=False, server_default=sa.text("''")))
    op.add_column("document", sa.Column("reader", sa.String(length=64), nullable=False, server_default="applicant"))
    op.create_table(
        "publicity",
        sa.Column("id", sa.String(length=32), primary_key=True),
        sa.Column("case_id", sa.String(length=32), sa.ForeignKey("case.id"), nullable=False),
        sa.Column("path", sa.String(length=300), nullable=False),
        sa.Column("members", sa.Text(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("closed_at", Moment(timezone=True)),
    )
    op.create_index("ix_publicity_case", "publicity", ["case_id"])
    still_open = sa.text("closed_at IS NULL")
    op.create_index(
        "ix_publicity_open", "publicity", ["closes_on", "id"], sqlite_where=still_open, postgresql_where=still_open
    )
    op.create_table(
        "objection",
        sa.Column("id", sa.String(length=32), primary_key=True),
        sa.Column("case_id", sa.String(length=32), sa.ForeignKey("case.id"), nullable=False),
        sa.Column("publicity_id", sa.String(length=32), sa.ForeignKey("publicity.id"), nullable=False),
        sa.Column("item_key", sa.String(length=64), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("received_at", Moment(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("key_id", sa.String(length=64), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_objection_case", "objection", ["case_id"])
