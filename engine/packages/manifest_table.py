"""Reading a table of TOML key by key, with a finding for whatever is missing, of the wrong type, or left over."""

import re
import tomllib
from collections.abc import Collection
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from engine.packages.problem import Finding, shown
from engine.packages.source import MANIFEST

_MOST_DIGITS = 40
_DEEPEST = 4
_LARGEST = 200_000  # bytes


def parse(data: bytes) -> tuple[dict[str, Any], list[Finding]]:
    """The document; empty with one finding where it is not TOML."""
    if len(data) > _LARGEST:
        return {}, [Finding(MANIFEST, "", "manifest.too-large", f"清单超过 {_LARGEST // 1000} KB；请删去多余内容。")]
    try:
        return tomllib.loads(data.decode("utf-8-sig"), parse_float=Decimal), []
    except UnicodeDecodeError:
        return {}, [Finding(MANIFEST, "", "manifest.syntax", "不是 UTF-8 文本；请另存为 UTF-8。")]
    except (ValueError, RecursionError, ArithmeticError) as error:
        where = re.search(r"line (\d+), column (\d+)", str(error))
        place = f"第 {where[1]} 行第 {where[2]} 列附近" if where else "文件末尾或某个数值"
        message = f"不是正确的 TOML：{place}写错了；请对照说明改正。"
        return {}, [Finding(MANIFEST, "", "manifest.syntax", message)]


class Table:
    """One table; the getters give a default of the right type after a fault, so that reading goes on."""

    def __init__(self, data: dict[str, Any], path: str, findings: list[Finding]) -> None:
        self._data = data
        self._path = path
        self._findings = findings
        self._read: set[str] = set()

    def fault(self, key: str, code: str, message: str) -> None:
        """Note a fault of one key; `code` without its prefix."""
        self._findings.append(Finding(MANIFEST, self._at(key), f"manifest.{code}", message))

    def has(self, key: str) -> bool:
        return key in self._data

    def names(self) -> list[str]:
        return list(self._data)

    def text(self, key: str, *, default: str | None = None, pattern: str | None = None, shape: str = "") -> str:
        """A text; required without a default. `shape` says in Chinese what `pattern` demands."""
        value = self._take(key, str, "一段文字", default)
        if value is None:
            return default or ""
        if default is None and not value.strip():
            self.fault(key, "value", "不能为空；请填写。")
        elif pattern is not None and not re.fullmatch(pattern, value):
            self.fault(key, "value", f"“{shown(value)}”写法不对；请写成{shape}。")
        return str(value)

    def choice(self, key: str, options: Collection[str], *, default: str | None = None) -> str:
        """One of some words; required without a default."""
        value = self._take(key, str, "一段文字", default)
        if value is None:
            return default or ""
        if value not in options:
            self.fault(key, "value", f"“{shown(value)}”不在可选之列；请从 {'、'.join(options)} 中选一个。")
        return str(value)

    def whole(self, key: str, lowest: int, highest: int) -> int:
        """A required whole number between two bounds, both included."""
        value = self._take(key, int, "一个整数", None)
        if value is None:
            return lowest
        if not lowest <= value <= highest:
            self.fault(key, "value", f"要在 {lowest} 与 {highest} 之间；请改正。")
            return lowest
        return int(value)

    def flag(self, key: str) -> bool:
        """An optional true or false, false where it is not there."""
        return bool(self._take(key, bool, "true 或 false", False))

    def texts(self, key: str) -> tuple[str, ...]:
        """An optional list of texts."""
        value = self._take(key, list, "文字的列表", [])
        if value is None:
            return ()
        if not all(isinstance(item, str) and item for item in value):
            self.fault(key, "type", '要写成文字的列表，如 ["a", "b"]；请改正。')
            return ()
        if len(set(value)) < len(value):
            self.fault(key, "value", "有重复的项；请删去重复的。")
        return tuple(value)

    def groups(self, key: str) -> tuple[tuple[str, ...], ...]:
        """An optional list of groups of at least two texts."""
        value = self._take(key, list, "列表的列表", [])
        if value is None:
            return ()
        good = all(isinstance(group, list) and all(isinstance(item, str) and item for item in group) for group in value)
        if not good or any(len(set(group)) < 2 for group in value):
            self.fault(key, "type", '每组至少两个不同的名字，如 [["accept", "draft"]]；请改正。')
            return ()
        return tuple(tuple(group) for group in value)

    def value(self, key: str) -> Any:
        """A required value of any type that FEEL knows; numbers become Decimal."""
        if not self.has(key):
            self._missing(key)
            return None
        self._read.add(key)
        try:
            return _feel_value(self._data[key], 0)
        except (ValueError, ArithmeticError):
            self.fault(key, "value", "数值太大、不是有限数，或层次太深；请写普通的数、文字、日期或列表。")
            return None

    def table(self, key: str, *, required: bool = False) -> "Table | None":
        """A table within this one."""
        if not self.has(key) and not required:
            return None
        value = self._take(key, dict, "一个表（方括号标题）", None)
        return None if value is None else Table(value, self._at(key), self._findings)

    def tables(self, key: str, pattern: str, shape: str) -> "dict[str, Table]":
        """The named tables of an optional table, such as [documents.D06]."""
        whole = self.table(key)
        named = {} if whole is None else {name: whole._named(name, pattern, shape) for name in whole._data}
        return {name: table for name, table in named.items() if table is not None}

    def rows(self, key: str) -> "list[Table]":
        """The tables of an optional list of tables, such as [[prints.S02.levels]]."""
        value = self._take(key, list, "一组表（双方括号标题）", [])
        if value is None:
            return []
        if not all(isinstance(row, dict) for row in value):
            self.fault(key, "type", "要写成一组表（双方括号标题）；请改正。")
            return []
        return [Table(row, f"{self._at(key)}.{position}", self._findings) for position, row in enumerate(value, 1)]

    def close(self) -> None:
        """Report the keys that nobody asked for."""
        for key in self._data:
            if key not in self._read:
                self.fault(key, "unknown-key", "没有这个键；请核对拼写，或删去它。")

    def _named(self, name: str, pattern: str, shape: str) -> "Table | None":
        if not re.fullmatch(pattern, name):
            self.fault(name, "value", f"名字写法不对；请写成{shape}。")
            return None
        return self.table(name)

    def _take(self, key: str, kind: type, words: str, default: Any) -> Any:
        self._read.add(key)
        if key not in self._data:
            if default is None:
                self._missing(key)
            return None
        value = self._data[key]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.fault(key, "type", f"要写成{words}；请改正。")
            return None
        return value

    def _missing(self, key: str) -> None:
        self.fault(key, "missing", "缺少这一项；请补上。")

    def _at(self, key: str) -> str:
        return ".".join(part for part in (self._path, shown(key, 40)) if part)


def _feel_value(value: Any, depth: int) -> Any:
    if depth > _DEEPEST:
        raise ValueError
    match value:
        case bool() | str() | datetime() | date() | time():
            return value
        case int() | Decimal():
            return _number(value)
        case list():
            return [_feel_value(item, depth + 1) for item in value]
        case dict():
            return {key: _feel_value(item, depth + 1) for key, item in value.items()}
    raise ValueError


def _number(value: int | Decimal) -> Decimal:
    number = Decimal(value)
    if not number.is_finite() or abs(number.adjusted()) > _MOST_DIGITS or len(number.as_tuple().digits) > _MOST_DIGITS:
        raise ValueError
    return number
