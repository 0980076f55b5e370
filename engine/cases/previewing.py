"""What the rules would say of an application that is still being filled in: shown before it is submitted, kept nowhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine import store
from engine.calendar import local_date
from engine.cases.contexts import form_context
from engine.cases.door import look
from engine.cases.loading import load_task
from engine.cases.materials import all_files, standing
from engine.cases.names import case_names
from engine.cases.required import missing_materials
from engine.cases.rules import WHOLE_CASE, check_rules, member_key, members_of
from engine.identity import Actor
from engine.installation import Installation
from engine.store.values import decode


@dataclass(frozen=True)
class Preview:
    """`findings` with whom each concerns (the member's label, or 全案), `missing` the files that are demanded and lack."""

    findings: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    missing: tuple[Mapping[str, Any], ...] = ()


def preview(installation: Installation, actor: Actor, task_id: str) -> Preview:
    """By the saved draft of the form that submits the case; nothing for any other. Raises as `look` does."""
    with store.reading(installation.database) as transaction:
        loaded = load_task(transaction, task_id, lock=False)
        look(actor, loaded.task, loaded.case)
        package = installation.package(transaction, loaded.case["version_id"])
        node = package.definition.nodes[loaded.task["node_id"]]
        if node.properties.get("act") != "submit" or not package.manifest.rules:
            return Preview()
        files = standing(all_files(transaction, loaded.case["id"]))
        today = local_date(installation.clock.now())
        clauses = installation.clauses(transaction, loaded.clauses_id, today)
    about = {"today": today, "organisation": loaded.organisation["key"]}
    names = case_names(package, about, installation.calendar(), today)
    typed = decode(loaded.draft["values"]) if loaded.draft else {}
    values = package.forms[node.form_id or ""].clean(typed, form_context(names, today, loaded.root, files))
    blank = {key: None for key in package.forms[node.form_id or ""].fields if "." not in key and "[]" not in key}
    scope = {**names, **loaded.root, **blank, **values}
    confirmed = frozenset(loaded.root.get("confirmed") or ())
    checked = check_rules(package, scope, clauses, today, confirmed)
    missing, _ = missing_materials(package, scope, clauses, files)
    members = members_of(package, scope)
    labels = {member_key(one): str(one.get(package.manifest.item_label) or "") for one in members}
    found = [
        ("全案" if key == WHOLE_CASE else labels.get(key, key), row)
        for key, rows in checked.findings.items()
        for row in rows
    ]
    return Preview(tuple(found), tuple(missing))
