"""The registered actions that a diagram may name; each reads the scope, declares values and asks for effects."""

from collections import ChainMap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine import workflow
from engine.cases import publicity
from engine.cases.effects import Effects, Issue, Outcome
from engine.cases.registering import check_registration
from engine.cases.required import missing_materials
from engine.cases.rules import check_rules, member_key, members_of
from engine.cases.words import OUTCOMES, name
from engine.decisions import Clauses
from engine.documents import Content
from engine.errors import Invalid
from engine.packages import CompiledPackage


@dataclass(frozen=True)
class Surroundings:
    """What the actions of one step may read beside the scope."""

    package: CompiledPackage
    clauses: Callable[[], Clauses]
    today: date
    effects: Effects
    facts: Mapping[str, Any]  # variables that every template may read: case, organisation, document, contact, promise
    waiting: Callable[[str], list[str]]  # by a node's id: whom its open tasks wait for
    masked: Callable[[Any], Any]  # a value with the masks of its sealed personal numbers


def registered(around: Surroundings) -> dict[str, workflow.Action]:
    """Every action type of docs/packages.md."""
    return {
        "check-rules": lambda step: _check_rules(around, step),
        "start-promise": lambda step: _start_promise(around, step),
        "issue-notice": lambda step: _issue_each(around, step, at_once=True),
        "print-sheet": lambda step: _issue_each(around, step),
        "draft-documents": lambda step: _draft(around, step),
        "record-outcomes": lambda step: _record_outcomes(around, step),
        "open-publicity": lambda step: publicity.opened(around.package, around.effects, around.today, step),
        "decide-objection": lambda step: publicity.decided(around.effects, step),
        "add-item": _add_items,
        "archive-case": lambda step: _archive(around, step),
        "answer-call": lambda step: _answer_call(around, step),
        "register-organisation": lambda step: _register(around, step),
        "slip": lambda step: _slip(around, step),
        "notify": lambda step: _notify(around, step),
        "note-supervision": lambda step: _note_supervision(around, step),
    }


def _check_rules(around: Surroundings, step: workflow.Step) -> dict[str, Any]:
    confirmed = frozenset(step.scope.get("confirmed") or ())
    checked = check_rules(around.package, step.scope, around.clauses(), around.today, confirmed)
    files = step.scope.get("attachments") or {}
    missing, demanded = missing_materials(around.package, step.scope, around.clauses(), files)
    noted = {"fired": checked.fired | demanded, "blocked": checked.blocked}
    around.effects.events.append(("rules.checked", noted | ({"missing": len(missing)} if missing else {})))
    return {"findings": checked.findings, "blocked": checked.blocked, "missing": missing}


def _start_promise(around: Surroundings, _step: workflow.Step) -> dict[str, Any]:
    around.effects.starts_promise = True
    return {}


def _issue(around: Surroundings, step: workflow.Step, kinds: list[str], *, at_once: bool = False) -> dict[str, Any]:
    results = _results(around, step)
    for kind in kinds:
        content = compose(around, kind, step.scope, results)
        record = _record(around, kind, step.scope, results)
        around.effects.issues.append(Issue(kind, content, record, at_once, step.path))
    return {}


def _issue_each(around: Surroundings, step: workflow.Step, *, at_once: bool = False) -> dict[str, Any]:
    """One document, or one for each member of a list, which goes to the member's `org`."""
    kind, name, members = step.properties["document"], step.properties.get("as", ""), step.properties.get("each")
    if "each" not in step.properties:
        return _issue(around, step, [kind], at_once=at_once)
    results = _results(around, step)
    for member in members if isinstance(members, list) else []:
        scope = ChainMap({name: member}, step.scope)  # type: ignore[arg-type]
        addressee = str(member.get("org") or "") if isinstance(member, dict) else ""
        content, record = compose(around, kind, scope, results), _record(around, kind, step.scope, results)
        around.effects.issues.append(Issue(kind, content, record, at_once, step.path, addressee))
    return {}


def _draft(around: Surroundings, step: workflow.Step) -> dict[str, Any]:
    kinds = [kind.strip() for kind in step.properties["documents"].split(",")]
    wanted = [kind for kind in kinds if step.properties.get(f"when.{kind}", True) is True]
    return _issue(around, step, wanted)


def _record_outcomes(around: Surroundings, step: workflow.Step) -> dict[str, Any]:
    for outcome in _outcomes(around, step, "from"):
        record_outcome(around.effects, outcome)
    return {}


def record_outcome(effects: Effects, outcome: Outcome) -> None:
    """The result of one member, with its event."""
    effects.outcomes.append(outcome)
    told = {
        "key": outcome.key,
        "result": outcome.result,
        "name": outcome.label,
        "label": f"{outcome.label}：{name(OUTCOMES, outcome.result)}",
    }
    told |= {"reason_public": outcome.reason_public, "clause": outcome.clause}
    effects.events.append(("outcome.recorded", told))


def _outcomes(around: Surroundings, step: workflow.Step, setting: str) -> list[Outcome]:
    rows = step.properties[setting]
    if not isinstance(rows, list):
        message = f"逐人结论不是列表，请检查流程图中 {step.node_id} 的 {setting}。"
        raise Invalid(message, code="action.outcomes", element=step.node_id)
    return outcomes_of(around.package, step.scope, rows)


