"""Names that an expression reads and nobody writes: the usual slip of the pen, which FEEL would take for null."""

from collections.abc import Iterator

from engine.forms import FormSchema
from engine.packages.checks.reach import Reach
from engine.packages.checks.texts import compiled, names_read, split
from engine.packages.manifest import RESULTS
from engine.packages.parts import Held, Parts
from engine.packages.problem import Finding, shown
from engine.packages.source import DIAGRAM, MANIFEST
from engine.packages.vocabulary import Vocabulary
from engine.workflow import BALLOT_NAMES, Node, Use

_IN_FORMS = frozenset({"today", "this", "parent", "i", "row"})
_OF_ROWS = frozenset({"rowKey", "rowLabel", "itemLabel"})  # read the rows of the case, whose keys are not known here
_IN_RULES = frozenset({"candidate"})
_ATTACHMENTS = "attachments"


def findings(parts: Parts, vocabulary: Vocabulary) -> Iterator[Finding]:
    reach = Reach.of(parts, vocabulary)
    if reach is None:
        return
    keys = _keys(parts)
    yield from _diagram(parts, vocabulary, reach, keys)
    yield from _title(parts, reach)
    yield from _forms(parts, reach, keys)
    yield from _decisions(parts, reach, keys)


def _diagram(parts: Parts, vocabulary: Vocabulary, reach: Reach, keys: frozenset[str]) -> Iterator[Finding]:
    assert parts.drawing is not None
    for use in parts.drawing.uses:
        node, flow = parts.drawing.nodes.get(use.element), parts.drawing.flows.get(use.element)
        seen: frozenset[str] | None = None
        if node is not None:
            seen = _seen(parts, vocabulary, reach, node, use)
        elif flow is not None:
            seen = reach.seen_in(flow.scope)
        expression = compiled(use.text)
        if seen is None or expression is None:
            continue
        for name in _unwritten(split(expression), seen, keys):
            yield _finding(parts, use, node, name)


def _seen(parts: Parts, vocabulary: Vocabulary, reach: Reach, node: Node, use: Use) -> frozenset[str] | None:
    """What an expression of a node may read; None where it cannot be known."""
    seen = reach.seen_at(node) | _extra(use)
    if not use.place.startswith("输出"):
        return seen
    given = _given(parts, vocabulary, reach, node)
    if given is None:
        return None
    return (seen - _only_itself(reach, node, use.text)) | given


def _extra(use: Use) -> frozenset[str]:
    """Names that only the condition of a multi-instance or a loop has."""
    return {"多实例完成条件": BALLOT_NAMES, "循环条件": frozenset({"loopCounter"})}.get(use.place, frozenset())


def _finding(parts: Parts, use: Use, node: Node | None, name: str) -> Finding:
    if node is not None and node.kind == "userTask" and use.place.startswith("输出"):
        message = (
            f"{use.place}要用的“{shown(name)}”，表单 {shown(node.form_id)} 里没有这个字段，也没有任务写它；请改正。"
        )
        return Finding(DIAGRAM, use.element, "package.unknown-field", message)
    return _nobody(DIAGRAM, use.element, f"{use.place}要用的“{shown(name)}”")


def _only_itself(reach: Reach, node: Node, text: str) -> frozenset[str]:
    """A name that is handed on as it is (`=members`), and that nobody but this very output writes."""
    name = text.removeprefix("=").strip()
    alone = node.kind == "userTask" and name not in node.inputs and reach.writers(name) == {node.id}
    return frozenset({name}) if alone else frozenset()


def _given(parts: Parts, vocabulary: Vocabulary, reach: Reach, node: Node) -> frozenset[str] | None:
    """What the outputs of a node may read besides; None where it cannot be known."""
    match node.kind:
        case "userTask":
            held = parts.forms.get(node.form_id or "")
            return None if held is None else _top(held.value) | {_ATTACHMENTS}
        case "serviceTask":
            action = vocabulary.actions.get(node.action or "")
            return None if action is None else action.gives
        case "businessRuleTask":
            return frozenset({node.decision.result_variable} if node.decision else ())
        case "subProcess":
            return reach.seen_in(node.id)
        case "callActivity" if node.outside:
            return _given_by_call(vocabulary, node)
        case "callActivity":
            return reach.seen_in(node.called or "")
        case "scriptTask":
            return frozenset({node.script.result_variable} if node.script else ())
    return None if node.event is not None else frozenset()


