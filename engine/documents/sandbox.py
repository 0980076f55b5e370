"""Jinja reduced to filling in: what an untrusted template may say is a list of node types, checked before compilation."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from jinja2 import StrictUndefined, nodes, pass_context
from jinja2.runtime import Context, LoopContext, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from engine.documents.filters import FILTERS, day, number
from engine.documents.problems import ComposeError, TemplateProblem
from engine.documents.reading import LINE_BREAK

STEPS, MOST_DEPTH = 20_000, 4
PLACEHOLDER, TEMPLATE_NAME = "文", "<template>"
ALLOWED: tuple[type[nodes.Node], ...] = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.For,
    nodes.If,
    nodes.Name,
    nodes.Const,
    nodes.Getattr,
    nodes.Getitem,
    nodes.Filter,
    nodes.Test,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.CondExpr,
    nodes.List,
    nodes.Tuple,
)
FORBIDDEN_NAMES = {
    nodes.Call: "调用",
    nodes.Macro: "宏",
    nodes.CallBlock: "宏",
    nodes.Include: "include",
    nodes.Import: "import",
    nodes.FromImport: "import",
    nodes.Extends: "extends",
    nodes.Block: "block",
    nodes.Assign: "赋值",
    nodes.AssignBlock: "赋值",
    nodes.With: "with",
    nodes.FilterBlock: "filter 块",
}
TESTS = frozenset(("defined", "undefined", "none"))
LOOP = frozenset(("index", "first", "last", "length"))
UNPRINTABLE = frozenset(("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))  # not Cn: Unicode grows faster than Python


class Budget:
    """The loop steps that one composition may take."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def take(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise ComposeError(f"循环超过 {STEPS} 步", code="document.limit")


@pass_context
def _counted(context: Context, items: Any) -> Iterator[Any]:
    if isinstance(items, Undefined):
        raise ComposeError(_missing(items))
    if not isinstance(items, list | tuple):
        raise ComposeError("for 只能用于列表")
    return _steps(context["_budget"], items)


def _steps(budget: Budget, items: list[Any] | tuple[Any, ...]) -> Iterator[Any]:
    for item in items:
        budget.take()
        yield item


def _missing(value: Undefined) -> str:
    return f"没有给出“{value._undefined_name}”"


def printed(value: Any) -> str:
    """How a value stands in the document. `ComposeError` for null and for anything that is not one plain value."""
    if isinstance(value, Undefined):
        raise ComposeError(_missing(value))
    if value is None:
        raise ComposeError('要打印的值是空的；允许空时请写 {{ 变量 or "" }}')
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | Decimal):
        return number(value)
    if isinstance(value, datetime | date):
        return day(value)
    if isinstance(value, str):
        return _text(value)
    raise ComposeError("要打印的是列表或上下文，请写出其中的一项")


def _text(value: str) -> str:
    text = re.sub(r"\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]", LINE_BREAK, value).replace("\t", " ").replace("\xa0", " ")
    for character in text:
        if character != LINE_BREAK and unicodedata.category(character) in UNPRINTABLE:
            raise ComposeError(
                f"“{value[:20]}”中有不可见字符 U+{ord(character):04X}，请删去后重试", code="document.character"
            )
    return text


def plain(value: Any, depth: int = 0) -> Any:
    """A copy of a value with internal members left out and every type other than ours refused."""
    if depth > 20:
        raise ComposeError("变量套得太深")
    if isinstance(value, Mapping):
        return {str(k): plain(v, depth + 1) for k, v in value.items() if not str(k).endswith("_internal")}
    if isinstance(value, list | tuple):
        return [plain(item, depth + 1) for item in value]
    return value


class Sandbox(ImmutableSandboxedEnvironment):
    """No loader, no globals, our filters, keys instead of attributes."""

    def __init__(self) -> None:
        super().__init__(autoescape=True, undefined=StrictUndefined, finalize=printed, trim_blocks=False)
        self.globals.clear()
        self.filters = {**FILTERS, "_counted": _counted}
        self.tests = {name: test for name, test in self.tests.items() if name in TESTS}

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Keys of contexts and the four properties of `loop`; Python's own attributes do not exist here."""
        if isinstance(obj, LoopContext):
            return getattr(obj, attribute) if attribute in LOOP else self.undefined(name=attribute)
        if isinstance(obj, dict) and attribute in obj:
            return obj[attribute]
        return self.undefined(obj=None, name=attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, list) and isinstance(argument, int) and -len(obj) <= argument < len(obj):
            return obj[argument]
        if isinstance(obj, dict) and isinstance(argument, str):
            return self.getattr(obj, argument)
        return self.undefined(obj=None, name=str(argument))

    def compile_tree(self, tree: nodes.Template) -> Any:
        """A compiled template of a checked tree whose loops count their steps."""
        for loop in tree.find_all(nodes.For):
            loop.iter = nodes.Filter(loop.iter, "_counted", [], [], None, None, lineno=loop.lineno)
        code = self.compile(tree, filename=TEMPLATE_NAME)
        return self.template_class.from_code(self, code, {})

    def skeleton(self, source: str, marked: bool = False) -> str:
        """The template with Jinja's parts blanked out, line for line: what remains are the elements.

        `marked` leaves a processing instruction `<?jinja for?>` where a control block stands between elements.
        """
        out: list[str] = []
        line, keyword_follows, in_tag = 1, False, False
        for at, kind, value in self.lex(source):
            out.append("\n" * (at - line))  # `{%-` swallows line breaks without a token
            line = max(at, line) + value.count("\n")
            if kind == "data":
                in_tag = _ends_in_tag(value, in_tag)
            elif kind == "variable_begin":
                out.append(PLACEHOLDER)
            elif keyword_follows and kind == "name":
                out.append(f"<?jinja {value}?>" if marked and not in_tag else "")
                keyword_follows = False
            keyword_follows = keyword_follows or kind == "block_begin"
            out.append(value if kind == "data" else "\n" * value.count("\n"))
        return "".join(out)


