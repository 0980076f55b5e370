"""The document elements: which may stand where, and every fault of a template, each with its line.

`check` reads a template's skeleton, the template with its Jinja parts blanked out. `reading` makes content of the
composed XML by the same grammar.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from engine.documents.problems import TemplateProblem

LEVELS = {"一级": 1, "二级": 2, "三级": 3, "四级": 4}
ATTENDANCE = ("出席", "请假", "列席")
BLOCKS = frozenset(["段", "一级", "二级", "三级", "四级", "清单", "栏", "意见"])
HEADS = frozenset(["份号", "紧急程度", "签发人", "机关", "标题", "主送"])
TAILS = frozenset(["署名", "抄送", "印发", "附注", "等级", *ATTENDANCE])
TOP = BLOCKS | HEADS | TAILS | {"附件", "名单", "联系"}
REQUIRED = dict.fromkeys(("letter", "document", "notice"), ("标题", "主送"))
ONCE = HEADS | TAILS
ONLY_IN: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("份号", "紧急程度"), ("document", "minutes")),
    "签发人": ("document",),
    "印发": ("document", "minutes"),
    "等级": ("slip",),
    **dict.fromkeys(ATTENDANCE, ("minutes",)),
    **dict.fromkeys(("栏", "意见"), ("sheet",)),
}


@dataclass(frozen=True)
class Rule:
    """What one element may hold: child elements, attributes, text."""

    children: frozenset[str] = frozenset()
    attributes: frozenset[str] = frozenset()
    required: frozenset[str] = field(default=frozenset())
    text: bool = True


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


INLINE = _names("黑 楷")
TABLE = Rule(_names("列 行"), text=False)
GRAMMAR = {
    "公文": Rule(TOP, text=False),
    "机关": Rule(),
    "标题": Rule(_names("句")),
    "句": Rule(),
    "主送": Rule(),
    "段": Rule(INLINE | _names("二级 三级 四级")),
    **{name: Rule(INLINE) for name in LEVELS},
    "黑": Rule(),
    "楷": Rule(),
    "清单": TABLE,
    "名单": Rule(_names("标题 列 行"), _names("名 题"), text=False),
    "附件": Rule(BLOCKS | {"标题"}, _names("名 题"), _names("名"), text=False),
    "列": Rule(frozenset(), _names("宽 齐 型")),
    "行": Rule(_names("格"), text=False),
    "格": Rule(),
    "署名": Rule(),
    "抄送": Rule(),
    "附注": Rule(),
    "联系": Rule(),
    "等级": Rule(),
    "份号": Rule(),
    "紧急程度": Rule(),
    "签发人": Rule(),
    "印发": Rule(),
    **{name: Rule() for name in ATTENDANCE},
    "栏": Rule(_names("项"), text=False),
    "项": Rule(frozenset(), _names("名 宽"), _names("名")),
    "意见": Rule(frozenset(), _names("名 人 日 高"), _names("名")),
}
MEASURES = _names("宽 高")
CHOICES = {"齐": _names("左 中"), "型": _names("姓名")}


def parse(xml: str) -> etree._Element:
    """The element tree of XML without any document type, entity or network access; `etree.XMLSyntaxError` otherwise."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    return etree.fromstring(xml.encode(), parser)


def check(skeleton: str, form: str, public: bool = False) -> list[TemplateProblem]:
    """Every fault of a template's elements; an empty list when there is none. A `public` one is addressed to nobody."""
    try:
        root = parse(skeleton)
    except etree.XMLSyntaxError as error:
        line = error.position[0] if error.position else 1
        text = "元素没有写完整：标签要成对，且在同一个 {% if %}、{% for %} 之内开始和结束，属性值要加引号"
        return [TemplateProblem(line or 1, "template.xml", f"{text}（{error.msg}）")]
    if root.tag != "公文":
        return [TemplateProblem(_line(root), "template.root", "正文应当是一个 <公文> 元素")]
    problems = [problem for element in root.iter("*") for problem in _faults(element)]
    problems += _crossings(root)
    present = {child.tag for child in root}
    for child in root.iter("*"):
        if form not in ONLY_IN.get(str(child.tag), (form,)):
            message = f"<{child.tag}> 只用于 form 为 {'、'.join(ONLY_IN[str(child.tag)])} 的文书"
            problems.append(TemplateProblem(_line(child), "template.misplaced", message))
    for name in REQUIRED.get(form, ("标题",)):
        if name not in present and not (public and name == "主送"):
            problems.append(TemplateProblem(_line(root), "template.required", f"缺少必备元素 <{name}>"))
    return problems


def _line(element: etree._Element) -> int:
    line = element.sourceline
    return line if isinstance(line, int) else 1


def _faults(element: etree._Element) -> Iterator[TemplateProblem]:
    line, name = _line(element), str(element.tag)
    rule = GRAMMAR.get(name)
    if rule is None:
        yield TemplateProblem(line, "template.unknown-element", f"没有 <{name}> 这个元素")
        return
    for child in element:
        if isinstance(child.tag, str) and child.tag in GRAMMAR and child.tag not in rule.children:
            yield TemplateProblem(_line(child), "template.misplaced", f"<{child.tag}> 不能放在 <{name}> 里")
    for attribute, value in element.attrib.items():
        yield from _attribute_faults(line, name, rule, str(attribute), str(value))
    for attribute in sorted(rule.required - set(element.attrib)):
        yield TemplateProblem(line, "template.attribute", f"<{name}> 缺少属性 {attribute}")
    if not rule.text and any(part.strip() for part in _own_text(element)):
        yield TemplateProblem(line, "template.text", f"<{name}> 里只能放元素，不能直接写文字")


def _crossings(root: etree._Element) -> Iterator[TemplateProblem]:
    """Control blocks that begin in one element and end in another: only some values would give whole elements."""
    opened: list[etree._Element | None] = []
    for mark in root.iter(etree.ProcessingInstruction):
        word, parent = str(mark.text), mark.getparent()
        if word in ("if", "for"):
            opened.append(parent)
        elif opened:
            if opened[-1] is not parent:
                yield TemplateProblem(_line(mark), "template.crossing", f"{{% {word} %}} 与它的开头不在同一个元素里")
            if word.startswith("end"):
                opened.pop()


def _attribute_faults(line: int, name: str, rule: Rule, attribute: str, value: str) -> Iterator[TemplateProblem]:
    if attribute not in rule.attributes:
        yield TemplateProblem(line, "template.attribute", f"<{name}> 没有属性 {attribute}")
    elif attribute in CHOICES and value not in CHOICES[attribute]:
        allowed = "、".join(sorted(CHOICES[attribute]))
        yield TemplateProblem(line, "template.attribute", f"属性 {attribute} 只能是{allowed}")
    elif attribute in MEASURES and not re.fullmatch(r"\d{1,3}(?:\.\d)?", value):
        yield TemplateProblem(
            line, "template.attribute", f'属性 {attribute} 是毫米数，如 {attribute}="22"，不能由变量给出'
        )


def _own_text(element: etree._Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        yield child.tail or ""
