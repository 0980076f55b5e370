"""What every engine of `script/bench beside` that runs in Python has in common: rounds asked for on standard input."""

import json
import sys
import time
from collections.abc import Callable, Iterator

PAIRS = 5  # rounds of the loop in one case: every engine then begins a new one, which is not measured
FIELDS = {f"field_{number}": f"答复 {number}" for number in range(1, 15)}  # and one that says whether to go round


def answers(pair: int) -> dict[str, str]:
    """What a person fills in; the last time round it leads out of the loop."""
    return {**FIELDS, "again": "no" if pair == PAIRS - 1 else "yes"}


def serve(play: Callable[[], Iterator[Callable[[], object]]]) -> None:
    """For each number that comes, play so many cases and answer with the milliseconds of every step.

    `play` begins a case and gives its steps one by one; each is measured from the call to its return, committed.
    """
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        times = []
        for _ in range(int(line)):
            for step in play():
                began = time.perf_counter()
                step()
                times.append(1000 * (time.perf_counter() - began))
        print(json.dumps(times), flush=True)
