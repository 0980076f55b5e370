"""The FEEL texts of a file: compiled with the names the file declares, faults gathered with their place."""

from collections.abc import Callable, Sequence
from typing import Any

from engine.decisions.problems import Problem
from engine.decisions.shapes import Shape
from engine.feel import (
    Expression,
    FeelSyntaxError,
    NameTree,
    Run,
    Sheet,
    UnaryTests,
    compile_expression,
    compile_unary_tests,
)


class CellReader:
    """Compiles texts and gathers every problem of a file.

    With `gaps` a part that cannot be read is null and a warning, and the rest of the file can be evaluated.
    """

    def __init__(self, *, gaps: bool = False) -> None:
        self.gaps = gaps
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        #: The tables that were read, wherever they stand.
        self.tables: list[Any] = []
        self.names = NameTree()
        #: The types that the file defines, by name.
        self.shape: Callable[[str], Shape | None] = lambda name: None

    def fault(self, element: str, code: str, message: str) -> None:
        self.problems.append(Problem(element, code, message))

    def _type(self, name: str) -> Callable[[Run, Any], bool] | None:
        shape = self.shape(name)
        return None if shape is None else shape.fits

    def gap(self, element: str, code: str, message: str) -> bool:
        """Reports a part that can be left out, and says whether to go on without it."""
        (self.warnings if self.gaps else self.problems).append(Problem(element, code, message))
        return self.gaps

    def expression(self, element: str, where: str, text: str) -> Expression | None:
        """The expression, or None after a problem. `where` names table, row and column."""
        try:
            compiled = compile_expression(text, self.names, self._type)
        except FeelSyntaxError as error:
            wrong = self.gap(element, error.code, f"{where}的表达式写法有误：{error.message}。")
            return compile_expression("null") if wrong else None
        self._warn(element, where, compiled.warnings)
        return compiled

    def sheet(self, expressions: Sequence[Expression]) -> Sheet:
        """Expressions of one table, to be computed together."""
        return Sheet(expressions, self._type)

    def tests(self, element: str, where: str, text: str) -> UnaryTests | None:
        """The unary tests, or None after a problem; an empty cell passes any value."""
        try:
            compiled = compile_unary_tests(text, self.names, self._type)
        except FeelSyntaxError as error:
            wrong = self.gap(element, error.code, f"{where}的条件写法有误：{error.message}。")
            return compile_unary_tests("? = null and null") if wrong else None
        self._warn(element, where, compiled.warnings)
        return compiled

    def _warn(self, element: str, where: str, sentences: tuple[str, ...]) -> None:
        self.warnings += [Problem(element, "warning.null", f"{where}总是空值：{sentence}。") for sentence in sentences]
