"""Runs test cases in the layout of the DMN technology compatibility kit: a folder with models and `testCases` files.

Every expected result counts, also where the file, the model or the case cannot be read: it has failed then.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from engine import feel
from engine.decisions.boxed import call_by_name
from engine.decisions.document import Doctype, Element, child, children, local, parse
from engine.decisions.model import DecisionModel
from engine.decisions.problems import DecisionProblems
from engine.decisions.reader import read

NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_READ = {
    name: feel.compile_expression(f"{function}(text)")
    for name, function in {
        "date": "date",
        "time": "time",
        "dateTime": "date and time",
        "duration": "duration",
        "dayTimeDuration": "duration",
        "yearMonthDuration": "duration",
    }.items()
}
_NUMBERS = frozenset(("decimal", "double", "integer", "int", "long", "float", "short", "byte"))
_CLOSE = Decimal("1e-8")
_MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Outcome:
    """One expected result: where it stands, whether it was found, and else the difference in words."""

    name: str
    passed: bool
    difference: str = ""


class Unusable(Exception):
    """The case cannot be run; the text says why, in Chinese."""


class Untyped(str):
    """A value without a type: text, unless the other side is of a type that reads it."""


def outcomes(folder: Path, scope: Mapping[str, Any]) -> Iterator[Outcome]:
    """Every expected result below a folder, in the order of the files. `scope` are the names every case may use."""
    for path in sorted(folder.rglob("*.xml")):
        yield from _file(path, str(path.relative_to(folder)), scope)


def _file(path: Path, name: str, scope: Mapping[str, Any]) -> Iterator[Outcome]:
    try:
        root = parse(path.read_bytes())
    except (ValueError, Doctype, OSError) as error:
        yield Outcome(name, False, f"文件不能读：{error or 'DOCTYPE'}")
        return
    if local(root) != "testCases":
        return
    count = 0
    for number, case in enumerate(children(root, "testCase"), 1):
        for result in children(case, "resultNode"):
            count += 1
            one = f"{name}/{case.get('id') or number}/{result.get('name') or ''}"
            yield _outcome(one, path, root, case, result, scope)
    if not count:
        yield Outcome(name, False, "文件里没有要比较的结果")


def _outcome(name: str, path: Path, root: Element, case: Element, result: Element, scope: Mapping[str, Any]) -> Outcome:
    try:
        wanted = child(result, "expected")
        expected = None if wanted is None or result.get("errorResult") == "true" else value_of(wanted)
        actual = _actual(path.parent / _model_name(root), case, result, {**scope, **_inputs(case)}, expected)
    except Unusable as error:
        return Outcome(name, False, str(error))
    except feel.FeelLimitError as error:
        return Outcome(name, False, error.message)
    except Exception as error:  # a fault of ours fails one case and is told; the others go on
        return Outcome(name, False, f"系统出错：{type(error).__name__}: {error}")
    if same(actual, expected):
        return Outcome(name, True)
    return Outcome(name, False, f"应为 {_shown(expected)}，实为 {_shown(actual)}")


def _shown(value: Any) -> str:
    text = feel.written(value)
    return text if len(text) <= _MOST_SHOWN else text[:_MOST_SHOWN] + "…"


def _model_name(root: Element) -> str:
    name = child(root, "modelName")
    return "" if name is None else "".join(name.itertext()).strip()


def _inputs(case: Element) -> dict[str, Any]:
    return {node.get("name") or "": value_of(node) for node in children(case, "inputNode")}


def _actual(path: Path, case: Element, result: Element, scope: Mapping[str, Any], expected: Any) -> Any:
    model, name = _model(path), result.get("name") or ""
    called = case.get("invocableName") or ""
    if (case.get("type") or "decision") == "decision" and not called:
        target = next((one for one in model.decisions.values() if one.name == name), None)
        if target is None:
            raise Unusable(f"模型里没有决策“{name}”")
        return target.evaluate(scope).result
    known = model.functions.get(called or name)
    if known is None:
        raise Unusable(f"模型里没有决策服务或业务知识“{called or name}”")
    value = call_by_name(known, scope)
    one_of_several = isinstance(value, dict) and name in value and not same(value, expected)
    return value[name] if one_of_several else value


@lru_cache(maxsize=4)
def _model(path: Path) -> DecisionModel:
    try:
        data = path.read_bytes()
        beside = {other.name: other.read_bytes() for other in sorted(path.parent.glob("*.dmn")) if other != path}
    except OSError as error:
        raise Unusable(f"模型 {path.name} 不能读：{error.strerror or error}") from error
    try:
        return read(data, path.name, complete=False, library=beside)
    except DecisionProblems as problems:
        raise Unusable("；".join(problems.findings)) from problems


# --- values


def value_of(node: Element) -> Any:
    """The value of an input, an expectation or a part of one. Raises Unusable."""
    components = list(children(node, "component"))
    if components:
        return {part.get("name") or "": value_of(part) for part in components}
    items = child(node, "list")
    if items is not None:
        return None if items.get(NIL) == "true" else [value_of(item) for item in children(items, "item")]
    value = child(node, "value")
    if value is None or value.get(NIL) == "true":
        return None
    written = "".join(value.itertext())
    kind = value.get(TYPE)
    return Untyped(written) if kind is None else typed(kind.rpartition(":")[2], written)


def typed(kind: str, text: str) -> Any:
    """A text read by its type of XML Schema. Raises Unusable."""
    if kind in _READ:
        value = _READ[kind].evaluate({"text": text.strip()})
        if value is None:
            raise Unusable(f"“{text.strip()[:40]}”不是 {kind}")
        return value
    if kind == "boolean":
        return text.strip() in ("true", "1")
    if kind in _NUMBERS:
        try:
            number = Decimal(text.strip())
        except ArithmeticError:
            raise Unusable(f"“{text.strip()[:40]}”不是 {kind}") from None
        return number if number.is_finite() else None
    return text


def same(actual: Any, expected: Any) -> bool:
    """Equal, numbers to the eighth digit after the point as the kit asks."""
    if isinstance(actual, Decimal) and isinstance(expected, Decimal):
        return abs(actual - expected) <= _CLOSE
    if isinstance(expected, Untyped) and not isinstance(actual, str):
        return actual is not None and feel.written(actual) == expected.strip()
    if isinstance(actual, list) and isinstance(expected, list):
        return len(actual) == len(expected) and all(map(same, actual, expected))
    if isinstance(actual, dict) and isinstance(expected, dict):
        return actual.keys() == expected.keys() and all(same(actual[key], expected[key]) for key in actual)
    return feel.kind(actual) == feel.kind(str(expected) if isinstance(expected, Untyped) else expected) and bool(
        actual == expected
    )


__all__ = ["Outcome", "outcomes"]
