"""Whether the tokens of a case could stand together as they do, in another version of their diagram.

A token behind a split that the old version did not draw would wait at the join for branches that nobody took. So the
places of a scope's tokens must be ones that the new version can reach from its own start, all of them and no others.
"""

from collections import Counter, deque
from collections.abc import Iterator
from functools import lru_cache

from .definition import Definition
from .model import Node
from .soundness import MOST_MARKINGS, Marking, Net, gets_stuck

MOST_TWINS = 2  # tokens on one flow

Places = tuple[str, ...]  # node ids, and flows of tokens that wait at a join; sorted


def why_not(before: Definition, after: Definition, old_scope: str, scope: str, places: Places) -> str | None:
    """Why these tokens cannot stand so in the scope of the new version; None where they can."""
    if not places or _drawing(before, old_scope) == _drawing(after, scope):
        return None
    if _can_stand(after, scope, places) or _is_known_oddity(before, after, old_scope, scope, places):
        return None
    net = Net(scope, after.nodes, after.flows)
    for name in sorted(net.nodes):
        if missing := _missing(net, name, places):
            return f"新版的汇合网关 {name} 会一直等连线 {'、'.join(missing)} 上的分支，而这件案件没有走那里"
    named = "、".join(sorted({_place(net, place) for place in places}))
    return f"{named} 在新版中不会像现在这样同时等待"


def _is_known_oddity(before: Definition, after: Definition, old_scope: str, scope: str, places: Places) -> bool:
    """Tokens that the old version does not explain either, or with too many markings to tell: they must not get stuck."""
    if _can_stand(after, scope, places) is False and _can_stand(before, old_scope, places):
        return False
    net = Net(scope, after.nodes, after.flows)
    begin = [place if place in net.target else next(iter(net.entering[place]), "") for place in places]
    return "" not in begin and not gets_stuck(net, tuple(sorted(begin)))


def _missing(net: Net, gateway: str, places: Places) -> list[str]:
    """The flows on which nothing can come to a parallel join that some of the tokens lead to."""
    if net.joins(gateway) != "parallelGateway":
        return []
    here = set(net.entering[gateway])
    covered = here & set(places)
    for place in places:
        at = _place(net, place)
        covered |= net.coming(at, gateway) if at != gateway else set()
    return sorted(here - covered) if covered else []


def _place(net: Net, place: str) -> str:
    return net.target.get(place, place)


@lru_cache(maxsize=64)
def _drawing(definition: Definition, scope: str) -> tuple[frozenset[object], frozenset[object]]:
    """What decides where tokens of a scope can go."""
    nodes = [node for node in definition.nodes.values() if node.scope == scope]
    flows = [flow for flow in definition.flows.values() if flow.scope == scope]
    return (
        frozenset((n.id, n.kind, n.attached_to, n.interrupting, n.terminates, n.event, n.triggered) for n in nodes),
        frozenset((f.id, f.source, f.target, f.condition is None, f.default) for f in flows),
    )


@lru_cache(maxsize=512)
def _can_stand(definition: Definition, scope: str, places: Places) -> bool | None:
    """Whether a case can come to these places; None where that is too much to explore."""
    net = Net(scope, definition.nodes, definition.flows)
    if any(place not in net.nodes and place not in net.target for place in places):
        return False
    if len(places) == 1 and not any(net.joins(name) == "parallelGateway" for name in net.nodes):
        return True
    start = next(node for node in net.nodes.values() if node.kind == "startEvent")
    begin = tuple(sorted(flow.id for flow in net.flows[start.id]))
    seen, todo = {begin}, deque([begin])
    while todo:
        marking = todo.popleft()
        if _places(net, marking) == places:
            return True
        for following in _moves(net, marking):
            if following not in seen and max(Counter(following).values(), default=0) <= MOST_TWINS:
                seen.add(following)
                todo.append(following)
        if len(seen) > MOST_MARKINGS:
            return None
    return False


def _places(net: Net, marking: Marking) -> Places:
    return tuple(sorted(flow if net.joins(net.target[flow]) else net.target[flow] for flow in marking))


def _moves(net: Net, marking: Marking) -> Iterator[Marking]:
    """What may happen next anywhere: the order of branches matters here."""
    for name in {net.target[flow] for flow in marking}:
        here = [flow for flow in marking if net.target[flow] == name]
        if net.joins(name) == "parallelGateway":
            taken = net.entering[name] if set(net.entering[name]) <= set(here) else None
        elif net.joins(name):
            taken = sorted(set(here)) if net.may_fire(name, marking) else None
        else:
            taken = here[:1]
        if taken is None or net.ends_all(name):
            continue
        for way in net.ways(name):
            yield _without(marking, taken, way)
        for way in _beside(net, net.attached[name]):
            yield _without(marking, [], way)


def _beside(net: Net, events: list[Node]) -> Iterator[tuple[str, ...]]:
    for event in events:
        if not event.interrupting:
            yield from net.ways(event.id)


def _without(marking: Marking, taken: list[str], way: tuple[str, ...]) -> Marking:
    left = list(marking)
    for flow in taken:
        left.remove(flow)
    return tuple(sorted([*left, *way]))
