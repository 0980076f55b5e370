"""What a package is to others: whether they may call it, with what, and what it calls itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.packages.manifest import CallRule, Manifest
from engine.workflow import Node

THROWING = ("sendTask", "intermediateThrowEvent", "endEvent")


@dataclass(frozen=True, slots=True)
class Interface:
    """`call` is None where no other process may call it; `tasks` are its user tasks; `awaits` the names of messages
    that it waits for by a key, which other cases may send."""

    key: str
    title: str
    call: CallRule | None
    calls: tuple[str, ...]
    tasks: frozenset[str]
    awaits: frozenset[str]

    @classmethod
    def of(cls, manifest: Manifest, nodes: Mapping[str, Node]) -> "Interface":
        return cls(
            manifest.key,
            manifest.title,
            manifest.call,
            tuple(dict.fromkeys(node.called or "" for node in nodes.values() if node.outside)),
            frozenset(node.id for node in nodes.values() if node.kind == "userTask"),
            frozenset(node.event.name or "" for node in nodes.values() if node.event is not None and _awaits(node)),
        )


def _awaits(node: Node) -> bool:
    event = node.event
    return event is not None and event.kind == "message" and event.key is not None and node.kind not in THROWING


def circle(key: str, called: str, calls: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """The packages by which a call comes back to the one that makes it, in order; empty where it does not."""
    ways: list[tuple[str, ...]] = [(called,)]
    seen = set[str]()
    for way in ways:
        if way[-1] == key:
            return (key, *way)
        if way[-1] not in seen:
            seen.add(way[-1])
            ways += [(*way, name) for name in calls.get(way[-1], ())]
    return ()


def in_order(interfaces: Iterable[Interface]) -> list[str]:
    """The keys in an order in which whatever is called comes before those who call it."""
    calls = {one.key: one.calls for one in interfaces}
    found: list[str] = []

    def visit(key: str, above: tuple[str, ...]) -> None:
        for name in calls.get(key, ()):
            if name not in above:
                visit(name, (*above, name))
        if key in calls and key not in found:
            found.append(key)

    for key in sorted(calls):
        visit(key, (key,))
    return found
