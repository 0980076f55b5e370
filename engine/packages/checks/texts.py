"""Every expression of a package with the place where it stands."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from engine import feel
from engine.decisions import Decision, Table
from engine.feel import Expression
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
        for place, text in _cells(held.value):
            yield Text(held.file, place, text)
    if parts.manifest is not None and parts.manifest.case_title.startswith("="):
        yield Text(MANIFEST, "package.case_title", parts.manifest.case_title)
    if parts.manifest is not None and parts.manifest.shared_files:
        yield Text(MANIFEST, "package.shared_files", parts.manifest.shared_files)


def names_read(decision: Decision) -> tuple[frozenset[str], frozenset[str]]:
    """(names that must be given, names that may also be keys of the elements of a list), required decisions included."""
    certain, possible = split(decision.logic)
    given = {alias or one.name for alias, one in decision.knows} | {
        alias or one.name for alias, one in decision.imported
    }
    own: list[Decision] = [inner for key in decision.requires if (inner := decision.model.get(key)) is not None]
    given |= {name for inner in own for name in (inner.id, inner.name)}
    for inner in (*own, *(one for _, one in decision.imported)):
        more = names_read(inner)
        certain |= more[0]
        possible |= more[1]
    return certain - given, possible - given


class Named(Protocol):
    """An expression, or the logic of a decision."""

    @property
    def names(self) -> frozenset[str]: ...

    @property
    def element_names(self) -> frozenset[str]: ...


def split(expression: Named) -> tuple[frozenset[str], frozenset[str]]:
    """The same of one expression or table."""
    return expression.names - expression.element_names, expression.element_names


def compiled(text: str) -> Expression | None:
    """The expression of a text that begins with `=`; None where it cannot be parsed."""
    try:
        return feel.compile_expression(text.removeprefix("="))
    except feel.FeelError:
        return None


def _cells(decision: Decision) -> Iterator[tuple[str, str]]:
    """The cells of a table or the text of a literal expression; other boxed expressions are left to their reader."""
    logic = decision.logic
    if not isinstance(logic, Table):
        yield decision.id, getattr(logic, "text", "")
        return
    for column in logic.inputs:
        yield column.id or decision.id, column.expression.text
    for rule in logic.rules:
        for cell in (*rule.tests, *rule.outputs):
            if cell is not None:
                yield rule.id, cell.text
