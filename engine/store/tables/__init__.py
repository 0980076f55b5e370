"""Every table of an installation. Keys are UUIDv7 as 32 hex digits; moments are UTC; values are canonical JSON text."""

from engine.store.tables.associations import (
    association_leader,
    association_party,
    association_term,
    case_group,
    case_group_member,
    term_reminder,
)
from engine.store.tables.between import awaited, call, message, receipt
from engine.store.tables.cases import (
    attachment,
    case,
    draft,
    entry,
    mail,
    notification,
    notification_reading,
    outcome,
    personal,
    phrase,
    scope,
    task,
    timer,
)
from engine.store.tables.columns import Moment, metadata
from engine.store.tables.documents import document, number_sequence, objection, publicity, signing_key
from engine.store.tables.people import delegation, handover, organisation, person, post, post_holder
from engine.store.tables.processes import clauses_version, process_in_force, process_version
from engine.store.tables.record import chain_head, checkpoint, event
from engine.store.tables.work import calendar_day, job, saved_filter

__all__ = [
    "Moment",
    "association_leader",
    "association_party",
    "association_term",
    "attachment",
    "awaited",
    "calendar_day",
    "call",
    "case",
    "case_group",
    "case_group_member",
    "chain_head",
    "checkpoint",
    "clauses_version",
    "delegation",
    "document",
    "draft",
    "entry",
    "event",
    "handover",
    "job",
    "mail",
    "message",
    "metadata",
    "notification",
    "notification_reading",
    "number_sequence",
    "objection",
    "organisation",
    "outcome",
    "person",
    "personal",
    "phrase",
    "post",
    "post_holder",
    "process_in_force",
    "process_version",
    "publicity",
    "receipt",
    "saved_filter",
    "scope",
    "signing_key",
    "task",
    "term_reminder",
    "timer",
]
