"""Several people at the same time."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")
PATIENCE = 60.0  # seconds until a test gives up


def together(*acts: Callable[[], Result]) -> list[Result]:
    """Do all of them at once, each in a thread of its own; their results in order."""
    barrier = threading.Barrier(len(acts))

    def one(act: Callable[[], Result]) -> Result:
        barrier.wait(PATIENCE)
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result(PATIENCE) for future in [pool.submit(one, act) for act in acts]]
