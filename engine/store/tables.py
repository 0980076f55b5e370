"""Every table of an installation. Keys are UUIDv7 as 32 hex digits; moments are UTC; values are canonical JSON text."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Table, UniqueConstraint

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(sa.types.TypeDecorator[datetime]):
    """An aware datetime, kept in UTC; SQLite knows no zones, so they are taken off and put back here."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("a moment needs its zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Id = sa.String(32)
Name = sa.String(200)
Word = sa.String(64)


def _id() -> Column[str]:
    return Column("id", Id, primary_key=True)


# --- who -------------------------------------------------------------------------------------------------------------

organisation = Table(
    "organisation",
    metadata,
    _id(),
    Column("key", Word, nullable=False, unique=True),
    Column("name", Name, nullable=False),
    Column("kind", Word, nullable=False),  # department | party | consulted | association | external
    Column("uscc", sa.String(18)),
)

person = Table(
    "person",
    metadata,
    _id(),
    Column("login", Word, nullable=False, unique=True),
    Column("name", Name, nullable=False),
    Column("password_hash", sa.Text, nullable=False),
    Column("active", sa.Boolean, nullable=False, default=True),
    Column("failed_attempts", sa.Integer, nullable=False, default=0),
    Column("locked_until", Moment),
    Column("session_epoch", sa.Integer, nullable=False, default=0),  # raised to end every session of the person
    Column("email", Name),
    Column("mail_kinds", sa.Text, nullable=False, server_default=sa.text("''")),  # kinds of notices that come by e-mail
)

post = Table(
    "post",
    metadata,
    _id(),
    Column("role", Word, nullable=False),
    Column("organisation_id", Id, ForeignKey("organisation.id"), nullable=False),
    Column("title", Name, nullable=False),
    UniqueConstraint("role", "organisation_id"),
)

post_holder = Table(
    "post_holder",
    metadata,
    Column("post_id", Id, ForeignKey("post.id"), primary_key=True),
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True),
    Column("since", sa.Date, nullable=False),
    Column("until", sa.Date),
    Index("ix_post_holder_person", "person_id"),
)

