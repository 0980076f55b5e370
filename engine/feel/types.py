"""Types by name: `instance of`, and what a parameter with a type accepts."""

import datetime as dt
from collections.abc import Callable

from engine.feel.run import Run
from engine.feel.syntax import Type
from engine.feel.values import (
    BOOLEAN,
    CONTEXT_KIND,
    DATE,
    DATE_TIME,
    DAYS,
    FUNCTION,
    LIST,
    MONTHS,
    NUMBER,
    RANGE,
    STRING,
    TIME,
    Value,
    kind,
)
from engine.feel.wide import date_time_of

#: The test of a type by name that the surroundings of a text define; None where they define none.
DefinedTypes = Callable[[str], Callable[[Run, Value], bool] | None]
SIMPLE = frozenset((NUMBER, STRING, BOOLEAN, DATE, TIME, DATE_TIME, DAYS, MONTHS, LIST, CONTEXT_KIND, FUNCTION, RANGE))
_MADE_OF_OTHERS = frozenset((LIST, RANGE, CONTEXT_KIND, FUNCTION))
_ALIASES = {"dateTime": DATE_TIME, "dayTimeDuration": DAYS, "yearMonthDuration": MONTHS}


def resolved(wanted: Type, defined: DefinedTypes) -> Type:
    """The type with the tests of the defined types in it."""
    test = None if wanted.name in SIMPLE or wanted.name in _ALIASES else defined(wanted.name)
    arguments = tuple(resolved(argument, defined) for argument in wanted.arguments)
    return Type(wanted.name, arguments, tuple((key, resolved(entry, defined)) for key, entry in wanted.entries), test)


def is_whole(wanted: Type) -> bool:
    """Whether no list, range, context or function in it lacks the types inside, without which it is none of the lattice."""
    parts = (*wanted.arguments, *(entry for _, entry in wanted.entries))
    return (wanted.name not in _MADE_OF_OTHERS or bool(parts)) and all(map(is_whole, parts))


def is_known(wanted: Type) -> bool:
    """Whether every name in the type expression is one of FEEL's own types, or defined."""
    if wanted.test is not None:
        return True
    parts = (*wanted.arguments, *(entry for _, entry in wanted.entries))
    return (wanted.name in SIMPLE or wanted.name in _ALIASES or wanted.name in ("Any", "Null")) and all(
        map(is_known, parts)
    )


def is_instance(run: Run, value: Value, wanted: Type) -> bool:
    """Whether a value is of the type; null is of none but Null and (for `conforms`) any."""
    name = _ALIASES.get(wanted.name, wanted.name)
    if value is None:
        return name == "Null"
    if wanted.test is not None:
        return wanted.test(run, value)
    if name == "Any":
        return True
    if kind(value) != name:
        return False
    run.spend(1 + len(value) // 8 if name == LIST else 1)
    if name == LIST:
        return all(conforms(run, element, wanted.arguments[0]) for element in value) if wanted.arguments else True
    if name == CONTEXT_KIND:
        return all(key in value and conforms(run, run.read(value[key]), entry) for key, entry in wanted.entries)
    if name == RANGE and wanted.arguments:
        return all(conforms(run, end, wanted.arguments[0]) for end in (value.start, value.end))
    if name == FUNCTION and wanted.arguments:
        return _accepts(run, value, wanted)
    return True


def _accepts(run: Run, value: Value, wanted: Type) -> bool:
    """Whether a function may be called as the type says: it takes at least such values, and gives at most such.

    What a parameter or a result without a type takes or gives is not known beforehand, and may be anything.
    """
    *given, result = wanted.arguments
    if len(value.parameters) != len(given):
        return False
    own = getattr(value, "types", ()) or (None,) * len(given)
    takes_all = all(one is None or is_subtype(run, other, one) for one, other in zip(own, given, strict=True))
    gives = getattr(value, "result", None)
    return takes_all and (gives is None or is_subtype(run, gives, result))


def is_subtype(run: Run, one: Type, other: Type) -> bool:
    """Whether all values of one type are of the other (DMN 1.5 section 10.3.2.9.2)."""
    run.spend()  # types share their parts: what is small to write down may be endless to walk
    name, wider = (_ALIASES.get(each.name, each.name) for each in (one, other))
    if wider == "Any" or name == "Null":
        return True
    if name != wider or name not in _MADE_OF_OTHERS:
        return name == wider
    if name == CONTEXT_KIND:
        entries = dict(one.entries)
        return all(key in entries and is_subtype(run, entries[key], entry) for key, entry in other.entries)
    if len(one.arguments) != len(other.arguments):
        return not other.arguments
    if name == FUNCTION:
        *takes, gives = zip(one.arguments, other.arguments, strict=True)
        return all(is_subtype(run, b, a) for a, b in takes) and is_subtype(run, *gives)
    return all(is_subtype(run, a, b) for a, b in zip(one.arguments, other.arguments, strict=True))


def conforms(run: Run, value: Value, wanted: Type) -> bool:
    """Whether a value may stand where the type is asked for: null always may."""
    return value is None or is_instance(run, value, wanted)


def coerce(run: Run, value: Value, wanted: Type) -> tuple[bool, Value]:
    """(fits, value) after the implicit conversions of DMN 1.5 section 10.3.2.9.4: one value to a list and back, a date to
    its midnight in UTC."""
    if conforms(run, value, wanted):
        return True, value
    if wanted.name == LIST and value.__class__ is not list:
        wrapped = [value]
        return (True, wrapped) if conforms(run, wrapped, wanted) else (False, None)
    if value.__class__ is list and len(value) == 1 and conforms(run, value[0], wanted):
        return True, value[0]
    if kind(value) == DATE and _ALIASES.get(wanted.name, wanted.name) == DATE_TIME:
        return True, date_time_of(value, dt.time(tzinfo=dt.UTC))
    return False, None
