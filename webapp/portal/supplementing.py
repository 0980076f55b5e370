"""A supplement item by item: what the notice asks for, in its own words, beside what was given."""

from collections.abc import Iterator
from dataclasses import dataclass

from engine import forms
from engine.forms import BoundPage, Field, Shown, ShownRow
from engine.packages import CompiledPackage


@dataclass(frozen=True)
class Request:
    """One item of the notice with the inputs that answer it."""

    row: ShownRow
    title: str
    asked: tuple[tuple[str, str], ...]

    @property
    def is_answered(self) -> bool:
        """Whether anything was written or uploaded for it."""
        inputs = [item.input for item in self.row.items if item.input is not None]
        return any(getattr(one, "attachments", None) or one.data for one in inputs)


def requests(bound: BoundPage, package: CompiledPackage) -> list[Request]:
    """The items of every list that the case gives, on a page that answers them."""
    return [request for shown in bound.items for request in _requests(shown, package)]


def _requests(shown: Shown, package: CompiledPackage) -> Iterator[Request]:
    over = shown.field.rows.over if shown.field.rows else None
    if over is None:
        return
    columns = _columns(package, over.rows.names)
    for row in shown.rows:
        given = row.row.given.data if row.row.given is not None else {}
        words = [(column.label, forms.display(column, given.get(column.key))) for column in columns]
        told = [(label, text) for label, text in words if text]
        title = told[0][1] if told else row.label
        yield Request(row, title, tuple(told[1:]))


def _columns(package: CompiledPackage, names: frozenset[str]) -> tuple[Field, ...]:
    """The columns of the form that the list was written in."""
    for schema in package.forms.values():
        for name in names:
            field = schema.fields.get(name)
            if field is not None and field.rows is not None:
                return field.rows.columns
    return ()
