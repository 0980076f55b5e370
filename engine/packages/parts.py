"""Every file of a package read by its own reader; what cannot be read is findings, and the rest goes on."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from engine import decisions, documents, forms, workflow
from engine.decisions import Decision, DecisionModel, DecisionProblems
from engine.documents import Template, TemplateProblems
from engine.forms import FormProblems, FormSchema
from engine.packages import confirming
from engine.packages.drawing import Drawing
from engine.packages.heads import heads
from engine.packages.manifest import Manifest, read_manifest
from engine.packages.problem import Finding, shown
from engine.packages.recent import Recent
from engine.packages.source import DIAGRAM, MANIFEST, Package
from engine.workflow import Definition

T = TypeVar("T")
KEPT = 16  # packages: those of an installation, and one that is being drawn


@dataclass(frozen=True, slots=True)
class Held(Generic[T]):
    """Something and the file that holds it."""

    file: str
    value: T


@dataclass
class Parts:
    """What could be read. `unread` are the files that could not: whatever they define must not be called missing."""

    package: Package
    manifest: Manifest | None = None
    definition: Definition | None = None
    drawing: Drawing | None = None
    forms: dict[str, Held[FormSchema]] = field(default_factory=dict)
    decisions: dict[str, Held[Decision]] = field(default_factory=dict)
    models: dict[str, DecisionModel] = field(default_factory=dict)
    templates: dict[str, Template] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)

    def is_unread(self, folder: str) -> bool:
        """Whether a file of this folder could not be read."""
        return any(file.startswith(folder + "/") for file in self.unread)


_parts = Recent[Parts](KEPT)


def read_parts(package: Package) -> Parts:
    """Everything, read once for all who ask (checks, neighbours, the compiler), so that nobody may change it; never
    raises for what a package holds."""
    return _parts.get(package.hash) or _parts.put(package.hash, _read(package))


def _read(package: Package) -> Parts:
    parts = Parts(package)
    _read_one(parts, MANIFEST, _manifest)
    _read_one(parts, DIAGRAM, _diagram)
    for folder, read in (("forms", _form), ("decisions", _decision), ("documents", _template)):
        for file in package.within(folder):
            _read_one(parts, file, read)
    return parts


def no_template(place: str, template: str) -> Finding:
    """A document or a printed form of the manifest, by its place there, whose template is not there."""
    message = f"没有模板文件 {shown(template)}；请放入模板，或改正 template。"
    return Finding(MANIFEST, f"{place}.template", "package.no-template", message)


def guarded(file: str, work: Callable[[], Iterable[Finding]]) -> list[Finding]:
    """The findings of some work on a file; a fault of our own becomes a finding, so that nobody sees a traceback."""
    try:
        return list(work())
    except Exception as error:
        message = f"检查时系统出错（{type(error).__name__}：{shown(error)}）；请把流程包发给维护人员。"
        return [Finding(file, "", "package.internal", message)]


def _read_one(parts: Parts, file: str, read: Callable[[Parts, str, bytes], Iterable[Finding]]) -> None:
    data = parts.package.files.get(file)
    if data is None:
        message = f"流程包里没有 {file}；请补上这个文件。"
        found = [Finding(file, "", "package.missing-file", message)]
    else:
        found = guarded(file, lambda: read(parts, file, data))
    if any(finding.severity == "error" for finding in found):
        parts.unread.add(file)
    parts.findings += found


def _manifest(parts: Parts, _file: str, data: bytes) -> Iterable[Finding]:
    parts.manifest, findings = read_manifest(data)
    return findings


def _diagram(parts: Parts, file: str, data: bytes) -> Iterable[Finding]:
    survey = workflow.survey(data, file)
    parts.definition, parts.drawing = survey.definition, Drawing.of(survey)
    found = diagram_findings(file, survey.problems)
    for node in parts.drawing.of_kind("userTask") if parts.drawing is not None else ():
        if node.form_id is not None and node.form_id == confirming.form_id(node):
            found += _confirmation(parts, file, node)
    return found


def _confirmation(parts: Parts, file: str, node: workflow.Node) -> list[Finding]:
    try:
        schema = confirming.confirmation(node)
    except FormProblems as problems:
        return [_finding(file, problem) for problem in problems.problems]
    return _hold(parts.forms, schema.id, Held(file, schema), "表单")


def diagram_findings(file: str, problems: Iterable[workflow.Problem]) -> list[Finding]:
    return [_finding(file, problem) for problem in problems]


def _form(parts: Parts, file: str, data: bytes) -> Iterable[Finding]:
    try:
        schema = forms.read(data, file, parts.package.within("forms"))
    except FormProblems as problems:
        return [_finding(file, problem) for problem in problems.problems]
    return _hold(parts.forms, schema.id, Held(file, schema), "表单")


def _decision(parts: Parts, file: str, data: bytes) -> Iterable[Finding]:
    try:
        model = decisions.read(data, file, library=parts.package.within("decisions"))
    except DecisionProblems as problems:
        return [_finding(file, problem) for problem in problems.problems]
    parts.models[file] = model
    found: list[Finding] = []
    for identity, decision in model.decisions.items():
        found += _hold(parts.decisions, identity, Held(file, decision), "决策")
    return found


def _template(parts: Parts, file: str, data: bytes) -> Iterable[Finding]:
    """Templates that the manifest does not name are told by the check of documents; what it says of them is not known."""
    head = heads(parts.manifest).get(file) if parts.manifest is not None else None
    if head is None:
        return []
    try:
        parts.templates[file] = documents.read_template(data, file, head)
    except TemplateProblems as problems:
        sentences = [(f"line {each.line}", each.code, _sentence(each.message)) for each in problems.problems]
        return [Finding(file, *each) for each in sentences]
    return []


def _hold(held: dict[str, Held[Any]], identity: str, one: Held[Any], noun: str) -> list[Finding]:
    if identity in held:
        message = f"{noun} {shown(identity)} 已在 {held[identity].file} 里定义；请改成不同的标识。"
        return [Finding(one.file, shown(identity), "package.duplicate-id", message)]
    held[identity] = one
    return []


def _finding(file: str, problem: Any) -> Finding:
    element, code, message = problem if isinstance(problem, tuple) else (problem.element, problem.code, problem.message)
    return Finding(file, "" if element == file else shown(element), code, _sentence(message))


def _sentence(message: str) -> str:
    return message if message.endswith("。") else message + "。"
