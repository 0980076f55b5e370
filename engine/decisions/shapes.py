"""The types of a decision file: what a `typeRef` admits, and the implicit conversions (DMN 1.5 section 10.3.2.9.4)."""

from dataclasses import dataclass, field
from typing import Any

from engine.feel import Run, Type, UnaryTests, compile_expression, is_instance, kind

ANY = "Any"
#: A date beside a date and time is its midnight in UTC.
_MIDNIGHT = compile_expression('date and time(date, @"00:00:00Z")')
_BASES = {
    "number": "number",
    "string": "string",
    "boolean": "boolean",
    "date": "date",
    "time": "time",
    "dateTime": "date and time",
    "date and time": "date and time",
    "dayTimeDuration": "days and time duration",
    "days and time duration": "days and time duration",
    "yearMonthDuration": "years and months duration",
    "years and months duration": "years and months duration",
    "context": "context",
    "list": "list",
}


@dataclass(frozen=True, slots=True)
class Shape:
    """A type. `base` is a FEEL type or `Any`; a context may have `components`, a collection has an `element` type, a
    function the `signature` that it has to fit."""

    name: str
    base: str
    components: tuple[tuple[str, "Shape"], ...] = ()
    allowed: UnaryTests | None = None
    element: "Shape | None" = None
    signature: Type | None = None
    #: The type that this one restricts further.
    wider: "Shape | None" = None
    #: The same as a type expression of FEEL, without what values are allowed; made once, for types share their parts.
    type: Type = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "type", self._as_type())

    def coerce(self, run: Run, value: Any) -> tuple[bool, Any]:
        """(fits, the value as this type has it); null fits everywhere."""
        value = run.read(value)
        if self.fits(run, value):
            return True, value
        if self.element is not None:
            return (True, [value]) if value.__class__ is not list and self.fits(run, [value]) else (False, None)
        if value.__class__ is list and len(value) == 1 and self.fits(run, run.read(value[0])):
            return True, run.read(value[0])
        if self.base == "date and time" and kind(value) == "date":
            return True, _MIDNIGHT.evaluate({"date": value})
        return False, None

    def fits(self, run: Run, value: Any) -> bool:
        """Whether the value is of the type as it stands; null is of any."""
        if value is None or (self.base == ANY and self.allowed is None):
            return True
        if self.base not in (ANY, kind(value)) or not (self.wider is None or self.wider.fits(run, value)):
            return False
        if self.signature is not None and not is_instance(run, value, self.signature):
            return False
        run.spend(1 + len(value) // 8 if self.element is not None else 1)
        if self.element is not None and not all(self.element.fits(run, run.read(item)) for item in value):
            return False
        for name, shape in self.components:
            if name not in value or not shape.fits(run, run.read(value[name])):
                return False
        return self.allowed is None or self.allowed.matches_in(run, value) is True

    def _as_type(self) -> Type:
        if self.signature is not None:
            return self.signature
        if self.element is not None:
            return Type("list", (self.element.type,))
        return Type(self.base, (), tuple((name, shape.type) for name, shape in self.components))


def basic(name: str) -> Shape | None:
    """The built-in type of a name, with or without the prefix of FEEL's namespace; None for any other name."""
    bare = name.rpartition(":")[2].removeprefix("feel.").strip()
    if bare in ("", ANY):
        return Shape(ANY, ANY)
    base = _BASES.get(bare)
    return None if base is None else Shape(bare, base)
