"""Whether a case can always come to its end, whichever way it takes."""

from collections.abc import Iterator

from engine.packages.parts import Parts
from engine.packages.problem import Finding, shown
from engine.packages.source import DIAGRAM
from engine.packages.vocabulary import Vocabulary
from engine.workflow import Definition, soundness


def findings(parts: Parts, _vocabulary: Vocabulary) -> Iterator[Finding]:
    if parts.definition is not None:
        yield from of_diagram(parts.definition, DIAGRAM)


def of_diagram(definition: Definition, file: str) -> Iterator[Finding]:
    """The findings of a diagram that reads without problems."""
    found = soundness(definition)
    for problem in found.problems:
        yield Finding(file, shown(problem.element), problem.code, problem.message)
    for scope in found.unexplored:
        message = "这一层的走法太多，没有全部走完，不能断定案件总能办结；请拆成子流程，或减少并行分支里的选择。"
        yield Finding(file, shown(scope), "package.unexplored", message, "warning")
