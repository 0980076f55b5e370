"""Procrastinate's tables on PostgreSQL, and an index by which a checkpoint finds what moved."""

from typing import Any

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_event_at", "event", ["at"])
    if op.get_bind().dialect.name == "postgresql":
        # The schema of the installed release. One that changes it needs a migration of ours that runs its SQL.
        # Straight through the driver, in the same transaction: SQLAlchemy would read % and : as parameters.
        driver: Any = op.get_bind().connection.driver_connection
        driver.execute(SchemaManager.get_schema())
