"""The tokens of one text, and what is read of them without operators: names and types."""

from collections.abc import Iterator
from contextlib import contextmanager

from engine.feel import lexer, names
from engine.feel import syntax as tree
from engine.feel.errors import FeelSyntaxError
from engine.feel.lexer import Token
from engine.feel.names import NameTree
from engine.feel.parser_errors import too_deep, too_long, unexpected

MAX_TEXT = 100_000
MAX_DEPTH = 60
NAME_PARTS = frozenset("-+*/.'?")
_ENDS_NAME = frozenset(("return", "satisfies", "then", "else"))
_PROPERTIES = NameTree(("start included", "end included", "time offset"))
#: The one function whose name without a call may also be two variables with `and` between.
_CONJUNCTION = "date and time"
_TYPES = NameTree(("date and time", "days and time duration", "years and months duration"))


class Cursor:
    """A place in the tokens. `functions` are the built-in names of several words."""

    def __init__(self, text: str, known: NameTree, functions: NameTree, *, unary: bool = False) -> None:
        if len(text) > MAX_TEXT:
            raise too_long(len(text), MAX_TEXT)
        self.text = text
        self.tokens = lexer.tokenize(text)
        self.index = 0
        self.depth = 0
        self.filters = 0
        #: How many `in` the place stands in, whose tests may speak of their value as `?`.
        self.asked = 0
        self.unary = unary
        self.known = known
        self.functions = functions
        self.locals: list[NameTree] = []
        self.properties = NameTree()

    @property
    def token(self) -> Token:
        return self.tokens[self.index]

    def _take(self, *texts: str) -> Token | None:
        token = self.tokens[self.index]
        if token.text in texts and token.kind in (lexer.SYMBOL, lexer.WORD):
            self.index += 1
            return token
        return None

    def _expect(self, *texts: str) -> Token:
        token = self._take(*texts)
        if token is None:
            raise self._unexpected(*texts)
        return token

    def _finish(self) -> None:
        if self.token.kind != lexer.END:
            raise self._unexpected("运算符", "表达式的结尾")

    def _unexpected(self, *expected: str) -> FeelSyntaxError:
        return unexpected(self.text, self.tokens, self.index, expected)

    # --- names

    @contextmanager
    def _scope(self) -> Iterator[NameTree]:
        self.locals.append(NameTree())
        yield self.locals[-1]
        self.locals.pop()

    def _new_name(self, *ends: str) -> str:
        """A name that the text introduces: everything up to one of `ends`."""
        start = self.index
        if self.token.kind not in (lexer.WORD, lexer.QUOTED) or self.token.text in ends:
            raise self._unexpected("名称")
        while self.token.text not in ends:
            self.index += 1
            fits = self.token.kind in (lexer.WORD, lexer.NUMBER) or self.token.text in (*NAME_PARTS, *ends)
            if not fits or self.token.text in _ENDS_NAME or self.index - start > names.NAME_TOKENS:
                raise self._unexpected(*ends)
        return names.spelled(self.text, self.tokens[start : self.index])

    def _known_name(self) -> str:
        found = self.functions.longest(self.tokens, self.index)
        if found and found[1] == _CONJUNCTION and self.tokens[self.index + found[0]].text != "(":
            found = None
        trees = [self.known, *self.locals] + ([self.properties] if self.filters else [])
        return self._longest(trees, found)

    def _property(self) -> str:
        if self.token.kind not in (lexer.WORD, lexer.QUOTED):
            raise self._unexpected("属性名")
        return self._longest([self.known, *self.locals, self.properties, _PROPERTIES], None)

    def _longest(self, trees: list[NameTree], found: tuple[int, str] | None) -> str:
        for candidates in trees:
            other = candidates.longest(self.tokens, self.index)
            if other and (found is None or other[0] >= found[0]):
                found = other
        count, name = found or (1, names.spelled(self.text, [self.token]))
        self.index += count
        return name

    def _label_length(self) -> int:
        """How many tokens name the first argument (`start position: 2`); 0 when arguments are positional."""
        index = self.index
        if self.tokens[index].kind != lexer.WORD:
            return 0
        while index - self.index <= names.NAME_TOKENS:
            token = self.tokens[index]
            if token.text == ":":
                return index - self.index
            if token.kind not in (lexer.WORD, lexer.NUMBER) and token.text not in NAME_PARTS:
                return 0
            index += 1
        return 0

    # --- types

    def _type(self) -> tree.Type:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise too_deep(self.token.start)
        if self.token.kind not in (lexer.WORD, lexer.QUOTED):
            raise self._unexpected("类型名")
        name = self._longest([self.known, _TYPES], None)
        while self._take("."):  # of an imported file
            name += "." + self._property()
        result = tree.Type(name)
        if name in ("list", "range", "context", "function") and self._take("<"):
            result = self._type_arguments(name)
        self.depth -= 1
        return result

    def _type_arguments(self, name: str) -> tree.Type:
        if name == "context":
            return self._context_type()
        arguments: list[tree.Type] = []
        while not self._take(">"):
            if arguments:
                self._expect(",", ">")
            arguments.append(self._type())
        if name == "function":
            self._expect("->")
            arguments.append(self._type())
        return tree.Type(name, tuple(arguments))

    def _context_type(self) -> tree.Type:
        entries: list[tuple[str, tree.Type]] = []
        while not self._take(">"):
            if entries:
                self._expect(",", ">")
            key = self._new_name(":")
            self._expect(":")
            entries.append((key, self._type()))
        return tree.Type("context", (), tuple(entries))
