"""Words of Chinese, which puts no space between them: every character, and every two that stand side by side."""

import unicodedata
from collections.abc import Iterable

MOST_WORDS = 5  # of one query
LONGEST_WORD = 40
BOUNDARY = "\n"  # between the parts of a text: no word goes over it


def normal(text: str) -> str:
    """Letters and digits alone, in one width and case: `ＬＲ-2026` and `lr2026` are the same."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", text).casefold() if letter.isalnum())


def joined(parts: Iterable[str]) -> str:
    """The parts of a text as they are stored."""
    return BOUNDARY.join(found for part in parts if (found := normal(part)))


def grams(text: str) -> str:
    """The words of a stored text, each once, with spaces between them."""
    found: dict[str, None] = {}
    for part in text.split(BOUNDARY):
        found.update(dict.fromkeys(part))
        found.update(dict.fromkeys(_pairs(part)))
    return " ".join(found)


def words(query: str) -> list[str]:
    """What somebody looks for, split at spaces; at most `MOST_WORDS`."""
    found = (normal(part)[:LONGEST_WORD] for part in unicodedata.normalize("NFKC", query).split())
    return list(dict.fromkeys(word for word in found if word))[:MOST_WORDS]


def needed(word: str) -> list[str]:
    """The grams that every text with this word has."""
    return list(dict.fromkeys(_pairs(word))) or [word]


def _pairs(text: str) -> list[str]:
    return [text[place : place + 2] for place in range(len(text) - 1)]
