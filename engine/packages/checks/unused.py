"""What is filled in or written, and read by nothing: a variable without a reader, a choice that makes no difference."""

from collections.abc import Iterator

from engine.packages.checks.texts import compiled, names_read
from engine.packages.parts import Parts
from engine.packages.problem import Finding, shown
from engine.packages.source import DIAGRAM
from engine.packages.vocabulary import READ_BY_NAME, Vocabulary
from engine.workflow import ONCE, Node


def findings(parts: Parts, _vocabulary: Vocabulary) -> Iterator[Finding]:
    if parts.drawing is None or parts.manifest is None or parts.unread:
        return  # what cannot be read may be the reader
    read = frozenset(_read(parts))
    told: set[str] = set()
    for node in parts.drawing.nodes.values():
        if "outputsOf" in node.properties:
            continue  # told at the task that it takes them from
        for name in sorted(_written(node) - read - told):
            told.add(name)
            message = f"变量“{shown(name)}”写出以后没有任何地方读；请用上它，或删去这个输出。"
            yield Finding(DIAGRAM, node.id, "package.unused-variable", message, "warning")
    for held in parts.forms.values():
        for field in held.value.fields.values():
            recorded = field.properties.get("record") == "true"
            if field.choices is not None and not recorded and "." not in field.path and field.key not in read:
                message = f"“{shown(field.label)}”选什么都一样：没有任何地方读它；请在任务的输出里写出来用；只作记录的，写属性 record=true。"
                yield Finding(held.file, shown(field.element), "package.unused-choice", message, "warning")


def _written(node: Node) -> set[str]:
    results = [each.result_variable for each in (node.decision, node.script) if each is not None and not node.outputs]
    return {*node.outputs, *results} - {node.properties.get(ONCE, "")}


def _read(parts: Parts) -> Iterator[str]:
    """Every name that anything in the package reads, and those that the installation itself does."""
    assert parts.drawing is not None and parts.manifest is not None
    manifest = parts.manifest
    texts = [use.text for use in parts.drawing.uses]
    texts += [manifest.case_title, manifest.shared_files]
    texts += [level.opinion for rule in manifest.prints.values() for level in rule.levels]
    for expression in map(compiled, texts):
        yield from (expression.names | expression.element_names) if expression is not None else ()
    for form in parts.forms.values():
        for condition in form.value.conditions:
            yield from condition.expression.names | condition.expression.element_names
    for decision in parts.decisions.values():
        certain, possible = names_read(decision.value)
        yield from certain | possible
    for template in parts.templates.values():
        yield from template.variables
    yield from READ_BY_NAME
    yield manifest.items
    yield from (rule.each for rule in manifest.prints.values())
    yield from manifest.call.outputs if manifest.call is not None else ()
    yield from (node.properties.get(ONCE, "") for node in parts.drawing.nodes.values())
