"""The texts of a diagram, compiled once when it is read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine import feel

from .errors import Problem, WorkflowFault
from .model import Use
from .values import BadValue, plain

LONGEST_TEXT = 4_000  # characters


@dataclass(frozen=True, slots=True)
class Formula:
    """A text in its place: FEEL (`expression`), or a literal (`constant`)."""

    element: str
    place: str
    text: str
    expression: Any = None
    constant: Any = None

    @property
    def names(self) -> frozenset[str]:
        return frozenset() if self.expression is None else frozenset(self.expression.names)

    def evaluate(self, scope: Mapping[str, Any]) -> Any:
        """The value in this scope; a fault of FEEL is null. Raises `WorkflowFault` where it costs too much."""
        if self.expression is None:
            return self.constant
        try:
            return self.expression.evaluate(scope)
        except feel.FeelLimitError as error:
            raise WorkflowFault(
                f"节点 {self.element} 的{self.place}计算量过大，请简化表达式。",
                code="workflow.expression-limit",
                element=self.element,
            ) from error

    def value(self, scope: Mapping[str, Any]) -> Any:
        """The value as a variable may hold it; raises `WorkflowFault` for any other."""
        try:
            return plain(self.evaluate(scope))
        except BadValue as error:
            raise WorkflowFault(
                f"节点 {self.element} 的{self.place}“{self.text}”的结果不能保存：{error}。",
                code="workflow.bad-value",
                element=self.element,
            ) from error

    def why(self, scope: Mapping[str, Any]) -> str:
        """What made the value null, for the sentence of a fault; empty where nothing is known."""
        if self.expression is None:
            return ""
        _, notes = self.expression.evaluate_with_notes(scope)
        return "；".join(str(note) for note in notes[:3])


class Compiler:
    """Compiles every text of a diagram and keeps the problems and the uses it has seen."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.uses: list[Use] = []

    def formula(self, element: str, place: str, text: str, *, literal: bool = True) -> Formula:
        """FEEL after `=`, a literal otherwise; a problem where only FEEL makes sense and there is none."""
        if not text.startswith("="):
            if not literal:
                self._problem(element, "workflow.not-feel", f"{place}“{_short(text)}”须以 = 开头，写成 FEEL 表达式。")
            return Formula(element, place, text, None, text)
        if len(text) > LONGEST_TEXT:
            self._problem(element, "workflow.expression", f"{place}超过 {LONGEST_TEXT} 个字符，请改用决策表。")
            return Formula(element, place, text)
        try:
            expression = feel.compile_expression(text[1:])
        except feel.FeelSyntaxError as error:
            sentence = getattr(error, "message", str(error)).rstrip("。")
            self._problem(element, "workflow.expression", f"{place}“{_short(text)}”不能解析：{sentence}；请改正。")
            return Formula(element, place, text)
        self.uses.append(Use(element, place, text, frozenset(expression.names)))
        return Formula(element, place, text, expression)

    def _problem(self, element: str, code: str, message: str) -> None:
        self.problems.append(Problem(element, code, message))


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."
