"""Regular expressions of `matches`, `replace` and `split`, bounded so that no pattern can run away."""

import re
from functools import lru_cache
from re import _parser as _regex  # type: ignore[attr-defined]  # the only way to look at a pattern before it runs
from typing import Any

from engine.feel.errors import Fault

MOST_PATTERN, MOST_TEXT = 500, 20_000
_FLAGS = {"s": re.DOTALL, "m": re.MULTILINE, "i": re.IGNORECASE, "x": re.VERBOSE}
_REPEATS = {"MAX_REPEAT", "MIN_REPEAT"}


@lru_cache(maxsize=256)
def _compiled(pattern: str, flags: str) -> re.Pattern[str]:
    if len(pattern) > MOST_PATTERN:
        raise Fault(f"正则表达式超过 {MOST_PATTERN} 个字符")
    if set(flags) - set(_FLAGS):
        raise Fault(f"不认识的正则标志“{flags}”")
    bits = 0
    for flag in flags:
        bits |= _FLAGS[flag]
    try:
        tree = _regex.parse(pattern, bits)
        if _runs_away(list(tree)):
            raise Fault("正则表达式里有套在一起的重复，可能算不完，请改写")
        return re.compile(pattern, bits)
    except (re.error, RecursionError, OverflowError) as error:
        raise Fault("正则表达式写法有误") from error


def _runs_away(tree: list[Any], repeated: bool = False) -> bool:
    """Whether an unbounded repetition stands inside another, or a repetition holds alternatives: catastrophic shapes."""
    for operation, argument in tree:
        name = str(operation)
        if name in _REPEATS:
            low, high, inner = argument
            many = high - low > 16 or high > 1_000
            if (many and repeated) or _runs_away(list(inner), repeated or many):
                return True
        elif name == "BRANCH":
            if repeated or any(_runs_away(list(branch), repeated) for branch in argument[1]):
                return True
        elif name == "SUBPATTERN":
            if _runs_away(list(argument[-1]), repeated):
                return True
        elif name in {"ASSERT", "ASSERT_NOT", "GROUPREF", "GROUPREF_EXISTS"}:
            return True
    return False


def _bounded(text: str) -> str:
    if len(text) > MOST_TEXT:
        raise Fault(f"文本超过 {MOST_TEXT} 个字符，不能用正则表达式")
    return text


def search(text: str, pattern: str, flags: str | None) -> bool:
    return _compiled(pattern, flags or "").search(_bounded(text)) is not None


def replace(text: str, pattern: str, replacement: str, flags: str | None) -> str:
    compiled = _compiled(pattern, flags or "")
    template = re.sub(r"\\(?!\d)", r"\\\\", replacement)
    template = re.sub(r"\$(\d)", r"\\g<\1>", template)
    try:
        return compiled.sub(template, _bounded(text))
    except (re.error, IndexError) as error:
        raise Fault("替换文本引用了不存在的分组") from error


def split(text: str, delimiter: str) -> list[str]:
    return list(_compiled(delimiter, "").split(_bounded(text)))
