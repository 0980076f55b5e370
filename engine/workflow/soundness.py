"""Whether every scope of a diagram can always come to its end: explored over the markings that tokens can reach.

A marking is where the tokens of one scope are, each on the flow on which it came. An activity is one step, with its
boundary events as other ways out; conditions are not judged, so each way out of a gateway counts as possible. Tokens
move independently between joins, so of those that can move only one is moved at a time, the one nearest to an end
first; what is explored grows with the choices, not with the orders in which parallel branches may run.
"""

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations

from .definition import Definition
from .errors import Problem
from .model import Flow, Node
from .ways import links

MOST_MARKINGS = 10_000  # of one diagram
MOST_TOKENS = 8  # on one flow
MOST_SHOWN = 30  # nodes of a way that leads to a fault

Marking = tuple[str, ...]  # flows, sorted
OVER: Marking = ()


@dataclass(frozen=True, slots=True)
class Soundness:
    """`problems` say where a case could get stuck and on which way; `unexplored` are scopes with too many markings."""

    problems: tuple[Problem, ...]
    unexplored: tuple[str, ...]


def soundness(definition: Definition) -> Soundness:
    """Explores every process and sub-process of a diagram that reads without problems."""
    problems: list[Problem] = []
    unexplored: list[str] = []
    left = MOST_MARKINGS
    scopes = dict.fromkeys(node.scope for node in definition.nodes.values())
    for scope in scopes:
        exploration = _Exploration(Net(scope, definition.nodes, definition.flows), left)
        exploration.run()
        left -= len(exploration.came)
        problems += exploration.problems()
        if not exploration.whole:
            unexplored.append(scope)
    return Soundness(tuple(problems), tuple(unexplored))


def gets_stuck(net: "Net", begin: Marking) -> bool:
    """Whether tokens that stand so can come to where none of them can go on."""
    exploration = _Exploration(net, MOST_MARKINGS, begin)
    exploration.run()
    return bool(exploration.stuck)


