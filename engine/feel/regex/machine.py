"""The tree as a program, and running it over a text: all states at once, one character after the other.

A pattern that refers back to its groups cannot be run that way; it is searched one state at a time, each at most once
for every place of its groups, and each paid for in full.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engine.feel.errors import Fault
from engine.feel.regex.charsets import as_test
from engine.feel.regex.parser import Back, Choice, Edge, Group, Node, One, PatternParser, Repeat, Sequence

MOST_INSTRUCTIONS = 4_000
ONE, SPLIT, JUMP, SAVE, START, END, MATCH, BACK = range(8)
Places = tuple[int, ...]
#: Pays for work: called with a number of steps.
Pay = Callable[[int], None]
STEPS_PAID_AS_ONE = 8


@dataclass(frozen=True, slots=True)
class Program:
    """Instructions (code, argument, next) and how many groups they save."""

    code: tuple[tuple[int, Any, int], ...]
    groups: int
    many_lines: bool
    ignore_case: bool
    refers_back: bool


def compile_pattern(pattern: str, flags: str) -> Program:
    """Raises Fault for a pattern that is none, or too large."""
    parser = PatternParser(pattern, flags)
    tree = parser.parse()
    writer = _Writer()
    writer.write(tree)
    writer.add(MATCH, None)
    refers_back = any(code == BACK for code, _, _ in writer.code)
    return Program(tuple(writer.code), parser.groups, "m" in flags, "i" in flags, refers_back)


class _Writer:
    def __init__(self) -> None:
        self.code: list[tuple[int, Any, int]] = []

    def add(self, code: int, argument: Any) -> int:
        if len(self.code) >= MOST_INSTRUCTIONS:
            raise Fault("正则表达式展开以后太大，请减少重复次数")
        self.code.append((code, argument, len(self.code) + 1))
        return len(self.code) - 1

    def point(self, place: int, argument: Any) -> None:
        self.code[place] = (self.code[place][0], argument, place + 1)

    def write(self, node: Node) -> None:
        match node:
            case One():
                self.add(ONE, as_test(node.charset))
            case Sequence():
                for part in node.parts:
                    self.write(part)
            case Group():
                self.add(SAVE, 2 * node.number)
                self.write(node.part)
                self.add(SAVE, 2 * node.number + 1)
            case Back():
                self.add(BACK, node.number)
            case Edge():
                self.add(START if node.start else END, None)
            case Choice():
                self._choice(node)
            case Repeat():
                self._repeat(node)

    def _choice(self, node: Choice) -> None:
        ends = []
        for branch in node.branches[:-1]:
            split = self.add(SPLIT, None)
            self.write(branch)
            ends.append(self.add(JUMP, None))
            self.point(split, (split + 1, len(self.code)))
        self.write(node.branches[-1])
        for end in ends:
            self.point(end, len(self.code))

    def _repeat(self, node: Repeat) -> None:
        for _ in range(node.least):
            self.write(node.part)
        if node.most is None:
            split = self.add(SPLIT, None)
            self.write(node.part)
            self.point(self.add(JUMP, None), split)
            self._branch(split, len(self.code), node.lazy)
            return
        splits = []
        for _ in range(node.most - node.least):
            splits.append(self.add(SPLIT, None))
            self.write(node.part)
        for split in splits:
            self._branch(split, len(self.code), node.lazy)

    def _branch(self, split: int, after: int, lazy: bool) -> None:
        self.point(split, (after, split + 1) if lazy else (split + 1, after))


def find(program: Program, text: str, start: int, pay: Pay, *, submatches: bool = True) -> Places | None:
    """Where the leftmost match at or after `start` begins and ends, then the same of each group (-1: no part of it)."""
    if program.refers_back:
        return _search(program, text, start, pay)
    size = 2 * (program.groups + 1) if submatches else 2
    blank = (-1,) * size
    found: Places | None = None
    threads: list[tuple[int, Places]] = []
    cost = 0
    for index in range(start, len(text) + 1):
        if found is None:
            seen = {state for state, _ in threads}
            _follow(program, 0, (index, *blank[1:]), text, index, threads, seen)
        if not threads and found is not None:
            break
        cost += 1 + len(threads)
        if cost > 1024:
            pay(cost // STEPS_PAID_AS_ONE)
            cost = 0
        threads, ended = _step(program, threads, text, index)
        found = ended or found
    pay(cost // STEPS_PAID_AS_ONE)
    return found


def _step(
    program: Program, threads: list[tuple[int, Places]], text: str, index: int
) -> tuple[list[tuple[int, Places]], Places | None]:
    """One character on. Threads are in order of preference: a match ends those after it."""
    following: list[tuple[int, Places]] = []
    seen: set[int] = set()
    character = text[index : index + 1]
    for state, places in threads:
        code, argument, after = program.code[state]
        if code == MATCH:
            return following, (places[0], index, *places[2:])
        if character and argument(character):
            _follow(program, after, places, text, index + 1, following, seen)
    return following, None


def _follow(
    program: Program,
    state: int,
    places: Places,
    text: str,
    index: int,
    threads: list[tuple[int, Places]],
    seen: set[int],
) -> None:
    """Adds the states that are reached without reading a character."""
    pending = [(state, places)]
    while pending:
        state, places = pending.pop()
        if state in seen:
            continue
        seen.add(state)
        code, argument, after = program.code[state]
        if code in (ONE, MATCH):
            threads.append((state, places))
        elif code == JUMP:
            pending.append((argument, places))
        elif code == SPLIT:
            pending.extend(((argument[1], places), (argument[0], places)))
        elif code == SAVE:
            if argument < len(places):
                places = (*places[:argument], index, *places[argument + 1 :])
            pending.append((after, places))
        elif _is_edge(code, text, index, program.many_lines):
            pending.append((after, places))


def _is_edge(code: int, text: str, index: int, many_lines: bool) -> bool:
    if code == START:
        return index == 0 or (many_lines and text[index - 1] == "\n")
    return index == len(text) or (many_lines and text[index] == "\n")


def _search(program: Program, text: str, start: int, pay: Pay) -> Places | None:
    """The same for a pattern with back-references."""
    blank = (-1,) * (2 * program.groups + 1)
    for begin in range(start, len(text) + 1):
        pending = [(0, begin, (begin, *blank))]
        seen: set[tuple[int, int, Places]] = set()
        while pending:
            pay(1)
            step = pending.pop()
            if step in seen:
                continue
            seen.add(step)
            state, index, places = step
            if program.code[state][0] == MATCH:
                return (places[0], index, *places[2:])
            pending += _ways_on(program, state, text, index, places)
    return None


def _ways_on(program: Program, state: int, text: str, index: int, places: Places) -> list[tuple[int, int, Places]]:
    """What may follow a state, the preferred way last."""
    code, argument, after = program.code[state]
    if code == SPLIT:
        return [(argument[1], index, places), (argument[0], index, places)]
    if code == ONE:
        holds, index = index < len(text) and argument(text[index]), index + 1
    elif code == BACK:
        taken = text[places[2 * argument] : places[2 * argument + 1]] if places[2 * argument + 1] >= 0 else ""
        here, index = text[index : index + len(taken)], index + len(taken)
        holds = here.lower() == taken.lower() if program.ignore_case else here == taken
    elif code == JUMP:
        holds, after = True, argument
    elif code == SAVE:
        holds, places = True, (*places[:argument], index, *places[argument + 1 :])
    else:
        holds = _is_edge(code, text, index, program.many_lines)
    return [(after, index, places)] if holds else []
