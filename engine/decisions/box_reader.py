"""Reads the logic of a decision, whatever box it stands in."""

from collections.abc import Callable
from typing import Any

from engine.decisions import boxed
from engine.decisions.cells import CellReader
from engine.decisions.document import Element, child, children, local, text_of
from engine.decisions.item_definitions import ShapeReader
from engine.decisions.table_reader import TableReader
from engine.feel import NameTree, compile_expression

DEEPEST = 12
UNSUPPORTED = "决策里要有一张决策表、一个表达式或标准里的其他盒子，请改正。"
EXTERNAL = "外部函数（Java、PMML）不会被执行，请改用 FEEL 写。"
_WALKS = {
    "for": "for item in source return body(item, partial)",
    "some": "some item in source satisfies body(item, null)",
    "every": "every item in source satisfies body(item, null)",
}


class BoxReader:
    """All boxed expressions of one decision or knowledge model. `owner` is its id, `name` what sentences call it."""

    def __init__(self, cells: CellReader, shapes: ShapeReader, owner: str, name: str) -> None:
        self.cells = cells
        self.shapes = shapes
        self.owner = owner
        self.name = name
        self._depth = 0
        self._readers: dict[str, Callable[[Element], Any]] = {
            "literalExpression": self._literal,
            "decisionTable": self._table,
            "context": self._context,
            "invocation": self._invocation,
            "functionDefinition": self.function,
            "encapsulatedLogic": self.function,
            "list": self._list,
            "relation": self._relation,
            "conditional": self._conditional,
            "filter": self._filter,
            "for": self._loop,
            "some": self._loop,
            "every": self._loop,
        }

    def inside(self, element: Element | None) -> Any:
        """The one boxed expression among the children, or None after a problem."""
        found = [] if element is None else [inner for inner in element if local(inner) in self._readers]
        if len(found) != 1:
            return self._unsupported(element)
        return self.read(found[0])

    def holds(self, element: Element) -> bool:
        """Whether there is any logic in it."""
        return any(local(inner) in self._readers for inner in element)

    def read(self, element: Element) -> Any:
        reader = self._readers.get(local(element))
        if reader is None or self._depth >= DEEPEST:
            return self._unsupported(element)
        self._depth += 1
        logic = reader(element)
        self._depth -= 1
        shape = self.shapes.of(element.get("typeRef")) if local(element) != "decisionTable" else None
        return logic if shape is None or logic is None else boxed.Typed(logic, shape)

    def _unsupported(self, element: Element | None) -> Any:
        identity = "" if element is None else element.get("id")
        return (
            boxed.Nothing(UNSUPPORTED)
            if self.cells.gap(identity or self.owner, "decision.logic", UNSUPPORTED)
            else None
        )

    def _literal(self, element: Element) -> Any:
        language = element.get("expressionLanguage") or "FEEL"
        if not language.rstrip("/").upper().endswith("FEEL"):
            return self._unsupported(element)
        identity = element.get("id") or self.owner
        expression = self.cells.expression(identity, f"决策“{self.name}”", text_of(element))
        return None if expression is None else boxed.Literal(expression)

    def _table(self, element: Element) -> Any:
        return TableReader(self.cells, self.shapes, element, self.owner, self.name).read()

    def _context(self, element: Element) -> Any:
        entries = []
        for entry in children(element, "contextEntry"):
            variable = child(entry, "variable")
            name, type_ref = ("", None) if variable is None else (variable.get("name") or "", variable.get("typeRef"))
            entries.append(boxed.Entry(name, self.inside(entry), self.shapes.of(type_ref)))
        return boxed.Context(tuple(entries))

    def _invocation(self, element: Element) -> Any:
        bindings = []
        for binding in children(element, "binding"):
            parameter = child(binding, "parameter")
            bindings.append(("" if parameter is None else parameter.get("name") or "", self.inside(binding)))
        identity = element.get("id") or self.owner
        call = "f(" + ", ".join(f"{name}: a{index}" for index, (name, _) in enumerate(bindings)) + ")"
        expression = self.cells.expression(identity, f"决策“{self.name}”的调用", call)
        return None if expression is None else boxed.Invocation(self.inside(element), expression, tuple(bindings))

    def function(self, element: Element) -> Any:
        """A function definition; one in another language is refused, and where a file is read with gaps gives null."""
        parameters = tuple(
            (parameter.get("name") or "", self.shapes.or_any(parameter.get("typeRef")))
            for parameter in children(element, "formalParameter")
        )
        if element.get("kind", "FEEL") != "FEEL":
            self.cells.gap(element.get("id") or self.owner, "decision.external", EXTERNAL)
            return boxed.FunctionOf(parameters, boxed.Nothing(EXTERNAL))
        outside = self.cells.names
        self.cells.names = NameTree((name for name, _ in parameters), outside)
        body = self.inside(element)
        self.cells.names = outside
        return boxed.FunctionOf(parameters, body)

    def _list(self, element: Element) -> Any:
        return boxed.ListOf(tuple(self.read(item) for item in element if local(item) in self._readers))

    def _relation(self, element: Element) -> Any:
        columns = [column.get("name") or "" for column in children(element, "column")]
        rows = []
        for row in children(element, "row"):
            cells = [self.read(cell) for cell in row if local(cell) in self._readers]
            if len(cells) != len(columns):
                self.cells.fault(
                    row.get("id") or self.owner, "decision.row", "关系表里有一行的格数与列数不一致，请补齐。"
                )
            rows.append(boxed.Row(tuple(zip(columns, cells, strict=False))))
        return boxed.ListOf(tuple(rows))

    def _conditional(self, element: Element) -> Any:
        return boxed.Conditional(*(self.inside(child(element, part)) for part in ("if", "then", "else")))

    def _filter(self, element: Element) -> Any:
        return boxed.Filter(self.inside(child(element, "in")), self.inside(child(element, "match")))

    def _loop(self, element: Element) -> Any:
        kind = local(element)
        body = child(element, "return" if kind == "for" else "satisfies")
        name = element.get("iteratorVariable") or ""
        return boxed.Loop(name, self.inside(child(element, "in")), self.inside(body), compile_expression(_WALKS[kind]))
