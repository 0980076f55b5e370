"""The same thing done by several threads at once."""

import threading
from collections.abc import Callable


def all_at_once(bodies: list[Callable[[], object]]) -> list[object]:
    """Run every body in a thread of its own, begun together; their results or the errors they raised, in order."""
    results: list[object] = [None] * len(bodies)
    gate = threading.Barrier(len(bodies))

    def run(place: int, body: Callable[[], object]) -> None:
        gate.wait()
        try:
            results[place] = body()
        except Exception as error:
            results[place] = error

    threads = [threading.Thread(target=run, args=(place, body)) for place, body in enumerate(bodies)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
