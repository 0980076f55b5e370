"""Reads DMN 1.2 to 1.5: every fault of a file at once, and no access to anything but its bytes and those it imports."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from engine.decisions.box_reader import UNSUPPORTED, BoxReader
from engine.decisions.boxed import FunctionOf, KnowledgeModel, Nothing, Service
from engine.decisions.cells import CellReader
from engine.decisions.document import MOST_BYTES, Doctype, Element, child, children, is_dmn, local, parse, reference
from engine.decisions.imports import Library
from engine.decisions.item_definitions import ShapeReader
from engine.decisions.model import Decision, DecisionModel, Knowledge
from engine.decisions.problems import DecisionProblems, Problem
from engine.decisions.shapes import Shape
from engine.feel import NameTree

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
NAMED = (*ELEMENTS, "variable", "itemComponent", "column", "output", "import", "itemDefinition")


def read(
    xml: bytes, file: str, *, complete: bool = True, library: Mapping[str, bytes] = MappingProxyType({})
) -> DecisionModel:
    """The decisions of a file; unless `complete`, what has no logic or cannot be read is null, and a warning.

    `library` are the files it may import, by name. Raises `DecisionProblems` with every fault.
    """
    cells = CellReader(gaps=not complete)
    model = _model(xml, file, cells, complete, Library(library))
    if cells.problems or model is None:
        raise DecisionProblems(file, cells.problems)
    return model


def _model(xml: bytes, file: str, cells: CellReader, complete: bool, library: Library) -> DecisionModel | None:
    root = _root(xml, file, cells)
    if root is None:
        return None
    library.begin(root)
    reader = FileReader(file, root, cells, complete, library)
    if child(root, "decision") is None:
        cells.gap(file, "decision.empty", "文件里没有决策，请加入一张决策表。")
    return reader.read()


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


class FileReader:
    """The elements of one file, read in the order in which they require each other."""

    def __init__(self, file: str, root: Element, cells: CellReader, complete: bool, library: Library) -> None:
        self.file = file
        self.space = root.get("namespace") or ""
        self.complete = complete
        self.cells = cells
        self.names: tuple[str, ...] = ()
        self.imported: dict[str, FileReader] = {}
        self.aliases: dict[str, list[str]] = {}
        for element in children(root, "import"):
            self._import(element, library)
        names = {e.get("name"): None for e in root.iter() if local(e) in NAMED and e.get("name")}
        inherited = [name for one in self.imported.values() for name in one.names]
        self.names = tuple(dict.fromkeys((*(name for name in names if not name.isidentifier()), *inherited)))
        functions = frozenset(e.get("name") or "" for e in children(root, "businessKnowledgeModel", "decisionService"))
        cells.names = NameTree(self.names, None, functions)
        self.shapes: ShapeReader = ShapeReader(cells, root, {alias: one.shapes for alias, one in self.imported.items()})
        self.elements: dict[str, Element] = {}
        self.inputs: dict[str, tuple[str, Shape | None]] = {}
        self.knowledge: dict[str, Knowledge] = {}
        self.decisions: dict[str, Decision] = {}
        for element in children(root, *ELEMENTS):
            self._register(element)

    def _import(self, element: Element, library: Library) -> None:
        """An imported DMN file, read like this one; types and models of other kinds (XSD, PMML) are left alone."""
        space, alias = element.get("namespace") or "", (element.get("name") or "").strip()
        if "DMN" not in (element.get("importType") or "DMN").upper():
            return
        root = library.enter(space)
        if root is None:
            message = f"导入的文件（命名空间 {space[:80]}）不在旁边，或绕一圈又导入自己；请补上或改正。"
            self.cells.gap(element.get("id") or alias or self.file, "decision.import", message)
            return
        reader = FileReader(self.file, root, CellReader(gaps=self.cells.gaps), self.complete, library)
        reader.read()
        library.leave(space)
        for problem in reader.cells.problems:
            self.cells.fault(problem.element, problem.code, f"导入的“{alias}”：{problem.message}")
        self.cells.warnings += reader.cells.warnings
        self.imported[alias] = reader
        self.aliases.setdefault(space, []).append(alias)

    def _register(self, element: Element) -> None:
        identity = element.get("id") or ""
        if not identity:
            self.cells.fault(self.file, "decision.no-id", f"决策“{element.get('name') or ''}”没有 id，请补上。")
        elif identity in self.elements:
            self.cells.fault(identity, "decision.no-id", f"id“{identity}”用了两次，请改一个。")
        else:
            self.elements[identity] = element

    def read(self) -> DecisionModel:
        self.shapes.read_all()
        together: dict[str, Decision] = {}
        self.together = MappingProxyType(together)
        for identity in self._in_order():
            element = self.elements[identity]
            match local(element):
                case "inputData":
                    self.inputs[identity] = (element.get("name") or "", self._shape(element))
                case "businessKnowledgeModel":
                    self._knowledge_model(identity, element)
                case "decisionService":
                    self._service(identity, element)
                case "decision":
                    self._decision(identity, element)
        for identity, element in self.elements.items():
            if local(element) == "decision" and identity in self.decisions:
                together[identity] = self.decisions[identity]
        functions = MappingProxyType({one.name: one for one in self.knowledge.values()})
        tables = tuple(self.cells.tables)
        return DecisionModel(self.file, self.together, functions, tables, tuple(self.cells.warnings))

    # --- what requires what

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
            kinds, found = REQUIREMENTS[local(inner)], self._targets(inner)
            link = reference(inner)[1]
            if not any(link in reader.elements and local(reader.elements[link]) in kinds for _, reader in found):
                message = f"依赖的决策“{link}”不在本文件里，请补上。"
                self.cells.gap(identity, "decision.unknown-requirement", message)
            elif found[0][1] is self:
                links.append(link)
        return links

    def _targets(self, element: Element) -> list[tuple[str, "FileReader"]]:
        """The files an href may mean, with the names of their imports: its own, or each import of the namespace."""
        space, identity = reference(element)
        if space in self.aliases and (space != self.space or identity not in self.elements):
            return [(alias, self.imported[alias]) for alias in self.aliases[space]]
        return [("", self)]

    def _required(self, element: Element, requirement: str, target: str) -> list[tuple[str, "FileReader", str]]:
        hrefs = [inner for one in children(element, requirement) for inner in children(one, target)]
        return [(alias, reader, reference(href)[1]) for href in hrefs for alias, reader in self._targets(href)]

    def _known(self, element: Element) -> tuple[tuple[str, Knowledge], ...]:
        links = self._required(element, "knowledgeRequirement", "requiredKnowledge")
        return tuple((alias, reader.knowledge[link]) for alias, reader, link in links if link in reader.knowledge)

    # --- the kinds of elements

    def _shape(self, element: Element) -> Shape | None:
        variable = child(element, "variable")
        return self.shapes.of(None if variable is None else variable.get("typeRef"))

    def _decision(self, identity: str, element: Element) -> None:
        name = element.get("name") or identity
        boxes = BoxReader(self.cells, self.shapes, identity, name)
        logic: Any = boxes.inside(element) if self.complete or boxes.holds(element) else Nothing()
        if logic is None:
            return
        needed = self._required(element, "informationRequirement", "requiredDecision")
        data = self._required(element, "informationRequirement", "requiredInput")
        unseen = self._unseen(data)
        given = {one.elements[link].get("name") for _, one, link in needed if link in one.elements}
        if not self.cells.problems:  # else parts of the logic may be missing, and the file is refused
            self._tell_unseen(identity, name, logic.names & unseen - given)
        self.decisions[identity] = Decision(
            identity,
            name,
            logic,
            tuple(link for _, reader, link in needed if reader is self and link in self.decisions),
            self.together,
            self._known(element),
            tuple(given for alias, reader, link in data for given in reader.given(alias, link)),
            self._shape(element),
            tuple(
                (alias, reader.decisions[link])
                for alias, reader, link in needed
                if reader is not self and link in reader.decisions
            ),
            unseen,
        )

    def _unseen(self, required: list[tuple[str, "FileReader", str]]) -> frozenset[str]:
        """The inputs of this file that are not among those that a decision requires."""
        seen = {link for _, reader, link in required if reader is self}
        inputs = {
            identity: one.get("name") or "" for identity, one in self.elements.items() if local(one) == "inputData"
        }
        return frozenset(inputs.values()) - {inputs.get(link) for link in seen}

    def _tell_unseen(self, identity: str, name: str, inputs: frozenset[str]) -> None:
        for one in sorted(inputs):
            message = f"决策“{name}”用到输入“{one}”，而没有从它引来的信息需求，取不到它的值；请补上这条连线。"
            self.cells.warnings.append(Problem(identity, "warning.null", message))

    def given(self, alias: str, identity: str) -> list[tuple[str, str, Shape]]:
        """An input as a decision that requires it has it; of this file only where it has a type."""
        name, shape = self.inputs.get(identity, ("", None))
        if shape is None and not alias:
            return []
        return [(alias, name, shape or self.shapes.or_any(None))] if name else []

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
            link = reference(inner)[1]
            for _, reader in self._targets(inner):
                given = reader.elements.get(link)
                if given is not None:
                    shape = reader._shape(given) or self.shapes.or_any(None)
                    parameters.append((link if local(given) == "decision" else "", given.get("name") or link, shape))
        outputs = tuple(
            reader.decisions[reference(inner)[1]]
            for inner in children(element, "outputDecision")
            for _, reader in self._targets(inner)
            if reference(inner)[1] in reader.decisions
        )
        name = element.get("name") or identity
        self.knowledge[identity] = Service(identity, name, tuple(parameters), outputs, self._shape(element))


def _ready(waiting: dict[str, list[str]], known: dict[str, None]) -> list[str]:
    return [one for one, links in waiting.items() if all(link in known for link in links)]
