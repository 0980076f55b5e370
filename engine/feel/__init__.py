"""FEEL, the expression language of DMN 1.5: compiled once, evaluated safely any number of times.

It imports nothing of the project. A text cannot reach Python, and a budget bounds what its evaluation may cost.
"""

from engine.feel.builtins import BUILTINS
from engine.feel.builtins.conversion import written
from engine.feel.errors import FeelError, FeelLimitError, FeelSyntaxError
from engine.feel.expression import Expression, UnaryTests, compile_expression, compile_unary_tests
from engine.feel.names import NameTree
from engine.feel.run import Budget, Run
from engine.feel.sheet import Sheet
from engine.feel.syntax import Type
from engine.feel.temporal import format_wide, parse_temporal
from engine.feel.types import is_instance
from engine.feel.values import Function, MonthsDuration, Range, Value, import_value, kind
from engine.feel.wide import WideDate, WideDateTime, WideDuration, WideTime

WIDE = (WideDate, WideTime, WideDateTime, WideDuration)
BUILT_IN_FUNCTIONS = frozenset(BUILTINS)

__all__ = [
    "BUILT_IN_FUNCTIONS",
    "WIDE",
    "Budget",
    "Expression",
    "FeelError",
    "FeelLimitError",
    "FeelSyntaxError",
    "Function",
    "MonthsDuration",
    "NameTree",
    "Range",
    "Run",
    "Sheet",
    "Type",
    "UnaryTests",
    "Value",
    "WideDate",
    "WideDateTime",
    "WideDuration",
    "WideTime",
    "compile_expression",
    "compile_unary_tests",
    "format_wide",
    "import_value",
    "is_instance",
    "kind",
    "parse_temporal",
    "written",
]
