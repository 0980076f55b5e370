"""What a step brings about beside its variables: collected while the process runs, written with the step."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from engine.documents import Content


@dataclass(frozen=True)
class Issue:
    """A document that the process asks for: a notice to be numbered now, a letter to be drafted, a slip to be sent."""

    kind: str
    content: Content
    record: dict[str, Any]
    at_once: bool = False  # numbered now, and signed after the commit by the proof of the person who completed the step
    path: str = ""  # of the scope that asks for it: what is signed and sealed there is this
    addressee: str = ""  # key of the organisation that it goes to; empty: the one that applied


@dataclass(frozen=True)
class Outcome:
    """The result of one member of the case's list (a candidate)."""

    key: str
    label: str
    result: str
    reason_public: str
    clause: str


@dataclass(frozen=True)
class Opened:
    """Members of the case's list that are made public: of each its key, label and public fields."""

    id: str
    path: str
    members: list[dict[str, Any]]
    closes_on: date


@dataclass
class Effects:
    """Filled by the registered actions of one step."""

    issues: list[Issue] = field(default_factory=list)
    slips_to: dict[str, list[str]] = field(default_factory=dict)  # document kind -> nodes whose open posts are reminded
    outcomes: list[Outcome] = field(default_factory=list)
    opened: list[Opened] = field(default_factory=list)
    decided: list[tuple[str, str]] = field(default_factory=list)  # objections: (id, state)
    calls: list[tuple[str, str]] = field(default_factory=list)  # (open task, text): told to whoever has the task
    notices: list[tuple[str, str, str | None]] = field(default_factory=list)  # (assignment, text, task it calls to)
    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    archives: list[str] = field(default_factory=list)  # messages that tell how the archive of the case went
    answer: str = ""  # the outcome that the calling case is told while this one goes on
    answers_by_results: bool = False  # it is told what the results come to, once every member has one
    registered: tuple[str, str] | None = None  # the name and credit code that the organisation of the case takes
    starts_promise: bool = False
