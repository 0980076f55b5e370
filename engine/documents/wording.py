"""What a template may quote and offer, beyond its grammar: declared types, public fields, the remedies of a party organ."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from jinja2 import nodes

from engine.documents.problems import ComposeError, TemplateProblem

TYPES: dict[str, str] = {
    "text": "文本",
    "number": "数",
    "boolean": "是否",
    "date": "日期",
    "moment": "时间",
    "list": "列表",
    "context": "上下文",
}
FILTER_TYPES: dict[str, frozenset[str]] = {
    "日期": frozenset(("date", "moment")),
    "年月": frozenset(("date", "moment")),
    "数字": frozenset(("number",)),
    "中文数字": frozenset(("number",)),
    "顿号": frozenset(("list",)),
    "个数": frozenset(("list",)),
    "取": frozenset(("list",)),
    "脱敏": frozenset(("text", "context")),
    "联系人": frozenset(("context",)),
    "成句": frozenset(("text",)),
    "分句": frozenset(("text",)),
}
# What a publicity notice may say (domain: 姓名、性别、出生年月、单位职务、拟任职务): of people, of the matter, and by itself.
PUBLIC_OF_PEOPLE = frozenset("name gender birth employer title post result".split())  # noqa: SIM905
PUBLIC_OF_THE_MATTER = frozenset("organisation_name number starts ends days name telephone mailbox".split())  # noqa: SIM905
PUBLIC_VARIABLES = frozenset("case items term_no trigger publicity contact".split())  # noqa: SIM905
REMEDY = re.compile(r"复议|诉讼|起诉")  # decisions of a party organ are open to review by itself alone
NAME_OF_A_PERSON = re.compile(r"[\u3400-\u9fff]{2,4}|(?=.{3,16}\Z)[\u3400-\u9fff]+(?:·[\u3400-\u9fff]+)+")


def type_of(value: Any) -> str:
    """The declared type that a value has; empty for null and for what no template can be given."""
    if isinstance(value, bool):
        return "boolean"
    kinds = (
        (str, "text"),
        (int | Decimal, "number"),
        (datetime, "moment"),
        (date, "date"),
        (list | tuple, "list"),
        (Mapping, "context"),
    )
    return next((name for kind, name in kinds if isinstance(value, kind)), "")


def check_types(types: Mapping[str, str], values: Mapping[str, Any]) -> None:
    """`ComposeError` for the first value that is not of its declared type. Null passes: printing it does not."""
    for name, wanted in types.items():
        value = values.get(name)
        if value is not None and type_of(value) != wanted:
            found = TYPES.get(type_of(value), "其他类型的值")
            raise ComposeError(f"变量 {name} 应当是{TYPES[wanted]}，得到的是{found}", code="document.type")


def names_of_people(value: Any, depth: int = 0) -> Iterator[str]:
    """Every person's name, under a key `name` or as a member of a list: not broken at the end of a line."""
    if depth > 20:
        return
    if depth and isinstance(value, str) and NAME_OF_A_PERSON.fullmatch(value):
        yield value
    if isinstance(value, Mapping):
        value = [one for key, one in value.items() if key == "name" or not isinstance(one, str)]
    if isinstance(value, list | tuple):
        for member in value:
            yield from names_of_people(member, depth + 1)


def type_problems(tree: nodes.Template, types: Mapping[str, str]) -> Iterator[TemplateProblem]:
    """Variables used as another type than theirs: members of a text, loops over a date, a list as a date."""
    for node in tree.find_all((nodes.Getattr, nodes.For, nodes.Filter)):
        base = {nodes.Getattr: "node", nodes.For: "iter", nodes.Filter: "node"}[type(node)]
        name = getattr(node, base)
        if not isinstance(name, nodes.Name) or name.name not in types:
            continue
        given = types[name.name]
        wanted = _wanted(node)
        if wanted and given not in wanted:
            told = "或".join(TYPES[one] for one in sorted(wanted))
            message = f"变量 {name.name} 声明为{TYPES.get(given, given)}，这里要用{told}"
            yield TemplateProblem(node.lineno, "template.type", message)


def _wanted(node: nodes.Node) -> frozenset[str]:
    if isinstance(node, nodes.Filter):
        return FILTER_TYPES.get(node.name, frozenset())
    return frozenset(("context",)) if isinstance(node, nodes.Getattr) else frozenset(("list",))


def public_problems(tree: nodes.Template, types: Mapping[str, str]) -> Iterator[TemplateProblem]:
    """Everything in a publicity notice that is not on the lists of what may be made public."""
    for name in sorted(set(types) - PUBLIC_VARIABLES):
        yield TemplateProblem(1, "template.not-public", f"公示类文书不得使用变量 {name}")
    for node in tree.find_all((nodes.Getattr, nodes.Getitem, nodes.Filter)):
        allowed, key = _quoted(node, types)
        if isinstance(key, str) and key not in allowed:
            yield TemplateProblem(node.lineno, "template.not-public", f"公示类文书不得引用字段 {key}")


def _quoted(node: nodes.Node, types: Mapping[str, str]) -> tuple[frozenset[str], Any]:
    """The key that a node reads and what may be read there."""
    if isinstance(node, nodes.Filter):
        if node.name == "联系人":  # of the department; a member of a list has a telephone, too
            ours = isinstance(node.node, nodes.Name) and node.node.name == "contact"
            return (PUBLIC_OF_THE_MATTER if ours else PUBLIC_OF_PEOPLE), "telephone"
        first = node.args[0] if node.name in ("取", "顿号") and node.args else None
        return PUBLIC_OF_PEOPLE, first.value if isinstance(first, nodes.Const) else None
    assert isinstance(node, nodes.Getattr | nodes.Getitem)
    key = node.attr if isinstance(node, nodes.Getattr) else getattr(node.arg, "value", None)
    base = node.node.name if isinstance(node.node, nodes.Name) else ""
    if base == "loop":
        return frozenset((str(key),)), key
    return (PUBLIC_OF_THE_MATTER if base in types else PUBLIC_OF_PEOPLE), key


def remedy_problems(tree: nodes.Template, skeleton: str, issuer: str) -> Iterator[TemplateProblem]:
    """A party organ's document never offers 复议 or 诉讼; what a value says is not the template's."""
    if issuer and "中共" not in issuer and "党" not in issuer:
        return
    message = "党的机关的审核文书不得告知复议或者诉讼，可以写“申请复核”"
    for number, line in enumerate(skeleton.split("\n"), 1):
        if REMEDY.search(line):
            yield TemplateProblem(number, "template.remedy", message)
    for node in tree.find_all(nodes.Const):
        if isinstance(node.value, str) and REMEDY.search(node.value):
            yield TemplateProblem(node.lineno, "template.remedy", message)
