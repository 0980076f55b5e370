"""The facts of a diagram, as other packages read them: nodes, flows and the scopes that hold them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

COUNTS = ("Instances", "ActiveInstances", "CompletedInstances", "TerminatedInstances")
CONFIRM = "confirm"  # the property of a task without a form: the sentence that is to be confirmed
ONCE = "once"  # the property that names the variable in which it stands that the node was passed
BALLOT_NAMES = frozenset({"results", "instances"}.union(*({f"numberOf{name}", f"nrOf{name}"} for name in COUNTS)))


def _nothing() -> Mapping[str, str]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class CalledDecision:
    """The decision that a business rule task evaluates, and the variable that takes its result."""

    decision_id: str
    result_variable: str


@dataclass(frozen=True, slots=True)
class Event:
    """What an event throws or waits for.

    `kind` is `timer`, `message`, `signal`, `error`, `escalation`, `link` or `terminate`. `name` is the name of the message,
    signal or link, or the code of the error or escalation; empty catches every code, None refers to nothing that exists.
    `key` tells messages of one name apart.
    """

    kind: str
    name: str | None = ""
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Script:
    """A FEEL expression and the variable that takes its value."""

    expression: str
    result_variable: str


@dataclass(frozen=True, slots=True)
class Repetition:
    """A standard loop: the activity again while the condition holds, at most `maximum` times (empty: no limit)."""

    condition: str | None
    test_before: bool
    maximum: str | None


@dataclass(frozen=True, slots=True)
class Loop:
    """A multi-instance: one instance an element of the collection (or a number of them), all at once or one after
    another."""

    collection: str
    element: str | None
    output_collection: str | None
    output_element: str | None
    condition: str | None
    sequential: bool
    cardinality: str | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """One node of a diagram. Texts are as drawn: FEEL where they begin with `=`, a literal otherwise.

    `called` is a process of the file, or with `outside` the key of another package.
    `kind` is the BPMN name (`userTask`, `exclusiveGateway`, ...), `scope` the id of the process or sub-process in which
    the node lies. `triggered` marks an event sub-process, whose start event says by what; `cycle` a timer that repeats.
    `inputs` and `outputs` map a target to its source; `submits` are the names that a completed user task, an action or
    an event may give back, because some output reads them.
    """

    id: str
    kind: str
    name: str
    scope: str
    lane: str | None = None
    documentation: str | None = None
    form_id: str | None = None
    assignment: str | None = None
    due: str | None = None
    decision: CalledDecision | None = None
    action: str | None = None
    inputs: Mapping[str, str] = field(default_factory=_nothing)
    outputs: Mapping[str, str] = field(default_factory=_nothing)
    submits: frozenset[str] = frozenset()
    called: str | None = None
    outside: bool = False
    loop: Loop | None = None
    repetition: Repetition | None = None
    script: Script | None = None
    event: Event | None = None
    timer: str | None = None
    cycle: bool = False
    triggered: bool = False
    attached_to: str | None = None
    interrupting: bool = True
    terminates: bool = False
    default: str | None = None
    properties: Mapping[str, str] = field(default_factory=_nothing)


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane as drawn; `nodes` are the ids that it lists, `outer` marks one that holds lanes itself."""

    id: str
    name: str
    nodes: tuple[str, ...]
    outer: bool = False


@dataclass(frozen=True, slots=True)
class Flow:
    """A sequence flow; `default` says that it is taken when no condition of its gateway holds."""

    id: str
    source: str
    target: str
    condition: str | None = None
    default: bool = False
    name: str = ""
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Use:
    """Where a diagram uses FEEL, and the free names it reads there: for whoever checks names."""

    element: str
    place: str
    text: str
    names: frozenset[str]


@dataclass(slots=True)
class Scope:
    """A process or an embedded sub-process: the nodes and flows directly in it. `parent` is None for a process."""

    id: str
    name: str
    parent: str | None
    nodes: list[Node] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)


@dataclass(slots=True)
class Diagram:
    """All that a file draws, before anything has been checked."""

    scopes: dict[str, Scope] = field(default_factory=dict)
    lanes: tuple[Lane, ...] = ()

    @property
    def processes(self) -> list[Scope]:
        return [scope for scope in self.scopes.values() if scope.parent is None]

    @property
    def nodes(self) -> list[Node]:
        return [node for scope in self.scopes.values() for node in scope.nodes]

    @property
    def flows(self) -> list[Flow]:
        return [flow for scope in self.scopes.values() for flow in scope.flows]