class Net:
    """The nodes and flows of one scope. Links and boundary events are flows that nobody drew."""

    def __init__(self, scope: str, nodes: Mapping[str, Node], flows: Mapping[str, Flow]) -> None:
        self.scope = scope
        self.nodes = {node.id: node for node in nodes.values() if node.scope == scope}
        self.target = {flow.id: flow.target for flow in flows.values() if flow.scope == scope}
        self.flows: dict[str, list[Flow]] = {name: [] for name in self.nodes}
        for flow in flows.values():
            if flow.scope == scope:
                self.flows[flow.source].append(flow)
        self._add_links()
        self.entering: dict[str, list[str]] = {name: [] for name in self.nodes}
        for identity, target in self.target.items():
            self.entering[target].append(identity)
        self.attached = {name: [n for n in self.nodes.values() if n.attached_to == name] for name in self.nodes}
        self._ahead: dict[str, frozenset[str]] = {}
        self._coming: dict[tuple[str, str], frozenset[str]] = {}

    def _add_links(self) -> None:
        for source, target in links(self.nodes):
            flow = Flow(f"={source}", source, target)
            self.flows[source].append(flow)
            self.target[flow.id] = target

    def joins(self, name: str) -> str:
        """The kind of gateway at which a token waits for others; empty for any other node."""
        kind = self.nodes[name].kind
        return kind if kind in ("parallelGateway", "inclusiveGateway") and len(self.entering[name]) > 1 else ""

    def ahead(self, name: str) -> frozenset[str]:
        """The nodes to which a token can go on from this one."""
        if name not in self._ahead:
            self._ahead[name] = frozenset(self._walk(name, ""))
        return self._ahead[name]

    def coming(self, name: str, gateway: str) -> frozenset[str]:
        """The flows into the gateway on which a token at this node could come without passing the gateway."""
        key = (name, gateway)
        if key not in self._coming:
            seen = self._walk(name, gateway) - {gateway}
            self._coming[key] = frozenset(f.id for node in seen for f in self.flows[node] if f.target == gateway)
        return self._coming[key]

    def _walk(self, name: str, wall: str) -> set[str]:
        seen, todo = set[str](), [name]
        while todo:
            current = todo.pop()
            if current not in seen:
                seen.add(current)
                if current != wall:
                    todo += [flow.target for flow in self.flows[current]]
                    todo += [event.id for event in self.attached[current]]
        return seen

    def may_fire(self, name: str, marking: Marking) -> bool:
        """Whether an inclusive join may fire here (ISO 19510, 13.4.3)."""
        full = {flow for flow in self.entering[name] if flow in marking}
        empty = set(self.entering[name]) - full
        others = {self.target[flow] for flow in marking} - {name}
        coming = (self.coming(other, name) for other in others)
        return not any(flows & empty and not flows & full for flows in coming)

    def ends_all(self, name: str) -> bool:
        """Whether a token here ends the whole scope; it may come last, since it leaves nothing behind."""
        node = self.nodes[name]
        return node.terminates or (node.kind == "endEvent" and node.event is not None and node.event.kind == "error")

    def ways(self, name: str) -> list[tuple[str, ...]]:
        """What a token at this node may become: flows."""
        node = self.nodes[name]
        if node.kind == "endEvent":
            return [()]
        found = self._out(node)
        events = self.attached[name]
        found += [way for event in events if event.interrupting for way in self._out(event)]
        beside = [way for event in events if not event.interrupting for way in self._out(event)]
        extras = [(), *beside, tuple(flow for way in beside for flow in way)] if beside else [()]
        return list(dict.fromkeys((*way, *extra) for way in found for extra in extras))

    def _out(self, node: Node) -> list[tuple[str, ...]]:
        flows = self.flows[node.id]
        if node.kind in ("exclusiveGateway", "eventBasedGateway"):
            return [(flow.id,) for flow in flows]
        conditional = [flow.id for flow in flows if flow.condition is not None and not flow.default]
        default = [flow.id for flow in flows if flow.default]
        always = tuple(flow.id for flow in flows if flow.condition is None and not flow.default)
        if not conditional:
            return [(*always, *default)]
        none: list[tuple[str, ...]] = [(*always, *default)] if always or default else []
        return [*none, *((*always, *some) for some in _subsets(conditional))]


def _subsets(names: list[str]) -> Iterator[tuple[str, ...]]:
    """Every choice of some; of more than five only one, two or all, which is enough for joins to show."""
    sizes: Iterable[int] = range(1, len(names) + 1) if len(names) <= 5 else (1, 2, len(names))
    for size in sizes:
        yield from combinations(names, size)


