"""What unary tests compare with, as far as that is plain to see: for the analysis and the index of tables."""

from collections.abc import Callable, Iterator

from engine.feel import syntax as tree
from engine.feel.syntax import Node
from engine.feel.values import Value

#: Gives the value of a node that reads no variable.
Evaluate = Callable[[Node], Value]
_LITERAL_FUNCTIONS = frozenset(("date", "time", "date and time", "duration"))


def constants(node: tree.Tests, evaluate: Evaluate) -> tuple[tuple[Value, ...], bool]:
    """(the constants in the tests, whether the tests do nothing but compare with them)."""
    found: list[Value] = []
    simple = True
    for test in node.tests:
        ends = _ends(test)
        if ends is None:
            simple = False
            found += [one.value for one in _inside(test) if isinstance(one, tree.Literal)]
        else:
            found += map(evaluate, ends)
    return tuple(found), simple


def compared_texts(node: tree.Tests) -> frozenset[str] | None:
    """The texts that the tests name, when all they do is to compare with literals and they put no text in order; else None.

    Such tests say the same of every text that is none of these.
    """
    found: set[str] = set()
    for test in node.tests:
        ends = [test.start, test.end] if isinstance(test, tree.Interval) else [getattr(test, "endpoint", test)]
        values = [end.value for end in ends if isinstance(end, tree.Literal)]
        texts = [value for value in values if value.__class__ is str]
        is_order = isinstance(test, tree.Interval) or getattr(test, "operator", "=") not in ("=", "!=")
        if len(values) < len(ends) or (texts and is_order):
            return None
        found.update(texts)
    return frozenset(found)


def _ends(test: Node) -> list[Node] | None:
    """The literals of a test that is a value, a half interval or an interval; None for any other."""
    match test:
        case tree.HalfInterval(endpoint=end):
            ends = [end]
        case tree.Interval(start=start, end=end):
            ends = [start, end]
        case _:
            ends = [test]
    return ends if all(map(_is_literal, ends)) else None


def _is_literal(node: Node) -> bool:
    if isinstance(node, tree.Call):
        named = isinstance(node.function, tree.Name) and node.function.name in _LITERAL_FUNCTIONS
        return named and all(map(_is_literal, node.arguments))
    if isinstance(node, tree.Negation):
        return _is_literal(node.operand)
    return isinstance(node, tree.Literal)


def _inside(node: Node) -> Iterator[Node]:
    pending: list[object] = [node]
    while pending:
        item = pending.pop()
        if isinstance(item, list | tuple):
            pending.extend(item)
        elif isinstance(item, tree.Node | tree.Iterator):
            if isinstance(item, tree.Node):
                yield item
            pending.extend(getattr(item, slot) for slot in type(item).__dataclass_fields__)
