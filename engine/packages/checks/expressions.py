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
    text = parts.manifest.case_title
    if not text.startswith("="):
        if text:
            message = '没有以 = 开头，所有案件会叫同一个名字；请写 FEEL，如 =org_name + "申请"。'
            yield Finding(MANIFEST, "package.case_title", "package.constant-title", message, "warning")
        return
    try:
        feel.compile_expression(text[1:])
    except feel.FeelError as error:
        message = f"表达式“{shown(text)}”不能解析：{error.message.rstrip('。')}；请改正。"
        yield Finding(MANIFEST, "package.case_title", "package.expression", message)
