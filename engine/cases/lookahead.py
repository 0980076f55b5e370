"""The documents to which a decision leads, as they would be, before it is taken: nothing is stored or numbered.

The step is taken on a copy of the case that is thrown away. What a node issues only later (a letter that is drafted
after the meeting) is shown by its properties `preview` and `assume`: which documents, with which values that are still to
come. They are made by the very actions that the process will run then.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine import documents, feel, store, workflow
from engine.calendar import local_date
from engine.cases import actions
from engine.cases.advancing import advance, checked
from engine.cases.door import hold
from engine.cases.effects import Effects, Issue
from engine.cases.loading import load_task
from engine.cases.step import Step
from engine.documents import Content, Frame
from engine.errors import Forbidden
from engine.identity import Actor
from engine.installation import Installation
from engine.packages import CompiledPackage
from engine.workflow import Node

ISSUING = ("document", "documents")  # properties of service tasks that name documents
RECORDING = "record-outcomes"
OWN_FORMS = frozenset({"submit", "supplement"})  # the association's; it is no decision


@dataclass(frozen=True)
class Lookahead:
    """A document that would come about."""

    kind: str
    title: str
    content: Content
    to: str = ""  # whom it goes to, where there is one for each

    @property
    def text(self) -> str:
        return self.content.text()


def look_ahead(installation: Installation, actor: Actor, task_id: str) -> tuple[Lookahead, ...]:
    """What the saved draft of a task's form leads to.

    Raises as `complete` does, without asking for proof; `Invalid` (`task.invalid`) where the form is not filled in,
    `ComposeError` where a document cannot be made of it.
    """
    with store.reading(installation.database) as transaction:
        loaded = load_task(transaction, task_id, lock=False)
        hold(actor, loaded.task, loaded.case)
        package = installation.package(transaction, loaded.case["version_id"])
        node = package.definition.nodes.get(loaded.task["node_id"])
        if node is None or not leads_to_documents(package, node):
            raise Forbidden("这个环节不出文书，没有可以预览的。", code="task.no-preview")
        step = Step(installation, transaction, loaded, actor)
        advance(step, loaded, checked(step, loaded, None), None)
        issues = [*step.effects.issues]
        issued = {issue.kind for issue in issues}
        issues += [issue for issue in _assumed(step, node, loaded.task["path"]) if issue.kind not in issued]
    rules = package.manifest.documents
    return tuple(
        Lookahead(issue.kind, rules[issue.kind].title, issue.content, _to(issue.content))
        for issue in issues
        if rules[issue.kind].signature != "slip"
    )


def _to(content: Content) -> str:
    """The addressee of a letter; whose paper a form is that is filled in by another office."""
    return content.issuer if content.form == "sheet" else content.to.rstrip("：")


def lookahead_file(installation: Installation, found: Lookahead) -> bytes:
    """The PDF, every page marked 未签发, without number and code."""
    frame = Frame(number="", date=local_date(installation.clock.now()), code="", verify_url="", record={})
    return installation.press.render(found.content, frame, preview=True).pdf


def lookahead_draft(installation: Installation, found: Lookahead) -> tuple[str, bytes]:
    """(file name, DOCX) for editing outside, clearly unsigned."""
    draft = documents.word_draft(found.content, installation.clock.now())
    return f"{found.title}（草稿，未签发）.docx", draft


def leads_to_documents(package: CompiledPackage, node: Node) -> bool:
    """Whether a decision at this node can lead to a document before another person decides, or says which it leads to."""
    if node.kind != "userTask" or node.properties.get("act") in OWN_FORMS:
        return False
    return "preview" in node.properties or any(True for _ in _issued_next(package, node))


def _issued_next(package: CompiledPackage, node: Node) -> Iterator[str]:
    """The documents of the service tasks that follow before the next person."""
    nodes = package.definition.nodes
    onward = list(workflow.ways(nodes, package.definition.flows))
    seen, todo = {node.id}, [node.id]
    while todo:
        here = todo.pop()
        for target in (target for source, target in onward if source == here):
            found = nodes.get(target)
            if found is None or target in seen:
                continue
            seen.add(target)
            if found.kind == "serviceTask":
                yield from _documents_of(package, found)
            if found.kind != "userTask":
                todo.append(target)


def _documents_of(package: CompiledPackage, node: Node) -> list[str]:
    """The kinds that a service task issues, slips left out."""
    named = [kind.strip() for name in ISSUING for kind in node.properties.get(name, "").split(",")]
    rules = package.manifest.documents
    return [kind for kind in named if kind in rules and rules[kind].signature != "slip"]


def _assumed(step: Step, node: Node, path: str) -> Iterator[Issue]:
    """The documents that the node's `preview` names, as the process drafts them with what its `assume` puts in."""
    kinds = [kind.strip() for kind in node.properties.get("preview", "").split(",") if kind.strip()]
    scopes = step.run.scopes()
    seen = dict(step.run.scope(path if path in scopes else ""))
    given = _evaluated(step, seen, node.properties.get("assume", "={}"))
    for lot in given if isinstance(given, list) else [given]:
        scope = seen | (dict(lot) if isinstance(lot, Mapping) else {})
        for service in step.package.definition.nodes.values():
            wanted = set(kinds) & set(_documents_of(step.package, service)) if service.kind == "serviceTask" else set()
            if wanted:
                yield from (issue for issue in _drafted(step, service, scope, path) if issue.kind in wanted)


def _drafted(step: Step, service: Node, scope: Mapping[str, Any], path: str) -> list[Issue]:
    """What a service task asks for in this scope, once the results before it are recorded."""
    effects = Effects()
    registered = actions.registered(replace(step.around(), effects=effects))
    for one in (*_recording_before(step.package, service), service):
        inputs = {name: _evaluated(step, scope, text) for name, text in one.inputs.items()}
        within = {**scope, **inputs}
        properties = {name: _evaluated(step, within, text) for name, text in one.properties.items()}
        registered[one.action or ""](workflow.Step(one.id, path, within, properties))
    return effects.issues


def _recording_before(package: CompiledPackage, service: Node) -> list[Node]:
    """The nodes that record results on the way to a service task after the last person, in the order of the way."""
    nodes = package.definition.nodes
    onward = list(workflow.ways(nodes, package.definition.flows))
    found, seen, todo = [], {service.id}, [service.id]
    while todo:
        here = todo.pop(0)
        for source in (source for source, target in onward if target == here):
            if source in seen or nodes[source].kind == "userTask":
                continue
            seen.add(source)
            todo.append(source)
            if nodes[source].action == RECORDING:
                found.append(nodes[source])
    return found[::-1]


def _evaluated(step: Step, scope: Mapping[str, Any], text: str) -> Any:
    """FEEL after `=`, else what is written."""
    return feel.compile_expression(text[1:]).evaluate({**step.names(), **scope}) if text.startswith("=") else text
