"""What a run is given from outside, and what it notes while it steps."""

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from SpiffWorkflow.task import Task

from engine.calendar import Clock

from .errors import WorkflowFault
from .throwing import Sent

# SpiffWorkflow hands whole tasks, with the items of a multi-instance in them, to its loggers.
for _name in ("spiff.task", "spiff.workflow", "spiff.data"):
    logging.getLogger(_name).setLevel(logging.WARNING)

STEPS = 1_000  # automatic steps in one command; SpiffWorkflow also stops looking below a depth of 1,000


@dataclass(frozen=True, slots=True)
class Step:
    """What an action of a service task may see. `properties` are evaluated; `scope` has the node's inputs on top.

    `add_item(node id, value)` gives the multi-instance of that name, in which the task runs, one more item; false where it
    runs in none.
    """

    node_id: str
    path: str
    scope: Mapping[str, Any]
    properties: Mapping[str, Any]
    add_item: Callable[[str, Any], bool] = lambda _node, _value: False


Action = Callable[[Step], Mapping[str, Any]]


def no_decision(decision_id: str, scope: Mapping[str, Any]) -> Any:
    raise LookupError(f"no decisions were given, {decision_id} was asked for")


@dataclass(frozen=True, slots=True)
class Runtime:
    """Time, functions, actions and decisions, injected.

    `functions` are names that every expression can read, after all variables: extension functions, and constants such
    as `parameters`. `decide(decision_id, scope)` gives the result of a decision.
    """

    clock: Clock
    functions: Mapping[str, Any] = field(default_factory=dict)
    actions: Mapping[str, Action] = field(default_factory=dict)
    decide: Callable[[str, Mapping[str, Any]], Any] = no_decision


class Interpreter:
    """Stands where SpiffWorkflow expects its script engine, so that no expression of a diagram ever reaches Python."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.taken: list[str] = []  # flows
        self.ends: list[str] = []  # end events of the case's own process
        self.sent: list[Sent] = []  # messages and signals that leave the case
        self.called: dict[str, dict[str, Any]] = {}  # tokens that came to a call of another package: what it is given
        self.again: list[str] = []  # nodes that may be passed once and were passed again, because somebody allowed it
        self.undelivered: list[Sent] = []  # messages for which nobody waits yet, while the case still moves
        self._steps: Counter[str] = Counter()

    def reach_end(self, node_id: str) -> None:
        """Kept once each, the latest last: a reminder that ends in every round must not make the state grow."""
        self.ends = [*(end for end in self.ends if end != node_id), node_id]

    @property
    def steps(self) -> int:
        """Automatic steps in this command so far."""
        return self._steps.total()

    def begin_command(self) -> None:
        self._steps.clear()

    def count(self, task: Task) -> None:
        """Called before each automatic step; raises `WorkflowFault` in a loop that no person ever stops."""
        self._steps[getattr(task.task_spec, "bpmn_id", None) or ""] += 1
        if self.steps > STEPS:
            element = max((name for name in self._steps if name), key=lambda name: self._steps[name], default="")
            raise WorkflowFault(
                f"自动步骤超过 {STEPS} 步仍未停下，节点 {element} 处可能有不经过人工的死循环，请检查回路的条件。",
                code="workflow.endless",
                element=element,
            )
