"""The built-in functions of DMN 1.5 section 10.3.4. Importing this package fills the table."""

from engine.feel.builtins import booleans, contexts, conversion, lists, numbers, patterns, ranges, strings, temporals
from engine.feel.builtins.registry import BUILTINS
from engine.feel.names import NameTree

#: Names of several words, of which a text need not be told.
FUNCTION_NAMES = NameTree(BUILTINS)

__all__ = [
    "BUILTINS",
    "FUNCTION_NAMES",
    "booleans",
    "contexts",
    "conversion",
    "lists",
    "numbers",
    "patterns",
    "ranges",
    "strings",
    "temporals",
]