def outcomes_of(package: CompiledPackage, scope: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> list[Outcome]:
    """The results of the members that rows of {key, result, reason_public, clause} tell."""
    manifest = package.manifest
    labels = {member_key(member): member[manifest.item_label] for member in members_of(package, scope)}
    return [
        Outcome(
            row["key"],
            labels.get(row["key"], row["key"]),
            row["result"],
            row.get("reason_public") or "",
            row.get("clause") or "",
        )
        for row in rows
    ]


def _add_items(step: workflow.Step) -> dict[str, Any]:
    """More items for the multi-instance round the task: a part of a case that goes its own way from here."""
    node, items = str(step.properties["node"]), step.properties["items"]
    if not isinstance(items, list) or not all(step.add_item(node, item) for item in items):
        message = f"{step.node_id} 不能给多实例 {node} 增加项：items 要是列表，任务要在多实例里面。请检查流程图。"
        raise Invalid(message, code="action.add-item", element=step.node_id)
    return {}


def _archive(around: Surroundings, step: workflow.Step) -> dict[str, Any]:
    around.effects.archives.append(str(step.properties["message"]))
    return {}


def _answer_call(around: Surroundings, step: workflow.Step) -> dict[str, Any]:
    """The case that called this one is told what came of it, and need not wait for what still follows here."""
    if "outcome" not in step.properties:
        around.effects.answers_by_results = True
        return {}
    outcome = step.properties["outcome"]
    if outcome not in OUTCOMES:
        message = f"{step.node_id} 告知上级案件的结果“{outcome}”不是案件的结果，请检查流程图中的 outcome。"
        raise Invalid(message, code="action.outcome", element=step.node_id)
    around.effects.answer = str(outcome)
    return {}


def _register(around: Surroundings, step: workflow.Step) -> dict[str, Any]:
    """The organisation of the case is registered under this name and credit code."""
    name, uscc = step.properties["name"], step.properties["uscc"]
    around.effects.registered = check_registration(name, uscc, step.node_id)
    return {}


def _slip(around: Surroundings, step: workflow.Step) -> dict[str, Any]:
    kind, node = step.properties["document"], step.properties["node"]
    around.effects.slips_to.setdefault(kind, []).append(node)
    matter = step.properties.get("matter") or around.package.definition.nodes[node].name
    scope = ChainMap({"matter": matter}, step.scope)  # type: ignore[arg-type]
    content = compose(around, kind, scope, waiting=around.waiting(node))
    around.effects.issues.append(Issue(kind, content, _record(around, kind, step.scope, ()), path=step.path))
    return {}


def _notify(around: Surroundings, step: workflow.Step) -> dict[str, Any]:
    around.effects.notices.append((str(step.properties["to"]), str(step.properties["text"]), None))
    return {}


def _note_supervision(around: Surroundings, step: workflow.Step) -> dict[str, Any]:
    """One mark in the count of supervision (电子监察), such as a second notice of what could have been seen at first."""
    noted = {"node": step.node_id, "reason": str(step.properties["text"])}
    around.effects.events.append(("case.noted", noted))
    return {}


def _results(around: Surroundings, step: workflow.Step) -> list[Outcome]:
    """The results that a document tells: those that the node names, else those that this step recorded."""
    if "results" not in step.properties:
        return around.effects.outcomes
    return _outcomes(around, step, "results")


def compose(
    around: Surroundings,
    kind: str,
    scope: Mapping[str, Any],
    results: Sequence[Outcome] = (),
    waiting: Sequence[str] = (),
) -> Content:
    """The document's content, glyphs not yet checked; `waiting` are those whom a slip reminds."""
    template = around.package.documents[kind]
    values = {name: scope.get(name) for name in template.variables}
    values |= {name: around.facts[name] for name in template.variables if name in around.facts}
    values |= {"items": _members(around, scope, results)} if "items" in template.variables else {}
    values |= {"waiting": list(waiting)} if "waiting" in template.variables else {}
    return template.compose(around.masked(values) if template.masks else values)


def _members(around: Surroundings, scope: Mapping[str, Any], outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """The members of the case's list with these results."""
    results = {outcome.key: outcome for outcome in outcomes}
    members = []
    for member in members_of(around.package, scope):
        found = results.get(member_key(member))
        more = {"result": None, "reason_public": "", "clause": ""}
        if found is not None:
            more = {"result": found.result, "reason_public": found.reason_public, "clause": found.clause}
        members.append({**member, **more, **_quoted(around, str(more["clause"]))})
    return members


def _quoted(around: Surroundings, joined: str) -> dict[str, str]:
    """The clauses of a result as a letter may quote them: never one whose text nobody is sure of (certainty D)."""
    ids = [part.strip() for part in joined.split("/") if part.strip()]
    known = [clause for one in ids if (clause := around.clauses().get(one)) is not None and clause.certainty != "D"]
    return {
        "clause_text": "；".join(clause.text for clause in known),
        "clause_source": "；".join(clause.source for clause in known),
    }


def _record(around: Surroundings, kind: str, scope: Mapping[str, Any], results: Sequence[Outcome]) -> dict[str, Any]:
    """The decision record that the PDF carries: only what the letter itself says."""
    label = around.package.manifest.item_label
    return {
        "kind": kind,
        "case": around.facts["case"].get("number"),
        "organisation": around.facts["organisation"]["name"],
        "items": [
            {"name": member.get(label), "post": member.get("post"), "result": member["result"]}
            for member in _members(around, scope, results)
            if member["result"] is not None
        ],
    }
