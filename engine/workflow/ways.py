"""The way from a place in a diagram to a node of it: the sub-processes and calls that lead there."""

from collections.abc import Iterator, Mapping

from .model import Node


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
