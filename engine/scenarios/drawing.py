"""The diagram as SVG, drawn from its own shapes and edges, with what was come by told by colour and by line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape

from lxml import etree

from engine.scenarios.coverage import Plan

DI, DC, D = (
    "{http://www.omg.org/spec/BPMN/20100524/DI}",
    "{http://www.omg.org/spec/DD/20100524/DC}",
    "{http://www.omg.org/spec/DD/20100524/DI}",
)
MARGIN = 20
WIDE = 8  # Chinese characters of a line inside a task
LINES = 4
FRAMES = frozenset({"participant", "lane"})
DEFINITION = "EventDefinition"
GATEWAYS = {"exclusiveGateway": "×", "parallelGateway": "＋", "inclusiveGateway": "○", "eventBasedGateway": "⬠"}
# What stands in the circle of an event, from its middle; throwing ones are filled.
EVENTS = {
    "timer": "m0,-7 l0,7 l5,3",
    "message": "m-7,-5 l14,0 l0,10 l-14,0 z l7,6 l7,-6",
    "link": "m-7,-2 l7,0 l0,-4 l7,6 l-7,6 l0,-4 l-7,0 z",
    "signal": "m0,-7 l7,12 l-14,0 z",
    "escalation": "m0,-7 l5,13 l-5,-5 l-5,5 z",
    "error": "m-6,5 l4,-10 l4,6 l4,-7 l-4,11 l-4,-6 z",
    "terminate": "m-6,0 a6,6 0 1,0 12,0 a6,6 0 1,0 -12,0 z",
}
THROWING = frozenset({"intermediateThrowEvent", "endEvent"})
TWICE = frozenset({"boundaryEvent", "intermediateCatchEvent", "intermediateThrowEvent"})


@dataclass(frozen=True, slots=True)
class Box:
    """Where something is drawn."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class _Element:
    """What a shape stands for. `event` is what an event waits for or throws (`timer`, `link`, ...; empty: nothing),
    `repeated` the mark of a multi-instance or a loop."""

    kind: str
    name: str
    interrupting: bool = True
    event: str = ""
    repeated: str = ""


def draw(plan: Plan, nodes: Mapping[str, int], flows: Mapping[str, int]) -> str:
    """One `<svg>` a plane; empty where the diagram has no drawing. `nodes` and `flows` say how often each was come by."""
    root = etree.fromstring(plan.diagram, etree.XMLParser(resolve_entities=False, no_network=True))
    elements = {
        str(each.get("id")): _element(each)
        for each in root.iter(etree.Element)
        if each.get("id") and not str(each.tag).startswith((DI, DC, D))
    }
    planes = root.iter(f"{DI}BPMNPlane")
    return "\n".join(part for plane in planes if (part := _Painter(plane, elements, nodes, flows).svg()))


def _element(node: etree._Element) -> _Element:
    inside = [etree.QName(child).localname for child in node.iterchildren(etree.Element)]
    event = next((name.removesuffix(DEFINITION) for name in inside if name.endswith(DEFINITION)), "")
    interrupting = node.get("cancelActivity") != "false" and node.get("isInterrupting") != "false"
    loop = node.find("{*}multiInstanceLoopCharacteristics")
    repeated = "↻" if "standardLoopCharacteristics" in inside else ""
    if loop is not None:
        repeated = "≡" if loop.get("isSequential") == "true" else "|||"
    return _Element(etree.QName(node).localname, node.get("name") or "", interrupting, event, repeated)


class _Painter:
    """One plane."""

    def __init__(
        self,
        plane: etree._Element,
        elements: Mapping[str, _Element],
        nodes: Mapping[str, int],
        flows: Mapping[str, int],
    ) -> None:
        self.elements, self.nodes, self.flows = elements, nodes, flows
        self.shapes = [
            (str(s.get("bpmnElement")), box, _label(s)) for s in plane.iter(f"{DI}BPMNShape") if (box := _box(s))
        ]
        self.edges = [(str(e.get("bpmnElement")), _points(e), _label(e)) for e in plane.iter(f"{DI}BPMNEdge")]

    def svg(self) -> str:
        if not self.shapes:
            return ""
        boxes = [box for _, box, _ in self.shapes] + [label for *_, label in (*self.shapes, *self.edges) if label]
        left, top = min(box.x for box in boxes) - MARGIN, min(box.y for box in boxes) - MARGIN
        width = max(box.x + box.width for box in boxes) + MARGIN - left
        height = max(box.y + box.height for box in boxes) + MARGIN - top
        view = f"{left:g} {top:g} {width:g} {height:g}"
        frames = sorted(self.shapes, key=lambda shape: -shape[1].width * shape[1].height)
        parts = [*(self._shape(*shape) for shape in frames), *(self._edge(*edge) for edge in self.edges)]
        body = "\n".join(part for part in parts if part)
        return f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="流程图" viewBox="{view}">\n{MARKERS}{body}\n</svg>'

    def _shape(self, key: str, box: Box, label: Box | None) -> str:
        element = self.elements.get(key, _Element("", ""))
        if element.kind in FRAMES:
            return _frame(element, box)
        times = self.nodes.get(key, 0)
        outline = "".join(_outline(element, box))
        where = label or Box(box.x - 20, box.y + box.height + 4, box.width + 40, 14)
        inside = element.kind.endswith(("Task", "task")) or element.kind == "callActivity"
        words = _text(element.name, box, centred=True) if inside else ""
        if element.kind == "subProcess":
            words = _line(element.name, box.x + box.width / 2, box.y + 16)
        elif not inside and element.name:
            words = _text(element.name, where, centred=False)
        told = f"{element.name or key}：{f'经过 {times} 次' if times else '没有经过'}"
        return f'<g class="{_mark(times)}"><title>{escape(told)}</title>{outline}{words}</g>'

    def _edge(self, key: str, points: list[tuple[float, float]], label: Box | None) -> str:
        element = self.elements.get(key)
        if element is None or element.kind != "sequenceFlow" or len(points) < 2:
            return ""
        times = self.flows.get(key, 0)
        path = " ".join(f"{x:g},{y:g}" for x, y in points)
        arrow = "taken" if times else "missed"
        words = _text(element.name, label, centred=False) if label and element.name else ""
        told = f"{element.name or key}（{key}）：{f'走过 {times} 次' if times else '没有走到'}"
        line = f'<polyline points="{path}" marker-end="url(#arrow-{arrow})"/>'
        return f'<g class="flow {_mark(times)}"><title>{escape(told)}</title>{line}{words}</g>'


