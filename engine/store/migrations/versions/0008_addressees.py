"""Whom a document goes to, where that is not the organisation that applied."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("document", sa.Column("addressee_id", sa.String(length=32)))


def downgrade() -> None:
    op.drop_column("document", "addressee_id")
