"""FEEL of the manifest. That of the diagram, the forms and the tables is read by their own readers."""

from collections.abc import Iterator

from engine import feel
from engine.packages.parts import Parts
from engine.packages.problem import Finding, shown
from engine.packages.source import MANIFEST
from engine.packages.vocabulary import Vocabulary


def findings(parts: Parts, _vocabulary: Vocabulary) -> Iterator[Finding]:
    if parts.manifest is None:
        return
    title, files = parts.manifest.case_title, parts.manifest.shared_files
    if title.startswith("="):
        yield from _parsed("package.case_title", title)
    elif title:
        message = '没有以 = 开头，所有案件会叫同一个名字；请写 FEEL，如 =org_name + "申请"。'
        yield Finding(MANIFEST, "package.case_title", "package.constant-title", message, "warning")
    if files.startswith("="):
        yield from _parsed("package.shared_files", files)


def _parsed(element: str, text: str) -> Iterator[Finding]:
    try:
        feel.compile_expression(text[1:])
    except feel.FeelError as error:
        message = f"表达式“{shown(text)}”不能解析：{error.message.rstrip('。')}；请改正。"
        yield Finding(MANIFEST, element, "package.expression", message)
