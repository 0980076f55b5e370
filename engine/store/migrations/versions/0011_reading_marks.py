"""Who of a post has read what the post was told, and the task that a notice calls to."""

import sqlalchemy as sa
from alembic import op

from engine.store.tables import Moment

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

UNREAD = "read_at IS NULL"
NEWS = "read_at IS NULL AND task_id IS NULL"


def upgrade() -> None:
    """A mark was one for the whole post: it stays that for everybody, and becomes the mark of who made it."""
    op.create_table(
        "notification_reading",
        sa.Column("notification_id", sa.String(length=32), sa.ForeignKey("notification.id"), primary_key=True),
        sa.Column("person_id", sa.String(length=32), sa.ForeignKey("person.id"), primary_key=True),
        sa.Column("read_at", Moment(timezone=True), nullable=False),
    )
    op.execute(
        "INSERT INTO notification_reading (notification_id, person_id, read_at)"
        " SELECT notification.id, person.id, notification.read_at"
        " FROM notification JOIN person ON person.id = notification.read_by WHERE notification.read_at IS NOT NULL"
    )
    op.drop_column("notification", "read_by")
    op.add_column("notification", sa.Column("task_id", sa.String(length=32)))
    op.drop_index("ix_notification_unread", table_name="notification")
    _index("ix_notification_unread", "post_id", NEWS)
    _index("ix_notification_task", "task_id", UNREAD)
    op.create_index("ix_notification_case", "notification", ["case_id"])


def downgrade() -> None:
    """Of several who read a notice, the last before it counted as read is kept."""
    op.add_column("notification", sa.Column("read_by", sa.String(length=32)))
    op.execute(
        "UPDATE notification SET read_by = (SELECT max(person_id) FROM notification_reading AS reading"
        " WHERE reading.notification_id = notification.id AND reading.read_at = (SELECT max(read_at)"
        " FROM notification_reading AS latest WHERE latest.notification_id = notification.id))"
        " WHERE read_at IS NOT NULL"
    )
    for name in ("ix_notification_case", "ix_notification_task", "ix_notification_unread"):
        op.drop_index(name, table_name="notification")
    op.drop_column("notification", "task_id")
    _index("ix_notification_unread", "post_id", UNREAD)
    op.drop_table("notification_reading")


def _index(name: str, column: str, where: str) -> None:
    op.create_index(name, "notification", [column], sqlite_where=sa.text(where), postgresql_where=sa.text(where))
