"""The first schema."""

import sqlalchemy as sa
from alembic import op

from engine.store.tables import Moment

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("working", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_day")),
    )
    op.create_table(
        "chain_head",
        sa.Column("chain", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("chain", name=op.f("pk_chain_head")),
    )
    op.create_table(
        "checkpoint",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("at", Moment(timezone=True), nullable=False),
        sa.Column("heads", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("key_fingerprint", sa.String(length=64), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkpoint")),
    )
    op.create_table(
        "clauses_version",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("since", Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clauses_version")),
        sa.UniqueConstraint("hash", name=op.f("uq_clauses_version_hash")),
    )
    op.create_table(
        "event",
        sa.Column("chain", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", Moment(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("actor", sa.String(length=32), nullable=True),
        sa.Column("post_id", sa.String(length=32), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("chain", "seq", name=op.f("pk_event")),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("run_at", Moment(timezone=True), nullable=False),
        sa.Column("lease_until", Moment(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("key", name=op.f("uq_job_key")),
    )
    op.create_index("ix_job_run_at", "job", ["run_at"], unique=False)
    op.create_table(
        "number_sequence",
        sa.Column("authority", sa.String(length=64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("authority", "year", name=op.f("pk_number_sequence")),
    )
    op.create_table(
        "organisation",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("key", name=op.f("uq_organisation_key")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("failed_attempts", sa.Integer(), nullable=False),
        sa.Column("locked_until", Moment(timezone=True), nullable=True),
        sa.Column("session_epoch", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("login", name=op.f("uq_person_login")),
    )
    op.create_table(
        "process_version",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("package_key", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("archive", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", Moment(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process_version")),
        sa.UniqueConstraint("package_key", "hash", name=op.f("uq_process_version_package_key_hash")),
    )
    op.create_table(
        "signing_key",
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("key_id", sa.String(length=64), nullable=False),
        sa.Column("field", sa.String(length=64), nullable=False),
        sa.Column("since", Moment(timezone=True), nullable=False),
        sa.Column("until", Moment(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_signing_key")),
    )
    op.create_table(
        "case",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=True),
        sa.Column("package_key", sa.String(length=64), nullable=False),
        sa.Column("version_id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=64), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=32), nullable=False),
        sa.Column("submitted_at", Moment(timezone=True), nullable=True),
        sa.Column("accepted_at", Moment(timezone=True), nullable=True),
        sa.Column("closed_at", Moment(timezone=True), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_estimated", sa.Boolean(), nullable=False),
        sa.Column("promise", sa.Text(), nullable=False),
        sa.Column("duties", sa.Text(), nullable=False),
        sa.Column("scope_count", sa.Integer(), nullable=False),
        sa.Column("engine_state", sa.LargeBinary(), nullable=False),
        sa.Column("event_seq", sa.Integer(), nullable=False),
        sa.Column("event_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_case_organisation_id")),
        sa.ForeignKeyConstraint(["version_id"], ["process_version.id"], name=op.f("fk_case_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case")),
        sa.UniqueConstraint("number", name=op.f("uq_case_number")),
    )
    op.create_index("ix_case_organisation", "case", ["organisation_id", "id"], unique=False)
    op.create_index("ix_case_state", "case", ["state", "due_on"], unique=False)
    op.create_table(
        "post",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_post_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post")),
        sa.UniqueConstraint("role", "organisation_id", name=op.f("uq_post_role_organisation_id")),
    )
    op.create_table(
        "process_in_force",
        sa.Column("package_key", sa.String(length=64), nullable=False),
        sa.Column("version_id", sa.String(length=32), nullable=False),
        sa.Column("since", Moment(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["version_id"], ["process_version.id"], name=op.f("fk_process_in_force_version_id")),
        sa.PrimaryKeyConstraint("package_key", name=op.f("pk_process_in_force")),
    )
    op.create_table(
        "attachment",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("field", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("uploaded_at", Moment(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.String(length=32), nullable=False),
        sa.Column("removed_at", Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_attachment_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.UniqueConstraint("case_id", "field", "sha256", name=op.f("uq_attachment_case_id_field_sha256")),
    )
    op.create_table(
        "document",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("signature", sa.String(length=64), nullable=False),
        sa.Column("seal_key", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("authority", sa.String(length=64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("serial", sa.Integer(), nullable=True),
        sa.Column("number", sa.String(length=200), nullable=True),
        sa.Column("code", sa.String(length=24), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("dated", sa.Date(), nullable=True),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("rendered_sha256", sa.String(length=64), nullable=True),
        sa.Column("signed_sha256", sa.String(length=64), nullable=True),
        sa.Column("issued_sha256", sa.String(length=64), nullable=True),
        sa.Column("drafted_at", Moment(timezone=True), nullable=False),
        sa.Column("drafted_by", sa.String(length=32), nullable=True),
        sa.Column("reserved_at", Moment(timezone=True), nullable=True),
        sa.Column("signed_at", Moment(timezone=True), nullable=True),
        sa.Column("signed_by", sa.String(length=32), nullable=True),
        sa.Column("issued_at", Moment(timezone=True), nullable=True),
        sa.Column("sealed_by", sa.String(length=32), nullable=True),
        sa.Column("ended_at", Moment(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("received_at", Moment(timezone=True), nullable=True),
        sa.Column("received_by", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_document_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("authority", "year", "serial", name=op.f("uq_document_authority_year_serial")),
        sa.UniqueConstraint("code", name=op.f("uq_document_code")),
        sa.UniqueConstraint("number", name=op.f("uq_document_number")),
    )
    op.create_index("ix_document_case", "document", ["case_id", "id"], unique=False)
    op.create_index("ix_document_issued_sha256", "document", ["issued_sha256"], unique=False)
    op.create_table(
        "draft",
        sa.Column("task_id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("values", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_at", Moment(timezone=True), nullable=False),
        sa.Column("saved_by", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_draft_case_id")),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_draft")),
    )
    op.create_table(
        "entry",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("task_id", sa.String(length=32), nullable=False),
        sa.Column("node_id", sa.String(length=200), nullable=False),
        sa.Column("form_id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("post_id", sa.String(length=32), nullable=False),
        sa.Column("at", Moment(timezone=True), nullable=False),
        sa.Column("values", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_entry_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry")),
    )
    op.create_index("ix_entry_case", "entry", ["case_id", "id"], unique=False)
    op.create_table(
        "notification",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("post_id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", Moment(timezone=True), nullable=False),
        sa.Column("read_at", Moment(timezone=True), nullable=True),
        sa.Column("read_by", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_notification_case_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_notification_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
        sa.UniqueConstraint("key", name=op.f("uq_notification_key")),
    )
    op.create_index("ix_notification_post", "notification", ["post_id", "id"], unique=False)
    op.create_table(
        "outcome",
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("item_key", sa.String(length=64), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("result", sa.String(length=64), nullable=False),
        sa.Column("reason_public", sa.Text(), nullable=False),
        sa.Column("clause", sa.String(length=200), nullable=False),
        sa.Column("at", Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_outcome_case_id")),
        sa.PrimaryKeyConstraint("case_id", "item_key", name=op.f("pk_outcome")),
    )
    op.create_table(
        "personal",
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("key_id", sa.String(length=64), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_personal_case_id")),
        sa.PrimaryKeyConstraint("case_id", "hash", name=op.f("pk_personal")),
    )
    op.create_index("ix_personal_hash", "personal", ["hash"], unique=False)
    op.create_table(
        "post_holder",
        sa.Column("post_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_post_holder_person_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_post_holder_post_id")),
        sa.PrimaryKeyConstraint("post_id", "person_id", name=op.f("pk_post_holder")),
    )
    op.create_index("ix_post_holder_person", "post_holder", ["person_id"], unique=False)
    op.create_table(
        "scope",
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("path", sa.String(length=300), nullable=False),
        sa.Column("values", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_scope_case_id")),
        sa.PrimaryKeyConstraint("case_id", "path", name=op.f("pk_scope")),
    )
    op.create_table(
        "task",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("node_id", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("path", sa.String(length=300), nullable=False),
        sa.Column("item_key", sa.String(length=64), nullable=True),
        sa.Column("form_id", sa.String(length=64), nullable=True),
        sa.Column("post_id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("claimed_by", sa.String(length=32), nullable=True),
        sa.Column("claimed_at", Moment(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(timezone=True), nullable=False),
        sa.Column("due_at", Moment(timezone=True), nullable=True),
        sa.Column("due_estimated", sa.Boolean(), nullable=False),
        sa.Column("ended_at", Moment(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_task_case_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_task_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
    )
    op.create_index("ix_task_case", "task", ["case_id", "id"], unique=False)
    op.create_index("ix_task_ended_by", "task", ["ended_by", "ended_at"], unique=False)
    op.create_index(
        "ix_task_inbox",
        "task",
        ["post_id", "due_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "timer",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("node_id", sa.String(length=200), nullable=False),
        sa.Column("due_at", Moment(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_timer_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timer")),
    )
    op.create_index("ix_timer_case", "timer", ["case_id"], unique=False)
    op.create_index(
        "ix_timer_due",
        "timer",
        ["due_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'armed'"),
        postgresql_where=sa.text("state = 'armed'"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_timer_due",
        table_name="timer",
        sqlite_where=sa.text("state = 'armed'"),
        postgresql_where=sa.text("state = 'armed'"),
    )
    op.drop_index("ix_timer_case", table_name="timer")
    op.drop_table("timer")
    op.drop_index(
        "ix_task_inbox",
        table_name="task",
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.drop_index("ix_task_ended_by", table_name="task")
    op.drop_index("ix_task_case", table_name="task")
    op.drop_table("task")
    op.drop_table("scope")
    op.drop_index("ix_post_holder_person", table_name="post_holder")
    op.drop_table("post_holder")
    op.drop_index("ix_personal_hash", table_name="personal")
    op.drop_table("personal")
    op.drop_table("outcome")
    op.drop_index("ix_notification_post", table_name="notification")
    op.drop_table("notification")
    op.drop_index("ix_entry_case", table_name="entry")
    op.drop_table("entry")
    op.drop_table("draft")
    op.drop_index("ix_document_issued_sha256", table_name="document")
    op.drop_index("ix_document_case", table_name="document")
    op.drop_table("document")
    op.drop_table("attachment")
    op.drop_table("process_in_force")
    op.drop_table("post")
    op.drop_index("ix_case_state", table_name="case")
    op.drop_index("ix_case_organisation", table_name="case")
    op.drop_table("case")
    op.drop_table("signing_key")
    op.drop_table("process_version")
    op.drop_table("person")
    op.drop_table("organisation")
    op.drop_table("number_sequence")
    op.drop_index("ix_job_run_at", table_name="job")
    op.drop_table("job")
    op.drop_table("event")
    op.drop_table("clauses_version")
    op.drop_table("checkpoint")
    op.drop_table("chain_head")
    op.drop_table("calendar_day")
