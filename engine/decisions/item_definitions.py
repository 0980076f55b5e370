"""The item definitions of a file as shapes."""

from collections.abc import Mapping
from dataclasses import replace

from engine.decisions.cells import CellReader
from engine.decisions.document import Element, child, children, text_of
from engine.decisions.shapes import ANY, Shape, basic
from engine.feel import Type

DEEPEST, CONSTRAINT = 20, "typeConstraint"


class ShapeReader:
    """Resolves a `typeRef`; a name that nothing defines admits any value."""

    def __init__(self, cells: CellReader, root: Element, imported: Mapping[str, "ShapeReader"]) -> None:
        self._cells = cells
        self._imported = imported
        self._elements = {element.get("name", ""): element for element in children(root, "itemDefinition")}
        self._known: dict[str, Shape] = {}
        self._resolving: list[str] = []
        cells.shape = self.defined

    def of(self, name: str | None) -> Shape | None:
        """The shape of a `typeRef` attribute; None when there is none or it admits anything."""
        if not name:
            return None
        shape = self._named(name.strip())
        return None if shape.base == ANY and shape.allowed is None else shape

    def defined(self, name: str) -> Shape | None:
        """The shape of a name that this file or an import defines."""
        return self._named(name) if name in self._elements else self._foreign(name)

    def read_all(self) -> None:
        """Reads also the types that nothing uses, whose faults are faults of the file all the same."""
        for name in self._elements:
            self._named(name)

    def or_any(self, name: str | None) -> Shape:
        return self.of(name) or Shape(ANY, ANY)

    def _named(self, name: str) -> Shape:
        if name not in self._elements and name.rpartition(":")[2] in self._elements:
            name = name.rpartition(":")[2]  # with the prefix of its own namespace, as DMN 1.1 wrote it
        element = self._elements.get(name)
        if element is None:
            return self._foreign(name) or basic(name) or Shape(name, ANY)
        if name not in self._known:
            if name in self._resolving or len(self._resolving) > DEEPEST:
                return Shape(name, ANY)
            self._resolving.append(name)
            self._known[name] = self._read(name, element, 0)
            self._resolving.pop()
        return self._known[name]

    def _foreign(self, name: str) -> Shape | None:
        """A type of an imported file: `alias.name`, and the bare name where the import has none."""
        for alias, reader in self._imported.items():
            own = name.removeprefix(f"{alias}.") if alias else name
            if (not alias or own != name) and own in reader._elements:
                return reader._named(own)
        return None

    def _read(self, name: str, element: Element, depth: int) -> Shape:
        """What `allowedValues` says counts for each element of a collection, `typeConstraint` for it as a whole."""
        shape = self._read_one(name, element, depth)
        if element.get("isCollection") != "true":
            return self._restricted(self._restricted(shape, name, element, "allowedValues"), name, element, CONSTRAINT)
        each = self._restricted(shape, name, element, "allowedValues")
        return self._restricted(Shape(name, "list", element=each), name, element, CONSTRAINT)

    def _restricted(self, shape: Shape, name: str, element: Element, by: str) -> Shape:
        allowed = child(element, by)
        if allowed is None:
            return shape
        tests = self._cells.tests(element.get("id") or name, f"类型“{name}”的取值", text_of(allowed))
        return replace(shape, name=name, allowed=tests, wider=shape if shape.allowed is not None else None)

    def _signature(self, function: Element) -> Type:
        taken = [self._named(part.get("typeRef") or ANY).type for part in children(function, "parameters")]
        return Type("function", (*taken, self._named(function.get("outputTypeRef") or ANY).type))

    def _read_one(self, name: str, element: Element, depth: int) -> Shape:
        parts = list(children(element, "itemComponent"))
        if parts and depth < DEEPEST:
            read = ((part.get("name", ""), self._read(part.get("name", ""), part, depth + 1)) for part in parts)
            return Shape(name, "context", tuple(read))
        function = child(element, "functionItem")
        if function is not None:
            return Shape(name, "function", signature=self._signature(function))
        written = child(element, "typeRef")
        return self._named("" if written is None else "".join(written.itertext()).strip())
