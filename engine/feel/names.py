"""Names of several words: the longest known name that starts at a token."""

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import Any

from engine.feel.lexer import BAD, END, QUOTED, WORD, Token, tokenize

CONTROL = ("if", "then", "else", "for", "return", "some", "every", "satisfies", "function", "external")
KEYWORDS = frozenset((*CONTROL, "in", "between", "and", "or", "instance", "of", "true", "false", "null"))
NAME_TOKENS = 40


class NameTree:
    """A tree over the tokens of names; all those of `outer` are known too.

    `functions` are functions of the scope, which come before a built-in one of the same name.
    """

    __slots__ = ("_outer", "_root", "functions")

    def __init__(
        self, names: Iterable[str] = (), outer: "NameTree | None" = None, functions: frozenset[str] = frozenset()
    ) -> None:
        self._root: dict[Any, Any] = {}
        self._outer = outer
        self.functions: frozenset[str] = functions if outer is None else functions | outer.functions
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Adds a name; one that is a single word, a literal or very long needs no tree and is left out."""
        words = [token.text for token in tokenize(name)[:-1]]
        if not 1 < len(words) <= NAME_TOKENS:
            return
        node = self._root
        for word in words:
            node = node.setdefault(word, {})
        node[None] = name

    def longest(self, tokens: Sequence[Token], index: int) -> tuple[int, str] | None:
        """(number of tokens, name) of the longest name that starts at `index`, or None."""
        node = self._root.get(tokens[index].text)
        found: tuple[int, str] | None = None
        count = 1
        while node is not None:
            if None in node:
                found = (count, node[None])
            token = tokens[index + count]
            if token.kind == END:
                break
            node = node.get(token.text)
            count += 1
        wider = None if self._outer is None else self._outer.longest(tokens, index)
        return wider if wider is not None and (found is None or wider[0] > found[0]) else found


def known_names(names: Collection[str] | NameTree) -> NameTree:
    """The tree of names, which may be one already."""
    return names if isinstance(names, NameTree) else tree_of(tuple(names))


@lru_cache(maxsize=256)
def tree_of(names: tuple[str, ...]) -> NameTree:
    """The tree of the names a caller knows; the same names come with every cell of a table."""
    return NameTree(names)


def spelled(text: str, tokens: Sequence[Token]) -> str:
    """The name that these tokens of a text spell, runs of spaces as one."""
    if len(tokens) == 1:
        return tokens[0].text.strip("`") if tokens[0].kind == QUOTED else tokens[0].text
    return " ".join(text[tokens[0].start : tokens[-1].end].split())


def may_start(token: Token) -> bool:
    return token.kind in (WORD, QUOTED) and token.text not in KEYWORDS


def may_continue(token: Token) -> bool:
    """Whether the token can stand inside a name that is being introduced."""
    return token.kind not in (BAD, END)
