"""Whether scenario files can be read and speak of tasks that exist. What their steps mean is for engine.scenarios."""

from collections.abc import Iterator
from typing import Any

import yaml

from engine.packages.parts import Parts
from engine.packages.problem import Finding, shown
from engine.packages.vocabulary import Vocabulary

_LARGEST = 512 * 1024
_DEEPEST = 40
_MOST = 40_000  # events, two or three a value
_LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast where libyaml is there
_VALUES = "scenarios/values/"


def findings(parts: Parts, vocabulary: Vocabulary) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for file, data in parts.package.files.items():
        if not file.startswith("scenarios/"):
            continue
        try:
            tree = _parse(data)
        except _NotPlain as fault:
            yield Finding(file, fault.element, "package.scenario", fault.message)
            continue
        if not isinstance(tree, dict):
            yield Finding(file, "", "package.scenario", "文件不是“键: 值”的结构；请对照说明改写。")
        elif not file.startswith(_VALUES):
            yield from _scenario(parts, vocabulary, file, tree, seen)


class _NotPlain(Exception):
    def __init__(self, message: str, mark: Any = None) -> None:
        super().__init__(message)
        self.message = message
        self.element = f"line {mark.line + 1}" if mark is not None else ""


def _parse(data: bytes) -> Any:
    """Plain values; no aliases, which let a short file stand for a huge one."""
    if len(data) > _LARGEST:
        raise _NotPlain(f"文件超过 {_LARGEST // 1024} KB；请拆分。")
    try:
        text = data.decode("utf-8-sig")
        _look_over(text)
        return yaml.load(text, Loader=_LOADER)  # noqa: S506
    except UnicodeDecodeError:
        raise _NotPlain("不是 UTF-8 文本；请另存为 UTF-8。") from None
    except (yaml.YAMLError, ValueError, TypeError, ArithmeticError, RecursionError, AttributeError) as error:
        message = "不是正确的 YAML；请检查缩进、引号和冒号。"
        raise _NotPlain(message, getattr(error, "problem_mark", None)) from None


def _look_over(text: str) -> None:
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=_LOADER)):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            message = "不能用锚点（&）和引用（*）；请把共用的值放进 scenarios/values。"
            raise _NotPlain(message, event.start_mark)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST or count > _MOST:
            raise _NotPlain("嵌套过深或内容过多；请简化或拆分。", event.start_mark)


def _scenario(
    parts: Parts, vocabulary: Vocabulary, file: str, tree: dict[Any, Any], seen: dict[str, str]
) -> Iterator[Finding]:
    identity = str(tree.get("id") or "")
    if not identity:
        yield Finding(file, "id", "package.scenario", "没有编号；请写 id，如 id: LS01。")
    elif identity in seen:
        message = f"编号 {shown(identity)} 已在 {seen[identity]} 用过；请换一个。"
        yield Finding(file, "id", "package.scenario", message)
    seen.setdefault(identity, file)
    yield from _parameters(parts, file, tree.get("parameters"))
    steps = tree.get("steps")
    if not isinstance(steps, list) or not steps:
        yield Finding(file, "steps", "package.scenario", "没有步骤；请写 steps，一步一行。")
        return
    for number, step in enumerate(steps):
        yield from _step(parts, vocabulary, file, f"steps[{number}]", step)


def _parameters(parts: Parts, file: str, given: Any) -> Iterator[Finding]:
    known = parts.manifest.parameters if parts.manifest is not None else {}
    for name in given if isinstance(given, dict) else ():
        if name not in known:
            message = f"清单的 [parameters] 里没有“{shown(name)}”；请改正，或在清单里加上它。"
            yield Finding(file, f"parameters.{shown(name)}", "package.scenario-parameter", message)


def _step(parts: Parts, vocabulary: Vocabulary, file: str, element: str, step: Any) -> Iterator[Finding]:
    if not isinstance(step, dict):
        yield Finding(
            file, element, "package.scenario", "这一步不是“键: 值”；请写 do、review、wait、withdraw 或 return。"
        )
        return
    if parts.drawing is None:
        return
    returned = step.get("return")
    tasks: frozenset[str] | None = frozenset(node.id for node in parts.drawing.of_kind("userTask"))
    if "case" in step:
        first, slash, _ = str(step["case"]).partition("/")
        call = parts.drawing.nodes.get(first.partition("#")[0])
        if call is None or not call.outside:
            message = f"流程图里没有调用其他流程包的活动“{shown(first)}”；请改正。"
            yield Finding(file, f"{element}.case", "package.scenario-node", message)
        called = (vocabulary.packages or {}).get(call.called or "") if call is not None and not slash else None
        tasks = called.tasks if called is not None else None
    named = {"do": step.get("do"), "review": step.get("review")}
    named |= {"return": returned.get("to")} if isinstance(returned, dict) else {}
    for key, node in named.items():
        if node is not None and tasks is not None and node not in tasks:
            message = f"流程图里没有用户任务“{shown(node)}”；请改正。"
            yield Finding(file, f"{element}.{key}", "package.scenario-node", message)
