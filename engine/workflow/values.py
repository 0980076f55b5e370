"""What a variable may hold."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from engine.feel import WIDE, MonthsDuration

_AS_THEY_ARE = (bool, str, Decimal, timedelta, MonthsDuration)


class BadValue(TypeError):
    """A value that no variable may hold; the text is Chinese."""


def plain(value: Any) -> Any:
    """The value with `Decimal` as its only number and lists and contexts of its own, so that it is the same before and
    after it was stored, and nobody outside can change it. Raises `BadValue`."""
    if value is None or isinstance(value, _AS_THEY_ARE):
        return value
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        if all(isinstance(key, str) for key in value):
            return {key: plain(each) for key, each in value.items()}
        raise BadValue("上下文的名称须是文字")
    if isinstance(value, datetime) and value.tzinfo is None:
        raise BadValue(f"时刻 {value.isoformat()} 没有时区")
    if isinstance(value, date | time):
        return value
    if isinstance(value, WIDE):
        raise BadValue("日期须在公元 1 年到 9999 年之间，秒最多六位小数")
    raise BadValue(f"{type(value).__name__} 类型不能作为变量的值")
