"""Whether the documents of the manifest, their templates and the diagram agree."""

from collections.abc import Iterator

from engine.packages.checks.naming import documents_of
from engine.packages.checks.reach import Reach
from engine.packages.manifest import DocumentRule
from engine.packages.parts import Parts, no_template
from engine.packages.problem import Finding, shown
from engine.packages.source import MANIFEST
from engine.packages.vocabulary import FACTS, Vocabulary

_FORMS = {"two": ("letter", "document"), "minutes": ("minutes",), "notice": ("notice", "letter"), "slip": ("slip",)} | {
    "sheet": ("sheet",)
}


def findings(parts: Parts, vocabulary: Vocabulary) -> Iterator[Finding]:
    if parts.manifest is None:
        return
    for rule in parts.manifest.documents.values():
        yield from _template(parts, rule)
    yield from _unused_templates(parts)
    if parts.drawing is not None:
        yield from _unused(parts, vocabulary)
        yield from _variables(parts, vocabulary)


def _template(parts: Parts, rule: DocumentRule) -> Iterator[Finding]:
    template = parts.templates.get(rule.template)
    if template is None:
        if rule.template and rule.template not in parts.unread:
            yield no_template(rule.kind, rule.template)
        return
    if template.kind != rule.kind:
        message = f"模板写的是文书 {template.kind}，清单里是 {rule.kind}；请改成一致。"
        yield Finding(rule.template, "kind", "package.template-kind", message)
    wanted = _FORMS.get(rule.signature)
    if wanted is not None and template.form not in wanted:
        forms = " 或 ".join(wanted)
        message = f"清单里 {rule.kind} 的 signature 是 {rule.signature}，模板的 form 就应是 {forms}；请改成一致。"
        yield Finding(rule.template, "form", "package.template-form", message)


def _unused_templates(parts: Parts) -> Iterator[Finding]:
    assert parts.manifest is not None
    named = {rule.template for rule in parts.manifest.documents.values()}
    for file in parts.package.within("documents"):
        if file not in named:
            message = "清单的 [documents] 里没有用到这个模板；请删去它，或在清单里加上这种文书。"
            yield Finding(file, "", "package.unused-template", message, "warning")


def _unused(parts: Parts, vocabulary: Vocabulary) -> Iterator[Finding]:
    assert parts.manifest is not None and parts.drawing is not None
    issued = {kind for node in parts.drawing.of_kind("serviceTask") for kind in documents_of(node, vocabulary)}
    for kind in parts.manifest.documents:
        if kind not in issued:
            message = f"流程图里没有任务出具文书 {kind}；请删去它，或加上出具它的任务。"
            yield Finding(MANIFEST, f"documents.{kind}", "package.unused-document", message, "warning")


def _variables(parts: Parts, vocabulary: Vocabulary) -> Iterator[Finding]:
    """What a template reads must be written by somebody before the task that issues it, or be a fact."""
    assert parts.manifest is not None and parts.drawing is not None
    reach = Reach.of(parts, vocabulary)
    facts = FACTS if parts.manifest.items else FACTS - {"items"}
    for node in parts.drawing.of_kind("serviceTask"):
        for kind in documents_of(node, vocabulary):
            rule = parts.manifest.documents.get(kind)
            template = parts.templates.get(rule.template) if rule else None
            if rule is None or template is None or reach is None:
                continue
            member = frozenset({node.properties.get("as", "")})  # of a document made for each of a list
            for name in sorted(frozenset(template.variables) - facts - member - reach.seen_at(node)):
                message = f"模板要用变量“{shown(name)}”，出具它的任务 {node.id} 那里没有；请在流程里写出它，或改模板。"
                yield Finding(rule.template, shown(name), "package.template-variable", message)