delegation = Table(  # somebody acts for the holder of a post (代理)
    "delegation",
    metadata,
    _id(),
    Column("post_id", Id, ForeignKey("post.id"), nullable=False),
    Column("owner_id", Id, ForeignKey("person.id"), nullable=False),
    Column("deputy_id", Id, ForeignKey("person.id"), nullable=False),
    Column("since", sa.Date, nullable=False),
    Column("until", sa.Date, nullable=False),
    Column("package_key", Word, nullable=False, server_default=sa.text("''")),  # empty: every process
    Column("signs", sa.Boolean, nullable=False, server_default=sa.false()),
    Column("reason", sa.Text, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Index("ix_delegation_deputy", "deputy_id"),
    Index("ix_delegation_owner", "owner_id"),
)

handover = Table(  # the receipt of what went from one person to another (离岗交接)
    "handover",
    metadata,
    _id(),
    Column("leaving_id", Id, ForeignKey("person.id"), nullable=False),
    Column("successor_id", Id, ForeignKey("person.id"), nullable=False),
    Column("by_id", Id),
    Column("reason", sa.Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("posts", sa.Text, nullable=False),  # canonical JSON: their titles
    Column("tasks", sa.Text, nullable=False),  # canonical JSON: a line a task
    Column("received_at", Moment),
)

# --- processes -------------------------------------------------------------------------------------------------------

process_version = Table(
    "process_version",
    metadata,
    _id(),
    Column("package_key", Word, nullable=False),
    Column("hash", sa.String(64), nullable=False),
    Column("title", Name, nullable=False),
    Column("note", sa.Text, nullable=False, default=""),
    Column("archive", sa.LargeBinary, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("created_by", sa.String(32)),
    UniqueConstraint("package_key", "hash"),
)

process_in_force = Table(
    "process_in_force",
    metadata,
    Column("package_key", Word, primary_key=True),
    Column("version_id", Id, ForeignKey("process_version.id"), nullable=False),
    Column("since", Moment, nullable=False),
    Column("by", sa.String(32)),
)

clauses_version = Table(
    "clauses_version",
    metadata,
    _id(),
    Column("hash", sa.String(64), nullable=False, unique=True),
    Column("text", sa.LargeBinary, nullable=False),
    Column("since", Moment, nullable=False),
)

# --- cases -----------------------------------------------------------------------------------------------------------

case = Table(
    "case",
    metadata,
    _id(),
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
    _id(),
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
    _id(),
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
    _id(),
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
    Index("ix_task_case", "case_id", "id"),
    Index("ix_task_ended_by", "ended_by", "ended_at"),
)

timer = Table(
    "timer",
    metadata,
    _id(),
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
    _id(),
    Column("key", Name, nullable=False, unique=True),  # what is told twice is stored once
    Column("post_id", Id, ForeignKey("post.id"), nullable=False),
    Column("case_id", Id, ForeignKey("case.id"), nullable=False),
    Column("text", sa.Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("read_at", Moment),
    Column("read_by", Id),
    Column("kind", Word, nullable=False, server_default="told"),  # told | reminder | copy
    Column("sent_by", Id),
    Column("queued_at", Moment),  # when it was looked at for e-mail: jobs take it from there
    Index("ix_notification_post", "post_id", "id"),
    Index(
        "ix_notification_unread",
        "post_id",
        sqlite_where=sa.text("read_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL"),
    ),
    Index("ix_notification_at", "at"),
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
    _id(),
    Column("person_id", Id, ForeignKey("person.id")),
    Column("post_id", Id, ForeignKey("post.id")),
    Column("text", sa.Text, nullable=False),
    Index("ix_phrase_person", "person_id"),
    Index("ix_phrase_post", "post_id"),
)

# --- associations (一会一档) ------------------------------------------------------------------------------------------

association_term = Table(  # as an approved case says it
    "association_term",
    metadata,
    Column("case_id", Id, ForeignKey("case.id"), primary_key=True),
    Column("organisation_id", Id, ForeignKey("organisation.id"), nullable=False),
    Column("term_no", sa.Integer),
    Column("since", sa.Date),
    Column("until", sa.Date),
    Index("ix_association_term_organisation", "organisation_id", "until"),
)

association_leader = Table(  # whom an approved case names
    "association_leader",
    metadata,
    Column("case_id", Id, ForeignKey("case.id"), primary_key=True),
    Column("item_key", Word, primary_key=True),
    Column("organisation_id", Id, ForeignKey("organisation.id"), nullable=False),
    Column("name", Name, nullable=False),
    Column("post", Name, nullable=False),
    Column("gender", Name, nullable=False),
    Column("birth", sa.Date),
    Column("political_status", Name, nullable=False),
    Column("education", Name, nullable=False),
    Column("employer", Name, nullable=False),
    Index("ix_association_leader_organisation", "organisation_id"),
)

association_party = (
    Table(  # 党建责任台账: who answers for the party work of an association, as an approved filing or an import says
        "association_party",
        metadata,
        Column("organisation_id", Id, ForeignKey("organisation.id"), primary_key=True),
        Column("lead_id", Id, ForeignKey("organisation.id"), nullable=False),
        Column("party_no", Word, nullable=False, server_default=sa.text("''")),
        Column("org_form", Word, nullable=False, server_default=sa.text("''")),
        Column("secretary", Name, nullable=False, server_default=sa.text("''")),
        Column("members", sa.Integer),
        Column("registered_on", sa.Date),
        Column("until", sa.Date),  # the end of the party organisation's term
        Column("report_year", sa.Integer),  # of the newest annual report that was filed
        Column("case_id", Id, ForeignKey("case.id")),  # the newest filing; none: imported
        Column("changed_at", Moment, nullable=False),
        Index("ix_association_party_lead", "lead_id"),
    )
)

term_reminder = Table(  # each is sent once
    "term_reminder",
    metadata,
    Column("organisation_id", Id, ForeignKey("organisation.id"), primary_key=True),
    Column("until", sa.Date, primary_key=True),
    Column("months", sa.Integer, primary_key=True),
    Column("at", Moment, nullable=False),
)

case_group = Table(  # 批量发起: cases that the department opened together, for associations to fill in
    "case_group",
    metadata,
    _id(),
    Column("package_key", Word, nullable=False),
    Column("title", Name, nullable=False),
    Column("due_on", sa.Date),  # until when the associations are asked to submit
    Column("post_id", Id, ForeignKey("post.id"), nullable=False),
    Column("created_by", Id, nullable=False),
    Column("created_at", Moment, nullable=False),
)

case_group_member = Table(
    "case_group_member",
    metadata,
    Column("group_id", Id, ForeignKey("case_group.id"), primary_key=True),
    Column("organisation_id", Id, ForeignKey("organisation.id"), primary_key=True),
    Column("case_id", Id, ForeignKey("case.id")),  # none: not begun yet
    Column("fault", sa.Text, nullable=False, server_default=sa.text("''")),  # why not
)

# --- between cases ---------------------------------------------------------------------------------------------------

call = Table(
    "call",
    metadata,
    _id(),  # that of the token that waits
    Column("case_id", Id, ForeignKey("case.id"), nullable=False),
    Column("node_id", Name, nullable=False),
    Column("path", sa.String(300), nullable=False, default=""),
    Column("item_key", Word),
    Column("package_key", Word, nullable=False),
    Column("version", Word, nullable=False),  # the beginning of a version's hash; empty: the one in force
    Column("child_id", Id, nullable=False, unique=True),  # the called case, which a job starts
    Column("state", Word, nullable=False),  # waiting | failed (could not be started yet) | answered | ended
    Column("inputs", sa.Text, nullable=False),
    Column("outcome", Word),
    Column("reason", sa.Text, nullable=False, server_default=sa.text("''")),
    Column("opened_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Index("ix_call_case", "case_id"),
)

awaited = Table(  # the messages of other cases that a case waits for
    "awaited",
    metadata,
    _id(),  # that of the token that waits
    Column("case_id", Id, ForeignKey("case.id"), nullable=False),
    Column("node_id", Name, nullable=False),
    Column("name", Name, nullable=False),
    Column("correlation", sa.String(24), nullable=False),
    Index("ix_awaited_name", "name", "correlation"),
    Index("ix_awaited_case", "case_id"),
)

message = Table(
    "message",
    metadata,
    _id(),
    Column("case_id", Id, ForeignKey("case.id"), nullable=False),  # who sent it
    Column("node_id", Name, nullable=False),
    Column("name", Name, nullable=False),
    Column("key", sa.Text, nullable=False),
    Column("correlation", sa.String(24), nullable=False),
    Column("values", sa.Text, nullable=False),
    Column("state", Word, nullable=False),  # sent | delivered | unheard | stopped
    Column("hops", sa.Integer, nullable=False),
    Column("sent_at", Moment, nullable=False),
    Column("keep_until", Moment),  # until then it waits for somebody who begins to wait for it
    Index("ix_message_name", "name", "correlation"),
    Index("ix_message_case", "case_id"),
)

receipt = Table(
    "receipt",
    metadata,
    Column("message_id", Id, ForeignKey("message.id"), primary_key=True),
    Column("case_id", Id, ForeignKey("case.id"), primary_key=True),
    Column("state", Word, nullable=False),  # received | held (the case stands still)
    Column("at", Moment, nullable=False),
    Index("ix_receipt_case", "case_id"),
)

# --- finding ---------------------------------------------------------------------------------------------------------

saved_filter = Table(
    "saved_filter",
    metadata,
    _id(),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False),
    Column("place", Word, nullable=False),  # the page that it belongs to: inbox | cases
    Column("name", Name, nullable=False),
    Column("query", sa.Text, nullable=False),
    UniqueConstraint("person_id", "place", "name"),
)

# --- the record ------------------------------------------------------------------------------------------------------

event = Table(
    "event",
    metadata,
    Column("chain", Id, primary_key=True),  # a case's id, or "installation"
    Column("seq", sa.Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("kind", Word, nullable=False),
    Column("actor", Id),  # person; none for the system
    Column("post_id", Id),
    Column("body", sa.Text, nullable=False),  # canonical JSON
    Column("previous", sa.String(64), nullable=False),
    Column("hash", sa.String(64), nullable=False),
    Index("ix_event_at", "at"),
)

chain_head = Table(
    "chain_head",
    metadata,
    Column("chain", Id, primary_key=True),
    Column("seq", sa.Integer, nullable=False),
    Column("hash", sa.String(64), nullable=False),
)

checkpoint = Table(
    "checkpoint",
    metadata,
    _id(),
    Column("at", Moment, nullable=False),
    Column("heads", sa.Text, nullable=False),  # canonical JSON: chain -> [seq, hash] of the chains that moved
    Column("previous", sa.String(64), nullable=False),
    Column("hash", sa.String(64), nullable=False),
    Column("key_fingerprint", sa.String(64), nullable=False),
    Column("signature", sa.LargeBinary, nullable=False),
)

# --- documents -------------------------------------------------------------------------------------------------------

number_sequence = Table(
    "number_sequence",
    metadata,
    Column("authority", Word, primary_key=True),  # 机关代字, or the prefix of case numbers
    Column("year", sa.Integer, primary_key=True),
    Column("last", sa.Integer, nullable=False),
)

document = Table(
    "document",
    metadata,
    _id(),
    Column("case_id", Id, ForeignKey("case.id"), nullable=False),
    Column("kind", Word, nullable=False),
    Column("title", Name, nullable=False),
    Column("path", sa.String(300), nullable=False, server_default=sa.text("''")),  # the scope that drafted it
    Column("signature", Word, nullable=False),  # two | minutes | notice | slip
    Column("reader", Word, nullable=False, server_default="applicant"),  # applicant | department
    Column("seal_key", Word, nullable=False, default=""),
    Column("state", Word, nullable=False),  # drafted … signed | issued | revoked | superseded | voided
    Column("authority", Word, nullable=False, default=""),
    Column("year", sa.Integer),
    Column("serial", sa.Integer),
    Column("number", Name, unique=True),
    Column("code", sa.String(24), unique=True),
    Column("content", sa.Text, nullable=False),
    Column("record", sa.Text, nullable=False, default="{}"),
    Column("dated", sa.Date),
    Column("place", sa.Text, nullable=False, default=""),
    Column("rendered_sha256", sa.String(64)),
    Column("signed_sha256", sa.String(64)),
    Column("issued_sha256", sa.String(64)),
    Column("drafted_at", Moment, nullable=False),
    Column("drafted_by", Id),
    Column("reserved_at", Moment),
    Column("signed_at", Moment),
    Column("signed_by", Id),
    Column("issued_at", Moment),
    Column("sealed_by", Id),
    Column("ended_at", Moment),
    Column("reason", sa.Text, nullable=False, default=""),
    Column("received_at", Moment),
    Column("received_by", Id),
    Column("addressee_id", Id),  # organisation; none: the one that applied
    Column("replaces", Id),  # the document that this one corrects or issues anew
    UniqueConstraint("authority", "year", "serial"),
    Index("ix_document_case", "case_id", "id"),
    Index("ix_document_replaces", "replaces"),
    Index("ix_document_issued_sha256", "issued_sha256"),
)

publicity = Table(
    "publicity",
    metadata,
    _id(),
    Column("case_id", Id, ForeignKey("case.id"), nullable=False),
    Column("path", sa.String(300), nullable=False),  # the scope of the case that is made public
    Column("members", sa.Text, nullable=False),  # canonical JSON: of each member its key, label and public fields
    Column("opened_on", sa.Date, nullable=False),
    Column("closes_on", sa.Date, nullable=False),
    Column("closed_at", Moment),  # until then objections are taken
    Index("ix_publicity_case", "case_id"),
    Index(
        "ix_publicity_open",
        "closes_on",
        "id",
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    ),
)

objection = Table(
    "objection",
    metadata,
    _id(),
    Column("case_id", Id, ForeignKey("case.id"), nullable=False),
    Column("publicity_id", Id, ForeignKey("publicity.id"), nullable=False),
    Column("item_key", Word, nullable=False),
    Column("named", sa.Boolean, nullable=False),
    Column("files", sa.Integer, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("state", Word, nullable=False),  # open | dismissed | upheld | separate
    Column("digest", sa.String(64), nullable=False),  # keyed hash of what is sealed
    Column("key_id", Word, nullable=False),
    Column("ciphertext", sa.LargeBinary, nullable=False),  # who says it, and what
    Index("ix_objection_case", "case_id"),
)

signing_key = Table(
    "signing_key",
    metadata,
    Column("fingerprint", sa.String(64), primary_key=True),
    Column("key_id", Word, nullable=False),
    Column("field", Word, nullable=False),  # the signature field that it may fill
    Column("since", Moment, nullable=False),
    Column("until", Moment),
)

# --- work that follows a commit --------------------------------------------------------------------------------------

job = Table(
    "job",
    metadata,
    _id(),
    Column("key", Name, nullable=False, unique=True),
    Column("name", Word, nullable=False),
    Column("payload", sa.Text, nullable=False),
    Column("run_at", Moment, nullable=False),
    Column("lease_until", Moment),
    Column("attempts", sa.Integer, nullable=False, default=0),
    Column("error", sa.Text, nullable=False, default=""),
    Index("ix_job_run_at", "run_at"),
)

calendar_day = Table(
    "calendar_day",
    metadata,
    Column("day", sa.Date, primary_key=True),
    Column("working", sa.Boolean, nullable=False),
    Column("note", Name, nullable=False, default=""),
    Column("source", Name, nullable=False),
)
