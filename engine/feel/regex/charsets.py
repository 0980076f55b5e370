"""Sets of characters: classes, escapes and Unicode categories."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from engine.feel.errors import Fault

Test = Callable[[str], bool]
LINE_ENDS = frozenset("\n\r")


@dataclass(frozen=True, slots=True)
class CharSet:
    """Single characters, ranges and tests; negated as a whole; minus another set (`[a-z-[aeiou]]`)."""

    single: frozenset[str] = frozenset()
    ranges: tuple[tuple[str, str], ...] = ()
    tests: tuple[Test, ...] = ()
    negated: bool = False
    minus: "CharSet | None" = None

    def __contains__(self, character: str) -> bool:
        found = (
            character in self.single
            or any(low <= character <= high for low, high in self.ranges)
            or any(test(character) for test in self.tests)
        )
        return found is not self.negated and (self.minus is None or character not in self.minus)


def as_test(charset: CharSet, ignore_case: bool) -> Test:
    """A fast test for a set; what it once answered it remembers."""
    known: dict[str, bool] = {}

    def test(character: str) -> bool:
        found = known.get(character)
        if found is None:
            forms = (character, character.lower(), character.upper()) if ignore_case else (character,)
            found = any(form in charset for form in forms)
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
_BLOCKS = {
    "IsBasicLatin": ("\x00", "\x7f"),
    "IsLatin-1Supplement": ("\x80", "\xff"),
    "IsCJKUnifiedIdeographs": ("\u4e00", "\u9fff"),
    "IsCJKUnifiedIdeographsExtensionA": ("\u3400", "\u4dbf"),
    "IsCJKSymbolsandPunctuation": ("\u3000", "\u303f"),
    "IsHalfwidthandFullwidthForms": ("\uff00", "\uffef"),
}


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
    if name in _BLOCKS:
        return CharSet(ranges=(_BLOCKS[name],), negated=negated)
    if name not in CATEGORIES:
        raise Fault(f"正则表达式里没有“{name[:40]}”这个字符类别")
    return CharSet(tests=(lambda character: unicodedata.category(character).startswith(name),), negated=negated)
