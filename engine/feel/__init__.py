"""FEEL, the expression language of DMN 1.5: parsed and compiled once, evaluated with a budget, never Python.

A runtime fault is null; `evaluate_with_notes` says why. A text that is no FEEL raises `FeelSyntaxError`, a budget that
is used up `FeelLimitError`.
"""

from collections.abc import Collection, Mapping
from typing import Any

from engine.feel.compiler import Compiler
from engine.feel.errors import FeelError, FeelLimitError, FeelSyntaxError
from engine.feel.library import BUILT_INS
from engine.feel.names import NameTree, tree_of
from engine.feel.parser import Parser
from engine.feel.run import Budget, Run
from engine.feel.values import Function, MonthsDuration, Range, export_value, import_value

__all__ = [
    "BUILT_IN_FUNCTIONS",
    "Budget",
    "Expression",
    "FeelError",
    "FeelLimitError",
    "FeelSyntaxError",
    "Function",
    "MonthsDuration",
    "Range",
    "UnaryTests",
    "compile_expression",
    "compile_unary_tests",
]

BUILT_IN_FUNCTIONS = frozenset(BUILT_INS)
_FUNCTION_NAMES = NameTree(sorted(BUILT_INS))


class _Compiled:
    """What both kinds share: the text, its free names and the code."""

    __slots__ = ("_code", "_size", "names", "text")

    def __init__(self, text: str, node: Any) -> None:
        compiler = Compiler()
        self.text = text
        self._code = compiler.compile(node)
        self._size = compiler.size
        self.names = frozenset(compiler.free)

    def _run(self, scope: Mapping[str, Any], budget: Budget | None, *, with_notes: bool = False) -> Run:
        run = Run(scope, budget, with_notes=with_notes)
        if self._size:
            run.slots = [None] * self._size
        return run

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.text!r})"


class Expression(_Compiled):
    """A compiled expression; immutable, shared between threads. `names` are the names that its scope must give."""

    __slots__ = ()

    def evaluate(self, scope: Mapping[str, Any], budget: Budget | None = None) -> Any:
        """The value in a scope; a runtime fault is null. Raises `FeelLimitError`."""
        return export_value(self._code(self._run(scope, budget)))

    def evaluate_with_notes(self, scope: Mapping[str, Any], budget: Budget | None = None) -> tuple[Any, tuple[str, ...]]:
        """The value, and Chinese sentences that say why something became null."""
        run = self._run(scope, budget, with_notes=True)
        value = export_value(self._code(run))
        return value, tuple(run.notes or ())


class UnaryTests(_Compiled):
    """The tests of a decision table's cell."""

    __slots__ = ()

    def matches(self, value: Any, scope: Mapping[str, Any], budget: Budget | None = None) -> bool | None:
        """Whether the value passes; null where that cannot be said."""
        run = self._run(scope, budget)
        run.tested = import_value(value)
        found = self._code(run)
        return found if found is True or found is False else None


def compile_expression(text: str, names: Collection[str] = ()) -> Expression:
    """Parse and compile; `names` are the known names, needed only for those with spaces. Raises `FeelSyntaxError`."""
    return Expression(text, Parser(text, tree_of(tuple(names)), _FUNCTION_NAMES).expression_text())


def compile_unary_tests(text: str, names: Collection[str] = ()) -> UnaryTests:
    """Parse and compile the tests of a cell (`-`, `< 5, [7..9]`, `not("a")`, `? > 3`). Raises `FeelSyntaxError`."""
    return UnaryTests(text, Parser(text, tree_of(tuple(names)), _FUNCTION_NAMES, unary=True).tests_text())