def _ends_in_tag(data: str, before: bool) -> bool:
    last = max(data.rfind("<"), data.rfind(">"))
    return before if last < 0 else data[last] == "<"


def node_problems(tree: nodes.Template, variables: frozenset[str]) -> list[TemplateProblem]:
    """Everything in a template that is not filling in, and every name that is not declared."""
    problems: list[TemplateProblem] = []
    _walk(tree, variables, 0, problems)
    return problems


def _walk(node: nodes.Node, names: frozenset[str], depth: int, problems: list[TemplateProblem]) -> None:
    problems.extend(_faults(node, names))
    if not isinstance(node, ALLOWED):
        return
    if isinstance(node, nodes.For):
        _walk_loop(node, names, depth + 1, problems)
        return
    for child in node.iter_child_nodes():
        _walk(child, names, depth, problems)


def _walk_loop(node: nodes.For, names: frozenset[str], depth: int, problems: list[TemplateProblem]) -> None:
    if depth > MOST_DEPTH:
        problems.append(TemplateProblem(node.lineno, "template.depth", f"循环最多套 {MOST_DEPTH} 层"))
        return
    if node.recursive:
        problems.append(TemplateProblem(node.lineno, "template.forbidden", "循环不能写 recursive"))
    targets = {name.name for name in [node.target, *node.target.find_all(nodes.Name)] if isinstance(name, nodes.Name)}
    if any(name.endswith("_internal") or name.startswith("_") or name == "loop" for name in targets):
        problems.append(
            TemplateProblem(node.lineno, "template.name", "循环变量的名称不能用下划线开头、以 _internal 结尾或叫 loop")
        )
    if not isinstance(node.target, nodes.Name):
        problems.append(TemplateProblem(node.lineno, "template.forbidden", "循环只能有一个变量"))
    _walk(node.iter, names, depth, problems)
    inner = names | targets | {"loop"}
    for child in [node.test, *node.body] if node.test else node.body:
        _walk(child, inner, depth, problems)
    for child in node.else_:
        _walk(child, names, depth, problems)


def _faults(node: nodes.Node, names: frozenset[str]) -> Iterator[TemplateProblem]:
    line = node.lineno or 1
    if not isinstance(node, ALLOWED):
        what = FORBIDDEN_NAMES.get(type(node), type(node).__name__)
        yield TemplateProblem(line, "template.forbidden", f"模板里不能用{what}；需要计算的请在流程里用 FEEL 算好")
    if isinstance(node, nodes.Name):
        yield from _name_faults(line, node.name, names)
    if isinstance(node, nodes.Getattr | nodes.Getitem):
        yield from _key_faults(line, node)
    if isinstance(node, nodes.Filter) and (node.name not in FILTERS or node.kwargs or node.dyn_args or node.dyn_kwargs):
        yield TemplateProblem(line, "template.filter", f"没有“{node.name}”这样的过滤器；可用：{'、'.join(FILTERS)}")
    if isinstance(node, nodes.Test) and node.name not in TESTS:
        yield TemplateProblem(line, "template.test", f"不能用 is {node.name}")


def _name_faults(line: int, name: str, names: frozenset[str]) -> Iterator[TemplateProblem]:
    if name.endswith("_internal"):
        yield TemplateProblem(line, "template.internal", f"内部变量 {name} 不得写入文书")
    elif name not in names:
        yield TemplateProblem(line, "template.undeclared-variable", f"变量 {name} 没有在开头的 variables 里列出")


def _key_faults(line: int, node: nodes.Getattr | nodes.Getitem) -> Iterator[TemplateProblem]:
    if isinstance(node, nodes.Getattr):
        key: Any = node.attr
    else:
        key = node.arg.value if isinstance(node.arg, nodes.Const) else None
    if not isinstance(key, str | int) or isinstance(key, bool):
        yield TemplateProblem(line, "template.key", "方括号里只能写固定的键或序号")
    elif isinstance(key, str) and key.endswith("_internal"):
        yield TemplateProblem(line, "template.internal", f"内部字段 {key} 不得写入文书")
    elif isinstance(key, str) and key.startswith("_"):
        yield TemplateProblem(line, "template.key", f"没有 {key} 这样的键")
