"""Boolean functions."""

from engine.feel.builtins.registry import builtin
from engine.feel.errors import Fault
from engine.feel.operations import equals
from engine.feel.run import Run
from engine.feel.values import DATE_TIME, TIME, Value, kind


@builtin("not", "negand: single")
def negate(run: Run, negand: Value) -> bool | None:
    return not negand if negand.__class__ is bool else None


@builtin("is", "value1: any", "value2: any")
def is_identical(run: Run, value1: Value, value2: Value) -> bool | None:
    """Equality that also tells apart types, and times by the way their zone is written (DMN 1.5 table 77)."""
    if kind(value1) != kind(value2):
        return False
    if kind(value1) in (TIME, DATE_TIME) and str(value1.tzinfo) != str(value2.tzinfo):
        return False
    try:
        return equals(run, value1, value2)
    except Fault:
        return False
