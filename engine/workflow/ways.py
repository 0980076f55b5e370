"""The ways of a diagram: from node to node, and the sub-processes and calls that lead down to one."""

from collections.abc import Iterator, Mapping

from .model import Flow, Node


def links(nodes: Mapping[str, Node]) -> Iterator[tuple[str, str]]:
    """Where each link is thrown and where it is caught."""
    linked = [node for node in nodes.values() if node.event is not None and node.event.kind == "link"]
    thrown = [node for node in linked if node.kind == "intermediateThrowEvent"]
    caught = [node for node in linked if node.kind == "intermediateCatchEvent"]
    return ((a.id, b.id) for a in thrown for b in caught if a.event == b.event and a.scope == b.scope)


def ways(nodes: Mapping[str, Node], flows: Mapping[str, Flow]) -> Iterator[tuple[str, str]]:
    """From where to where a token goes on: by the flows, and by the links, which are flows that nobody drew."""
    yield from ((flow.source, flow.target) for flow in flows.values())
    yield from links(nodes)


def way_down(nodes: Mapping[str, Node], scope: str, goal: str) -> list[str] | None:
    """The activities to enter, outermost first, to come from a scope to a node inside it; empty where it lies directly
    there. None where it lies elsewhere, or where a way cannot be named: through one of several items, through an event
    sub-process, or through one of several calls of the same process."""
    levels: list[str] = []
    node = nodes.get(goal)
    while node is not None and node.scope != scope:
        holder = _holder(nodes, node.scope)
        if holder is None or holder.loop is not None or holder.triggered or holder.id in levels:
            return None
        levels.insert(0, holder.id)
        node = holder
    return None if node is None else levels


def scopes_around(nodes: Mapping[str, Node], scope: str) -> Iterator[str]:
    """A scope and all in which it may run, innermost first."""
    seen, todo = {scope}, [scope]
    while todo:
        yield (inner := todo.pop(0))
        holders = [node for node in nodes.values() if inner in (node.id, node.called)]
        todo += [node.scope for node in holders if node.scope not in seen]
        seen.update(todo)


def _holder(nodes: Mapping[str, Node], scope: str) -> Node | None:
    """The activity that runs a scope; None for the main process, and where several call it."""
    holders = [node for node in nodes.values() if scope in (node.id, node.called)]
    return holders[0] if len(holders) == 1 else None
