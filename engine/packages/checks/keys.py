"""Keys after a dot, where the keys are known: parameters, facts of the case, results of decisions."""

import re
from collections.abc import Iterator

from engine.packages.checks.members import Known, bound_in, items_of, lists_of
from engine.packages.checks.texts import texts_of
from engine.packages.drawing import Drawing
from engine.packages.parts import Parts
from engine.packages.problem import Finding, shown
from engine.packages.vocabulary import FACT_KEYS, Vocabulary

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_PATH = re.compile(r"(?<![\w.])([^\W\d]\w*)\s*\.\s*([^\W\d]\w*)(?:\s*\.\s*([^\W\d]\w*))?")
_JINJA = re.compile(
    r"\{\{((?:(?!\{\{|\}\}).)*)\}\}|\{%((?:(?!\{%|%\}).)*)%\}", re.S
)  # linear: stops at the next opening
_FILTERED = re.compile(r"(?<![\w.])([^\W\d]\w*)((?:\s*\|\s*(?:取|顿号)\([^)]*\))+)")
_FILTER_KEY = re.compile(r"\(\s*\"([^\"]*)\"")
_ONE_ROW = frozenset({"UNIQUE", "FIRST", "ANY", "PRIORITY"})


def findings(parts: Parts, _vocabulary: Vocabulary) -> Iterator[Finding]:
    lists = lists_of(parts)
    known = _known(parts) | lists
    members = lists.get(parts.manifest.items) if parts.manifest is not None else None
    if members is not None:
        known["candidate"] = members  # the name under which a rule sees one member
    for text in texts_of(parts):
        yield from _paths(text.file, text.element, text.text, known | bound_in(text.text, lists))
    items = items_of(parts, lists)
    if items is not None:
        lists["items"] = items
    facts = {name: frozenset(keys) for name, keys in FACT_KEYS.items()}
    for file in parts.templates:
        yield from _template(file, parts.package.files[file].decode(errors="replace"), facts | known, lists)


def _template(file: str, source: str, known: Known, lists: Known) -> Iterator[Finding]:
    code = [(found.start(), found[1] or found[2] or "") for found in _JINJA.finditer(source)]
    whole = {**known, **lists, **bound_in("\n".join(text.split("|")[0] for _, text in code), lists)}
    for start, text in code:
        element = f"line {source.count(chr(10), 0, start) + 1}"
        yield from _paths(file, element, text, whole)
        for found in _FILTERED.finditer(text):
            for key in _FILTER_KEY.findall(found[2]):
                yield from _missing(file, element, found[1], key, whole)


def _paths(file: str, element: str, text: str, known: Known) -> Iterator[Finding]:
    for found in _PATH.finditer(_QUOTED.sub('""', text)):
        owner, key, inner = found.groups()
        for path, last in ((owner, key), (f"{owner}.{key}", inner)):
            if last:
                yield from _missing(file, element, path, last, known)


def _missing(file: str, element: str, owner: str, key: str, known: Known) -> Iterator[Finding]:
    keys = known.get(owner)
    if keys is not None and key not in keys:
        listed = "、".join(sorted(keys)) or "（没有）"
        message = f"{shown(owner)} 里没有“{shown(key)}”，有的是 {shown(listed, 200)}；请核对拼写，或先定义它。"
        yield Finding(file, shown(element), "package.unknown-key", message)


def _known(parts: Parts) -> dict[str, frozenset[str]]:
    known = {"case": frozenset(FACT_KEYS["case"])}
    if parts.manifest is not None:
        known["parameters"] = frozenset(parts.manifest.parameters)
        for name, value in parts.manifest.parameter_values.items():
            if isinstance(value, dict):
                known[f"parameters.{name}"] = frozenset(value)
    if parts.drawing is not None:
        known |= _results(parts, parts.drawing)
    return known


def _results(parts: Parts, drawing: Drawing) -> dict[str, frozenset[str]]:
    """Variables that only a decision table of several outputs writes."""
    results: dict[str, frozenset[str]] = {}
    others: set[str | None] = set()
    for node in drawing.nodes.values():
        others.update(node.inputs, node.outputs)
        if node.loop is not None:
            others.update((node.loop.element, node.loop.output_collection))
        held = parts.decisions.get(node.decision.decision_id) if node.decision is not None else None
        if node.decision is None:
            continue
        name = node.decision.result_variable
        table = held.value if held is not None else None
        if table is None or name in results or len(table.output_names) < 2 or table.hit_policy not in _ONE_ROW:
            others.add(name)
        else:
            results[name] = frozenset(table.output_names)
    return {name: keys for name, keys in results.items() if name not in others}
