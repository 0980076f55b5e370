"""A package made ready to run: everything read once, kept by the hash of its files."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from engine.decisions import Decision
from engine.documents import Template
from engine.forms import FormSchema
from engine.packages.manifest import DocumentRule, Manifest, PrintRule
from engine.packages.parts import Parts, no_template, read_parts
from engine.packages.problem import PackageProblems
from engine.packages.recent import Recent
from engine.packages.source import README, Package
from engine.workflow import Definition

KEPT = 64  # versions; cases of old versions go on for months


@dataclass(frozen=True, slots=True)
class CompiledPackage:
    """What a version of a process is. `documents` and `prints` are by kind, `scenarios` the raw files by name."""

    key: str
    title: str
    hash: str
    manifest: Manifest
    definition: Definition
    forms: Mapping[str, FormSchema]
    decisions: Mapping[str, Decision]
    documents: Mapping[str, Template]
    prints: Mapping[str, Template]
    scenarios: Mapping[str, bytes]
    readme: str


_compiled = Recent[CompiledPackage](KEPT)


def compiled_before(digest: str) -> CompiledPackage | None:
    """The compiled package of that hash, if it is still kept."""
    return _compiled.get(digest)


def compile_package(package: Package) -> CompiledPackage:
    """Read every file; `PackageProblems` with all findings where one cannot be used.

    What is checked here is what running needs; `check` looks further.
    """
    return _compiled.get(package.hash) or _compiled.put(package.hash, _compile(read_parts(package)))


def _compile(parts: Parts) -> CompiledPackage:
    findings = list(parts.findings)
    manifest, definition, package = parts.manifest, parts.definition, parts.package
    documents: dict[str, Template] = {}
    prints: dict[str, Template] = {}
    for place, rule, held in _named(manifest, documents, prints) if manifest else ():
        template = parts.templates.get(rule.template)
        if template is not None:
            held[rule.kind] = template
        elif rule.template not in parts.unread:
            findings.append(no_template(place, rule.template))
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors or manifest is None or definition is None:
        raise PackageProblems(findings)
    return CompiledPackage(
        key=manifest.key,
        title=manifest.title,
        hash=package.hash,
        manifest=manifest,
        definition=definition,
        forms=MappingProxyType({identity: held.value for identity, held in parts.forms.items()}),
        decisions=MappingProxyType({identity: held.value for identity, held in parts.decisions.items()}),
        documents=MappingProxyType(documents),
        prints=MappingProxyType(prints),
        scenarios=MappingProxyType(
            {name: data for name, data in package.files.items() if name.startswith("scenarios/")}
        ),
        readme=package.files.get(README, b"").decode(errors="replace"),
    )


def _named(
    manifest: Manifest, documents: dict[str, Template], prints: dict[str, Template]
) -> Iterator[tuple[str, DocumentRule | PrintRule, dict[str, Template]]]:
    """(place in the manifest, rule, where its template goes) of everything that names a template."""
    yield from ((f"documents.{kind}", rule, documents) for kind, rule in manifest.documents.items())
    yield from ((f"prints.{kind}", rule, prints) for kind, rule in manifest.prints.items())
