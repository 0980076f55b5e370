"""What the task verbs keep: whose a delegated task is, added reviewers, copies, and a case that stands still."""

import sqlalchemy as sa
from alembic import op

from engine.store.tables import Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("case", sa.Column("suspended_at", Moment(timezone=True)))
    op.add_column("case", sa.Column("review_count", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("task", sa.Column("kind", sa.String(length=64), nullable=False, server_default="task"))
    op.add_column("task", sa.Column("parent_id", sa.String(length=32)))
    op.add_column("task", sa.Column("position", sa.String(length=64), nullable=False, server_default=sa.text("''")))
    op.add_column("task", sa.Column("owner_post_id", sa.String(length=32)))
    op.add_column("task", sa.Column("asked_by", sa.String(length=32)))
    op.add_column("task", sa.Column("question", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("task", sa.Column("held_by", sa.String(length=32)))
    op.add_column("notification", sa.Column("kind", sa.String(length=64), nullable=False, server_default="told"))
    op.add_column("notification", sa.Column("sent_by", sa.String(length=32)))
