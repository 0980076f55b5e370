"""`matches`, `replace` and `split`."""

import re
from functools import lru_cache

from engine.feel.errors import Fault
from engine.feel.regex.machine import MOST_INSTRUCTIONS, Pay, Program, compile_pattern, find

FLAGS = frozenset("smixq")
#: A pattern of so few characters is no work, whatever it unfolds to: `a{999}` has six.
_SHORT = 5
#: So many instructions of a program cost one step.
_PAID_AS_ONE = 2


@lru_cache(maxsize=256)
def _compiled(pattern: str, flags: str) -> Program:
    if set(flags) - FLAGS:
        raise Fault(f"不认识的正则标志“{flags[:40]}”，只有 s、m、i、x、q")
    return compile_pattern(re.sub(r"([\\|.\-^?*+{}()\[\]$])", r"\\\1", pattern) if "q" in flags else pattern, flags)


def _program(pattern: str, flags: str, pay: Pay) -> Program:
    """The program of a pattern, which costs what its length is, and most where it turns out to be none. Raises Fault."""
    try:
        program = _compiled(pattern, flags)
    except Fault:
        pay(MOST_INSTRUCTIONS // _PAID_AS_ONE if len(pattern) > _SHORT else 1)
        raise
    pay(len(program.code) // _PAID_AS_ONE)
    return program


def search(text: str, pattern: str, flags: str | None, pay: Pay) -> bool:
    """Whether the pattern matches anywhere in the text. Raises Fault for a pattern that is none."""
    return find(_program(pattern, flags or "", pay), text, 0, pay, submatches=False) is not None


def replace(text: str, pattern: str, replacement: str, flags: str | None, pay: Pay, grow: Pay) -> str:
    """Every match replaced; `$1` stands for a group, `$0` for the whole, `\\$` for itself. `grow` pays for the result.

    Raises Fault, also for a pattern that matches nothing at all (XPath error FORX0003).
    """
    program = _program(pattern, flags or "", pay)
    if find(program, "", 0, pay, submatches=False) is not None:
        raise Fault("要替换的正则表达式不应当匹配空文本")
    pieces = [replacement] if "q" in (flags or "") else _pieces(replacement, program.groups)
    result: list[str] = []
    position = 0
    for places in _matches(program, text, pay):
        result.append(text[position : places[0]])
        for piece in pieces:
            if isinstance(piece, str):
                result.append(piece)
                grow(len(piece))
            elif places[2 * piece] >= 0:
                grow(places[2 * piece + 1] - places[2 * piece])
                result.append(text[places[2 * piece] : places[2 * piece + 1]])
            pay(1)
        position = places[1]
    return "".join([*result, text[position:]])


def split(text: str, delimiter: str, pay: Pay) -> list[str]:
    """The pieces between the matches. Raises Fault for a delimiter that matches nothing at all (FORX0003)."""
    program = _program(delimiter, "", pay)
    if find(program, "", 0, pay, submatches=False) is not None:
        raise Fault("分隔的正则表达式不应当匹配空文本")
    result: list[str] = []
    position = 0
    for places in _matches(program, text, pay):
        result.append(text[position : places[0]])
        position = places[1]
    return [*result, text[position:]]


def _matches(program: Program, text: str, pay: Pay) -> list[tuple[int, ...]]:
    """All matches from left to right, none overlapping."""
    found: list[tuple[int, ...]] = []
    position = 0
    while position <= len(text):
        places = find(program, text, position, pay)
        if places is None:
            break
        found.append(places)
        pay(1)
        position = places[1] + (places[0] == places[1])
    return found


def _pieces(replacement: str, groups: int) -> list[str | int]:
    pieces: list[str | int] = []
    index = 0
    while index < len(replacement):
        character = replacement[index]
        following = replacement[index + 1 : index + 2]
        if character == "\\":
            if following not in ("\\", "$"):
                raise Fault("替换文本里的“\\”后面只能是“\\”或“$”")
            pieces.append(following)
            index += 2
        elif character == "$":
            digits = re.match(r"[0-9]+", replacement[index + 1 : index + 4])
            if digits is None:
                raise Fault("替换文本里的“$”后面应当是分组的序号")
            number = digits.group()
            while len(number) > 1 and int(number) > groups:
                number = number[:-1]
            pieces.append(int(number) if int(number) <= groups else "")
            index += 1 + len(number)
        else:
            pieces.append(character)
            index += 1
    return pieces
