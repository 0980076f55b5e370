"""FEEL in form files: compiled when the form is read, evaluated over the answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from engine import feel
from engine.forms.faults import Unread
from engine.forms.personal import Personal

_AS_THEY_ARE = frozenset({str, bool, type(None), Decimal, date})


@dataclass(frozen=True)
class Condition:
    """A compiled expression and the component and attribute it stands in."""

    text: str
    element: str
    attribute: str
    expression: Any = field(compare=False, repr=False, default=None)

    @property
    def names(self) -> frozenset[str]:
        """The free variables of the expression."""
        return frozenset(self.expression.names)

    def evaluate(self, names: Mapping[str, Any]) -> Any:
        """The value over these names; null where the expression runs into its budget, as for other faults."""
        try:
            return self.expression.evaluate(names)
        except feel.FeelLimitError:
            return None


def compile_condition(text: str, element: str, attribute: str) -> Condition:
    """Compile `=expression` (the sign may be missing). Raises `feel.FeelSyntaxError`."""
    source = text.strip().removeprefix("=").strip()
    return Condition(source, element, attribute, feel.compile_expression(source))


@dataclass(frozen=True)
class Scope:
    """The names an expression sees: the case's variables, under the form's answers, under those of the item."""

    names: Mapping[str, Any]
    local: Mapping[str, Any] = field(default_factory=dict)

    def inside(self, local: Mapping[str, Any], number: int | None = None) -> "Scope":
        """The scope over these answers; `this`, `parent` and `i` mean what they mean in form-js."""
        plain = as_feel(local)
        extra: dict[str, Any] = {"this": plain, "parent": dict(self.local)}
        if number is not None:
            extra["i"] = Decimal(number)
        return Scope({**self.names, **plain, **extra}, plain)


def base_scope(today: date, variables: Mapping[str, Any]) -> Scope:
    """The scope outside the form: the variables of the case and `today`."""
    return Scope({"today": today, **variables})


def as_feel(value: Any) -> Any:
    """Answers as FEEL sees them: text that could not be read is null, a typed number only its mask."""
    kind = value.__class__
    if kind in _AS_THEY_ARE:  # asked first, since most answers are of these and every level is read several times
        return value
    if isinstance(value, Mapping):
        if "$typed" in value:
            return None
        plain = {str(key): entry if entry.__class__ in _AS_THEY_ARE else as_feel(entry) for key, entry in value.items()}
        for entry in value.values():
            if entry.__class__ is Personal:
                plain.update(entry.derived)
        return plain
    if isinstance(value, list | tuple):
        return [as_feel(entry) for entry in value]
    if isinstance(value, Personal):
        return {"mask": value.mask}
    if isinstance(value, Unread):
        return None
    return Decimal(value) if kind is int else value
