"""Every expression of a package with the place where it stands."""

from collections.abc import Iterator
from dataclasses import dataclass

from engine import feel
from engine.decisions import Decision
from engine.decisions.model import Table
from engine.feel import Expression, UnaryTests
from engine.packages.parts import Parts
from engine.packages.source import DIAGRAM, MANIFEST


@dataclass(frozen=True, slots=True)
class Text:
    """FEEL as written, and where."""

    file: str
    element: str
    text: str


def texts_of(parts: Parts) -> Iterator[Text]:
    """All FEEL that can be parsed."""
    for use in parts.drawing.uses if parts.drawing is not None else ():
        yield Text(DIAGRAM, use.element, use.text)
    for form in parts.forms.values():
        for condition in form.value.conditions:
            yield Text(form.file, condition.element, condition.text)
    for held in parts.decisions.values():
        for place, expression in _expressions(held.value):
            yield Text(held.file, place, expression.text)
    if parts.manifest is not None and parts.manifest.case_title.startswith("="):
        yield Text(MANIFEST, "package.case_title", parts.manifest.case_title)


def names_read(decision: Decision) -> tuple[frozenset[str], frozenset[str]]:
    """(names that must be given, names that may also be keys of the elements of a list), required decisions included."""
    certain, possible = _own_names(decision)
    given: set[str] = set()
    for key in decision.requires:
        if (inner := decision.model.get(key)) is not None:
            given |= {inner.id, inner.name}
            more = names_read(inner)
            certain |= more[0]
            possible |= more[1]
    return frozenset(certain - given), frozenset(possible - given)


def split(expression: Expression | UnaryTests) -> tuple[frozenset[str], frozenset[str]]:
    """The same of one expression."""
    return expression.names - expression.element_names, expression.element_names


def compiled(text: str) -> Expression | None:
    """The expression of a text that begins with `=`; None where it cannot be parsed."""
    try:
        return feel.compile_expression(text.removeprefix("="))
    except feel.FeelError:
        return None


def _own_names(decision: Decision) -> tuple[set[str], set[str]]:
    certain: set[str] = set()
    possible: set[str] = set()
    for _, expression in _expressions(decision):
        names, elements = split(expression)
        certain |= names
        possible |= elements
    return certain, possible


def _expressions(decision: Decision) -> Iterator[tuple[str, Expression | UnaryTests]]:
    logic = decision.logic
    if not isinstance(logic, Table):
        yield decision.id, logic
        return
    for column in logic.inputs:
        yield column.id or decision.id, column.expression
    for rule in logic.rules:
        for test in rule.tests:
            yield rule.id, test
        for output in rule.outputs:
            if output is not None:
                yield rule.id, output
