"""Cases with their state, variables, entries, files, tasks, timers and notices."""

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Table, UniqueConstraint

from engine.store.tables.columns import Id, Moment, Name, Word, key, metadata

case = Table(
    "case",
    metadata,
    key(),
    Column("number", Word, unique=True),
    Column("package_key", Word, nullable=False),
    Column("version_id", Id, ForeignKey("process_version.id"), nullable=False),
    Column("organisation_id", Id, ForeignKey("organisation.id"), nullable=False),
    Column("title", Name, nullable=False),
    Column("state", Word, nullable=False),
    Column("outcome", Word),
    Column("revision", sa.Integer, nullable=False, default=0),
    Column("created_at", Moment, nullable=False),
    Column("created_by", Id, nullable=False),
    Column("submitted_at", Moment),
    Column("accepted_at", Moment),
    Column("closed_at", Moment),
    Column("due_on", sa.Date),
    Column("due_estimated", sa.Boolean, nullable=False, default=False),
    Column("promise", sa.Text, nullable=False, default="{}"),  # working days, start, pauses: engine.calendar.Promise
    Column("duties", sa.Text, nullable=False, default="{}"),  # duty -> persons who held it in this case
    Column("scope_count", sa.Integer, nullable=False, default=1),
    Column("engine_state", sa.LargeBinary, nullable=False),
    Column("event_seq", sa.Integer, nullable=False, default=0),
    Column("event_hash", sa.String(64), nullable=False, default=""),
    Column("suspended_at", Moment),  # while it stands, nobody acts on the case and no timer fires
    Column("review_count", sa.Integer, nullable=False, server_default="0"),  # added reviewers who have not answered
    Column("call_id", Id),  # of a called case: the call of another case that waits for it
    Column("call_depth", sa.Integer, nullable=False, server_default="0"),  # how many cases stand above it
    Column("used_days", sa.Integer),  # of a closed case: the promised working days that it took
    Index("ix_case_organisation", "organisation_id", "id"),
    Index("ix_case_state", "state", "due_on"),
    Index("ix_case_package", "package_key", "state", "id"),
)

scope = Table(
    "scope",
    metadata,
    Column("case_id", Id, ForeignKey("case.id"), primary_key=True),
    Column("path", sa.String(300), primary_key=True),
    Column("values", sa.Text, nullable=False),
)

outcome = Table(
    "outcome",
    metadata,
    Column("case_id", Id, ForeignKey("case.id"), primary_key=True),
    Column("item_key", Word, primary_key=True),
    Column("label", Name, nullable=False),
    Column("result", Word, nullable=False),
    Column("reason_public", sa.Text, nullable=False, default=""),
    Column("clause", Name, nullable=False, default=""),
    Column("at", Moment, nullable=False),
)

entry = Table(
    "entry",
    metadata,
    key(),
    Column("case_id", Id, ForeignKey("case.id"), nullable=False),
    Column("task_id", Id, nullable=False),
    Column("node_id", Name, nullable=False),
    Column("form_id", Word, nullable=False),
    Column("person_id", Id, nullable=False),
    Column("post_id", Id, nullable=False),
    Column("at", Moment, nullable=False),
    Column("values", sa.Text, nullable=False),
    # what the case is found by, derived from the values: triggers keep an index of the grams, see migration 0005
    Column("text", sa.Text, nullable=False, server_default=sa.text("''")),
    Column("grams", sa.Text, nullable=False, server_default=sa.text("''")),
    Column("acting_for", Id),  # whose deputy the person was
    Column("naming", sa.Boolean, nullable=False, server_default=sa.false()),  # tells what the case is called
    Index("ix_entry_case", "case_id", "id"),
)

draft = Table(
    "draft",
    metadata,
    Column("task_id", Id, primary_key=True),
    Column("case_id", Id, ForeignKey("case.id"), nullable=False),
    Column("values", sa.Text, nullable=False),
    Column("revision", sa.Integer, nullable=False),
    Column("saved_at", Moment, nullable=False),
    Column("saved_by", Id, nullable=False),
)

personal = Table(
    "personal",
    metadata,
    Column("case_id", Id, ForeignKey("case.id"), primary_key=True),
    Column("hash", sa.String(64), primary_key=True),  # keyed hash: finds equal numbers, tells nothing without the key
    Column("kind", Word, nullable=False),
    Column("key_id", Word, nullable=False),
    Column("ciphertext", sa.LargeBinary, nullable=False),
    Column("created_at", Moment, nullable=False),
    Index("ix_personal_hash", "hash"),
)

attachment = Table(
    "attachment",
    metadata,
    key(),
    Column("case_id", Id, ForeignKey("case.id"), nullable=False),
    Column("field", Name, nullable=False),
    Column("name", Name, nullable=False),
    Column("media_type", Word, nullable=False),
    Column("size", sa.Integer, nullable=False),
    Column("sha256", sa.String(64), nullable=False),
    Column("uploaded_at", Moment, nullable=False),
    Column("uploaded_by", Id, nullable=False),
    Column("removed_at", Moment),
    UniqueConstraint("case_id", "field", "sha256"),
)

