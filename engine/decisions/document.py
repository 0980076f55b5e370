"""The XML of a decision file, read with no access to anything but its bytes."""

from collections.abc import Iterator
from typing import Any

from lxml import etree

MOST_BYTES = 2 * 1024 * 1024
#: DMN 1.2, 1.3, 1.4 and 1.5.
NAMESPACES = frozenset(
    (
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    )
)
#: An lxml element; its stubs know less than we use.
Element = Any


def parse(xml: bytes) -> Element:
    """The root element. Raises ValueError when the bytes are no XML, `Doctype` when they declare one."""
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise Doctype
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root: Element = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"第 {error.lineno or 1} 行") from error
    # a file in UTF-16 hides its DOCTYPE from the search for bytes above
    if root.getroottree().docinfo.internalDTD is not None:
        raise Doctype
    return root


class Doctype(Exception):
    """The file declares a document type, which could name files and entities."""


def is_dmn(root: Element) -> bool:
    name = etree.QName(root)
    return name.localname == "definitions" and name.namespace in NAMESPACES


def local(element: Element) -> str:
    return str(etree.QName(element).localname) if isinstance(element.tag, str) else ""


def children(element: Element, *names: str) -> Iterator[Element]:
    """The child elements with one of the local names, in the order of the document."""
    return (child for child in element if local(child) in names)


def child(element: Element, *names: str) -> Element | None:
    return next(children(element, *names), None)


def text_of(element: Element | None) -> str:
    """The text of the `text` child, as FEEL stands in every kind of cell."""
    inner = None if element is None else child(element, "text")
    return "" if inner is None else "".join(inner.itertext()).strip()


def reference(element: Element) -> tuple[str, str]:
    """(namespace, id) that an href points to; no namespace for its own file."""
    space, _, identity = str(element.get("href") or "").rpartition("#")
    return space, identity
