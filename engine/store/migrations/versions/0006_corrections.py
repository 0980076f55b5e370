"""Which document a correction or reissue takes the place of."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("document", sa.Column("replaces", sa.String(length=32)))
    op.create_index("ix_document_replaces", "document", ["replaces"])
