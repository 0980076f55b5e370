"""A scenario as frozen values: what is done, in order, and what is expected after each step and at the end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

EVERY_ITEM = "*"  # in place of an item's key: every instance that is still open


@dataclass(frozen=True, slots=True)
class Complete:
    """Complete the open task of a node with these values; `item` is the key of a multi-instance's item."""

    node: str
    values: Mapping[str, Any]
    item: str | None = None
    by: str | None = None  # another holder of the same post: to show that duties are kept apart
    is_review: bool = False  # answers the question to another person about the task, not the task itself
    faults: tuple[str, ...] = ()  # what an archive that follows is found to lack

    @property
    def title(self) -> str:
        return ("review " if self.is_review else "do ") + self.node + (f"（{self.item}）" if self.item else "")


@dataclass(frozen=True, slots=True)
class Wait:
    """Let time pass: working days, or a plain span."""

    working_days: int | None = None
    span: timedelta | None = None

    @property
    def title(self) -> str:
        return f"wait {self.working_days} working days" if self.span is None else f"wait {self.span}"


@dataclass(frozen=True, slots=True)
class Withdraw:
    """The applicant takes the case back, or one member of its list."""

    reason: str
    item: str | None = None

    @property
    def title(self) -> str:
        return "withdraw" if self.item is None else f"withdraw（{self.item}）"


@dataclass(frozen=True, slots=True)
class Return:
    """The holder of a task sends the case back."""

    source: str
    target: str
    reason: str

    @property
    def title(self) -> str:
        return f"return {self.source} → {self.target}"


@dataclass(frozen=True, slots=True)
class Object:
    """Somebody without an account objects to a member that is made public; an empty name makes it anonymous."""

    item: str
    text: str
    name: str = ""
    contact: str = ""

    @property
    def title(self) -> str:
        return f"object（{self.item}）"


@dataclass(frozen=True, slots=True)
class Receive:
    """The association confirms that it received the documents of a kind."""

    document: str

    @property
    def title(self) -> str:
        return f"receive {self.document}"


@dataclass(frozen=True, slots=True)
class Tell:
    """A message from outside comes to the case, with what it brings."""

    name: str
    values: Mapping[str, Any]
    key: str | None = None

    @property
    def title(self) -> str:
        return f"message {self.name}"


Act = Complete | Wait | Withdraw | Return | Object | Receive | Tell


@dataclass(frozen=True, slots=True)
class Told:
    """A notice: the post that gets it (a role, or `role@organisation`), and words that it says."""

    to: str
    contains: str = ""


@dataclass(frozen=True, slots=True)
class Expected:
    """What must hold after a step; None means that nothing is said about it.

    `open` lists the nodes with open tasks, each once; `documents` the kinds that this step brought about; `findings` the
    rules that fired, a text being a code and a mapping some of the finding's entries; `due` the local date by node;
    `notices` who was told something in this step; `clocks` what the promised days of the case say.
    """

    open: tuple[str, ...] | None = None
    state: str | None = None
    documents: tuple[str, ...] | None = None
    outcome: str | None = None
    findings: tuple[str | Mapping[str, Any], ...] | None = None
    variables: Mapping[str, Any] | None = None
    due: Mapping[str, date] | None = None
    notices: tuple[Told, ...] | None = None
    clocks: Mapping[str, Any] | None = None
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A call of a case: its node, and where it is a multi-instance the key of the item."""

    node: str
    item: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step, the line where it stands, and what is expected of it.

    `case` leads to the called case that it is about, call by call; empty for the one that the scenario begins. `file` is
    where it stands, if that is another scenario.
    """

    line: int
    act: Act
    expected: Expected
    case: tuple[Place, ...] = ()
    file: str = ""


@dataclass(frozen=True, slots=True)
class Begins:
    """A scenario begins with the steps of another, up to and with the first that does a node."""

    like: str
    until: str
    line: int


@dataclass(frozen=True, slots=True)
class Text:
    """What a document must say, and what it must not."""

    contains: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class End:
    """What must hold when all steps are done; None means that nothing is said about it.

    `path` are the nodes of the completed user tasks in order, the instances of a multi-instance counting once;
    `documents` names every kind that the case has, where it is given.
    """

    line: int = 0
    path: tuple[str, ...] | None = None
    outcome: str | None = None
    state: str | None = None
    items: Mapping[str, str] | None = None
    documents: Mapping[str, Text] | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario file, with the steps that it takes from another before its own.

    `confirmed` are rule codes or clause ids that are taken as confirmed in it, `parameters` values of the manifest's
    parameters that hold in it.
    """

    file: str
    id: str
    title: str
    now: datetime
    organisation: str
    steps: tuple[Step, ...]
    end: End
    confirmed: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    begins: Begins | None = None
