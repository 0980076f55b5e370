"""A hostile designer: no text reaches a file, a program or Python, or takes more steps or memory than its budget."""

import sys
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import feel

CORPUS = (Path(__file__).parent / "corpus/hostile.feel").read_text(encoding="utf-8").splitlines()
BUDGET = feel.Budget(steps=20_000, size=200_000)
MOST_BYTES = 64 * 1024 * 1024
SCOPE: dict[str, Any] = {"x": [{"a": 1}], "f": feel.Function(("n",), lambda n: n), "text": "文本"}
FORBIDDEN = (
    "open",
    "exec",
    "compile",
    "import",
    "os.",
    "subprocess.",
    "socket.",
    "ctypes.",
    "shutil.",
    "urllib.",
    "builtins.input",
)
ZONES = ("zoneinfo", "tzdata")
watched: list[str] | None = None


def audit(event: str, arguments: tuple[Any, ...]) -> None:
    if watched is not None and event.startswith(FORBIDDEN) and not any(zone in str(arguments) for zone in ZONES):
        watched.append(f"{event} {arguments!r}"[:200])


sys.addaudithook(audit)


@contextmanager
def watching() -> Iterator[list[str]]:
    """What the interpreter is asked for meanwhile that could reach out: files, modules, programs, the net, new code."""
    global watched
    watched = found = []
    try:
        yield found
    finally:
        watched = None


def outcome(text: str) -> Any:
    """The value of a text, or the code of the error of FEEL."""
    try:
        return feel.compile_expression(text).evaluate(SCOPE, BUDGET)
    except feel.FeelError as error:
        return error.code


def of_feel(value: Any) -> bool:
    if isinstance(value, list):
        return all(map(of_feel, value))
    if isinstance(value, dict):
        return all(isinstance(key, str) and of_feel(entry) for key, entry in value.items())
    return feel.kind(value) != "unknown"


def test_the_watch_sees_what_it_should():
    with watching() as found:
        Path(__file__).read_bytes()
        eval("1")
    assert {one.split()[0] for one in found} >= {"open", "compile", "exec"}


@pytest.mark.parametrize("text", CORPUS, ids=range(len(CORPUS)))
def test_a_hostile_text_reaches_nothing_outside_of_the_language(text):
    with watching() as found:
        value = outcome(text)
    assert found == []
    assert of_feel(value)


def test_hostile_texts_keep_to_their_memory():
    tracemalloc.start()
    try:
        for text in CORPUS:
            tracemalloc.reset_peak()
            outcome(text)
            assert tracemalloc.get_traced_memory()[1] < MOST_BYTES, text
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("text", CORPUS, ids=range(len(CORPUS)))
def test_a_hostile_cell_holds_or_does_not_or_is_unknown(text):
    try:
        found = feel.compile_unary_tests(text).matches("文本", SCOPE, BUDGET)
    except feel.FeelError:
        return
    assert found in (True, False, None)


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.sampled_from(CORPUS), st.sampled_from(CORPUS), st.integers(0, 200), st.integers(0, 200))
def test_parts_of_hostile_texts_put_together_are_no_better(one, other, end, start):
    with watching() as found:
        value = outcome(one[:end] + other[start:])
    assert found == []
    assert of_feel(value)
