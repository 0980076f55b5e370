"""Notices when a file of a package changes, by looking again and again."""

from collections.abc import Callable, Iterable
from pathlib import Path

EVERY = 1.0  # seconds between two looks
State = dict[Path, tuple[int, int]]


class Watch:
    """Files as they were at the last look; `sleep` passes the time between two looks."""

    def __init__(self, places: Iterable[Path], sleep: Callable[[float], None]) -> None:
        self.places, self.sleep = list(places), sleep
        self.seen = look(self.places)

    def wait(self) -> list[Path]:
        """Until something is new, gone or different since the last look; which files."""
        while True:
            now = look(self.places)
            changed = sorted(path for path in {*self.seen, *now} if self.seen.get(path) != now.get(path))
            self.seen = now
            if changed:
                return changed
            self.sleep(EVERY)


def look(places: Iterable[Path]) -> State:
    """Every file by its time and size; one that goes away meanwhile is not there."""
    state: State = {}
    for place in places:
        for path in place.rglob("*") if place.is_dir() else (place,):
            try:
                found = path.stat()
            except OSError:
                continue
            if path.is_file():
                state[path] = (found.st_mtime_ns, found.st_size)
    return state
