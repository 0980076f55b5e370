"""What a variable may hold."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from engine.feel import WIDE, MonthsDuration

LARGEST = 100_000  # elements of lists and contexts, all together
DEEPEST = 60
_AS_THEY_ARE = (bool, str, Decimal, timedelta, MonthsDuration)


class BadValue(TypeError):
    """A value that no variable may hold; the text is Chinese."""


def plain(value: Any) -> Any:
    """The value with `Decimal` as its only number and lists and contexts of its own, so that it is the same before and
    after it was stored, and nobody outside can change it. Raises `BadValue`, also for what is too large or too deep."""
    if value is None or isinstance(value, _AS_THEY_ARE):
        return value
    return _Copy().of(value, 0)


class _Copy:
    """Counts what it copies: a variable that doubles in each round of a loop must not fill the memory."""

    def __init__(self) -> None:
        self.left = LARGEST

    def of(self, value: Any, depth: int) -> Any:
        if value is None or isinstance(value, _AS_THEY_ARE):
            return value
        if isinstance(value, int):
            return Decimal(value)
        if isinstance(value, list | tuple):
            self._count(len(value), depth)
            return [self.of(each, depth + 1) for each in value]
        if isinstance(value, dict):
            self._count(len(value), depth)
            if all(isinstance(key, str) for key in value):
                return {key: self.of(each, depth + 1) for key, each in value.items()}
            raise BadValue("上下文的名称须是文字")
        if isinstance(value, datetime) and value.tzinfo is None:
            raise BadValue(f"时刻 {value.isoformat()} 没有时区")
        if isinstance(value, date | time):
            return value
        if isinstance(value, WIDE):
            raise BadValue("日期须在公元 1 年到 9999 年之间，秒最多六位小数")
        raise BadValue(f"{type(value).__name__} 类型不能作为变量的值")

    def _count(self, size: int, depth: int) -> None:
        self.left -= size
        if self.left < 0 or depth > DEEPEST:
            raise BadValue(f"值过大（最多 {LARGEST} 项、{DEEPEST} 层），请精简，或分开保存")
