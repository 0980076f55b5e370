"""Boxes that were evaluated, told again part by part for an explanation: what stands in each and what came of it."""

from collections.abc import Iterable, Sequence
from typing import Any

from engine.decisions.reasons import Box, Part
from engine.decisions.state import State

#: Of a list that is walked no more elements are told than these.
MOST_ROUNDS = 50
#: An element that was walked, and what came of it.
Round = tuple[Any, Any]


def box(state: State, kind: str, parts: Iterable[Part], columns: Sequence[str] = (), rest: int = 0) -> None:
    """Adds a box to what the decision being made rests on, where an explanation is asked for."""
    if state.reasons is not None:
        state.reasons.boxes.append(Box(kind, tuple(parts), tuple(columns), rest))


def part(state: State, role: str, logic: Any, value: Any, verdict: str = "") -> Part:
    """A part with the text it is written with; empty where it is a box of its own."""
    return Part(role, getattr(logic, "text", ""), state.run.export(value), verdict)


def unasked(role: str, logic: Any) -> Part:
    """A part that was not needed."""
    return Part(role, logic.text, None, "unasked")


def walked(state: State, kind: str, head: Iterable[Part], rounds: Sequence[Round], *, judged: bool) -> None:
    """A list walked element by element; where the elements are `judged`, whether each passed."""
    told = [
        Part(
            f"第 {number} 项", "", state.run.export(found), verdict(found) if judged else "", (state.run.export(given),)
        )
        for number, (given, found) in enumerate(rounds[:MOST_ROUNDS], 1)
    ]
    box(state, kind, [*head, *told], rest=max(0, len(rounds) - MOST_ROUNDS))


def verdict(value: Any) -> str:
    """What a condition came to."""
    return "held" if value is True else "failed" if value is False else "unknown"
