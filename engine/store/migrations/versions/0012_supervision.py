"""What supervision counts without reading every event and every task: marks of processes, open tasks, tasks done, the cases of a process."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_event_noted": ("event", ["at"], "kind = 'case.noted'"),
    "ix_task_open": ("task", ["post_id", "node_id", "name", "created_at", "due_at", "case_id"], "state = 'open'"),
    "ix_task_done": ("task", ["ended_at", "name", "due_at", "post_id", "case_id"], "state = 'completed'"),
    "ix_case_package": ("case", ["package_key", "state", "id"], None),
}


def upgrade() -> None:
    for name, (table, columns, where) in INDEXES.items():
        partial = sa.text(where) if where else None
        op.create_index(name, table, columns, sqlite_where=partial, postgresql_where=partial)


def downgrade() -> None:
    for name, (table, _, _) in INDEXES.items():
        op.drop_index(name, table_name=table)
