"""Sets of characters: classes, escapes and Unicode categories."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from engine.feel.errors import Fault
from engine.feel.regex.blocks import BLOCKS

Test = Callable[[str], bool]
LINE_END = frozenset("\n")


@dataclass(frozen=True, slots=True)
class CharSet:
    """Single characters, ranges and tests; negated as a whole; minus another set (`[a-z-[aeiou]]`).

    With `fold` characters and ranges stand for their case-variants too; tests (`\\p{Lu}`) never do (XPath 5.6.1.1, flag i).
    """

    single: frozenset[str] = frozenset()
    ranges: tuple[tuple[str, str], ...] = ()
    tests: tuple[Test, ...] = ()
    negated: bool = False
    minus: "CharSet | None" = None
    fold: bool = False

    def __contains__(self, character: str) -> bool:
        forms = variants(character) if self.fold else (character,)
        found = any(map(self._names, forms)) or any(test(character) for test in self.tests)
        return found is not self.negated and (self.minus is None or character not in self.minus)

    def _names(self, character: str) -> bool:
        return character in self.single or any(low <= character <= high for low, high in self.ranges)


def variants(character: str) -> tuple[str, ...]:
    """The character and what differs from it in case only; the Kelvin sign is a case-variant of k."""
    lower, upper = character.lower(), character.upper()
    return character, lower, upper, lower.upper(), upper.lower()


def one_of(character: str, fold: bool) -> CharSet:
    """The set of one character."""
    return CharSet(frozenset(variants(character) if fold else character), fold=fold)


def as_test(charset: CharSet) -> Test:
    """A fast test for a set; what it once answered it remembers."""
    known: dict[str, bool] = {}

    def test(character: str) -> bool:
        found = known.get(character)
        if found is None:
            found = character in charset
            if len(known) < 512:
                known[character] = found
        return found

    return test


def _is_name_start(character: str) -> bool:
    return character in ":_" or character.isalpha()


def _is_name_part(character: str) -> bool:
    return character in ":_-.·" or character.isalnum() or unicodedata.category(character) in ("Mn", "Mc")


def _is_word(character: str) -> bool:
    # XML Schema: everything but punctuation, separators and "other"
    return unicodedata.category(character)[0] not in "PZC"


_CLASSES: dict[str, Test] = {
    "d": lambda character: unicodedata.category(character) == "Nd",
    "s": lambda character: character in " \t\n\r",
    "w": _is_word,
    "i": _is_name_start,
    "c": _is_name_part,
}
_PLAIN = {"n": "\n", "r": "\r", "t": "\t"}
_ITSELF = frozenset("\\|.-^?*+{}()[]$")
_SUBCATEGORIES = {"L": "ultmo", "M": "nce", "N": "dlo", "P": "cdseifo", "Z": "slp", "S": "mcko", "C": "cfon"}
CATEGORIES = frozenset(main + sub for main, subs in _SUBCATEGORIES.items() for sub in ("", *subs))


def escape(letter: str) -> CharSet:
    """The set behind a backslash and one letter. Raises Fault."""
    if letter in _PLAIN:
        return CharSet(frozenset(_PLAIN[letter]))
    if letter in _ITSELF:
        return CharSet(frozenset(letter))
    test = _CLASSES.get(letter.lower())
    if test is None:
        raise Fault(f"正则表达式里不支持“\\{letter}”")
    return CharSet(tests=(test,), negated=letter.isupper())


def category(name: str, negated: bool) -> CharSet:
    """`\\p{Lu}`, `\\p{IsCJKUnifiedIdeographs}`. Raises Fault."""
    if name in BLOCKS:
        low, high = BLOCKS[name]
        return CharSet(tests=(lambda character: low <= character <= high,), negated=negated)
    if name not in CATEGORIES:
        raise Fault(f"正则表达式里没有“{name[:40]}”这个字符类别")
    return CharSet(tests=(lambda character: unicodedata.category(character).startswith(name),), negated=negated)