MARKERS = (
    "<defs>"
    + "".join(
        f'<marker id="arrow-{name}" class="{name}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7"'
        ' orient="auto"><path d="M0,0 L10,5 L0,10 z"/></marker>'
        for name in ("taken", "missed")
    )
    + "</defs>\n"
)


def _mark(times: int) -> str:
    return "taken" if times else "missed"


def _outline(element: _Element, box: Box) -> Iterator[str]:
    x, y = box.middle
    if element.kind.endswith("Gateway"):
        yield f'<path d="M{x:g},{box.y:g} L{box.x + box.width:g},{y:g} L{x:g},{box.y + box.height:g} L{box.x:g},{y:g} z"/>'
        yield _line(GATEWAYS.get(element.kind, ""), x, y + 7, "mark")
    elif element.kind.endswith("Event"):
        radius = box.width / 2
        dashed = "" if element.interrupting else ' stroke-dasharray="4 3"'
        thick = ' class="end"' if element.kind == "endEvent" else ""
        yield f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}"{thick}{dashed}/>'
        if element.kind in TWICE:
            yield f'<circle cx="{x:g}" cy="{y:g}" r="{radius - 4:g}"{dashed}/>'
        if path := EVENTS.get(element.event):
            yield f'<path class="{"thrown" if element.kind in THROWING else "mark"}" d="M{x:g},{y:g} {path}"/>'
    else:
        kind = {"subProcess": ' class="sub"', "callActivity": ' class="call"'}.get(element.kind, "")
        yield f'<rect{kind} x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}" rx="10"/>'
        yield _line(element.repeated, x, box.y + box.height - 6, "mark")


def _frame(element: _Element, box: Box) -> str:
    """A pool or a lane, its name along the left edge."""
    x, y = box.x + 15, box.y + box.height / 2
    words = f'<text transform="translate({x:g},{y:g}) rotate(-90)">{escape(element.name)}</text>'
    rect = f'<rect x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}"/>'
    return f'<g class="frame">{rect}{words}</g>'


def _text(text: str, box: Box, *, centred: bool) -> str:
    """In lines that fit: in the middle of a task, from the top of a label on."""
    size = max(WIDE if centred else int(box.width // 12) or 1, 4)
    lines = [text[start : start + size] for start in range(0, len(text), size)][:LINES]
    x, y = box.middle
    top = y - 7 * (len(lines) - 1) + 4 if centred else box.y + 11
    return "".join(_line(line, x, top + 14 * number) for number, line in enumerate(lines))


def _line(text: str, x: float, y: float, kind: str = "") -> str:
    named = f' class="{kind}"' if kind else ""
    return f'<text{named} x="{x:g}" y="{y:g}">{escape(text)}</text>' if text else ""


def _box(shape: etree._Element) -> Box | None:
    bounds = shape.find(f"{DC}Bounds")
    return None if bounds is None else _read(bounds)


def _label(shape: etree._Element) -> Box | None:
    bounds = shape.find(f"{DI}BPMNLabel/{DC}Bounds")
    return None if bounds is None else _read(bounds)


def _read(bounds: etree._Element) -> Box | None:
    try:
        return Box(*(float(bounds.get(name) or "") for name in ("x", "y", "width", "height")))
    except ValueError:
        return None


def _points(edge: etree._Element) -> list[tuple[float, float]]:
    try:
        return [(float(p.get("x") or ""), float(p.get("y") or "")) for p in edge.iterfind(f"{D}waypoint")]
    except ValueError:
        return []
