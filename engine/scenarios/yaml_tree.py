"""A YAML file as a tree that knows its lines, with nothing in it that could run or blow up."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import yaml

from engine.scenarios.problem import Problem, ScenarioProblems

LARGEST = 512 * 1024  # bytes
DEEPEST = 30
MOST = 20_000  # nodes

_SCALARS: Mapping[str, Callable[[str], Any]] = {
    "tag:yaml.org,2002:null": lambda text: None,
    "tag:yaml.org,2002:bool": lambda text: text.lower() in {"true", "yes", "on"},
    "tag:yaml.org,2002:int": lambda text: Decimal(text.replace("_", "")),
    "tag:yaml.org,2002:float": lambda text: Decimal(text.replace("_", "")),
    "tag:yaml.org,2002:str": str,
}
_TIMESTAMP = "tag:yaml.org,2002:timestamp"


@dataclass(frozen=True, slots=True)
class Tree:
    """A value and where it stands. `value` is a scalar, a list of trees, or a dict of trees."""

    value: Any
    line: int
    key: str

    @property
    def plain(self) -> Any:
        """The value without its lines."""
        if isinstance(self.value, dict):
            return {name: tree.plain for name, tree in self.value.items()}
        if isinstance(self.value, list):
            return [tree.plain for tree in self.value]
        return self.value


def parse(data: bytes, file: str) -> Tree:
    """The file's tree; raises `ScenarioProblems` where it is no plain YAML."""
    if len(data) > LARGEST:
        raise _refused(file, 1, "scenario.too-large", f"文件超过 {LARGEST // 1024} KB，请拆分。")
    try:
        text = data.decode("utf-8-sig")
        _refuse_aliases(text, file)
        loader = yaml.SafeLoader(text)
        try:
            node = loader.get_single_node()
        finally:
            loader.dispose()
    except UnicodeDecodeError:
        raise _refused(file, 1, "scenario.syntax", "不是 UTF-8 文本；请另存为 UTF-8。") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark is not None else 1
        raise _refused(file, line, "scenario.syntax", "不是正确的 YAML；请检查缩进、引号和冒号。") from error
    if node is None:
        raise _refused(file, 1, "scenario.syntax", "文件是空的；请写上内容。")
    return _Reader(file).tree(node, "", 0)


def _refuse_aliases(text: str, file: str) -> None:
    """Aliases let a short file stand for a huge one, and a reader of scenarios should not have to follow them."""
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        if isinstance(token, yaml.AliasToken | yaml.AnchorToken):
            line = token.start_mark.line + 1
            raise _refused(file, line, "scenario.alias", "不能用锚点（&）和引用（*）；共用的值请放进 values 文件夹。")


class _Reader:
    def __init__(self, file: str) -> None:
        self.file, self.count = file, 0

    def tree(self, node: yaml.Node, key: str, depth: int) -> Tree:
        self.count += 1
        line = node.start_mark.line + 1
        if depth > DEEPEST or self.count > MOST:
            raise _refused(self.file, line, "scenario.too-large", "嵌套过深或内容过多，请拆分。")
        if isinstance(node, yaml.MappingNode):
            return Tree(self._mapping(node, key, depth), line, key)
        if isinstance(node, yaml.SequenceNode):
            return Tree([self.tree(n, f"{key}[{i}]", depth + 1) for i, n in enumerate(node.value)], line, key)
        return Tree(self._scalar(node, line, key), line, key)

    def _mapping(self, node: yaml.MappingNode, key: str, depth: int) -> dict[str, Tree]:
        found: dict[str, Tree] = {}
        for name, value in node.value:
            line, text = name.start_mark.line + 1, str(name.value)
            if not isinstance(name, yaml.ScalarNode) or name.tag == "tag:yaml.org,2002:merge":
                raise _refused(self.file, line, "scenario.key", "键要写成文字；请改正。")
            if text in found:
                raise _refused(self.file, line, "scenario.key-twice", f"键“{text}”写了两次；请只留一个。")
            found[text] = self.tree(value, f"{key}.{text}" if key else text, depth + 1)
        return found

    def _scalar(self, node: yaml.Node, line: int, key: str) -> Any:
        text = str(node.value)
        try:
            if node.tag == _TIMESTAMP:
                return _moment(text)
            return _SCALARS[node.tag](text)
        except (KeyError, ValueError, ArithmeticError):
            message = f"“{text[:40]}”不是可用的值；文字请加引号，时刻请写时区，如 2026-11-23T09:00:00+08:00。"
            raise ScenarioProblems([Problem(self.file, line, key, "scenario.value", message)]) from None


def _moment(text: str) -> date | datetime:
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return date.fromisoformat(text)
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment.astimezone(UTC)


def _refused(file: str, line: int, code: str, message: str) -> ScenarioProblems:
    return ScenarioProblems([Problem(file, line, "", code, message)])
