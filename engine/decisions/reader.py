"""Reads DMN 1.2 to 1.5: every fault of a file at once, and no access to anything but its bytes."""

from collections.abc import Iterator
from types import MappingProxyType
from typing import Any

from lxml import etree

from engine.decisions.model import Decision, DecisionModel, Input, Output, Rule, Table
from engine.decisions.problems import DecisionProblems, Problem
from engine.feel import Expression, FeelSyntaxError, UnaryTests, compile_expression, compile_unary_tests

MOST_BYTES, MOST_RULES, MOST_COLUMNS = 2 * 1024 * 1024, 2_000, 100
POLICIES = {"UNIQUE", "ANY", "PRIORITY", "FIRST", "RULE ORDER", "OUTPUT ORDER", "COLLECT"}
NAMESPACES = {
    "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "https://www.omg.org/spec/DMN/20230324/MODEL/",
}
LOGIC = ("decisionTable", "literalExpression")


def read(xml: bytes, file: str) -> DecisionModel:
    """The decisions of a file. Raises `DecisionProblems` with every fault."""
    return _Reader(file).read(xml)


class _Reader:
    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.names: tuple[str, ...] = ()

    def fault(self, element: str, code: str, message: str) -> None:
        self.problems.append(Problem(element, code, message))

    def read(self, xml: bytes) -> DecisionModel:
        root = self._root(xml)
        if root is not None:
            self.names = tuple(name for e in root.iter() if isinstance(e.tag, str) and (name := e.get("name")))
        decisions = [self._decision(e) for e in _children(root, "decision")] if root is not None else []
        if root is not None and not decisions:
            self.fault(self.file, "decision.empty", "文件里没有决策，请加入一张决策表。")
        if self.problems:
            raise DecisionProblems(self.file, self.problems)
        found = [one for one in decisions if one is not None]
        self._cycles(found)
        if self.problems:
            raise DecisionProblems(self.file, self.problems)
        return DecisionModel.of(self.file, found)

    def _root(self, xml: bytes) -> Any:
        if len(xml) > MOST_BYTES:
            self.fault(self.file, "xml.size", f"文件超过 {MOST_BYTES // 1024} KiB，请拆成几张表。")
            return None
        if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
            self.fault(self.file, "xml.doctype", "文件里有 DOCTYPE 声明，不能接受，请删去。")
            return None
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        try:
            root = etree.fromstring(xml, parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            line = getattr(error, "lineno", None) or 1
            self.fault(self.file, "xml.syntax", f"第 {line} 行不是合法的 XML，请用建模工具重新保存。")
            return None
        if root.getroottree().docinfo.doctype:
            self.fault(self.file, "xml.doctype", "文件里有 DOCTYPE 声明，不能接受，请删去。")
            return None
        name = etree.QName(root)
        if name.localname != "definitions" or name.namespace not in NAMESPACES:
            self.fault(self.file, "decision.not-dmn", "这不是 DMN 1.2 到 1.5 的文件，请用建模工具另存。")
            return None
        return root

    def _decision(self, element: Any) -> Decision | None:
        identity = element.get("id") or ""
        if not identity:
            self.fault(self.file, "decision.no-id", f"决策“{element.get('name') or ''}”没有 id，请补上。")
            return None
        kinds = [child for child in element if isinstance(child.tag, str) and _local(child) in LOGIC]
        if len(kinds) != 1:
            self.fault(identity, "decision.logic", "决策里要有一张决策表或一个表达式，别的写法本版本不支持。")
            return None
        logic = self._table(kinds[0]) if _local(kinds[0]) == "decisionTable" else self._literal(identity, kinds[0])
        requires = tuple(
            href.get("href", "").lstrip("#")
            for requirement in _children(element, "informationRequirement")
            for href in _children(requirement, "requiredDecision")
        )
        return None if logic is None else Decision(identity, element.get("name") or identity, logic, requires)

    def _literal(self, identity: str, element: Any) -> Expression | None:
        return self._expression(element.get("id") or identity, f"决策 {identity}", _text(element))

    def _expression(self, element: str, where: str, text: str) -> Expression | None:
        try:
            return compile_expression(text, self.names)
        except FeelSyntaxError as error:
            self.fault(element, error.code, f"{where}的表达式写法有误：{error.message}。")
            return None

    def _tests(self, element: str, where: str, text: str) -> UnaryTests | None:
        try:
            return compile_unary_tests(text, self.names)
        except FeelSyntaxError as error:
            self.fault(element, error.code, f"{where}的条件写法有误：{error.message}。")
            return None

    # --- tables ---

    def _table(self, element: Any) -> Table | None:
        identity = element.get("id") or self.file
        policy = element.get("hitPolicy") or "UNIQUE"
        if policy not in POLICIES:
            self.fault(identity, "decision.hit-policy", f"不认识的命中策略“{policy}”，请改成标准里的一种。")
        inputs = tuple(self._input(number, e) for number, e in enumerate(_children(element, "input"), 1))
        outputs = tuple(self._output(number, e) for number, e in enumerate(_children(element, "output"), 1))
        if not outputs:
            self.fault(identity, "decision.no-output", "表没有输出列，请加一列。")
        if len({column.name for column in outputs}) != len(outputs):
            self.fault(identity, "decision.output-name", "两个输出列同名，请改成不同的名称。")
        labels = [e.get("name") or "" for e in _children(element, "annotation")]
        rows = list(_children(element, "rule"))
        if len(rows) > MOST_RULES or len(inputs) + len(outputs) > MOST_COLUMNS:
            self.fault(identity, "decision.size", f"表最多 {MOST_RULES} 行、{MOST_COLUMNS} 列，请拆开。")
            return None
        rules = tuple(
            rule for number, e in enumerate(rows, 1) if (rule := self._rule(number, e, inputs, outputs, labels))
        )
        good = [column for column in inputs if column is not None]
        if len(good) != len(inputs):
            return None
        return Table(identity, policy, element.get("aggregation"), tuple(good), outputs, rules)

    def _input(self, number: int, element: Any) -> Input | None:
        identity = element.get("id") or f"input{number}"
        inner = next(_children(element, "inputExpression"), None)
        text = _text(inner) if inner is not None else ""
        if not text:
            self.fault(identity, "decision.input", f"第 {number} 个输入列没有表达式，请补上。")
            return None
        label = element.get("label") or text
        expression = self._expression(identity, f"输入列“{label}”", text)
        return None if expression is None else Input(identity, label, expression)

    def _output(self, number: int, element: Any) -> Output:
        identity = element.get("id") or f"output{number}"
        name = element.get("name") or element.get("label") or f"output{number}"
        values = next(_children(element, "outputValues"), None)
        listed = (
            self._expression(identity, f"输出列“{name}”的取值", f"[{_text(values)}]") if values is not None else None
        )
        default = next(_children(element, "defaultOutputEntry"), None)
        fallback = (
            self._expression(identity, f"输出列“{name}”的默认值", _text(default)) if default is not None else None
        )
        return Output(identity, name, tuple(listed.evaluate({}) or ()) if listed else (), fallback)

    def _rule(
        self, number: int, element: Any, inputs: tuple[Any, ...], outputs: tuple[Output, ...], labels: list[str]
    ) -> Rule | None:
        identity = element.get("id") or f"rule{number}"
        tests = [_text(e) for e in _children(element, "inputEntry")]
        cells = [_text(e) for e in _children(element, "outputEntry")]
        if len(tests) != len(inputs) or len(cells) != len(outputs):
            self.fault(identity, "decision.row", f"第 {number} 行的格数与列数不一致，请补齐。")
            return None
        compiled = [
            self._tests(identity, f"第 {number} 行第 {column} 列", text or "-") for column, text in enumerate(tests, 1)
        ]
        answers = [
            self._expression(identity, f"第 {number} 行输出“{outputs[column].name}”", text) if text else None
            for column, text in enumerate(cells)
        ]
        notes = [_text(e) for e in _children(element, "annotationEntry")]
        annotations = {label: note for label, note in zip(labels, notes, strict=False) if label}
        if any(test is None for test in compiled):
            return None
        good = tuple(test for test in compiled if test is not None)
        return Rule(identity, number, good, tuple(answers), MappingProxyType(annotations))

    def _cycles(self, decisions: list[Decision]) -> None:
        needs = {one.id: one.requires for one in decisions}
        for one in decisions:
            seen, todo = set[str](), list(one.requires)
            while todo:
                key = todo.pop()
                if key == one.id:
                    self.fault(one.id, "decision.cycle", "决策绕了一圈又依赖自己，请拆开。")
                    return
                if key not in seen:
                    seen.add(key)
                    todo += needs.get(key, ())
            for key in one.requires:
                if key not in needs:
                    self.fault(one.id, "decision.unknown-requirement", f"依赖的决策“{key}”不在本文件里，请补上。")


def _local(element: Any) -> str:
    return str(etree.QName(element).localname)


def _children(element: Any, name: str) -> Iterator[Any]:
    for child in element:
        if isinstance(child.tag, str) and _local(child) == name:
            yield child


def _text(element: Any) -> str:
    for child in _children(element, "text"):
        return (child.text or "").strip()
    return ""
