"""What a step brings about beside its variables: collected while the process runs, written with the step."""

from dataclasses import dataclass, field
from typing import Any

from engine.documents import Content


@dataclass(frozen=True)
class Issue:
    """A document that the process asks for: a notice to be numbered now, a letter to be drafted, a slip to be sent."""

    kind: str
    content: Content
    record: dict[str, Any]
    addressee: str = ""  # key of the organisation that it goes to; empty: the one that applied


@dataclass(frozen=True)
class Outcome:
    """The result of one member of the case's list (a candidate)."""

    key: str
    label: str
    result: str
    reason_public: str
    clause: str


@dataclass
class Effects:
    """Filled by the registered actions of one step."""

    issues: list[Issue] = field(default_factory=list)
    slips_to: dict[str, list[str]] = field(default_factory=dict)  # document kind -> nodes whose open posts are reminded
    outcomes: list[Outcome] = field(default_factory=list)
    notices: list[tuple[str, str]] = field(default_factory=list)  # (assignment, text)
    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    starts_promise: bool = False
