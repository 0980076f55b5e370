"""Reads DMN 1.2 to 1.5: every fault of a file at once, and no access to anything but its bytes."""

from types import MappingProxyType
from typing import Any

from engine.decisions.box_reader import UNSUPPORTED, BoxReader
from engine.decisions.boxed import FunctionOf, KnowledgeModel, Nothing, Service
from engine.decisions.cells import CellReader
from engine.decisions.document import MOST_BYTES, Doctype, Element, child, children, is_dmn, local, parse, reference
from engine.decisions.item_definitions import ShapeReader
from engine.decisions.model import Decision, DecisionModel, Knowledge
from engine.decisions.problems import DecisionProblems
from engine.decisions.shapes import Shape

MOST_LINKS = 12
ELEMENTS = ("decision", "inputData", "businessKnowledgeModel", "decisionService", "knowledgeSource")
REQUIREMENTS = {
    "requiredDecision": ("decision",),
    "requiredInput": ("inputData",),
    "requiredKnowledge": ("businessKnowledgeModel", "decisionService"),
    "outputDecision": ("decision",),
    "inputDecision": ("decision",),
    "inputData": ("inputData",),
}
NAMED = (*ELEMENTS, "variable", "itemComponent", "column", "output")


def read(xml: bytes, file: str, *, complete: bool = True) -> DecisionModel:
    """The decisions of a file; unless `complete`, decisions without logic are let in and are null.

    Raises `DecisionProblems` with every fault.
    """
    cells = CellReader()
    root = _root(xml, file, cells)
    model = None if root is None else _Reader(file, root, cells, complete).read()
    if cells.problems or model is None:
        raise DecisionProblems(file, cells.problems)
    return model


def _root(xml: bytes, file: str, cells: CellReader) -> Element | None:
    if len(xml) > MOST_BYTES:
        cells.fault(file, "xml.size", f"文件超过 {MOST_BYTES // 1024} KiB，请拆成几张表。")
        return None
    try:
        root = parse(xml)
    except Doctype:
        cells.fault(file, "xml.doctype", "文件里有 DOCTYPE 声明，不能接受，请删去。")
        return None
    except ValueError as error:
        cells.fault(file, "xml.syntax", f"{error}不是合法的 XML，请用建模工具重新保存。")
        return None
    if not is_dmn(root):
        cells.fault(file, "decision.not-dmn", "这不是 DMN 1.2 到 1.5 的文件，请用建模工具另存。")
        return None
    return root


