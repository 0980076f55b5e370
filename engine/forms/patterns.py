"""Regular expressions of form files, refused where a text could keep them busy."""

import re
from dataclasses import dataclass, field
from re import _constants as constants  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

_LENGTH = 200
_PATHS = 200_000
_REPEATS = (constants.MAX_REPEAT, constants.MIN_REPEAT)


@dataclass(frozen=True)
class Pattern:
    """A pattern that is tried on texts up to `limit` characters only."""

    text: str
    limit: int
    _compiled: Any = field(compare=False, repr=False, default=None)

    def matches(self, text: str) -> bool:
        """Whether the pattern occurs in the text, as in a browser (anchors are the pattern's own)."""
        return len(text) <= self.limit and self._compiled.search(text) is not None


def compile_pattern(text: str, limit: int) -> Pattern:
    """Compile a pattern for texts of up to `limit` characters.

    The number of ways it could be tried is counted beforehand, since `re` cannot be stopped. Raises `ValueError`
    with a Chinese sentence.
    """
    if len(text) > _LENGTH:
        raise ValueError(f"正则表达式不能超过 {_LENGTH} 个字符")
    try:
        tree = parser.parse(text, re.ASCII)
        compiled = re.compile(text, re.ASCII)
    except (re.error, RecursionError, OverflowError) as problem:
        raise ValueError(f"正则表达式写得不对：{problem}") from None
    starts = 1 if list(tree)[:1] == [(constants.AT, constants.AT_BEGINNING)] else limit
    if _ways(tree, limit) * starts > _PATHS:
        raise ValueError("正则表达式可能耗时过长，请减少 * 和 +，或写明字数上限")
    return Pattern(text, limit, compiled)


def _ways(tree: Any, limit: int) -> int:
    """An upper bound of the ways in which the parts can share out a text."""
    total = 1
    for operator, argument in tree:
        total = min(total * _ways_of(operator, argument, limit), _PATHS + 1)
    return total


def _ways_of(operator: Any, argument: Any, limit: int) -> int:
    if operator is constants.BRANCH:
        return min(sum(_ways(branch, limit) for branch in argument[1]), _PATHS + 1)
    if operator is constants.SUBPATTERN:
        return _ways(argument[3], limit)
    if operator in _REPEATS or operator is constants.POSSESSIVE_REPEAT:
        least, most, inner = argument
        return _repeated(least, min(int(most), limit), _ways(inner, limit))
    if operator in (constants.ASSERT, constants.ASSERT_NOT):
        return _ways(argument[1], limit)
    if operator is constants.ATOMIC_GROUP:
        return _ways(argument, limit)
    return _PATHS + 1 if operator in (constants.GROUPREF, constants.GROUPREF_EXISTS) else 1


def _repeated(least: int, most: int, ways: int) -> int:
    total = 0
    for count in range(least, max(most, least) + 1):
        total += ways**count if count < 64 or ways == 1 else _PATHS
        if total > _PATHS:
            return _PATHS + 1
    return total