@dataclass(slots=True)
class _Exploration:
    net: Net
    most: int
    begin: Marking | None = None  # another beginning than that of the scope
    whole: bool = True
    came: dict[Marking, tuple[Marking, str] | None] = field(default_factory=dict)  # from which marking, by which node
    after: dict[Marking, set[Marking]] = field(default_factory=dict)
    stuck: list[Marking] = field(default_factory=list)
    piled: Marking | None = None
    passed: set[str] = field(default_factory=set)

    def run(self) -> None:
        begin = self._begin() if self.begin is None else self.begin
        self.came[begin] = None
        todo = deque([begin])
        while todo:
            marking = todo.popleft()
            if len(self.came) > self.most:
                self.whole = False
                return
            moves = list(self._moves(marking)) if marking else []
            if marking and not moves:
                self.stuck.append(marking)
            for node, following in moves:
                self.passed.add(node)
                self.after.setdefault(marking, set()).add(following)
                if following in self.came:
                    continue
                self.came[following] = (marking, node)
                if max(Counter(following).values(), default=0) > MOST_TOKENS:
                    self.piled = self.piled or following
                else:
                    todo.append(following)

    def _begin(self) -> Marking:
        start = next(node for node in self.net.nodes.values() if node.kind == "startEvent")
        self.passed.add(start.id)
        return tuple(sorted(flow.id for flow in self.net.flows[start.id]))

    def _moves(self, marking: Marking) -> Iterator[tuple[str, Marking]]:
        """The ways on of one token that can move, of a join that is complete, or of inclusive joins that may fire."""
        places = sorted({self.net.target[flow] for flow in marking}, key=lambda name: (len(self.net.ahead(name)), name))
        moving = [name for name in places if not self.net.joins(name)]
        free = next((name for name in moving if not self.net.ends_all(name)), None)
        full = next((n for n in places if self.net.joins(n) == "parallelGateway" and self._is_full(n, marking)), None)
        if free is not None:
            taken = next(flow for flow in marking if self.net.target[flow] == free)
            yield from self._fire(free, marking, [taken])
        elif full is not None:
            yield from self._fire(full, marking, self.net.entering[full])
        else:
            yield from ((name, OVER) for name in moving)  # any of several ends of the whole may come first
        for name in places:
            if self.net.joins(name) == "inclusiveGateway" and self.net.may_fire(name, marking):
                yield from self._fire(name, marking, [f for f in self.net.entering[name] if f in marking])

    def _is_full(self, name: str, marking: Marking) -> bool:
        return all(flow in marking for flow in self.net.entering[name])

    def _fire(self, name: str, marking: Marking, taken: list[str]) -> Iterator[tuple[str, Marking]]:
        left = list(marking)
        for flow in taken:
            left.remove(flow)
        for way in self.net.ways(name):
            yield name, tuple(sorted([*left, *way]))

    # --- What was found ---

    def problems(self) -> Iterator[Problem]:
        told = set[tuple[str, ...]]()
        for marking in self.stuck:
            places = tuple(sorted({self.net.target[flow] for flow in marking}))
            if places not in told and len(told) < 5:
                told.add(places)
                yield self._left_behind(marking, places)
        if self.piled is not None:
            flow = Counter(self.piled).most_common(1)[0][0]
            yield Problem(
                self.net.target[flow],
                "workflow.tokens-pile-up",
                f"走法 {self._way(self.piled)} 可以无限重复，节点 {self.net.target[flow]} 前的令牌越积越多；请在回路内汇合。",
            )
        elif self.whole:
            yield from self._endless()
        if self.whole and self.piled is None:
            for name in self.net.nodes:
                if name not in self._alive():
                    yield Problem(
                        name,
                        "workflow.dead-node",
                        "无论怎样走，案件都到不了这个节点；请检查它之前的汇合网关，或删除它。",
                    )

    def _left_behind(self, marking: Marking, places: tuple[str, ...]) -> Problem:
        place = places[0]
        missing = [flow for flow in self.net.entering[place] if flow not in marking]
        return Problem(
            place,
            "workflow.token-left",
            f"案件可能停在 {'、'.join(places)} 走不下去：走法 {self._way(marking)} 之后，"
            f"汇合网关 {place} 还在等 {'、'.join(missing)}，而那里不会再来；请改用排他网关合并，或让分支与汇合配对。",
        )

    def _endless(self) -> Iterator[Problem]:
        before: dict[Marking, list[Marking]] = {}
        for marking, following in self.after.items():
            for each in following:
                before.setdefault(each, []).append(marking)
        ending, todo = set[Marking](), [OVER, *self.stuck]
        while todo:
            marking = todo.pop()
            if marking not in ending:
                ending.add(marking)
                todo += before.get(marking, [])
        lost = next((marking for marking in self.came if marking not in ending), None)
        if lost is not None:
            place = self.net.target[lost[0]]
            yield Problem(
                place, "workflow.never-ends", f"走法 {self._way(lost)} 之后，案件再也走不到结束；请给回路补上出路。"
            )

    def _alive(self) -> set[str]:
        events = {event.id for name in self.passed for event in self.net.attached[name]}
        triggered = {node.id for node in self.net.nodes.values() if node.triggered}
        return self.passed | events | triggered

    def _way(self, marking: Marking) -> str:
        """The nodes passed, from the start to this marking."""
        names: list[str] = []
        at = self.came[marking]
        while at is not None:
            names.append(at[1])
            at = self.came[at[0]]
        start = next(node.id for node in self.net.nodes.values() if node.kind == "startEvent")
        names = [start, *reversed(names)]
        return " → ".join(names if len(names) <= MOST_SHOWN else [*names[:MOST_SHOWN], "…"])
