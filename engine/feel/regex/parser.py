"""The pattern as a tree."""

from dataclasses import dataclass

from engine.feel.errors import Fault
from engine.feel.regex.charsets import LINE_END, CharSet, category, escape, one_of

MOST_CHARACTERS = 1_000
DEEPEST = 40
MOST_REPEATS = 1_000


@dataclass(frozen=True, slots=True)
class One:
    """One character of a set."""

    charset: CharSet


@dataclass(frozen=True, slots=True)
class Sequence:
    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Choice:
    branches: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """`most` is None for no limit."""

    part: "Node"
    least: int
    most: int | None
    lazy: bool


@dataclass(frozen=True, slots=True)
class Group:
    part: "Node"
    number: int


@dataclass(frozen=True, slots=True)
class Back:
    """A back-reference: what a group took, once more."""

    number: int


@dataclass(frozen=True, slots=True)
class Edge:
    """`^` or `$`."""

    start: bool


Node = One | Sequence | Choice | Repeat | Group | Back | Edge
_DIGITS = frozenset("123456789")
_COUNTS = {"?": (0, 1), "*": (0, None), "+": (1, None)}


class PatternParser:
    """Reads one pattern. Raises Fault with a Chinese sentence."""

    def __init__(self, pattern: str, flags: str) -> None:
        if len(pattern) > MOST_CHARACTERS:
            raise Fault(f"正则表达式超过 {MOST_CHARACTERS} 个字符")
        self.pattern = _without_spaces(pattern) if "x" in flags else pattern
        self.dot_all = "s" in flags
        self.fold = "i" in flags
        self.index = 0
        self.depth = 0
        self.groups = 0
        self.closed: set[int] = set()

    def parse(self) -> Node:
        node = self._choice()
        if self.index < len(self.pattern):
            raise self._fault("多了一个“)”")
        return node

    def _fault(self, what: str) -> Fault:
        return Fault(f"正则表达式第 {self.index + 1} 个字符处{what}")

    def _peek(self) -> str:
        return self.pattern[self.index : self.index + 1]

    def _next(self) -> str:
        character = self._peek()
        if not character:
            raise self._fault("没有写完")
        self.index += 1
        return character

    def _choice(self) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self._fault("嵌套太深")
        branches = [self._sequence()]
        while self._peek() == "|":
            self.index += 1
            branches.append(self._sequence())
        self.depth -= 1
        return branches[0] if len(branches) == 1 else Choice(tuple(branches))

    def _sequence(self) -> Node:
        parts: list[Node] = []
        while self._peek() not in ("", "|", ")"):
            parts.append(self._quantified(self._atom()))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _quantified(self, atom: Node) -> Node:
        symbol = self._peek()
        if symbol in _COUNTS and symbol:
            self.index += 1
            least, most = _COUNTS[symbol]
        elif symbol == "{":
            least, most = self._counts()
        else:
            return atom
        if isinstance(atom, Edge):
            raise self._fault("“^”“$”不能重复")
        lazy = self._peek() == "?"
        self.index += lazy
        if self._peek() in ("*", "+", "?", "{"):
            raise self._fault("重复了两次")
        return Repeat(atom, least, most, lazy)

    def _counts(self) -> tuple[int, int | None]:
        end = self.pattern.find("}", self.index)
        low, comma, high = self.pattern[self.index + 1 : max(end, 0)].partition(",")
        numbers_fit = low.isascii() and low.isdigit() and (not high or (high.isascii() and high.isdigit()))
        if end < 0 or not numbers_fit or len(low) > 4 or len(high) > 4:
            raise self._fault("重复次数写作 {2}、{2,} 或 {2,5}")
        self.index = end + 1
        least = int(low)
        most = int(high) if high else (None if comma else least)
        if least > MOST_REPEATS or (most is not None and not least <= most <= MOST_REPEATS):
            raise self._fault(f"重复次数应当从小到大，不超过 {MOST_REPEATS}")
        return least, most

    def _atom(self) -> Node:
        character = self._next()
        match character:
            case "(":
                return self._group()
            case "[":
                return One(self._class())
            case ".":
                return One(CharSet(negated=True) if self.dot_all else CharSet(LINE_END, negated=True))
            case "^" | "$":
                return Edge(character == "^")
            case "\\" if self.pattern[self.index : self.index + 1] in _DIGITS:
                return self._back_reference()
            case "\\":
                return One(self._escape())
            case "*" | "+" | "?" | "{" | "}" | "]":
                raise self._fault(f"“{character}”前面要写“\\”，或者没有可以重复的内容")
        return One(one_of(character, self.fold))

    def _group(self) -> Node:
        number = None
        if self._peek() == "?":
            if self.pattern[self.index : self.index + 2] != "?:":
                raise self._fault("不支持“(?”这种写法，只能用“(…)”和“(?:…)”")
            self.index += 2
        else:
            self.groups += 1
            number = self.groups
        part = self._choice()
        if self._peek() != ")":
            raise self._fault("缺少“)”")
        self.index += 1
        if number is None:
            return part
        self.closed.add(number)
        return Group(part, number)

    def _back_reference(self) -> Back:
        """As many digits as name a group that is closed already."""
        end = self.index + 1
        while self.pattern[end : end + 1].isascii() and self.pattern[end : end + 1].isdigit():
            if int(self.pattern[self.index : end + 1]) not in self.closed:
                break
            end += 1
        number = int(self.pattern[self.index : end])
        if number not in self.closed:
            raise self._fault("引用的分组还没有写完，或没有这个分组")
        self.index = end
        return Back(number)

    def _escape(self) -> CharSet:
        letter = self.pattern[self.index : self.index + 1]
        if not letter:
            raise self._fault("没有写完")
        self.index += 1
        if letter.isdigit():
            raise self._fault("方括号里不能引用分组")
        if letter not in "pP":
            return escape(letter)
        end = self.pattern.find("}", self.index)
        if self.pattern[self.index : self.index + 1] != "{" or end < 0:
            raise self._fault(r"字符类别写作 \p{L}")
        name = self.pattern[self.index + 1 : end]
        self.index = end + 1
        return category(name, letter == "P")

    def _class(self) -> CharSet:
        """What follows `[`."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise self._fault("嵌套太深")
        negated = self.pattern[self.index : self.index + 1] == "^"
        self.index += negated
        parts: list[CharSet] = []
        minus = None
        while (character := self.pattern[self.index : self.index + 1]) != "]" or not parts:
            if not character:
                raise self._fault("缺少“]”")
            if parts and self.pattern[self.index : self.index + 2] == "-[":
                self.index += 2
                minus = self._class()
                if self.pattern[self.index : self.index + 1] != "]":
                    raise self._fault("缺少“]”")
                break
            parts.append(self._range())
        self.index += 1
        self.depth -= 1
        return _union(parts, negated, minus, self.fold)

    def _range(self) -> CharSet:
        low = self._class_character()
        rest = self.pattern[self.index : self.index + 2]
        if len(low.single) != 1 or low.negated or rest[:1] != "-" or rest in ("-]", "-["):
            return low
        self.index += 1
        high = self._class_character()
        if len(high.single) != 1 or min(low.single) > min(high.single):
            raise self._fault("的字符范围应当从小到大")
        return CharSet(ranges=((min(low.single), min(high.single)),))

    def _class_character(self) -> CharSet:
        character = self.pattern[self.index : self.index + 1]
        self.index += 1
        if not character:
            raise self._fault("缺少“]”")
        if character in "[]":
            raise self._fault(f"方括号里的“{character}”要写作“\\{character}”")
        return self._escape() if character == "\\" else CharSet(frozenset(character))


def _without_spaces(pattern: str) -> str:
    """The pattern without its spaces, but for those in brackets (flag x)."""
    kept: list[str] = []
    depth, escaped = 0, False
    for character in pattern:
        if not depth and character in " \t\n\r":
            continue
        kept.append(character)
        if escaped or character == "\\":
            escaped = not escaped
        elif character in "[]":
            depth = max(0, depth + (1 if character == "[" else -1))
    return "".join(kept)


def _union(parts: list[CharSet], negated: bool, minus: CharSet | None, fold: bool) -> CharSet:
    single = frozenset[str]().union(*(part.single for part in parts if not part.negated))
    ranges = tuple(pair for part in parts if not part.negated for pair in part.ranges)
    tests = [test for part in parts if not part.negated for test in part.tests]
    tests += [part.__contains__ for part in parts if part.negated]
    return CharSet(single, ranges, tuple(tests), negated, minus, fold)
