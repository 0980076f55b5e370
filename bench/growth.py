"""Whether a case costs more the longer it goes round: 200 returns, and 200 rounds of a drawn loop. Prints first and last.

Run it with `script/bench growth`. One round is every step of it: restore from bytes, act, settle, state and scopes again.
The last line is the same by the commands of a case on SQLite, with every row and the record: `complete`, `return_task`.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from engine import cases, packages
from engine.store import new_id
from tests.cases.called import end, made, submit
from tests.cases.playing import Play
from tests.installations import make_office
from tests.packages.small_package import flow, person
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


def commands() -> tuple[list[float], list[int]]:
    """The same for a case whose second task is returned to the first by its command."""
    body = submit() + person("Task_a", "check", "acceptor", ("=verdict", "verdict"))
    body += person("Task_b", "check", "acceptor", returnTo="Task_a")
    body += '<exclusiveGateway id="Way" default="Way-End" />\n' + end("End", "approved") + flow("Start", "Task_fill")
    body += flow("Task_fill", "Task_a") + flow("Task_a", "Task_b") + flow("Task_b", "Way") + flow("Way", "End")
    times, sizes = list[float](), list[int]()
    with tempfile.TemporaryDirectory(prefix="huishen-growth-") as folder:
        play = Play(make_office(Path(folder) / "instance"))
        with play.writing() as transaction:
            packages.deploy(transaction, made("rounds", "往返", "WF", body), by=None, at=play.clock.now())
        case_id = cases.start(play.installation, play.actor("applicant"), "rounds", new_id()).case_id
        play.complete(play.task(case_id, "Task_fill"), {"org_name": "冷链协会", "note": ""})
        actor = play.actor("acceptor")
        for number in range(ROUNDS):
            task = play.task(case_id, "Task_a").id
            began = time.process_time()
            cases.complete(play.installation, actor, task, {"verdict": f"{number:03}"}, 0)
            spent = time.process_time() - began
            task = play.task(case_id, "Task_b").id
            began = time.process_time()
            cases.return_task(play.installation, actor, task, "Task_a", "请补充")
            times.append((spent + time.process_time() - began) * 1000)
            sizes.append(len(play.row(case_id)["engine_state"]))
        play.installation.database.dispose()
    return times, sizes


def grows(name: str, times: list[float], sizes: list[int]) -> bool:
    """Prints the first and the last rounds; whether the last cost more than they may."""
    first, last = median(times[1 : SPAN + 1]), median(times[-SPAN:])
    small, large = median(sizes[1 : SPAN + 1]), median(sizes[-SPAN:])
    print(
        f"{name:42}{first:10.2f}{last:10.2f}{last / first:6.2f}x{small:9.0f}{large:9.0f}{large / small:6.2f}x",
        flush=True,
    )
    return max(last / first, large / small) > MOST


def main() -> int:
    """1 where a last round costs more than it may."""
    failed = False
    print(f"{'what':42}{'ms first':>10}{'ms last':>10}{'':>7}{'B first':>9}{'B last':>9}")
    for label, playing in (("return to", returns), ("loop round", rounds)):
        for kind, name in KINDS.items():
            failed |= grows(f"{label} {name}", *measure(kind, playing(kind)))
    failed |= grows("complete and return_task, all rows", *commands())
    print(
        f"{ROUNDS} rounds each; medians of the first and last {SPAN}; processor time; at most {MOST} times the first is right."
    )
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
