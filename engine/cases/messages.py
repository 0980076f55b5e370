"""Messages and signals that reach a case from outside: whoever runs the installation brings them in."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from engine.cases.loading import load_case
from engine.cases.step import Step
from engine.cases.transactions import command
from engine.errors import Conflict
from engine.installation import Installation
from engine.store import Transaction
from engine.workflow import Run

T = TypeVar("T")


def receive_message(
    installation: Installation, case_id: str, name: str, values: Mapping[str, Any], key: Any = None
) -> str:
    """To the node that waits for it; its id. Raises `Conflict` (`workflow.not-waiting`) where none does."""
    return _bring(installation, case_id, name, lambda run: run.receive(name, values, key))


def receive_signal(installation: Installation, case_id: str, name: str, values: Mapping[str, Any]) -> int:
    """To every node that waits for it; how many those were."""
    return _bring(installation, case_id, name, lambda run: run.broadcast(name, values))


def _bring(installation: Installation, case_id: str, name: str, act: Callable[[Run], T]) -> T:
    def body(transaction: Transaction) -> T:
        loaded = load_case(transaction, case_id)
        if loaded.case["suspended_at"] is not None:
            raise Conflict("这件申请已中止办理，恢复以后才能收消息。", code="case.suspended")
        step = Step(installation, transaction, loaded, None)
        reached = act(step.run)
        step.events.append(("case.message", {"name": name, "reached": reached}))
        step.write()
        return reached

    return command(installation, body)
