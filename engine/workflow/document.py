"""A BPMN file as a tree, with nothing in it that could read, fetch or blow up."""

from typing import NoReturn
from xml.parsers import expat

from lxml import etree

from .errors import Problem, WorkflowProblems

LARGEST = 2_000_000  # bytes; 300 nodes with their drawing take about 300 KB
DEEPEST = 60  # elements in elements; ten sub-processes in each other take about 30
MOST = 40_000  # elements


def parse_document(xml: bytes, file: str) -> etree._Element:
    """The root element; raises `WorkflowProblems` where the file is no safe XML."""
    if len(xml) > LARGEST:
        _refuse(file, "workflow.too-large", f"文件超过 {LARGEST // 1_000_000} MB，请删去无关内容或拆分流程。")
    _scan(xml, file)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        _refuse(file, "workflow.xml", f"文件不是合法的 XML（{error}），请用设计器重新导出。")


def _scan(xml: bytes, file: str) -> None:
    """Stops at a DOCTYPE before any entity is declared; lxml would only tell after it has read the file."""
    depth, count = 0, 0

    def doctype(*_: object) -> None:
        _refuse(file, "workflow.doctype", "文件含有 DOCTYPE 声明，出于安全不予读取；请删去该声明。")

    def start(_name: str, _attributes: object) -> None:
        nonlocal depth, count
        depth, count = depth + 1, count + 1
        if depth > DEEPEST or count > MOST:
            _refuse(file, "workflow.too-large", "文件的嵌套过深或元素过多，请简化或拆分流程。")

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    scanner = expat.ParserCreate()
    scanner.StartDoctypeDeclHandler, scanner.StartElementHandler, scanner.EndElementHandler = doctype, start, end
    try:
        scanner.Parse(xml, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        _refuse(file, "workflow.xml", f"文件不是合法的 XML（{error}），请以 UTF-8 编码重新导出。")


def _refuse(file: str, code: str, message: str) -> NoReturn:
    raise WorkflowProblems(file, [Problem(file, code, message)])
