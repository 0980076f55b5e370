"""Reads a decision table: every cell is compiled, every fault named with table, row and column."""

from types import MappingProxyType

from engine.decisions.cells import CellReader
from engine.decisions.document import Element, child, children, text_of
from engine.decisions.item_definitions import ShapeReader
from engine.decisions.model import Input, Output, Rule, Table
from engine.feel import Expression, FeelLimitError

MOST_RULES, MOST_COLUMNS = 2_000, 100
POLICIES = ("UNIQUE", "ANY", "PRIORITY", "FIRST", "RULE ORDER", "OUTPUT ORDER", "COLLECT")
AGGREGATIONS = ("SUM", "COUNT", "MIN", "MAX")


class TableReader:
    """One table of a file."""

    def __init__(self, cells: CellReader, shapes: ShapeReader, element: Element, owner: str, name: str) -> None:
        self.cells = cells
        self.shapes = shapes
        self.element = element
        self.id = element.get("id") or owner
        self.name = name
        self.where = f"表“{name}”"
        self.annotated = [annotation.get("name") or "" for annotation in children(element, "annotation")]

    def read(self) -> Table | None:
        """The table, or None after a problem that leaves nothing to read."""
        policy, aggregation = self._policy()
        inputs = [self._input(number, e) for number, e in enumerate(children(self.element, "input"), 1)]
        outputs = tuple(self._output(number, e) for number, e in enumerate(children(self.element, "output"), 1))
        if not outputs:
            self.cells.fault(self.id, "decision.no-output", "表没有输出列，请加一列。")
        if len({column.name for column in outputs}) != len(outputs):
            self.cells.fault(self.id, "decision.output-name", "两个输出列同名，请改成不同的名称。")
        rows = list(children(self.element, "rule"))
        if len(rows) > MOST_RULES or len(inputs) + len(outputs) > MOST_COLUMNS:
            message = f"表最多 {MOST_RULES} 行、{MOST_COLUMNS} 列，请拆开。"
            self.cells.fault(self.id, "decision.size", message)
            return None
        labels = [column.label if column else "" for column in inputs]
        rules = [self._rule(number, row, labels, outputs) for number, row in enumerate(rows, 1)]
        columns = tuple(column for column in inputs if column is not None)
        good = tuple(rule for rule in rules if rule is not None)
        sheet = self.cells.sheet([column.expression for column in columns])
        table = Table(self.id, self.name, policy, aggregation, columns, outputs, good, sheet)
        self.cells.tables.append(table)
        return table

    def _policy(self) -> tuple[str, str | None]:
        policy, aggregation = self.element.get("hitPolicy") or "UNIQUE", self.element.get("aggregation")
        if policy not in POLICIES:
            message = f"不认识的命中策略“{policy}”，请改成标准里的一种。"
            self.cells.fault(self.id, "decision.hit-policy", message)
        if aggregation is not None and (aggregation not in AGGREGATIONS or policy != "COLLECT"):
            message = f"“{policy}”不能同汇总方式“{aggregation}”一起用，请改命中策略或去掉汇总。"
            self.cells.fault(self.id, "decision.hit-policy", message)
        if aggregation in ("SUM", "MIN", "MAX") and len(list(children(self.element, "output"))) > 1:
            message = "有几个输出列的表不能汇总，请只留一个输出列。"
            self.cells.fault(self.id, "decision.hit-policy", message)
        return policy, aggregation

    def _input(self, number: int, element: Element) -> Input | None:
        identity = element.get("id") or self.id
        text = text_of(child(element, "inputExpression"))
        if not text:
            self.cells.fault(identity, "decision.input", f"{self.where}第 {number} 个输入列没有表达式，请补上。")
            return None
        label = element.get("label") or text
        expression = self.cells.expression(identity, f"{self.where}输入列“{label}”", text)
        values = text_of(child(element, "inputValues"))
        allowed = self.cells.tests(identity, f"{self.where}输入列“{label}”的取值", values) if values else None
        shape = self.shapes.of(_type_of(child(element, "inputExpression")))
        return None if expression is None else Input(identity, label, expression, allowed, shape)

    def _output(self, number: int, element: Element) -> Output:
        identity = element.get("id") or self.id
        name = element.get("name") or element.get("label") or self._only_name(number)
        where = f"{self.where}输出列“{name}”"
        fallback = text_of(child(element, "defaultOutputEntry"))
        default = self.cells.expression(identity, f"{where}的默认值", fallback) if fallback else None
        label = element.get("label") or name
        return Output(identity, name, self._priorities(element, identity, where), default, label)

    def _only_name(self, number: int) -> str:
        return self.element.get("outputLabel") or (self.name if number == 1 else f"output{number}")

    def _priorities(self, element: Element, identity: str, where: str) -> tuple[object, ...]:
        text = text_of(child(element, "outputValues"))
        if not text:
            shape = self.shapes.of(element.get("typeRef"))
            shape = shape.element if shape is not None and shape.element is not None else shape
            text = shape.allowed.text if shape is not None and shape.allowed is not None else ""
        if not text:
            return ()
        listed = self.cells.expression(identity, f"{where}的取值", f"[{text}]")
        try:
            return tuple(listed.evaluate({}) or ()) if listed is not None else ()
        except FeelLimitError as error:
            self.cells.fault(identity, error.code, f"{where}的取值：{error.message}。")
            return ()

    def _rule(self, number: int, row: Element, labels: list[str], outputs: tuple[Output, ...]) -> Rule | None:
        identity = row.get("id") or self.id
        entries, answers = list(children(row, "inputEntry")), list(children(row, "outputEntry"))
        if len(entries) != len(labels) or len(answers) != len(outputs):
            message = f"{self.where}第 {number} 行的格数与列数不一致，请补齐。"
            self.cells.fault(identity, "decision.row", message)
            return None
        tests = [
            self.cells.tests(identity, f"{self.where}第 {number} 行第 {column} 列“{label}”", text_of(entry))
            for column, (entry, label) in enumerate(zip(entries, labels, strict=True), 1)
        ]
        cells = [
            self._answer(identity, f"{self.where}第 {number} 行输出“{column.name}”", text_of(entry))
            for entry, column in zip(answers, outputs, strict=True)
        ]
        if any(test is None for test in tests):
            return None
        good = tuple(test for test in tests if test is not None)
        return Rule(identity, number, good, tuple(cells), MappingProxyType(self._annotations(row)))

    def _answer(self, identity: str, where: str, text: str) -> Expression | None:
        return self.cells.expression(identity, where, text) if text else None

    def _annotations(self, row: Element) -> dict[str, str]:
        notes = [text_of(element) for element in children(row, "annotationEntry")]
        return {label: note for label, note in zip(self.annotated, notes, strict=False) if label}


def _type_of(element: Element | None) -> str | None:
    return None if element is None else element.get("typeRef")
