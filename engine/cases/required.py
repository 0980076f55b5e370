"""Which materials a case must have by the tables of its package, and which of them are not there."""

from collections.abc import Mapping
from typing import Any

from engine.cases.rules import member_key, members_of, views
from engine.decisions import Clauses
from engine.forms import ROW_KEY
from engine.packages import CompiledPackage


def missing_materials(
    package: CompiledPackage, scope: Mapping[str, Any], clauses: Clauses, files: Mapping[str, Any]
) -> tuple[list[dict[str, Any]], dict[str, list[int]]]:
    """Rows for a list of what is to be supplied, in the order of the tables; and the numbers of the rows that fired.

    A row of a table in `materials` demands the file of `field`: of the case (`audit`), or of the member that it was
    asked about (`candidates/identity`). `files` are those that are there, by field as attachments have it.
    """
    found: dict[str, dict[str, Any]] = {}
    fired: dict[str, list[int]] = {}
    labels = {member_key(one): str(one.get(package.manifest.item_label) or "") for one in _members(package, scope)}
    for identity in package.manifest.materials:
        decision = package.decisions[identity]
        for key, view in views(package, decision, scope):
            for rule in decision.evaluate(view).fired:
                fired.setdefault(identity, []).append(rule.number)
                place, whose = _place(str(rule.outputs.get("field") or ""), key, labels)
                if not files.get(place) and place not in found:
                    row = {ROW_KEY: str(len(found) + 1), **_row(rule.outputs, whose, clauses)}
                    found[place] = row | {"field": place, "clause": rule.clause, "reason": rule.reason}
    return list(found.values()), fired


def _place(field: str, key: str, labels: Mapping[str, str]) -> tuple[str, str]:
    """Where attachments keep the file, and whose it is: nobody's where it is the case's."""
    listed, _, column = field.partition("/")
    return (f"{listed}/{key}/{column}", labels.get(key, "")) if column else (field, "")


def _row(outputs: Mapping[str, Any], whose: str, clauses: Clauses) -> dict[str, str]:
    material = str(outputs.get("material") or "")
    ids = [part.strip() for part in str(outputs.get("clause") or "").split("/")]
    known = [clause for one in ids if (clause := clauses.get(one)) is not None and clause.certainty != "D"]
    return {
        "material": f"{whose}：{material}" if whose else material,
        "problem": f"没有提交{material}",
        "requirement": str(outputs.get("requirement") or ""),
        "basis": "；".join(clause.source for clause in known),
    }


def _members(package: CompiledPackage, scope: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return members_of(package, scope)
