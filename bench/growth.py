"""Whether a case costs more the longer it goes round: 200 returns, and 200 rounds of a drawn loop. Prints first and last.

Run it with `script/bench growth`. One round is every step of it: restore from bytes, act, settle, state and scopes again.
"""

import sys
import time
from collections.abc import Callable
from statistics import median

from tests.workflow.diagrams import loop, one_round
from tests.workflow.driver import Driver

ROUNDS, SPAN, MOST = 200, 20, 1.5
KINDS = {
    "tasks": "a drawn loop of two tasks",
    "block": "a parallel block",
    "each": "a multi-instance of three",
    "call": "a called process",
}
BACK = {"tasks": "a", "block": "split", "each": "mi", "call": "call"}

Round = Callable[[Driver, int], None]


def rounds(kind: str) -> Round:
    return lambda driver, number: one_round(driver, kind, True, number)


def returns(kind: str) -> Round:
    """The body is done, and then the decision after it is returned to the body."""

    def back(driver: Driver, number: int) -> None:
        body = {
            "tasks": ["a"],
            "block": ["x", "y"],
            "each": [f"mi#{n}" for n in range(3)],
            "call": ["call/in1", "call/in2"],
        }
        for name in body[kind]:
            task = driver.task(name)
            driver.run.complete(task.id, dict.fromkeys(driver.definition.nodes[task.node_id].submits & WRITTEN, number))
            driver.keep()
        driver.call("return_to", BACK[kind])

    return back


WRITTEN = {"k", "vx", "vy", "opinion", "inner", "other"}


def measure(kind: str, play: Round) -> tuple[list[float], list[int]]:
    """Milliseconds and largest state of each round."""
    driver, times, sizes = Driver(loop(kind), {"units": ["a", "b", "c"]}, reread=False), [], []
    for number in range(ROUNDS):
        began = time.process_time()
        play(driver, number)
        times.append((time.process_time() - began) * 1000)
        sizes.append(driver.size)
    return times, sizes


def main() -> int:
    """1 where a last round costs more than it may."""
    failed = False
    print(f"{'what':42}{'ms first':>10}{'ms last':>10}{'':>7}{'B first':>9}{'B last':>9}")
    for label, made in (("return to", returns), ("loop round", rounds)):
        for kind, name in KINDS.items():
            times, sizes = measure(kind, made(kind))
            first, last = median(times[1 : SPAN + 1]), median(times[-SPAN:])
            small, large = median(sizes[1 : SPAN + 1]), median(sizes[-SPAN:])
            worst = max(last / first, large / small)
            failed |= worst > MOST
            print(
                f"{f'{label} {name}':42}{first:10.2f}{last:10.2f}{last / first:6.2f}x{small:9.0f}{large:9.0f}{large / small:6.2f}x"
            )
    print(
        f"{ROUNDS} rounds each; medians of the first and last {SPAN}; processor time; at most {MOST} times the first is right."
    )
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
