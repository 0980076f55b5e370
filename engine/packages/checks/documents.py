"""Whether the documents of the manifest, their templates and the diagram agree."""

from collections.abc import Iterator

from engine.packages.checks.naming import documents_of
from engine.packages.checks.reach import Reach
from engine.packages.checks.texts import compiled
from engine.packages.heads import FORMS
from engine.packages.manifest import DocumentRule, Level, PrintRule
from engine.packages.parts import Parts, no_template
from engine.packages.problem import Finding, shown
from engine.packages.source import MANIFEST
from engine.packages.vocabulary import CONSTANTS, FACTS, PRINT_FACTS, Vocabulary


def findings(parts: Parts, vocabulary: Vocabulary) -> Iterator[Finding]:
    if parts.manifest is None:
        return
    for rule in parts.manifest.documents.values():
        yield from _template(parts, f"documents.{rule.kind}", rule, FORMS.get(rule.signature, ()))
    for sheet in parts.manifest.prints.values():
        yield from _template(parts, f"prints.{sheet.kind}", sheet, FORMS["sheet"])
        if parts.drawing is not None:
            yield from _sheet(parts, sheet, vocabulary)
    yield from _unused_templates(parts)
    if parts.drawing is not None:
        yield from _unused(parts, vocabulary)
        yield from _variables(parts, vocabulary)


def _template(parts: Parts, place: str, rule: DocumentRule | PrintRule, wanted: tuple[str, ...]) -> Iterator[Finding]:
    template = parts.templates.get(rule.template)
    if template is None:
        if rule.template and rule.template not in parts.unread:
            yield no_template(place, rule.template)
        return
    if template.kind != rule.kind:
        message = f"模板写的是文书 {template.kind}，清单里是 {rule.kind}；请改成一致。"
        yield Finding(rule.template, "kind", "package.template-kind", message)
    if not template.issuer and "<机关>".encode() not in parts.package.files[rule.template]:
        message = f"文书 {rule.kind} 没有发文机关；请在清单的 [package] 里写 issuer，或在模板里写 <机关>。"
        yield Finding(rule.template, "issuer", "package.no-issuer", message)
    if wanted and template.form not in wanted:
        told = f"signature 是 {rule.signature}" if isinstance(rule, DocumentRule) else "用于套打"
        message = f"清单里 {rule.kind} {told}，模板的 form 就应是 {' 或 '.join(wanted)}；请改成一致。"
        yield Finding(rule.template, "form", "package.template-form", message)


def _unused_templates(parts: Parts) -> Iterator[Finding]:
    assert parts.manifest is not None
    named = {rule.template for rule in parts.manifest.documents.values()}
    named |= {rule.template for rule in parts.manifest.prints.values()}
    for file in parts.package.within("documents"):
        if file not in named:
            message = "清单的 [documents]、[prints] 里没有用到这个模板；请删去它，或在清单里加上这种文书。"
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


def _sheet(parts: Parts, rule: PrintRule, vocabulary: Vocabulary) -> Iterator[Finding]:
    """What a printed form reads is written by somebody somewhere in the process; its boxes name tasks and their fields."""
    reach = Reach.of(parts, vocabulary)
    template = parts.templates.get(rule.template)
    place = f"prints.{rule.kind}"
    if reach is not None and template is not None:
        there = frozenset().union(*reach.written.values(), FACTS, PRINT_FACTS, {rule.member} - {""})
        for name in sorted(frozenset(template.variables) - there):
            message = f"模板要用变量“{shown(name)}”，流程里没有；请在流程里写出它，或改模板。"
            yield Finding(rule.template, shown(name), "package.template-variable", message)
        if rule.each and rule.each not in there:
            message = f"each 里的“{shown(rule.each)}”流程里没有；请写一个列表变量。"
            yield Finding(MANIFEST, f"{place}.each", "package.print-each", message)
    for position, level in enumerate(rule.levels, 1):
        for message in _level(parts, level, vocabulary):
            yield Finding(MANIFEST, f"{place}.levels.{position}", "package.print-level", message)


def _level(parts: Parts, level: Level, vocabulary: Vocabulary) -> Iterator[str]:
    assert parts.drawing is not None
    node = parts.drawing.nodes.get(level.node)
    if node is None or node.kind != "userTask":
        yield f"没有用户任务“{shown(level.node)}”；请改正 node。"
        return
    if not level.opinion.startswith("="):
        yield 'opinion 写 FEEL，读该任务表单填的内容，如 =if decision = "agree" then "同意。" else "不同意。"；请改正。'
        return
    expression = compiled(level.opinion)
    if expression is None:
        yield f"表达式“{shown(level.opinion)}”不能解析；请改正。"
        return
    held = parts.forms.get(node.form_id or "")
    if held is None:
        return
    known = frozenset(held.value.fields) | CONSTANTS | frozenset(vocabulary.functions)
    keys = {path.replace("[]", "").rpartition(".")[2] for path in held.value.fields} | {"key", "label"}
    for name in sorted(expression.names - known - (expression.element_names & keys)):
        yield f"表单 {held.value.id} 没有“{shown(name)}”；请改正 opinion。"
    if "_internal" in level.opinion:
        yield "内部字段不得写入文书；请改正 opinion。"
