"""What is wrong with a diagram, and what can go wrong while a case runs on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engine.errors import HuishenError, Invalid


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason why a diagram cannot be used.

    `element` is the id of the element it is about, `code` is stable (`workflow.unreachable`), `message` is a Chinese
    sentence that says what is wrong and what to do.
    """

    element: str
    code: str
    message: str


class WorkflowProblems(Invalid):
    """A diagram that cannot be executed as it is drawn; `problems` has every reason, not only the first."""

    code = "workflow.problems"

    def __init__(self, file: str, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        shown = "".join(f"\n{problem.element}：{problem.message}" for problem in self.problems[:20])
        listed = [{"element": p.element, "code": p.code, "message": p.message} for p in self.problems]
        super().__init__(
            f"流程图 {file} 有 {len(self.problems)} 处问题，须改正后再使用。{shown}", file=file, problems=listed
        )


class WorkflowFault(HuishenError):
    """A running case that cannot go on at an element: an endless loop, a list that is none, no flow to take.

    The run it came from is spoilt: roll back, and restore the case from its stored state.
    """

    code = "workflow.fault"

    def __init__(self, message: str, *, code: str, element: str, **details: Any) -> None:
        super().__init__(message, code=code, element=element, **details)
        self.element = element
