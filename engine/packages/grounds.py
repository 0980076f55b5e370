"""What of a package rests on which clause of the register: rows of tables, numbers of the manifest, forms, documents, nodes."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from engine import feel, forms
from engine.decisions import Rule, Table
from engine.packages.compiled import CompiledPackage
from engine.packages.source import DIAGRAM, Package

SEPARATOR = "/"  # a row may rest on several clauses: MZ166-T/ZZ11-1
OF_RESULTS = re.compile(
    r"\b(?:clause|clause_text|clause_source)\b"
)  # what a template reads to tell the clause of a result
OF_MATERIALS = re.compile(r"\bbasis\b")  # and that of a file that is demanded
IDS = re.compile(r"(?<![A-Za-z0-9-])[A-Z]+[0-9]*(?:-[A-Z0-9]+)*(?![A-Za-z0-9-])")


@dataclass(frozen=True, slots=True)
class Ground:
    """One thing that rests on a clause.

    `kind` is row, parameter, promise, condition, form, document or node; `key` names what holds it (table, parameter, form, kind of
    document, node), `title` that in words. Of a row `number` is its place, `code`, `severity` and `text` what it says.
    """

    clause: str
    kind: str
    key: str
    title: str
    text: str = ""
    number: int = 0
    code: str = ""
    severity: str = ""
    is_rule: bool = False


def grounds(package: Package, compiled: CompiledPackage, known: Collection[str]) -> tuple[Ground, ...]:
    """Everything in the package that rests on one of the clauses that are known."""
    rows = list(_rows(compiled))
    found = [*rows, *_named(compiled), *_demanded(compiled, rows), *_written(package, compiled)]
    found += _quoting(package, compiled, rows)
    return tuple(one for one in dict.fromkeys(found) if one.clause in known)


def _rows(compiled: CompiledPackage) -> Iterator[Ground]:
    for identity, decision in compiled.decisions.items():
        table = decision.logic
        for rule in table.rules if isinstance(table, Table) else ():
            words = {name: row_word(table, rule, name) or "" for name in ("clause", "reason", "sev", "code")}
            for clause in split(words["clause"]):
                yield Ground(
                    clause,
                    "row",
                    identity,
                    decision.name or identity,
                    words["reason"],
                    rule.number,
                    words["code"],
                    words["sev"],
                    identity in compiled.manifest.rules,
                )


def _named(compiled: CompiledPackage) -> Iterator[Ground]:
    manifest = compiled.manifest
    for name, parameter in manifest.parameters.items():
        for clause in split(parameter.clause):
            yield Ground(clause, "parameter", name, parameter.title, _plain(parameter.value))
    if manifest.promise is not None:
        for clause in split(manifest.promise.clause):
            yield Ground(clause, "promise", "promise", "承诺办理时限", f"{manifest.promise.working_days} 个工作日")
    for condition in manifest.conditions:
        for clause in split(condition.clause):
            yield Ground(clause, "condition", "conditions", "申报前要具备的条件", condition.text)


def _demanded(compiled: CompiledPackage, rows: list[Ground]) -> Iterator[Ground]:
    """Forms that ask for a file which a row of `materials` demands."""
    for one in rows:
        table = compiled.decisions[one.key].logic
        if one.key in compiled.manifest.materials:
            field = (row_word(table, table.rules[one.number - 1], "field") or "").replace("/", "[].")
            for identity, form in compiled.forms.items():
                if field in form.fields:
                    yield Ground(one.clause, "form", identity, form.title, f"要交的材料：{form.fields[field].label}")


def _written(package: Package, compiled: CompiledPackage) -> Iterator[Ground]:
    """Forms, templates and nodes that name a clause by its id."""
    others = package.within("forms")
    for file, data in others.items():
        form = compiled.forms.get(forms.read(data, file, others).id)
        if form is not None:
            yield from (Ground(clause, "form", form.id, form.title, "写到它的编号") for clause in _ids(data))
    for kind, rule in compiled.manifest.documents.items():
        data = package.files.get(rule.template, b"")
        yield from (Ground(clause, "document", kind, rule.title, "写到它的编号") for clause in _ids(data))
    nodes = compiled.definition.nodes
    around = ""
    for one in re.finditer(rf' id="([^"]+)"|{IDS.pattern}', package.files[DIAGRAM].decode(errors="replace")):
        if one[1] in nodes:
            around = one[1]
        elif one[1] is None and around:
            yield Ground(one[0], "node", around, nodes[around].name or around, "写到它的编号")


def _ids(data: bytes) -> set[str]:
    return set(IDS.findall(data.decode(errors="replace")))


def _quoting(package: Package, compiled: CompiledPackage, rows: list[Ground]) -> Iterator[Ground]:
    """Documents that tell the clause behind a result or a missing file, whichever row it came from."""
    for kind, rule in compiled.manifest.documents.items():
        text = package.files.get(rule.template, b"").decode(errors="replace")
        for one in rows:
            reads = OF_MATERIALS if one.key in compiled.manifest.materials else OF_RESULTS
            if reads.search(text):
                yield Ground(one.clause, "document", kind, rule.title, "写出所依据的条款")


def _plain(value: Any) -> str:
    """A number or a word as it is written; a list or table is looked up in the manifest."""
    return "" if isinstance(value, list | dict) else feel.written(value)


def split(clauses: str) -> list[str]:
    """The ids of a row, a parameter or a result."""
    return [part.strip() for part in clauses.split(SEPARATOR) if part.strip()]


def row_word(table: Table, rule: Rule, name: str) -> str | None:
    """What a row says in an output or annotation of that name; empty where it says nothing, None where only running can tell."""
    for column, expression in zip(table.outputs, rule.outputs, strict=False):
        if column.name != name or expression is None:
            continue
        if expression.names:
            return None
        try:
            value = expression.evaluate({})
        except feel.FeelLimitError:
            return None
        if isinstance(value, str) and value.strip():
            return value.strip()
    return rule.annotations.get(name, "").strip()