task = Table(
    "task",
    metadata,
    key(),
    Column("case_id", Id, ForeignKey("case.id"), nullable=False),
    Column("node_id", Name, nullable=False),
    Column("name", Name, nullable=False),
    Column("path", sa.String(300), nullable=False, default=""),
    Column("item_key", Word),
    Column("form_id", Word),
    Column("post_id", Id, ForeignKey("post.id"), nullable=False),
    Column("state", Word, nullable=False),  # open | completed | cancelled; of a review also waiting
    Column("claimed_by", Id),
    Column("claimed_at", Moment),
    Column("revision", sa.Integer, nullable=False, default=0),
    Column("created_at", Moment, nullable=False),
    Column("due_at", Moment),
    Column("due_estimated", sa.Boolean, nullable=False, default=False),
    Column("ended_at", Moment),
    Column("ended_by", Id),
    Column("kind", Word, nullable=False, server_default="task"),  # task | review (an added reviewer's)
    Column("parent_id", Id),  # of a review: the task that waits for it
    Column("position", Word, nullable=False, server_default=sa.text("''")),  # of a review: before | beside | after
    Column("owner_post_id", Id),  # of a delegated task: the post it comes back to
    Column("asked_by", Id),  # of a review or a delegated task: who asked
    Column("question", sa.Text, nullable=False, server_default=sa.text("''")),
    Column("held_by", Id),  # who completed it, while reviewers after it have not answered
    Index(
        "ix_task_inbox",
        "post_id",
        "due_at",
        "id",
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    ),
    Index(  # all that supervision asks of an open task
        "ix_task_open",
        "post_id",
        "node_id",
        "name",
        "created_at",
        "due_at",
        "case_id",
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    ),
    Index(  # all that it asks of one that was done
        "ix_task_done",
        "ended_at",
        "name",
        "due_at",
        "post_id",
        "case_id",
        sqlite_where=sa.text("state = 'completed'"),
        postgresql_where=sa.text("state = 'completed'"),
    ),
    Index("ix_task_case", "case_id", "id"),
    Index("ix_task_ended_by", "ended_by", "ended_at"),
)

timer = Table(
    "timer",
    metadata,
    key(),
    Column("case_id", Id, ForeignKey("case.id"), nullable=False),
    Column("node_id", Name, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("state", Word, nullable=False),  # armed | fired | dropped; stopped while the case is suspended
    Index(
        "ix_timer_due",
        "due_at",
        "id",
        sqlite_where=sa.text("state = 'armed'"),
        postgresql_where=sa.text("state = 'armed'"),
    ),
    Index("ix_timer_case", "case_id"),
)

notification = Table(
    "notification",
    metadata,
    key(),
    Column("key", Name, nullable=False, unique=True),  # what is told twice is stored once
    Column("post_id", Id, ForeignKey("post.id"), nullable=False),
    Column("case_id", Id, ForeignKey("case.id"), nullable=False),
    Column("text", sa.Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("read_at", Moment),  # when the last of those who then held the post had read it: nobody is asked any more
    Column("kind", Word, nullable=False, server_default="told"),  # told | reminder | copy
    Column("sent_by", Id),
    Column("queued_at", Moment),  # when it was looked at for e-mail: jobs take it from there
    Column("task_id", Id),  # of a notice that calls to a task: it calls while the post has the task to do
    Index("ix_notification_post", "post_id", "id"),
    Index(
        "ix_notification_unread",
        "post_id",
        sqlite_where=sa.text("read_at IS NULL AND task_id IS NULL"),
        postgresql_where=sa.text("read_at IS NULL AND task_id IS NULL"),
    ),
    Index(
        "ix_notification_task",
        "task_id",
        sqlite_where=sa.text("read_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL"),
    ),
    Index("ix_notification_case", "case_id"),
    Index("ix_notification_at", "at"),
)

notification_reading = Table(  # who has read what the post was told
    "notification_reading",
    metadata,
    Column("notification_id", Id, ForeignKey("notification.id"), primary_key=True),
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True),
    Column("read_at", Moment, nullable=False),
)

mail = Table(  # what was sent to whom, so that nothing is sent twice
    "mail",
    metadata,
    Column("notification_id", Id, ForeignKey("notification.id"), primary_key=True),
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True),
    Column("sent_at", Moment, nullable=False),
)

phrase = Table(  # 意见常用语: of a person, or shared by a post
    "phrase",
    metadata,
    key(),
    Column("person_id", Id, ForeignKey("person.id")),
    Column("post_id", Id, ForeignKey("post.id")),
    Column("text", sa.Text, nullable=False),
    Index("ix_phrase_person", "person_id"),
    Index("ix_phrase_post", "post_id"),
)
