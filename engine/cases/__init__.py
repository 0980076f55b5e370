"""Cases: the commands that move them, and the queries that show them. Every one goes through the same door of who may."""

from engine.cases.claiming import claim, release
from engine.cases.completing import Completed, complete
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
from engine.cases.followups import HANDLERS
from engine.cases.handing import Choice, delegate, hand_back, recall, transfer
from engine.cases.inbox import CaseRow, Due, Inbox, InboxRow, Notice, done, inbox, my_cases, notifications
from engine.cases.issuing import letters_at
from engine.cases.loading import id_of
from engine.cases.materials import attachment_file
from engine.cases.members import add_member, drop_member
from engine.cases.messages import receive_message, receive_signal
from engine.cases.movesaid import move_sentences
from engine.cases.moving import CaseMove, Moves, TaskMove, TimerMove, move_cases, plan_move
from engine.cases.objecting import (
    ObjectionText,
    PublicityView,
    SealedFile,
    Statement,
    object_to,
    objection_file,
    publicities,
    publicity_view,
    read_objection,
)
from engine.cases.offers import Offer, offers
from engine.cases.personal import readable, reveal
from engine.cases.postponing import extend
from engine.cases.reading import case_view, task_view
from engine.cases.recounting import Imported, Moved, Recounted, import_calendar, sentences
from engine.cases.reminding import copy_choices, mark_read, remind, send_copy
from engine.cases.returning import fire_timers, return_task, terminate, withdraw
from engine.cases.reviewrows import POSITIONS
from engine.cases.reviews import add_review, drop_review
from engine.cases.starting import TaskRef, start
from engine.cases.suspending import resume, suspend
from engine.cases.views import (
    AttachmentView,
    CaseView,
    Clocks,
    DocumentView,
    EntryView,
    HistoryLine,
    ItemView,
    ObjectionView,
    OpenTaskView,
    StepView,
    TaskView,
)

__all__ = [
    "HANDLERS",
    "POSITIONS",
    "AttachmentRef",
    "AttachmentView",
    "CaseMove",
    "CaseRow",
    "CaseView",
    "Choice",
    "Clocks",
    "Completed",
    "DocumentFacts",
    "DocumentView",
    "Due",
    "EntryView",
    "HistoryLine",
    "Imported",
    "Inbox",
    "InboxRow",
    "ItemView",
    "Moved",
    "Moves",
    "Notice",
    "ObjectionText",
    "ObjectionView",
    "Offer",
    "OpenTaskView",
    "PublicityView",
    "Recounted",
    "SealedFile",
    "Sight",
    "Statement",
    "StepView",
    "TaskMove",
    "TaskRef",
    "TaskView",
    "TimerMove",
    "add_member",
    "add_review",
    "attach",
    "attachment_file",
    "case_view",
    "claim",
    "complete",
    "copy_choices",
    "delegate",
    "detach",
    "document_file",
    "done",
    "draft_file",
    "drop_member",
    "drop_review",
    "extend",
    "facts_of_file",
    "fire_timers",
    "hand_back",
    "id_of",
    "import_calendar",
    "inbox",
    "letters_at",
    "mark_read",
    "move_cases",
    "move_sentences",
    "my_cases",
    "notifications",
    "object_to",
    "objection_file",
    "offers",
    "plan_move",
    "prepare_documents",
    "publicities",
    "publicity_view",
    "read_objection",
    "readable",
    "recall",
    "receive_document",
    "receive_message",
    "receive_signal",
    "register_list",
    "release",
    "remind",
    "resume",
    "return_task",
    "reveal",
    "revoke_document",
    "save_draft",
    "send_copy",
    "sentences",
    "start",
    "suspend",
    "task_view",
    "terminate",
    "transfer",
    "verify_bytes",
    "verify_code",
    "withdraw",
]