def _given_by_call(vocabulary: Vocabulary, node: Node) -> frozenset[str] | None:
    """What a called package gives back; None where the package is not known here."""
    called = (vocabulary.packages or {}).get(node.called or "")
    return None if called is None or called.call is None else frozenset((*RESULTS, *called.call.outputs))


def _title(parts: Parts, reach: Reach) -> Iterator[Finding]:
    """The title is made at submission, of what the application form gives."""
    if parts.manifest is None or parts.drawing is None or not parts.manifest.case_title.startswith("="):
        return
    submit = parts.drawing.nodes.get(parts.manifest.submit)
    held = parts.forms.get(submit.form_id or "") if submit is not None else None
    expression = compiled(parts.manifest.case_title)
    if held is None or expression is None:
        return
    for name in _unwritten(split(expression), reach.always | _top(held.value), _keys(parts)):
        yield _nobody(MANIFEST, "package.case_title", f"案件名称要用的“{shown(name)}”")


def _forms(parts: Parts, reach: Reach, keys: frozenset[str]) -> Iterator[Finding]:
    assert parts.drawing is not None
    for held in parts.forms.values():
        seen = _IN_FORMS | frozenset(_columns(held))
        for node in parts.drawing.of_kind("userTask"):
            if node.form_id == held.value.id:
                seen |= reach.seen_at(node)
        for condition in held.value.conditions:
            if condition.attribute in _OF_ROWS:
                continue
            for name in _unwritten(split(condition.expression), seen, keys):
                yield _nobody(held.file, shown(condition.element), f"{condition.attribute} 要用的“{shown(name)}”")


def _decisions(parts: Parts, reach: Reach, keys: frozenset[str]) -> Iterator[Finding]:
    assert parts.drawing is not None
    seen: dict[str, frozenset[str]] = {}
    for rule in (*parts.manifest.rules, *parts.manifest.materials) if parts.manifest else ():
        seen[rule] = reach.seen_in(parts.drawing.main) | _IN_RULES
    for node in parts.drawing.of_kind("businessRuleTask"):
        if node.decision is not None:
            known = seen.get(node.decision.decision_id, frozenset())
            seen[node.decision.decision_id] = known | reach.seen_at(node)
    for identity, names in seen.items():
        held = parts.decisions.get(identity)
        if held is None:
            continue
        for name in _unwritten(names_read(held.value), names, keys):
            yield _nobody(held.file, shown(identity), f"决策要用的“{shown(name)}”")


def _top(schema: FormSchema) -> frozenset[str]:
    """What a completed form gives: its answers at the top level."""
    return frozenset(path for path in schema.fields if "." not in path and not path.endswith("[]"))


def _columns(held: Held[FormSchema]) -> Iterator[str]:
    for path in held.value.fields:
        yield path.rpartition(".")[2].removesuffix("[]")


def _keys(parts: Parts) -> frozenset[str]:
    """Every key that an element of a list may have, as far as it is known here."""
    found = {"key", "item"}
    for held in parts.forms.values():
        found.update(_columns(held))
    for decision in parts.decisions.values():
        found.update(decision.value.output_names)
    return frozenset(found)


def _unwritten(names: tuple[frozenset[str], frozenset[str]], seen: frozenset[str], keys: frozenset[str]) -> list[str]:
    """Of the names that must be given and those that may be keys of elements (`people[age > 70]`)."""
    certain, possible = names
    return sorted((certain - seen) | (possible - seen - keys))


def _nobody(file: str, element: str, what: str) -> Finding:
    message = f"{what}没有任务写出，会是空值；请核对拼写，或在前面的任务里写出它。"
    return Finding(file, element, "package.unwritten-variable", message, "warning")
