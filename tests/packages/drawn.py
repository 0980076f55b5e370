"""What cannot be read in the drawing of a diagram: words on words, words under lines, lines through nodes or one another."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations, combinations_with_replacement, pairwise
from typing import NamedTuple
from unicodedata import east_asian_width

from lxml import etree

DI, DC, D = (
    "{http://www.omg.org/spec/BPMN/20100524/DI}",
    "{http://www.omg.org/spec/DD/20100524/DC}",
    "{http://www.omg.org/spec/DD/20100524/DI}",
)
FRAMES = frozenset({"participant", "lane"})
LETTER, LINE = 12, 14  # the size of a Chinese character and of a line, as the reports of scenarios draw them
TOUCH, EVENT = 2, 19  # a flow may come so far into a node; the half of a boundary event lies inside its own
FAR = 40  # a label further from what it names is read as that of another


class Box(NamedTuple):
    """A rectangle, by its corners."""

    left: float
    top: float
    right: float
    bottom: float

    def shrunk(self, by: float) -> "Box":
        return Box(self.left + by, self.top + by, self.right - by, self.bottom - by)

    def meets(self, other: "Box") -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def holds(self, other: "Box") -> bool:
        return (
            self.left <= other.left
            and self.top <= other.top
            and self.right >= other.right
            and self.bottom >= other.bottom
        )

    def distance(self, other: "Box") -> float:
        across = max(other.left - self.right, self.left - other.right, 0)
        return max(across, other.top - self.bottom, self.top - other.bottom)


class Segment(NamedTuple):
    """A straight part of a flow."""

    x1: float
    y1: float
    x2: float
    y2: float

    @property
    def box(self) -> Box:
        return Box(min(self.x1, self.x2), min(self.y1, self.y2), max(self.x1, self.x2), max(self.y1, self.y2))

    @property
    def is_straight(self) -> bool:
        return self.x1 == self.x2 or self.y1 == self.y2

    def cuts(self, box: Box) -> bool:
        """Whether it runs through the inside of a box (Liang and Barsky)."""
        enter, leave = 0.0, 1.0
        across, down = self.x2 - self.x1, self.y2 - self.y1
        for step, room in (
            (-across, self.x1 - box.left),
            (across, box.right - self.x1),
            (-down, self.y1 - box.top),
            (down, box.bottom - self.y1),
        ):
            if step == 0:
                if room <= 0:
                    return False
            elif step < 0:
                enter = max(enter, room / step)
            else:
                leave = min(leave, room / step)
        return enter < leave

    def crosses(self, other: "Segment") -> bool:
        """Whether both go on beyond the point where they meet."""
        level, upright = (self, other) if self.y1 == self.y2 else (other, self)
        return level.box.left < upright.x1 < level.box.right and upright.box.top < level.y1 < upright.box.bottom

    def touches(self, other: "Segment") -> bool:
        return self.box.distance(other.box) == 0


@dataclass
class Drawn:
    """One diagram as it is drawn."""

    kinds: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    ends: dict[str, tuple[str, str]] = field(default_factory=dict)
    attached: dict[str, str] = field(default_factory=dict)
    boxes: dict[str, Box] = field(default_factory=dict)
    routes: dict[str, list[Segment]] = field(default_factory=dict)
    labels: dict[str, Box] = field(default_factory=dict)

    @classmethod
    def read(cls, source: bytes) -> "Drawn":
        root, found = etree.fromstring(source), cls()
        for each in root.iter(etree.Element):
            key = each.get("id")
            if key and not str(each.tag).startswith((DI, DC, D)):
                found.kinds[key], found.names[key] = etree.QName(each).localname, each.get("name") or ""
                if each.get("sourceRef"):
                    found.ends[key] = str(each.get("sourceRef")), str(each.get("targetRef"))
                if each.get("attachedToRef"):
                    found.attached[key] = str(each.get("attachedToRef"))
        for shape in root.iter(f"{DI}BPMNShape"):
            found._shape(str(shape.get("bpmnElement")), shape)
        for edge in root.iter(f"{DI}BPMNEdge"):
            found._edge(str(edge.get("bpmnElement")), edge)
        return found

    def _shape(self, key: str, shape: etree._Element) -> None:
        box = self.boxes[key] = _bounds(shape.find(f"{DC}Bounds"))
        label = shape.find(f"{DI}BPMNLabel/{DC}Bounds")
        middle, kind = (box.left + box.right) / 2, self.kinds[key]
        if kind == "subProcess":
            self.labels[key] = _words(self.names[key], middle, box.top + 5, 9999)
        elif kind.endswith(("Event", "Gateway")) and self.names[key]:
            where = _bounds(label) if label is not None else Box(box.left - 20, box.bottom + 4, box.right + 20, 0)
            wide = where.right - where.left
            self.labels[key] = _words(self.names[key], (where.left + where.right) / 2, where.top, wide)

    def _edge(self, key: str, edge: etree._Element) -> None:
        points = [(float(p.get("x", "")), float(p.get("y", ""))) for p in edge.iterfind(f"{D}waypoint")]
        self.routes[key] = [Segment(*a, *b) for a, b in pairwise(points)]
        label = edge.find(f"{DI}BPMNLabel/{DC}Bounds")
        if label is not None and self.names[key]:
            where = _bounds(label)
            middle, wide = (where.left + where.right) / 2, where.right - where.left
            self.labels[key] = _words(self.names[key], middle, where.top, wide)

    @property
    def nodes(self) -> Mapping[str, Box]:
        return {key: box for key, box in self.boxes.items() if self.kinds[key] not in FRAMES}

    # --- what is wrong ---

    def faults(self) -> Iterator[str]:
        """Every fault as a sentence, with the ids of the elements."""
        yield from self._labels()
        yield from self._nodes()
        for flow, route in self.routes.items():
            if flow in self.ends:
                yield from self._route(flow, route)
        yield from self._flows()

    def _labels(self) -> Iterator[str]:
        for (one, a), (other, b) in combinations(self.labels.items(), 2):
            if a.meets(b):
                yield f"label {one} is on label {other}"
        for key, label in self.labels.items():
            for node, box in self.nodes.items():
                within = self.kinds[node] == "subProcess" and box.holds(label)
                if label.meets(box) and not within:
                    yield f"label {key} is on node {node}"
            for frame, box in self.boxes.items():
                if self.kinds[frame] in FRAMES and label.meets(box) and not box.holds(label):
                    yield f"label {key} is on the border of {frame}"
            for flow, route in self.routes.items():
                if any(segment.cuts(label) for segment in route):
                    yield f"label {key} is under flow {flow}"
            parts = [segment.box for segment in self.routes.get(key, [])] or [self.boxes[key]]
            if min(label.distance(part) for part in parts) > FAR:
                yield f"label {key} is far from what it names"

    def _nodes(self) -> Iterator[str]:
        for (one, a), (other, b) in combinations(self.nodes.items(), 2):
            nested = any(self.kinds[k] == "subProcess" for k in (one, other)) and (a.holds(b) or b.holds(a))
            if a.meets(b) and not nested and other != self.attached.get(one) and one != self.attached.get(other):
                yield f"node {one} is on node {other}"

    def _route(self, flow: str, route: list[Segment]) -> Iterator[str]:
        source, target = (self.boxes[end] for end in self.ends[flow])
        first, last = route[0], route[-1]
        for said, box, x, y in (("begins", source, first.x1, first.y1), ("ends", target, last.x2, last.y2)):
            if Box(x, y, x, y).distance(box) > 1 or box.shrunk(1).meets(Box(x, y, x, y)):
                yield f"flow {flow} {said} off the border of its node"
        yield from (f"flow {flow} is askew" for segment in route if not segment.is_straight)
        for node, box in self.nodes.items():
            around = self.kinds[node] == "subProcess" and (box.holds(source) or box.holds(target))
            room = EVENT if node == self.attached.get(self.ends[flow][0]) else TOUCH
            if (not around or node in self.ends[flow]) and any(part.cuts(box.shrunk(room)) for part in route):
                yield f"flow {flow} runs through node {node}"

    def _flows(self) -> Iterator[str]:
        for (one, a), (other, b) in combinations_with_replacement(self.routes.items(), 2):
            ends, others = self.ends.get(one, ("", "")), self.ends.get(other, ("", ""))
            part_or_join = ends[0] == others[0] or ends[1] == others[1]
            if any(s.crosses(t) for s in a for t in b):
                yield f"flow {one} crosses flow {other}"
            elif not part_or_join and any(s.touches(t) for s in a for t in b):
                yield f"flow {one} is on flow {other}"


def _bounds(element: etree._Element | None) -> Box:
    assert element is not None
    x, y, width, height = (float(element.get(name, "")) for name in ("x", "y", "width", "height"))
    return Box(x, y, x + width, y + height)


def _words(text: str, middle: float, top: float, wide: float) -> Box:
    """Where the words of a label are, in lines as the reports of scenarios break them."""
    size = max(int(wide // LETTER) or 1, 4)
    lines = [text[start : start + size] for start in range(0, len(text), size)][:4]
    half = max(sum(1 if east_asian_width(c) in "WF" else 0.6 for c in line) for line in lines) * LETTER / 2
    return Box(middle - half, top, middle + half, top + LINE * len(lines))
