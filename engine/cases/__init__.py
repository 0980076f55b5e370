"""Cases: the commands that move them, and the queries that show them. Every one goes through the same door of who may."""

from engine.cases.again import start_again
from engine.cases.associations import (
    AssociationFile,
    AssociationLine,
    association_file,
    associations,
    remind_of_terms,
)
from engine.cases.claiming import claim, release
from engine.cases.clauses import (
    ClauseLine,
    ClauseList,
    ClausePage,
    PartPage,
    clause_list,
    clause_page,
    clause_part,
    reads_clauses,
)
from engine.cases.completing import Completed, complete
from engine.cases.correcting import (
    Change,
    correct,
    drop_correction,
    prepare_correction,
    revoke_in_register,
    seal_correction,
    sign_correction,
)
from engine.cases.criteria import Criteria
from engine.cases.deputies import Colleague, Deputy, appoint_deputy, colleagues, deputies, end_deputy
from engine.cases.dispatch import CHOICE_NAMES as REGISTER_STATES
from engine.cases.dispatch import Dispatch, NumberRun, Register, Wanted, export_sheet, register
from engine.cases.dispatched import DispatchView, Related, dispatch_view
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
from engine.cases.encrypted import readable
from engine.cases.exporting import COLUMNS as EXPORT_COLUMNS
from engine.cases.exporting import USUAL as USUAL_COLUMNS
from engine.cases.exporting import Export, export_cases
from engine.cases.filters import SavedFilter, drop_filter, save_filter, saved_filters
from engine.cases.finding import FoundCase, FoundCases, find_cases
from engine.cases.followups import HANDLERS
from engine.cases.group_candidates import Candidate, Listed, candidates, read_list
from engine.cases.group_progress import GroupLine, GroupView, MemberLine, group, groups
from engine.cases.group_reminding import remind_group
from engine.cases.group_rights import grouped_processes
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
from engine.cases.inbox import CaseRow, Due, Heap, Inbox, InboxRow, done, inbox, my_cases, queue
from engine.cases.indexing import rebuild_index
from engine.cases.items import withdraw_item
from engine.cases.ledger import NOBODY as NO_LEAD
from engine.cases.ledger import (
    Ledger,
    LedgerLine,
    LedgerWanted,
    export_ledger,
    may_change_ledger,
    party_ledger,
)
from engine.cases.ledger_import import RowFault, Taken, import_ledger
from engine.cases.letters import is_at, letters_at
from engine.cases.lights import LIGHTS
from engine.cases.loading import id_of
from engine.cases.lookahead import Lookahead, leads_to_documents, look_ahead, lookahead_draft, lookahead_file
from engine.cases.mailing import KINDS as NOTICE_KINDS
from engine.cases.mailing import queue_mail
from engine.cases.materials import attachment_file
from engine.cases.members import add_member, drop_member
from engine.cases.menu import Menu, menu
from engine.cases.messages import receive_message, receive_signal
from engine.cases.movesaid import MoveSaid, move_said, move_sentences
from engine.cases.moving import CaseMove, Moves, TaskMove, TimerMove, move_cases, plan_move
from engine.cases.notices import (
    Notice,
    NoticePage,
    Preference,
    Thread,
    mark_notices,
    notices,
    notifications,
    preference,
    set_preference,
    threads,
    unread,
)
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
    receipt_of,
)
from engine.cases.offers import Offer, offers, own_offers
from engine.cases.party_work import ReportLine, ReportList, annual_reports, remind_of_party_work
from engine.cases.personal import reveal
from engine.cases.phrases import Phrase, drop_phrase, keep_phrase, phrases
from engine.cases.postponing import extend
from engine.cases.previewing import Preview, preview
from engine.cases.printing import Sheet, print_sheet, printable, sheet_content
from engine.cases.publishing import (
    MoveOrder,
    Process,
    Version,
    may_publish,
    move_order,
    move_orders,
    order_move,
    plan_for_publisher,
    process_named,
    processes,
)
from engine.cases.reading import case_about, case_view, task_view
from engine.cases.recounting import Imported, Moved, Recounted, import_calendar, sentences
from engine.cases.relations import CallView, CaseLink
from engine.cases.reminding import copy_choices, mark_read, remind, send_copy
from engine.cases.returning import fire_timers, return_task, terminate, withdraw
from engine.cases.reviewrows import POSITIONS
from engine.cases.reviews import add_review, drop_review
from engine.cases.starting import TaskRef, start
from engine.cases.starting_groups import Begun, NewGroup, begin_members, start_group
from engine.cases.supervising import (
    Supervision,
    may_supervise,
    may_urge,
    most_overdue,
    overseen,
    people,
    supervision,
    units,
)
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
    ObjectionView,
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
    "NO_LEAD",
    "POSITIONS",
    "REGISTER_STATES",
    "STATES",
    "USUAL_COLUMNS",
    "AssociationFile",
    "AssociationLine",
    "AttachmentRef",
    "AttachmentView",
    "Begun",
    "CallView",
    "Candidate",
    "CaseLink",
    "CaseMove",
    "CaseRow",
    "CaseView",
    "Change",
    "Choice",
    "ClauseLine",
    "ClauseList",
    "ClausePage",
    "Clocks",
    "Colleague",
    "Completed",
    "Criteria",
    "Deputy",
    "Dispatch",
    "DispatchView",
    "DocumentFacts",
    "DocumentView",
    "Due",
    "EntryView",
    "Export",
    "FoundCase",
    "FoundCases",
    "GroupLine",
    "GroupView",
    "Heap",
    "HistoryLine",
    "Imported",
    "Inbox",
    "InboxRow",
    "ItemView",
    "Ledger",
    "LedgerLine",
    "LedgerWanted",
    "Listed",
    "Lookahead",
    "MemberLine",
    "Menu",
    "MoveOrder",
    "MoveSaid",
    "Moved",
    "Moves",
    "NewGroup",
    "Notice",
    "NoticePage",
    "NumberRun",
    "ObjectionText",
    "ObjectionView",
    "Offer",
    "OpenTaskView",
    "PartPage",
    "Phrase",
    "Preference",
    "Preview",
    "Process",
    "PublicityView",
    "Receipt",
    "Recounted",
    "Register",
    "Related",
    "ReportLine",
    "ReportList",
    "RowFault",
    "SavedFilter",
    "SealedFile",
    "Sheet",
    "Sight",
    "Slip",
    "Staff",
    "Statement",
    "StepView",
    "Supervision",
    "Taken",
    "TaskMove",
    "TaskRef",
    "TaskView",
    "Thread",
    "TimerMove",
    "Vacancy",
    "Version",
    "Wanted",
    "add_member",
    "add_review",
    "annual_reports",
    "appoint_deputy",
    "assign_vacant",
    "association_file",
    "associations",
    "attach",
    "attachment_file",
    "begin_members",
    "candidates",
    "case_about",
    "case_view",
    "claim",
    "clause_list",
    "clause_page",
    "clause_part",
    "colleagues",
    "complete",
    "confirm_receipt",
    "copy_choices",
    "correct",
    "delegate",
    "deputies",
    "detach",
    "dispatch_view",
    "document_file",
    "done",
    "draft_file",
    "drop_correction",
    "drop_filter",
    "drop_member",
    "drop_phrase",
    "drop_review",
    "end_deputy",
    "export_cases",
    "export_ledger",
    "export_sheet",
    "extend",
    "facts_of_file",
    "find_cases",
    "fire_timers",
    "group",
    "grouped_processes",
    "groups",
    "hand_back",
    "hand_over",
    "id_of",
    "import_calendar",
    "import_ledger",
    "inbox",
    "is_at",
    "keep_phrase",
    "leads_to_documents",
    "letters_at",
    "look_ahead",
    "lookahead_draft",
    "lookahead_file",
    "mark_notices",
    "mark_read",
    "may_change_ledger",
    "may_hand_over",
    "may_publish",
    "may_supervise",
    "may_urge",
    "menu",
    "most_overdue",
    "move_cases",
    "move_order",
    "move_orders",
    "move_said",
    "move_sentences",
    "my_cases",
    "notices",
    "notifications",
    "object_to",
    "objection_file",
    "offers",
    "order_move",
    "overseen",
    "own_offers",
    "party_ledger",
    "people",
    "phrases",
    "plan_for_publisher",
    "plan_move",
    "pool",
    "preference",
    "prepare_correction",
    "prepare_documents",
    "preview",
    "print_sheet",
    "printable",
    "process_named",
    "processes",
    "publicities",
    "publicity_view",
    "queue",
    "queue_mail",
    "read_list",
    "read_objection",
    "readable",
    "reads_clauses",
    "rebuild_index",
    "recall",
    "receipt",
    "receipt_of",
    "receipts",
    "receive_document",
    "receive_message",
    "receive_signal",
    "register",
    "register_list",
    "release",
    "remind",
    "remind_group",
    "remind_of_party_work",
    "remind_of_terms",
    "resume",
    "return_task",
    "reveal",
    "revoke_document",
    "revoke_in_register",
    "save_draft",
    "save_filter",
    "saved_filters",
    "seal_correction",
    "send_copy",
    "sentences",
    "set_preference",
    "sheet_content",
    "sign_correction",
    "slip",
    "staff",
    "start",
    "start_again",
    "start_group",
    "supervision",
    "suspend",
    "takers_of",
    "task_view",
    "terminate",
    "threads",
    "transfer",
    "units",
    "unread",
    "urge",
    "urgeable",
    "verify_bytes",
    "verify_code",
    "withdraw",
    "withdraw_item",
]
