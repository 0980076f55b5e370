"""The documents to which a decision leads, as they would be, before it is taken: nothing is stored or numbered.

The step is taken on a copy of the case that is thrown away. What a node issues only later (a letter that is drafted
after the meeting) is shown by its properties `preview` and `assume`: which documents, with which values that are still to
come.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine import documents, feel, store
from engine.calendar import local_date
from engine.cases import actions
from engine.cases.advancing import advance, checked
from engine.cases.door import hold
from engine.cases.effects import Outcome
from engine.cases.loading import load_task
from engine.cases.step import Step
from engine.documents import Content, Frame
from engine.errors import Forbidden
from engine.identity import Actor
from engine.installation import Installation
from engine.packages import CompiledPackage
from engine.workflow import Node

ISSUING = ("document", "documents")  # properties of service tasks that name documents
OWN_FORMS = frozenset({"submit", "supplement"})  # the association's; it is no decision


@dataclass(frozen=True)
class Lookahead:
    """A document that would come about."""

    kind: str
    title: str
    content: Content

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
        issued = {issue.kind: issue.content for issue in step.effects.issues}
        issued |= {kind: content for kind, content in _assumed(step, node) if kind not in issued}
    rules = package.manifest.documents
    return tuple(
        Lookahead(kind, rules[kind].title, content)
        for kind, content in issued.items()
        if rules[kind].signature != "slip"
    )


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
    nodes, flows = package.definition.nodes, package.definition.flows.values()
    seen, todo = {node.id}, [node.id]
    while todo:
        source = todo.pop()
        for target in (flow.target for flow in flows if flow.source == source):
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


def _assumed(step: Step, node: Node) -> Iterator[tuple[str, Content]]:
    """The documents that the node's `preview` names, as they would be with what its `assume` puts in."""
    kinds = [kind.strip() for kind in node.properties.get("preview", "").split(",") if kind.strip()]
    if not kinds:
        return
    scope = dict(step.run.scope(""))
    given = _feel(step, scope, node.properties.get("assume", ""))
    scope |= given if isinstance(given, Mapping) else {}
    around, results = step.around(), list[Outcome]()
    for service in step.package.definition.nodes.values():
        if service.action == "record-outcomes":
            rows = _feel(step, scope, service.properties.get("from", ""))
            if isinstance(rows, list) and rows:  # a process may record some results here and others there
                results = actions.outcomes_of(step.package, scope, rows)
                break
    for kind in kinds:
        if _is_wanted(step, scope, kind):
            yield kind, actions.compose(around, kind, scope, results)


def _is_wanted(step: Step, scope: Mapping[str, Any], kind: str) -> bool:
    """By the condition under which the process drafts it."""
    for service in step.package.definition.nodes.values():
        condition = service.properties.get(f"when.{kind}")
        if condition is not None:
            return _feel(step, scope, condition) is True
    return True


def _feel(step: Step, scope: Mapping[str, Any], text: str) -> Any:
    if not text.startswith("="):
        return None
    return feel.compile_expression(text[1:]).evaluate({**step.names(), **scope})