class _Reader:
    """The elements of one file, read in the order in which they require each other."""

    def __init__(self, file: str, root: Element, cells: CellReader, complete: bool) -> None:
        self.file = file
        self.complete = complete
        self.cells = cells
        names = {e.get("name"): None for e in root.iter() if local(e) in NAMED and e.get("name")}
        cells.names = tuple(name for name in names if not name.isidentifier())
        self.shapes = ShapeReader(cells, root)
        self.elements: dict[str, Element] = {}
        self.inputs: dict[str, tuple[str, Shape | None]] = {}
        self.knowledge: dict[str, Knowledge] = {}
        self.decisions: dict[str, Decision] = {}
        for element in children(root, *ELEMENTS):
            self._register(element)
        if child(root, "decision") is None:
            cells.fault(file, "decision.empty", "文件里没有决策，请加入一张决策表。")

    def _register(self, element: Element) -> None:
        identity = element.get("id") or ""
        if not identity:
            self.cells.fault(self.file, "decision.no-id", f"决策“{element.get('name') or ''}”没有 id，请补上。")
        elif identity in self.elements:
            self.cells.fault(identity, "decision.no-id", f"id“{identity}”用了两次，请改一个。")
        else:
            self.elements[identity] = element

    def read(self) -> DecisionModel:
        together: dict[str, Decision] = {}
        self.together = MappingProxyType(together)
        for identity in self._in_order():
            element = self.elements[identity]
            match local(element):
                case "inputData":
                    variable = child(element, "variable")
                    shape = self.shapes.of(None if variable is None else variable.get("typeRef"))
                    self.inputs[identity] = (element.get("name") or "", shape)
                case "businessKnowledgeModel":
                    self._knowledge_model(identity, element)
                case "decisionService":
                    self._service(identity, element)
                case "decision":
                    self._decision(identity, element)
        for identity, element in self.elements.items():
            if local(element) == "decision" and identity in self.decisions:
                together[identity] = self.decisions[identity]
        services = {one.name: one for one in self.knowledge.values() if isinstance(one, Service)}
        return DecisionModel(self.file, self.together, MappingProxyType(services), tuple(self.cells.warnings))

    def _in_order(self) -> list[str]:
        """What is required before what requires it; circles, dead links and long chains are problems."""
        waiting = {identity: self._links(identity, element) for identity, element in self.elements.items()}
        ordered: dict[str, None] = {}
        for _ in range(MOST_LINKS):
            ready = _ready(waiting, ordered)
            for one in ready:
                del waiting[one]
            ordered.update(dict.fromkeys(ready))
        stuck = next(iter(waiting), "")
        if _ready(waiting, ordered):
            message = f"决策一个依赖一个，超过了 {MOST_LINKS} 层，请合并几个。"
            self.cells.fault(stuck, "decision.size", message)
        elif stuck:
            self.cells.fault(stuck, "decision.cycle", "决策绕了一圈又依赖自己，请拆开。")
        return [*ordered, *waiting]

    def _links(self, identity: str, element: Element) -> list[str]:
        links: list[str] = []
        outer = [inner for requirement in element for inner in children(requirement, *REQUIREMENTS)]
        for inner in (*outer, *children(element, *REQUIREMENTS)):
            link, kinds = reference(inner), REQUIREMENTS[local(inner)]
            if link in self.elements and local(self.elements[link]) in kinds:
                links.append(link)
            else:
                message = f"依赖的决策“{link}”不在本文件里，请补上。"
                self.cells.fault(identity, "decision.unknown-requirement", message)
        return links

    # --- the kinds of elements

    def _shape(self, element: Element) -> Shape | None:
        variable = child(element, "variable")
        return self.shapes.of(None if variable is None else variable.get("typeRef"))

    def _required(self, element: Element, requirement: str, target: str) -> list[str]:
        return [reference(inner) for one in children(element, requirement) for inner in children(one, target)]

    def _known(self, element: Element) -> tuple[Knowledge, ...]:
        links = self._required(element, "knowledgeRequirement", "requiredKnowledge")
        return tuple(self.knowledge[link] for link in links if link in self.knowledge)

    def _decision(self, identity: str, element: Element) -> None:
        name = element.get("name") or identity
        boxes = BoxReader(self.cells, self.shapes, identity, name)
        logic: Any = boxes.inside(element) if self.complete or boxes.holds(element) else Nothing()
        if logic is None:
            return
        data = self._required(element, "informationRequirement", "requiredInput")
        self.decisions[identity] = Decision(
            identity,
            name,
            logic,
            tuple(self._required(element, "informationRequirement", "requiredDecision")),
            self.together,
            self._known(element),
            tuple((given, shape) for given, shape in map(self._input, data) if shape is not None),
            self._shape(element),
        )

    def _input(self, identity: str) -> tuple[str, Shape | None]:
        return self.inputs.get(identity, ("", None))

    def _knowledge_model(self, identity: str, element: Element) -> None:
        name = element.get("name") or identity
        logic = child(element, "encapsulatedLogic")
        if logic is None:
            self.cells.fault(identity, "decision.logic", UNSUPPORTED)
            return
        definition = BoxReader(self.cells, self.shapes, identity, name).function(logic)
        if isinstance(definition, FunctionOf):
            model = KnowledgeModel(identity, name, definition, self._shape(element), self._known(element))
            self.knowledge[identity] = model

    def _service(self, identity: str, element: Element) -> None:
        parameters = []
        for inner in (*children(element, "inputData"), *children(element, "inputDecision")):
            link = reference(inner)
            given = self.elements.get(link)
            if given is None:
                continue
            shape = self._shape(given) or self.shapes.or_any(None)
            parameters.append((link if local(given) == "decision" else "", given.get("name") or link, shape))
        links = [reference(inner) for inner in children(element, "outputDecision")]
        outputs = tuple(self.decisions[link] for link in links if link in self.decisions)
        name = element.get("name") or identity
        self.knowledge[identity] = Service(identity, name, tuple(parameters), outputs, self._shape(element))


def _ready(waiting: dict[str, list[str]], known: dict[str, None]) -> list[str]:
    return [one for one, links in waiting.items() if all(link in known for link in links)]
