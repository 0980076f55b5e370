"""What the people's day needs: finding cases by words, and the filters that somebody keeps."""

import sqlalchemy as sa
from alembic import op

from engine.store.tables import Moment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("case", sa.Column("used_days", sa.Integer()))
    op.add_column("entry", sa.Column("text", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("entry", sa.Column("grams", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("entry", sa.Column("acting_for", sa.String(length=32)))
    op.add_column("entry", sa.Column("naming", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "saved_filter",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("place", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_saved_filter_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filter")),
        sa.UniqueConstraint("person_id", "place", "name", name=op.f("uq_saved_filter_person_id_place_name")),
    )
    op.create_table(
        "delegation",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("post_id", sa.String(length=32), nullable=False),
        sa.Column("owner_id", sa.String(length=32), nullable=False),
        sa.Column("deputy_id", sa.String(length=32), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("package_key", sa.String(length=64), nullable=False, server_default=sa.text("''")),
        sa.Column("signs", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", Moment(timezone=True), nullable=False),
        sa.Column("ended_at", Moment(timezone=True)),
        sa.ForeignKeyConstraint(["deputy_id"], ["person.id"], name=op.f("fk_delegation_deputy_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_delegation_owner_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_delegation_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
    )
    op.create_index("ix_delegation_deputy", "delegation", ["deputy_id"])
    op.create_index("ix_delegation_owner", "delegation", ["owner_id"])
    op.create_table(
        "handover",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("leaving_id", sa.String(length=32), nullable=False),
        sa.Column("successor_id", sa.String(length=32), nullable=False),
        sa.Column("by_id", sa.String(length=32)),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", Moment(timezone=True), nullable=False),
        sa.Column("posts", sa.Text(), nullable=False),
        sa.Column("tasks", sa.Text(), nullable=False),
        sa.Column("received_at", Moment(timezone=True)),
        sa.ForeignKeyConstraint(["leaving_id"], ["person.id"], name=op.f("fk_handover_leaving_id")),
        sa.ForeignKeyConstraint(["successor_id"], ["person.id"], name=op.f("fk_handover_successor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
    )
    op.add_column("person", sa.Column("email", sa.String(length=200)))
    op.add_column("person", sa.Column("mail_kinds", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("notification", sa.Column("queued_at", Moment(timezone=True)))
    unread = sa.text("read_at IS NULL")
    op.create_index("ix_notification_unread", "notification", ["post_id"], sqlite_where=unread, postgresql_where=unread)
    op.create_index("ix_notification_at", "notification", ["at"])
    op.create_table(
        "mail",
        sa.Column("notification_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("sent_at", Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["notification_id"], ["notification.id"], name=op.f("fk_mail_notification_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mail_person_id")),
        sa.PrimaryKeyConstraint("notification_id", "person_id", name=op.f("pk_mail")),
    )
    op.create_table(
        "association_term",
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("term_no", sa.Integer()),
        sa.Column("since", sa.Date()),
        sa.Column("until", sa.Date()),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_association_term_case_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_association_term_organisation_id")
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_association_term")),
    )
    op.create_index("ix_association_term_organisation", "association_term", ["organisation_id", "until"])
    names = ("name", "post", "gender", "political_status", "education", "employer")
    op.create_table(
        "association_leader",
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("item_key", sa.String(length=64), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        *(sa.Column(name, sa.String(length=200), nullable=False) for name in names),
        sa.Column("birth", sa.Date()),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_association_leader_case_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_association_leader_organisation_id")
        ),
        sa.PrimaryKeyConstraint("case_id", "item_key", name=op.f("pk_association_leader")),
    )
    op.create_index("ix_association_leader_organisation", "association_leader", ["organisation_id"])
    op.create_table(
        "term_reminder",
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("at", Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_term_reminder_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "until", "months", name=op.f("pk_term_reminder")),
    )
    op.create_table(
        "phrase",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32)),
        sa.Column("post_id", sa.String(length=32)),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_phrase_person_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_phrase_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phrase")),
    )
    op.create_index("ix_phrase_person", "phrase", ["person_id"])
    op.create_index("ix_phrase_post", "phrase", ["post_id"])
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


# Both databases come with an index over the words of a text; the grams of Chinese, one and two characters long, are
# the words. `detail=none`: which words a text has, not where; the text itself is looked at afterwards. The tokenizer
# `ascii` takes every character beyond ASCII as part of a word, also those newer than the database.
SQLITE = (
    "CREATE VIRTUAL TABLE search_index USING fts5(entry_id UNINDEXED, grams, tokenize='ascii', detail='none')",
    "CREATE TRIGGER entry_added AFTER INSERT ON entry WHEN new.grams <> '' BEGIN "
    "INSERT INTO search_index(entry_id, grams) VALUES (new.id, new.grams); END",
    "CREATE TRIGGER entry_indexed AFTER UPDATE OF grams ON entry WHEN new.grams <> '' BEGIN "
    "INSERT INTO search_index(entry_id, grams) VALUES (new.id, new.grams); END",
)
POSTGRESQL = (
    "CREATE TABLE search_index (entry_id varchar(32) PRIMARY KEY REFERENCES entry ON DELETE CASCADE, grams text[] NOT NULL)",
    "CREATE INDEX search_index_grams ON search_index USING gin (grams)",
    "CREATE FUNCTION entry_indexed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "INSERT INTO search_index VALUES (new.id, string_to_array(new.grams, ' ')) "
    "ON CONFLICT (entry_id) DO UPDATE SET grams = excluded.grams; RETURN NULL; END $$",
    "CREATE TRIGGER entry_indexed AFTER INSERT OR UPDATE OF grams ON entry "
    "FOR EACH ROW WHEN (new.grams <> '') EXECUTE FUNCTION entry_indexed()",
)
