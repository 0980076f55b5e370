"""What is wrong with a decision file, all of it at once."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: the element's id, a code such as `decision.cell`, a Chinese sentence."""

    element: str
    code: str
    message: str


class DecisionProblems(Exception):
    """A DMN file, or the register of clauses, does not hold; `problems` has every fault.

    The shape is that of every error a person sees, and that of `feel.FeelError`.
    """

    code = "decision.problems"

    def __init__(self, file: str, problems: list[Problem]) -> None:
        first = problems[0]
        self.message = f"{file}：{first.element}：{first.message}"
        super().__init__(self.message)
        self.details: dict[str, Any] = {"file": file}
        self.file = file
        self.problems = tuple(problems)
        self.findings = tuple(f"{file}: {one.element}: {one.code}: {one.message}" for one in problems)
