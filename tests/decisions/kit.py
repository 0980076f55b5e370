"""Reads the test cases of a DMN technology compatibility kit and compares results with them."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from lxml import etree

from engine import feel
from engine.feel import compile_expression

NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
READ = {"date": "date(x)", "time": "time(x)", "dateTime": "date and time(x)", "duration": "duration(x)"}


@dataclass(frozen=True)
class Case:
    """One expected result of one test case."""

    name: str
    model: Path
    kind: str
    inputs: dict[str, Any]
    target: str
    expected: Any
    service: str


def cases(folder: Path) -> Iterator[Case]:
    """Every expected result of the kit."""
    for path in sorted(folder.glob("compliance-level-*/*/*.xml")):
        root = etree.parse(path).getroot()
        model = path.parent / (root.findtext("{*}modelName") or "")
        for number, case in enumerate(root.iterfind("{*}testCase"), 1):
            inputs = {node.get("name"): value_of(node) for node in case.iterfind("{*}inputNode")}
            for result in case.iterfind("{*}resultNode"):
                name = f"{path.stem}/{case.get('id') or number}/{result.get('name')}"
                wanted = result.find("{*}expected")
                expected = None if wanted is None else value_of(wanted)
                service = case.get("invocableName") or ""
                yield Case(name, model, case.get("type") or "decision", inputs, result.get("name"), expected, service)


def value_of(node: Any) -> Any:
    """The value of an input or an expectation."""
    components = node.findall("{*}component")
    if components:
        return {part.get("name"): value_of(part) for part in components}
    items = node.find("{*}list")
    if items is not None:
        return None if items.get(NIL) == "true" else [value_of(item) for item in items.iterfind("{*}item")]
    value = node.find("{*}value")
    if value is None or value.get(NIL) == "true":
        return None
    return typed((value.get(TYPE) or "string").rpartition(":")[2], value.text or "")


def typed(kind: str, text: str) -> Any:
    if kind in READ:
        return compile_expression(READ[kind]).evaluate({"x": text.strip()})
    if kind == "boolean":
        return text.strip() == "true"
    if kind in ("decimal", "double", "integer", "int", "long", "float"):
        return Decimal(text.strip()) if "INF" not in text and "NaN" not in text else None
    return text


def same(left: Any, right: Any) -> bool:
    """Equal, numbers to the eighth digit after the point as the kit asks."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return abs(left - right) <= Decimal("1e-8")
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    return type(left) is type(right) and left == right


CLOCK = {
    "now": feel.Function((), lambda: dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)),
    "today": feel.Function((), lambda: dt.date(2026, 11, 23)),
}
