"""Cases: the commands that move them, and the queries that show them. Every one goes through the same door of who may."""

from engine.cases.associations import (
    AssociationFile,
    AssociationLine,
    association_file,
    associations,
    remind_of_terms,
)
from engine.cases.claiming import claim, release
from engine.cases.completing import Completed, complete
from engine.cases.criteria import Criteria
from engine.cases.deputies import Colleague, Deputy, appoint_deputy, colleagues, deputies, end_deputy
from engine.cases.documents import (
    DocumentFacts,
    document_file,
    draft_file,
    facts_of_file,
    prepare_documents,
    receive_document,
    register_list,
    revoke_document,
    verify_bytes,
    verify_code,
)
from engine.cases.door import Sight
from engine.cases.drafting import AttachmentRef, attach, detach, save_draft
from engine.cases.exporting import COLUMNS as EXPORT_COLUMNS
from engine.cases.exporting import USUAL as USUAL_COLUMNS
from engine.cases.exporting import Export, export_cases
from engine.cases.filters import SavedFilter, drop_filter, save_filter, saved_filters
from engine.cases.finding import FoundCase, FoundCases, find_cases
from engine.cases.followups import HANDLERS
from engine.cases.handing import Choice, delegate, hand_back, recall, transfer
from engine.cases.handover import (
    Receipt,
    Staff,
    confirm_receipt,
    hand_over,
    may_hand_over,
    receipt,
    receipts,
    staff,
)
from engine.cases.inbox import CaseRow, Due, Heap, Inbox, InboxRow, Notice, done, inbox, my_cases, notifications, queue
from engine.cases.indexing import rebuild_index
from engine.cases.lights import LIGHTS
from engine.cases.loading import id_of
from engine.cases.mailing import KINDS as NOTICE_KINDS
from engine.cases.mailing import queue_mail
from engine.cases.materials import attachment_file
from engine.cases.members import add_member, drop_member
from engine.cases.messages import receive_message, receive_signal
from engine.cases.movesaid import move_sentences
from engine.cases.moving import CaseMove, Moves, TaskMove, TimerMove, move_cases, plan_move
from engine.cases.notices import (
    NoticePage,
    Preference,
    mark_notices,
    notices,
    preference,
    set_preference,
    unread,
)
from engine.cases.offers import Offer, offers
from engine.cases.personal import readable, reveal
from engine.cases.phrases import Phrase, drop_phrase, keep_phrase, phrases
from engine.cases.postponing import extend
from engine.cases.reading import case_view, task_view
from engine.cases.recounting import Imported, Moved, Recounted, import_calendar, sentences
from engine.cases.reminding import copy_choices, mark_read, remind, send_copy
from engine.cases.returning import fire_timers, return_task, terminate, withdraw
from engine.cases.reviewrows import POSITIONS
from engine.cases.reviews import add_review, drop_review
from engine.cases.starting import TaskRef, start
from engine.cases.supervising import Supervision, may_supervise, may_urge, overseen, people, supervision, units
from engine.cases.suspending import resume, suspend
from engine.cases.urging import Slip, slip, urge, urgeable
from engine.cases.vacancies import Vacancy, assign_vacant, pool, takers_of
from engine.cases.views import (
    AttachmentView,
    CaseView,
    Clocks,
    DocumentView,
    EntryView,
    HistoryLine,
    ItemView,
    OpenTaskView,
    StepView,
    TaskView,
)
from engine.cases.words import STATES

__all__ = [
    "EXPORT_COLUMNS",
    "HANDLERS",
    "LIGHTS",
    "NOTICE_KINDS",
    "POSITIONS",
    "STATES",
    "USUAL_COLUMNS",
    "AssociationFile",
    "AssociationLine",
    "AttachmentRef",
    "AttachmentView",
    "CaseMove",
    "CaseRow",
    "CaseView",
    "Choice",
    "Clocks",
    "Colleague",
    "Completed",
    "Criteria",
    "Deputy",
    "DocumentFacts",
    "DocumentView",
    "Due",
    "EntryView",
    "Export",
    "FoundCase",
    "FoundCases",
    "Heap",
    "HistoryLine",
    "Imported",
    "Inbox",
    "InboxRow",
    "ItemView",
    "Moved",
    "Moves",
    "Notice",
    "NoticePage",
    "Offer",
    "OpenTaskView",
    "Phrase",
    "Preference",
    "Receipt",
    "Recounted",
    "SavedFilter",
    "Sight",
    "Slip",
    "Staff",
    "StepView",
    "Supervision",
    "TaskMove",
    "TaskRef",
    "TaskView",
    "TimerMove",
    "Vacancy",
    "add_member",
    "add_review",
    "appoint_deputy",
    "assign_vacant",
    "association_file",
    "associations",
    "attach",
    "attachment_file",
    "case_view",
    "claim",
    "colleagues",
    "complete",
    "confirm_receipt",
    "copy_choices",
    "delegate",
    "deputies",
    "detach",
    "document_file",
    "done",
    "draft_file",
    "drop_filter",
    "drop_member",
    "drop_phrase",
    "drop_review",
    "end_deputy",
    "export_cases",
    "extend",
    "facts_of_file",
    "find_cases",
    "fire_timers",
    "hand_back",
    "hand_over",
    "id_of",
    "import_calendar",
    "inbox",
    "keep_phrase",
    "mark_notices",
    "mark_read",
    "may_hand_over",
    "may_supervise",
    "may_urge",
    "move_cases",
    "move_sentences",
    "my_cases",
    "notices",
    "notifications",
    "offers",
    "overseen",
    "people",
    "phrases",
    "plan_move",
    "pool",
    "preference",
    "prepare_documents",
    "queue",
    "queue_mail",
    "readable",
    "rebuild_index",
    "recall",
    "receipt",
    "receipts",
    "receive_document",
    "receive_message",
    "receive_signal",
    "register_list",
    "release",
    "remind",
    "remind_of_terms",
    "resume",
    "return_task",
    "reveal",
    "revoke_document",
    "save_draft",
    "save_filter",
    "saved_filters",
    "send_copy",
    "sentences",
    "set_preference",
    "slip",
    "staff",
    "start",
    "supervision",
    "suspend",
    "takers_of",
    "task_view",
    "terminate",
    "transfer",
    "units",
    "unread",
    "urge",
    "urgeable",
    "verify_bytes",
    "verify_code",
    "withdraw",
]
