"""What pages show of a case and of a task: plain values, already cut down to what the person may see."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from engine import forms
from engine.calendar import Light
from engine.cases.door import Sight
from engine.cases.handing import Choice
from engine.cases.inbox import Due
from engine.cases.relations import CallView, CaseLink


@dataclass(frozen=True)
class PauseView:
    reason: str
    since: date
    until: date | None
    by: str


@dataclass(frozen=True)
class Clocks:
    """The promised days of a case: used, paused and left, with the day they end; `kept_on` is the day of the answer."""

    working_days: int
    used: int
    remaining: int
    paused: bool
    paused_days: int
    due_on: date
    estimated: bool
    light: Light
    accepted_on: date
    elapsed_days: int
    pauses: tuple[PauseView, ...]
    kept_on: date | None = None


@dataclass(frozen=True)
class ItemView:
    """One member of the case's list (a candidate), its findings and its result."""

    key: str
    label: str
    facts: dict[str, Any]
    findings: tuple[dict[str, Any], ...]
    result: str | None
    result_name: str
    reason_public: str
    clause: str


@dataclass(frozen=True)
class EntryView:
    """One submitted form, in words. `values` are masked."""

    id: str
    node_id: str
    node_name: str
    form_title: str
    by: str
    post: str
    organisation: str
    at: datetime
    sections: tuple[Any, ...]
    values: dict[str, Any]
    own: bool


@dataclass(frozen=True)
class AttachmentView:
    id: str
    field: str
    label: str
    name: str
    media_type: str
    size: int
    sha256: str
    uploaded_at: datetime


@dataclass(frozen=True)
class OpenTaskView:
    id: str
    node_id: str
    name: str
    post: str
    organisation: str
    due: Due | None
    claimed_by: str | None
    mine: bool
    is_delegated: bool = False
    recallable: bool = False  # delegated by a post of the person
    is_review: bool = False
    is_member: bool = False  # of a multi-instance whose members can be added and dropped


@dataclass(frozen=True)
class DocumentView:
    """A document with its place in its life; `digest` is of the bytes that a click downloads, none while there are none."""

    id: str
    kind: str
    title: str
    number: str | None
    state: str
    state_name: str
    signature: str
    dated: date | None
    code: str | None
    digest: str | None
    issued_at: datetime | None
    received_at: datetime | None
    reason: str
    text: str
    path: str = ""  # of the part of the case that drafted it
    to: str = ""  # whom it addresses (主送)
    replaces: str | None = None  # the document that this one corrects; such a one is signed and sealed in the register


@dataclass(frozen=True)
class HistoryLine:
    at: datetime
    text: str
    detail: str
    by: str


@dataclass(frozen=True)
class ReviewView:
    """An added reviewer of a task: `state` is open, waiting, completed or cancelled."""

    id: str
    position: str
    post: str
    question: str
    state: str


@dataclass(frozen=True)
class CopyView:
    """A copy of the case that a post was sent; who has read it and when, and who is still to read it."""

    post: str
    text: str
    at: datetime
    read: tuple[tuple[str, datetime], ...]  # (name, when), the first first
    unread: tuple[str, ...]  # names


@dataclass(frozen=True)
class MemberChoice:
    """A member that may still be added to a running multi-instance."""

    node_id: str
    node_name: str
    key: str
    name: str


@dataclass(frozen=True)
class ObjectionView:
    """An objection from the public as the case shows it: never from whom, nor what it says."""

    id: str
    receipt: str  # the number that the sender was given
    label: str
    named: bool
    files: int
    received_at: datetime
    state_name: str


@dataclass(frozen=True)
class StepView:
    """One user task of the diagram: `state` is done, now or next."""

    node_id: str
    name: str
    lane: str
    state: str
    times: int


@dataclass(frozen=True)
class CaseView:
    """A case as one person may see it."""

    id: str
    number: str
    title: str
    state: str
    state_name: str
    outcome: str | None
    outcome_name: str
    organisation: str
    package_key: str
    package_title: str
    version: str
    version_id: str
    created_at: datetime
    submitted_at: datetime | None
    closed_at: datetime | None
    sight: Sight
    clocks: Clocks | None
    promised_days: int | None
    items: tuple[ItemView, ...]
    findings: tuple[dict[str, Any], ...]
    entries: tuple[EntryView, ...]
    attachments: tuple[AttachmentView, ...]
    tasks: tuple[OpenTaskView, ...]
    documents: tuple[DocumentView, ...]
    history: tuple[HistoryLine, ...]
    steps: tuple[StepView, ...]
    withdrawable: bool
    suspended_at: datetime | None = None
    authorities: frozenset[str] = frozenset()  # verbs on the case that the person's posts allow
    addable: tuple[MemberChoice, ...] = ()
    copies: tuple[CopyView, ...] = ()
    objections: tuple[ObjectionView, ...] = ()
    reads_objections: bool = False  # whether a post of the person may open them
    parent: CaseLink | None = None  # the case that calls this one
    calls: tuple[CallView, ...] = ()
    withdrawable_items: tuple[str, ...] = ()  # keys of the members that the applicant may take back alone
    withdrawn_items: tuple[str, ...] = ()  # names of those that were
    unread: int = 0  # messages about this case that the person is still to read


@dataclass(frozen=True)
class TaskView:
    """A task with its form, ready to be shown."""

    id: str
    case: CaseView
    node_id: str
    name: str
    documentation: str
    act: str
    button: str  # what completing it is called
    proof: bool
    schema: forms.FormSchema
    values: dict[str, Any]
    context: forms.FormContext
    revision: int
    state: str
    claimed_by: str | None
    mine: bool
    due: Due | None
    item: dict[str, Any] | None
    returns: tuple[tuple[str, str], ...] = field(default=())
    path: str = ""  # of the part of the case in which the task is done
    saved_at: datetime | None = None
    transfers: tuple[Choice, ...] = ()
    askable: tuple[Choice, ...] = ()
    reviews: tuple[ReviewView, ...] = ()
    is_delegated: bool = False
    is_held: bool = False
