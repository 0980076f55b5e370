"""Several expressions over one scope, with what they have in common computed once."""

from collections.abc import Sequence

from engine.feel.compiling import sharing_compiler
from engine.feel.expression import Expression, too_deep_to_evaluate, undefined
from engine.feel.run import Run
from engine.feel.types import DefinedTypes
from engine.feel.values import Value


class Sheet:
    """Compiled expressions, of which one evaluation computes every equal part once.

    It gives what the expressions give one by one; only notes it makes none, for a part has its place in one of them.
    """

    __slots__ = ("_blank", "_closures", "_cost")

    def __init__(self, expressions: Sequence[Expression], types: DefinedTypes = undefined) -> None:
        compiler = sharing_compiler([one.node for one in expressions], types)
        self._closures = [compiler.compile(one.node) for one in expressions]
        self._blank = compiler.blank()
        self._cost = compiler.cost

    def values(self, run: Run) -> list[Value]:
        """The value of each expression, before `Run.export`. Raises FeelLimitError."""
        run.spend(self._cost)
        before, run.slots = run.slots, self._blank.copy()
        try:
            return [closure(run) for closure in self._closures]
        except RecursionError:
            raise too_deep_to_evaluate() from None
        finally:
            run.slots = before
