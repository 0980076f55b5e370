"""What a step fills in: shared values, with single ones set or dropped by path."""

import copy
import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from engine.scenarios.problem import Problem, ScenarioProblems
from engine.scenarios.yaml_tree import Tree

DIRECTIVES = frozenset({"use", "set", "drop"})
DEEPEST = 8

Shared = Mapping[str, tuple[str, Tree]]  # name: its file and its tree
_PART = re.compile(r"([^\s.\[\]]+)((?:\[\d{1,3}\])*)")
_MISSING = object()


def merged(tree: Tree, file: str, shared: Shared) -> dict[str, Any]:
    """The values that a tree stands for: itself, or `use` (a name or several), then `drop`, then `set`.

    Raises `ScenarioProblems` for an unknown name, a circle, and a path that leads nowhere.
    """
    return _merged(tree, file, shared, ())


def _merged(tree: Tree, file: str, shared: Shared, above: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(tree.value, dict):
        raise _fault(file, tree, "scenario.type", "要写成“键: 值”，或者写 use、set、drop；请改正。")
    if not DIRECTIVES & set(tree.value):
        return dict(tree.plain)
    for key, entry in tree.value.items():
        if key not in DIRECTIVES:
            raise _fault(file, entry, "scenario.unknown-key", f"用了 use、set、drop 时不能再写“{key}”；请放进 set。")
    values: dict[str, Any] = {}
    for name in _names(tree.value.get("use"), file):
        values |= copy.deepcopy(_used(name, file, shared, above))
    for path in _names(tree.value.get("drop"), file):
        _drop(values, path, file)
    for place, entry in _settings(tree.value.get("set"), file):
        _set(values, place, entry, file)
    return values


def _used(name: Tree, file: str, shared: Shared, above: tuple[str, ...]) -> dict[str, Any]:
    if name.value not in shared:
        known = "、".join(sorted(shared)) or "（还没有）"
        raise _fault(file, name, "scenario.values", f"values 文件夹里没有“{name.value}”；现有：{known}。")
    if name.value in above or len(above) >= DEEPEST:
        raise _fault(file, name, "scenario.values-circle", f"“{name.value}”绕了一圈又用到自己；请去掉一处 use。")
    other, tree = shared[name.value]
    return _merged(tree, other, shared, (*above, name.value))


def _names(tree: Tree | None, file: str) -> list[Tree]:
    """A text or a list of texts."""
    if tree is None:
        return []
    trees = tree.value if isinstance(tree.value, list) else [tree]
    for entry in trees:
        if not isinstance(entry.value, str) or not entry.value:
            raise _fault(file, entry, "scenario.type", "要写成文字或文字的列表；请改正。")
    return list(trees)


def _settings(tree: Tree | None, file: str) -> list[tuple[str, Tree]]:
    if tree is None:
        return []
    if not isinstance(tree.value, dict):
        raise _fault(file, tree, "scenario.type", 'set 要写成“路径: 值”，如 "candidates[1].name": 符明远；请改正。')
    return list(tree.value.items())


def _set(values: dict[str, Any], path: str, entry: Tree, file: str) -> None:
    parts = parse_path(path)
    if not parts:
        raise _fault(file, entry, "scenario.path", f"路径“{path}”写法不对；请写成 candidates[1].name 的样子。")
    place: Any = values
    for part, following in pairwise(parts):
        found = _step(place, part)
        if found is _MISSING:
            found = [] if isinstance(following, int) else {}
            if not _put(place, part, found):
                raise _nowhere(file, entry, path)
        place = found
    if not _put(place, parts[-1], entry.plain):
        raise _nowhere(file, entry, path)


def _drop(values: dict[str, Any], entry: Tree, file: str) -> None:
    parts = parse_path(entry.value)
    place: Any = values
    for part in parts[:-1]:
        place = _step(place, part)
    if not parts or _step(place, parts[-1]) is _MISSING:
        raise _nowhere(file, entry, entry.value)
    del place[parts[-1]]


def parse_path(path: str) -> list[str | int]:
    """`candidates[1].name` as ["candidates", 1, "name"]; empty where it is no path."""
    parts: list[str | int] = []
    for piece in path.split("."):
        match = _PART.fullmatch(piece)
        if match is None:
            return []
        parts.append(match[1])
        parts += [int(index) for index in re.findall(r"\d+", match[2])]
    return parts


def look_up(values: Any, path: str) -> Any:
    """The value at a path; None where it leads nowhere."""
    for part in parse_path(path):
        values = _step(values, part)
        if values is _MISSING:
            return None
    return values


def _step(place: Any, part: str | int) -> Any:
    if isinstance(part, int):
        return place[part] if isinstance(place, list) and part < len(place) else _MISSING
    return place.get(part, _MISSING) if isinstance(place, dict) else _MISSING


def _put(place: Any, part: str | int, value: Any) -> bool:
    """Whether it could be put there: into a mapping, over an item, or right behind the last one."""
    if isinstance(part, str) and isinstance(place, dict):
        place[part] = value
    elif not isinstance(part, int) or not isinstance(place, list) or part > len(place):
        return False
    elif part == len(place):
        place.append(value)
    else:
        place[part] = value
    return True


def _nowhere(file: str, entry: Tree, path: str) -> ScenarioProblems:
    return _fault(file, entry, "scenario.path", f"路径“{path}”在这些值里走不通；请核对名称和序号（从 0 起）。")


def _fault(file: str, tree: Tree, code: str, message: str) -> ScenarioProblems:
    return ScenarioProblems([Problem(file, tree.line, tree.key, code, message)])
