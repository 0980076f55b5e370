"""Cases that the department opens together for a list of associations."""

import sqlalchemy as sa
from alembic import op

from engine.store.tables import Moment

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_group",
        sa.Column("id", sa.String(length=32), primary_key=True),
        sa.Column("package_key", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("due_on", sa.Date()),
        sa.Column("post_id", sa.String(length=32), sa.ForeignKey("post.id"), nullable=False),
        sa.Column("created_by", sa.String(length=32), nullable=False),
        sa.Column("created_at", Moment(timezone=True), nullable=False),
    )
    op.create_table(
        "case_group_member",
        sa.Column("group_id", sa.String(length=32), sa.ForeignKey("case_group.id"), primary_key=True),
        sa.Column("organisation_id", sa.String(length=32), sa.ForeignKey("organisation.id"), primary_key=True),
        sa.Column("case_id", sa.String(length=32), sa.ForeignKey("case.id")),
        sa.Column("fault", sa.Text(), nullable=False, server_default=sa.text("''")),
    )


def downgrade() -> None:
    op.drop_table("case_group_member")
    op.drop_table("case_group")
