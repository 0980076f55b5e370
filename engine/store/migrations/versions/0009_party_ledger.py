"""The ledger of who answers for the party work of each association."""

import sqlalchemy as sa
from alembic import op

from engine.store.tables import Moment

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "association_party",
        sa.Column("organisation_id", sa.String(length=32), sa.ForeignKey("organisation.id"), primary_key=True),
        sa.Column("lead_id", sa.String(length=32), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("party_no", sa.String(length=64), nullable=False, server_default=sa.text("''")),
        sa.Column("org_form", sa.String(length=64), nullable=False, server_default=sa.text("''")),
        sa.Column("secretary", sa.String(length=200), nullable=False, server_default=sa.text("''")),
        sa.Column("members", sa.Integer()),
        sa.Column("registered_on", sa.Date()),
        sa.Column("until", sa.Date()),
        sa.Column("report_year", sa.Integer()),
        sa.Column("case_id", sa.String(length=32), sa.ForeignKey("case.id")),
        sa.Column("changed_at", Moment(timezone=True), nullable=False),
    )
    op.create_index("ix_association_party_lead", "association_party", ["lead_id"])


def downgrade() -> None:
    op.drop_table("association_party")
